"""How it stands, at a glance: counts and the last events in words, for whoever watches a practice run.

Only what the database holds in clear is read: states, kinds and reasons. No address is opened to draw a picture.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func
from sqlmodel import Session, col, select

from hotline.home import Home
from hotline.records import Case, Move, Notice, NoticeCase, Provider, Reply
from hotline.words import CaseState, ContactRole, NoticeState, ReplyKind

KEPT: Final = 8
"""So many of the last events are kept."""

_QUIET: Final = frozenset({CaseState.READY, CaseState.NOTIFIED})
"""Moves that say nothing beside the notice that goes with them."""

_ANSWERS: Final = {
    ReplyKind.BOUNCED: "notice {notice} came back: its mailbox does not exist",
    ReplyKind.REPLIED: "notice {notice} is answered by a person",
    ReplyKind.AUTOMATIC: "notice {notice} is acknowledged automatically",
    ReplyKind.UNMATCHED: "a message arrived that belongs to no notice",
}

Event = tuple[datetime, str]


@dataclass(frozen=True)
class Glimpse:
    """How it stands at a moment. ``removals`` counts every removal, those that were followed by a re-upload too."""

    at: datetime
    cases: dict[CaseState, int] = field(default_factory=dict)
    notices: dict[NoticeState, int] = field(default_factory=dict)
    replies: dict[ReplyKind, int] = field(default_factory=dict)
    removals: int = 0
    events: tuple[Event, ...] = ()

    @property
    def total(self) -> int:
        """All cases."""
        return sum(self.cases.values())

    @property
    def sent(self) -> int:
        """Notices that our mail server has taken, those that came back later too."""
        return self.notices.get(NoticeState.SENT, 0) + self.notices.get(NoticeState.BOUNCED, 0)


class Watcher:
    """Looks at a home again and again, and remembers the last events."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._last = {Move: 0, Reply: 0}
        self._sent: set[int] = set()
        self._events: tuple[Event, ...] = ()

    def look(self) -> Glimpse:
        """How it stands now."""
        with self._home.reading() as session:
            fresh = sorted([*self._moves(session), *self._notices(session), *self._replies(session)])
            self._events = (*self._events, *fresh)[-KEPT:]
            return Glimpse(
                at=self._home.now(),
                cases=_counted(session, Case.state),
                notices=_counted(session, Notice.state),
                replies=_counted(session, Reply.kind),
                removals=session.exec(_count_of_removals()).one(),
                events=self._events,
            )

    def _moves(self, session: Session) -> Iterator[Event]:
        for row in self._since(session, Move):
            if row.from_state is None:
                yield row.at, f"case {row.case_id} is opened: {row.reason}"
            elif row.to_state not in _QUIET:
                yield row.at, f"case {row.case_id} is {row.to_state}: {row.reason}"

    def _replies(self, session: Session) -> Iterator[Event]:
        for row in self._since(session, Reply):
            yield row.received_at, _ANSWERS[row.kind].format(notice=row.notice_id)

    def _since(self, session: Session, table: Any) -> Iterator[Any]:
        for row in session.exec(select(table).where(table.id > self._last[table]).order_by(table.id)):
            self._last[table] = row.number
            yield row

    def _notices(self, session: Session) -> Iterator[Event]:
        """Those that left since: a notice may wait long after it was queued, so its number does not tell."""
        left = select(Notice).where(col(Notice.sent_at).is_not(None), col(Notice.id).not_in(self._sent))
        for row in session.exec(left):
            self._sent.add(row.number)
            cases = len(session.exec(select(NoticeCase.id).where(NoticeCase.notice_id == row.number)).all())
            provider = session.get(Provider, row.provider_id) if row.provider_id else None
            if row.sent_at is not None:
                yield row.sent_at, _asked(row.number, row.role, provider.country if provider else None, cases)


def _asked(number: int, role: ContactRole, country: str | None, cases: int) -> str:
    many = "1 case" if cases == 1 else f"{cases} cases"
    return f"notice {number} asks the {role} for {many} hosted in {country or 'an unknown country'}"


def _counted(session: Session, column: Any) -> dict[Any, int]:
    return Counter(dict(session.exec(select(column, func.count()).group_by(column)).all()))


def _count_of_removals() -> Any:
    return select(func.count()).select_from(Move).where(Move.to_state == CaseState.REMOVED)
