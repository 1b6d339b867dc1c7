"""Two resolvers on loopback, UDP and TCP. They agree, but the second sees later that a name is gone.

Besides names and addresses they answer origin look-ups in the convention of origin.asn.cymru.com, for the
networks of the table. `lame.test` is SERVFAIL; `large.test` has a text too large for one UDP packet, so
that TCP has a use.
"""

import asyncio
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from ipaddress import IPv4Address, IPv6Address
from typing import cast

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.reversename
import dns.rrset

from practice.addresses import literal_address, places, registrable
from practice.desks import DESKS
from practice.networks import MAIL_EXCHANGER, NETWORKS, SERVICES, SERVICES_ASN, Network
from practice.world import World

TTL = 60
LAME, LARGE = "lame.test", "large.test"
RIR = {"ripe": "ripencc", "arin": "arin", "apnic": "apnic", "lacnic": "lacnic", "afrinic": "afrinic"}
Records = dict[tuple[str, str], list[str]]


def zone(world: World) -> Records:
    """(name without final dot, type): record texts."""
    records: Records = {}
    for name, kind, text in (*_names(world), *_mail(world), *_origins()):
        texts = records.setdefault((name, kind), [])
        if text not in texts:
            texts.append(text)
    records[LARGE, "TXT"] = [f'"{n:03d} {"x" * 200}"' for n in range(20)]
    return records


def _names(world: World) -> Iterator[tuple[str, str, str]]:
    for name, place in places().items():
        host = world.hosts.get(name)
        if literal_address(name) is not None or (place.network and host is None):
            continue
        owner = name
        if host and host.alias:
            yield name, "CNAME", host.alias + "."
            owner = host.alias
        for address in place.all:
            yield owner, "A" if isinstance(address, IPv4Address) else "AAAA", str(address)
            yield dns.reversename.from_address(str(address)).to_text(omit_final_dot=True), "PTR", owner + "."


def _mail(world: World) -> Iterator[tuple[str, str, str]]:
    """Every desk's domain, and every site's, takes mail at the one exchanger."""
    domains = {mailbox.partition("@")[2] for mailbox in DESKS}
    domains |= {registrable(name) for name in world.hosts if literal_address(name) is None}
    for domain in sorted(domains):
        yield domain, "MX", f"10 {MAIL_EXCHANGER}."


def _origins() -> Iterator[tuple[str, str, str]]:
    for network in NETWORKS:
        facts = f"{network.country} | {RIR[network.style]} | 2020-01-01"
        yield f"as{network.asn}.asn.cymru.com", "TXT", f'"{network.asn} | {facts} | {network.as_name}"'
        yield from ((address, "TXT", f'"{network.asn} | {network.block} | {facts}"') for address in _reversed(network))
    for address in SERVICES:
        suffix = ".".join(reversed(str(address).split(".")))
        yield (
            f"{suffix}.origin.asn.cymru.com",
            "TXT",
            f'"{SERVICES_ASN} | {SERVICES} | NL | ripencc | 2020-01-01"',
        )


def _reversed(network: Network) -> Iterator[str]:
    for address in network.block:
        yield ".".join(reversed(str(address).split("."))) + ".origin.asn.cymru.com"


def origin6(name: str) -> list[str]:
    """The answer for `8.b.d.0.1.0.0.2.origin6.asn.cymru.com`, any number of nibbles from a whole /32 on."""
    nibbles = "".join(reversed(name.removesuffix(".origin6.asn.cymru.com").split(".")))
    if len(nibbles) > 32 or any(nibble not in "0123456789abcdef" for nibble in nibbles):
        return []
    address = IPv6Address(int(nibbles.ljust(32, "0"), 16))
    found = [network for network in NETWORKS if address in network.block6]
    return [f'"{n.asn} | {n.block6} | {n.country} | {RIR[n.style]} | 2020-01-01"' for n in found]


def _and_above(name: str) -> Iterator[str]:
    """A name and those above it, which exist too (RFC 8020)."""
    labels = name.split(".")
    yield from (".".join(labels[n:]) for n in range(len(labels)))


class Resolver:
    """One resolver; `number` is 0 or 1."""

    def __init__(self, world: World, records: Records, number: int) -> None:
        self._world, self._records, self._number = world, records, number
        self._names = {above for name, _ in records for above in _and_above(name)}

    def answer(self, wire: bytes) -> dns.message.Message | None:
        """The reply to a query, None to what is no query."""
        try:
            query = dns.message.from_wire(wire)
            reply = dns.message.make_response(query, recursion_available=True)
        except (dns.exception.DNSException, ValueError):
            return None
        if len(query.question) != 1:
            reply.set_rcode(dns.rcode.FORMERR)
            return reply
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        reply.set_rcode(self._fill(reply, name, dns.rdatatype.to_text(question.rdtype)))
        return reply

    def _fill(self, reply: dns.message.Message, name: str, kind: str) -> dns.rcode.Rcode:
        """Follow the CNAMEs, put what there is into the reply; the answer is the reply's code."""
        for _ in range(8):
            if name == LAME:
                return dns.rcode.SERVFAIL
            if self._world.has_vanished(name, self._number) or not self._exists(name):
                return dns.rcode.NXDOMAIN
            texts, alias = self._texts(name, kind), self._records.get((name, "CNAME"))
            if texts or not alias:
                break
            reply.answer.append(dns.rrset.from_text(name + ".", TTL, "IN", "CNAME", *alias))
            name = alias[0].rstrip(".").lower()
        if texts:
            reply.answer.append(dns.rrset.from_text(name + ".", TTL, "IN", kind, *texts))
        return dns.rcode.NOERROR

    def _exists(self, name: str) -> bool:
        return name in self._names or bool(self._texts(name, "TXT"))

    def _texts(self, name: str, kind: str) -> list[str]:
        if kind == "TXT" and name.endswith(".origin6.asn.cymru.com"):
            return origin6(name)
        return self._records.get((name, kind), [])


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        reply = self._resolver.answer(data)
        if reply is not None:
            self._transport.sendto(_fitting(reply), addr)


def _fitting(reply: dns.message.Message) -> bytes:
    """What one packet may hold (the client's EDNS size, else 512 bytes), with TC set when that is not all."""
    wire = reply.to_wire(max_size=65535)
    if len(wire) <= max(512, reply.request_payload or 512):
        return wire
    reply.answer.clear()
    reply.flags |= dns.flags.TC
    return reply.to_wire()


async def _stream(resolver: Resolver, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            (length,) = struct.unpack("!H", await reader.readexactly(2))
            reply = resolver.answer(await reader.readexactly(length))
            if reply is None:
                break
            wire = reply.to_wire(max_size=65535)
            writer.write(struct.pack("!H", len(wire)) + wire)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


@asynccontextmanager
async def resolving(world: World) -> AsyncIterator[tuple[int, int]]:
    """The ports of the two resolvers, each the same for UDP and TCP."""
    records = zone(world)
    async with AsyncExitStack() as stack:
        ports = [await _open(Resolver(world, records, number), stack) for number in (0, 1)]
        yield ports[0], ports[1]


async def _open(resolver: Resolver, stack: AsyncExitStack) -> int:
    """Take a TCP port and the UDP port of the same number; another pair where the second is taken."""
    for _ in range(20):
        server = await asyncio.start_server(lambda r, w: _stream(resolver, r, w), "127.0.0.1", 0)
        port = int(server.sockets[0].getsockname()[1])
        try:
            transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                lambda: _Datagrams(resolver), local_addr=("127.0.0.1", port)
            )
        except OSError:
            server.close()
            continue
        stack.callback(server.close)
        stack.callback(transport.close)
        return port
    raise OSError("no port is free for both UDP and TCP")
