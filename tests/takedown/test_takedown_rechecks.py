"""When a case is looked at again, and what looks in a row make of it."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from homes import START
from hypothesis import given
from hypothesis import strategies as st
from takedown_builders import after

from hotline.words import CaseState, Outcome
from takedown import rechecks
from takedown.verdicts import Consequence, Standing, Verdict, consequence, together
from takedown.workflow import MOVES, Because

GAP = timedelta(hours=6)
NOTIFIED = Standing(CaseState.NOTIFIED, 0, due_at=after(minutes=15), told=True)


def run(standing: Standing, *looks: tuple[datetime, Outcome]) -> Consequence:
    """The consequence of looks in a row; a move that is allowed happens."""
    result = Consequence(standing)
    for at, outcome in looks:
        result = consequence(result.standing, outcome, at, GAP)
        if result.because is not None and result.standing.state in MOVES[result.because][0]:
            result = replace(result, standing=replace(result.standing, state=MOVES[result.because][1]))
    return result


def test_gaps_grow_by_a_quarter_from_fifteen_minutes_to_a_day() -> None:
    gaps = [rechecks.gap(looks) for looks in range(60)]
    assert gaps[0] == timedelta(minutes=15)
    for shorter, longer in pairwise(gaps):
        assert abs(longer - min(shorter * 1.25, timedelta(hours=24))) < timedelta(milliseconds=1)
    assert gaps[-1] == timedelta(hours=24) == rechecks.gap(1_000_000)


def test_a_watch_has_growing_gaps_and_lasts_ninety_days() -> None:
    gaps = [rechecks.watch_gap(looks) for looks in range(40)]
    assert gaps == sorted(gaps)
    assert gaps[-1] == rechecks.WATCH_LONGEST
    assert timedelta(days=90) == rechecks.WATCH


def test_the_transcript_of_the_contract() -> None:
    online = run(NOTIFIED, (after(minutes=20), Outcome.ONLINE))
    assert online.standing.last_online_at == after(minutes=20)
    assert online.standing.due_at == after(minutes=20) + timedelta(minutes=15) * 1.25
    gone = run(online.standing, (after(hours=12), Outcome.GONE))
    assert gone.because is None
    assert gone.standing.due_at == after(hours=18)
    removed = consequence(gone.standing, Outcome.GONE, after(hours=19), GAP)
    assert removed.because is Because.GONE_TWICE
    assert removed.standing.removed_at == after(hours=12)
    assert removed.standing.watch_until == after(hours=19) + timedelta(days=90)
    assert removed.standing.due_at == after(hours=25)


def test_a_second_gone_look_too_soon_confirms_nothing_and_is_followed_at_the_gap() -> None:
    early = run(NOTIFIED, (after(hours=1), Outcome.GONE), (after(hours=6.9), Outcome.GONE))
    assert early.because is None
    assert early.standing.due_at == after(hours=7)
    assert run(early.standing, (after(hours=7), Outcome.GONE)).standing.removed_at == after(hours=1)


@pytest.mark.parametrize("between", [Outcome.ONLINE, Outcome.MOVED, Outcome.CHANGED])
def test_a_look_that_saw_something_between_two_gone_looks_starts_anew(between: Outcome) -> None:
    result = run(NOTIFIED, (after(hours=1), Outcome.GONE), (after(hours=7), between), (after(hours=14), Outcome.GONE))
    assert result.standing.removed_at is None
    assert result.standing.first_gone_at == after(hours=14)
    assert run(result.standing, (after(hours=20), Outcome.GONE)).standing.removed_at == after(hours=14)


def test_an_unclear_look_between_neither_confirms_nor_resets() -> None:
    result = run(NOTIFIED, (after(hours=1), Outcome.GONE), (after(hours=8), Outcome.UNCLEAR))
    assert result.because is None
    assert result.standing.first_gone_at == after(hours=1)
    assert run(result.standing, (after(hours=9), Outcome.GONE)).standing.removed_at == after(hours=1)


def test_changed_content_goes_to_a_person_and_is_looked_at_on() -> None:
    result = run(NOTIFIED, (after(hours=1), Outcome.CHANGED))
    assert result.because is Because.CHANGED
    assert result.standing.state is CaseState.REVIEW
    assert result.standing.due_at is not None
    assert result.standing.last_online_at is None


def test_a_case_that_nobody_was_asked_about_is_looked_at_only_to_confirm_a_removal() -> None:
    untold = Standing(CaseState.READY, 0)
    assert run(untold, (after(hours=1), Outcome.ONLINE)).standing.due_at is None
    assert run(untold, (after(hours=1), Outcome.UNCLEAR)).standing.due_at is None
    gone = run(untold, (after(hours=1), Outcome.GONE))
    assert gone.standing.due_at == after(hours=7)
    assert run(gone.standing, (after(hours=7), Outcome.UNCLEAR)).standing.due_at is not None
    assert run(gone.standing, (after(hours=7), Outcome.ONLINE)).standing.due_at is None


def test_a_removed_case_is_watched_to_the_end_and_closed() -> None:
    standing = run(NOTIFIED, (after(hours=1), Outcome.GONE), (after(hours=7), Outcome.GONE)).standing
    ends = after(hours=7) + timedelta(days=90)
    looks = 0
    while standing.state is CaseState.REMOVED:
        assert standing.due_at is not None and standing.due_at <= ends
        at = standing.due_at
        standing = run(standing, (at, Outcome.GONE if looks % 2 else Outcome.UNCLEAR)).standing
        looks += 1
    assert standing.state is CaseState.CLOSED
    assert at == ends
    assert standing.due_at is None
    assert standing.removed_at == after(hours=1)
    assert 10 < looks < 40


def test_a_removed_case_that_is_online_again_reappears() -> None:
    removed = run(NOTIFIED, (after(hours=1), Outcome.GONE), (after(hours=7), Outcome.GONE)).standing
    back = consequence(removed, Outcome.ONLINE, after(days=3), GAP)
    assert back.because is Because.SEEN_AGAIN
    expected = Standing(CaseState.REMOVED, 0, last_online_at=after(days=3))
    assert back.standing == expected


def test_other_content_does_not_bring_a_removed_case_back() -> None:
    removed = run(NOTIFIED, (after(hours=1), Outcome.GONE), (after(hours=7), Outcome.GONE)).standing
    later = consequence(removed, Outcome.CHANGED, after(days=3), GAP)
    assert later.because is None
    assert later.standing.removed_at == after(hours=1)


@pytest.mark.parametrize("state", [CaseState.CLOSED, CaseState.REJECTED])
@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_look_changes_nothing_about_a_case_that_has_ended(state: CaseState, outcome: Outcome) -> None:
    ended = Standing(state, 4, removed_at=after(hours=1))
    assert consequence(ended, outcome, after(days=200), GAP) == Consequence(ended)


steps = st.lists(st.tuples(st.integers(1, 2000), st.sampled_from(Outcome)), max_size=30)


@given(steps, st.integers(1, 24))
def test_a_removal_is_two_gone_looks_far_enough_apart_with_nothing_seen_between(
    taken: list[tuple[int, Outcome]], hours: int
) -> None:
    gap = timedelta(hours=hours)
    standing, now = NOTIFIED, START
    history: list[tuple[datetime, Outcome]] = []
    for minutes, outcome in taken:
        now += timedelta(minutes=minutes)
        result = consequence(standing, outcome, now, gap)
        history.append((now, outcome))
        if result.because is Because.GONE_TWICE:
            first = result.standing.removed_at
            assert first is not None
            assert now - first >= gap
            since = [each for at, each in history if at >= first]
            assert since[0] is since[-1] is Outcome.GONE
            assert set(since) <= {Outcome.GONE, Outcome.UNCLEAR}
            return
        standing = result.standing
        assert standing.removed_at is None
        assert standing.due_at is not None and standing.due_at > now - gap


several = st.lists(st.sampled_from([*Outcome, Outcome.GONE, Outcome.GONE, Outcome.GONE]), min_size=2, max_size=3)
visits = st.lists(st.tuples(st.integers(1, 48), several), max_size=30)


@given(visits, st.integers(1, 24))
def test_no_order_of_looks_removes_what_a_vantage_saw_within_the_window(
    taken: list[tuple[int, list[Outcome]]], hours: int
) -> None:
    gap, now = timedelta(hours=hours), START
    standing = Standing(CaseState.NOTIFIED, 0, told=True)
    seen_at: datetime | None = None
    for later, outcomes in taken:
        now += timedelta(hours=later)
        if Outcome.ONLINE in outcomes:
            seen_at = now
        verdict = together([Verdict(outcome, "as it was seen") for outcome in outcomes])
        result = consequence(standing, verdict.outcome, now, gap)
        if result.because is Because.GONE_TWICE:
            assert set(outcomes) == {Outcome.GONE}, "every vantage says so"
            assert result.standing.removed_at is not None and now - result.standing.removed_at >= gap
            assert seen_at is None or seen_at < result.standing.removed_at, "seen within the window"
            return
        standing = result.standing
