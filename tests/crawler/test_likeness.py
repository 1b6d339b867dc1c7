"""What is saved anew is known again: a picture by either convention, a video by its frames."""

from typing import Any

import pytest
from clips import clip
from crawler_world import START, LittleWeb, picture

from crawler.decoding import Decoder
from crawler.digests import bits_apart
from crawler.hashlists.index import ListIndex
from crawler.hashlists.matching import Entry
from crawler.likeness import distance
from crawler.looks import look
from hotline.facts import Digests, FramePrint, Look, LookOrder
from hotline.words import Content, ListKind

SITE, PAGE, FILE = "http://host.example", "http://host.example/t/1", "http://host.example/a/1"
FRAMES = [f"{n:064x}" for n in (0, 2**80 - 1, 2**160 - 2**80)]


def film(*pdqs: str, quality: int = 90, sha256: str = "b" * 64) -> Digests:
    prints = tuple(FramePrint(float(n), pdq, quality) for n, pdq in enumerate(pdqs))
    return Digests(sha256, "", "", 5, frames=prints)


async def frames_of(decoder: Decoder, body: bytes, kind: str) -> bytes:
    async with decoder.video(kind) as video:
        await video.feed(body)
        seen = await video.finish()
    return Digests("", "", "", 0, frames=seen.prints).legible_frames


async def see(eyes: Any, known: dict[str, Any], index: ListIndex | None = None, **more: Any) -> Look:
    order: LookOrder = LookOrder(case_id=1, **known, **more)
    return await look(order, eyes.fetcher, index or ListIndex(), START)


async def test_a_video_that_is_encoded_anew_is_seen_under_its_url(eyes: Any, little_web: LittleWeb) -> None:
    known = await frames_of(eyes.decoder, clip(3, seconds=5), "video/mp4")
    order: dict[str, Any] = {"url": FILE, "content": Content.MEDIA, "sha256": "0" * 64, "frames": known}
    little_web.sites[FILE] = clip(3, "libvpx", "webm", seconds=5, size=(192, 144), bit_rate=300_000)
    seen = await see(eyes, order)
    assert seen.distance is not None
    assert seen.distance <= 31
    little_web.sites[FILE] = clip(4, seconds=5)
    assert (await see(eyes, order)).distance is None


async def test_a_page_is_seen_to_show_a_video_that_is_encoded_anew(eyes: Any, little_web: LittleWeb) -> None:
    known = await frames_of(eyes.decoder, clip(3, seconds=5), "video/mp4")
    order: dict[str, Any] = {"url": PAGE, "content": Content.PAGE, "sha256": "0" * 64, "media": frozenset({"a" * 64})}
    little_web.sites[PAGE] = f"<p>words <video src={FILE}></video>"
    little_web.sites[FILE] = clip(3, "libvpx", "webm", seconds=5, bit_rate=300_000)
    assert (await see(eyes, order, media_frames=(known,))).media_seen == 1
    assert (await see(eyes, order)).media_seen == 0
    harmless = ListIndex([Entry("ours", ListKind.HARMLESS, "c" * 64, frames=known)])
    assert (await see(eyes, order, harmless, media_frames=(known,))).media_seen == 0


@pytest.mark.parametrize(
    ("seen", "apart"),
    [
        (film(*FRAMES), 0),
        (film(FRAMES[0], FRAMES[1]), 0),
        (film(*(f"{int(pdq, 16) ^ 7:064x}" for pdq in FRAMES)), 3),
        (film(*FRAMES, *(f"{2**256 - 1 - n:064x}" for n in range(9))), 0),
        (film(FRAMES[0], f"{2**256 - 1:064x}"), None),
        (film(*FRAMES, quality=49), None),
        (film(), None),
    ],
)
async def test_how_far_a_video_is(seen: Digests, apart: int | None) -> None:
    order = LookOrder(1, FILE, frames=bytes.fromhex("".join(FRAMES)))
    assert await distance(order, seen) == apart


def of_picture(pdq: str, reduced: str | None = None, quality: int = 90) -> Digests:
    return Digests("b" * 64, "", "", 5, pdq, quality, reduced)


KNOWN, SMALL = "0" * 64, f"{2**50 - 1:064x}"


@pytest.mark.parametrize(
    ("seen", "apart"),
    [
        (of_picture(f"{7:064x}"), 3),
        (of_picture(f"{2**31 - 1:064x}", SMALL), 31),
        (of_picture(SMALL), 0),  # somebody made it small
        (of_picture("f" * 64, f"{1:064x}"), 1),  # the other way round
        (of_picture("f" * 64), 206),
        (of_picture(KNOWN, quality=49), None),
    ],
)
async def test_how_far_a_picture_is(seen: Digests, apart: int | None) -> None:
    order = LookOrder(1, FILE, pdq=KNOWN, pdq_reduced=SMALL)
    assert await distance(order, seen) == apart
    assert bits_apart(KNOWN, SMALL) == 50


async def test_a_picture_of_a_page_is_known_by_either_convention(eyes: Any, little_web: LittleWeb) -> None:
    seen = await eyes.decoder.fingerprint(picture(9))
    little_web.sites |= {PAGE: f"<img src={FILE}>", FILE: picture(9)}
    order: dict[str, Any] = {"url": PAGE, "content": Content.PAGE, "sha256": "0" * 64, "media": frozenset({"a" * 64})}
    assert (await see(eyes, order, media_pdq=frozenset({"f" * 64, seen.pdq}))).media_seen == 1
    assert (await see(eyes, order, media_pdq=frozenset({"f" * 64}))).media_seen == 0
