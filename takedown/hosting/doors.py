"""What the look-up needs of the network, as protocols.

``hotline.network.Network`` has it, and so do small fakes.
"""

import asyncio
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

from hotline.network.answers import DnsReply, NameAnswers


class Names(Protocol):
    """Asks name servers."""

    async def lookup(self, name: str, rdtype: str) -> tuple[DnsReply, ...]:
        """One reply a resolver."""

    async def addresses(self, host: str) -> NameAnswers:
        """All addresses of a host."""


class WebAnswer(Protocol):
    """An answer of a web server, its body not read yet."""

    @property
    def status(self) -> int:
        """The status code."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The header fields, names without regard to case."""

    async def read(self, limit: int) -> bytes:
        """The whole body; a fault when it is longer than ``limit``."""


class Web(Protocol):
    """Asks web servers, one hop."""

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        deadline: float = 30.0,
        as_given: bool = False,
    ) -> AbstractAsyncContextManager[WebAnswer]:
        """Asks once; raises ``NetworkFault``."""


class Door(Protocol):
    """The one door to the network."""

    @property
    def resolver(self) -> Names:
        """Name servers."""

    @property
    def http(self) -> Web:
        """Web servers."""

    async def stream(
        self, host: str, port: int, deadline: float, as_given: bool = False
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A plain connection; raises ``NetworkFault``."""


class HostingSettings(Protocol):
    """The settings that the look-up reads; ``hotline.settings.Settings`` has them."""

    @property
    def home(self) -> Path: ...
    @property
    def rdap_bootstrap(self) -> str | None: ...
    @property
    def whois(self) -> str: ...
    @property
    def asn_origin(self) -> str: ...
