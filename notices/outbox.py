"""The outbox: what is queued goes to our own mail server, each notice exactly once as far as anybody can know.

A row is claimed by compare-and-set and the claim committed before a connection is used; before the first byte of the
text leaves, that moment is committed too (``unknown_at`` of a row that is ``sending``). So whoever finds a row whose
sender died knows whether it may have been accepted. The bytes were frozen when the notice was queued.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import parseaddr
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import Session, col, select, update

from hotline.home import Home
from hotline.records import Delivery, Notice
from hotline.words import DeliveryOutcome, NoticeState
from notices.claims import Claims
from notices.events import Events
from notices.queueing import demand_sender, queue
from notices.reconciliation import reconcile
from notices.sending import ClaimLost, Envelope, Outcome, Sender
from notices.settlement import NO_SERVER, Settlement, abandoned, settlement

__all__ = ["Sent", "demand_sender", "queue", "send_due", "take_up"]

_PAGE: Final = 100


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


@dataclass(frozen=True)
class _Claimed:
    notice_id: int
    attempt: int
    envelope: Envelope


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
    try:
        connected = True
        for page in _due(home):
            for notice_id in page:
                state, connected = await _send(home, sender, events, claims, notice_id, connected)
                total = total.plus(state)
    finally:
        await sender.close()
    return replace(total, waiting=_waiting(home))


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
    at = col(Notice.next_try_at)
    return and_(col(Notice.state) == NoticeState.QUEUED, or_(at.is_(None), at <= home.now()))


async def _send(
    home: Home, sender: Sender, events: Events, claims: Claims, notice_id: int, connected: bool
) -> tuple[NoticeState | None, bool]:
    claimed = _claim(home, claims, notice_id)
    if claimed is None:
        return None, connected
    if not connected:
        # No session with the server came about a moment ago: the rest waits as that notice does.
        missed = Outcome(DeliveryOutcome.DEFERRED, "no connection to the mail server", connected=False)
        return _settle(home, claims, events, claimed, missed), False
    return await _attempt(home, sender, events, claims, claimed)


async def _attempt(
    home: Home, sender: Sender, events: Events, claims: Claims, claimed: _Claimed
) -> tuple[NoticeState | None, bool]:
    try:
        outcome = await sender.hand_over(claimed.envelope, lambda: _mark(home, claims, claimed))
    except ClaimLost:
        return None, True
    except (Exception, asyncio.CancelledError):
        # A program that is told to end still says where it stopped; one that is killed leaves it to ``take_up``.
        _abandon(home, _ours(claims, claimed), claimed.notice_id)
        raise
    return _settle(home, claims, events, claimed, outcome), outcome.connected


def _claim(home: Home, claims: Claims, notice_id: int) -> _Claimed | None:
    with home.session() as session:
        claim: dict[str, Any] = {
            "state": NoticeState.SENDING,
            "attempts": col(Notice.attempts) + 1,
            "claim_by": claims.mine,
            "claim_until": claims.until(),
            "unknown_at": None,
        }
        if not _change(session, and_(col(Notice.id) == notice_id, _is_due(home)), claim):
            return None
        notice = session.get_one(Notice, notice_id)
        return _Claimed(notice_id, notice.attempts, _envelope(home, notice))


def _envelope(home: Home, notice: Notice) -> Envelope:
    message = home.vault.text(notice, "bytes").encode("latin-1")
    # The return path as it was frozen with the message, whatever the settings say by now.
    reply_to = parseaddr(str(BytesHeaderParser(policy=compat32).parsebytes(message)["Reply-To"]))[1]
    return Envelope(reply_to, home.vault.text(notice, "to"), message)


def _mark(home: Home, claims: Claims, claimed: _Claimed) -> None:
    """Commits that the text is about to leave."""
    held = and_(_ours(claims, claimed), col(Notice.claim_until) > claims.now())
    with home.session() as session:
        if not _change(session, held, {"unknown_at": home.now()}):
            raise ClaimLost


def _ours(claims: Claims, claimed: _Claimed) -> ColumnElement[bool]:
    return and_(
        col(Notice.id) == claimed.notice_id,
        col(Notice.attempts) == claimed.attempt,
        col(Notice.state) == NoticeState.SENDING,
        col(Notice.claim_by) == claims.mine,
    )


def _settle(home: Home, claims: Claims, events: Events, claimed: _Claimed, outcome: Outcome) -> NoticeState | None:
    # An answer that comes after the notice was taken up as unknown is still an answer.
    late = and_(
        col(Notice.id) == claimed.notice_id,
        col(Notice.attempts) == claimed.attempt,
        col(Notice.state) == NoticeState.UNKNOWN,
    )
    after = settlement(outcome, claimed.attempt, home.now())
    with home.session() as session:
        if not _change(session, or_(_ours(claims, claimed), late), {"state": after.state}):
            return None
        notice = session.get_one(Notice, claimed.notice_id)
        _write_after(home, session, notice, after, outcome)
        if after.state is NoticeState.SENT:
            events.sent(session, notice)
        elif after.state is NoticeState.FAILED:
            events.failed(session, notice)
    return after.state


def _write_after(home: Home, session: Session, notice: Notice, after: Settlement, outcome: Outcome) -> None:
    notice.state = after.state
    notice.next_try_at, notice.sent_at, notice.unknown_at = after.next_try_at, after.sent_at, after.unknown_at
    notice.claim_by = notice.claim_until = None
    home.vault.write(notice, "problem", after.problem)
    delivery = Delivery(
        notice_id=notice.number, attempt=notice.attempts, outcome=outcome.outcome, code=outcome.code, at=home.now()
    )
    home.vault.write(delivery, "reply", outcome.text)
    session.add_all([notice, delivery])
    home.record(
        session, "system", f"notice:message:{after.state.value}", f"notice {notice.number}",
        attempt=notice.attempts, code=outcome.code, problem=after.problem,
    )  # fmt: skip


def take_up(home: Home, claims: Claims | None = None) -> int:
    """Takes up the notices of senders that died. Returns how many of them became unknown."""
    claims = claims or Claims()
    with home.reading() as session:
        sending = select(Notice.id, Notice.attempts, Notice.claim_by, Notice.claim_until)
        rows = session.exec(sending.where(col(Notice.state) == NoticeState.SENDING)).all()
    now = claims.now()
    dead = [row for row in rows if row[3] is None or row[3] <= now or claims.is_dead(row[2])]
    return sum(_take_up_one(home, row[0] or 0, row[1], row[2]) for row in dead)


def _take_up_one(home: Home, notice_id: int, attempt: int, claim: str | None) -> bool:
    same = and_(
        col(Notice.id) == notice_id,
        col(Notice.attempts) == attempt,
        col(Notice.state) == NoticeState.SENDING,
        col(Notice.claim_by) == claim,
    )
    return _abandon(home, same, notice_id) is NoticeState.UNKNOWN


def _abandon(home: Home, where: ColumnElement[bool], notice_id: int) -> NoticeState | None:
    """Settles an attempt that nobody will finish; ``None`` when somebody did meanwhile."""
    with home.session() as session:
        # Written before it is read: a sender that lives after all can no longer begin with the text.
        if not _change(session, where, {"claim_until": None}):
            return None
        notice = session.get_one(Notice, notice_id)
        after = abandoned(notice.unknown_at, home.now())
        unknown = after.state is NoticeState.UNKNOWN
        outcome = DeliveryOutcome.UNKNOWN if unknown else DeliveryOutcome.DEFERRED
        _write_after(home, session, notice, after, Outcome(outcome, after.problem))
        return after.state


def _change(session: Session, where: ColumnElement[bool], values: dict[str, Any]) -> bool:
    """Compare-and-set on one notice; whether it was ours to change."""
    return session.exec(update(Notice).where(where).values(**values)).rowcount == 1


def _say_no_server(home: Home) -> None:
    for page in _due(home):
        with home.session() as session:
            for notice in session.exec(select(Notice).where(col(Notice.id).in_(page), _is_due(home))):
                home.vault.write(notice, "problem", NO_SERVER)
                session.add(notice)


def _waiting(home: Home) -> int:
    with home.reading() as session:
        queued = select(func.count()).select_from(Notice).where(col(Notice.state) == NoticeState.QUEUED)
        return session.exec(queued).one()
