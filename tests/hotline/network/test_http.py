"""HTTP through the door: faults have types and plain words, bodies stream, nothing is kept between calls."""

import asyncio
import gzip
import ssl
import zlib
from datetime import UTC, datetime

import pytest
import trustme

from hotline.address import BadUrl
from hotline.network import (
    Broken,
    NameFault,
    NetworkFault,
    Refused,
    TimedOut,
    TlsFault,
    TooLarge,
    Unreachable,
)
from hotline.network.connector import Call

URL = "http://site.example/d/e?f=%zz|"


async def body_of(network, url=URL, **ways) -> bytes:
    async with network.http.request("GET", url, **ways) as answer:
        return await answer.read(10_000_000)


async def test_an_answer_has_status_headers_body_and_the_address_that_was_meant(room, http_answer) -> None:
    site = await room.site(http_answer(b"hello", "X-Kind: A", "x-kind: b", status="404 Not Found"))
    network = await room.network_to(site)
    async with network.http.request("GET", URL, {"Referer": "http://b.example/"}) as answer:
        assert answer.status == 404
        assert answer.headers.getall("X-KIND") == ["A", "b"]
        assert str(answer.peer) == "198.51.100.7"
        assert await answer.read(100) == b"hello"
        assert answer.wire_bytes == 5
    head = site.heads[0].decode()
    assert head.startswith("GET /d/e?f=%zz| HTTP/1.1\r\n")
    assert "Host: site.example\r\n" in head
    assert "Referer: http://b.example/\r\n" in head
    assert "User-Agent" not in head


async def test_a_body_may_be_sent(room, http_answer) -> None:
    site = await room.site(http_answer(b"ok"))
    network = await room.network_to(site)
    assert await body_of(network) == b"ok"
    async with network.http.request("POST", URL, {"Content-Type": "application/json"}, body=b"{}") as answer:
        assert answer.status == 200
    assert b"Content-Length: 2\r\n" in site.heads[1]


async def test_no_redirect_is_followed_no_cookie_kept_no_proxy_of_the_environment_used(
    room, http_answer, monkeypatch
) -> None:
    proxy = await room.site(http_answer(b"proxied"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    moved = http_answer(b"", "Location: /next", "Set-Cookie: a=b", status="302 Found")
    site = await room.site(moved)
    network = await room.network_to(site)
    for _ in range(2):
        async with network.http.request("GET", URL) as answer:
            assert answer.status == 302
    assert site.connections == 2
    assert b"ookie" not in site.heads[1]
    assert proxy.connections == 0


@pytest.mark.parametrize(
    "script",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhalf\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 20\r\n\r\n"
        + gzip.compress(b"x" * 999, mtime=0)[:20],
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nrest",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: unheard-of\r\nContent-Length: 4\r\n\r\nrest",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * 10_000 + b"\r\n",
        b"220 mail.site.example ready\r\n",
        b"",
    ],
)
async def test_what_is_cut_short_or_no_http_is_broken(room, script) -> None:
    network = await room.network_to(await room.site(script))
    with pytest.raises(Broken) as caught:
        await body_of(network)
    assert "example" not in caught.value.reason
    assert "198.51" not in str(caught.value)


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"picture" * 1000, mtime=0)),
        ("GZIP", gzip.compress(b"picture" * 500, mtime=0) + gzip.compress(b"picture" * 500, mtime=0)),
        ("gzip", gzip.compress(b"picture" * 1000, mtime=0) + b"\0rubbish"),
        ("deflate", zlib.compress(b"picture" * 1000)),
        ("deflate", zlib.compress(b"picture" * 1000)[2:-4]),
        ("identity", b"picture" * 1000),
        ("gzip", b""),
    ],
)
async def test_packed_bodies_are_unpacked(room, http_answer, encoding, packed) -> None:
    network = await room.network_to(await room.site(http_answer(packed, f"Content-Encoding: {encoding}")))
    assert await body_of(network) == (b"picture" * 1000 if packed else b"")


async def test_the_caller_may_ask_for_plain_bytes(room, http_answer) -> None:
    site = await room.site(http_answer(b"x"))
    await body_of(await room.network_to(site), headers={"accept-encoding": "identity"})
    assert site.heads[0].lower().count(b"accept-encoding: identity\r\n") == 1
    assert site.heads[0].lower().count(b"accept-encoding") == 1


async def test_a_bomb_is_cut_by_whoever_stops_reading(room, http_answer) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000, mtime=0)
    network = await room.network_to(await room.site(http_answer(bomb, "Content-Encoding: gzip")))
    seen = 0
    async with network.http.request("GET", URL) as answer:
        async for chunk in answer.chunks(10_000):
            assert len(chunk) <= 10_000
            seen += len(chunk)
            if seen > 1_000_000:
                break
        assert answer.wire_bytes < len(bomb)
    assert seen < 1_020_000
    with pytest.raises(TooLarge):
        async with network.http.request("GET", URL) as answer:
            await answer.read(1_000_000)


async def test_a_body_that_never_ends_is_stopped_by_the_total_deadline(room) -> None:
    async def drip(writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    network = await room.network_to(await room.site(drip))
    with pytest.raises(TimedOut):
        await body_of(network, deadline=0.2)


@pytest.mark.parametrize("beginning", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"])
async def test_silence_is_timed_out(room, beginning) -> None:
    async def stall(writer) -> None:
        writer.write(beginning)
        await writer.drain()
        await asyncio.sleep(2)

    network = await room.network_to(await room.site(stall))
    with pytest.raises(TimedOut):
        await body_of(network, deadline=0.2)
    if beginning.endswith(b"x"):
        with pytest.raises(TimedOut):
            await body_of(network, deadline=30, idle=0.1)


async def test_a_name_without_address_says_what_each_resolver_said(room, http_answer) -> None:
    one, two = await room.name_server(), await room.name_server()
    network = await room.network(resolvers=(one.endpoint, two.endpoint), places={})
    with pytest.raises(NameFault) as caught:
        await body_of(network)
    assert caught.value.answers.nxdomain
    assert caught.value.reason == "the name does not exist (NXDOMAIN)"


async def test_a_practice_home_without_resolvers_says_what_to_set(room) -> None:
    network = await room.network()
    with pytest.raises(NameFault, match="HOTLINE_RESOLVERS"):
        await body_of(network)


async def test_the_next_address_is_tried_and_forbidden_ones_are_left_out(room, http_answer) -> None:
    site = await room.site(http_answer(b"ok"))
    addresses = {"A": ["10.0.0.1", "198.51.100.8", "198.51.100.7"]}
    server = await room.name_server({"site.example": addresses})
    target = f"127.0.0.1:{site.port}"
    places = {
        "10.0.0.1": {"80": target},
        "198.51.100.8": {"80": "127.0.0.1:1"},
        "198.51.100.7": {"80": target},
    }
    network = await room.network(resolvers=(server.endpoint,), places=places)
    async with network.http.request("GET", URL) as answer:
        assert str(answer.peer) == "198.51.100.7"
    assert site.connections == 1


async def test_a_host_that_accepts_nothing_is_unreachable(room) -> None:
    server = await room.name_server({"site.example": {"A": ["198.51.100.8"]}})
    network = await room.network(resolvers=(server.endpoint,), places={"198.51.100.8": {"80": "127.0.0.1:1"}})
    with pytest.raises(Unreachable) as caught:
        await body_of(network)
    assert caught.value.peer is None
    assert caught.value.answers is not None
    assert [reply.records for reply in caught.value.answers.replies if reply.records] == [("198.51.100.8",)]


async def test_at_most_four_connections_to_one_host_at_once(room, http_answer) -> None:
    may_answer = asyncio.Event()

    async def wait(writer) -> None:
        await may_answer.wait()
        writer.write(http_answer(b"ok"))

    site = await room.site(wait)
    network = await room.network_to(site)
    tasks = [asyncio.create_task(body_of(network)) for _ in range(9)]
    await site.full.wait()
    for _ in range(200):
        await asyncio.sleep(0)
    assert site.connections == 4
    may_answer.set()
    assert await asyncio.gather(*tasks) == [b"ok"] * 9
    assert site.most_at_once <= 4


async def test_a_place_at_the_gate_comes_free_when_a_caller_fails_or_is_cancelled(room, http_answer) -> None:
    async def stall(writer) -> None:
        await asyncio.sleep(30)

    site = await room.site(stall)
    network = await room.network_to(site)
    tasks = [asyncio.create_task(body_of(network)) for _ in range(4)]
    await site.full.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    site.script = http_answer(b"ok")
    assert await body_of(network, deadline=5) == b"ok"


async def test_ports_of_other_protocols_are_refused(room, http_answer) -> None:
    network = await room.network_to(await room.site(http_answer(b"ok")))
    with pytest.raises(Refused, match="another protocol"):
        await body_of(network, "http://site.example:25/")


async def test_a_text_that_is_no_web_address_is_refused(room) -> None:
    network = await room.network()
    with pytest.raises(BadUrl):
        await body_of(network, "file:///etc/hosts")


async def test_a_header_that_would_smuggle_another_is_refused(room, http_answer) -> None:
    site = await room.site(http_answer(b"ok"))
    network = await room.network_to(site)
    with pytest.raises(NetworkFault):
        await body_of(network, headers={"Referer": "x\r\nX-Other: y"})
    assert not site.heads


class Authority:
    """A certificate authority of the test, and servers that it vouches for."""

    def __init__(self, folder) -> None:
        self.ca = trustme.CA()
        self.file = folder / "ca.pem"
        self.ca.cert_pem.write_to_path(str(self.file))

    def server_for(self, *names: str) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.ca.issue_cert(*names).configure_cert(context)
        return context


@pytest.fixture
def authority(tmp_path) -> Authority:
    return Authority(tmp_path)


async def test_a_host_is_believed_that_a_trusted_authority_vouches_for(room, http_answer, authority) -> None:
    site = await room.site(http_answer(b"secret"), tls=authority.server_for("site.example", "198.51.100.7"))
    network = await room.network_to(site, ca_file=authority.file)
    assert await body_of(network, "https://site.example./") == b"secret"
    assert await body_of(network, "https://198.51.100.7/") == b"secret"


async def test_an_unknown_authority_another_name_and_plain_text_are_tls_faults(room, http_answer, authority) -> None:
    other = await room.site(http_answer(b"x"), tls=authority.server_for("other.example"))
    plain = await room.site(http_answer(b"x"))
    plain.speaks_first = True
    faults = [
        (await room.network_to(other), "unknown authority"),
        (await room.network_to(other, ca_file=authority.file), "for another host"),
        (await room.network_to(plain, ca_file=authority.file), "secure connection"),
    ]
    for network, words in faults:
        with pytest.raises(TlsFault, match=words) as caught:
            await body_of(network, "https://site.example/")
        assert "example" not in str(caught.value)
    assert not other.heads


async def test_what_was_found_out_on_the_way_is_told_with_the_answer(room, http_answer, authority) -> None:
    site = await room.site(http_answer(b"x"), tls=authority.server_for("site.example"))
    network = await room.network_to(site, ca_file=authority.file)
    async with network.http.request("GET", "https://site.example/") as answer:
        assert answer.secured is not None
        assert answer.secured.version.startswith("TLSv1.")
        assert len(answer.secured.certificate_sha256) == 64
        assert answer.secured.valid_until > datetime.now(UTC)
        assert {reply.outcome for reply in answer.answers.replies} >= {"answer"}
    plain = await room.network_to(await room.site(http_answer(b"x")))
    async with plain.http.request("GET", "http://site.example/") as answer:
        assert answer.secured is None


async def test_what_was_found_out_before_it_went_wrong_is_told_with_the_fault(room, http_answer, authority) -> None:
    other = await room.site(http_answer(b"x"), tls=authority.server_for("other.example"))
    network = await room.network_to(other, ca_file=authority.file)
    with pytest.raises(TlsFault) as caught:
        await body_of(network, "https://site.example/")
    assert caught.value.peer is not None
    assert caught.value.answers is not None
    assert any(reply.records for reply in caught.value.answers.replies)


async def test_hanging_up_what_tls_has_closed_already_is_no_fault() -> None:
    class ClosedTls(asyncio.Transport):
        """What Python 3.11.2's TLS transport is after its end: it has forgotten its protocol."""

        def abort(self) -> None:
            raise AttributeError("'NoneType' object has no attribute '_abort'")

    await Call("a.example", 443, as_given=False, transport=ClosedTls()).hang_up()
