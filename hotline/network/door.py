"""The network of one home, opened once and closed at the end: resolver, HTTP, plain streams, vantages."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Protocol, Self

from hotline.clock import Clock
from hotline.errors import HotlineError
from hotline.network.answer import told_in_words
from hotline.network.connecting import Connecting, Direct, Way
from hotline.network.dialmap import DialMap, read_dial_map
from hotline.network.gates import gates_of_this_loop
from hotline.network.http import Http
from hotline.network.resolver import Resolver, system_servers
from hotline.network.trust import trust
from hotline.network.vantages import way_through
from hotline.settings import Endpoint, Vantage
from hotline.words import HomeKind

DIRECT = "direct"
"""The name of the vantage that is this machine itself."""


class NetworkSettings(Protocol):
    """What the door needs to know; ``hotline.settings.Settings`` has it."""

    @property
    def resolvers(self) -> tuple[Endpoint, ...] | None: ...
    @property
    def dial_map(self) -> Path | None: ...
    @property
    def ca_file(self) -> Path | None: ...
    @property
    def vantages(self) -> tuple[Vantage, ...]: ...


class Network:
    """Everything that goes out. ``resolver`` asks name servers; ``http`` looks from this machine."""

    def __init__(self, resolver: Resolver, connecting: Connecting, ways: dict[str, Http]) -> None:
        self.resolver = resolver
        self._connecting = connecting
        self._ways = ways

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: NetworkSettings, kind: HomeKind, clock: Clock) -> AsyncIterator[Self]:
        """The network of a home; closed when the block is left.

        Raises:
            HotlineError: a dial map in earnest, or a file or vantage that cannot serve; the text says how to
                mend it.
        """
        dial_map = _dial_map(settings, kind)
        ways: dict[str, Way] = {DIRECT: Direct()}
        ways |= {vantage.name: way_through(vantage, kind) for vantage in settings.vantages}
        context = trust(settings.ca_file)
        resolver = Resolver(_servers(settings, kind), kind, clock)
        async with AsyncExitStack() as stack:
            https: dict[str, Http] = {}
            connectings = {name: Connecting(resolver, kind, dial_map, way) for name, way in ways.items()}
            for name, connecting in connectings.items():
                https[name] = Http(connecting, context, gates_of_this_loop())
                stack.push_async_callback(https[name].close)
            yield cls(resolver, connectings[DIRECT], https)

    @property
    def http(self) -> Http:
        """HTTP from this machine."""
        return self._ways[DIRECT]

    @property
    def vantages(self) -> tuple[str, ...]:
        """All places to look from, ``direct`` first."""
        return tuple(self._ways)

    def vantage(self, name: str) -> Http:
        """HTTP from a place in ``vantages``.

        Raises:
            HotlineError: there is no such vantage.
        """
        try:
            return self._ways[name]
        except KeyError:
            raise HotlineError(f"there is no vantage {name!r}; HOTLINE_VANTAGES names them") from None

    async def stream(
        self, host: str, port: int, deadline: float, as_given: bool = False
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A plain TCP connection, for WHOIS; the caller closes the writer and bounds its own reading.

        Args:
            host: a name, or an IP literal.
            deadline: seconds until it must stand, the look-up included.
            as_given: the literal is one that the operator configured: no guard, no dial map.

        Raises:
            NetworkFault: one of its subclasses.
        """
        with told_in_words():
            async with asyncio.timeout(deadline):
                connected = await self._connecting.connect(host, port, as_given=as_given)
        return await asyncio.open_connection(sock=connected.socket, limit=65_536)


def _dial_map(settings: NetworkSettings, kind: HomeKind) -> DialMap:
    if settings.dial_map is None:
        return DialMap()
    if kind is not HomeKind.PRACTICE:
        raise HotlineError("HOTLINE_DIAL_MAP: refused in a home in earnest; unset it, or use a practice home")
    return read_dial_map(settings.dial_map)


def _servers(settings: NetworkSettings, kind: HomeKind) -> tuple[Endpoint, ...]:
    if settings.resolvers:
        return settings.resolvers
    return () if kind is HomeKind.PRACTICE else system_servers()
