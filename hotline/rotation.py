"""Rotating the data key: a new version seals, and everything sealed before is sealed anew, in batches.

A kill in the middle leaves both keys in the ring, and the next rotation's sweep goes on where it stopped: whatever
is not of the newest version is sealed anew. The key before the newest stays in the ring until the next rotation, for a
worker that began before this one may still seal with it.
"""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import Table
from sqlmodel import Session, col, select

from hotline.home import Home
from hotline.keyring import write_ring
from hotline.records import KeyState, Record, SchemaMeta
from hotline.vault import Vault

_BATCH: Final = 500


def rotate_keys(home: Home, actor: str, progress: Callable[[str, int], None]) -> dict[str, int]:
    """Makes a new data key and seals everything anew; returns its version and how many values were sealed."""
    ring = home.vault.ring.rotated()
    write_ring(ring, home.settings.key_file)
    vault = Vault(ring)
    with home.session() as session:
        for old in session.exec(select(KeyState).where(col(KeyState.retired_at).is_(None))):
            old.retired_at = home.now()
        session.add(KeyState(version=ring.current, made_at=home.now()))
        home.record(session, actor, "keys:data:rotated", f"key {ring.current}", version=ring.current)
    sealed = 0
    for table in Record.metadata.sorted_tables:
        for column in [each.name for each in table.columns if each.name.endswith("_ct")]:
            sealed += _reseal(home, vault, table, column, progress)
    _reseal_proof(home, vault)
    write_ring(ring.retired(), home.settings.key_file)
    home.vault.adopt(ring.retired())
    return {"version": ring.current, "sealed": sealed}


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
