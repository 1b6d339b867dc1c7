"""aiohttp's connections, made by our own dialling.

aiohttp never resolves and never opens a socket here: its resolver and its socket factory refuse. Should a
later version go another way round ``_create_direct_connection``, it is refused, not let out.
"""

import asyncio
import contextlib
import socket
import ssl
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_proto import ResponseHandler
from aiohttp.client_reqrep import ClientRequest

from hotline.facts import Secured
from hotline.network.connecting import Connected, Connecting
from hotline.network.faults import Broken, Refused, TlsFault
from hotline.network.trust import secured_by, tls_fault

_HANDSHAKE_SECONDS: Final = 20.0


@dataclass
class Call:
    """One request on its way: what it may do, and what it reached."""

    host: str
    port: int
    as_given: bool
    connected: Connected | None = None
    secured: Secured | None = None
    transport: asyncio.BaseTransport | None = None

    async def hang_up(self) -> None:
        """Closes the connection at once, whatever is left in it."""
        if isinstance(self.transport, asyncio.WriteTransport):
            # Python before 3.11.4 raises AttributeError where TLS has been closed already.
            with contextlib.suppress(AttributeError):
                self.transport.abort()
            await asyncio.sleep(0)  # the socket closes in the loop's next round


current_call: ContextVar[Call] = ContextVar("current_call")


class DoorConnector(aiohttp.TCPConnector):
    """Every connection is new, and is dialled by ``Connecting``."""

    def __init__(self, connecting: Connecting, context: ssl.SSLContext) -> None:
        super().__init__(
            ssl=context,
            force_close=True,
            limit=0,
            use_dns_cache=False,
            resolver=_NoResolver(),
            socket_factory=_no_socket,
        )
        self._connecting = connecting

    async def _create_direct_connection(
        self,
        req: ClientRequest,
        traces: list[aiohttp.tracing.Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - aiohttp's own signature
        *,
        client_error: type[Exception] = aiohttp.ClientConnectorError,
    ) -> tuple[asyncio.Transport, ResponseHandler]:
        call = current_call.get()
        # The host as WHATWG reads it, not as aiohttp does: two readers of one text are a way round a guard.
        call.connected = await self._connecting.connect(call.host, call.port, as_given=call.as_given)
        transport, protocol = await self._over(call.connected.socket, self._get_ssl_context(req), call.host)
        call.transport = transport
        call.secured = secured_by(transport.get_extra_info("ssl_object"))
        return transport, protocol

    async def _over(
        self, opened: socket.socket, context: ssl.SSLContext | None, host: str
    ) -> tuple[asyncio.Transport, ResponseHandler]:
        tls: dict[str, Any] = {}
        if context is not None:
            tls = {"ssl": context, "server_hostname": host, "ssl_handshake_timeout": _HANDSHAKE_SECONDS}
        try:
            return await self._loop.create_connection(self._factory, sock=opened, **tls)
        except ssl.SSLError as error:
            opened.close()
            raise tls_fault(error) from None
        except OSError:
            opened.close()
            if context is None:
                raise Broken("the connection broke off") from None
            raise TlsFault("the secure connection broke off") from None
        except BaseException:
            opened.close()
            raise


class _NoResolver(AbstractResolver):
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        raise Refused("names are resolved by the product's own resolver only")

    async def close(self) -> None:
        """Nothing is open."""


def _no_socket(address: Any) -> socket.socket:
    raise Refused("sockets are opened by the product's own dialling only")
