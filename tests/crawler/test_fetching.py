"""One streaming fetch: what it tells, what it bounds, what it never keeps."""

import asyncio
import hashlib
import logging
from typing import Any

import psutil
import pytest
from aiohttp import web
from crawler_world import LittleWeb, picture

from crawler.cookies import Jar
from crawler.digests import media_type
from crawler.fetcher import Fetcher, Limits
from hotline.address import parse_url
from hotline.words import Content

SITE = "http://host.example"


def url(path: str = "/") -> Any:
    return parse_url(SITE + path)


async def test_a_picture_is_fingerprinted(eyes: Any, little_web: LittleWeb) -> None:
    body = picture(1)
    little_web.sites[f"{SITE}/a"] = body
    seen = await eyes.fetcher.fetch(url("/a"))
    assert (seen.status, seen.content, seen.media_type, seen.size) == (200, Content.MEDIA, "image/png", len(body))
    assert seen.digests.sha256 == hashlib.sha256(body).hexdigest()
    assert seen.digests.pdq is not None
    assert seen.html is None
    assert seen.peer == "198.51.100.7"


async def test_a_damaged_picture_has_its_digests_and_a_problem(eyes: Any, little_web: LittleWeb) -> None:
    little_web.sites[f"{SITE}/a"] = picture(1)[:500]
    seen = await eyes.fetcher.fetch(url("/a"))
    assert seen.fault is None
    assert seen.digests.pdq is None
    assert seen.problem


async def test_a_page_keeps_its_html_and_a_redirect_its_place(eyes: Any, little_web: LittleWeb) -> None:
    async def away(request: web.BaseRequest) -> web.Response:
        return web.Response(status=302, headers={"Location": "/b"})

    little_web.sites |= {f"{SITE}/": "<p>page", f"{SITE}/a": away}
    assert (await eyes.fetcher.fetch(url())).html == b"<p>page"
    assert (await eyes.fetcher.fetch(url("/a"))).location == url("/b")


async def test_a_redirect_to_no_web_address_is_a_fault(eyes: Any, little_web: LittleWeb) -> None:
    async def away(request: web.BaseRequest) -> web.Response:
        return web.Response(status=302, headers={"Location": "file:///etc/hostname"})

    little_web.sites[f"{SITE}/a"] = away
    assert (await eyes.fetcher.fetch(url("/a"))).fault == "redirects"


async def test_faults_are_words_and_name_nobody(eyes: Any, little_web: LittleWeb) -> None:
    little_web.unknown.add("gone.example")
    little_web.dead.add("dead.example")
    seen = await eyes.fetcher.fetch(parse_url("http://gone.example/a"))
    assert (seen.fault, seen.resolvers_asked, seen.resolvers_denying) == ("nxdomain", 2, 2)
    for address, fault in (("http://dead.example/", "refused"), ("http://127.0.0.1/", "refused")):
        seen = await eyes.fetcher.fetch(parse_url(address))
        assert seen.fault == fault
        assert "example" not in str(seen.fault_reason)
        assert "127" not in str(seen.fault_reason)


async def test_an_endless_page_a_slow_one_and_a_stalled_one_are_cut_off(little_web: LittleWeb) -> None:
    async def endless(request: web.BaseRequest) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "text/html"})
        await answer.prepare(request)
        while True:
            await answer.write(b"<p>more" * 1000)

    async def stalled(request: web.BaseRequest) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "text/html"})
        await answer.prepare(request)
        await answer.write(b"<p>")
        await asyncio.sleep(30)
        return answer

    little_web.sites |= {f"{SITE}/endless": endless, f"{SITE}/stalled": stalled}
    from crawler.decoding import Decoder

    async with little_web.serving() as network, Decoder.open(1) as decoder:
        small = Fetcher(network, decoder, Limits(page_bytes=200_000))
        assert (await small.fetch(url("/endless"))).fault == "too_large"
        hasty = Fetcher(network, decoder, Limits(idle_seconds=0.2))
        assert (await hasty.fetch(url("/stalled"))).fault == "timeout"
        brief = Fetcher(network, decoder, Limits(page_seconds=0.3, page_bytes=2**40))
        assert (await brief.fetch(url("/endless"))).fault == "timeout"


async def test_a_body_larger_than_what_the_ticket_has_left(eyes: Any, little_web: LittleWeb) -> None:
    little_web.sites[f"{SITE}/a"] = picture(1)
    assert (await eyes.fetcher.fetch(url("/a"), most_bytes=100)).fault == "too_large"


async def test_a_hundred_megabytes_go_by_in_little_memory(eyes: Any, little_web: LittleWeb) -> None:
    block, blocks = b"\0\0\0\x18ftypmp42" + b"x" * (2**20 - 12), 100

    async def film(request: web.BaseRequest) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        for _ in range(blocks):
            await answer.write(block)
        return answer

    little_web.sites[f"{SITE}/film"] = film
    process = psutil.Process()
    before, most = process.memory_info().rss, 0

    async def watch() -> None:
        nonlocal most
        while True:
            most = max(most, process.memory_info().rss)
            await asyncio.sleep(0.01)

    watching = asyncio.create_task(watch())
    seen = await eyes.fetcher.fetch(url("/film"))
    watching.cancel()
    assert (seen.size, seen.media_type) == (blocks * len(block), "video/mp4")
    assert most - before < 60 * 2**20


async def test_nothing_is_logged(eyes: Any, little_web: LittleWeb, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    little_web.sites[f"{SITE}/a"] = picture(1)
    await eyes.fetcher.fetch(url("/a"))
    await eyes.fetcher.fetch(parse_url("http://dead.example/"))
    assert not any("host.example" in record.getMessage() for record in caplog.records)


def test_cookies_are_for_the_host_or_its_domain_alone() -> None:
    jar = Jar()
    jar.remember(url(), ["a=1; Path=/", "b=2; Domain=.host.example", "c=3; Domain=example", "d=4; Domain=a.example"])
    assert set(str(jar.header(url())).split("; ")) == {"a=1", "b=2", "c=3", "d=4"}
    assert jar.header(parse_url("http://img.host.example/")) == "b=2"
    assert jar.header(parse_url("http://a.example/")) is None
    jar.remember(url(), ["a=; Max-Age=0"])
    assert "a=" not in str(jar.header(url()))


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBP", "image/webp"), (b"RIFF\0\0\0\0AVI ", "video/x-msvideo"), (b"RIFF\0\0\0\0WAVE", None),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1", "image/avif"), (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avif", "image/avif"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "image/heif"), (b"\0\0\0\x18ftypisom\0\0\0\0", "video/mp4"),
        (b"\x1aE\xdf\xa3", "video/x-matroska"), (b"PK\x03\x04", "application/zip"), (b"%PDF-1.7", "application/pdf"),
        (b"BM\0\0\0\0\0\0\0\0\0\0\0\0\x28\0\0\0", "image/bmp"), (b"BMW is a car maker, one of many", None),
        (b"<html>", None), (b"", None), (b"{}", None), (b"G" + b"\0" * 187 + b"G" + b"\0" * 187 + b"G", "video/mp2t"),
    ],
)  # fmt: skip
def test_media_types_by_magic_bytes(first: bytes, expected: str | None) -> None:
    assert media_type(first) == expected
