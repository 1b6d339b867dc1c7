"""At most four connections to one host at once, in the whole process: a guest who asks for a favour does
not push."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from weakref import WeakKeyDictionary

CONNECTIONS_A_HOST: Final = 4


class HostGates:
    """One gate a host name, there as long as somebody stands at it."""

    def __init__(self, width: int = CONNECTIONS_A_HOST) -> None:
        self._width = width
        self._gates: dict[str, tuple[asyncio.Semaphore, int]] = {}

    @asynccontextmanager
    async def enter(self, host: str) -> AsyncIterator[None]:
        """Waits until fewer than four are inside; the body of the ``with`` is inside."""
        gate, visitors = self._gates.get(host, (asyncio.Semaphore(self._width), 0))
        self._gates[host] = (gate, visitors + 1)
        try:
            async with gate:
                yield
        finally:
            self._leave(host)

    def _leave(self, host: str) -> None:
        gate, visitors = self._gates[host]
        if visitors == 1:
            del self._gates[host]
        else:
            self._gates[host] = (gate, visitors - 1)


_GATES: Final["WeakKeyDictionary[asyncio.AbstractEventLoop, HostGates]"] = WeakKeyDictionary()


def gates_of_this_loop() -> HostGates:
    """The gates that all networks of this event loop share (a process runs one loop)."""
    return _GATES.setdefault(asyncio.get_running_loop(), HostGates())
