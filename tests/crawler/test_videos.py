"""Videos are fingerprinted by their frames as they stream by, in the sandbox; a hostile one costs one problem."""

import asyncio
import io
import itertools
import json
import os
import random
import signal
from collections.abc import Iterable
from typing import Any

import av
import clips
import numpy
import pdqhash
import psutil
import pytest
from clips import clip, first_of_each_second
from crawler_world import picture
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.decoding import Decoder, Film, Tail, in_memory, videos
from crawler.decoding.windows import HEAD_BYTES, RECENT_BYTES, OutOfReach, Window
from crawler.digests import index_after, media_type
from crawler.hashlists.videos import is_same_video, shares

WAYS = [
    ("mpeg4", "mp4", "faststart"), ("libx264", "mp4", "faststart"), ("libx264", "mp4", ""), ("libx264", "mov", ""),
    ("libx264", "mp4", "frag_keyframe+empty_moov"), ("libx265", "mp4", "faststart"), ("libsvtav1", "mp4", "faststart"),
    ("libvpx-vp9", "webm", ""), ("libvpx", "webm", ""), ("libx264", "matroska", ""), ("mpeg4", "avi", ""),
    ("mjpeg", "avi", ""), ("msmpeg4v2", "avi", ""), ("flv", "flv", ""), ("libx264", "flv", ""), ("wmv2", "asf", ""),
    ("mpeg2video", "vob", ""), ("libx264", "mpegts", ""), ("mpeg1video", "mpeg", ""), ("mpeg2video", "mpeg2video", ""),
    ("libvpx", "ogg", ""),
]  # fmt: skip


def chunks(body: bytes, size: int = 65_536) -> Iterable[bytes]:
    return (body[start : start + size] for start in range(0, len(body), size))


async def seen(decoder: Decoder, body: bytes, pieces: Iterable[bytes] | None = None) -> Film:
    """What becomes of a video that comes in pieces."""
    async with decoder.video(media_type(body[:1024]) or "") as video:
        for piece in chunks(body) if pieces is None else pieces:
            await video.feed(piece)
        return await video.finish()


@pytest.mark.parametrize(("codec", "container", "movflags"), WAYS)
async def test_the_same_scene_is_known_however_it_is_encoded_and_another_is_not(
    codec: str, container: str, movflags: str
) -> None:
    saved_anew = clip(1, codec, container, movflags=movflags, rate=24, size=(320, 240), bit_rate=300_000)
    async with Decoder.open(1) as decoder:
        known = await seen(decoder, clip(1, "mpeg4", "avi", size=(240, 180)))
        film = await seen(decoder, saved_anew)
        other = await seen(decoder, clip(2, codec, container, movflags=movflags))
    assert (film.problem, len(film.prints), other.problem) == (None, 3, None)
    assert shares(film.prints, [frame.pdq for frame in known.prints]) == (100.0, 100.0)
    assert not is_same_video(other.prints, [frame.pdq for frame in known.prints])


@pytest.mark.parametrize("codec", ["libx264", "mpeg4", "mpeg2video", "libx265"])
def test_the_frames_are_the_first_of_each_second_although_not_all_are_decoded(codec: str) -> None:
    body = clip(3, codec, "matroska", rate=24, seconds=4.5, options={"bf": "2"})
    told: list[Any] = []
    answer = videos.fingerprint(videos.Held(body), "video/x-matroska", told.append)
    expected = []
    for second, colours in first_of_each_second(body):
        vector, quality = pdqhash.compute(numpy.ascontiguousarray(colours))
        expected.append({"print": [second, numpy.packbits(vector).tobytes().hex(), quality]})
    assert answer["frames"] == 5
    assert told == expected


@pytest.mark.parametrize(
    ("codec", "container", "movflags", "sound"),
    [
        ("libx264", "mp4", "faststart", "aac"), ("libx264", "mp4", "", "aac"), ("libx264", "mpegts", "", "aac"),
        ("libx264", "mp4", "frag_keyframe+empty_moov", "aac"), ("mpeg2video", "vob", "", "mp2"),
        ("libvpx-vp9", "webm", "", "libopus"), ("mpeg4", "avi", "", "libmp3lame"), ("libx264", "flv", "", "aac"),
        ("libx264", "matroska", "", "libopus"), ("wmv2", "asf", "", "libmp3lame"),
    ],
)  # fmt: skip
async def test_a_sound_track_is_passed_over(codec: str, container: str, movflags: str, sound: str) -> None:
    silent = clip(15, codec, container, movflags=movflags, seconds=5)
    async with Decoder.open(1) as decoder:
        with_sound = await seen(decoder, clip(15, codec, container, movflags=movflags, seconds=5, sound=sound))
        without = await seen(decoder, silent)
    assert (with_sound.problem, len(with_sound.prints)) == (None, 5)
    assert shares(with_sound.prints, [frame.pdq for frame in without.prints]) == (100.0, 100.0)


async def test_sound_alone_is_no_video() -> None:
    held = io.BytesIO()
    with av.open(held, "w", format="mp4") as made:
        track = made.add_stream("aac", rate=48_000)
        made.mux(track.encode(clips._hiss(48_000)))
        made.mux(track.encode(None))
    async with Decoder.open(1) as decoder:
        film = await seen(decoder, held.getvalue())
    assert film == Film(seconds=film.seconds, problem="no video that is decoded is in it")


async def test_it_does_not_matter_in_what_pieces_it_comes() -> None:
    async with Decoder.open(1) as decoder:
        for body in (clip(4, "libvpx-vp9", "webm"), clip(4, "mpeg4", "mp4"), clip(4, "mpeg4", movflags="faststart")):
            whole = await seen(decoder, body, [body])
            assert len(whole.prints) == 3
            assert await seen(decoder, body, chunks(body, 1)) == whole
            cuts = sorted({0, len(body), *random.Random(1).sample(range(len(body)), 20)})
            assert await seen(decoder, body, [body[a:b] for a, b in itertools.pairwise(cuts)]) == whole


async def test_a_video_whose_index_is_at_its_end_needs_its_tail_once_it_is_long() -> None:
    body = clip(5, "mjpeg", "mov", seconds=12, rate=24, size=(640, 480), bit_rate=40_000_000)
    at = index_after(body[:1024])
    assert at is not None
    assert len(body) > HEAD_BYTES + RECENT_BYTES
    descriptor = in_memory(body[at:])
    try:
        async with Decoder.open(1) as decoder:
            async with decoder.video("video/quicktime", Tail(descriptor, at)) as video:
                for piece in chunks(body):
                    await video.feed(piece)
                film = await video.finish()
            without = await seen(decoder, body)
    finally:
        os.close(descriptor)
    assert (film.problem, len(film.prints), film.seconds) == (None, 12, 12.0)
    assert without.prints == film.prints[: len(without.prints)] != film.prints
    assert "only its beginning" in str(without.problem)


async def test_an_hour_of_frames_comes_back_and_little_memory_is_needed() -> None:
    body = clip(6, "mjpeg", "avi", seconds=1500, rate=1, size=(320, 240), bit_rate=20_000_000)
    assert len(body) > 15 * 2**20
    async with Decoder.open(1) as decoder:
        await seen(decoder, clip(6, "mjpeg", "avi"))
        (child,) = decoder._alive
        process = psutil.Process(child._process.pid)
        before = process.memory_info().rss
        film = await seen(decoder, body)
        most = process.memory_info().rss
    assert (film.problem, len(film.prints)) == (None, 1500)
    assert len(json.dumps(film.prints)) > 65_536
    assert most - before < 20 * 2**20


async def test_a_child_remembers_no_more_of_a_long_video_than_its_window() -> None:
    body = clip(16, "mjpeg", "mov", seconds=60, rate=24, size=(640, 480), bit_rate=40_000_000, movflags="faststart")
    assert len(body) > 4 * (HEAD_BYTES + RECENT_BYTES)
    async with Decoder.open(1) as decoder:
        await seen(decoder, clip(16, "mjpeg", "mov", seconds=1, rate=24, size=(640, 480)))
        (child,) = decoder._alive
        process = psutil.Process(child._process.pid)
        before = most = process.memory_info().rss
        async with decoder.video("video/quicktime") as video:
            for piece in chunks(body):
                await video.feed(piece)
                most = max(most, process.memory_info().rss)
            film = await video.finish()
    assert (film.problem, len(film.prints)) == (None, 60)
    assert most - before < 3 * (HEAD_BYTES + RECENT_BYTES)


async def test_a_child_that_died_while_idle_costs_no_video() -> None:
    async with Decoder.open(1) as decoder:
        first = await seen(decoder, clip(6, "mjpeg", "avi"))
        (child,) = decoder._alive
        child._process.kill()
        child._process.wait()
        assert await seen(decoder, clip(6, "mjpeg", "avi")) == first
        assert (first.problem, decoder.crashes) == (None, 1)


async def test_of_a_video_that_breaks_off_there_is_what_came() -> None:
    bodies = [clip(7, "libx264", "mp4", seconds=4, movflags="faststart", options={"g": "10"}), clip(7, "mpeg4", "mp4"),
              clip(7, "libvpx-vp9", "webm", seconds=4), clip(7, "mpeg4", "avi", seconds=4)]  # fmt: skip
    async with Decoder.open(1) as decoder:
        for body in bodies:
            whole = await seen(decoder, body)
            for part in range(1, 12):
                film = await seen(decoder, body[: len(body) * part // 12])
                assert film.prints or film.problem
                assert film.prints[:-1] == whole.prints[: max(0, len(film.prints) - 1)]
        assert (await seen(decoder, bodies[0][: len(bodies[0]) * 3 // 4])).prints
        assert decoder.crashes == 0


async def test_damaged_videos_cost_a_problem_at_most_and_the_child_lives_on() -> None:
    dice = random.Random(8)
    async with Decoder.open(1) as decoder:
        for codec, container, movflags in WAYS[:1] + WAYS[2:5:2] + WAYS[7:20]:
            body = bytearray(clip(8, codec, container, movflags=movflags, seconds=1))
            for _ in range(3):
                for _ in range(20):
                    body[dice.randrange(16, len(body))] = dice.randrange(256)
                film = await seen(decoder, bytes(body))
                assert film.prints or film.problem
        for kind in (*videos.CONTAINERS, "image/png", ""):
            async with decoder.video(kind) as video:
                await video.feed(b"\0\0\1\xb3" + dice.randbytes(5000))
                assert not (await video.finish()).prints
        assert len((await seen(decoder, clip(8))).prints) == 3
        assert decoder.crashes == 0


async def test_nothing_that_names_other_files_is_opened() -> None:
    playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"
    script = b"ffconcat version 1.0\nfile /etc/hostname\n"
    async with Decoder.open(1) as decoder:
        for body in (playlist, script, b"<MPD></MPD>"):
            assert media_type(body) is None
            for kind in videos.CONTAINERS:
                async with decoder.video(kind) as video:
                    await video.feed(body)
                    film = await video.finish()
                assert film.problem
                assert not film.prints


async def test_a_frame_of_more_than_64_megapixels_is_not_decoded() -> None:
    body = clip(9, "mjpeg", "avi", seconds=1, rate=1, size=(160, 120))
    large = body.replace((160).to_bytes(4, "little") + (120).to_bytes(4, "little"),
                         (9000).to_bytes(4, "little") + (9000).to_bytes(4, "little"))  # fmt: skip
    grown = large.replace(b"\x00\x78\x00\xa0\x03", (9000).to_bytes(2, "big") * 2 + b"\x03")
    assert grown != large != body
    async with Decoder.open(1) as decoder:
        film = await seen(decoder, grown)
        assert film.problem == "more than 64 megapixels"
        assert decoder.crashes == 0


async def test_a_child_that_dies_costs_one_problem_and_keeps_what_it_had_told() -> None:
    body = clip(10, "mjpeg", "avi", seconds=30, size=(320, 240), bit_rate=8_000_000)
    async with Decoder.open(1) as decoder:
        await seen(decoder, clip(10))
        (child,) = decoder._alive
        async with decoder.video("video/x-msvideo") as video:
            pieces = list(chunks(body))
            for piece in pieces[: len(pieces) // 2]:
                await video.feed(piece)
            child._process.send_signal(signal.SIGKILL)
            for piece in pieces[len(pieces) // 2 :]:
                await video.feed(piece)
            film = await video.finish()
        assert film.problem == "the decoder crashed"
        assert film.prints
        assert decoder.crashes == 1
        assert (await seen(decoder, clip(10))).problem is None


async def test_a_child_that_hangs_is_given_up_and_holds_the_body_up_no_longer() -> None:
    body = clip(11, "mjpeg", "avi", seconds=30, size=(320, 240), bit_rate=8_000_000)
    async with Decoder.open(1, deadline=0.5) as decoder:
        for pieces in (list(chunks(body)), [body[:5000]]):
            await seen(decoder, clip(11))
            (child,) = decoder._alive
            child._process.send_signal(signal.SIGSTOP)
            async with decoder.video("video/x-msvideo") as video:
                for piece in pieces:
                    await video.feed(piece)
                film = await video.finish()
            assert "took too long" in str(film.problem)
        assert decoder.crashes == 0


async def test_processor_time_that_is_used_up_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(videos, "PROCESSOR_SECONDS", 0)
    told: list[Any] = []
    answer = videos.fingerprint(videos.Held(clip(12, "mpeg4", "avi")), "video/x-msvideo", told.append)
    assert answer["problem"] == "the video takes more processor time than it may have"
    assert answer["frames"] == len(told) == 1
    async with Decoder.open(1) as decoder:
        await seen(decoder, clip(12))
        (child,) = decoder._alive
        async with decoder.video("video/x-msvideo") as video:
            child._process.send_signal(signal.SIGXCPU)
            assert (await video.finish()).problem == answer["problem"]
        assert decoder.crashes == 0


async def test_videos_that_do_not_come_on_keep_no_picture_waiting_and_other_videos_for_a_while_only() -> None:
    async with Decoder.open(1, queued=0.2) as decoder, decoder.video("video/mp4") as slow:
        await slow.feed(clip(13, movflags="faststart")[:2000])
        assert (await decoder.fingerprint(picture(13))).pdq
        waited = await seen(decoder, clip(13))
        assert waited == Film(problem="other videos kept the decoders busy")
        assert (await decoder.fingerprint(picture(13))).pdq
    async with Decoder.open(1) as decoder:
        films = await asyncio.gather(*(seen(decoder, clip(scene, "mpeg4", "avi")) for scene in range(4)))
        assert [len(film.prints) for film in films] == [3] * 4


async def test_a_video_that_is_left_in_the_middle_leaves_a_pool_that_works() -> None:
    async with Decoder.open(1) as decoder:
        for _ in range(2):
            async with decoder.video("video/x-msvideo") as video:
                await video.feed(clip(14, "mpeg4", "avi")[:3000])
        assert len((await seen(decoder, clip(14))).prints) == 3
        assert decoder.crashes == 0


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=400),
    st.lists(st.tuples(st.integers(0, 420), st.integers(1, 90)), max_size=12),
    st.integers(0, 400),
    st.booleans(),
)
def test_a_window_is_the_file_or_says_that_it_is_not(
    content: bytes, asked: list[tuple[int, int]], tail_at: int, has_tail: bool
) -> None:
    held, tail = in_memory(content), in_memory(content[tail_at:])
    os.lseek(held, 0, os.SEEK_SET)
    try:
        window = Window(held, tail if has_tail else None, tail_at)
        window.goes_back = True
        file = io.BytesIO(content)
        assert window.peek(4) == content[:4]
        for place, size in asked:
            window.seek(place)
            file.seek(place)
            part = window.read(size)
            assert part == file.read(size)[: len(part)]
            assert bool(part) == (place < len(content))
    finally:
        os.close(held)
        os.close(tail)


def test_a_window_forgets_what_lies_between_its_beginning_and_its_last_bytes() -> None:
    length = 3 * (HEAD_BYTES + RECENT_BYTES)
    held = in_memory(bytes(1000) + b"mark" + bytes(length - 1004))
    os.lseek(held, 0, os.SEEK_SET)
    try:
        window = Window(held)
        window.goes_back = True
        window.seek(length - 10)
        assert len(window.read(100)) == 10
        assert window.remembered <= HEAD_BYTES + RECENT_BYTES
        window.seek(1000)
        assert window.read(4) == b"mark"
        window.seek(length - RECENT_BYTES)
        assert window.read(1)
        window.seek(length // 2)
        with pytest.raises(OutOfReach):
            window.read(1)
    finally:
        os.close(held)


def box(kind: bytes, size: int, body: bytes = b"") -> bytes:
    return size.to_bytes(4, "big") + kind + body


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (box(b"ftyp", 12, b"isom") + box(b"moov", 5000), None),
        (box(b"ftyp", 12, b"isom") + box(b"mdat", 5000), 5012),
        (box(b"ftyp", 12, b"isom") + box(b"free", 8) + box(b"mdat", 1, (2**33).to_bytes(8, "big")), 20 + 2**33),
        (box(b"ftyp", 12, b"isom") + box(b"mdat", 0), None), (box(b"ftyp", 12, b"isom") + box(b"mdat", 3), None),
        (box(b"wide", 8) + box(b"mdat", 100), 108), (b"", None), (b"\0" * 40, None), (box(b"ftyp", 2**31), None),
        (box(b"ftyp", 12, b"isom") + box(b"moof", 100), None),
    ],
)  # fmt: skip
def test_where_the_index_of_a_video_is(first: bytes, expected: int | None) -> None:
    assert index_after(first) == expected
