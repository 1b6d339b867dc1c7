"""The schema: migrations make what the records say, on both databases."""

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from homes import START, Homes
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import Session

from hotline import database, migrations
from hotline.home import Home
from hotline.records import KeyState, Record, Sighting


@pytest.fixture
def engine(empty_database_url: str) -> Iterator[Engine]:
    engine = database.connect(empty_database_url)
    yield engine
    engine.dispose()


def test_migrations_make_exactly_the_tables_of_the_records(engine: Engine):
    database.migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        assert compare_metadata(context, Record.metadata) == []
    assert set(database.tables(engine)) == {*Record.metadata.tables, "alembic_version"}


def test_an_empty_database_has_no_version_and_a_migrated_one_the_newest(engine: Engine):
    assert database.version(engine) is None
    database.migrate(engine)
    assert database.version(engine) == migrations.VERSIONS[-1]
    database.migrate(engine)
    database.demand_current(engine)


def test_the_versions_that_are_known_are_those_that_lie_in_the_folder():
    config = Config()
    config.set_main_option("script_location", migrations.__path__[0])
    found = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert list(reversed(found)) == list(migrations.VERSIONS)


def test_a_naive_time_does_not_reach_the_database(home_on: Home):
    with pytest.raises(StatementError, match="naive"), home_on.session() as session:
        session.add(KeyState(version=9, made_at=START.replace(tzinfo=None)))


def test_a_row_that_refers_to_nothing_is_refused(home_on: Home):
    with pytest.raises(IntegrityError), home_on.session() as session:
        session.add(Sighting(case_id=4711, page_bi=b"", at=START))


def test_every_sealed_column_belongs_to_a_row_with_a_key():
    for table in Record.metadata.sorted_tables:
        if any(column.name.endswith("_ct") for column in table.columns):
            assert {"id", "key"} <= set(table.columns.keys()), table.name


def test_one_writer_waits_for_the_other(homes: Homes, database_url: str):
    home = homes.build(database_url=database_url)
    with home.session() as first:
        home.record(first, "ana", "case:state:moved", "case 1")
    with Session(home.engine) as second:
        home.record(second, "ben", "case:state:moved", "case 2")
        second.commit()
