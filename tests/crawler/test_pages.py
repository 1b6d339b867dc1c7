"""What a page embeds and leads to, wherever it hides it."""

import base64
import time

import pytest

from crawler.pages import MOST_LINKS, looks_like_media, read_page, srcset
from hotline.address import parse_url

BASE = parse_url("http://forum.example/t/1")
DATA = "data:image/gif;base64," + base64.b64encode(b"GIF89a-small").decode()


def media(html: str) -> list[str]:
    return [url.text.removeprefix("http://forum.example") for url in read_page(html.encode(), BASE).media]


def links(html: str) -> list[str]:
    return [url.text.removeprefix("http://forum.example") for url in read_page(html.encode(), BASE).links]


@pytest.mark.parametrize(
    "html",
    [
        '<img src="/x.png">', '<img data-src="/x.png">', '<img srcset="/x.png 2x">', '<IMG SRC=/x.png>',
        '<picture><source srcset="/x.png"></picture>', '<video src="/x.png"></video>',
        '<video poster="/x.png"></video>',
        '<video><source src="/x.png"></video>', '<audio src="/x.png"></audio>', '<embed src="/x.png">',
        '<object data="/x.png"></object>', '<meta property="og:image" content="/x.png">',
        '<meta name="twitter:image" content="/x.png">', '<link rel="image_src" href="/x.png">',
        '<div style="background: url(/x.png)">', "<div style=\"background-image:url('/x.png')\">",
        "<style>.a{background:url(\"/x.png\")}</style>", '<input type="image" src="/x.png">',
        '<body background="/x.png">',
        '<svg><image href="/x.png"/></svg>', '<svg><image xlink:href="/x.png"/></svg>', '<div data-bg="/x.png">',
        '<p><table><td><img src="/x.png">', '<img src=" /x.png\n">', '<img src="x.png"><base href="/">',
    ],
)  # fmt: skip
def test_media_are_found_wherever_they_are(html: str) -> None:
    assert media(html) == ["/x.png"]


@pytest.mark.parametrize(
    "html",
    ['<a href="/y">y</a>', '<area href="/y">', '<iframe src="/y"></iframe>', '<frameset><frame src="/y"></frameset>',
     '<link rel=next href="/y">'],
)  # fmt: skip
def test_links_are_found(html: str) -> None:
    assert links(html) == ["/y"]


@pytest.mark.parametrize("href", ["#top", "javascript:go()", "mailto:a@b.example", "tel:1", "", "ftp://a.example/b"])
def test_what_leads_nowhere_is_no_link(href: str) -> None:
    assert links(f'<a href="{href}">x</a>') == []


def test_a_candidate_list_with_commas_in_addresses() -> None:
    assert list(srcset("/a,b.png 1x, /c.png 2x,/d.png, data:image/gif;base64,AA 3x")) == [
        "/a,b.png", "/c.png", "/d.png", "data:image/gif;base64,AA",
    ]  # fmt: skip


def test_data_pictures_come_as_bytes() -> None:
    page = read_page(f'<img src="{DATA}"><img src="data:image/svg+xml,%3Csvg/%3E">'.encode(), BASE)
    assert page.pictures == (b"GIF89a-small", b"<svg/>")
    assert page.media == ()


def test_a_refresh_is_told() -> None:
    page = read_page(b'<meta http-equiv="Refresh" content="0; URL=\'/next\'">', BASE)
    assert page.refresh is not None
    assert page.refresh.path == "/next"
    assert read_page(b'<meta http-equiv="refresh" content="30">', BASE).refresh is None


def test_another_character_set() -> None:
    page = read_page("<a href='/é'>x</a>".encode("utf-16"), BASE)
    assert [url.path for url in page.links] == ["/%C3%A9"]


@pytest.mark.parametrize("html", [b"", b"\0\0\0", b"<", b"<html", b"\xff\xfe\x00", b"plain words", b"<!doctype html>"])
def test_rubbish_is_an_empty_page(html: bytes) -> None:
    assert read_page(html, BASE).media == ()


def test_a_hundred_thousand_links_are_cut_off() -> None:
    html = "".join(f'<a href="/{n}">x</a><img src="/{n}.png">' for n in range(100_000)).encode()
    began = time.monotonic()
    page = read_page(html, BASE)
    assert len(page.links) == len(page.media) == MOST_LINKS
    assert time.monotonic() - began < 10


def test_frames_in_frames_in_frames() -> None:
    page = read_page(b"<div>" * 100_000 + b'<img src="/x.png">', BASE)
    assert len(page.media) <= 1


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/a.jpg", True), ("/a.JPEG", True), ("/a.webm?x=1", True), ("/a.zip", True), ("/a", False), ("/a.html", False),
     ("/jpg", False), ("/a.jpg/view", False)],
)  # fmt: skip
def test_a_path_that_looks_like_a_file(path: str, expected: bool) -> None:
    assert looks_like_media(parse_url("http://a.example" + path)) is expected
