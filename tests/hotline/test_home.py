"""A home: made once, of one kind, and opened only with what belongs to it."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from homes import START, Homes
from sqlalchemy import text
from sqlmodel import select

from hotline import settings
from hotline.clock import FixedClock, SystemClock
from hotline.errors import HotlineError
from hotline.home import Home, create_home, newest_record, open_home, refuse_going_back
from hotline.records import AuditLeaf, KeyState, SchemaMeta
from hotline.words import HomeKind


def contents(home: Home) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table that a fresh home has."""
    with home.reading() as session:
        return {
            table.__tablename__: [tuple(row.model_dump().values()) for row in session.exec(select(table))]
            for table in (SchemaMeta, KeyState, AuditLeaf)
        }


def test_a_second_init_changes_nothing(homes: Homes, database_url: str):
    home = homes.build(database_url=database_url)
    before, ring = contents(home), home.settings.key_file.read_bytes()
    again = settings.load(homes.environment(database_url=database_url))
    assert create_home(again, HomeKind.PRACTICE) is False
    assert contents(home) == before
    assert home.settings.key_file.read_bytes() == ring


@pytest.mark.parametrize(
    ("kind", "other"), [(HomeKind.PRACTICE, HomeKind.EARNEST), (HomeKind.EARNEST, HomeKind.PRACTICE)]
)
def test_a_home_never_changes_its_kind(homes: Homes, kind: HomeKind, other: HomeKind):
    home = homes.build(kind=kind)
    with pytest.raises(HotlineError, match="and stays so"):
        create_home(settings.load(homes.environment()), other)
    assert homes.open().kind is kind
    assert home.practice is (kind is HomeKind.PRACTICE)


def test_a_home_is_its_owners_alone(homes: Homes):
    assert homes.build().settings.home.stat().st_mode & 0o777 == 0o700


def test_where_there_is_no_home_the_error_says_how_to_make_one(homes: Homes, database_url: str):
    with pytest.raises(HotlineError, match="hotline init"):
        homes.open(database_url=database_url)


def test_a_folder_that_cannot_be_made_is_an_error_with_its_remedy(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(HotlineError, match=r"cannot be made.*HOTLINE_HOME"):
        create_home(settings.load({"HOTLINE_HOME": str(tmp_path / "file" / "home")}), HomeKind.PRACTICE)


def test_a_database_of_a_newer_schema_is_refused(homes: Homes, database_url: str):
    home = homes.build(database_url=database_url)
    with home.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for attempt in (
        lambda: homes.open(database_url=database_url),
        lambda: create_home(settings.load(homes.environment(database_url=database_url)), HomeKind.PRACTICE),
    ):
        with pytest.raises(HotlineError, match=r"newer schema \(9999\)"):
            attempt()


def test_a_file_that_is_no_database_is_not_overwritten(homes: Homes, tmp_path: Path):
    stranger = tmp_path / "letters.db"
    stranger.write_bytes(b"Dear friend, this is a letter, and a long one. " * 100)
    with pytest.raises(HotlineError, match=r"no database of ours|cannot be opened"):
        homes.build(database_url=f"sqlite:///{stranger}")
    assert stranger.read_bytes().startswith(b"Dear friend")


def test_an_unreachable_server_is_an_error_of_one_line(homes: Homes):
    with pytest.raises(HotlineError, match=r"cannot be opened.*HOTLINE_DATABASE_URL") as told:
        homes.build(database_url="postgresql+psycopg://postgres@/none?host=/nonexistent")
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("name", ["now", "dial_map"])
def test_what_is_for_practice_is_refused_in_earnest(homes: Homes, name: str):
    value = {"now": "2030-01-01", "dial_map": "/dial.json"}[name]
    with pytest.raises(HotlineError, match=f"HOTLINE_{name.upper()} is for practice homes only"):
        homes.build(kind=HomeKind.EARNEST, **{name: value})
    homes.build(kind=HomeKind.EARNEST)
    with pytest.raises(HotlineError, match=f"HOTLINE_{name.upper()} is for practice homes only"):
        homes.open(**{name: value})


def test_the_key_ring_of_another_database_is_refused(homes: Homes, database_url: str):
    homes.build("mine", database_url=database_url)
    other = homes.build("other")
    with pytest.raises(HotlineError, match="key"):
        homes.open("mine", database_url=database_url, key_file=str(other.settings.key_file))


def test_a_key_ring_without_its_database_is_not_overwritten(homes: Homes):
    home = homes.build()
    ring = home.settings.key_file.read_bytes()
    home.engine.dispose()
    for file in home.settings.home.glob("hotline.db*"):
        file.unlink()
    with pytest.raises(HotlineError, match="a key ring is already at"):
        homes.build()
    assert home.settings.key_file.read_bytes() == ring


def test_a_home_without_its_key_ring_says_so(homes: Homes):
    homes.build().settings.key_file.unlink()
    with pytest.raises(HotlineError, match="no key ring at"):
        homes.open()


def test_an_init_that_was_killed_before_the_first_rows_goes_on(homes: Homes, monkeypatch: pytest.MonkeyPatch):
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("hotline.home.new_ring", killed)
        with pytest.raises(KeyboardInterrupt):
            homes.build()
    assert homes.build().practice


def test_the_clock_stands_still_where_it_is_set_and_runs_where_it_is_not(homes: Homes):
    homes.build()
    for values, kind in (({"now": "2030-01-02"}, FixedClock), ({}, SystemClock)):
        home = open_home(settings.load(homes.environment(**values)))
        home.engine.dispose()
        assert isinstance(home.clock, kind)


def test_time_does_not_run_backwards_in_the_facts(homes: Homes):
    homes.build()
    early = open_home(settings.load(homes.environment(now="2029-12-31T23:59:59Z")))
    homes.built.append(early)
    assert newest_record(early) == START
    with pytest.raises(HotlineError, match="earlier than the newest record"):
        refuse_going_back(early)
    refuse_going_back(homes.open(now="2030-01-01T00:00:00Z"))


def test_a_transaction_that_fails_leaves_nothing(home_on: Home):
    before = contents(home_on)

    def fail() -> None:
        with home_on.session() as session:
            home_on.record(session, "ana", "case:state:moved", "case 1")
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert contents(home_on) == before


def test_whoever_reads_sees_one_moment_and_waits_for_nobody(home_on: Home):
    with home_on.reading() as reader:
        before = len(reader.exec(select(AuditLeaf)).all())
        with home_on.session() as writer:
            home_on.record(writer, "ana", "case:state:moved", "case 1")
        reader.expunge_all()
        assert len(reader.exec(select(AuditLeaf)).all()) == before
    with home_on.reading() as reader:
        assert len(reader.exec(select(AuditLeaf)).all()) == before + 1


def test_times_come_back_as_they_went_in(home_on: Home):
    moment = START + timedelta(microseconds=123456)
    with home_on.session() as session:
        session.add(KeyState(version=7, made_at=moment))
    with home_on.reading() as session:
        assert session.exec(select(KeyState.made_at).where(KeyState.version == 7)).one() == moment


def test_sqlite_forgets_what_is_deleted(practice_home: Home):
    with practice_home.engine.connect() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("secure_delete", "foreign_keys")
        }
        assert pragmas == {"secure_delete": 1, "foreign_keys": 1}
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
    assert sqlite3.threadsafety
