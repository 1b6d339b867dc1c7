"""The small world with a host for each odd behaviour, a second place to look from, and a switch: before, after."""

import asyncio
import json
import ssl
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zlib import crc32

import trustme
from aiohttp import web
from little_pictures import Picture, png
from little_sites import Sites
from little_world import LittleWorld
from odd import Odd
from odd_answers import ENTRY, Visit
from odd_hosts import ODD
from prepared_homes import hash_table

_ADDRESS = "203.0.113.30"
_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def host_of(odd: Odd) -> str:
    """The name of the host that behaves so."""
    return f"{odd.name}.odd-hosts.example"


def url_of(odd: Odd) -> str:
    """What was confirmed there."""
    return f"{'https' if odd.tls else 'http'}://{host_of(odd)}{ENTRY if odd.page else odd.path}"


def entry_of(odd: Odd) -> str:
    """The page that shows it."""
    return f"{'https' if odd.tls else 'http'}://{host_of(odd)}{ENTRY}"


@dataclass
class OddSites(Sites):
    """Web hosts of which some are odd, from ``changed`` on."""

    odd: dict[str, Odd] = field(default_factory=dict)
    pictures: dict[str, Picture] = field(default_factory=dict)
    elsewhere: set[int] = field(default_factory=set)
    seen: Counter[str] = field(default_factory=Counter)
    changed: bool = False
    sent: int = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Odd hosts answer for themselves."""
        host = request.host.partition(":")[0]
        if host not in self.odd:
            return await super().answer(request)
        odd = self.odd[host]
        answer = (odd.after if self.changed else odd.before)(self._visit(host, request))
        return await _as_it_is(answer, request)

    def _visit(self, host: str, request: web.Request) -> Visit:
        self.seen[f"{self.changed} {host}{request.raw_path}"] += 1
        peer = request.transport.get_extra_info("peername") if request.transport else None
        return Visit(
            request.raw_path, host, request.headers, request.cookies, bool(peer) and peer[1] in self.elsewhere,
            self.seen[f"{self.changed} {host}{request.raw_path}"], self.pictures[host], self.pictures["other"],
            self.pictures["placeholder"],
        )  # fmt: skip


async def _as_it_is(answer: web.StreamResponse, request: web.Request) -> web.StreamResponse:
    """Faults of the connection, where the answer asks for one."""
    fault = answer.headers.pop("X-Fault", None)
    if fault is None:
        return answer
    assert request.transport is not None and isinstance(answer, web.Response) and isinstance(answer.body, bytes)
    if fault == "silent":
        await asyncio.sleep(3600)
    if fault == "reset":
        request.transport.abort()  # type: ignore[attr-defined]
        return answer
    half = web.StreamResponse(headers={"Content-Type": "image/png", "Content-Length": str(len(answer.body))})
    await half.prepare(request)
    await half.write(answer.body[: len(answer.body) // 2])
    if fault == "stalls":
        await asyncio.sleep(3600)
    request.transport.close()
    return half


@dataclass
class OddWorld(LittleWorld):
    """``slow``: with the hosts that cost real time."""

    sites: OddSites = field(default_factory=OddSites)
    slow: bool = False
    authority: trustme.CA = field(default_factory=trustme.CA)

    @property
    def odd(self) -> tuple[Odd, ...]:
        """The hosts of this world."""
        return tuple(odd for odd in ODD if self.slow or not odd.slow)

    @property
    def hosts(self) -> dict[str, str]:
        """Name to address of every web host."""
        return {**super().hosts, **{host_of(odd): _ADDRESS for odd in self.odd}}

    def restore(self) -> None:
        """Before anything changed."""
        super().restore()
        self.sites.odd = {host_of(odd): odd for odd in self.odd}
        if not self.sites.pictures:
            names = [*self.sites.odd, "other", "placeholder"]
            self.sites.pictures = {name: png(crc32(name.encode())) for name in names}
        self.sites.changed = False

    def change(self) -> None:
        """From now on each host behaves as it does."""
        self.sites.changed = True
        self.names.denied = {host_of(odd): odd.denied for odd in self.odd if odd.denied}
        self.names.failing = {host_of(odd): odd.failing for odd in self.odd if odd.failing}
        for odd in self.odd:
            if odd.leads_to is not None:
                self._lead(host_of(odd), odd.leads_to)
        for name in (host_of(odd) for odd in self.odd if odd.tls):
            self.authority.issue_cert(
                name, not_before=_LONG_AGO, not_after=_LONG_AGO.replace(year=2021)
            ).configure_cert(self._tls)

    def _lead(self, name: str, address: str) -> None:
        if address:
            self.names.addresses[name] = address
        else:  # the name is there, and has no address
            del self.names.addresses[name]
            self.names.texts[name] = "this name is kept"

    async def _serve_web(self, stack: AsyncExitStack) -> int:
        port = await super()._serve_web(stack)
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        for name in (host_of(odd) for odd in self.odd if odd.tls):
            self.authority.issue_cert(name).configure_cert(self._tls)
        self.authority.cert_pem.write_to_path(str(self.folder / "ca.pem"))
        runner = web.ServerRunner(web.Server(self.sites.answer, access_log=None), shutdown_timeout=0.1)  # type: ignore[arg-type]
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=self._tls).start()
        self._tls_port: int = runner.addresses[0][1]
        proxy = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        await stack.enter_async_context(proxy)
        self.proxy_port: int = proxy.sockets[0].getsockname()[1]
        return port

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """CONNECT; whoever comes through here is elsewhere."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            host, _, port = head.split(" ")[1].rpartition(":")
            far_reader, far_writer = await asyncio.open_connection(host, int(port))
            self.sites.elsewhere.add(far_writer.get_extra_info("sockname")[1])
            writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _write(self, web_port: int, whois_port: int) -> None:
        super()._write(web_port, whois_port)
        file = self.folder / "dial.json"
        places = json.loads(file.read_text(encoding="utf-8"))
        places[_ADDRESS]["443"] = f"127.0.0.1:{self._tls_port}"
        file.write_text(json.dumps(places), encoding="utf-8")

    @property
    def more_settings(self) -> dict[str, str]:
        """What a shell needs besides: the certificate authority, and the second place to look from."""
        return {"CA_FILE": str(self.folder / "ca.pem"), "VANTAGES": f"elsewhere=http://127.0.0.1:{self.proxy_port}"}


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


def rows(world: OddWorld) -> Iterator[dict[str, str]]:
    """A confirmed report for each odd host."""
    for number, odd in enumerate(world.odd, 1):
        yield {
            "url": url_of(odd), "page": entry_of(odd) if odd.entry and not odd.page else "",
            "sha256": "" if odd.page else world.sites.pictures[host_of(odd)].sha256,
            "reference": f"O-{number}", "source": "public", "reported_at": "2029-12-31T20:00:00Z",
            "confirmed_by": "ana;ben", "confirmed_at": "2029-12-31T23:00:00Z", "classification": "baseline",
        }  # fmt: skip


def lists(world: OddWorld) -> Iterator[tuple[str, str, str]]:
    """Name, kind and table of the lists: placeholders, and what is seen on the pages that were confirmed as pages."""
    yield "placeholders", "placeholder", hash_table(world.sites.pictures["placeholder"])
    yield "known", "illegal", hash_table(*(world.sites.pictures[host_of(odd)] for odd in world.odd if odd.page))
