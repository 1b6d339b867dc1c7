"""One question to one name server and its answer, on the wire: UDP, then TCP when the answer was cut.

The UDP socket is connected, so that only the server itself can answer and a dead one is known at once (ICMP)
instead of after the whole deadline. No EDNS: answers that do not fit come over TCP.
"""

import asyncio
import contextlib
import struct
from typing import Final

import dns.exception
import dns.flags
import dns.message

from hotline.settings import Endpoint

_TRUNCATED: Final = 0x02


class BadReply(Exception):
    """What came cannot be read as an answer to the question."""


async def ask(server: Endpoint, query: dns.message.Message, seconds: float) -> dns.message.Message:
    """Asks once.

    Raises:
        TimeoutError: nothing came within ``seconds``.
        OSError: the server cannot be reached.
        BadReply: the answer cannot be read.
    """
    async with asyncio.timeout(seconds):
        reply = await _by_udp(server, query)
        return await _by_tcp(server, query) if reply is None else reply


async def _by_udp(server: Endpoint, query: dns.message.Message) -> dns.message.Message | None:
    loop = asyncio.get_running_loop()
    transport, waiting = await loop.create_datagram_endpoint(
        lambda: _Waiting(query), remote_addr=(str(server.ip), server.port)
    )
    try:
        transport.sendto(query.to_wire())
        return await waiting.reply
    finally:
        transport.close()


async def _by_tcp(server: Endpoint, query: dns.message.Message) -> dns.message.Message:
    reader, writer = await asyncio.open_connection(str(server.ip), server.port)
    try:
        wire = query.to_wire()
        writer.write(struct.pack("!H", len(wire)) + wire)
        (length,) = struct.unpack("!H", await reader.readexactly(2))
        reply = _read(await reader.readexactly(length), query)
    except asyncio.IncompleteReadError:
        raise BadReply("the answer was cut short") from None
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    if reply is None:
        raise BadReply("the answer was cut short")
    return reply


class _Waiting(asyncio.DatagramProtocol):
    """Waits for the one datagram that answers the query; ``None`` when it was truncated."""

    def __init__(self, query: dns.message.Message) -> None:
        self._query = query
        self.reply: asyncio.Future[dns.message.Message | None] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: object) -> None:
        if self.reply.done() or data[:2] != struct.pack("!H", self._query.id):
            return
        try:
            self.reply.set_result(_read(data, self._query))
        except BadReply as wrong:
            self.reply.set_exception(wrong)

    def error_received(self, exc: Exception) -> None:
        if not self.reply.done():
            self.reply.set_exception(exc)


def _read(data: bytes, query: dns.message.Message) -> dns.message.Message | None:
    if len(data) > 2 and data[2] & _TRUNCATED:
        return None
    try:
        reply = dns.message.from_wire(data, ignore_trailing=True)
    except (dns.exception.DNSException, ValueError):
        raise BadReply("the answer cannot be read") from None
    if not query.is_response(reply):
        raise BadReply("the answer is to another question")
    return reply
