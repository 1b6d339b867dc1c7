"""A video streams by a fetch: its frames stay, its digests are those of the whole, and no host is asked for much."""

import asyncio
import hashlib
import io
import re
import signal
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web
from clips import clip
from crawler_world import LittleWeb, picture
from PIL import Image

from crawler import films
from crawler.decoding import Decoder
from crawler.decoding.windows import REMEMBERED
from crawler.digests import digests_of, index_after
from crawler.fetcher import Fetcher
from crawler.files import compute, compute_all
from hotline.address import parse_url
from hotline.words import Content

SITE = "http://host.example"
FILM = f"{SITE}/film"


@pytest.fixture(scope="module")
def long_film() -> bytes:
    """One whose index is at its end, and which no window holds whole."""
    body = clip(20, "mjpeg", "mov", seconds=12, rate=24, size=(640, 480), bit_rate=40_000_000)
    assert len(body) > REMEMBERED
    return body


def giving_parts(body: bytes, *, total: int | None = None, length: bool = True) -> Any:
    """A server that answers ranges. ``total``: what it says the whole file's length is."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", request.headers.get("Range", ""))
        if asked is None:
            if length:
                return web.Response(body=body)
            streamed = web.StreamResponse()
            await streamed.prepare(request)
            await streamed.write(body)
            return streamed
        start, end = int(asked[1]), int(asked[2])
        said = f"bytes {start}-{end}/{len(body) if total is None else total}"
        return web.Response(status=206, body=body[start : end + 1], headers={"Content-Range": said})

    return answer


async def frames_of(decoder: Decoder, body: bytes, kind: str) -> tuple[Any, ...]:
    async with decoder.video(kind) as video:
        await video.feed(body)
        return (await video.finish()).prints


async def test_a_video_has_its_frames_and_the_digests_of_the_whole(eyes: Any, little_web: LittleWeb) -> None:
    for kind, body in (("video/mp4", clip(21, movflags="faststart")), ("video/mp4", clip(21)),
                       ("video/x-matroska", clip(21, "libvpx-vp9", "webm"))):  # fmt: skip
        little_web.sites[FILM] = body
        seen = await eyes.fetcher.fetch(parse_url(FILM))
        assert (seen.content, seen.media_type, seen.problem, seen.size) == (Content.MEDIA, kind, None, len(body))
        assert seen.digests and replace(seen.digests, frames=()) == digests_of(body)
        assert len(seen.frames) == 3
        assert seen.frames == await frames_of(eyes.decoder, body, kind)
    assert little_web.times(FILM) == 3


async def test_an_animation_has_its_frames_too_and_a_still_has_none(eyes: Any, little_web: LittleWeb) -> None:
    out = io.BytesIO()
    frames = [Image.open(io.BytesIO(picture(n))) for n in range(3)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=1000)
    little_web.sites |= {FILM: out.getvalue(), f"{SITE}/still": picture(1)}
    seen = await eyes.fetcher.fetch(parse_url(FILM))
    assert [frame.second for frame in seen.frames] == [0.0, 1.0, 2.0]
    assert seen.frames[0].pdq == seen.digests.pdq
    assert (await eyes.fetcher.fetch(parse_url(f"{SITE}/still"))).frames == ()


async def test_an_index_at_the_end_is_asked_for_beside_by_one_range(
    eyes: Any, little_web: LittleWeb, long_film: bytes
) -> None:
    little_web.sites[FILM] = giving_parts(long_film)
    seen = await eyes.fetcher.fetch(parse_url(FILM), referrer=f"{SITE}/page")
    at = index_after(long_film[:1024])
    assert at is not None
    assert [asked.get("Range") for asked in little_web.headers[FILM]] == [None, f"bytes={at}-{len(long_film) - 1}"]
    assert little_web.headers[FILM][1]["Referer"] == f"{SITE}/page"
    assert (seen.problem, len(seen.frames), seen.size) == (None, 12, 2 * len(long_film) - at)
    assert seen.digests.sha256 == hashlib.sha256(long_film).hexdigest()


@pytest.mark.parametrize("way", ["no ranges", "another file", "no length"])
async def test_where_no_part_is_given_the_beginning_is_looked_at(
    eyes: Any, little_web: LittleWeb, long_film: bytes, way: str
) -> None:
    little_web.sites[FILM] = {
        "no ranges": long_film,
        "another file": giving_parts(long_film, total=len(long_film) + 1),
        "no length": giving_parts(long_film, length=False),
    }[way]
    seen = await eyes.fetcher.fetch(parse_url(FILM))
    assert seen.problem == films.NO_INDEX
    assert 0 < len(seen.frames) < 12
    assert seen.digests.sha256 == hashlib.sha256(long_film).hexdigest()
    assert little_web.times(FILM) == (1 if way == "no length" else 2)


async def test_a_part_that_does_not_come_is_not_waited_for(
    eyes: Any, little_web: LittleWeb, long_film: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(films, "PART_SECONDS", 0.2)
    plain, never = giving_parts(long_film), asyncio.Event()

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        if "Range" in request.headers:
            await never.wait()
        return await plain(request)  # type: ignore[no-any-return]

    little_web.sites[FILM] = answer
    seen = await eyes.fetcher.fetch(parse_url(FILM))
    assert (seen.fault, seen.problem) == (None, films.NO_INDEX)
    assert seen.digests.sha256 == hashlib.sha256(long_film).hexdigest()


async def test_a_child_that_dies_in_the_middle_costs_one_problem_and_no_digest(
    eyes: Any, little_web: LittleWeb
) -> None:
    body = clip(22, "mjpeg", "avi", seconds=20, size=(320, 240), bit_rate=8_000_000)

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        streamed = web.StreamResponse()
        await streamed.prepare(request)
        await streamed.write(body[: len(body) // 2])
        (child,) = eyes.decoder._alive
        child._process.send_signal(signal.SIGKILL)
        await streamed.write(body[len(body) // 2 :])
        return streamed

    await frames_of(eyes.decoder, clip(22), "video/mp4")
    little_web.sites[FILM] = answer
    seen = await eyes.fetcher.fetch(parse_url(FILM))
    assert (seen.fault, seen.problem, eyes.decoder.crashes) == (None, "the decoder crashed", 1)
    assert seen.digests and replace(seen.digests, frames=()) == digests_of(body)
    little_web.sites[FILM] = body
    assert len((await eyes.fetcher.fetch(parse_url(FILM))).frames) == 20


async def test_a_body_that_breaks_off_leaves_a_decoder_that_works(little_web: LittleWeb) -> None:
    body = clip(23, "mpeg4", "avi")

    async def broken(request: web.BaseRequest) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": str(len(body))})
        await answer.prepare(request)
        await answer.write(body[: len(body) // 2])
        assert request.transport is not None
        request.transport.close()
        return answer

    little_web.sites |= {FILM: broken, f"{SITE}/whole": body}
    async with little_web.serving() as network, Decoder.open(1) as decoder:
        eyes = SimpleNamespace(fetcher=Fetcher(network, decoder))
        seen = await eyes.fetcher.fetch(parse_url(FILM))
        assert (seen.fault, seen.frames) == ("broken", ())
        assert len((await eyes.fetcher.fetch(parse_url(f"{SITE}/whole"))).frames) == 3
        assert decoder.crashes == 0


def test_hashes_compute_tells_videos_animations_and_archives(tmp_path: Path, long_film: bytes) -> None:
    archives = {"a.zip": b"PK\3\4", "a.7z": b"7z\xbc\xaf\x27\x1c", "a.rar": b"Rar!\x1a\7", "a.gz": b"\x1f\x8b\x08",
                "a.tar": bytes(257) + b"ustar"}  # fmt: skip
    bodies = {
        "long.mov": long_film,
        "film.webm": clip(24, "libvpx-vp9", "webm"),
        "damaged.mp4": clip(24)[:2000],
        **{name: magic + bytes(500) for name, magic in archives.items()},
    }
    for name, body in bodies.items():
        (tmp_path / name).write_bytes(body)
    rows = {Path(row["file"]).name: row for row in compute_all([tmp_path / name for name in bodies])}
    for name, body in bodies.items():
        assert (rows[name]["sha256"], rows[name]["pdq"]) == (hashlib.sha256(body).hexdigest(), None)
    for name, count in (("long.mov", 12), ("film.webm", 3)):
        row = rows[name]
        assert (row["frames"], row["problem"], len(row["frame_pdqs"])) == (count, None, count)
        assert [round(second) for second, _, _ in row["frame_pdqs"]] == list(range(count))
        assert all(len(pdq) == 64 and quality >= 50 for _, pdq, quality in row["frame_pdqs"])
    assert rows["damaged.mp4"]["frames"] is None and "frame_pdqs" not in rows["damaged.mp4"]
    assert rows["damaged.mp4"]["problem"]
    for name in archives:
        assert (rows[name]["frames"], rows[name]["problem"]) == (None, "not a picture: no PDQ")
        assert rows[name]["media_type"].startswith("application/")
    assert compute(tmp_path / "film.webm") == rows["film.webm"]
