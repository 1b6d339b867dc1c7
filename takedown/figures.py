"""From records to figures: which cases, in which groups, by which clock."""

from datetime import datetime
from typing import Any, Final

import numpy as np
from sqlmodel import Session

from hotline.home import Home
from takedown import courses, groupings, holds
from takedown.comparison import compare
from takedown.courses import Courses
from takedown.removal_times import ClockStart, Question, report, stays_by_group

GROUPS: Final = groupings.GROUPS


def metrics(
    home: Home,
    session: Session,
    by: str | None = None,
    clock: ClockStart = ClockStart.NOTICE,
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    without_embargo: bool = False,
    compared: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """Time to removal of the cases whose clock started in the span, by group; and two of the groups compared.

    Raises:
        HotlineError: a group that is to be compared is not there.
    """
    read = courses_for(session, clock, by)
    held = holds.spans(home, session) if without_embargo else None
    question = Question(clock, _seconds(since), _seconds(until), held)
    groups = groupings.grouping(home, session, read, by)
    document = report(read, question, home.now(), groups)
    if compared is not None:
        document["comparison"] = compare(*compared, stays_by_group(read, question, groups))
    return document


def courses_for(session: Session, clock: ClockStart, by: str | None) -> Courses:
    """The courses of all cases, with the columns that this clock and these groups need."""
    columns = {
        ClockStart.REPORT: ("reported", "notice"),
        ClockStart.CONFIRMATION: ("reported", "confirmed", "notice"),
        ClockStart.AUTHORITY: ("reported", "authority", "referred", "notice"),
        ClockStart.NOTICE: ("reported", "notice"),
        ClockStart.ANSWER: ("reported", "notice"),
    }[clock]
    read = courses.read(session, (*columns, *groupings.columns_of(by)))
    return courses.with_answers(session, read) if clock is ClockStart.ANSWER else read


def _seconds(moment: datetime | None) -> int | None:
    # A clock is kept in whole seconds, rounded down: it started at or after a moment if it did so in that second.
    return None if moment is None else int(np.floor(moment.timestamp()))
