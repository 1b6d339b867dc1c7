"""A decoder that a picture has taken over gets nowhere, and costs that one picture."""

import asyncio
import json
import os
import socket
from pathlib import Path

import pytest
from crawler_world import picture

from crawler.decoding import Decoder, in_memory, pool, wipe
from crawler.decoding.answers import Picture, picture_of
from crawler.decoding.sandbox import MOST_THREADS

STUB = Path(__file__).with_name("hostile_decoder.py")
GOOD = picture(3, "JPEG")
KINDS = {"pictures": b"", "heif": b"\0\0\0\x18ftypheic\0\0\0\0"}
"""First bytes by which a picture gets to one kind of child."""


@pytest.fixture(autouse=True)
def taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_PROGRAM", (str(STUB),))


async def after(decoder: Decoder, attempt: str, argument: str = "", kind: str = "pictures") -> Picture:
    """What became of the attempt; straight afterwards, a good picture is read as ever."""
    seen = await decoder.fingerprint(KINDS[kind] + f"attempt:{attempt}:{argument}".encode())
    good = await decoder.fingerprint(GOOD)
    assert (good.problem, good.media_type, good.frames) == (None, "image/jpeg", 1)
    assert good.pdq and good.pdq not in ("e" * 64, "f" * 64)
    return seen


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("attempt", "argument"),
    [
        ("open", "/etc/passwd"), ("open", str(STUB)), ("write", "/dev/shm/planted"), ("write", "/tmp/planted"),
        ("memory file", "planted"), ("ptrace", ""), ("fork", ""), ("run", "/bin/true"), ("kill", ""),
        ("memory", str(10 * 2**30)), ("alter", ""),
    ],
)  # fmt: skip
async def test_what_it_tries_is_refused(attempt: str, argument: str, kind: str) -> None:
    async with Decoder.open(1) as decoder:
        assert (await after(decoder, attempt, argument, kind)).problem in (
            "refused (PermissionError)",
            "refused (MemoryError)",
            "refused (OSError)",  # more than a file may have
        )
        assert (decoder.crashes, decoder.unfiltered) == (0, None)
    assert "planted" not in os.listdir("/dev/shm") + os.listdir("/tmp")


@pytest.mark.parametrize("kind", KINDS)
async def test_it_reaches_nobody(kind: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0)
        async with Decoder.open(1) as decoder:
            port = str(listener.getsockname()[1])
            assert (await after(decoder, "connect", port, kind)).problem == "refused (PermissionError)"
        with pytest.raises(BlockingIOError):
            listener.accept()


async def test_no_thread_begins_but_where_one_is_needed_and_there_they_have_an_end() -> None:
    async with Decoder.open(1) as decoder:
        assert (await after(decoder, "threads", "5")).problem == "refused after 0"
        assert (await after(decoder, "threads", "5", "heif")).problem == "5 wait"
        bomb = (await after(decoder, "threads", "100000", "heif")).problem or ""
        assert 0 < int(bomb.removeprefix("refused after ")) <= MOST_THREADS


@pytest.mark.parametrize("kind", KINDS)
async def test_a_child_is_alone_with_itself_when_it_is_locked_in(kind: str) -> None:
    # The filter holds the thread that asks for it: another that a library had begun would be free.
    async with Decoder.open(1) as decoder:
        await decoder.fingerprint(KINDS[kind] + b"nothing")
        (alive,) = decoder._alive
        assert len(os.listdir(f"/proc/{alive._process.pid}/task")) == 1


@pytest.mark.parametrize("attempt", ["say it twice", "end"])
async def test_a_second_answer_and_an_end_behind_the_answer_cost_no_picture(attempt: str) -> None:
    async with Decoder.open(1) as decoder:
        seen = await decoder.fingerprint(f"attempt:{attempt}:".encode())
        assert seen.problem in ("twice", "the last word")
        (alive,) = decoder._alive
        if attempt == "end":
            await asyncio.to_thread(os.waitid, os.P_PID, alive._process.pid, os.WEXITED | os.WNOWAIT)
        assert (await decoder.fingerprint(GOOD)).problem is None
        assert (await decoder.fingerprint(GOOD)).problem is None
        assert decoder.crashes == 1


@pytest.mark.parametrize("attempt", ["loop", "loop in C"])
async def test_an_endless_loop_ends_with_the_deadline(attempt: str) -> None:
    async with Decoder.open(1, deadline=1.5) as decoder:
        assert (await after(decoder, attempt)).problem == "decoding took too long"
        assert decoder.crashes == 1


LIES = [
    {"pdq": "0" * 63, "quality": 90, "frames": 1, "prints": []},
    {"pdq": "Z" * 64, "quality": 90, "frames": 1, "prints": []},
    {"pdq": ["0" * 64], "quality": 90, "frames": 1, "prints": []},
    {"pdq": "0" * 64, "quality": 101, "frames": 1, "prints": []},
    {"pdq": "0" * 64, "quality": "90", "frames": 1, "prints": []},
    {"pdq": "0" * 64, "quality": 90, "frames": -1, "prints": []},
    {"pdq": "0" * 64, "quality": 90, "frames": 1},
    {"pdq": "0" * 64, "quality": 90, "frames": 1, "prints": [[0, "0" * 64]]},
    {"pdq": "0" * 64, "quality": 90, "frames": 1, "prints": [["x", "0" * 64, 3]]},
    {"pdq": "0" * 64, "quality": 90, "frames": 1, "prints": [[0, "q" * 64, 3]]},
    {"pdq": "0" * 64, "reduced": 5, "quality": 90, "frames": 1, "prints": []},
    {"pdq": "0" * 64, "quality": 90, "frames": 1, "prints": [], "turned": {"upside": "0" * 64}},
    {"pdq": "0" * 64, "quality": 90, "frames": 1, "prints": [], "turned": [1]},
    {"problem": "\x1b[2J"},
    {"problem": "x" * 201},
    {"problem": None},
    {},
]


@pytest.mark.parametrize("lie", LIES, ids=map(str, range(len(LIES))))
def test_an_answer_that_is_none_is_refused(lie: dict[str, object]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it says of it
        picture_of(lie, None)


async def test_garbage_lies_and_silence_cost_one_picture_each() -> None:
    attempts = ["garbage", "a list", "twice", "huge", "hang up", "nested", "fault", "spend"]
    async with Decoder.open(1) as decoder:
        for attempt in attempts:
            assert (await after(decoder, attempt)).problem == "the decoder crashed", attempt
        assert (await after(decoder, "lie", json.dumps(LIES[0]))).problem == "the decoder crashed"
        # The first met a new child; each of the others one that had seen a picture, and then a new one.
        assert decoder.crashes == 2 * (len(attempts) + 1) - 1


async def test_many_at_once_cost_the_others_nothing() -> None:
    async with Decoder.open(2, deadline=5) as decoder:
        bad = [decoder.fingerprint(f"attempt:{name}:".encode()) for name in ("garbage", "fork", "huge", "hang up")]
        good = [decoder.fingerprint(picture(number)) for number in range(12)]
        seen = await asyncio.gather(*bad, *good)
    assert all(each.problem for each in seen[:4])
    assert all(each.pdq for each in seen[4:])


def test_a_picture_that_was_wiped_is_gone_for_whoever_still_holds_it() -> None:
    descriptor = in_memory(b"what was seen" * 1000)
    other = os.dup(descriptor)
    wipe(descriptor)
    try:
        assert os.pread(other, 100, 0) == b""
    finally:
        os.close(other)
