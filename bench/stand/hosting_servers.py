"""The process that serves the hosting benchmark: ``python -m stand.hosting_servers``. Ends with its standard input.

Two name servers, RDAP over HTTP, and each WHOIS server on a port of its own, all on loopback. Its first line tells
where they listen; each later line that it hears is answered with what was asked since the line before.
"""

import asyncio
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
from ipaddress import IPv6Address, ip_address
from typing import Any, Final

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
from aiohttp import web

from practice.networks import FIRST_WHOIS
from stand import hosting_answers, hosting_world
from stand.processes import report

Zone = dict[tuple[str, str], list[str]]
_TTL: Final = 300


class Counts:
    """How often each thing was asked for, by kind of question."""

    def __init__(self) -> None:
        self._asked: defaultdict[str, Counter[object]] = defaultdict(Counter)

    def count(self, kind: str, subject: object) -> None:
        self._asked[kind][subject] += 1

    def taken(self) -> dict[str, dict[str, int]]:
        """All that was asked, its subjects, and the most that any one of them was asked; begins anew."""
        told = {
            kind: {"asked": asked.total(), "subjects": len(asked), "most": max(asked.values())}
            for kind, asked in sorted(self._asked.items())
        }
        self._asked.clear()
        return told


def zone() -> Zone:
    """(name, type): records."""
    found: Zone = {(name, "A"): [address] for name, address in hosting_world.services.items()}
    for host in hosting_world.hosts:
        if host.alias:
            found[host.name, "CNAME"] = [f"{host.alias}."]
        found[host.alias or host.name, "A" if host.address.version == 4 else "AAAA"] = [str(host.address)]
    for network in hosting_world.networks:
        found[f"as{network.asn}.asn.cymru.com", "TXT"] = [f'"{network.asn} | NL | ripencc | 2020-01-01 | AS, NL"']
    return found


class _Names(asyncio.DatagramProtocol):
    """One name server; the origin look-ups are counted by the prefix that they are about."""

    def __init__(self, records: Zone, which: str, count: hosting_answers.Counted) -> None:
        self._records, self._which, self._count = records, which, count
        self._known = {name for name, _ in records}

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        query = dns.message.from_wire(data)
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        reply = dns.message.make_response(query, recursion_available=True)
        alias = self._records.get((name, "CNAME"))
        if alias:
            reply.answer.append(dns.rrset.from_text(f"{name}.", _TTL, "IN", "CNAME", *alias))
        owner = alias[0].rstrip(".") if alias else name
        texts = self._texts(owner, kind)
        if texts:
            reply.answer.append(dns.rrset.from_text(f"{owner}.", _TTL, "IN", kind, *texts))
        elif owner not in self._known:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        self._transport.sendto(reply.to_wire(), addr)

    def _texts(self, name: str, kind: str) -> list[str]:
        if kind == "TXT" and name.partition("origin")[1]:
            return self._origin(name)
        what = "AS name" if kind == "TXT" else "host" if name not in hosting_world.services else "servers' own"
        self._count(f"DNS {what}, {self._which} server", (name, kind))
        return self._records.get((name, kind), [])

    def _origin(self, name: str) -> list[str]:
        address = _asked_address(name)
        network = hosting_world.network_of(address) if address else None
        if network is None:
            return []
        self._count(f"DNS origin, {self._which} server", network.number)
        rir = hosting_world.RIR[network.style]
        return [f'"{network.asn} | {network.block} | NL | {rir} | 2020-01-01"']


def _asked_address(name: str) -> Any:
    labels, _, _ = name.partition(".origin")
    parts = labels.split(".")[::-1]
    if name.endswith(f".{hosting_world.ORIGIN}"):
        return ip_address(".".join(parts))
    return IPv6Address(int("".join(parts).ljust(32, "0"), 16))


async def _serve_rdap(counts: Counts, stack: AsyncExitStack) -> int:
    async def answer(request: web.Request) -> web.Response:
        body = hosting_answers.rdap(counts.count, request.host, request.path)
        code, said = (200, body) if body else (404, b'{"errorCode": 404, "title": "not found"}')
        return web.Response(body=said, content_type="application/rdap+json", status=code)

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return int(runner.addresses[0][1])


async def _serve_names(counts: Counts, stack: AsyncExitStack) -> list[int]:
    records, ports = zone(), []
    for which in ("first", "second"):
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            partial(_Names, records, which, counts.count), local_addr=("127.0.0.1", 0)
        )
        stack.callback(transport.close)
        ports.append(int(transport.get_extra_info("sockname")[1]))
    return ports


async def _serve_whois(counts: Counts, stack: AsyncExitStack) -> dict[str, int]:
    ports = {}
    for name, say in hosting_answers.whois(counts.count).items():
        server = await asyncio.start_server(partial(_whois, say), "127.0.0.1", 0)
        stack.callback(server.close)
        ports[name] = int(server.sockets[0].getsockname()[1])
    return ports


async def _whois(say: Callable[[str], str], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    question = (await reader.readline()).decode("ascii", "replace").strip()
    writer.write(say(question).replace("\n", "\r\n").encode())
    await writer.drain()
    writer.close()


async def main() -> None:
    """Serves until told to end."""
    counts = Counts()
    async with AsyncExitStack() as stack:
        told = {
            "http": await _serve_rdap(counts, stack),
            "resolvers": await _serve_names(counts, stack),
            "whois": await _serve_whois(counts, stack),
            "first": FIRST_WHOIS,
        }
        report(told)
        while await asyncio.to_thread(sys.stdin.readline):
            report(counts.taken())


if __name__ == "__main__":
    asyncio.run(main())
