"""What is queued is looked at once more before it leaves, page by page: there may be a hundred thousand of it."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import and_, not_, or_
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from hotline.home import Home
from hotline.records import Notice, NoticeCase
from hotline.words import NoticeState
from scheduler.locating import Locator, locate_cases
from takedown import asking

_PAGE: Final = 200
_WAITING: Final = 500
"""Of those that do not leave now so many are looked at all the same, those that leave next: where a mail server is down
for hours each run would else ask about everything that waits for it.
"""
_LEAN: Final[Any] = defer(Notice.bytes_ct)  # type: ignore[arg-type]  # SQLModel types columns as their values
"""The frozen bytes stay where they are: nobody reads them here, and they are most of a row."""


async def refresh_queued(home: Home, locator: Locator) -> frozenset[int]:
    """A notice that has waited rests on an old finding: who hosts its cases is looked up again before it leaves.

    Returns the cases that another host has now.
    """
    waiting: set[int] = set()
    with home.reading() as session:
        for page in _pages(home, session):
            named = select(NoticeCase.case_id).where(col(NoticeCase.notice_id).in_(page))
            waiting.update(session.exec(named))
    return await locate_cases(home, locator, sorted(waiting))


def withdraw(home: Home, moved: frozenset[int] = frozenset()) -> int:
    """Withholds queued notices one of whose cases lost its clearance, or has ``moved`` to another host since.

    The others of such a notice are queued anew. Each page is a transaction, so that others who write wait for a moment
    only. Returns how many were withheld.
    """
    with home.reading() as session:
        pages = list(_pages(home, session))
    return sum(_withdraw(home, page, moved) for page in pages)


def _pages(home: Home, session: Session) -> Iterator[Sequence[int]]:
    """The numbers of what leaves now, and of what leaves next, in pages."""
    queued, at = col(Notice.state) == NoticeState.QUEUED, col(Notice.next_try_at)
    now = and_(col(Notice.held_at).is_(None), or_(at.is_(None), at <= home.now()))
    waiting = select(Notice.id).where(queued, not_(now)).order_by(at, col(Notice.id)).limit(_WAITING)
    numbers = sorted(number or 0 for number in session.exec(waiting))
    yield from (numbers[start : start + _PAGE] for start in range(0, len(numbers), _PAGE))
    last = 0
    while True:
        due = select(Notice.id).where(queued, now, col(Notice.id) > last).order_by(col(Notice.id)).limit(_PAGE)
        page = [number or 0 for number in session.exec(due)]
        if not page:
            return
        yield page
        last = page[-1]


def _withdraw(home: Home, page: Sequence[int], moved: frozenset[int]) -> int:
    withdrawn = 0
    with home.session() as session:
        queued = select(Notice).where(col(Notice.id).in_(page), Notice.state == NoticeState.QUEUED).options(_LEAN)
        for notice in session.exec(queued.order_by(col(Notice.id)).with_for_update(skip_locked=True)).all():
            reason = asking.why_withhold(home, session, notice, moved)
            if reason is None:
                continue
            notice.state = NoticeState.WITHHELD
            home.vault.write(notice, "problem", reason)
            home.record(session, "system", "notice:message:withheld", f"notice {notice.number}", reason=reason)
            withdrawn += 1
    return withdrawn
