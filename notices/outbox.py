"""The outbox: what is queued goes to our own mail server, each notice exactly once as far as anybody can know.

A row is claimed by compare-and-set and the claim committed before a connection is used; before the first byte of the
text leaves, that moment is committed too (``unknown_at`` of a row that is ``sending``). So whoever finds a row whose
sender died knows whether it may have been accepted. The bytes were frozen when the notice was queued. Several messages
are on their way at once, and what they commit is committed together (``notices.commits``).
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import col, select

from hotline.home import Home
from hotline.records import Notice
from hotline.words import DeliveryOutcome, NoticeState
from notices.attempts import Attempt, Steps, give_up, sending
from notices.claims import Claims
from notices.commits import Commits
from notices.events import Events
from notices.queueing import demand_sender, queue
from notices.reconciliation import ask_ledger, reconcile
from notices.sending import AlreadyThere, ClaimLost, Outcome, Sender
from notices.settlement import NO_SERVER

__all__ = ["Sent", "demand_sender", "queue", "send_due", "take_up"]

_PAGE: Final = 100
_A_SESSION: Final = 25
"""So many notices are worth a session with the server."""


@dataclass(frozen=True)
class Sent:
    """What a run of the outbox did; ``waiting`` counts the notices that are queued after it."""

    sent: int = 0
    failed: int = 0
    unknown: int = 0
    waiting: int = 0

    def plus(self, state: NoticeState | None) -> "Sent":
        """With one more notice that came to this state."""
        match state:
            case NoticeState.SENT:
                return replace(self, sent=self.sent + 1)
            case NoticeState.FAILED:
                return replace(self, failed=self.failed + 1)
            case NoticeState.UNKNOWN:
                return replace(self, unknown=self.unknown + 1)
            case _:
                return self


async def send_due(home: Home, sender: Sender | None, events: Events, claims: Claims | None = None) -> Sent:
    """Takes up what dead senders left, reconciles what is unknown, and sends all that is due.

    ``sender`` is ``None`` where no mail server is set: all stays queued and says so.
    """
    claims = claims or Claims()
    total = Sent(unknown=take_up(home, claims))
    total = replace(total, sent=reconcile(home, events).sent)
    if sender is None:
        _say_no_server(home)
        return replace(total, waiting=_waiting(home))
    run = _Run(home, sender, Steps(home, claims, events), total)
    try:
        await run.all()
    finally:
        await sender.close()
    return replace(run.total, waiting=_waiting(home))


@dataclass
class _Run:
    """One run over all that is due."""

    home: Home
    sender: Sender
    steps: Steps
    total: Sent
    connected: bool = True
    commits: Commits = field(init=False)
    due: Iterator[int] = field(init=False)

    def __post_init__(self) -> None:
        self.commits = Commits(self.home)
        self.due = (number for page in _due(self.home) for number in page)

    async def all(self) -> None:
        """The first one alone: it shows whether there is a server."""
        sessions = min(self.sender.sessions, 1 + _count(self.home, _is_due(self.home)) // _A_SESSION)
        for number in self.due:
            await self._one(number)
            break
        _end_if_told()
        if sessions <= 1:
            return await self._rest()
        working = [asyncio.create_task(self._rest()) for _ in range(sessions)]
        try:
            await asyncio.gather(*working)
        finally:
            for task in working:
                task.cancel()
            await asyncio.gather(*working, return_exceptions=True)
        return None

    async def _rest(self) -> None:
        for number in self.due:
            await self._one(number)
            _end_if_told()

    async def _one(self, notice_id: int) -> None:
        try:
            attempt = await self.commits.do(partial(self.steps.claim, notice_id=notice_id))
        except asyncio.CancelledError:
            self._let_go(notice_id)
            raise
        if attempt is not None:
            state = await self._attempt(attempt)  # others count meanwhile
            self.total = self.total.plus(state)

    def _let_go(self, notice_id: int) -> None:
        """Whoever was told to end while it claimed a notice may hold it by then."""
        with self.home.reading() as session:
            under_way = sending(session)
        for number, claim, _ in under_way:
            if number == notice_id and claim.by == self.steps.claims.mine:
                give_up(self.home, number, claim)

    async def _attempt(self, attempt: Attempt) -> NoticeState | None:
        try:
            outcome = await self._outcome(attempt)
            return await self.commits.do(partial(self.steps.settle, attempt=attempt, outcome=outcome))
        except ClaimLost:
            return None
        except asyncio.CancelledError:
            # A program that is told to end still says where it stopped; one that is killed leaves it to ``take_up``.
            give_up(self.home, attempt.notice_id, attempt.claim)
            raise

    async def _outcome(self, attempt: Attempt) -> Outcome:
        if not self.connected:
            # No session with the server came about a moment ago: the rest waits as that notice does.
            return Outcome(DeliveryOutcome.DEFERRED, "no connection to the mail server", connected=False)
        try:
            outcome = await self.sender.hand_over(attempt.envelope, partial(self._before_dot, attempt))
        except ClaimLost:
            raise
        except AlreadyThere:
            return Outcome(DeliveryOutcome.SENT, text="the mail server's log has it already")
        except Exception:
            give_up(self.home, attempt.notice_id, attempt.claim)
            raise
        self.connected = self.connected and outcome.connected
        return outcome

    async def _before_dot(self, attempt: Attempt) -> None:
        if attempt.doubtful:
            # The ledger was silent when it was queued again. A server that was down then has spoken since it came back.
            known, _ = ask_ledger(self.home, frozenset({attempt.message_id}))
            if known:
                raise AlreadyThere
        await self.commits.do(partial(self.steps.mark, attempt=attempt))


def _end_if_told() -> None:
    """Ends a task that was cancelled and did not hear it: before Python 3.12 ``asyncio.wait_for``, by which answers of
    the mail server are waited for, loses a cancellation that comes together with what it waits for.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _due(home: Home) -> Iterator[Sequence[int]]:
    """The numbers of what is due, by pages: memory stays flat, and nothing is met twice in one run."""
    last = 0
    while True:
        with home.reading() as session:
            due = select(Notice.id).where(_is_due(home), col(Notice.id) > last)
            page = [number or 0 for number in session.exec(due.order_by(col(Notice.id)).limit(_PAGE))]
        if not page:
            return
        yield page
        last = page[-1]


def _is_due(home: Home) -> ColumnElement[bool]:
    """What ``notices.standing.claimed`` will take; it is asked again once the row is locked."""
    at = col(Notice.next_try_at)
    return and_(
        col(Notice.state) == NoticeState.QUEUED, col(Notice.held_at).is_(None), or_(at.is_(None), at <= home.now())
    )


def take_up(home: Home, claims: Claims | None = None) -> int:
    """Takes up the notices of senders that died. Returns how many of them became unknown."""
    claims = claims or Claims()
    with home.reading() as session:
        under_way = sending(session)
    now = claims.now()
    dead = [
        (number, claim)
        for number, claim, until in under_way
        if until is None or until <= now or claims.is_dead(claim.by)
    ]
    return sum(give_up(home, number, claim) is NoticeState.UNKNOWN for number, claim in dead)


def _say_no_server(home: Home) -> None:
    for page in _due(home):
        with home.session() as session:
            for notice in session.exec(select(Notice).where(col(Notice.id).in_(page), _is_due(home))):
                home.vault.write(notice, "problem", NO_SERVER)
                session.add(notice)


def _waiting(home: Home) -> int:
    return _count(home, col(Notice.state) == NoticeState.QUEUED)


def _count(home: Home, where: ColumnElement[bool]) -> int:
    with home.reading() as session:
        return session.exec(select(func.count()).select_from(Notice).where(where)).one()
