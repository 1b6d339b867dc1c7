"""Time for tests of manners: it stands still until it is moved; who waits moves it and is written down."""

import asyncio

from takedown.hosting.servers import BURST, REFILL, Servers


class Time:
    """A clock for ``Servers``."""

    def __init__(self) -> None:
        self.at = 0.0
        self.waits: list[float] = []

    def elapsed(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.waits.append(round(seconds, 3))
        self.at += seconds
        await asyncio.sleep(0)

    def servers(self, burst: float = BURST, refill: float = REFILL) -> Servers:
        return Servers(self.elapsed, self.sleep, burst, refill)
