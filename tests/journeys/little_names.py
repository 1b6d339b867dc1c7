"""Two name servers over one table of names, UDP and TCP; each can be told to deny a name that the other knows."""

import asyncio
import struct
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Final

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

ORIGIN_SUFFIX: Final = "origin.asn.cymru.com"


@dataclass
class Names:
    """``addresses``: name to address. ``texts``: name to TXT.

    ``denied`` and ``failing``: name to the servers (0, 1) that say that it does not exist, or that they cannot tell.
    """

    addresses: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    denied: dict[str, frozenset[int]] = field(default_factory=dict)
    failing: dict[str, frozenset[int]] = field(default_factory=dict)

    def answer(self, server: int, wire: bytes) -> bytes:
        """One server's answer to one question."""
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        reply = dns.message.make_response(query, recursion_available=True)
        found = self._records(name)
        if server in self.failing.get(name, ()):
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif server in self.denied.get(name, ()) or not found:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        elif (kind := dns.rdatatype.to_text(question.rdtype)) in found:
            reply.answer.append(dns.rrset.from_text(f"{name}.", 0, "IN", kind, found[kind]))
        return reply.to_wire()

    def _records(self, name: str) -> dict[str, str]:
        found = {}
        if name in self.addresses:
            found["A"] = self.addresses[name]
        if name in self.texts:
            found["TXT"] = f'"{self.texts[name]}"'
        return found


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, names: Names, server: int) -> None:
        self._names, self._server = names, server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._transport.sendto(self._names.answer(self._server, data), addr)  # type: ignore[attr-defined]


async def serve_names(names: Names, server: int, stack: AsyncExitStack) -> int:
    """Starts one server on both transports of one port; returns the port."""

    async def by_stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            (length,) = struct.unpack("!H", await reader.readexactly(2))
            reply = names.answer(server, await reader.readexactly(length))
            writer.write(struct.pack("!H", len(reply)) + reply)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    streams = await asyncio.start_server(by_stream, "127.0.0.1", 0)
    await stack.enter_async_context(streams)
    port: int = streams.sockets[0].getsockname()[1]
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: _Datagrams(names, server), local_addr=("127.0.0.1", port)
    )
    stack.callback(transport.close)
    return port
