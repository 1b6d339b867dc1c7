"""Further places to look from: a proxy that the hotline or a covered partner runs.

A proxy is given addresses, never names: it learns as little as possible, and it cannot resolve a name to
something that our guard has not seen. In a practice home it is given the dial map's target, so that it too
stays on loopback.
"""

import asyncio
import contextlib
import socket
import struct
from ipaddress import ip_address
from typing import Final

from hotline.address import is_ip_literal
from hotline.errors import HotlineError
from hotline.network.connecting import Way, open_socket
from hotline.network.dialler import Refusal, Target, decide_as_given
from hotline.network.faults import Unreachable
from hotline.network.guard import IPAddress
from hotline.settings import Vantage
from hotline.words import HomeKind

_LONGEST_HEAD: Final = 8192
_SOCKS_SUCCESS: Final = 0
_SOCKS_ADDRESS_LENGTHS: Final = {1: 4, 4: 16}


def way_through(vantage: Vantage, kind: HomeKind) -> Way:
    """The way through a configured vantage.

    Raises:
        HotlineError: the proxy is a name, or not on loopback in a practice home.
    """
    host = "127.0.0.1" if vantage.host == "localhost" else vantage.host
    if not is_ip_literal(host):
        raise HotlineError(f"HOTLINE_VANTAGES: {vantage.name} is given by name; write the proxy's IP address")
    decision = decide_as_given(ip_address(host), vantage.port, kind)
    if isinstance(decision, Refusal):
        raise HotlineError(f"HOTLINE_VANTAGES: {vantage.name}: {decision.reason}; use 127.0.0.1")
    kinds = {"http": ThroughHttpProxy, "socks5": ThroughSocks5}
    return kinds[vantage.scheme](decision)


class _ThroughProxy:
    """Connects to the proxy and asks it for the target; what a proxy says of a target is an ``OSError``."""

    def __init__(self, proxy: Target) -> None:
        self._proxy = proxy

    async def reach(self, target: Target) -> socket.socket:
        try:
            opened = await open_socket(self._proxy.ip, self._proxy.port)
        except OSError:
            raise Unreachable("the vantage's proxy does not answer") from None
        try:
            await self._ask_for(opened, target)
        except BaseException:
            with contextlib.suppress(OSError):
                opened.close()
            raise
        return opened

    async def _ask_for(self, opened: socket.socket, target: Target) -> None:
        raise NotImplementedError


class ThroughHttpProxy(_ThroughProxy):
    """A tunnel by ``CONNECT address:port`` (RFC 9110), for plain HTTP too."""

    async def _ask_for(self, opened: socket.socket, target: Target) -> None:
        place = f"{_in_brackets(target.ip)}:{target.port}"
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(opened, f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n\r\n".encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            # Byte by byte: what follows the head belongs to the target.
            head += await _exactly(opened, 1)
            if len(head) > _LONGEST_HEAD:
                raise OSError("the proxy's answer has no end")
        status = head.split(b" ", 2)[1:2]
        if not status or not status[0].startswith(b"2"):
            raise OSError("the proxy did not connect")


class ThroughSocks5(_ThroughProxy):
    """SOCKS 5 (RFC 1928) without authentication, addresses only."""

    async def _ask_for(self, opened: socket.socket, target: Target) -> None:
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(opened, b"\x05\x01\x00")
        if await _exactly(opened, 2) != b"\x05\x00":
            raise Unreachable("the vantage's proxy wants a login or does not speak SOCKS 5")
        kind = b"\x01" if target.ip.version == 4 else b"\x04"
        request = b"\x05\x01\x00" + kind + target.ip.packed + struct.pack("!H", target.port)
        await loop.sock_sendall(opened, request)
        _, answer, _, bound_kind = await _exactly(opened, 4)
        if answer != _SOCKS_SUCCESS or bound_kind not in _SOCKS_ADDRESS_LENGTHS:
            raise OSError("the proxy did not connect")
        await _exactly(opened, _SOCKS_ADDRESS_LENGTHS[bound_kind] + 2)


async def _exactly(opened: socket.socket, count: int) -> bytes:
    received = b""
    while len(received) < count:
        more = await asyncio.get_running_loop().sock_recv(opened, count - len(received))
        if not more:
            raise OSError("the proxy hung up")
        received += more
    return received


def _in_brackets(ip: IPAddress) -> str:
    return f"[{ip}]" if ip.version == 6 else str(ip)
