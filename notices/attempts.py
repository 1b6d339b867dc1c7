"""The steps of an attempt in the database: a row is read under a lock, ``standing`` decides, and that is written."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import parseaddr
from typing import Any, Final

from sqlalchemy.orm import defer
from sqlmodel import Session, col, select, update

from hotline.home import Home
from hotline.records import Delivery, Notice
from hotline.words import DeliveryOutcome, NoticeState
from notices import standing
from notices.claims import Claims
from notices.events import Events
from notices.sending import ClaimLost, Envelope, Outcome
from notices.standing import Claim, Standing, Step

_NAMES: Final = tuple(each.name for each in fields(Standing))


@dataclass(frozen=True)
class Attempt:
    """A notice that is ours to send, with its frozen bytes; ``doubtful`` when our server may have it already."""

    notice_id: int
    claim: Claim
    envelope: Envelope
    message_id: str
    doubtful: bool = False


@dataclass(frozen=True)
class Steps:
    """What a sender may do to a notice; each in the caller's transaction."""

    home: Home
    claims: Claims
    events: Events

    def claim(self, session: Session, notice_id: int) -> Attempt | None:
        """Takes a queued notice that is due; ``None`` when another sender has it, or is at it."""
        notice = session.get(Notice, notice_id, with_for_update={"skip_locked": True}, populate_existing=True)
        if notice is None:
            return None
        after = standing.claimed(standing_of(notice), self.claims.mine, self.claims.until(), self.home.now())
        if after is None:
            return None
        write_standing(notice, after)
        session.add(notice)
        claim = Claim(self.claims.mine, after.attempts)
        doubtful = after.attempts > 1 and _was_unknown(session, notice_id)
        return Attempt(notice_id, claim, _envelope(self.home, notice), notice.message_id or "", doubtful)

    def mark(self, session: Session, attempt: Attempt) -> None:
        """That the text is about to leave.

        Raises:
            ClaimLost: the notice is no longer ours.
        """
        columns = [getattr(Notice, name) for name in _NAMES]
        row = session.execute(select(*columns).where(col(Notice.id) == attempt.notice_id).with_for_update()).one()
        after = standing.marked(Standing(*row), attempt.claim, self.claims.now(), self.home.now())
        if after is None:
            raise ClaimLost
        here = update(Notice).where(col(Notice.id) == attempt.notice_id)
        session.exec(here.values(unknown_at=after.unknown_at).execution_options(synchronize_session=False))

    def settle(self, session: Session, attempt: Attempt, outcome: Outcome) -> NoticeState | None:
        """How the attempt ended; ``None`` when another one has begun meanwhile."""
        notice = locked(session, attempt.notice_id)
        step = standing.settled(standing_of(notice), attempt.claim, outcome, self.home.now(), _spread(notice))
        if step is None:
            return None
        _finish(self.home, session, notice, step, outcome)
        if step.after.state is NoticeState.SENT:
            with session.no_autoflush:
                self.events.sent(session, notice)
        elif step.after.state is NoticeState.FAILED:
            self.events.failed(session, notice, outcome.doubt)
        return step.after.state


def give_up(home: Home, notice_id: int, claim: Claim) -> NoticeState | None:
    """Settles an attempt that nobody will finish; ``None`` when somebody did meanwhile."""
    with home.session() as session:
        notice = locked(session, notice_id)
        step = standing.given_up(standing_of(notice), claim, home.now())
        if step is None:
            return None
        unknown = step.after.state is NoticeState.UNKNOWN
        outcome = DeliveryOutcome.UNKNOWN if unknown else DeliveryOutcome.DEFERRED
        _finish(home, session, notice, step, Outcome(outcome, step.problem))
        return step.after.state


def sending(session: Session) -> Sequence[tuple[int, Claim, Any]]:
    """What is being sent: number, whose it is, and until when."""
    rows = select(Notice.id, Notice.attempts, Notice.claim_by, Notice.claim_until)
    found = session.exec(rows.where(col(Notice.state) == NoticeState.SENDING)).all()
    return [(number or 0, Claim(by, attempts), until) for number, attempts, by, until in found]


def locked(session: Session, notice_id: int) -> Notice:
    """The row as it stands, held until the transaction ends; its frozen bytes are only read when they are asked for."""
    lean = [defer(Notice.bytes_ct)]  # type: ignore[arg-type]  # SQLModel types columns as their values
    return session.get_one(Notice, notice_id, options=lean, with_for_update=True, populate_existing=True)


def standing_of(notice: Notice) -> Standing:
    """The outbox's side of a row."""
    return Standing(*(getattr(notice, name) for name in _NAMES))


def write_standing(notice: Notice, after: Standing) -> None:
    """Puts it back."""
    for name in _NAMES:
        if getattr(notice, name) != getattr(after, name):
            setattr(notice, name, getattr(after, name))


def _spread(notice: Notice) -> float:
    """A number of the row's own, 0 to 1, the same each time."""
    return notice.key[0] / 255


def _was_unknown(session: Session, notice_id: int) -> bool:
    doubts = select(Delivery.id).where(Delivery.notice_id == notice_id, Delivery.outcome == DeliveryOutcome.UNKNOWN)
    return session.exec(doubts.limit(1)).first() is not None


def _envelope(home: Home, notice: Notice) -> Envelope:
    message = home.vault.text(notice, "bytes").encode("latin-1")
    # The return path as it was frozen with the message, whatever the settings say by now.
    reply_to = parseaddr(str(BytesHeaderParser(policy=compat32).parsebytes(message)["Reply-To"]))[1]
    return Envelope(reply_to, home.vault.text(notice, "to"), message)


def _finish(home: Home, session: Session, notice: Notice, step: Step, outcome: Outcome) -> None:
    write_standing(notice, step.after)
    home.vault.write(notice, "problem", step.problem)
    delivery = Delivery(
        notice_id=notice.number, attempt=notice.attempts, outcome=outcome.outcome, code=outcome.code, at=home.now()
    )
    home.vault.write(delivery, "reply", outcome.text)
    session.add_all([notice, delivery])
    home.record(
        session, "system", f"notice:message:{step.after.state.value}", f"notice {notice.number}",
        attempt=notice.attempts, code=outcome.code, problem=step.problem,
    )  # fmt: skip
