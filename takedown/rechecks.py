"""When a case is looked at again (CONTRACT, "When a case is looked at").

Geometric gaps: the age of a removal is known within a quarter, at a logarithmic number of looks.
"""

import hashlib
import math
from datetime import datetime, timedelta
from typing import Final

FIRST: Final = timedelta(minutes=15)
GROWTH: Final = 1.25
LONGEST: Final = timedelta(hours=24)
WATCH: Final = timedelta(days=90)
WATCH_FIRST: Final = timedelta(hours=6)
WATCH_LONGEST: Final = timedelta(days=7)
EARLIEST: Final = 0.04
"""The greatest part of a gap by which a look comes earlier, so that cases that began together spread."""


def gap(looks: int) -> timedelta:
    """The time to the next look of an open case after ``looks`` looks since its first notice."""
    return _grown(FIRST, looks, LONGEST)


def watch_gap(looks: int) -> timedelta:
    """The time to the next look of a removed case after ``looks`` looks since its removal."""
    return _grown(WATCH_FIRST, looks, WATCH_LONGEST)


def early(key: bytes, looks: int) -> float:
    """The part of its next gap, 0 to ``EARLIEST``, by which a case's look comes earlier; the same for the same case.

    Never later: the contract's gaps are the longest that a case may wait.
    """
    dice = hashlib.sha256(key + looks.to_bytes(8, "big")).digest()
    return EARLIEST * int.from_bytes(dice[:4], "big") / 2**32


def after(at: datetime, gap: timedelta, early: float) -> datetime:
    """When the look after one at ``at`` is due: in whole seconds, and never later than the gap says."""
    return at + timedelta(seconds=math.floor(gap.total_seconds() * (1 - early)))


def _grown(first: timedelta, looks: int, longest: timedelta) -> timedelta:
    # The exponent is capped, for 1.25 ** 4000 overflows and the gap is at its longest long before.
    return min(longest, first * GROWTH ** min(looks, 100))
