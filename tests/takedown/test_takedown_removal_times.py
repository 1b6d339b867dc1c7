"""Time to removal: interval-censored removals, open cases counted in, nothing where the data do not reach."""

import math
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from homes import START
from hypothesis import given, settings
from hypothesis import strategies as st
from takedown_builders import after

from hotline.words import CaseState
from takedown.removal_times import ClockStart, Course, Interval, interval, is_unverifiable, quantile, report, survival

NOW = after(days=60)


def course(
    gone: float | None = None, online: float | None = 0.0, state: CaseState | None = None, **more: Any
) -> Course:
    """A case that was notified at the start, was last online after ``online`` hours, gone at ``gone``."""
    plain: dict[str, Any] = {
        "state": state or (CaseState.NOTIFIED if gone is None else CaseState.REMOVED),
        "reported_at": START - timedelta(hours=10),
        "confirmed_at": START - timedelta(hours=5),
        "authority_at": None,
        "first_notice_at": START,
        "last_online_at": None if online is None else after(hours=online),
        "removed_at": None if gone is None else after(hours=gone),
        "last_known_at": NOW,
    }
    return Course(**plain | more)


def group(*courses: Course, clock: ClockStart = ClockStart.NOTICE) -> dict[str, Any]:
    (only,) = report(courses, clock, NOW)["groups"]
    assert isinstance(only, dict)
    return only


def test_a_removal_lies_between_the_last_look_that_saw_it_and_the_first_that_did_not() -> None:
    assert interval(course(gone=12, online=3), ClockStart.NOTICE) == Interval(3, 12)
    assert interval(course(gone=12, online=None), ClockStart.NOTICE) == Interval(0, 12)
    assert interval(course(gone=12, online=-4), ClockStart.NOTICE) == Interval(0, 12)
    assert interval(course(gone=12, online=3), ClockStart.REPORT) == Interval(13, 22)


def test_an_open_case_has_lasted_until_it_was_last_seen_and_not_until_a_look_that_missed_it() -> None:
    assert interval(course(online=30), ClockStart.NOTICE) == Interval(30, math.inf)
    assert interval(course(online=None, last_known_at=after(hours=50)), ClockStart.NOTICE) == Interval(0, math.inf)


@pytest.mark.parametrize(
    ("clock", "start", "definition"),
    [
        (ClockStart.REPORT, START - timedelta(hours=10), "report to removal"),
        (ClockStart.CONFIRMATION, START - timedelta(hours=5), "confirmation to removal"),
        (ClockStart.AUTHORITY, after(hours=2), "authority informed to removal"),
        (ClockStart.NOTICE, START, "first notice sent to removal"),
    ],
)
def test_each_clock_has_its_start_and_its_definition(clock: ClockStart, start: datetime, definition: str) -> None:
    one = course(gone=12, authority_at=after(hours=2))
    assert one.start(clock) == start
    assert report([one], clock, NOW)["definition"] == definition


def test_a_case_whose_clock_has_not_started_is_not_counted_nor_one_that_was_rejected() -> None:
    untold = course(first_notice_at=None)
    rejected = course(state=CaseState.REJECTED)
    assert interval(untold, ClockStart.NOTICE) is None
    assert report([untold, rejected], ClockStart.NOTICE, NOW)["groups"] == []


def test_figures_computed_by_hand() -> None:
    """Ten removals seen within the hour of hours 10, 20, … 100: the survival falls by a tenth at each."""
    line = group(*(course(gone=10 * i, online=10 * i - 1) for i in range(1, 11)))
    assert line["survival"] == [[0.0, 1.0], *([10.0 * i, pytest.approx(1 - i / 10, abs=1e-5)] for i in range(1, 11))]
    assert (line["cases"], line["removed"], line["open"]) == (10, 10, 0)
    assert (line["median_hours"], line["p90_hours"]) == (50.0, 90.0)
    assert line["within"] == {"24h": pytest.approx(0.2, abs=1e-5), "72h": pytest.approx(0.7, abs=1e-5), "7d": 1.0}
    low, high = line["median_ci95"]
    assert low < 50 < high


def test_open_cases_are_counted_in_as_the_product_limit_does() -> None:
    """Removed at 10 and 30, open since 20: S(10) = 2/3, S(30) = 0; without the open case the median would be 10."""
    line = group(course(gone=10, online=9.99), course(gone=30, online=29.99), course(online=20))
    assert line["survival"][1] == [10.0, pytest.approx(2 / 3, abs=1e-4)]
    assert line["survival"][2] == [30.0, pytest.approx(0, abs=1e-4)]
    assert (line["median_hours"], line["open"]) == (30.0, 1)


def test_overlapping_intervals_share_what_they_have_in_common() -> None:
    """Turnbull: (0, 10] and (0, 20] have their mass where they overlap."""
    curve = survival([Interval(0, 10), Interval(0, 20)])
    assert curve[1] == (10.0, pytest.approx(0, abs=1e-4))


def test_the_band_of_the_median_is_that_of_the_product_limit_estimate() -> None:
    from scipy import stats

    hours = [3.0, 5, 8, 13, 21, 34, 55, 89]
    line = group(*(course(gone=h, online=h - 0.002) for h in hours), *(course(online=100) for _ in range(4)))
    sf = stats.ecdf(stats.CensoredData(uncensored=hours, right=[100.0] * 4)).sf
    band = sf.confidence_interval(0.95, method="log-log")
    low = next(h for h, p in zip(hours, band.low.probabilities, strict=False) if p <= 0.5)
    assert line["median_ci95"] == [pytest.approx(low, abs=0.002), None]
    assert line["median_hours"] == 34.0


def test_where_the_data_do_not_reach_there_is_nothing() -> None:
    line = group(course(gone=2, online=1), *(course(online=50) for _ in range(3)))
    assert (line["median_hours"], line["p90_hours"], line["median_ci95"]) == (None, None, None)
    assert line["within"] == {"24h": pytest.approx(0.25, abs=1e-5), "72h": None, "7d": None}
    nothing = group(course(online=None))
    assert (nothing["survival"], nothing["median_hours"]) == ([[0.0, 1.0]], None)
    assert nothing["within"] == {"24h": None, "72h": None, "7d": None}
    empty = report([], ClockStart.NOTICE, NOW, always=("all",))["groups"][0]
    assert (empty["group"], empty["cases"], empty["survival"], empty["median_ci95"]) == ("all", 0, [], None)


def test_every_case_is_counted_once() -> None:
    line = group(
        course(gone=5),
        course(gone=5, state=CaseState.CLOSED),
        course(state=CaseState.REAPPEARED, online=700),
        course(state=CaseState.ESCALATED, online=1),
        course(state=CaseState.REFERRED, online=1),
        course(state=CaseState.REVIEW, online=1, last_known_at=after(hours=1)),
    )
    counts = ("cases", "removed", "open", "reappeared", "unverifiable", "referred_unknown")
    assert [line[name] for name in counts] == [6, 2, 3, 1, 1, 1]


def test_a_case_of_which_no_look_could_tell_for_thirty_days_is_unverifiable() -> None:
    assert not is_unverifiable(course(last_known_at=NOW - timedelta(days=30)), NOW)
    assert is_unverifiable(course(last_known_at=NOW - timedelta(days=30, hours=1)), NOW)
    assert is_unverifiable(course(online=None, last_known_at=None), NOW)
    assert not is_unverifiable(course(gone=1, last_known_at=START), NOW)


def test_groups_stand_by_name() -> None:
    courses = [course(gone=5, group="SE"), course(gone=7, group="NL"), course(group="NL")]
    groups = report(courses, ClockStart.NOTICE, NOW)["groups"]
    assert [(each["group"], each["cases"]) for each in groups] == [("NL", 2), ("SE", 1)]


hours = st.floats(0, 3000).map(lambda h: round(h, 2))
intervals = st.lists(
    st.builds(lambda a, b: Interval(min(a, b), max(a, b)), hours, hours) | hours.map(lambda a: Interval(a, math.inf)),
    max_size=25,
)


@settings(max_examples=60)
@given(intervals)
def test_survival_starts_at_one_and_never_rises(each: list[Interval]) -> None:
    curve = survival(each)
    if not each:
        assert curve == []
        return
    assert curve[0] == (0.0, 1.0)
    for (earlier, more), (later_on, less) in pairwise(curve):
        assert earlier <= later_on
        assert 0 <= less <= more + 1e-12
    removed = [one.until for one in each if one.removed]
    assert [hour for hour, _ in curve[1:]] == sorted(set(removed))
    median = quantile(curve, 0.5)
    assert median is None or median in [round(hour, 3) for hour, _ in curve]
    if len(removed) == len(each):
        assert curve[-1][1] == pytest.approx(0, abs=1e-6)


@settings(max_examples=40)
@given(st.lists(st.builds(course, gone=st.none() | hours, online=st.none() | hours), min_size=1, max_size=20))
def test_every_figure_is_plain_and_in_its_range(courses: list[Course]) -> None:
    line = group(*courses)
    assert line["removed"] + line["open"] + line["reappeared"] == line["cases"] == len(courses)
    for share in line["within"].values():
        assert share is None or 0 <= share <= 1
    for name in ("median_hours", "p90_hours"):
        assert line[name] is None or line[name] >= 0
    if line["median_hours"] is not None and line["p90_hours"] is not None:
        assert line["median_hours"] <= line["p90_hours"]
