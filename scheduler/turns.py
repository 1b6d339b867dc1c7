"""Whose turn it is at a host: no two looks at one host at once, in however many processes (CONTRACT, "At scale").

A turn is a lease in the database, in real time. It is renewed while its holder works, and free at once when the holder
was a process of this machine that runs no more.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, delete, select, update

from crawler.tickets import died_here, worker_name
from hotline.home import Home
from hotline.records import HostTurn, new_key

LEASE: Final = timedelta(seconds=90)
RENEWED_EVERY: Final = 30.0
"""Seconds between renewals, so that one may fail before the lease ends."""


class Turns:
    """The hosts at which one run looks now, by their blind index."""

    def __init__(self, home: Home, holder: str | None = None) -> None:
        self._home = home
        self._holder = holder or f"{worker_name()}#{secrets.token_hex(4)}"
        self._held: set[bytes] = set()

    def take(self, hosts: Collection[bytes]) -> set[bytes]:
        """Takes the turn at those hosts where nobody else has it; compare-and-set by the row's unique host."""
        wanted = sorted(set(hosts))
        if not wanted:
            return set()
        with self._home.session() as session:
            _clear(session)
            rows = [
                {"key": new_key(), "host_bi": host, "holder": self._holder, "until": _lease_end()} for host in wanted
            ]
            session.connection().execute(_insert(session).on_conflict_do_nothing(index_elements=["host_bi"]), rows)
            mine = set(session.exec(select(HostTurn.host_bi).where(HostTurn.holder == self._holder)))
        taken = (mine - self._held) & set(wanted)
        self._held |= taken
        return taken

    def renew(self) -> None:
        """Holds on to them for another while."""
        with self._home.session() as session:
            session.exec(update(HostTurn).where(col(HostTurn.holder) == self._holder).values(until=_lease_end()))

    def give_back_these(self, session: Session, hosts: Collection[bytes]) -> None:
        """It is the next one's turn at these, once the caller's transaction is written."""
        done = self._held & set(hosts)
        if done:
            ours = (col(HostTurn.holder) == self._holder) & col(HostTurn.host_bi).in_(done)
            session.exec(delete(HostTurn).where(ours))
            self._held -= done

    def give_back(self) -> None:
        """It is the next one's turn at all of them; nothing is left of ours."""
        if self._held:
            with self._home.session() as session:
                session.exec(delete(HostTurn).where(col(HostTurn.holder) == self._holder))
        self._held.clear()


@asynccontextmanager
async def opened(home: Home) -> AsyncIterator[Turns]:
    """Turns that are renewed while the block lasts, and given back at its end."""
    turns = Turns(home)
    renewing = asyncio.create_task(_renew(turns))
    try:
        yield turns
    finally:
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)
        turns.give_back()


async def _renew(turns: Turns) -> None:
    while True:
        await asyncio.sleep(RENEWED_EVERY)
        turns.renew()


def _clear(session: Session) -> None:
    """Ends the turns of those who let their lease pass, or have died."""
    session.exec(delete(HostTurn).where(col(HostTurn.until) <= datetime.now(UTC)))
    holders = session.exec(select(HostTurn.holder).distinct()).all()
    dead = [holder for holder in holders if died_here(holder.partition("#")[0])]
    if dead:
        session.exec(delete(HostTurn).where(col(HostTurn.holder).in_(dead)))


def _insert(session: Session) -> Any:
    table = HostTurn.metadata.tables["host_turn"]
    return postgresql.insert(table) if session.get_bind().dialect.name == "postgresql" else sqlite.insert(table)


def _lease_end() -> datetime:
    return datetime.now(UTC) + LEASE
