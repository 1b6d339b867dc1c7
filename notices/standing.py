"""Where a notice stands in the outbox, and every step that it can take from there.

Pure: no database, no socket, no clock. The outbox reads a row under a lock, asks here, and writes what comes out, so
that what is tried with every schedule is what happens. A step that is not the asker's to take (any more) is ``None``.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from hotline.words import DeliveryOutcome, NoticeState
from notices.sending import Outcome
from notices.settlement import Settlement, abandoned, goes_again, settlement


@dataclass(frozen=True)
class Standing:
    """The outbox's side of a notice.

    ``unknown_at`` of one that is sending: when its text was about to leave; of one that is unknown: since when.
    ``claim_until`` is real time; all else is dated as facts are.
    """

    state: NoticeState = NoticeState.QUEUED
    attempts: int = 0
    next_try_at: datetime | None = None
    sent_at: datetime | None = None
    unknown_at: datetime | None = None
    claim_by: str | None = None
    claim_until: datetime | None = None
    held_at: datetime | None = None


@dataclass(frozen=True)
class Claim:
    """A sender's hold on a notice: who, and in which attempt (from 1)."""

    by: str | None
    attempt: int


@dataclass(frozen=True)
class Step:
    """What a step comes to: where the notice stands then, and why it is not simply on its way."""

    after: Standing
    problem: str | None = None


def claimed(now: Standing, by: str, until: datetime, at: datetime) -> Standing | None:
    """``by`` begins an attempt, and has until ``until`` for it."""
    due = now.next_try_at is None or now.next_try_at <= at
    if now.state is not NoticeState.QUEUED or now.held_at is not None or not due:
        return None
    attempts = now.attempts + 1
    return replace(now, state=NoticeState.SENDING, attempts=attempts, claim_by=by, claim_until=until, unknown_at=None)


def marked(now: Standing, claim: Claim, clock: datetime, at: datetime) -> Standing | None:
    """The text is about to leave; ``clock`` is real time, by which claims end."""
    lapsed = now.claim_until is None or now.claim_until <= clock
    return None if lapsed or not _holds(now, claim) else replace(now, unknown_at=at)


def settled(now: Standing, claim: Claim, outcome: Outcome, at: datetime, spread: float = 0.0) -> Step | None:
    """The attempt ended so. ``spread``, 0 to 1, is the row's own: it keeps many from being tried at one moment."""
    return _come_to(now, settlement(outcome, claim.attempt, at, spread)) if _may_settle(now, claim, outcome) else None


def given_up(now: Standing, claim: Claim, at: datetime) -> Step | None:
    """The sender that held this claim will not finish."""
    return _come_to(now, abandoned(now.unknown_at, at)) if _holds(now, claim) else None


def reconciled(now: Standing, stored: bool, at: datetime) -> Standing | None:
    """Somebody knows, of an unknown notice, whether our mail server has it."""
    if now.state is not NoticeState.UNKNOWN:
        return None
    if stored:
        return replace(now, state=NoticeState.SENT, sent_at=now.unknown_at, unknown_at=None, next_try_at=None)
    return replace(now, state=NoticeState.QUEUED, unknown_at=None, next_try_at=at)


def held(now: Standing, at: datetime) -> Standing | None:
    """A person stops it before it leaves."""
    return replace(now, held_at=at) if now.state is NoticeState.QUEUED and now.held_at is None else None


def freed(now: Standing) -> Standing | None:
    """A person lets it go."""
    return None if now.held_at is None else replace(now, held_at=None)


def anew(now: Standing, at: datetime) -> Standing | None:
    """A person has the same message sent again: one that surely did not arrive, or that waits for its next try."""
    if now.held_at is not None or now.state not in (NoticeState.FAILED, NoticeState.BOUNCED, NoticeState.QUEUED):
        return None
    return replace(now, state=NoticeState.QUEUED, next_try_at=at, sent_at=None, unknown_at=None)


def waited_out(now: Standing, at: datetime) -> bool:
    """Whether an unknown notice goes again although nobody has spoken of it."""
    return now.state is NoticeState.UNKNOWN and (now.unknown_at is None or goes_again(now.unknown_at, at))


def _holds(now: Standing, claim: Claim) -> bool:
    return now.state is NoticeState.SENDING and (now.claim_by, now.attempts) == (claim.by, claim.attempt)


def _may_settle(now: Standing, claim: Claim, outcome: Outcome) -> bool:
    if _holds(now, claim):
        return True
    # An answer that comes after the notice was taken up is still an answer, as long as no other attempt has begun; a
    # yes counts even when it was queued again.
    late = (NoticeState.UNKNOWN, NoticeState.QUEUED) if _is_yes(outcome) else (NoticeState.UNKNOWN,)
    return now.state in late and now.attempts == claim.attempt


def _is_yes(outcome: Outcome) -> bool:
    return outcome.outcome is DeliveryOutcome.SENT


def _come_to(now: Standing, after: Settlement) -> Step:
    return Step(
        replace(
            now,
            state=after.state,
            next_try_at=after.next_try_at,
            sent_at=after.sent_at,
            unknown_at=after.unknown_at,
            claim_by=None,
            claim_until=None,
        ),
        after.problem,
    )
