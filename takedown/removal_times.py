"""Time to removal, with the open cases counted in (CONTRACT, "Time to removal").

A removal lies somewhere between the last look that found the URL online and the first that found it gone: it is
interval-censored. A case that is still open has lasted at least until its last look: it is right-censored, and
never left out. The survival curve is Turnbull's estimate (B. W. Turnbull, "The Empirical Distribution Function with
Arbitrarily Grouped, Censored and Truncated Data", JRSS B 38, 1976); the band around the median is Greenwood's, on the
log-log scale, from SciPy's product-limit estimate over the midpoints.
"""

import math
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from hotline.words import CaseState

UNVERIFIABLE_AFTER: Final = timedelta(days=30)
_CLOSE: Final = 1e-6
"""Shares closer than this are the same: the estimate is found by steps."""
WITHIN: Final = {"24h": 24.0, "72h": 72.0, "7d": 168.0}


class ClockStart(StrEnum):
    """From when the time to removal is counted."""

    REPORT = "report"
    CONFIRMATION = "confirmation"
    AUTHORITY = "authority"
    NOTICE = "notice"


DEFINITIONS: Final = {
    ClockStart.REPORT: "report to removal",
    ClockStart.CONFIRMATION: "confirmation to removal",
    ClockStart.AUTHORITY: "authority informed to removal",
    ClockStart.NOTICE: "first notice sent to removal",
}


@dataclass(frozen=True)
class Course:
    """What the times to removal need to know of one case."""

    state: CaseState
    reported_at: datetime | None
    confirmed_at: datetime | None
    authority_at: datetime | None
    first_notice_at: datetime | None
    last_online_at: datetime | None
    removed_at: datetime | None
    last_known_at: datetime | None
    group: str = "all"

    def start(self, clock: ClockStart) -> datetime | None:
        """When this clock started; ``None`` when it has not."""
        return {
            ClockStart.REPORT: self.reported_at,
            ClockStart.CONFIRMATION: self.confirmed_at,
            ClockStart.AUTHORITY: self.authority_at,
            ClockStart.NOTICE: self.first_notice_at,
        }[clock]


@dataclass(frozen=True)
class Interval:
    """A removal lies in (``after``, ``until``] hours; ``until`` is infinite for a case that is open."""

    after: float
    until: float

    @property
    def removed(self) -> bool:
        """Whether a removal was seen."""
        return math.isfinite(self.until)

    @property
    def middle(self) -> float:
        """The midpoint, or the last hour known of an open case."""
        return (self.after + self.until) / 2 if self.removed else self.after


def interval(course: Course, clock: ClockStart) -> Interval | None:
    """Between which hours of its clock a case was removed; ``None`` when the clock has not started."""
    start = course.start(clock)
    if start is None:
        return None
    if course.removed_at is not None:
        until = _hours(course.removed_at - start)
        seen = course.last_online_at
        after = _hours(seen - start) if seen is not None and seen < course.removed_at else 0.0
        return Interval(min(after, until), until)
    # A first gone look proves nothing yet, and least of all that it was still online then.
    last = max(start, course.last_online_at or start)
    return Interval(_hours(last - start), math.inf)


def _hours(span: timedelta) -> float:
    return max(0.0, span.total_seconds() / 3600)


def report(courses: Iterable[Course], clock: ClockStart, now: datetime, always: Iterable[str] = ()) -> dict[str, Any]:
    """The contract's document: the definition, and the figures of each group, those named ``always`` even if empty."""
    groups: dict[str, list[Course]] = {name: [] for name in always}
    for course in courses:
        if course.start(clock) is not None and course.state is not CaseState.REJECTED:
            groups.setdefault(course.group, []).append(course)
    lines = [_group(name, groups[name], clock, now) for name in sorted(groups)]
    return {"definition": DEFINITIONS[clock], "groups": lines}


def _group(name: str, courses: Sequence[Course], clock: ClockStart, now: datetime) -> dict[str, Any]:
    intervals = [each for course in courses if (each := interval(course, clock)) is not None]
    curve = survival(intervals)
    removed = sum(1 for course in courses if course.removed_at is not None)
    reappeared = sum(1 for course in courses if course.state is CaseState.REAPPEARED)
    return {
        "group": name,
        "cases": len(courses),
        "removed": removed,
        "open": len(courses) - removed - reappeared,
        "reappeared": reappeared,
        "unverifiable": sum(1 for course in courses if is_unverifiable(course, now)),
        "referred_unknown": sum(1 for course in courses if course.state is CaseState.REFERRED),
        "median_hours": quantile(curve, 0.5),
        "median_ci95": _median_band(intervals),
        "p90_hours": quantile(curve, 0.9),
        "within": {label: _within(curve, intervals, hours) for label, hours in WITHIN.items()},
        "survival": [[round(hours, 3), round(share, 6)] for hours, share in curve],
    }


def is_unverifiable(course: Course, now: datetime) -> bool:
    """Whether no look could tell for thirty days."""
    if course.removed_at is not None or course.state in (CaseState.CLOSED, CaseState.REFERRED):
        return False
    known = course.last_known_at or course.last_online_at or course.first_notice_at
    return known is not None and now - known > UNVERIFIABLE_AFTER


def survival(intervals: Sequence[Interval], rounds: int = 500, close: float = _CLOSE / 10) -> list[tuple[float, float]]:
    """Turnbull's self-consistent estimate: [(hours, share still online)], from (0, 1) on."""
    import numpy as np

    if not intervals:
        return []
    ends = np.unique([each.until for each in intervals if each.removed])
    if not len(ends):
        return [(0.0, 1.0)]
    cells = np.append(ends, np.inf)
    after = np.array([each.after for each in intervals])
    until = np.array([each.until for each in intervals])
    # A case may have been removed at any cell's end inside its interval; one instant counts as its own end.
    inside = (cells[None, :] <= until[:, None]) & (
        (cells[None, :] > after[:, None]) | (cells[None, :] == until[:, None])
    )
    mass = np.full(len(cells), 1 / len(cells))
    for _ in range(rounds):
        shares = inside * mass
        fresh = (shares / shares.sum(axis=1, keepdims=True)).mean(axis=0)
        moved = float(np.abs(fresh - mass).max())
        mass = fresh
        if moved < close:
            break
    left = 1 - np.cumsum(mass[:-1])
    return [(0.0, 1.0), *((float(hour), max(0.0, float(share))) for hour, share in zip(ends, left, strict=True))]


def quantile(curve: Sequence[tuple[float, float]], share: float) -> float | None:
    """The hours by which ``share`` of the cases were removed; ``None`` where the data do not reach."""
    for hours, left in curve:
        if left <= 1 - share + _CLOSE:
            return round(hours, 3)
    return None


def _within(curve: Sequence[tuple[float, float]], intervals: Sequence[Interval], hours: float) -> float | None:
    if not curve or (
        max(each.until if each.removed else each.after for each in intervals) < hours and not _all(intervals)
    ):
        return None
    left = [share for moment, share in curve if moment <= hours]
    return round(1 - left[-1], 6)


def _all(intervals: Sequence[Interval]) -> bool:
    return all(each.removed for each in intervals)


def _median_band(intervals: Sequence[Interval]) -> list[float | None] | None:
    """The 95 % band of the median; ``None`` when it has no lower end."""
    if sum(each.removed for each in intervals) < 2:
        return None
    from scipy import stats

    events = [each.middle for each in intervals if each.removed]
    open_yet = [each.middle for each in intervals if not each.removed]
    curve = stats.ecdf(stats.CensoredData(uncensored=events, right=open_yet)).sf
    with warnings.catch_warnings():
        # SciPy says so wherever the band has no end; that is what ``None`` says here.
        warnings.simplefilter("ignore", RuntimeWarning)
        band = curve.confidence_interval(0.95, method="log-log")
    ends = [_first_below(curve.quantiles, limit.probabilities) for limit in (band.low, band.high)]
    return None if ends[0] is None else ends


def _first_below(hours: Iterable[float], left: Iterable[float]) -> float | None:
    for hour, share in zip(hours, left, strict=True):
        if not math.isnan(share) and share <= 0.5:
            return round(float(hour), 3)
    return None
