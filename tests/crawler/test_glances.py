"""Glances: they prove that a file is still there, with few bytes, or they prove nothing."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from crawler_world import START, LittleWeb
from hypothesis import given
from hypothesis import strategies as st

from crawler.bodies import prefix_size
from crawler.fetcher import Beginning
from crawler.glances import _proof, glance
from crawler.hashlists.index import ListIndex
from crawler.looks import look
from hotline.facts import Look, LookOrder, Marks
from hotline.words import Content

FILE = "http://host.example/a/1.mp4"
KNOWN = b"\x1aE\xdf\xa3" + bytes(range(256)) * 4_000
SHA256 = hashlib.sha256(KNOWN).hexdigest()


class Server:
    """Serves one file, as honestly as it is told."""

    def __init__(self, body: bytes = KNOWN, etag: str | None = '"one"') -> None:
        self.body, self.etag = body, etag
        self.modified: str | None = None
        self.ranges = True
        self.always_304 = False
        self.length: int | None = None
        self.sent = 0

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        asked = request.headers
        tag = self.etag is not None and asked.get("If-None-Match") == self.etag
        date = self.modified is not None and asked.get("If-Modified-Since") == self.modified
        conditional = "If-None-Match" in asked or "If-Modified-Since" in asked
        if tag or date or (self.always_304 and conditional):
            return web.Response(status=304)
        headers = {"ETag": self.etag} if self.etag else {}
        headers |= {"Last-Modified": self.modified} if self.modified else {}
        body, status = self.body, 200
        if self.ranges and "Range" in asked:
            last = int(asked["Range"].rpartition("-")[2])
            body, status = self.body[: last + 1], 206
            headers["Content-Range"] = f"bytes 0-{len(body) - 1}/{self.length or len(self.body)}"
        self.sent += len(body)
        return web.Response(body=body, status=status, headers=headers)


async def looked(eyes: Any, server: Server, web_: LittleWeb) -> tuple[LookOrder, Look]:
    """The file is looked at whole; the order of a glance that follows."""
    web_.sites[FILE] = server
    order = LookOrder(case_id=1, url=FILE, content=Content.MEDIA, sha256=SHA256)
    seen = await look(order, eyes.fetcher, ListIndex(), START)
    assert seen.digests is not None and seen.digests.sha256 == SHA256
    server.sent = 0
    return replace(order, marks=seen.marks), seen


async def test_a_validator_proves_it_without_a_byte(eyes: Any, little_web: LittleWeb) -> None:
    server = Server()
    order, _ = await looked(eyes, server, little_web)
    seen = await glance(order, eyes.fetcher, START)
    assert (seen.by, seen.status, seen.size, server.sent) == ("validator", 304, 0, 0)


async def test_a_date_is_a_validator_too(eyes: Any, little_web: LittleWeb) -> None:
    server = Server(etag=None)
    server.modified = "Tue, 01 Jan 2030 00:00:00 GMT"
    order, _ = await looked(eyes, server, little_web)
    assert (await glance(order, eyes.fetcher, START)).by == "validator"


async def test_a_server_to_which_every_validator_is_right_is_not_believed(eyes: Any, little_web: LittleWeb) -> None:
    server = Server()
    server.always_304 = True
    order, whole = await looked(eyes, server, little_web)
    assert whole.marks is not None and whole.marks.etag is None
    server.body = b"\x1aE\xdf\xa3 another"
    assert (await glance(order, eyes.fetcher, START)).by is None


@pytest.mark.parametrize("ranges", [True, False])
async def test_its_beginning_and_length_prove_it_with_few_bytes(eyes: Any, little_web: LittleWeb, ranges: bool) -> None:
    server = Server(etag=None)
    server.ranges = ranges
    order, _ = await looked(eyes, server, little_web)
    seen = await glance(order, eyes.fetcher, START)
    assert seen.by == "beginning"
    assert seen.size <= len(KNOWN) / 50


@pytest.mark.parametrize(
    "change",
    [
        {"body": KNOWN[:-1]}, {"body": KNOWN + b"x"}, {"body": b"y" + KNOWN[1:]}, {"body": b"", "etag": None},
        {"length": 5},
    ],
)  # fmt: skip
async def test_another_file_is_never_proved(eyes: Any, little_web: LittleWeb, change: dict[str, Any]) -> None:
    server = Server(etag=None)
    order, _ = await looked(eyes, server, little_web)
    for name, value in change.items():
        setattr(server, name, value)
    assert (await glance(order, eyes.fetcher, START)).by is None


@pytest.mark.parametrize("status", [200, 206, 301, 403, 404, 410, 416, 500])
async def test_whatever_else_is_answered_proves_nothing(eyes: Any, little_web: LittleWeb, status: int) -> None:
    order, _ = await looked(eyes, Server(etag=None), little_web)

    async def other(request: web.BaseRequest) -> web.Response:
        return web.Response(status=status, text="other")

    little_web.sites[FILE] = other
    assert (await glance(order, eyes.fetcher, START)).by is None


async def test_a_host_that_breaks_off_proves_nothing(eyes: Any, little_web: LittleWeb) -> None:
    order, _ = await looked(eyes, Server(), little_web)
    gone = replace(order, url="http://nowhere.example/a/1.mp4")
    assert (await glance(gone, eyes.fetcher, START)).by is None


answers = st.builds(
    Beginning,
    st.sampled_from([200, 206, 304, 404]),
    st.fixed_dictionaries({}, optional={
        "content-range": st.sampled_from([f"bytes 0-9/{len(KNOWN)}", "bytes 0-9/*", "bytes 5-9/10", "x"]),
        "content-length": st.sampled_from([str(len(KNOWN)), "0", "-1", "x"]), "content-encoding": st.just("gzip"),
    }),
    st.just("198.51.100.7"),
    st.sampled_from([KNOWN, KNOWN[: prefix_size(len(KNOWN))], b"", b"z" * 70_000, KNOWN[:100]]),
)  # fmt: skip


@given(answers, st.booleans())
def test_a_proof_needs_the_length_and_the_beginning_or_a_validator_that_was_given(seen: Beginning, etag: bool) -> None:
    size = prefix_size(len(KNOWN))
    marks = Marks(len(KNOWN), size, hashlib.sha256(KNOWN[:size]).hexdigest(), '"one"' if etag else None)
    by = _proof(marks, seen)
    if by == "validator":
        assert seen.status == 304 and etag
    elif by == "beginning":
        said = seen.headers["content-range"] if seen.status == 206 else seen.headers["content-length"]
        assert str(len(KNOWN)) in said and "content-encoding" not in seen.headers
        assert seen.beginning[:size] == KNOWN[:size]
