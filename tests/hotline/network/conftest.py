"""A small internet on loopback: name servers that can be made to misbehave, web servers from a script."""

import asyncio
import json
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from ssl import SSLContext

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import pytest

from hotline.clock import MovableClock
from hotline.network import Network
from hotline.settings import Endpoint, Vantage
from hotline.words import HomeKind

LOOPBACK = ip_address("127.0.0.1")
Records = dict[str, list[str]]


@dataclass
class NameServer:
    """One DNS server: ``zone["a.example"]["A"]``; with ``turns`` it answers differently each time."""

    zone: dict[str, Records] = field(default_factory=dict)
    turns: dict[str, list[Records]] = field(default_factory=dict)
    ttl: int = 0
    silent: bool = False
    rcode: int | None = None
    truncates: bool = False
    rubbish: bool = False
    only_aliases: bool = False
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    port: int = 0

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(LOOPBACK, self.port)

    def answer(self, wire: bytes, by: str) -> bytes | None:
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True)
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind, by))
        if self.silent:
            return None
        if self.rubbish:
            return wire[:2] + b"\x84\x00 not a message"
        reply = dns.message.make_response(query, recursion_available=True)
        if self.rcode is not None:
            reply.set_rcode(self.rcode)
        elif self.truncates and by == "udp":
            reply.flags |= dns.flags.TC
        else:
            self._fill(reply, name, kind)
        return reply.to_wire()

    def _fill(self, reply: dns.message.Message, name: str, kind: str) -> None:
        for _ in range(20):
            records = self._records(name, kind)
            if records is None:
                reply.set_rcode(dns.rcode.NXDOMAIN)
                return
            if kind in records:
                reply.answer.append(dns.rrset.from_text(name + ".", self.ttl, "IN", kind, *records[kind]))
                return
            if "CNAME" not in records:
                return
            target = records["CNAME"][0]
            reply.answer.append(dns.rrset.from_text(name + ".", self.ttl, "IN", "CNAME", target + "."))
            if self.only_aliases:
                return
            name = target

    def _records(self, name: str, kind: str) -> Records | None:
        turns = self.turns.get(name)
        if turns:
            return turns.pop(0) if kind in turns[0] and len(turns) > 1 else turns[0]
        return self.zone.get(name)


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: NameServer) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        reply = self._server.answer(data, "udp")
        if reply is not None:
            self._transport.sendto(reply, addr)


@asynccontextmanager
async def running_name_server(server: NameServer) -> AsyncIterator[NameServer]:
    async def by_tcp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        (length,) = struct.unpack("!H", await reader.readexactly(2))
        reply = server.answer(await reader.readexactly(length), "tcp")
        if reply is not None:
            writer.write(struct.pack("!H", len(reply)) + reply)
        writer.close()

    streams = await asyncio.start_server(by_tcp, "127.0.0.1", 0)
    server.port = streams.sockets[0].getsockname()[1]
    datagrams, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: _Datagrams(server), local_addr=("127.0.0.1", server.port)
    )
    async with streams:
        yield server
    datagrams.close()


Script = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Site:
    """A web server that says what its script says, and remembers who came."""

    script: Script
    port: int = 0
    connections: int = 0
    full: asyncio.Event = field(default_factory=asyncio.Event)
    inside: int = 0
    most_at_once: int = 0
    speaks_first: bool = False
    heads: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.inside += 1
        self.most_at_once = max(self.most_at_once, self.inside)
        if self.inside == 4:
            self.full.set()
        try:
            if not self.speaks_first:
                self.heads.append(await reader.readuntil(b"\r\n\r\n"))
            await self._speak(writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.inside -= 1
            writer.close()

    async def _speak(self, writer: asyncio.StreamWriter) -> None:
        if isinstance(self.script, bytes):
            writer.write(self.script)
        else:
            await self.script(writer)


@dataclass
class Room:
    """What a test opens; all of it is closed at the test's end."""

    folder: Path
    stack: AsyncExitStack
    clock: MovableClock

    async def name_server(self, zone: dict[str, Records] | None = None, **ways: object) -> NameServer:
        return await self.stack.enter_async_context(running_name_server(NameServer(zone or {}, **ways)))

    async def site(self, script: Script, host: str = "127.0.0.1", port: int = 0, tls: SSLContext | None = None) -> Site:
        site = Site(script)
        server = await asyncio.start_server(site.serve, host, port, ssl=tls)
        site.port = server.sockets[0].getsockname()[1]
        await self.stack.enter_async_context(server)
        return site

    async def network(
        self,
        kind: HomeKind = HomeKind.PRACTICE,
        resolvers: tuple[Endpoint, ...] = (),
        places: Mapping[str, Mapping[str, str]] | None = None,
        ca_file: Path | None = None,
        vantages: tuple[Vantage, ...] = (),
    ) -> Network:
        dial_map = None
        if places is not None:
            dial_map = self.folder / "dial.json"
            dial_map.write_text(json.dumps(places))
        settings = SettingsOfTest(resolvers, dial_map, ca_file, vantages)
        return await self.stack.enter_async_context(Network.open(settings, kind, self.clock))

    async def network_to(self, site: Site, **more: object) -> Network:
        """A practice network in which ``site.example`` is the site, on both ports."""
        server = await self.name_server({"site.example": {"A": ["198.51.100.7"]}})
        target = f"127.0.0.1:{site.port}"
        places = {"198.51.100.7": {"80": target, "443": target}}
        return await self.network(resolvers=(server.endpoint,), places=places, **more)


@dataclass(frozen=True)
class SettingsOfTest:
    resolvers: tuple[Endpoint, ...] = ()
    dial_map: Path | None = None
    ca_file: Path | None = None
    vantages: tuple[Vantage, ...] = ()


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with AsyncExitStack() as stack:
        yield Room(tmp_path, stack, MovableClock(datetime(2030, 1, 1, tzinfo=UTC)))


def answer_with(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@pytest.fixture
def http_answer() -> Callable[..., bytes]:
    return answer_with
