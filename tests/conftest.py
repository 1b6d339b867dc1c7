"""What every test stands on: no way to the internet, no settings from outside, homes and databases of its own.

Every folder below ``tests`` is on the import path, so that a test imports what lies beside it, and ``tests/stage``, by
its bare name; names of files are unique for that (``test_house``). Not ``tests`` itself: its folders are called like
the rooms of the house, and would hide them.
"""

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

_TESTS = Path(__file__).parent
sys.path.extend(sorted({str(file.parent) for file in _TESTS.rglob("*.py")} - {str(_TESTS)} - set(sys.path)))
for _name in [name for name in os.environ if name.startswith("HOTLINE_")]:
    del os.environ[_name]

from homes import Homes  # noqa: E402
from postgres_cluster import Cluster, running_cluster  # noqa: E402
from socket_guard import GUARD  # noqa: E402

from hotline import database  # noqa: E402
from hotline.home import Home  # noqa: E402

GUARD.install()
# A shell starts what runs in its background with SIGINT ignored, and what the tests start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
# A deadline in milliseconds fails on a busy machine, which says nothing of the code.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


@pytest.fixture(autouse=True)
def _no_way_out() -> Iterator[None]:
    """A test that tried to leave loopback fails, even when the product swallowed the refusal."""
    GUARD.taken()
    yield
    strays = GUARD.taken()
    assert not strays, f"this test tried to leave loopback: {', '.join(strays)}"


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the person who runs the tests, and none that another test left."""
    for name in [name for name in os.environ if name.startswith("HOTLINE_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A PostgreSQL server of the tests' own. Where its programs are missing that is an error, with the remedy."""
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database: the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'fresh.db'}"
        return
    with request.getfixturevalue("postgresql").fresh_database() as url:
        yield url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the schema and nothing in it, to be copied: making the tables anew costs most of a test."""
    file = tmp_path_factory.mktemp("schema") / "schema.db"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql: Cluster) -> Iterator[str]:
    """The name of a database with the schema and nothing in it, to be copied."""
    with postgresql.fresh_database() as url:
        _migrate(url)
        yield url.partition("@/")[2].partition("?")[0]


def _migrate(url: str) -> None:
    engine = database.connect(url)
    database.migrate(engine)
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with the schema and no home in it: the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        file = tmp_path / "fresh.db"
        shutil.copyfile(request.getfixturevalue("migrated_sqlite"), file)
        yield f"sqlite:///{file}"
        return
    like = request.getfixturevalue("migrated_postgresql")
    with request.getfixturevalue("postgresql").fresh_database(like) as url:
        yield url


@pytest.fixture
def homes(tmp_path: Path) -> Iterator[Homes]:
    """Builds homes below the test's folder: ``homes.build(country="NL")``, ``homes.build(kind=HomeKind.EARNEST)``."""
    building = Homes(tmp_path)
    yield building
    building.close()


@pytest.fixture
def practice_home(homes: Homes) -> Home:
    """A practice home on SQLite; its clock stands at 2030-01-01T00:00Z until the test moves it."""
    return homes.build()


@pytest.fixture
def home_on(database_url: str, homes: Homes) -> Home:
    """A practice home on each database."""
    return homes.build(database_url=database_url)
