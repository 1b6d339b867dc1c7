"""Manners towards registries' servers: a few questions at once, a steady rate, and none for a while after a failure.

A registry that is down must cost one deadline, not one for each URL. A server that limits us is left alone
for as long as it asks. Every question passes here: first ones, hops of redirects, entities that are fetched,
WHOIS.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

REST: Final = 60.0
"""Seconds of real time for which a server that failed is not asked again."""
LONGEST_REST: Final = 3600.0
MOST_STUMBLES: Final = 3
"""A server may fail at one question; at three in a row it is the server."""
AT_ONCE: Final = 4
"""Questions to one server at the same time: as many as the door lets pass to one host."""
BURST: Final = 2000.0
REFILL: Final = 20.0
"""Questions to one server: so many before the rate counts, so many a second after them.

A whole case load asked for the first time (2,000 hosts in 200 networks) fits the burst, which ``AT_ONCE`` keeps gentle;
what a long job asks for stays at a rate that a registry does not notice. Who wants less says so with 429.
"""
_MOST_REMEMBERED: Final = 1000


@dataclass
class _Bucket:
    tokens: float
    at: float
    not_before: float = float("-inf")


@dataclass
class _Line:
    lock: asyncio.Semaphore
    people: int = 0


@dataclass
class Servers:
    """Which servers answer, which are resting, and how often each may be asked.

    ``elapsed`` and ``sleep`` are the clock's, replaced in tests. ``burst`` and ``refill`` (a second) are those
    of every server's token bucket.
    """

    elapsed: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    burst: float = BURST
    refill: float = REFILL
    _resting: dict[str, tuple[float, str]] = field(default_factory=dict)
    _stumbles: dict[str, int] = field(default_factory=dict)
    _lines: dict[tuple[str, str], _Line] = field(default_factory=dict)
    _buckets: dict[str, _Bucket] = field(default_factory=dict)

    def turn(self, subject: str) -> AbstractAsyncContextManager[None]:
        """Waits until nobody else asks about this, so that a second question can profit from the first one's
        answer.
        """
        return self._in_line("turn", subject, 1)

    def seat(self, server: str) -> AbstractAsyncContextManager[None]:
        """Waits until few enough questions to this server are under way. Nothing else is waited for inside but
        the answer, so that seats never wait for each other.
        """
        return self._in_line("seat", server, AT_ONCE)

    async def admitted(self, server: str, ends: float) -> bool:
        """Takes a token of the server's bucket, waiting for it; ``False`` at once when none comes before
        ``ends`` (by ``elapsed``).
        """
        bucket = self._filled(server)
        wait = max(0.0, (1 - bucket.tokens) / self.refill, bucket.not_before - self.elapsed())
        if wait and self.elapsed() + wait >= ends:
            return False
        bucket.tokens -= 1
        if wait:
            await self.sleep(wait)
        return self.elapsed() >= bucket.not_before or await self.admitted(server, ends)

    def pause(self, server: str, wait: float) -> None:
        """Lets nobody ask a server for so many seconds, at most an hour: it said so."""
        bucket = self._filled(server)
        bucket.not_before = max(bucket.not_before, self.elapsed() + min(wait, LONGEST_REST))

    def rests(self, server: str) -> str | None:
        """Why the server is not to be asked now, in words; ``None`` when it may be."""
        until, why = self._resting.get(server, (float("-inf"), ""))
        return why if until > self.elapsed() else None

    def failed(self, server: str, rest: float = REST, why: str = "failed a moment ago") -> None:
        """Notes a failure; ``rest`` in seconds, at most an hour."""
        if len(self._resting) >= _MOST_REMEMBERED:
            self._resting = {each: told for each, told in self._resting.items() if told[0] > self.elapsed()}
        self._resting[server] = (self.elapsed() + max(0.0, min(rest, LONGEST_REST)), why)

    def stumbled(self, server: str) -> None:
        """Notes an answer that was none; after a few in a row the server rests."""
        self._stumbles[server] = self._stumbles.get(server, 0) + 1
        if self._stumbles[server] >= MOST_STUMBLES:
            self.answered(server)
            self.failed(server)

    def answered(self, server: str) -> None:
        """Notes a proper answer."""
        self._stumbles.pop(server, None)

    def _filled(self, server: str) -> _Bucket:
        now = self.elapsed()
        bucket = self._buckets.setdefault(server, _Bucket(self.burst, now))
        bucket.tokens = min(self.burst, bucket.tokens + max(0.0, now - bucket.at) * self.refill)
        bucket.at = now
        return bucket

    @asynccontextmanager
    async def _in_line(self, kind: str, name: str, width: int) -> AsyncIterator[None]:
        line = self._lines.setdefault((kind, name), _Line(asyncio.Semaphore(width)))
        line.people += 1
        try:
            async with line.lock:
                yield
        finally:
            line.people -= 1
            if not line.people:
                del self._lines[kind, name]
