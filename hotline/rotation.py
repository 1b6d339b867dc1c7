"""Rotating the data key: a new version seals, and everything sealed before is sealed anew, in batches.

A kill in the middle leaves both keys in the ring, and the next rotation's sweep goes on where it stopped: whatever
is not of the newest version is sealed anew. The key before the newest stays in the ring until the next rotation, for a
worker that began before this one may still seal with it.
"""

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Table, func
from sqlmodel import Session, col, select

from hotline.errors import HotlineError
from hotline.home import Home
from hotline.keyring import KeyRing, read_ring, write_ring
from hotline.records import KeyState, Record, SchemaMeta
from hotline.vault import Vault

_BATCH: Final = 500


def rotate_keys(home: Home, actor: str, progress: Callable[[str, int], None]) -> dict[str, int]:
    """Makes a new data key and seals everything anew; returns its version and how many values were sealed.

    Raises:
        HotlineError: another rotation is running, or the key ring is an old copy: writing it would lose a key.
    """
    with _alone(home.settings.key_file):
        ring = _next_ring(home)
        write_ring(ring, home.settings.key_file)
        vault = Vault(ring)
        _tell(home, ring, actor)
        sealed = 0
        for table in Record.metadata.sorted_tables:
            for column in [each.name for each in table.columns if each.name.endswith("_ct")]:
                sealed += _reseal(home, vault, table, column, progress)
        _reseal_proof(home, vault)
        write_ring(ring.retired(), home.settings.key_file)
        home.vault.adopt(ring.retired())
        return {"version": ring.current, "sealed": sealed}


@contextlib.contextmanager
def _alone(key_file: Path) -> Iterator[None]:
    # The kernel drops the lock with the process, so a kill leaves nothing to clean up.
    descriptor = os.open(key_file.with_name(key_file.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise HotlineError("another rotation of the keys is running; wait for its end") from None
    finally:
        os.close(descriptor)


def _next_ring(home: Home) -> KeyRing:
    # Read anew: the ring in memory may be older than the file, and would overwrite a key that rows are sealed with.
    ring = read_ring(home.settings.key_file)
    with home.reading() as session:
        newest = session.exec(select(func.max(KeyState.version))).one()
    if newest is not None and newest > ring.current:
        raise HotlineError(f"the key ring is older than the database (key {newest}); restore the newest key file")
    return ring.rotated()


def _tell(home: Home, ring: KeyRing, actor: str) -> None:
    with home.session() as session:
        for old in session.exec(select(KeyState).where(col(KeyState.retired_at).is_(None))):
            old.retired_at = home.now()
        session.add(KeyState(version=ring.current, made_at=home.now()))
        home.record(session, actor, "keys:data:rotated", f"key {ring.current}", version=ring.current)


def _reseal(home: Home, vault: Vault, table: Table, column: str, progress: Callable[[str, int], None]) -> int:
    sealed, last = 0, 0
    while True:
        with home.session() as session:
            rows = _batch(session, table, column, last)
            for row in rows:
                if vault.version_of(row.sealed) != vault.ring.current:
                    sealed += 1
                    text = vault.open(row.key, f"{table.name}.{column.removesuffix('_ct')}", row.sealed)
                    fresh = vault.seal(row.key, f"{table.name}.{column.removesuffix('_ct')}", text)
                    # Whoever changed the value meanwhile sealed it with a key that is still in the ring.
                    unchanged = (table.c.id == row.id) & (table.c[column] == row.sealed)
                    session.execute(table.update().where(unchanged).values({column: fresh}))
        if not rows:
            return sealed
        last = rows[-1].id
        progress(f"sealing {table.name}", sealed)


def _batch(session: Session, table: Table, column: str, last: int) -> list[Any]:
    sealed = table.c[column].label("sealed")
    query = select(table.c.id, table.c.key, sealed).where(table.c.id > last, sealed.is_not(None))
    return list(session.execute(query.order_by(table.c.id).limit(_BATCH)))


def _reseal_proof(home: Home, vault: Vault) -> None:
    with home.session() as session:
        row = session.get_one(SchemaMeta, "ring")
        if row.check is not None:
            row.check = vault.seal(b"", "schema_meta.ring", vault.open(b"", "schema_meta.ring", row.check))
            session.add(row)
