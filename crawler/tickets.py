"""Tickets: the right to crawl, who uses it now, and what it has used up. No ticket, no request.

A crawl claims every open ticket that nobody else is working on. Its lease is real time and is renewed while it works;
a worker that died loses it, at once when it died on this machine. Whoever lost a lease may write nothing more.
"""

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select, update

from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import Ticket, new_key
from hotline.words import TicketState

LEASE: Final = timedelta(seconds=90)
RENEWED_EVERY: Final = 30.0
"""Seconds between renewals, so that two may fail before the lease ends."""

EXPIRED: Final = "the ticket has expired"
BYTES_SPENT: Final = "budget: the ticket's bytes are used up"
PAGES_SPENT: Final = "budget: the ticket's pages are used up"
SPENT: Final = frozenset({EXPIRED, BYTES_SPENT, PAGES_SPENT})
"""Reasons for a refusal that another ticket can lift."""


class LeaseLost(HotlineError):
    """Another worker has taken the tickets over, because this one stood still for too long."""


@dataclass
class Purse:
    """What a ticket may still use. ``reserved`` counts pages that are being fetched."""

    ticket_id: int
    case_id: int
    follow_links: bool
    expires_at: datetime
    page_budget: int
    byte_budget: int
    pages: int
    size: int
    reserved: int = 0

    def refusal(self, now: datetime, *, page: bool) -> str | None:
        """Why nothing more may be fetched on this ticket; ``None``: it may."""
        if not self.follow_links:
            return "the mandate does not allow to follow links"
        if now >= self.expires_at:
            return EXPIRED
        if self.size >= self.byte_budget:
            return BYTES_SPENT
        if page and self.pages + self.reserved >= self.page_budget:
            return PAGES_SPENT
        return None

    @property
    def bytes_left(self) -> int:
        """How large the next body may be."""
        return max(0, self.byte_budget - self.size)


@dataclass(frozen=True)
class Claim:
    """The tickets of one crawl. ``crawl_key`` (16 bytes) names the crawl; a resumed one keeps it."""

    worker: str
    crawl_key: bytes
    purses: dict[int, Purse] = field(default_factory=dict)

    @property
    def ticket_ids(self) -> list[int]:
        """Their numbers."""
        return list(self.purses)

    @property
    def following(self) -> list[int]:
        """Those that follow links: the others look at nothing beyond what is confirmed."""
        return [number for number, purse in self.purses.items() if purse.follow_links]


def worker_name() -> str:
    """``host:pid:start`` of this process: tells a dead worker from a new one with the same number."""
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid())}"


def claim(home: Home, may_follow: bool, worker: str | None = None) -> Claim | None:
    """Takes every open ticket that has not expired and that no living worker holds; ``None`` when there is none.

    ``may_follow``: the mandate in force allows to follow links; else a crawl looks at nothing beyond what is confirmed.
    """
    me = worker or worker_name()
    with home.session() as session:
        _end_expired(session, home.now())
        rows = [row for row in _open_rows(session) if _is_free(row, me)]
        if not rows:
            return None
        crawl_key = next((row.crawl_key for row in rows if row.crawl_key), None) or new_key()
        for row in rows:
            row.crawl_key = row.crawl_key or crawl_key
            row.lease_by, row.lease_until = me, _real_now() + LEASE
            row.follow_links = may_follow
            session.add(row)
        return Claim(me, crawl_key, {row.number: _purse(row) for row in rows})


def _end_expired(session: Session, now: datetime) -> None:
    session.exec(
        update(Ticket)
        .where(col(Ticket.state) == TicketState.OPEN, col(Ticket.expires_at) <= now)
        .values(state=TicketState.EXPIRED, done_at=now, lease_by=None, lease_until=None)
    )


def _open_rows(session: Session) -> Sequence[Ticket]:
    wanted = select(Ticket).where(Ticket.state == TicketState.OPEN).order_by(col(Ticket.id)).with_for_update()
    return session.exec(wanted).all()


def _is_free(row: Ticket, me: str) -> bool:
    if row.lease_by is None or row.lease_by == me or row.lease_until is None or row.lease_until <= _real_now():
        return True
    return died_here(row.lease_by)


def died_here(worker: str) -> bool:
    """Whether a worker (``worker_name``) was a process of this machine that runs no more."""
    host, _, rest = worker.rpartition(":")[0].rpartition(":")
    started = worker.rpartition(":")[2]
    if host != socket.gethostname() or not rest.isdigit():
        return False
    return _started(int(rest)) != started


def _started(pid: int) -> str:
    """When a process began, in the kernel's ticks since it booted; empty when there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] in ("Z", "X") else fields[19]


def _purse(row: Ticket) -> Purse:
    return Purse(
        row.number, row.case_id, row.follow_links, row.expires_at, row.page_budget, row.byte_budget, row.pages, row.size
    )


def renew(home: Home, held: Claim) -> None:
    """Holds on to the tickets for another while.

    Raises:
        LeaseLost: one of them is no longer ours.
    """
    with home.session() as session:
        kept = session.exec(update(Ticket).where(_ours(held)).values(lease_until=_real_now() + LEASE)).rowcount
    if kept != len(held.purses):
        raise LeaseLost("another worker has taken this crawl over; nothing was lost")


def use(session: Session, held: Claim, ticket_id: int, *, pages: int, media: int, size: int) -> None:
    """Writes down what was fetched, in the transaction that writes down what it gave.

    Raises:
        LeaseLost: the ticket is no longer ours, and nothing of this transaction may stay.
    """
    written = session.exec(
        update(Ticket)
        .where(col(Ticket.id) == ticket_id, col(Ticket.lease_by) == held.worker)
        .values(pages=Ticket.pages + pages, media=Ticket.media + media, size=Ticket.size + size)
    ).rowcount
    if written != 1:
        raise LeaseLost("another worker has taken this crawl over; nothing was lost")


def finish(session: Session, held: Claim, now: datetime) -> None:
    """The tickets are used to their end."""
    session.exec(
        update(Ticket)
        .where(_ours(held), col(Ticket.expires_at) > now)
        .values(state=TicketState.DONE, done_at=now, lease_by=None, lease_until=None)
    )
    session.exec(
        update(Ticket)
        .where(_ours(held))
        .values(state=TicketState.EXPIRED, done_at=now, lease_by=None, lease_until=None)
    )


def release(home: Home, held: Claim) -> None:
    """Gives the tickets back unfinished, for the next crawl to go on with."""
    with home.session() as session:
        session.exec(update(Ticket).where(_ours(held)).values(lease_by=None, lease_until=None))


def any_open(session: Session) -> bool:
    """Whether any ticket at all, anybody's, is still open."""
    return session.exec(select(Ticket.id).where(Ticket.state == TicketState.OPEN).limit(1)).first() is not None


def _ours(held: Claim) -> ColumnElement[bool]:
    return (
        col(Ticket.id).in_(held.ticket_ids)
        & (col(Ticket.lease_by) == held.worker)
        & (col(Ticket.state) == TicketState.OPEN)
    )


def _real_now() -> datetime:
    return datetime.now(UTC)
