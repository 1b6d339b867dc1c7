"""Whether two groups differ in how long removal takes, or chance alone could make them look so."""

from typing import Any, Final

import numpy as np

from hotline.errors import HotlineError
from takedown.removal_times import FEWEST, Stays

TEST: Final = (
    "log-rank test (Mantel 1966, as SciPy has it), two-sided; each removal is taken at the middle of its interval, "
    "open cases are censored when they were last seen online"
)


def compare(first: str, second: str, stays: dict[str, Stays]) -> dict[str, Any]:
    """The log-rank test of two groups, with its p-value in words.

    Raises:
        HotlineError: there is no such group among those that were counted.
    """
    for name in (first, second):
        if name not in stays:
            raise HotlineError(f"--compare: no group {name!r}; there are: {', '.join(sorted(stays)) or 'none'}")
    groups = [stays[name] for name in (first, second)]
    statistic, p_value = _log_rank(*groups)
    return {
        "groups": [first, second],
        "cases": [len(each.after) for each in groups],
        "test": TEST,
        "statistic": None if statistic is None else round(statistic, 4),
        "p_value": p_value,
        "words": _words(first, second, p_value, min(len(each.after) for each in groups)),
    }


def _log_rank(first: Stays, second: Stays) -> tuple[float | None, float | None]:
    """The statistic and the p-value; neither where there is nothing to compare."""
    from scipy import stats

    removed = [np.isfinite(each.until) for each in (first, second)]
    if not any(each.any() for each in removed) or not all(len(each) for each in removed):
        return None, None
    data = []
    for each, gone in zip((first, second), removed, strict=True):
        middle = (each.after[gone] + each.until[gone]) / 2
        data.append(stats.CensoredData(uncensored=middle, right=each.after[~gone]))
    with np.errstate(divide="ignore", invalid="ignore"):
        result = stats.logrank(*data)
    if not np.isfinite(result.statistic):
        return None, None
    return float(result.statistic), float(result.pvalue)


def _words(first: str, second: str, p_value: float | None, fewest: int) -> str:
    if p_value is None:
        return f"nothing can be said of {first} and {second}: there are no removals to compare"
    chance = f"{p_value:.2g}" if p_value >= 0.0001 else "less than 0.0001"
    shown = f"{first} and {second} differ" if p_value < 0.05 else f"no difference of {first} and {second} is shown"
    words = f"{shown}: chance alone would set two that are alike as far apart with probability {chance}"
    few = f"; a group has fewer than {FEWEST} cases, so neither ranks before the other" if fewest < FEWEST else ""
    return words + few
