"""The table of moves: every way a case can go from one state to another, on one screen.

A move happens because something was seen or said (``Because``); nothing else changes the state of a case. Each move
appends a record and writes one audit entry, in the transaction of the deed that caused it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlmodel import Session

from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import Case, Move
from hotline.words import CaseState as S


class Because(StrEnum):
    """What moves a case."""

    LOCATED = "located"
    NOBODY_TO_ASK = "nobody to ask"
    NOTICE_SENT = "notice sent"
    SILENCE = "silence past the deadline"
    REFERRED = "the mandate refers this country"
    CHANGED = "other content under the URL"
    GONE_TWICE = "gone at two looks"
    SEEN_AGAIN = "online again"
    WATCH_ENDED = "the watch ended"
    EMBARGO_ENDED = "the embargo ended"
    FLOOD = "too many automatic cases at one provider"
    CONFIRMED = "an analyst confirmed"
    REJECTED = "an analyst rejected"
    CLOSED = "an analyst closed"
    CONTINUED_UNLOCATED = "an analyst let it go on, not located yet"
    CONTINUED_READY = "an analyst let it go on"
    CONTINUED_NOTIFIED = "an analyst let it go on after a notice"
    CONTINUED_ESCALATED = "an analyst let it go on after an escalation"
    REPORTED_AGAIN = "confirmed again by a new report"


_UNTOLD: Final = (S.CONFIRMED, S.READY, S.REAPPEARED)
_TOLD: Final = (S.NOTIFIED, S.ESCALATED)
_OPEN: Final = (*_UNTOLD, *_TOLD, S.REFERRED)
ENDED: Final = (S.CLOSED, S.REJECTED)
"""The states in which nobody looks any more; a new report, or the crawl, may open the case again."""

MOVES: Final[dict[Because, tuple[tuple[S, ...], S]]] = {
    # because                        from                          to
    Because.LOCATED:             ((S.CONFIRMED,),               S.READY),
    Because.NOBODY_TO_ASK:       ((*_UNTOLD, *_TOLD),           S.REVIEW),
    Because.NOTICE_SENT:         ((*_UNTOLD, S.NOTIFIED),       S.NOTIFIED),
    Because.SILENCE:             ((*_UNTOLD, *_TOLD),           S.ESCALATED),
    Because.REFERRED:            ((*_UNTOLD, *_TOLD),           S.REFERRED),
    Because.CHANGED:             (_OPEN,                        S.REVIEW),
    Because.GONE_TWICE:          ((*_OPEN, S.REVIEW),           S.REMOVED),
    Because.SEEN_AGAIN:          ((S.REMOVED, S.CLOSED),        S.REAPPEARED),
    Because.WATCH_ENDED:         ((S.REMOVED,),                 S.CLOSED),
    Because.EMBARGO_ENDED:       ((*_OPEN,),                    S.REVIEW),
    Because.FLOOD:               ((S.CONFIRMED, S.READY),       S.REVIEW),
    Because.CONFIRMED:           ((S.REVIEW,),                  S.CONFIRMED),
    Because.REJECTED:            ((S.REVIEW,),                  S.REJECTED),
    Because.CLOSED:              ((S.REVIEW,),                  S.CLOSED),
    Because.CONTINUED_UNLOCATED: ((S.REVIEW,),                  S.CONFIRMED),
    Because.CONTINUED_READY:     ((S.REVIEW,),                  S.READY),
    Because.CONTINUED_NOTIFIED:  ((S.REVIEW,),                  S.NOTIFIED),
    Because.CONTINUED_ESCALATED: ((S.REVIEW,),                  S.ESCALATED),
    Because.REPORTED_AGAIN:      (ENDED,                        S.CONFIRMED),
}  # fmt: skip
"""The whole table: what moves a case, from which states, to which."""

OPENING: Final = (S.CONFIRMED, S.REVIEW)
"""The states in which a case may be opened."""


@dataclass(frozen=True)
class Stays:
    """The case does not move, and why: "no" is a value with a reason."""

    reason: str


def destination(state: S, because: Because) -> S | Stays:
    """Where a case in ``state`` goes; pure, and the only place that knows."""
    sources, target = MOVES[because]
    if state not in sources:
        return Stays(f"a case in {state.value} does not move because of: {because.value}")
    return target


def move(
    home: Home, session: Session, case: Case, because: Because, *, reason: str | None = None, actor: str = "system"
) -> bool:
    """Moves a case in the caller's transaction; returns whether it moved.

    ``reason`` is kept in clear and must name no URL, host or mail address.
    """
    target = destination(case.state, because)
    if isinstance(target, Stays):
        return False
    source, case.state = case.state, target
    case.version += 1
    session.add(case)
    _note(home, session, case, source, reason or because.value, actor)
    return True


def opened(home: Home, session: Session, case: Case, reason: str, actor: str = "system") -> None:
    """Records the opening of a case that has just been flushed."""
    if case.state not in OPENING:
        raise HotlineError(f"a case cannot be opened in {case.state}")
    _note(home, session, case, None, reason, actor)


def _note(home: Home, session: Session, case: Case, source: S | None, reason: str, actor: str) -> None:
    session.add(
        Move(case_id=case.number, from_state=source, to_state=case.state, reason=reason, actor=actor, at=home.now())
    )
    home.record(session, actor, f"case:state:{case.state.value}", f"case {case.number}", reason=reason, source=source)
