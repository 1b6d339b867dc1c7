"""The same look-up over real sockets on loopback: servers that the operator names by address."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from hotline import settings as house
from hotline.address import parse_url
from hotline.clock import FixedClock
from hotline.network import Network
from hotline.words import HomeKind
from takedown.hosting.locate import locate
from tests.takedown.hosting.hosting_world import NOW, Settings, bootstrap, entity, network


@asynccontextmanager
async def rdap(answers: dict[str, object]) -> AsyncIterator[int]:
    async def answer(request: web.Request) -> web.Response:
        if request.path not in answers:
            return web.Response(status=404)
        return web.Response(text=json.dumps(answers[request.path]), content_type="application/rdap+json")

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@asynccontextmanager
async def whois(text: str) -> AsyncIterator[int]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(text.encode("latin-1"))
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_rdap_and_whois_are_asked_over_real_sockets(tmp_path: Path) -> None:
    table = tmp_path / "origins.dat"
    table.write_text("198.51.100.0/24\t64500\n")
    record = network("198.51.100.0", "198.51.100.255", entity("O", "registrant", fn="North Hosting"))
    text = "inetnum: 198.51.100.0/24\nowner: Hébergement\nabuse-mailbox: abuse@north.example\n"
    async with rdap({"/ip/198.51.100.7": record}) as web_port, whois(text) as whois_port:
        folder = bootstrap(tmp_path / "b", ipv4=[[["198.51.100.0/24"], [f"http://127.0.0.1:{web_port}/"]]])
        settings = Settings(tmp_path, folder, f"127.0.0.1:{whois_port}", str(table))
        loaded = house.load({"HOTLINE_HOME": str(tmp_path)})
        async with Network.open(loaded, HomeKind.PRACTICE, FixedClock(datetime.now(UTC))) as door:
            finding = await locate(parse_url("http://198.51.100.7/a"), door, settings, NOW)
    assert finding.problems == ()
    assert finding.provider is not None
    assert (finding.provider.name, finding.provider.asn) == ("North Hosting", 64500)
    assert [(each.address, each.source.value) for each in finding.contacts] == [("abuse@north.example", "whois")]


async def test_an_address_learnt_from_an_answer_is_not_dialled_as_it_stands(tmp_path: Path) -> None:
    lure = "inetnum: 198.51.100.0/24\nabuse-mailbox: abuse@lured.example\n"
    async with AsyncExitStack() as stack:
        inner = await stack.enter_async_context(whois(lure))
        outer = await stack.enter_async_context(whois(f"refer: 127.0.0.1:{inner}\n"))
        settings = Settings(tmp_path, bootstrap(tmp_path / "b"), f"127.0.0.1:{outer}", "x.example")
        loaded = house.load({"HOTLINE_HOME": str(tmp_path)})
        opening = Network.open(loaded, HomeKind.PRACTICE, FixedClock(datetime.now(UTC)))
        door = await stack.enter_async_context(opening)
        finding = await locate(parse_url("http://198.51.100.7/a"), door, settings, NOW)
    assert finding.contacts == ()
    assert any(each.startswith("whois 127.0.0.1") for each in finding.problems)
