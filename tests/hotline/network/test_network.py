"""Opening the door: what cannot serve is told at once; vantages are given addresses, never names."""

import asyncio
import contextlib
from ipaddress import ip_address

import pytest

from hotline.errors import HotlineError
from hotline.network import TimedOut, Unreachable
from hotline.settings import Vantage
from hotline.words import HomeKind


async def test_a_dial_map_is_refused_in_earnest(room) -> None:
    with pytest.raises(HotlineError, match="HOTLINE_DIAL_MAP"):
        await room.network(HomeKind.EARNEST, places={})


async def test_a_file_of_certificates_that_holds_none_is_told(room, tmp_path) -> None:
    for file in (tmp_path / "none.pem", tmp_path / "empty.pem"):
        with contextlib.suppress(OSError):
            (tmp_path / "empty.pem").write_text("no certificate\n")
        with pytest.raises(HotlineError, match="HOTLINE_CA_FILE"):
            await room.network(ca_file=file)


@pytest.mark.parametrize("host", ["proxy.example", "198.51.100.9", "10.0.0.1"])
async def test_a_practice_vantage_is_on_loopback_and_given_by_address(room, host) -> None:
    with pytest.raises(HotlineError, match="HOTLINE_VANTAGES: far"):
        await room.network(vantages=(Vantage("far", "http", host, 3128),))


async def test_an_unknown_vantage_is_told_and_direct_is_always_there(room) -> None:
    network = await room.network()
    assert network.vantages == ("direct",)
    assert network.vantage("direct") is network.http
    with pytest.raises(HotlineError, match="'far'"):
        network.vantage("far")


class Proxy:
    """Speaks CONNECT or SOCKS 5, remembers what it was asked for, and passes bytes on."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.refuses = False

    async def by_connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        place = head.split(" ")[1]
        self.asked.append(head)
        if self.refuses:
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
            writer.close()
            return
        host, _, port = place.rpartition(":")
        writer.write(b"HTTP/1.1 200 Connected\r\nVia: test\r\n\r\n")
        await self._pass_on(reader, writer, host, int(port))

    async def by_socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(3)
        writer.write(b"\x05\x00")
        request = await reader.readexactly(10)
        host, port = str(ip_address(request[4:8])), int.from_bytes(request[8:10])
        self.asked.append(f"{request[3]} {host}:{port}")
        if self.refuses:
            writer.write(b"\x05\x05\x00\x01" + bytes(6))
            writer.close()
            return
        writer.write(b"\x05\x00\x00\x01" + bytes(6))
        await self._pass_on(reader, writer, host, port)

    async def _pass_on(self, reader, writer, host: str, port: int) -> None:
        far_reader, far_writer = await asyncio.open_connection(host, port)
        far_writer.write(await reader.readuntil(b"\r\n\r\n"))
        writer.write(await far_reader.read())
        far_writer.close()
        writer.close()


async def through_proxy(room, site, scheme: str):
    proxy = Proxy()
    serve = proxy.by_connect if scheme == "http" else proxy.by_socks
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    await room.stack.enter_async_context(server)
    port = server.sockets[0].getsockname()[1]
    network = await room.network_to(site, vantages=(Vantage("far", scheme, "127.0.0.1", port),))
    return proxy, network.vantage("far")


@pytest.mark.parametrize("scheme", ["http", "socks5"])
async def test_a_vantage_is_given_addresses_never_names(room, http_answer, scheme) -> None:
    site = await room.site(http_answer(b"from far"))
    proxy, http = await through_proxy(room, site, scheme)
    async with http.request("GET", "http://site.example/") as answer:
        assert await answer.read(100) == b"from far"
        assert str(answer.peer) == "198.51.100.7"
    assert len(proxy.asked) == 1
    assert f"127.0.0.1:{site.port}" in proxy.asked[0]
    assert "site" not in proxy.asked[0]
    assert b"Host: site.example\r\n" in site.heads[0]


@pytest.mark.parametrize("scheme", ["http", "socks5"])
async def test_a_vantage_that_cannot_connect_makes_the_host_unreachable(room, http_answer, scheme) -> None:
    proxy, http = await through_proxy(room, await room.site(http_answer(b"x")), scheme)
    proxy.refuses = True
    with pytest.raises(Unreachable):
        async with http.request("GET", "http://site.example/"):
            pass


async def test_a_dead_vantage_says_so(room, http_answer) -> None:
    site = await room.site(http_answer(b"x"))
    network = await room.network_to(site, vantages=(Vantage("far", "socks5", "127.0.0.1", 1),))
    with pytest.raises(Unreachable, match="vantage"):
        async with network.vantage("far").request("GET", "http://site.example/"):
            pass
    assert site.connections == 0


async def test_a_stream_goes_through_the_dial_map(room) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"% " + await reader.readline())
        writer.close()

    whois = await asyncio.start_server(answer, "127.0.0.1", 0)
    await room.stack.enter_async_context(whois)
    port = whois.sockets[0].getsockname()[1]
    names = await room.name_server({"whois.example": {"A": ["198.51.100.43"]}})
    network = await room.network(resolvers=(names.endpoint,), places={"198.51.100.43": {"43": f"127.0.0.1:{port}"}})
    reader, writer = await network.stream("whois.example", 43, deadline=5)
    writer.write(b"a.example\r\n")
    assert await reader.read() == b"% a.example\r\n"
    writer.close()


async def test_a_stream_that_does_not_stand_in_time_is_timed_out(room) -> None:
    names = await room.name_server(silent=True)
    network = await room.network(resolvers=(names.endpoint,), places={})
    with pytest.raises(TimedOut):
        await network.stream("whois.example", 43, deadline=0.1)
