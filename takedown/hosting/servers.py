"""Manners towards registries' servers: one question at a time, and none for a while after a failure.

A registry that is down must cost one deadline, not one for each URL. A server that limits us is left alone
for as long as it asks.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

REST: Final = 60.0
"""Seconds of real time for which a server that failed is not asked again."""
LONGEST_REST: Final = 3600.0


@dataclass
class Servers:
    """Which servers answer and which are resting.

    ``elapsed`` and ``sleep`` are the clock's, replaced in tests.
    """

    elapsed: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    _resting: dict[str, float] = field(default_factory=dict)
    _turns: dict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    @asynccontextmanager
    async def turn(self, server: str) -> AsyncIterator[None]:
        """Waits for this server to be free, so that a second question can profit from the first one's
        answer.
        """
        async with self._turns[server]:
            yield

    def rests(self, server: str) -> bool:
        """Whether the server failed so lately that it is not asked."""
        return self._resting.get(server, float("-inf")) > self.elapsed()

    def failed(self, server: str, rest: float = REST) -> None:
        """Notes a failure; ``rest`` in seconds, at most an hour."""
        self._resting[server] = self.elapsed() + min(rest, LONGEST_REST)
