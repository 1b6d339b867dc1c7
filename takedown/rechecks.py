"""When a case is looked at again (CONTRACT, "When a case is looked at").

Geometric gaps: the age of a removal is known within a quarter, at a logarithmic number of looks.
"""

from datetime import timedelta
from typing import Final

FIRST: Final = timedelta(minutes=15)
GROWTH: Final = 1.25
LONGEST: Final = timedelta(hours=24)
WATCH: Final = timedelta(days=90)
WATCH_FIRST: Final = timedelta(hours=6)
WATCH_LONGEST: Final = timedelta(days=7)


def gap(looks: int) -> timedelta:
    """The time to the next look of an open case after ``looks`` looks since its first notice."""
    return _grown(FIRST, looks, LONGEST)


def watch_gap(looks: int) -> timedelta:
    """The time to the next look of a removed case after ``looks`` looks since its removal."""
    return _grown(WATCH_FIRST, looks, WATCH_LONGEST)


def _grown(first: timedelta, looks: int, longest: timedelta) -> timedelta:
    # The exponent is capped, for 1.25 ** 4000 overflows and the gap is at its longest long before.
    return min(longest, first * GROWTH ** min(looks, 100))
