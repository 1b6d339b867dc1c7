"""The share of cases that are still online by age, from removals that are known only to lie between two looks.

The nonparametric maximum likelihood estimate for interval-censored data: B. W. Turnbull, "The Empirical Distribution
Function with Arbitrarily Grouped, Censored and Truncated Data", JRSS B 38, 1976. Mass can lie only in the innermost
intervals (R. Peto, "Experimental Survival Curves for Interval-censored Data", Applied Statistics 22, 1973), here called
cells: those that begin with some case's last look online, end with some case's first look gone, and have no look of
either kind between. How it is shared among them is found by EM steps, each followed by a step of the iterative convex
minorant (J. A. Wellner and Y. Zhan, "A Hybrid Algorithm for Computation of the Nonparametric Maximum Likelihood
Estimator from Censored Data", JASA 92, 1997), until the Kuhn-Tucker conditions hold. Where every removal is known
exactly the estimate is the product limit (Kaplan and Meier, 1958), reckoned as such.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from takedown import likelihood
from takedown.likelihood import Numbers

Wholes = NDArray[np.int64]

EXACT_UP_TO: Final = 5_000
"""So many different intervals are taken as they are; of more, times are rounded to ``DIGITS`` binary digits."""
DIGITS: Final = 8
"""Never more than 0.4 % off: two minutes at eight hours, an hour at 12 days, where looks are a day apart."""
_NOTHING: Final = 1e-9
_OPEN: Final = (1 << 32) - 1
_LEAST: Final = 1 / 3600
_POWERS: Final = 64
_SAME: Final = 1e-7
"""Shares closer than this are the same: the estimate is found by steps."""


@dataclass(frozen=True)
class Sample:
    """Intervals in hours, each once, and how many cases have it; ``until`` is infinite for those that are open."""

    after: Numbers
    until: Numbers
    cases: Numbers
    rounded: bool = False

    @property
    def removed(self) -> NDArray[np.bool_]:
        """Which of them end with a removal."""
        return np.isfinite(self.until)

    @property
    def reach(self) -> float:
        """The last hour of which anything is known."""
        return float(np.where(self.removed, self.until, self.after).max(initial=0.0))

    @property
    def size(self) -> float:
        """How many cases there are."""
        return float(self.cases.sum())


@dataclass(frozen=True)
class Curve:
    """The estimate, by cell: removals fall into (``since``, ``hours``], and ``left`` of all cases outlast it."""

    since: Numbers
    hours: Numbers
    left: Numbers
    fit: "_Fit | None" = None
    off: float = 0.0
    """By which part times may be off, for they were rounded; bands are wider by as much."""

    def quantile(self, share: float) -> float | None:
        """The hours by which ``share`` of the cases were removed, the latest they may be; ``None`` if not reached."""
        reached = np.flatnonzero(self.left <= 1 - share + _SAME)
        return float(self.hours[reached[0]]) if len(reached) else None

    def removed_by(self, hours: float) -> float:
        """The share of the cases that were removed within so many hours."""
        cells = int(np.searchsorted(self.hours, hours, "right"))
        return 1 - float(self.left[cells - 1]) if cells else 0.0

    def between(self, share: float) -> tuple[float, float] | None:
        """The 95 % band of the hours by which ``share`` were removed; the later end infinite if it is not reached.

        ``None`` when nothing can be said. It holds for this share by itself, and begins and ends with whole cells.
        """
        band = self.fit.between(share) if self.fit is not None else None
        return None if band is None else (band[0] * (1 - self.off), band[1] * (1 + self.off))


@dataclass(frozen=True)
class _Fit:
    """What the band of a quantile is read from: all cells, those without mass too."""

    shares: likelihood.Shares
    since: Numbers
    ends: Numbers
    best: likelihood.Step

    def between(self, share: float) -> tuple[float, float] | None:
        """The 95 % band of the hours by which ``share`` of the cases were removed; an end may be infinite."""
        reached = np.cumsum(self.best.mass)[:-1] >= share - _NOTHING
        at = int(np.argmax(reached)) + 1 if reached.any() else len(self.ends)
        most = len(self.ends) - 1
        if at > most and not (most and self._may_be(most, share)):
            return (float(self.since[-1]), float(self.ends[-1])) if np.isfinite(self.ends[-1]) else None
        low = _first_true(lambda cells: self._may_be(cells, share), 1, min(at, most))
        high = _first_true(lambda cells: not self._may_be(cells, share), at, most + 1) - 1
        return float(self.since[low - 1]), float(self.ends[high])

    def _may_be(self, cells: int, share: float) -> bool:
        return likelihood.is_plausible(self.shares, self.best, likelihood.Pin(cells, share))


def _first_true(test: Callable[[int], bool], low: int, high: int) -> int:
    """The first number from ``low`` on of which the test is true, as it is from then on; ``high`` where it never is."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if test(middle) else (middle + 1, high)
    return low


def sample(after: Numbers, until: Numbers) -> Sample:
    """Counts equal intervals together; very many different ones are rounded first (``EXACT_UP_TO``)."""
    if len(after) <= EXACT_UP_TO:
        return _counted(after, until)
    to_seconds = _counted_as(after, until, _to_seconds, _from_seconds)
    if len(to_seconds.after) <= EXACT_UP_TO:
        return to_seconds
    return replace(_counted_as(after, until, _to_digits, _from_digits), rounded=True)


def _counted(after: Numbers, until: Numbers) -> Sample:
    pairs, cases = np.unique(np.stack([after, until], axis=1), axis=0, return_counts=True)
    return Sample(pairs[:, 0], pairs[:, 1], cases.astype(float))


def _counted_as(
    after: Numbers, until: Numbers, to: Callable[[Numbers], Wholes], back: Callable[[Wholes], Numbers]
) -> Sample:
    """Whole numbers sort many times faster: both ends are put into one, below 2 to the 31 each."""
    ends = np.where(np.isfinite(until), to(np.where(np.isfinite(until), until, 0)), _OPEN)
    both = np.sort((to(after) << 32) | ends)
    first = np.flatnonzero(np.append(True, both[1:] != both[:-1]))
    cases = np.diff(np.append(first, len(both))).astype(float)
    ends = both[first] & _OPEN
    hours = np.where(ends == _OPEN, np.inf, back(np.where(ends == _OPEN, 0, ends)))
    return Sample(back(both[first] >> 32), hours, cases)


def _to_seconds(hours: Numbers) -> Wholes:
    return np.rint(hours * 3600).astype(np.int64)


def _from_seconds(seconds: Wholes) -> Numbers:
    return seconds / 3600


def _to_digits(hours: Numbers) -> Wholes:
    """The power of two and so many digits, as one number that grows with the hours."""
    share, power = np.frexp(np.maximum(hours, _LEAST))
    digits: Wholes = np.rint(np.ldexp(share, DIGITS)).astype(np.int64)
    return np.asarray(np.where(hours < _LEAST, 0, ((power.astype(np.int64) + _POWERS) << DIGITS) + digits))


def _from_digits(codes: Wholes) -> Numbers:
    half = 1 << (DIGITS - 1)
    power, digits = ((codes - half) >> DIGITS) - _POWERS, ((codes - half) & ((1 << DIGITS) - 1)) + half
    return np.where(codes == 0, 0.0, np.ldexp(digits.astype(float), power - DIGITS))


def estimate(of: Sample) -> Curve:
    """Turnbull's estimate with its 95 % band; no cells when nothing was removed."""
    if not of.removed.any():
        return Curve(np.empty(0), np.empty(0), np.empty(0))
    since, ends = _cells(of)
    exact = of.after == of.until
    # A case that was gone at one known moment has that moment's own cell.
    first = np.where(exact, np.searchsorted(ends, of.after, "left"), np.searchsorted(ends, of.after, "right"))
    last = np.searchsorted(ends, of.until, "right")
    shares = likelihood.Shares(first, last, of.cases, len(ends))
    off = 2.0**-DIGITS if of.rounded else 0.0
    if np.all(exact[of.removed]):
        return _curve(shares, since, ends, likelihood.of_product_limit(shares, of.removed), off)
    return _curve(shares, since, ends, likelihood.greatest(shares), off)


def _cells(of: Sample) -> tuple[Numbers, Numbers]:
    """Where the innermost intervals begin and end; the last one is infinite when nothing is known of the longest."""
    exact = of.after == of.until
    moments = np.concatenate([of.after, of.until])
    # At one moment: what is gone then begins before what is gone until then ends, and what was still online then begins
    # after it.
    kinds = np.concatenate([np.where(exact, 0, 2), np.ones(len(of.until), dtype=np.int64)])
    order = np.lexsort((kinds, moments))
    moments, begins = moments[order], kinds[order] != 1
    at = np.flatnonzero(begins[:-1] & ~begins[1:])
    return moments[at], moments[at + 1]


def _curve(shares: likelihood.Shares, since: Numbers, ends: Numbers, best: likelihood.Step, off: float) -> Curve:
    mass = best.mass
    seen = (mass > 0) & np.isfinite(ends)
    left = np.clip(1 - np.cumsum(mass), 0, 1)
    left[left < _NOTHING] = 0.0
    return Curve(since[seen], ends[seen], left[seen], _Fit(shares, since, ends, best), off)
