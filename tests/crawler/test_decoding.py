"""Hostile pictures cost one problem each; the child that decodes them can do nothing else."""

import asyncio
import io
import json
import os
import socket
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy
import pdqhash
import pillow_heif
import pytest
from crawler_world import picture
from PIL import Image

from crawler.bodies import Body, Limits
from crawler.decoding import QUICK, Decoder, filter_problem, in_memory
from crawler.decoding.pool import _environment
from crawler.digests import bits_apart
from crawler.files import compute_all

pillow_heif.register_heif_opener(thumbnails=False)


def reference(body: bytes) -> tuple[str, int]:
    """PDQ by the package itself, here in the test."""
    vector, quality = pdqhash.compute(numpy.asarray(Image.open(io.BytesIO(body)).convert("RGB")))
    return numpy.packbits(vector).tobytes().hex(), quality


def png_of(width: int, height: int, data: bytes = b"") -> bytes:
    """A PNG whose header claims a size."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack("!I", len(body)) + kind + body + struct.pack("!I", zlib.crc32(kind + body))

    head = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


async def test_pdq_is_that_of_the_reference_package_for_every_format() -> None:
    async with Decoder.open(1) as decoder:
        for kind in ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "HEIF"):
            body = picture(5, kind)
            seen = await decoder.fingerprint(body)
            assert (seen.pdq, seen.quality, seen.frames, seen.problem) == (*reference(body), 1, None), kind


async def test_heif_is_decoded_in_tiles_and_in_its_own_orientation() -> None:
    turned = Image.Exif()
    turned[274] = 6
    image = Image.open(io.BytesIO(picture(3, size=300))).convert("RGB").resize((300, 200))
    plain, tiled, rotated = (io.BytesIO() for _ in range(3))
    image.save(plain, "HEIF")
    image.save(tiled, "HEIF", tile_size=128)
    image.save(rotated, "HEIF", exif=turned.tobytes())
    async with Decoder.open(1) as decoder, Decoder.open(1, care=QUICK) as quick:
        for saved in (plain, tiled, rotated):
            body = saved.getvalue()
            seen = await decoder.fingerprint(body)
            assert (seen.pdq, seen.quality, seen.frames, seen.media_type) == (*reference(body), 1, "image/heif")
            assert (await quick.fingerprint(body)).pdq == seen.pdq
    assert Image.open(rotated).size == (200, 300)


async def test_of_several_pictures_in_a_heif_file_the_primary_one_counts() -> None:
    images = [Image.open(io.BytesIO(picture(n))).convert("RGB") for n in range(3)]
    out, alone = io.BytesIO(), io.BytesIO()
    images[0].save(out, "HEIF", save_all=True, append_images=images[1:], primary_index=1)
    images[1].save(alone, "HEIF")
    async with Decoder.open(1) as decoder:
        seen = await decoder.fingerprint(out.getvalue())
        assert (seen.pdq, seen.frames, seen.prints) == ((await decoder.fingerprint(alone.getvalue())).pdq, 1, ())


async def test_heif_of_too_many_pixels_is_told_by_its_header() -> None:
    out = io.BytesIO()
    Image.new("RGB", (64, 64)).save(out, "HEIF")
    size = b"ispe" + bytes(4) + struct.pack("!II", 64, 64)
    claimed = out.getvalue().replace(size, b"ispe" + bytes(4) + struct.pack("!II", 12_000, 12_000))
    assert claimed != out.getvalue()
    async with Decoder.open(1) as decoder:
        assert (await decoder.fingerprint(claimed)).problem == "more than 64 megapixels"


async def test_an_animation_has_its_frames_counted() -> None:
    frames = [Image.open(io.BytesIO(picture(n))) for n in range(3)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    async with Decoder.open(1) as decoder:
        assert (await decoder.fingerprint(out.getvalue())).frames == 3


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
async def test_an_animation_has_a_frame_of_each_second_fingerprinted(kind: str) -> None:
    frames = [Image.open(io.BytesIO(picture(n))).convert("RGB") for n in range(8)]
    out = io.BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=400, lossless=True)
    async with Decoder.open(1) as decoder, Decoder.open(1, care=QUICK) as quick:
        seen = await decoder.fingerprint(out.getvalue())
        assert seen == await quick.fingerprint(out.getvalue())
    decoded = Image.open(io.BytesIO(out.getvalue()))
    expected = []
    for number, second in ((0, 0.0), (3, 1.2), (5, 2.0)):
        decoded.seek(number)
        held = io.BytesIO()
        decoded.convert("RGB").save(held, "PNG")
        expected.append((second, *reference(held.getvalue())))
    assert (seen.frames, seen.pdq, list(seen.prints)) == (8, expected[0][1], expected)


async def test_a_still_and_a_picture_that_moves_for_less_than_a_second() -> None:
    frames = [Image.open(io.BytesIO(picture(n))) for n in range(3)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=100)
    async with Decoder.open(1) as decoder:
        assert (await decoder.fingerprint(picture(1))).prints == ()
        moving = await decoder.fingerprint(out.getvalue())
    assert moving.prints == ((0.0, moving.pdq, moving.quality),)


async def test_damaged_files_and_bombs_are_problems_and_the_child_lives_on() -> None:
    whole = picture(7, "JPEG")
    bomb = png_of(60_000, 60_000, zlib.compress(b"\0" * 10_000_000))
    lying = png_of(7000, 7000, zlib.compress(b"\0" * 1000))
    async with Decoder.open(1) as decoder:
        for body in (b"", b"words", whole[:200], whole[: len(whole) // 2], bomb, lying, b"GIF89a\xff\xff\xff\xff"):
            seen = await decoder.fingerprint(body)
            assert seen.pdq is None
            assert seen.problem
        assert "64 megapixels" in str((await decoder.fingerprint(bomb)).problem)
        assert (await decoder.fingerprint(whole)).pdq == reference(whole)[0]
        assert decoder.crashes == 0


async def test_a_child_that_dies_or_hangs_costs_one_picture_at_most_and_is_replaced() -> None:
    body = picture(8)
    async with Decoder.open(1, deadline=5.0) as decoder:
        assert (await decoder.fingerprint(body)).pdq
        (child,) = decoder._alive
        child._process.kill()
        child._process.wait()
        assert (await decoder.fingerprint(body)).pdq  # it was idle: that costs no picture
        assert decoder.crashes == 1
        (child,) = decoder._alive
        os.kill(child._process.pid, 19)  # SIGSTOP: it hangs
        assert (await decoder.fingerprint(body)).problem == "decoding took too long"
        assert (await decoder.fingerprint(body)).pdq
        assert decoder.crashes == 2


async def test_several_at_once_are_not_mixed_up() -> None:
    bodies = [picture(n) for n in range(12)]
    async with Decoder.open(2) as decoder:
        seen = await asyncio.gather(*(decoder.fingerprint(body) for body in bodies))
    assert [each.pdq for each in seen] == [reference(body)[0] for body in bodies]


def test_the_filter_stands_on_this_machine() -> None:
    assert filter_problem() is None


def test_the_child_is_started_without_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_KEY_FILE", "secret")
    assert not any(name.startswith("HOTLINE") for name in _environment())


ATTEMPTS = """
import _thread, ctypes, fcntl, json, os, resource, signal, socket, subprocess, sys
from crawler.decoding import sandbox
channel = socket.socket(fileno=int(sys.argv[1]))
library = sandbox.load_filter()
threads = sys.argv[2] == "threads"
as_nobody = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
victim = subprocess.Popen(["sleep", "20"], **as_nobody)  # of the user that we will be: the kernel would allow it
libc = ctypes.CDLL(None, use_errno=True)
sandbox.die_with_parent()
if sys.argv[2] != "filter alone":
    sandbox.limit_resources(threads)
sandbox.drop_privileges()
unfiltered = sandbox.filter_calls(library, threads)
def refused(deed):
    try:
        deed()
    except (OSError, MemoryError, RuntimeError):
        return True
    return False
def signal_by_thread():
    if libc.tgkill(victim.pid, victim.pid, 0):
        raise OSError(ctypes.get_errno(), "tgkill")
def asynchronous():
    fcntl.fcntl(channel, fcntl.F_SETFL, os.O_ASYNC)
attempts = {
    "open": lambda: open("/etc/hostname"), "write": lambda: open("/dev/shm/planted", "w"),
    "connect": lambda: socket.socket(), "fork": os.fork, "run": lambda: os.execv("/bin/true", ["true"]),
    "memory": lambda: bytearray(10 * 2**30), "kill": lambda: os.kill(victim.pid, 0),
    "thread": lambda: _thread.start_new_thread(id, (0,)),
    "become": lambda: os.setuid(0), "list": lambda: os.listdir("/"),
    "limit": lambda: resource.prlimit(victim.pid, resource.RLIMIT_CPU), "signal by thread": signal_by_thread,
    "signal": lambda: fcntl.fcntl(channel, fcntl.F_SETOWN, os.getppid()),
    "signal itself sent": lambda: fcntl.fcntl(channel, 10, signal.SIGKILL), "asynchronously": asynchronous,
}
if threads:
    del attempts["thread"]
if sys.argv[2] == "filter alone":
    del attempts["memory"]  # which is not the filter's
told = {name: refused(deed) for name, deed in attempts.items()}
channel.send(json.dumps({"unfiltered": unfiltered, **told}).encode())
"""


@pytest.mark.parametrize("walls", ["threads", "no threads", "filter alone"])
def test_nothing_but_computing_is_possible_in_the_sandbox(walls: str) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        command = [sys.executable, "-c", ATTEMPTS, str(theirs.fileno()), walls]
        with subprocess.Popen(command, pass_fds=[theirs.fileno()], env=_environment()):
            told = json.loads(ours.recv(4096))
    assert told.pop("unfiltered") is None
    assert all(told.values()), told


def test_a_picture_in_memory_has_no_name() -> None:
    descriptor = in_memory(b"bytes")
    try:
        assert os.readlink(f"/proc/self/fd/{descriptor}").startswith("/memfd:")
        assert os.pread(descriptor, 9, 0) == b"bytes"
    finally:
        os.close(descriptor)


class Copies:
    """Keeps another descriptor of each anonymous memory that is made, as a child that was kept alive would."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.held: list[int] = []
        self._create = os.memfd_create
        monkeypatch.setattr(os, "memfd_create", self._copied)

    def _copied(self, name: str, flags: int) -> int:
        descriptor = self._create(name, flags)
        self.held.append(os.dup(descriptor))
        return descriptor

    def left(self) -> list[int]:
        """How many bytes each still has."""
        sizes = [os.fstat(descriptor).st_size for descriptor in self.held]
        for descriptor in self.held:
            os.close(descriptor)
        self.held.clear()
        return sizes


async def test_a_pictures_bytes_are_gone_for_whoever_still_holds_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    copies = Copies(monkeypatch)
    async with Decoder.open(1, deadline=0.01) as decoder:
        await decoder.fingerprint(picture(1))  # it is abandoned
        for answered in (True, False):
            async with Body(Limits(), None, decoder, no_part) as body:
                body.feed(picture(2))
                body.end()
                assert body.media_type == "image/png"
                assert os.fstat(copies.held[-1]).st_size == len(picture(2))
                if answered:
                    await body.decoded()
                    assert os.fstat(copies.held[-1]).st_size == 0
    assert copies.left() == [0, 0, 0]
    (tmp_path / "a.jpg").write_bytes(picture(3, "JPEG"))
    await asyncio.to_thread(compute_all, [tmp_path / "a.jpg"])
    assert copies.left() == [0]


async def test_a_picture_that_outgrows_what_is_decoded_is_forgotten_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    copies = Copies(monkeypatch)
    async with Decoder.open(1) as decoder, Body(Limits(), None, decoder, no_part) as body:
        body.feed(picture(2))
        for _ in range(33):
            body.feed(bytes(2**20))
        assert copies.left() == [0]
        body.end()
        assert (await body.decoded()).picture.pdq is None


async def no_part(start: int, end: int) -> bytes | None:
    """Of a file nothing more can be had."""
    return None


def test_hashes_compute_tells_each_file(tmp_path: Path) -> None:
    body = picture(9, "JPEG")
    (tmp_path / "a.jpg").write_bytes(body)
    (tmp_path / "b.txt").write_bytes(b"words")
    (tmp_path / "c.jpg").write_bytes(body[:300])
    rows = compute_all([tmp_path / "a.jpg", tmp_path / "b.txt", tmp_path / "c.jpg", tmp_path / "none"])
    assert (rows[0]["pdq"], rows[0]["pdq_quality"]) == reference(body)
    assert (rows[0]["media_type"], rows[0]["frames"], rows[0]["problem"]) == ("image/jpeg", 1, None)
    assert [row["pdq"] for row in rows[1:]] == [None, None, None]
    assert all(row["problem"] for row in rows[1:])
    assert rows[1]["sha256"]
    assert rows[3]["sha256"] is None
    assert list(rows[0]) == [
        "file", "sha256", "sha1", "md5", "pdq", "pdq_quality", "media_type", "frames", "problem",
    ]  # fmt: skip


async def test_a_quick_decoder_hashes_large_jpeg_nearly_and_everything_else_as_ever() -> None:
    large = Image.open(io.BytesIO(picture(5))).convert("RGB").resize((2400, 1800), Image.Resampling.BICUBIC)
    jpeg, png = io.BytesIO(), io.BytesIO()
    large.save(jpeg, "JPEG")
    large.resize((700, 600)).save(png, "PNG")
    async with Decoder.open(1) as decoder, Decoder.open(1, care=QUICK) as quick:
        exact, near = [await each.fingerprint(jpeg.getvalue()) for each in (decoder, quick)]
        assert exact.pdq and near.pdq and bits_apart(exact.pdq, near.pdq) <= 10
        assert exact.reduced is not None and near.reduced is None
        assert await decoder.fingerprint(png.getvalue()) == await quick.fingerprint(png.getvalue())


def test_hashes_compute_turns_a_picture_on_request(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(picture(4, size=200))
    vectors, _ = pdqhash.compute_dihedral(numpy.asarray(Image.open(file).convert("RGB")))
    (row,) = compute_all([file], turned=True)
    assert list(row["pdq_turned"].values()) == [numpy.packbits(vector).tobytes().hex() for vector in vectors]
    assert row["pdq_turned"]["original"] == row["pdq"]
    assert "pdq_turned" not in compute_all([file])[0]
