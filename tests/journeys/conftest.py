"""What the journeys share: the small world, the shell that says commands, and homes prepared once and copied."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from hotline_shell import Shell, WarmStart
from little_world import LittleWorld
from prepared_homes import Prepared

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder is a journey."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def warm_start() -> Iterator[WarmStart]:
    """One process that has imported the product, and from which each command is forked."""
    with WarmStart.started() as warm:
        yield warm


@pytest.fixture(scope="module")
def running_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LittleWorld]:
    with LittleWorld.started(tmp_path_factory.mktemp("little-world")) as world:
        yield world


@pytest.fixture
def world(running_world: LittleWorld) -> LittleWorld:
    """The world as it is in the beginning."""
    running_world.restore()
    return running_world


@pytest.fixture
def shell(world: LittleWorld, warm_start: WarmStart, tmp_path: Path) -> Shell:
    """Says commands in a home that is not there yet."""
    return Shell.standing_in(world, tmp_path, warm_start)


@pytest.fixture(scope="module")
def prepared(running_world: LittleWorld, warm_start: WarmStart, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """Homes at the stages of the main job, made once a module."""
    running_world.restore()
    return Prepared(running_world, warm_start, tmp_path_factory.mktemp("prepared"))


@pytest.fixture
def opened(prepared: Prepared, world: LittleWorld, shell: Shell) -> Shell:
    """A copy of a home with staff and a hash list and no case; it is midnight."""
    return prepared.opened(shell)


@pytest.fixture
def crawled(prepared: Prepared, world: LittleWorld, shell: Shell) -> Shell:
    """A copy of a home in which the crawl is done and nobody is asked yet; it is midnight."""
    return prepared.crawled(shell)


@pytest.fixture
def notified(prepared: Prepared, world: LittleWorld, shell: Shell) -> Shell:
    """A copy of a home whose notices have been sent; it is midnight."""
    return prepared.notified(shell)
