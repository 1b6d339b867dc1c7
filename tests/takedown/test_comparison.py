"""Two groups are compared by a test that has a name, and words that say no more than it does."""

import numpy as np
import pytest
from scipy import stats

from hotline.errors import HotlineError
from takedown.comparison import compare
from takedown.removal_times import Stays


def lives(scale: float, count: int, seed: int, is_open: float = 0.2) -> Stays:
    chance = np.random.default_rng(seed)
    after = chance.exponential(scale, count)
    return Stays(after, np.where(chance.random(count) < is_open, np.inf, after + 2))


def test_groups_that_differ_are_told_apart() -> None:
    found = compare("NL", "SE", {"NL": lives(10, 200, 1), "SE": lives(40, 200, 2)})
    assert (found["groups"], found["cases"]) == (["NL", "SE"], [200, 200])
    assert found["p_value"] < 1e-6
    assert found["words"].startswith("NL and SE differ: chance alone would set two that are alike as far apart")
    assert "middle of its interval" in found["test"]


def test_groups_that_are_alike_are_not() -> None:
    found = compare("NL", "SE", {"NL": lives(10, 200, 1), "SE": lives(10, 200, 2)})
    assert found["p_value"] > 0.05
    assert "no difference of NL and SE is shown" in found["words"]


def test_the_p_value_is_that_of_the_log_rank_test() -> None:
    """J. P. Klein and M. L. Moeschberger, "Survival Analysis", 2003, by SciPy on the midpoints."""
    first, second = lives(10, 40, 3), lives(15, 50, 4)
    data = [
        stats.CensoredData(
            uncensored=((each.after + each.until) / 2)[np.isfinite(each.until)],
            right=each.after[~np.isfinite(each.until)],
        )
        for each in (first, second)
    ]
    assert compare("a", "b", {"a": first, "b": second})["p_value"] == pytest.approx(stats.logrank(*data).pvalue)


def test_small_groups_are_compared_but_not_ranked() -> None:
    words = compare("NL", "SE", {"NL": lives(10, 5, 1), "SE": lives(40, 200, 2)})["words"]
    assert "fewer than 20 cases, so neither ranks before the other" in words


def test_without_removals_nothing_is_said() -> None:
    nothing = Stays(np.array([3.0, 4.0]), np.array([np.inf, np.inf]))
    found = compare("a", "b", {"a": nothing, "b": nothing})
    assert (found["statistic"], found["p_value"]) == (None, None)
    assert "nothing can be said" in found["words"]


def test_a_group_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(HotlineError, match="no group 'XX'; there are: NL, SE"):
        compare("XX", "SE", {"NL": lives(1, 3, 1), "SE": lives(1, 3, 2)})
