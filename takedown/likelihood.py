"""How removals are shared among the cells that they may lie in, so that what was seen is as likely as it can be.

Memory and the work of a step grow with the number of intervals and of cells, never with their product: a case's
likelihood is a difference of two sums, and what each cell receives a sum of differences.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]

CLOSE: Final = 1e-7
"""The steps end when no cell's share could raise the mean log-likelihood faster than this: it is that near its top."""
CLOSE_IN_ALL: Final = 0.005
"""Nor the log-likelihood of all cases together by more than this."""
MOST_STEPS: Final = 2_000
_LOSS: Final = 3.841458820694124 / 2
"""Half of the 95 % point of the chi-square distribution with one degree of freedom."""
_TRACE: Final = 1e-9
_HALVINGS: Final = 30
_ENOUGH: Final = 1e-4
"""A step must gain this share of what its slope promises (Armijo)."""


@dataclass(frozen=True)
class Shares:
    """``cases`` of each interval, whose removal lies in one of the cells [``first``, ``last``) of ``cells``."""

    first: Places
    last: Places
    cases: Numbers
    cells: int

    def likelihood(self, sums: Numbers) -> Numbers:
        """Of each interval; ``sums`` are those of the mass before each cell, cells + 1 of them."""
        return np.asarray(sums[self.last] - sums[self.first])

    def spread(self, values: Numbers) -> Numbers:
        """What each cell receives when every interval gives its value to each of its cells."""
        return np.asarray(
            np.cumsum(self._at(self.first, values) - self._at(self.last, values))[: self.cells], dtype=np.float64
        )

    def slope(self, likely: Numbers) -> tuple[Numbers, Numbers]:
        """First derivative, and minus the diagonal of the second, of the log-likelihood by each inner sum."""
        once, twice = self.cases / likely, self.cases / likely**2
        first = self._at(self.last, once) - self._at(self.first, once)
        second = self._at(self.last, twice) + self._at(self.first, twice)
        return first[1:-1], second[1:-1]

    def _at(self, places: Places, values: Numbers) -> Numbers:
        return np.asarray(np.bincount(places, values, self.cells + 1), dtype=np.float64)


@dataclass(frozen=True)
class Pin:
    """A demand on the masses: those of the first ``cells`` cells add up to ``share``, between 0 and 1."""

    cells: int
    share: float


@dataclass(frozen=True)
class Step:
    """Where the search is: the masses, their log-likelihood, and how much greater that could still become at most."""

    mass: Numbers
    log: float
    short: float


def greatest(shares: Shares) -> Step:
    """The masses that make what was seen likeliest, to within ``CLOSE`` of its mean log-likelihood."""
    size = float(shares.cases.sum())
    for step in steps(shares, np.full(shares.cells, 1 / shares.cells)):
        if step.short <= min(CLOSE * size, CLOSE_IN_ALL):
            break
    return step


def steps(shares: Shares, mass: Numbers, pin: Pin | None = None) -> Iterator[Step]:
    """Better and better masses from these on, under the demand."""
    mass = _pinned(mass, pin)
    for _ in range(MOST_STEPS):
        likely = shares.likelihood(_sums(mass))
        pull = shares.spread(shares.cases / likely)
        short = sum(float(mass[part].sum() * pull[part].max() - mass[part] @ pull[part]) for part in _parts(mass, pin))
        yield Step(mass, _log(shares, likely), max(short, 0.0))
        mass = _pinned(mass * pull, pin)
        mass = _convex_minorant(shares, mass, pin)


def _parts(mass: Numbers, pin: Pin | None) -> list[slice]:
    """The cells among which mass may move."""
    return [slice(0, len(mass))] if pin is None else [slice(0, pin.cells), slice(pin.cells, len(mass))]


def _pinned(mass: Numbers, pin: Pin | None) -> Numbers:
    """The same proportions, with the sums that are demanded; of two parts each keeps a little in every cell."""
    if pin is None:
        return np.asarray(mass / mass.sum(), dtype=np.float64)
    parts = [mass[part] + _TRACE / len(mass) for part in _parts(mass, pin)]
    wanted = (pin.share, 1 - pin.share)
    return np.concatenate([part / part.sum() * share for part, share in zip(parts, wanted, strict=True)])


def _sums(mass: Numbers) -> Numbers:
    sums = np.concatenate([[0.0], np.cumsum(mass)])
    sums[-1] = 1.0
    return sums


def _convex_minorant(shares: Shares, mass: Numbers, pin: Pin | None) -> Numbers:
    """A Newton step by the diagonal, made monotone, and halved until it gains."""
    if shares.cells < 2:
        return mass
    sums = _sums(mass)
    likely = shares.likelihood(sums)
    slope, bend = shares.slope(likely)
    way = _monotone(sums[1:-1] + slope / bend, bend, pin) - sums[1:-1]
    before, promise, way = _log(shares, likely), float(np.sum(slope * way)), np.concatenate([[0.0], way, [0.0]])
    step = 1.0
    for _ in range(_HALVINGS):
        likely = shares.likelihood(sums + step * way)
        if likely.min() > 0 and _log(shares, likely) >= before + _ENOUGH * step * promise:
            return np.maximum(np.diff(sums + step * way), 0.0)
        step /= 2
    return mass


def _monotone(sums: Numbers, weights: Numbers, pin: Pin | None) -> Numbers:
    from scipy.optimize import isotonic_regression

    def rising(part: slice, low: float, high: float) -> Numbers:
        if not len(sums[part]):
            return sums[part]
        return np.clip(
            np.asarray(isotonic_regression(sums[part], weights=weights[part]).x, dtype=np.float64), low, high
        )

    if pin is None:
        return rising(slice(None), 0, 1)
    at, share = pin.cells - 1, pin.share
    return np.concatenate([rising(slice(0, at), 0, share), [share], rising(slice(at + 1, None), share, 1)])


def is_plausible(shares: Shares, best: Step, pin: Pin) -> bool:
    """Whether the likelihood-ratio test at 5 % lets the demand stand.

    Twice the loss of log-likelihood is held against the chi-square distribution with one degree of freedom. For data
    that are exact that is right in the limit; for intervals it errs on the safe side (M. Banerjee and J. A. Wellner,
    "Likelihood Ratio Tests for Monotone Functions", Annals of Statistics 29, 2001: the limit is smaller).
    """
    for step in steps(shares, best.mass, pin):
        if best.log - step.log <= _LOSS:
            return True
        if best.log - step.log - step.short > _LOSS:
            return False
    return True


def _log(shares: Shares, likely: Numbers) -> float:
    # Not a product of matrices: that may wake threads, which cost more here than they gain.
    return float(np.sum(shares.cases * np.log(likely)))


def of_product_limit(shares: Shares, removed: NDArray[np.bool_]) -> Step:
    """The product limit as a step that needs no other: it is the greatest."""
    mass = product_limit(shares, removed)
    return Step(mass, _log(shares, shares.likelihood(_sums(mass))), 0.0)


def product_limit(shares: Shares, removed: NDArray[np.bool_]) -> Numbers:
    """The mass of each cell when every removal is known exactly: each has a cell of its own."""
    gone = np.bincount(shares.first[removed], shares.cases[removed], shares.cells)
    at_risk = _still_open(shares, removed) + np.cumsum(gone[::-1])[::-1]
    finite = at_risk > 0
    left = np.cumprod(np.where(finite, 1 - gone / np.where(finite, at_risk, 1), 1.0))
    mass = -np.diff(np.concatenate([[1.0], left]))
    if not len(gone) or gone[-1] == 0:
        mass[-1] += left[-1]  # the last cell is of those of which no end is known
    return mass


def _still_open(shares: Shares, removed: NDArray[np.bool_]) -> Numbers:
    """How many open cases were seen online at or after each cell's end."""
    until = np.bincount(shares.first[~removed], shares.cases[~removed], shares.cells + 1)
    return np.asarray(np.cumsum(until[::-1])[::-1][1:], dtype=np.float64)
