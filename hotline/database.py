"""Opening the database: SQLite for one machine, PostgreSQL for many; and bringing its schema up to date."""

from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, create_engine, event, inspect, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from hotline.errors import HotlineError
from hotline.migrations import VERSIONS

_MIGRATIONS: Final = Path(__file__).parent / "migrations"


def connect(url: str) -> Engine:
    """An engine for the URL; SQLite gets its safety settings on every connection."""
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"timeout": 30})
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_immediate)
        return engine
    return create_engine(url, pool_pre_ping=True)


def _set_up_sqlite(connection: Any, record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "busy_timeout=30000",
        "foreign_keys=ON",
        "secure_delete=ON",
        "temp_store=MEMORY",
        "synchronous=FULL",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def snapshots(engine: Engine) -> Engine:
    """The same engine for whoever only reads: one transaction sees one moment, and waits for nobody."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(reading=True)
    return engine.execution_options(isolation_level="REPEATABLE READ")


def _begin_immediate(connection: Any) -> None:
    # A deferred transaction that turns from reading to writing fails at once when another one wrote in between; an
    # immediate one waits its turn. Whoever only reads says so (``Home.reading``) and waits for nobody.
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def migrate(engine: Engine) -> None:
    """Brings the schema to the newest version; one that is there already is left alone."""
    # Alembic takes longer to import than most commands take to run; only this one needs it.
    from alembic import command
    from alembic.config import Config

    refuse_newer(engine)
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["engine"] = engine
    try:
        command.upgrade(config, "head")
    except SQLAlchemyError as wrong:
        raise HotlineError(f"the database schema could not be brought up to date: {type(wrong).__name__}") from None


def version(engine: Engine) -> str | None:
    """The schema version that the database is at; ``None`` for an empty one."""
    try:
        with engine.execution_options(reading=True).connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except OperationalError as wrong:
        raise HotlineError(f"the database cannot be opened ({_plain(wrong)}); check HOTLINE_DATABASE_URL") from None
    except SQLAlchemyError as wrong:
        raise HotlineError(f"the database is no database of ours ({_plain(wrong)}); restore it from backup") from None


def refuse_newer(engine: Engine) -> None:
    """Raises when the schema is one that this release does not know: an older program would damage it."""
    current = version(engine)
    if current is not None and current not in VERSIONS:
        raise HotlineError(f"the database has a newer schema ({current}) than this release knows; upgrade hotline")


def demand_current(engine: Engine) -> None:
    """Raises unless the schema is exactly the one of this release."""
    current = version(engine)
    if current is None:
        raise HotlineError("there is no home here yet; run `hotline init --practice` or `hotline init`")
    refuse_newer(engine)
    if current != VERSIONS[-1]:
        raise HotlineError("the database has an older schema; run `hotline init` to bring it up to date")


def tables(engine: Engine) -> list[str]:
    """The names of the tables that are there."""
    return inspect(engine).get_table_names()


def _plain(wrong: SQLAlchemyError) -> str:
    return str(getattr(wrong, "orig", None) or type(wrong).__name__).splitlines()[0][:120]
