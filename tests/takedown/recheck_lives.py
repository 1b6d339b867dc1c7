"""Cases with known lifetimes that are seen only through the recheck plan: what calibration is held against.

Lifetimes are log-normal with the median of 12 days that T. Moore and R. Clayton measured ("The Impact of Incentives on
Notice and Take-down", WEIS 2008), or exponential with the same median. Cases were notified at different times before
today, so that some are still open; looks come as ``takedown.rechecks.gap`` has them, a little late as queues make them.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from takedown.likelihood import Numbers
from takedown.rechecks import gap
from takedown.survival import estimate, sample

MEDIAN: Final = 12 * 24.0
"""Hours."""
SPREAD: Final = 1.2
"""Of the logarithm."""
CASES: Final = 2_000
_GAPS: Final = np.array([gap(looks).total_seconds() / 3600 for looks in range(130)])
KINDS: Final = ("log-normal", "exponential")


@dataclass(frozen=True)
class Run:
    """What one simulated hotline reckons, in hours."""

    median: float | None
    band: tuple[float, float] | None
    naive_mean: float
    naive_median: float
    open_share: float

    @property
    def covers(self) -> bool:
        """Whether the true median lies in the band."""
        return self.band is not None and self.band[0] <= MEDIAN <= self.band[1]


def lifetimes(kind: str, cases: int, chance: np.random.Generator) -> Numbers:
    """True hours from notice to removal."""
    if kind == "log-normal":
        return np.exp(chance.normal(np.log(MEDIAN), SPREAD, cases))
    return chance.exponential(MEDIAN / np.log(2), cases)


def observed(lasts: Numbers, late: float, chance: np.random.Generator) -> tuple[Numbers, Numbers]:
    """The last look online and the first gone, for cases that have been watched for 2 to 90 days."""
    watched = chance.uniform(2, 90, len(lasts)) * 24
    gaps = _GAPS * (1 + late * chance.random((len(lasts), len(_GAPS))))
    looks = np.concatenate([np.zeros((len(lasts), 1)), np.cumsum(gaps, axis=1)], axis=1)
    looks[looks > watched[:, None]] = np.inf
    seen = (looks < lasts[:, None]).sum(axis=1)
    each, last = np.arange(len(lasts)), looks.shape[1] - 1
    return looks[each, seen - 1], np.where(seen <= last, looks[each, np.minimum(seen, last)], np.inf)


def run(kind: str, seed: int, cases: int = CASES, late: float = 0.1) -> Run:
    """One simulated hotline."""
    chance = np.random.default_rng(seed)
    after, until = observed(lifetimes(kind, cases, chance), late, chance)
    curve = estimate(sample(after, until))
    finished = np.isfinite(until)
    middles = (after[finished] + until[finished]) / 2
    naive = float(middles.mean()), float(np.median(middles))
    return Run(curve.quantile(0.5), curve.between(0.5), *naive, open_share=float(1 - finished.mean()))


def told(kind: str, runs: list[Run], late: float) -> str:
    """The coverage, and beside it what counting finished cases alone would say."""
    covered = sum(each.covers for each in runs)
    medians = [each.median for each in runs if each.median is not None]
    naive = [np.mean([each.naive_mean for each in runs]), np.mean([each.naive_median for each in runs])]
    return (
        f"{kind}, looks up to {late:.0%} late: true median {MEDIAN:.0f} h in the 95 % band in {covered} of "
        f"{len(runs)} runs; mean of the estimated medians {np.mean(medians):.1f} h; finished cases alone: mean "
        f"{naive[0]:.1f} h, median {naive[1]:.1f} h; "
        f"{np.mean([each.open_share for each in runs]):.0%} were still open"
    )
