"""Two kinds of time: what facts are dated by, and what deadlines run on.

Decisions take ``now`` as an argument, so that ninety days can pass in a minute; leases, time-outs and politeness
keep real time, because the machines that they guard against do so too (CONTRACT, ``HOTLINE_NOW``).
"""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What the product asks for the time."""

    def now(self) -> datetime:
        """The time of facts, UTC."""

    def elapsed(self) -> float:
        """Seconds of real time since an arbitrary start, never going back."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def elapsed(self) -> float:
        return time.monotonic()


class FixedClock:
    """Facts stand still at one moment (``HOTLINE_NOW``); real time goes on."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def elapsed(self) -> float:
        return time.monotonic()


class MovableClock:
    """Facts are dated by whoever moves the hands: the practice run and the tests."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def elapsed(self) -> float:
        return time.monotonic()

    def move_to(self, moment: datetime) -> None:
        """Sets the hands; they never go back."""
        self._now = max(self._now, moment)


def utc_text(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with a ``Z``, as the contract prints times; whole seconds unless there are fractions."""
    if moment is None:
        return None
    text = moment.astimezone(UTC).isoformat()
    return text.replace("+00:00", "Z")


def parse_time(text: str) -> datetime:
    """Reads ISO 8601; a time without a zone counts as UTC.

    Raises:
        ValueError: the text is no time.
    """
    moment = datetime.fromisoformat(text.strip())
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("the time lies outside the calendar") from None
