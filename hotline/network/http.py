"""HTTP, one hop at a time: no redirect is followed, no cookie kept, no proxy of the environment used.

Who follows a redirect asks again, so that each hop passes the guard as the first one did.
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Mapping
from typing import Final

import aiohttp
import yarl

from hotline.address import Url, parse_url
from hotline.network.answer import Answer, told_in_words
from hotline.network.connecting import Connecting
from hotline.network.connector import Call, DoorConnector, current_call
from hotline.network.faults import Broken, NetworkFault, Refused
from hotline.network.gates import HostGates
from hotline.network.unpacking import ACCEPTED

_LONGEST_HEADER: Final = 16_384
_MOST_HEADERS: Final = 200
# fmt: off
_BAD_PORTS: Final = frozenset((
    1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102,
    103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465,
    512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993,
    995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668,
    6669, 6679, 6697, 10080,
))
# fmt: on
"""Ports of other protocols that browsers refuse (WHATWG Fetch): no page makes us speak to a mail server."""


class Http:
    """Requests through one way, all with the same guard."""

    def __init__(self, connecting: Connecting, context: ssl.SSLContext, gates: HostGates) -> None:
        self._gates = gates
        self._session = aiohttp.ClientSession(
            connector=DoorConnector(connecting, context),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),
            trust_env=False,
            auto_decompress=False,
            skip_auto_headers=("User-Agent", "Content-Type"),
            max_line_size=_LONGEST_HEADER,
            max_field_size=_LONGEST_HEADER,
            max_headers=_MOST_HEADERS,
        )

    @contextlib.asynccontextmanager
    async def request(
        self,
        method: str,
        url: Url | str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        deadline: float = 30.0,
        as_given: bool = False,
        *,
        idle: float = 15.0,
    ) -> AsyncIterator[Answer]:
        """Asks once; the connection is closed when the block is left, whatever was read.

        Args:
            headers: sent as given, no ``User-Agent`` is added; ask ``Accept-Encoding: identity`` to get plain
                bytes.
            deadline: seconds for everything, body included, from the moment that the host's gate is passed.
            as_given: the URL is an IP literal that the operator configured: no guard, no dial map.
            idle: seconds without a byte of the body after which it counts as stalled.

        Raises:
            BadUrl: ``url`` is text and no web address.
            NetworkFault: one of its subclasses, from here or while the body is read.
        """
        asked = url if isinstance(url, Url) else parse_url(url)
        if not as_given and asked.port in _BAD_PORTS:
            raise Refused("the port belongs to another protocol")
        async with self._gates.enter(asked.host):
            ends = asyncio.get_running_loop().time() + deadline
            call = Call(asked.host, asked.port, as_given)
            try:
                response = await self._begin(call, method, asked, headers or {}, body, ends)
                with contextlib.closing(response):
                    yield _answer(call, response, ends, idle)
            finally:
                await call.hang_up()

    async def close(self) -> None:
        """Closes what is open."""
        await self._session.close()

    async def _begin(
        self, call: Call, method: str, url: Url, headers: Mapping[str, str], body: bytes | None, ends: float
    ) -> aiohttp.ClientResponse:
        token = current_call.set(call)
        try:
            with told_in_words():
                async with asyncio.timeout_at(ends):
                    return await self._session.request(
                        method,
                        yarl.URL(url.text, encoded=True),
                        headers={"Accept-Encoding": ACCEPTED, **headers},
                        data=body,
                        allow_redirects=False,
                    )
        except NetworkFault as fault:
            if call.connected is not None:
                fault.answers, fault.peer = call.connected.answers, str(call.connected.peer)
            raise
        finally:
            current_call.reset(token)


def _answer(call: Call, response: aiohttp.ClientResponse, ends: float, idle: float) -> Answer:
    if call.connected is None:
        raise Broken("the answer came over no connection of ours")
    return Answer(response, call.connected.peer, call.connected.answers, call.secured, ends, idle)
