"""Time to removal: interval-censored removals, open cases counted in, nothing where the data do not reach."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from homes import START
from hypothesis import given, settings
from hypothesis import strategies as st
from takedown_builders import after

from hotline.records.courses import STATES
from hotline.words import CaseState
from takedown.courses import Courses
from takedown.removal_times import FEWEST, ClockStart, Grouping, Question, report, starts, stays

NOW = after(days=60)
HOUR = 3600


def course(
    gone: float | None = None, online: float | None = 0.0, state: CaseState | None = None, **more: Any
) -> dict[str, Any]:
    """A case that was notified at the start, was last online after ``online`` hours, gone at ``gone``."""
    return {
        "ordinal": 1,
        "state": state or (CaseState.NOTIFIED if gone is None else CaseState.REMOVED),
        "reported": START - timedelta(hours=10),
        "confirmed": START - timedelta(hours=5),
        "authority": None,
        "notice": START,
        "online": None if online is None else after(hours=online),
        "gone": None if gone is None else after(hours=gone),
        "known": NOW,
        "answer": None,
        "group": "all",
    } | more


def courses(*rows: dict[str, Any]) -> Courses:
    """The columns of these rows; each is a case of its own unless it says which."""

    def column(name: str) -> Any:
        return np.array([_whole(row.get(name, 0)) for row in rows], dtype=np.int64)

    numbered = [{"case_id": number, **row, "state": STATES.index(row["state"]) + 1} for number, row in enumerate(rows)]
    rows = tuple(numbered)
    return Courses(**{name: column(name) for name in Courses.__dataclass_fields__})


def _whole(value: Any) -> int:
    return int(value.timestamp()) if isinstance(value, datetime) else value or 0


def told(*rows: dict[str, Any], always: tuple[str, ...] = (), **question: Any) -> list[dict[str, Any]]:
    """The groups of the document."""
    names = sorted({row["group"] for row in rows})
    places = np.array([names.index(row["group"]) for row in rows], dtype=np.int64)
    groups = report(courses(*rows), Question(**question), NOW, Grouping(names, places, always))["groups"]
    assert isinstance(groups, list)
    return groups


def group(*rows: dict[str, Any], **question: Any) -> dict[str, Any]:
    (only,) = told(*rows, **question)
    return only


def between(row: dict[str, Any], clock: ClockStart = ClockStart.NOTICE) -> tuple[float, float]:
    columns = courses(row)
    found = stays(starts(columns, clock), columns.online, columns.gone)
    return float(found.after[0]), float(found.until[0])


def test_a_removal_lies_between_the_last_look_that_saw_it_and_the_first_that_did_not() -> None:
    assert between(course(gone=12, online=3)) == (3, 12)
    assert between(course(gone=12, online=None)) == (0, 12)
    assert between(course(gone=12, online=-4)) == (0, 12)
    assert between(course(gone=12, online=3), ClockStart.REPORT) == (13, 22)


def test_an_open_case_has_lasted_until_it_was_last_seen_and_not_until_a_look_that_missed_it() -> None:
    assert between(course(online=30)) == (30, np.inf)
    assert between(course(online=None, known=after(hours=50))) == (0, np.inf)


@pytest.mark.parametrize(
    ("clock", "start", "definition"),
    [
        (ClockStart.REPORT, START - timedelta(hours=10), "report to removal"),
        (ClockStart.CONFIRMATION, START - timedelta(hours=5), "confirmation to removal"),
        (ClockStart.AUTHORITY, after(hours=2), "authority informed to removal"),
        (ClockStart.NOTICE, START, "first notice sent to removal"),
        (ClockStart.ANSWER, after(hours=4), "first answer of a host to removal"),
    ],
)
def test_each_clock_has_its_start_and_its_definition(clock: ClockStart, start: datetime, definition: str) -> None:
    one = courses(course(gone=12, authority=after(hours=2), answer=after(hours=4)))
    assert starts(one, clock).tolist() == [int(start.timestamp())]
    grouping = Grouping(["all"], np.zeros(1, dtype=np.int64))
    document = report(one, Question(clock), NOW, grouping)
    assert document["definition"] == definition
    assert document["groups"][0]["cases"] == 1


def test_every_figure_of_a_group_has_its_definition() -> None:
    document = report(courses(course()), Question(), NOW, Grouping(["all"], np.zeros(1, dtype=np.int64)))
    figures = set(document["groups"][0]) - {"group", "remark", "rounded"}
    assert figures <= set(document["definitions"])


def test_a_case_whose_clock_has_not_started_is_not_counted_nor_one_that_was_rejected() -> None:
    assert told(course(notice=None), course(state=CaseState.REJECTED)) == []


def test_figures_computed_by_hand() -> None:
    """Ten removals seen within the hour of hours 10, 20, … 100: the survival falls by a tenth at each."""
    line = group(*(course(gone=10 * i, online=10 * i - 1) for i in range(1, 11)))
    assert line["survival"] == [[0.0, 1.0], *([10.0 * i, pytest.approx(1 - i / 10, abs=1e-6)] for i in range(1, 11))]
    assert (line["cases"], line["removed"], line["open"]) == (10, 10, 0)
    assert (line["median_hours"], line["p90_hours"]) == (50.0, 90.0)
    assert line["within"] == {"24h": pytest.approx(0.2, abs=1e-5), "72h": pytest.approx(0.7, abs=1e-5), "7d": 1.0}
    low, high = line["median_ci95"]
    assert low < 50 < high


def test_open_cases_are_counted_in_as_the_product_limit_does() -> None:
    """Removed at 10 and 30, open since 20: S(10) = 2/3, S(30) = 0; without the open case the median would be 10."""
    line = group(course(gone=10, online=9.99), course(gone=30, online=29.99), course(online=20))
    assert line["survival"] == [[0.0, 1.0], [10.0, pytest.approx(2 / 3, abs=1e-6)], [30.0, 0.0]]
    assert (line["median_hours"], line["open"]) == (30.0, 1)


def test_where_the_data_do_not_reach_there_is_nothing() -> None:
    line = group(course(gone=2, online=1), *(course(online=50) for _ in range(3)))
    assert (line["median_hours"], line["p90_hours"], line["median_ci95"], line["band"]) == (None, None, None, None)
    assert line["within"] == {"24h": pytest.approx(0.25, abs=1e-5), "72h": None, "7d": None}
    nothing = group(course(online=None))
    assert (nothing["survival"], nothing["median_hours"]) == ([[0.0, 1.0]], None)
    assert nothing["within"] == {"24h": None, "72h": None, "7d": None}
    (empty,) = told(always=("all",))
    assert (empty["group"], empty["cases"], empty["survival"], empty["median_ci95"]) == ("all", 0, [], None)


def test_a_median_that_is_bounded_on_one_side_alone_says_so() -> None:
    line = group(*(course(gone=h, online=h - 1) for h in range(2, 12)), *(course(online=100) for _ in range(12)))
    assert line["median_hours"] is None
    low, high = line["median_ci95"]
    assert 2 < low < 12 and high is None


def test_every_case_is_counted_once() -> None:
    line = group(
        course(gone=5),
        course(gone=5, state=CaseState.CLOSED),
        course(state=CaseState.REAPPEARED, online=700),
        course(state=CaseState.ESCALATED, online=1),
        course(state=CaseState.REFERRED, online=1),
        course(state=CaseState.REVIEW, online=1, known=after(hours=1)),
    )
    counts = ("cases", "removed", "open", "reappeared", "unverifiable", "referred_unknown")
    assert [line[name] for name in counts] == [6, 2, 3, 1, 1, 1]


@pytest.mark.parametrize(
    ("row", "is_unverifiable"),
    [
        (course(known=NOW - timedelta(days=30)), 0),
        (course(known=NOW - timedelta(days=30, hours=1)), 1),
        (course(online=None, known=None), 1),
        (course(gone=1, known=START), 0),
        (course(state=CaseState.REFERRED, known=START), 0),
    ],
)
def test_a_case_of_which_no_look_could_tell_for_thirty_days_is_unverifiable(
    row: dict[str, Any], is_unverifiable: int
) -> None:
    assert group(row)["unverifiable"] == is_unverifiable


def test_a_re_upload_is_an_episode_with_its_own_clock_and_leaves_the_first_as_it_was() -> None:
    """Gone after 4 to 5 hours; seen again after 30 days, and gone 8 hours later: that is no removal after 30 days."""
    again = {"case_id": 7, "ordinal": 2, "reported": after(days=30), "notice": after(days=30, hours=2)}
    line = group(
        course(gone=5, online=4, case_id=7),
        course(gone=30 * 24 + 8, online=30 * 24 + 6, **again),
        course(gone=9, online=8, case_id=8),
        course(
            state=CaseState.REAPPEARED, case_id=8, ordinal=2, reported=after(days=20), online=20 * 24 + 3, notice=None
        ),
    )
    assert (line["cases"], line["removed"], line["open"], line["reappeared"]) == (2, 1, 0, 1)
    assert line["survival"] == [[0.0, 1.0], [5.0, 0.5], [9.0, 0.0]]
    assert line["later_episodes"] == {"count": 2, "removed": 1, "median_hours": 8.0, "median_ci95": None}


def test_a_case_that_came_back_and_was_told_anew_is_open() -> None:
    line = group(
        course(gone=5, online=4, case_id=7),
        course(case_id=7, ordinal=2, reported=after(days=2), online=50, state=CaseState.NOTIFIED),
    )
    assert (line["removed"], line["open"], line["reappeared"]) == (0, 1, 0)


def test_time_under_an_embargo_is_taken_off_when_that_is_asked_for() -> None:
    at = START.timestamp()
    held = {3: [(at - 5 * HOUR, at + 2 * HOUR), (at + 4 * HOUR, at + 9 * HOUR)]}
    rows = [course(gone=20, online=10, case_id=3), course(gone=20, online=19, case_id=4)]
    assert [point[0] for point in group(*rows)["survival"]] == [0.0, 20.0]
    assert [point[0] for point in group(*rows, held=held)["survival"]] == [0.0, 13.0, 20.0]


def test_groups_stand_by_name() -> None:
    groups = told(course(gone=5, group="SE"), course(gone=7, group="NL"), course(group="NL"))
    assert [(each["group"], each["cases"]) for each in groups] == [("NL", 2), ("SE", 1)]


def test_small_groups_have_no_rank_and_say_so() -> None:
    def many(name: str, hours: float, count: int) -> list[dict[str, Any]]:
        return [course(gone=hours, online=hours - 1, group=name) for _ in range(count)]

    groups = {
        each["group"]: each
        for each in told(
            *many("A", 30, FEWEST), *many("B", 5, FEWEST), *many("C", 1, FEWEST - 1), *many("D", 5, FEWEST)
        )
    }
    assert [groups[name]["rank"] for name in "ABCD"] == [3, 1, None, 1]
    assert groups["C"]["remark"] == "fewer than 20 cases: not ranked"
    assert groups["A"]["remark"] is None


hours = st.floats(0, 3000).map(lambda h: round(h, 2))
rows = st.lists(st.builds(course, gone=st.none() | hours, online=st.none() | hours), min_size=1, max_size=20)


@settings(max_examples=40)
@given(rows)
def test_every_figure_is_plain_and_in_its_range(each: list[dict[str, Any]]) -> None:
    line = group(*each)
    assert line["removed"] + line["open"] + line["reappeared"] == line["cases"] == len(each)
    for share in line["within"].values():
        assert share is None or 0 <= share <= 1
    for name in ("median_hours", "p90_hours"):
        assert line[name] is None or line[name] >= 0
    if line["median_hours"] is not None and line["p90_hours"] is not None:
        assert line["median_hours"] <= line["p90_hours"]
    if line["median_ci95"] is not None and line["median_hours"] is not None:
        low, high = line["median_ci95"]
        assert low <= line["median_hours"] and (high is None or line["median_hours"] <= high)


@settings(max_examples=40)
@given(rows)
def test_the_band_lies_around_the_curve_and_never_rises(each: list[dict[str, Any]]) -> None:
    line = group(*each)
    for (earlier, low, high), (later_on, lower, less) in pairwise(line["band"] or []):
        assert earlier <= later_on
        assert lower <= low <= high and less <= high
    for hours, left in line["survival"] if line["band"] else []:
        if hours <= line["band"][-1][0]:
            assert band_at(line["band"], hours, 1) <= left + 1e-5
            assert band_at(line["band"], hours, 2) >= left - 1e-5


def band_at(band: list[list[float]], hours: float, end: int) -> float:
    return float(np.interp(hours, [row[0] for row in band], [row[end] for row in band]))


def test_the_band_of_a_steep_curve_takes_it_in() -> None:
    """A line between two shares would cut through a curve that sags between them."""
    chance = np.random.default_rng(2)
    lasted = np.exp(chance.normal(5, 1.2, 1500))
    line = group(*(course(gone=h, online=h - min(24, h / 5)) for h in lasted.tolist()))
    assert len(line["band"]) > 100
    for hours, left in line["survival"]:
        if hours <= line["band"][-1][0]:
            assert band_at(line["band"], hours, 1) - 1e-5 <= left <= band_at(line["band"], hours, 2) + 1e-5
