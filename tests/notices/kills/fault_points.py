"""Counted points of a send at which a process kills itself or our mail server. The product knows nothing of them:
what it calls is wrapped from outside, in a process that exists for that alone.
"""

import asyncio
import functools
from collections.abc import Callable, Iterable
from typing import Any

HALF = "half of the text has left"


class Points:
    """Counts, and strikes at one of them (from 1; 0: never)."""

    def __init__(self, strike_at: int, strike: Callable[[], None]) -> None:
        self._strike_at = strike_at
        self._strike = strike
        self.names: list[str] = []

    def pass_by(self, name: str) -> None:
        """A point is reached."""
        self.names.append(name)
        if len(self.names) == self._strike_at:
            self._strike()

    def around(self, places: Iterable[tuple[Any, str]]) -> None:
        """A point before and one after each call."""
        for owner, name in places:
            plain = getattr(owner, name)
            label = f"{getattr(owner, '__name__', owner)}.{name}"
            wrap = self._later if asyncio.iscoroutinefunction(plain) else self._now
            setattr(owner, name, functools.wraps(plain)(wrap(plain, label)))

    def _now(self, plain: Callable[..., Any], label: str) -> Callable[..., Any]:
        def wrapped(*args: Any, **more: Any) -> Any:
            self.pass_by(f"before {label}")
            value = plain(*args, **more)
            self.pass_by(f"after {label}")
            return value

        return wrapped

    def _later(self, plain: Callable[..., Any], label: str) -> Callable[..., Any]:
        async def wrapped(*args: Any, **more: Any) -> Any:
            self.pass_by(f"before {label}")
            value = await plain(*args, **more)
            self.pass_by(f"after {label}")
            return value

        return wrapped

    def in_the_middle_of(self, owner: Any, name: str, longer_than: int = 1000) -> None:
        """A long text leaves in two halves, with a point between them."""
        plain = getattr(owner, name)

        def wrapped(this: Any, data: bytes) -> None:
            if len(data) > longer_than:
                plain(this, data[: len(data) // 2])
                self.pass_by(HALF)
                data = data[len(data) // 2 :]
            plain(this, data)

        setattr(owner, name, functools.wraps(plain)(wrapped))


__all__ = ["HALF", "Points"]
