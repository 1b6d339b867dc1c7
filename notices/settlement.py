"""What an attempt's outcome means for the notice: pure, so that every schedule can be tried."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hotline.words import DeliveryOutcome, NoticeState
from notices.sending import Outcome

FIRST_PAUSE: Final = timedelta(minutes=15)
LONGEST_PAUSE: Final = timedelta(hours=4)
_JITTER: Final = timedelta(seconds=45)
UNKNOWN_FOR: Final = timedelta(hours=1)

NO_SERVER: Final = "no mail server"
NO_ANSWER: Final = "no answer after the message was handed over"
DIED_BEFORE: Final = "the sender stopped before it handed the message over"
DIED_AFTER: Final = "the sender stopped while it handed the message over"


@dataclass(frozen=True)
class Settlement:
    """The notice after an attempt."""

    state: NoticeState
    next_try_at: datetime | None = None
    sent_at: datetime | None = None
    unknown_at: datetime | None = None
    problem: str | None = None


def pause_after(attempt: int, spread: float = 0.0) -> timedelta:
    """How long a refused notice waits: 15 minutes after the first attempt, doubling to 4 hours.

    ``spread``, 0 to 1, takes off up to 45 seconds, so that not all that were refused together come again together.
    """
    return min(FIRST_PAUSE * (1 << min(attempt - 1, 8)), LONGEST_PAUSE) - _JITTER * spread


def settlement(outcome: Outcome, attempt: int, now: datetime, spread: float = 0.0) -> Settlement:
    """The notice after attempt number ``attempt`` (from 1)."""
    match outcome.outcome:
        case DeliveryOutcome.SENT:
            return Settlement(NoticeState.SENT, sent_at=now)
        case DeliveryOutcome.REFUSED:
            return Settlement(NoticeState.FAILED, problem=outcome.problem)
        case DeliveryOutcome.UNKNOWN:
            return Settlement(NoticeState.UNKNOWN, unknown_at=now, problem=outcome.problem)
        case DeliveryOutcome.DEFERRED:
            return Settlement(
                NoticeState.QUEUED, next_try_at=now + pause_after(attempt, spread), problem=outcome.problem
            )


def abandoned(dot_at: datetime | None, now: datetime) -> Settlement:
    """A notice whose sender died. ``dot_at``: when it began to send the text; ``None`` if it had not.

    Without text nothing can have been accepted, so it goes again at once; with it nobody knows.
    """
    if dot_at is None:
        return Settlement(NoticeState.QUEUED, next_try_at=now, problem=DIED_BEFORE)
    return Settlement(NoticeState.UNKNOWN, unknown_at=dot_at, problem=DIED_AFTER)


def goes_again(unknown_at: datetime, now: datetime) -> bool:
    """Whether an unknown notice of which nobody has spoken is sent again: a duplicate is better than silence."""
    return now - unknown_at >= UNKNOWN_FOR
