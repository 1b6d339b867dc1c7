"""The estimate of how long material stays online, held against others' and against what can be reckoned by hand."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from takedown import survival
from takedown.survival import Curve, estimate, sample

FOREVER = np.inf
Interval = tuple[float, float]


def curve(*intervals: Interval) -> Curve:
    """The estimate from these intervals."""
    pairs = np.array(intervals, dtype=float).reshape(-1, 2)
    return estimate(sample(pairs[:, 0], pairs[:, 1]))


def slow(intervals: list[Interval], rounds: int = 30_000) -> dict[float, float]:
    """Turnbull's own steps on the full table of cases and ends: slow, and simple enough to trust."""
    ends = np.unique([until for _, until in intervals if np.isfinite(until)])
    cells = np.append(ends, np.inf)
    inside = np.array([[(end <= u) & ((end > a) | ((end == u) & (a == u))) for end in cells] for a, u in intervals])
    mass = np.full(len(cells), 1 / len(cells))
    for _ in range(rounds):
        shares = inside * mass
        mass = (shares / shares.sum(axis=1, keepdims=True)).mean(axis=0)
    return dict(zip(ends.tolist(), (1 - np.cumsum(mass[:-1])).tolist(), strict=True))


def left_at(estimate: Curve, hours: float) -> float:
    return 1 - estimate.removed_by(hours)


@pytest.mark.parametrize("seed", range(5))
def test_where_every_removal_is_known_exactly_it_is_the_product_limit(seed: int) -> None:
    rng = np.random.default_rng(seed)
    lasted, is_open = np.ceil(rng.exponential(40, 400)), rng.random(400) < 0.35
    ours = estimate(sample(lasted, np.where(is_open, np.inf, lasted)))
    theirs = stats.ecdf(stats.CensoredData(uncensored=lasted[~is_open], right=lasted[is_open])).sf
    for hours, left in zip(theirs.quantiles, theirs.probabilities, strict=True):
        assert left_at(ours, hours) == pytest.approx(left, abs=1e-9)


def test_overlapping_intervals_share_what_they_have_in_common() -> None:
    found = curve((0, 10), (0, 20))
    assert (found.hours.tolist(), found.left.tolist()) == ([10.0], [0.0])


def test_by_hand_where_intervals_meet() -> None:
    """(0, 2], (1, 3], (2, 4], (5, forever): mass in (1, 2], (2, 3] and beyond 5, likeliest as 3/8, 3/8, 1/4."""
    found = curve((0, 2), (1, 3), (2, 4), (5, FOREVER))
    assert found.since.tolist() == [1.0, 2.0]
    assert found.left.tolist() == pytest.approx([1 - 3 / 8, 1 / 4], abs=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_it_is_as_turnbulls_own_steps_have_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    after = np.round(rng.exponential(30, 25), 0)
    until = np.where(rng.random(25) < 0.25, np.inf, after + np.round(rng.exponential(15, 25), 0))
    intervals = list(zip(after.tolist(), until.tolist(), strict=True))
    found = curve(*intervals)
    for hours, left in slow(intervals).items():
        assert left_at(found, hours) == pytest.approx(left, abs=2e-4)


def test_no_other_sharing_makes_what_was_seen_likelier() -> None:
    """The Kuhn-Tucker conditions: no cell could take more and raise the likelihood."""
    rng = np.random.default_rng(3)
    after = np.round(rng.exponential(30, 3000), 1)
    found = estimate(sample(after, after + np.round(rng.exponential(15, 3000), 1)))
    assert found.fit is not None
    shares, best = found.fit.shares, found.fit.best
    sums = np.concatenate([[0], np.cumsum(best.mass)])
    pull = shares.spread(shares.cases / shares.likelihood(sums)) / 3000
    assert best.short <= 0.005
    assert pull.max() <= 1 + 1e-5
    assert pull[best.mass > 1e-6] == pytest.approx(1, abs=1e-3)


def test_equal_intervals_count_together_and_nothing_else_changes() -> None:
    several = [(0, 2), (1, 3), (2, 4), (2, 4), (5, FOREVER)]
    once, often = curve(*several), curve(*(several * 50))
    assert once.hours.tolist() == often.hours.tolist()
    assert once.left.tolist() == pytest.approx(often.left.tolist(), abs=1e-6)


def test_very_many_different_intervals_are_rounded_a_little_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    after = rng.exponential(300, 3000)
    until = after + rng.exponential(20, 3000)
    exact, near = sample(after, until), None
    monkeypatch.setattr(survival, "EXACT_UP_TO", 1000)
    near = sample(after, until)
    assert (exact.rounded, near.rounded) == (False, True)
    assert (near.size, len(near.after) < 3000) == (3000, True)
    assert estimate(near).quantile(0.5) == pytest.approx(estimate(exact).quantile(0.5), rel=0.03)
    seconds = np.round(after[:20] * 3600) / 3600
    assert not sample(np.repeat(seconds, 100), np.repeat(seconds + 1, 100)).rounded


@settings(max_examples=200)
@given(st.floats(1, 2**30, allow_nan=False))
def test_a_rounded_time_is_less_than_half_a_percent_off(seconds: float) -> None:
    hours = np.array([seconds / 3600, 0.0])
    rounded = survival._from_digits(survival._to_digits(hours))
    assert rounded[0] == pytest.approx(hours[0], rel=0.004)
    assert rounded[1] == 0


def test_memory_grows_with_the_number_of_cases_and_not_with_its_square() -> None:
    import tracemalloc

    rng = np.random.default_rng(0)
    after = np.round(rng.exponential(300, 100_000), 1)
    until = after + np.round(rng.exponential(20, 100_000), 1)
    tracemalloc.start()
    estimate(sample(after, until))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 50e6


def test_the_band_of_a_median_takes_in_all_that_the_looks_leave_open() -> None:
    """Forty removals, each somewhere between two looks a day apart: the median is not known better than to the day."""
    low, high = curve(*[(24.0, 48.0)] * 40).between(0.5) or (0.0, 0.0)
    assert (low, high) == (24.0, 48.0)


def test_of_exact_removals_the_band_is_that_of_the_empirical_likelihood() -> None:
    """D. R. Thomas and G. L. Grunkemeier (JASA 70, 1975); without open cases: a binomial's likelihood ratio."""
    found = curve(*((float(h), float(h)) for h in range(1, 101)))
    k = np.arange(1, 100)
    ratio = 2 * (k * np.log(k / 50) + (100 - k) * np.log((100 - k) / 50))
    plausible = k[ratio <= stats.chi2.ppf(0.95, 1)]
    assert found.between(0.5) == (float(plausible[0]), float(plausible[-1] + 1))


def test_nothing_is_said_of_what_nothing_is_known_of() -> None:
    none = curve((3, FOREVER), (9, FOREVER))
    assert (len(none.hours), none.quantile(0.5), none.between(0.5)) == (0, None, None)
    assert curve().between(0.5) is None
    one = curve((0, 3), (50, FOREVER), (50, FOREVER), (50, FOREVER), (50, FOREVER), (50, FOREVER), (50, FOREVER))
    assert one.quantile(0.5) is None


times = st.floats(0, 3000).map(lambda h: round(h, 2))
some = st.lists(
    st.builds(lambda a, b: (min(a, b), max(a, b)), times, times) | times.map(lambda a: (a, FOREVER)), max_size=25
)


@settings(max_examples=100)
@given(some)
def test_the_curve_never_rises_and_ends_where_every_case_has_ended(intervals: list[Any]) -> None:
    found = curve(*intervals)
    removed = {until for _, until in intervals if until < FOREVER}
    assert set(found.hours.tolist()) <= removed
    assert bool(len(found.hours)) == bool(removed)
    for more, less in pairwise([1.0, *found.left.tolist()]):
        assert 0 <= less <= more + 1e-12
    for earlier, later in pairwise(found.hours.tolist()):
        assert earlier < later
    if removed and len(removed) and all(until < FOREVER for _, until in intervals):
        assert found.left[-1] == pytest.approx(0, abs=1e-9)
    band = found.between(0.5)
    median = found.quantile(0.5)
    if band is not None and median is not None:
        assert band[0] <= median <= band[1]
