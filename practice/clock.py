"""The one clock of the practice internet: virtual, moved only from outside, with everything planned in a
heap.

Nothing here sleeps. Whoever moves the clock performs, in the order of their times, all deeds that are due
by then, and each deed sees its own time as now. Deeds planned for the same moment happen in the order in
which they were planned.
"""

import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

Deed = Callable[[], None]


class ClockError(ValueError):
    """Somebody wanted the time to run backwards."""


class VirtualClock:
    """Now, and what is planned."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)
        self._plans: list[tuple[datetime, int, Deed]] = []
        self._order = count()

    def now(self) -> datetime:
        """The virtual time, UTC."""
        return self._now

    def next(self) -> datetime | None:
        """When the next planned deed is due; None when nothing is planned."""
        return self._plans[0][0] if self._plans else None

    def plan(self, after: timedelta, deed: Deed) -> datetime:
        """Have a deed done so much later; the answer is when."""
        at = self._now + after
        heapq.heappush(self._plans, (at, next(self._order), deed))
        return at

    def advance(self, to: datetime) -> int:
        """Move the clock and perform what falls due, deeds planned on the way included; how many were."""
        to = to.astimezone(UTC)
        if to < self._now:
            raise ClockError(f"it is {written(self._now)}; the clock does not run back to {written(to)}")
        performed = 0
        while self._plans and self._plans[0][0] <= to:
            self._now, _, deed = heapq.heappop(self._plans)
            deed()
            performed += 1
        self._now = to
        return performed


def written(at: datetime) -> str:
    """A time as all files and answers of the practice internet write it, `2030-01-01T00:00:00Z`."""
    return at.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def parsed(text: str) -> datetime:
    """The opposite of `written`; any ISO 8601 time, UTC where it names no zone."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
