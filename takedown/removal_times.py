"""Time to removal, with the open cases counted in (CONTRACT, "Time to removal").

A removal lies somewhere between the last look that found the URL online and the first that found it gone: it is
interval-censored. A case that is still open has lasted at least until its last look: it is right-censored, and never
left out. What comes back is another episode, with a clock of its own: the figures of a group are of first episodes, and
those of the later ones stand beside them. ``takedown.survival`` has the estimate.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hotline.records.courses import STATES
from hotline.words import CaseState
from takedown.courses import Courses, Wholes
from takedown.likelihood import Numbers
from takedown.survival import Curve, Sample, estimate, sample

UNVERIFIABLE_AFTER: Final = timedelta(days=30)
WITHIN: Final = {"24h": 24.0, "72h": 72.0, "7d": 168.0}
FEWEST: Final = 20
"""A group of fewer cases gets no rank: chance alone would give it one."""
MOST_BANDS: Final = 4
"""Of more groups than this only the medians have bands; those of whole curves take long, and nobody reads so many."""
_LEVELS: Final = tuple(level / 20 for level in range(1, 20))
_FEWER: Final = (0.1, 0.25, 0.5, 0.75, 0.9)
_FEWEST_LEVELS: Final = (0.1, 0.5, 0.9)
_MANY: Final = 1_000
"""Of so many different intervals on the band of the curve is reckoned at fewer shares."""

Flags = NDArray[np.bool_]
Spans = Sequence[tuple[float, float]]


class ClockStart(StrEnum):
    """From when the time to removal is counted."""

    REPORT = "report"
    CONFIRMATION = "confirmation"
    AUTHORITY = "authority"
    NOTICE = "notice"
    ANSWER = "answer"


DEFINITIONS: Final = {
    ClockStart.REPORT: "report to removal",
    ClockStart.CONFIRMATION: "confirmation to removal",
    ClockStart.AUTHORITY: "authority informed to removal",
    ClockStart.NOTICE: "first notice sent to removal",
    ClockStart.ANSWER: "first answer of a host to removal",
}

MEANINGS: Final = {
    "removal": "between the last look that found the material and the first of two, hours apart, that found it gone",
    "cases": "cases whose clock has started, without those that an analyst rejected",
    "removed": "cases that were removed and have not been seen online since",
    "open": "cases that are neither removed nor back; counted in by how long they were seen online at least",
    "reappeared": "cases that were removed, were seen online again, and of which nobody has been told anew",
    "unverifiable": "of the open and reappeared ones: no look could tell for 30 days",
    "referred_unknown": "of the open ones: referred to another authority, and the outcome is not known",
    "median_hours": "the time by which half of the first episodes ended with a removal, at the latest that looks allow",
    "median_ci95": "95 % band of the median: times that a likelihood-ratio test does not reject",
    "p90_hours": "the time by which 90 % of the first episodes ended with a removal",
    "within": "the share of the first episodes that ended with a removal within that time",
    "survival": "hours since the clock started, and the share of first episodes that lasted longer (Turnbull 1976)",
    "band": "hours, and the 95 % band of that share at each time by itself: by the same test at 3 to 19 shares",
    "later_episodes": "stays after the material came back, each with a clock of its own from when it was seen again",
    "rank": "by median, the quickest first; none for groups of fewer than 20 cases, whose order is chance",
}
"""What each figure means; printed beside it."""

WITHOUT_EMBARGO: Final = (
    "time under an embargo on the case is taken off: from when it was set until it ended or was lifted"
)


@dataclass(frozen=True)
class Grouping:
    """Which group each entry of the courses belongs to, as places in ``names``; ``always`` are told even if empty."""

    names: Sequence[str]
    places: Wholes
    always: Sequence[str] = ()


@dataclass(frozen=True)
class Stays:
    """Times in hours since the clock started: (``after``, ``until``], ``until`` infinite for what is still open."""

    after: Numbers
    until: Numbers

    def at(self, which: Any) -> "Stays":
        """Some of them."""
        return Stays(self.after[which], self.until[which])


def starts(courses: Courses, clock: ClockStart) -> Wholes:
    """When this clock started in each episode; 0 where it has not."""
    return {
        ClockStart.REPORT: courses.reported,
        ClockStart.CONFIRMATION: courses.confirmed,
        ClockStart.AUTHORITY: courses.authority,
        ClockStart.NOTICE: courses.notice,
        ClockStart.ANSWER: courses.answer,
    }[clock]


def stays(start: Wholes, online: Wholes, gone: Wholes) -> Stays:
    """Between which hours of its clock each episode ended; all started."""
    # A first gone look proves nothing yet, and least of all that it was still online then: an open one has lasted until
    # it was last seen. A look before the clock started tells of that moment only.
    until = np.where(gone > 0, np.maximum(gone - start, 0) / 3600, np.inf)
    seen = np.where((gone > 0) & (online >= gone), 0, np.maximum(online - start, 0)) / 3600
    return Stays(np.minimum(seen, until), until)


@dataclass(frozen=True)
class Question:
    """Which cases are counted, and how: ``since`` and ``until`` bound the start of the clock, in seconds since 1970.

    ``held``: the spans of embargoes that are taken off, by case, in order and without overlap; ``None``: none is.
    """

    clock: ClockStart = ClockStart.NOTICE
    since: int | None = None
    until: int | None = None
    held: Mapping[int, Spans] | None = None

    def asks_for(self, start: Wholes) -> Flags:
        """Whether the clock started, and in the span."""
        low, high = self.since or 1, self.until if self.until is not None else np.iinfo(np.int64).max
        return np.asarray((start > 0) & (start >= low) & (start < high))


def report(courses: Courses, question: Question, now: datetime, groups: Grouping) -> dict[str, Any]:
    """The contract's document: the definition, the figures of each group, and what each figure means."""
    cases, later = _counted(courses, question, groups)
    names = sorted({*groups.always, *(groups.names[place] for place in np.unique(cases.place))})
    banded = len(names) <= MOST_BANDS
    places = {name: place for place, name in enumerate(groups.names)}
    shares = cases.by_place(), later.by_place()
    lines = []
    for name in names:
        mine, again = (
            each.at(which.get(places.get(name, -1), _NONE)) for each, which in zip((cases, later), shares, strict=True)
        )
        lines.append(
            {"group": name} | _counts(mine, int(now.timestamp())) | _figures(mine.stays, banded) | _again(again)
        )
    _rank(lines)
    meanings = MEANINGS | ({"without_embargo": WITHOUT_EMBARGO} if question.held is not None else {})
    return {"definition": DEFINITIONS[question.clock], "groups": lines, "definitions": meanings}


_NONE: Final = np.zeros(0, dtype=np.int64)


def stays_by_group(courses: Courses, question: Question, groups: Grouping) -> dict[str, Stays]:
    """The first episodes that ``report`` counts, by the name of their group."""
    cases, _ = _counted(courses, question, groups)
    return {groups.names[place]: cases.at(which).stays for place, which in cases.by_place().items()}


@dataclass(frozen=True)
class _Counted:
    """Cases, by their first episodes, or later episodes."""

    stays: Stays
    state: Wholes
    removed: Flags
    known: Wholes
    place: Wholes

    def at(self, which: Any) -> "_Counted":
        return _Counted(
            self.stays.at(which), self.state[which], self.removed[which], self.known[which], self.place[which]
        )

    def by_place(self) -> dict[int, Any]:
        """Which entries stand in each place."""
        if not len(self.place):
            return {}
        if self.place.min() == self.place.max():
            return {int(self.place[0]): slice(None)}
        order = np.argsort(self.place, kind="stable")
        places, begin = np.unique(self.place[order], return_index=True)
        return dict(zip(places.tolist(), np.split(order, begin[1:]), strict=True))


def _counted(courses: Courses, question: Question, groups: Grouping) -> tuple[_Counted, _Counted]:
    case = courses.case_id
    first = np.flatnonzero(np.append(True, case[1:] != case[:-1])[: len(case)])
    last = np.append(first[1:], len(case)) - 1 if len(case) else first
    start = starts(courses, question.clock)
    asked = question.asks_for(start[first]) & (courses.state[last] != _code(CaseState.REJECTED))
    again = np.repeat(asked, last - first + 1)
    again[first] = False
    first, last, again = first[asked], last[asked], np.flatnonzero(again & (courses.reported > 0))
    known = np.where(courses.known > 0, courses.known, courses.online)[last]
    known = np.where(known > 0, known, courses.notice[first])
    kept = _stays(courses, question, first, start)
    return (
        _Counted(kept, courses.state[last], courses.gone[last] > 0, known, groups.places[last]),
        _later(courses, question, groups, again),
    )


def _later(courses: Courses, question: Question, groups: Grouping, which: Wholes) -> _Counted:
    kept = _stays(courses, question, which, courses.reported)
    return _Counted(kept, courses.state[which], courses.gone[which] > 0, courses.known[which], groups.places[which])


def _stays(courses: Courses, question: Question, which: Wholes, start: Wholes) -> Stays:
    counted = stays(start[which], courses.online[which], courses.gone[which])
    if not question.held:
        return counted
    return _without(counted, courses.case_id[which], start[which], question.held)


def _without(of: Stays, case: Wholes, start: Wholes, held: Mapping[int, Spans]) -> Stays:
    """The same with the time under embargoes taken off."""
    after, until = of.after.copy(), of.until.copy()
    for place in np.flatnonzero(np.isin(case, np.fromiter(held, dtype=np.int64))):
        spans, begun = held[int(case[place])], int(start[place])
        for hours in (after, until):
            if math.isfinite(hours[place]):
                hours[place] -= _overlap(spans, begun, begun + hours[place] * 3600) / 3600
    return Stays(after, until)


def _overlap(spans: Spans, begin: float, end: float) -> float:
    return sum(max(0.0, min(end, ends) - max(begin, begins)) for begins, ends in spans)


def _code(state: CaseState) -> int:
    return STATES.index(state) + 1


def _counts(cases: _Counted, now: int) -> dict[str, Any]:
    back = cases.state == _code(CaseState.REAPPEARED)
    referred = cases.state == _code(CaseState.REFERRED)
    ended = cases.removed | referred | (cases.state == _code(CaseState.CLOSED))
    silent = (cases.known > 0) & (now - cases.known > UNVERIFIABLE_AFTER.total_seconds())
    count, removed, reappeared = len(cases.state), int(cases.removed.sum()), int(back.sum())
    return {
        "cases": count,
        "removed": removed,
        "open": count - removed - reappeared,
        "reappeared": reappeared,
        "unverifiable": int((silent & ~ended).sum()),
        "referred_unknown": int(referred.sum()),
    }


def _figures(of: Stays, banded: bool) -> dict[str, Any]:
    seen = sample(of.after, of.until)
    curve = estimate(seen)
    enough = float(seen.cases[seen.removed].sum()) >= 2
    levels = _levels(seen) if banded and enough else ()
    bands = {level: curve.between(level) for level in {*levels, *((0.5,) if enough else ())}}
    return {
        "median_hours": _plain(curve.quantile(0.5)),
        "median_ci95": _ends(bands.get(0.5)),
        "p90_hours": _plain(curve.quantile(0.9)),
        "within": {label: _within(curve, seen, hours) for label, hours in WITHIN.items()},
        "survival": _drawn(curve, seen),
        "band": _band(curve, {level: bands[level] for level in levels}),
        "rounded": seen.rounded,
    }


def _levels(seen: Sample) -> tuple[float, ...]:
    if seen.rounded:
        return _FEWEST_LEVELS
    return _FEWER if len(seen.after) > _MANY else _LEVELS


def _plain(hours: float | None) -> float | None:
    return None if hours is None or not math.isfinite(hours) else round(hours, 3)


def _ends(band: tuple[float, float] | None) -> list[float | None] | None:
    return None if band is None else [_plain(end) for end in band]


def _within(curve: Curve, seen: Sample, hours: float) -> float | None:
    # Where every case was removed, the last one's hour is not where the data end.
    if not len(seen.after) or (seen.reach < hours and not bool(seen.removed.all())):
        return None
    return round(curve.removed_by(hours), 6)


def _drawn(curve: Curve, seen: Sample) -> list[list[float]]:
    if not len(seen.after):
        return []
    points = zip(curve.hours.tolist(), curve.left.tolist(), strict=True)
    return [[0.0, 1.0], *([round(hours, 3), round(left, 6)] for hours, left in points)]


def _band(curve: Curve, bands: Mapping[float, tuple[float, float] | None]) -> list[list[float]] | None:
    """[hours, low, high] of the share that is left, up to the last share whose band is known and bounded.

    Between shares whose bands were reckoned, how many times earlier or later an age may be follows those beside it.
    """
    known = [(level, band, curve.quantile(level)) for level, band in sorted(bands.items())]
    near = [(level, band[0] / at, band[1] / at) for level, band, at in known if band and at and math.isfinite(band[1])]
    if len(near) < 2:
        return None
    levels, early, late = (np.array(column) for column in zip(*near, strict=True))
    count = int(np.searchsorted(1 - curve.left, levels[-1], "right"))
    if not count:
        return None
    hours, left = curve.hours[:count], curve.left[:count]
    low = np.maximum.accumulate(hours * np.interp(1 - left, levels, early))
    high = np.maximum.accumulate(hours * np.interp(1 - left, levels, late))
    times = np.unique(np.concatenate([[0.0], low[low <= hours[-1]], high[high <= hours[-1]], hours[-1:]]))
    # The curve steps: until the later end of a step, what was left before it may still be.
    ends = (
        np.interp(times, np.append(0.0, low), np.append(1.0, left)),
        np.interp(times, np.append(0.0, high), np.concatenate([[1.0, 1.0], left[:-1]])),
    )
    return [[round(each, 6) for each in row] for row in np.stack([times, *ends], axis=1).tolist()]


def _again(later: _Counted) -> dict[str, Any]:
    """What the stays after a re-upload say."""
    seen = sample(later.stays.after, later.stays.until)
    curve = estimate(seen)
    enough = float(seen.cases[seen.removed].sum()) >= 2
    figures = {
        "count": len(later.state),
        "removed": int(later.removed.sum()),
        "median_hours": _plain(curve.quantile(0.5)),
        "median_ci95": _ends(curve.between(0.5)) if enough else None,
    }
    return {"later_episodes": figures, "rank": None, "remark": None}


def _rank(lines: Sequence[dict[str, Any]]) -> None:
    """Ranks groups that are large enough by their medians, the quickest first; equal medians rank alike."""
    for line in lines:
        if line["cases"] < FEWEST:
            line["remark"] = f"fewer than {FEWEST} cases: not ranked"
    ranked = [line for line in lines if line["cases"] >= FEWEST and line["median_hours"] is not None]
    if len(lines) > 1:
        for line in ranked:
            line["rank"] = 1 + sum(other["median_hours"] < line["median_hours"] for other in ranked)
