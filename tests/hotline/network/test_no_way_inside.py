"""The guard, proven at listening sockets: whatever a page or a name server says, nobody connects to us.

The listeners stand where a cloud's metadata service or an admin page would; each test counts who came: zero.
"""

import asyncio
import socket
from ipaddress import ip_address

import pytest

from hotline.address import parse_url
from hotline.network import Network, NetworkFault, Refused
from hotline.network.connecting import Connecting
from hotline.network.dialmap import DialMap
from hotline.network.faults import NameFault
from hotline.network.resolver import Resolver
from hotline.words import HomeKind

LITERALS = [
    "127.0.0.1", "2130706433", "0177.0.0.1", "0x7f.1", "0x7f000001", "127.1", "127.0.0.1.", "１２７.0.0.1",
    "0.0.0.0", "0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]",
    "10.0.0.1", "169.254.169.254", "[fe80::1]", "[fec0::1]", "[fd00::1]",
]  # fmt: skip
NAMES = {
    "localhost": {"A": ["127.0.0.1"], "AAAA": ["::1"]},
    "plain.example": {"A": ["127.0.0.1"]},
    "alias.example": {"CNAME": ["localhost"]},
    "mapped.example": {"AAAA": ["::ffff:127.0.0.1"]},
    "nat64.example": {"AAAA": ["64:ff9b::7f00:1", "64:ff9b:1::7f00:1"]},
    "sixtofour.example": {"AAAA": ["2002:7f00:1::"]},
    "mixed.example": {"A": ["127.0.0.1", "10.0.0.1", "0.0.0.0"], "AAAA": ["::1", "fe80::1"]},
}
HOSTS = [*LITERALS, *NAMES]
KINDS = list(HomeKind)


@pytest.fixture
async def listeners(room, http_answer):
    """The same port on 127.0.0.1 and ::1."""
    v4 = await room.site(http_answer(b"inside"))
    v6 = await room.site(http_answer(b"inside"), host="::1", port=v4.port)
    return v4, v6


async def network_of(room, kind: HomeKind, port: int) -> Network:
    server = await room.name_server(NAMES)
    inside = {str(port): f"127.0.0.1:{port}"}
    listed = ["127.0.0.1", "::1", "0.0.0.0", "::ffff:7f00:1", "10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"]
    places = dict.fromkeys(listed, inside) if kind is HomeKind.PRACTICE else None
    return await room.network(kind, resolvers=(server.endpoint,), places=places)


async def look(network: Network, url: str) -> None:
    async with network.http.request("GET", url, deadline=5) as answer:
        await answer.read(1000)


@pytest.mark.parametrize("kind", KINDS)
async def test_no_literal_and_no_name_leads_inside(room, listeners, kind) -> None:
    port = listeners[0].port
    network = await network_of(room, kind, port)
    for host in HOSTS:
        with pytest.raises(Refused):
            await look(network, f"http://{host}:{port}/")
    assert [site.connections for site in listeners] == [0, 0]


@pytest.mark.parametrize("kind", KINDS)
async def test_plain_streams_do_not_lead_inside_either(room, listeners, kind) -> None:
    port = listeners[0].port
    network = await network_of(room, kind, port)
    hosts = [parse_url(f"http://{host}/").host for host in HOSTS]
    for host in [*hosts, "127.1", "0x7f.1", "2130706433"]:
        with pytest.raises((Refused, NameFault)):
            await network.stream(host, port, deadline=5)
    assert [site.connections for site in listeners] == [0, 0]


async def test_no_redirect_leads_inside(room, listeners, http_answer) -> None:
    port = listeners[0].port
    site = await room.site(b"")
    server = await room.name_server({**NAMES, "site.example": {"A": ["198.51.100.7"]}})
    places = {
        "198.51.100.7": {"80": f"127.0.0.1:{site.port}"},
        "127.0.0.1": {str(port): f"127.0.0.1:{port}"},
    }
    network = await room.network(resolvers=(server.endpoint,), places=places)
    for host in HOSTS:
        site.script = http_answer(b"", f"Location: //{host}:{port}/".encode().decode(), status="302 Found")
        async with network.http.request("GET", "http://site.example/") as answer:
            location = answer.headers["Location"]
        with pytest.raises(NetworkFault):
            await look(network, parse_url(location, "http://site.example/").text)
    assert site.connections == len(HOSTS)
    assert [site.connections for site in listeners] == [0, 0]


async def test_a_name_that_turns_inside_later_is_refused_then(room, listeners, http_answer) -> None:
    port = listeners[0].port
    site = await room.site(http_answer(b"outside"))
    server = await room.name_server(ttl=0)
    server.turns["turn.example"] = [{"A": ["198.51.100.7"]}, {"A": ["127.0.0.1"]}]
    places = {
        "198.51.100.7": {str(port): f"127.0.0.1:{site.port}"},
        "127.0.0.1": {str(port): f"127.0.0.1:{port}"},
    }
    network = await room.network(resolvers=(server.endpoint,), places=places)
    await look(network, f"http://turn.example:{port}/")
    assert [kind for _, kind, _ in server.asked].count("A") == 1
    for _ in range(3):
        with pytest.raises(Refused):
            await look(network, f"http://turn.example:{port}/")
    assert site.connections == 1
    assert [listener.connections for listener in listeners] == [0, 0]


class RememberingWay:
    """Dials nothing; remembers what would have been dialled."""

    def __init__(self) -> None:
        self.targets: list[str] = []

    async def reach(self, target) -> socket.socket:
        self.targets.append(str(target.ip))
        return socket.socket()


async def reached(room, server, host: str, times: int = 1) -> list[str]:
    resolver = Resolver([server.endpoint], HomeKind.EARNEST, room.clock)
    way = RememberingWay()
    connecting = Connecting(resolver, HomeKind.EARNEST, DialMap(), way)
    for _ in range(times):
        try:
            (await connecting.connect(host, 80)).socket.close()
        except Refused:
            way.targets.append("refused")
    return way.targets


async def test_in_earnest_a_name_that_turns_inside_is_refused_and_dialled_as_checked_before(room) -> None:
    server = await room.name_server(ttl=0)
    server.turns["turn.example"] = [{"A": ["192.31.196.1"]}, {"A": ["127.0.0.1"]}]
    assert await reached(room, server, "turn.example", times=2) == ["192.31.196.1", "refused"]


async def test_in_earnest_only_the_public_part_of_a_mixed_answer_is_dialled(room) -> None:
    zone = {"A": ["127.0.0.1", "10.0.0.1", "192.31.196.1"], "AAAA": ["::1", "::ffff:10.0.0.1"]}
    server = await room.name_server({"mixed.example": zone})
    assert await reached(room, server, "mixed.example") == ["192.31.196.1"]


async def test_in_earnest_documentation_addresses_are_refused(room) -> None:
    server = await room.name_server({"a.example": {"A": ["198.51.100.7"], "AAAA": ["2001:db8::7"]}})
    assert await reached(room, server, "a.example") == ["refused"]


async def test_what_practice_does_not_list_is_refused(room, http_answer) -> None:
    site = await room.site(http_answer(b"ok"))
    network = await room.network_to(site)
    for url in ("http://192.31.196.1/", "http://198.51.100.9/", "http://site.example:81/"):
        with pytest.raises(Refused, match="dial map"):
            await look(network, url)
    assert site.connections == 0


async def test_configured_literals_are_dialled_as_given_and_learnt_names_are_not(room, http_answer) -> None:
    site = await room.site(http_answer(b"ok"))
    network = await network_of(room, HomeKind.PRACTICE, 1)
    async with network.http.request("GET", f"http://127.0.0.1:{site.port}/", as_given=True) as answer:
        assert answer.peer == ip_address("127.0.0.1")
    reader, writer = await network.stream("127.0.0.1", site.port, deadline=5, as_given=True)
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    assert (await reader.read()).endswith(b"ok")
    writer.close()
    for host in ("10.0.0.1", "192.31.196.1", "localhost"):
        with pytest.raises(Refused):
            async with asyncio.timeout(5), network.http.request("GET", f"http://{host}/", as_given=True):
                pass
