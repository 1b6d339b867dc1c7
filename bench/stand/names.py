"""Two name servers on loopback that know the site's hosts. UDP alone: no answer here is long."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


class _Names(asyncio.DatagramProtocol):
    def __init__(self, addresses: Mapping[str, str]) -> None:
        self._addresses = addresses

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        reply = dns.message.make_response(query, recursion_available=True)
        if name not in self._addresses:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        elif question.rdtype == dns.rdatatype.A:
            reply.answer.append(dns.rrset.from_text(f"{name}.", 300, "IN", "A", self._addresses[name]))
        self._transport.sendto(reply.to_wire(), addr)


async def serve_names(addresses: Mapping[str, str], stack: AsyncExitStack) -> list[int]:
    """Starts both; returns their ports."""
    ports = []
    for _ in range(2):
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Names(addresses), local_addr=("127.0.0.1", 0)
        )
        stack.callback(transport.close)
        ports.append(transport.get_extra_info("sockname")[1])
    return ports
