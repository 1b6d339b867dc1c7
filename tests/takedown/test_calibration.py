"""The median's 95 % band holds the truth as often as it says, for cases that are seen only through the recheck plan."""

import sys

import numpy as np
import pytest
from recheck_lives import KINDS, MEDIAN, Run, run, told

RUNS = 200


def covered(runs: list[Run]) -> float:
    return sum(each.covers for each in runs) / len(runs)


@pytest.mark.prove
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("late", [0.0, 0.1])
def test_the_true_median_lies_in_its_band_in_at_least_93_of_100_runs(
    kind: str, late: float, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = [run(kind, seed, late=late) for seed in range(RUNS)]
    with capsys.disabled():
        sys.stdout.write(f"\n{told(kind, runs, late)}\n")
    assert covered(runs) >= 0.93


@pytest.mark.parametrize("kind", KINDS)
def test_in_a_few_runs_too(kind: str) -> None:
    runs = [run(kind, seed, cases=500) for seed in range(40)]
    assert covered(runs) >= 0.9
    medians = [each.median for each in runs if each.median is not None]
    assert np.mean(medians) == pytest.approx(MEDIAN, rel=0.06)


@pytest.mark.parametrize("kind", KINDS)
def test_finished_cases_alone_would_flatter(kind: str) -> None:
    """Whoever leaves open cases out makes removal look days quicker than it is."""
    one = run(kind, seed=1)
    assert one.naive_median < MEDIAN - 36
    assert one.band is not None and one.naive_median < one.band[0]
