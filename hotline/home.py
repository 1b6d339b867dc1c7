"""A home: settings, database, vault and clock of one hotline, opened together.

A home is for practice or in earnest and never changes; the database says which (CONTRACT, "Practice and earnest").
"""

import contextlib
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from hotline import audit, database
from hotline.clock import Clock, FixedClock, SystemClock, utc_text
from hotline.errors import HotlineError
from hotline.keyring import new_ring, read_ring, write_ring
from hotline.records import AuditLeaf, KeyState, SchemaMeta
from hotline.settings import Settings
from hotline.vault import Vault
from hotline.words import HomeKind

_PROOF: Final = "this database belongs to this key ring"


@dataclass(frozen=True)
class Home:
    """Everything that a piece of work needs to know where it is."""

    settings: Settings
    engine: Engine
    vault: Vault
    clock: Clock
    kind: HomeKind

    @property
    def practice(self) -> bool:
        """Whether this home is for practice."""
        return self.kind is HomeKind.PRACTICE

    def now(self) -> datetime:
        """The time of facts."""
        return self.clock.now()

    @contextlib.contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction that may write: committed at its end, undone on any error."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session
            session.commit()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that only reads: it waits for nobody and nobody waits for it."""
        with Session(database.snapshots(self.engine), expire_on_commit=False) as session:
            yield session

    def record(self, session: Session, actor: str, deed: str, subject: str, **detail: Any) -> None:
        """An audit leaf in the session's transaction, dated now."""
        audit.record(session, self.vault, actor=actor, deed=deed, subject=subject, detail=detail, at=self.now())

    def seal_audit(self) -> None:
        """Runs the sequencer of the audit log, and keeps its head beside the database."""
        try:
            with self.session() as session:
                head = audit.sequence(session, self.vault, self.now())
        except IntegrityError:
            return  # another process sequenced the same entries at this moment; what is left comes next time
        if head is not None:
            fresh = self.witness_file.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
            fresh.write_text(audit.witness_text(head), encoding="ascii")
            fresh.replace(self.witness_file)

    @property
    def witness_file(self) -> Path:
        """Where the newest head of the audit log is kept outside the database."""
        return self.settings.home / "audit-head.json"


def create_home(settings: Settings, kind: HomeKind) -> bool:
    """Makes home, keys and schema; a second time it only brings the schema up to date. Returns whether it is new.

    Raises:
        HotlineError: there is a home of the other kind, or the folder or the database cannot be used.
    """
    if not settings.home.exists():
        _refuse_settings(settings, kind)  # before anything is made
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as wrong:
        raise HotlineError(f"the home {settings.home} cannot be made: {wrong.strerror}; set HOTLINE_HOME") from None
    engine = database.connect(settings.database_url)
    try:
        return _fill(settings, engine, kind)
    finally:
        engine.dispose()


def _fill(settings: Settings, engine: Engine, kind: HomeKind) -> bool:
    existing = _kind_of(engine)
    if existing is not None and existing is not kind:
        what = "for practice (say --practice)" if existing is HomeKind.PRACTICE else "in earnest"
        raise HotlineError(f"this home is {what} and stays so; set HOTLINE_HOME to another folder for another kind")
    _refuse_settings(settings, kind)
    if existing is None and settings.key_file.exists():
        raise HotlineError(f"a key ring is already at {settings.key_file}, but the database is empty; restore it")
    before = database.version(engine)
    database.migrate(engine)
    if existing is not None:
        _tell_upgrade(settings, engine, before)
        return False
    _write_first_rows(settings, engine, kind)
    return True


def _tell_upgrade(settings: Settings, engine: Engine, before: str | None) -> None:
    after = database.version(engine)
    if before == after:
        return
    home = _open(settings, engine, None)
    with home.session() as session:
        home.record(session, "system", "home:schema:upgraded", "home", before=before, after=after)
    home.seal_audit()


def _write_first_rows(settings: Settings, engine: Engine, kind: HomeKind) -> None:
    ring = new_ring()
    write_ring(ring, settings.key_file)
    vault = Vault(ring)
    home = Home(settings, engine, vault, _clock(settings), kind)
    proof = SchemaMeta(name="ring", value="proof", check=vault.seal(b"", "schema_meta.ring", _PROOF))
    with home.session() as session:
        session.add(SchemaMeta(name="kind", value=kind.value))
        session.add(proof)
        session.add(KeyState(version=ring.current, made_at=home.now()))
        home.record(session, "system", "home:schema:made", "home", kind=kind.value)
    home.seal_audit()


def open_home(settings: Settings, clock: Clock | None = None) -> Home:
    """Opens an existing home.

    Raises:
        HotlineError: there is none, its schema or key ring does not fit, or a setting is not allowed in its kind.
    """
    if settings.database_url.startswith("sqlite") and not _sqlite_file(settings.database_url).exists():
        raise HotlineError(f"no home at {settings.home}; run `hotline init --practice` or `hotline init`")
    engine = database.connect(settings.database_url)
    try:
        return _open(settings, engine, clock)
    except BaseException:
        engine.dispose()
        raise


def _open(settings: Settings, engine: Engine, clock: Clock | None) -> Home:
    kind = _kind_of(engine)
    if kind is None:
        raise HotlineError(f"no home at {settings.home}; run `hotline init --practice` or `hotline init`")
    _refuse_settings(settings, kind)
    database.demand_current(engine)
    vault = Vault(read_ring(settings.key_file), lambda: read_ring(settings.key_file))
    home = Home(settings, engine, vault, clock or _clock(settings), kind)
    _prove_ring(home)
    return home


def _sqlite_file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def _kind_of(engine: Engine) -> HomeKind | None:
    if database.version(engine) is None:
        return None
    database.refuse_newer(engine)
    with Session(database.snapshots(engine)) as session:
        row = session.get(SchemaMeta, "kind")
        return None if row is None else HomeKind(row.value)


def _refuse_settings(settings: Settings, kind: HomeKind) -> None:
    if kind is HomeKind.PRACTICE:
        return
    if settings.now is not None:
        raise HotlineError("HOTLINE_NOW is for practice homes only; unset it")
    if settings.dial_map is not None:
        raise HotlineError("HOTLINE_DIAL_MAP is for practice homes only; unset it")


def _clock(settings: Settings) -> Clock:
    return FixedClock(settings.now) if settings.now is not None else SystemClock()


def _prove_ring(home: Home) -> None:
    with home.reading() as session:
        row = session.get(SchemaMeta, "ring")
    if row is None or row.check is None or home.vault.open(b"", "schema_meta.ring", row.check) != _PROOF:
        raise HotlineError("the key ring is not the one of this database; set HOTLINE_KEY_FILE to the right one")


def newest_record(home: Home) -> datetime | None:
    """When the newest deed was recorded."""
    with home.reading() as session:
        return session.exec(select(func.max(AuditLeaf.at))).one()


def refuse_going_back(home: Home) -> None:
    """Raises when ``HOTLINE_NOW`` is earlier than the newest record: time would run backwards in the facts."""
    newest = newest_record(home)
    if home.settings.now is not None and newest is not None and home.now() < newest:
        raise HotlineError(
            f"HOTLINE_NOW ({utc_text(home.now())}) is earlier than the newest record ({utc_text(newest)}); set it later"
        )
