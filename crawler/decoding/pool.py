"""The parent's side of decoding: a few children, each with one picture or video at a time and a deadline.

The pool is small and simple on purpose: what it must get right is that a child which crashes, hangs or eats memory
costs one ``problem`` and is replaced, and that no picture is ever in a file.
"""

import asyncio
import contextlib
import functools
import gc
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final, Self

from crawler.decoding.answers import EXACT, THOROUGH, TOKEN_BYTES, Picture, picture_of
from crawler.decoding.streaming import HELD_UP_SECONDS, Tail, Video
from crawler.digests import SNIFFED_BYTES, media_type

DEADLINE: Final = 20.0
"""Seconds of real time for one picture; 64 megapixels take half of it on an ordinary machine."""
START_DEADLINE: Final = 30.0
LARGEST_PICTURE: Final = 32 * 2**20
"""Bytes of a picture that is decoded; a larger one has its digests alone."""
_KEEPS_MEMORY: Final = {"MALLOC_MMAP_THRESHOLD_": str(2**30), "MALLOC_TRIM_THRESHOLD_": str(2**28)}
"""The C library keeps what one picture needed for the next one: fresh pages cost more than the mathematics."""
_PROGRAM: Final = ("-m", "crawler.decoding.child")
PICTURES_A_CHILD: Final = 2000
"""After so many a child is replaced: decoders leak."""
VIDEOS_A_CHILD: Final = 100
QUEUED_SECONDS: Final = 30.0
"""How long a video waits for a child, its body with it."""


class Decoder:
    """The pool. Children start when they are first needed; ``close`` ends them.

    Pictures, HEIF and videos have children of their own, as many each. HEIF's decoder begins a thread for each picture
    whatever it is told, so its children are walled in a little less, and see nothing else. A video holds its
    child for as long as its host takes to send it, so any number of slow hosts can keep other videos waiting, for
    ``QUEUED_SECONDS``, and never a picture.

    ``care``: ``EXACT``, as the reference wherever pictures are compared; ``THOROUGH``, as the reference always; or
    ``QUICK``, which decodes a large JPEG at a smaller scale: nearly the same PDQ at a fraction of the time, and none by
    the other convention. ``unfiltered`` tells, once a child has started, why it has no system call filter (``None``: it
    has one).
    """

    def __init__(
        self,
        children: int | None = None,
        deadline: float = DEADLINE,
        *,
        care: str = EXACT,
        held_up: float = HELD_UP_SECONDS,
        queued: float = QUEUED_SECONDS,
    ) -> None:
        most = children or max(1, min(4, os.cpu_count() or 1))
        self._free = {what: _places(most) for what in ("pictures", "heif", "videos")}
        self._alive: set[Child] = set()
        self._deadline = deadline
        self._care = care
        self._held_up = held_up
        self._queued = queued
        self.unfiltered: str | None = None
        self.crashes = 0

    @classmethod
    @contextlib.asynccontextmanager
    async def open(
        cls,
        children: int | None = None,
        deadline: float = DEADLINE,
        *,
        care: str = EXACT,
        held_up: float = HELD_UP_SECONDS,
        queued: float = QUEUED_SECONDS,
    ) -> AsyncIterator[Self]:
        """A pool for as long as the block lasts."""
        _settle()
        decoder = cls(children, deadline, care=care, held_up=held_up, queued=queued)
        try:
            yield decoder
        finally:
            decoder.close()

    async def fingerprint(self, picture: bytes | int) -> Picture:
        """Decodes a picture, given as bytes or as a descriptor of anonymous memory (the caller's to wipe).

        Never raises for what is in the picture.
        """
        if isinstance(picture, bytes):
            descriptor = in_memory(picture)
            try:
                return await self.fingerprint(descriptor)
            finally:
                wipe(descriptor)
        kind = media_type(os.pread(picture, SNIFFED_BYTES, 0))
        what = "heif" if kind == "image/heif" else "pictures"
        free = self._free[what]
        child = await free.get()
        answered = False
        try:
            seen = await self._try(child, picture, kind) if child is not None else None
            if seen is None:
                child = self._replaced(child)
                child = await self._start(what)
                seen = await self._ask(child, picture, kind)
            answered = True
            return seen
        except TimeoutError:
            return Picture(media_type=kind, problem="decoding took too long")
        except (OSError, ValueError):
            return Picture(media_type=kind, problem="the decoder crashed")
        finally:
            # One that was interrupted goes too: its late answer would be taken for the next picture's.
            free.put_nowait(self._retired(child, PICTURES_A_CHILD) if answered else self._replaced(child))

    async def _try(self, child: "Child", picture: int, kind: str | None) -> Picture | None:
        """Asks a child that has seen other pictures; ``None``: it failed, and one of those may be to blame."""
        try:
            return await self._ask(child, picture, kind)
        except TimeoutError:  # which is an OSError, and this picture's own
            raise
        except (OSError, ValueError):
            return None

    async def _ask(self, child: "Child", picture: int, kind: str | None) -> Picture:
        return picture_of(await child.ask(picture, self._deadline, self._care), kind)

    @contextlib.asynccontextmanager
    async def video(self, kind: str, tail: Tail | None = None) -> AsyncIterator[Video]:
        """A video of a media type by magic bytes, to be fed as it streams by and then finished.

        Nothing of it is kept but what ``decoding.windows`` remembers. A ``tail`` that was had before is for one whose
        index is at its end. Never raises for what is in it.
        """
        try:
            async with asyncio.timeout(self._queued):
                child = await self._free["videos"].get()
        except TimeoutError:
            yield Video(problem="other videos kept the decoders busy")
            return
        video = Video(problem="the decoder crashed")
        try:
            with contextlib.suppress(OSError, ValueError, TimeoutError):
                if child is not None and not child.is_sound():
                    child = self._replaced(child)  # it died while idle: that costs no video
                child = child or await self._start("videos")
                video = Video(child, held_up=self._held_up, stalled=self._deadline)
                video.begin(kind, tail)
            yield video
        finally:
            await video.close()
            self._free["videos"].put_nowait(self._after_video(child, video))

    def _after_video(self, child: "Child | None", video: Video) -> "Child | None":
        """The child, if it is fit for the next video. One that was given up is no crash."""
        if video.answered:
            return self._retired(child, VIDEOS_A_CHILD)
        crashes = self.crashes
        self._replaced(child)
        self.crashes = crashes + video.crashed
        return None

    def close(self) -> None:
        """Ends all children."""
        for child in list(self._alive):
            child.end()
        self._alive.clear()

    async def _start(self, what: str) -> "Child":
        child = Child(what)
        self._alive.add(child)
        try:
            greeting = await child.hear(START_DEADLINE)
        except BaseException:
            self._replaced(child)
            raise
        self.unfiltered = greeting.get("unfiltered")
        return child

    def _replaced(self, child: "Child | None") -> "Child | None":
        """Ends a child that failed; the next picture starts another."""
        if child is not None:
            self.crashes += 1
            child.end()
            self._alive.discard(child)
        return None

    def _retired(self, child: "Child | None", most: int) -> "Child | None":
        if child is not None and child.served >= most:
            child.end()
            self._alive.discard(child)
            return None
        return child


@functools.cache
def _settle() -> None:
    """Once a process: what is loaded by now stays, and need not be gone through for garbage again and again.

    That held the event loop up for a tenth of a second at a time (``bench/event_loop.py``).
    """
    gc.collect()
    gc.freeze()


def _places(children: int) -> "asyncio.LifoQueue[Child | None]":
    # Last in, first out: a child that lives is used before another is started.
    free: asyncio.LifoQueue[Child | None] = asyncio.LifoQueue()
    for _ in range(children):
        free.put_nowait(None)
    return free


class Child:
    """One process, for ``pictures``, ``heif`` or ``videos``, and the socket to it."""

    def __init__(self, what: str) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        self._channel = ours
        self._token = bytes(TOKEN_BYTES)
        self.served = 0
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-B", "-s", *_PROGRAM, str(theirs.fileno()), what],
                pass_fds=[theirs.fileno()],
                env=_environment() | (_KEEPS_MEMORY if what != "videos" else {}),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    async def ask(self, descriptor: int, deadline: float, care: str) -> dict[str, Any]:
        """A picture's answer."""
        self.order(care.encode(), [descriptor])
        return await self.hear(deadline)

    def is_sound(self) -> bool:
        """Whether it waits to be asked: one that has ended, or says what nobody asked, is of no use."""
        try:
            self._channel.recv(1)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def order(self, message: bytes, descriptors: list[int]) -> None:
        """Says what to do, and with what."""
        self.served += 1
        self._token = os.urandom(TOKEN_BYTES)
        socket.send_fds(self._channel, [self._token + message], descriptors)

    async def hear(self, deadline: float | None = None) -> dict[str, Any]:
        """The next message.

        Raises:
            OSError: the child has ended.
            ValueError: it said something that answers nothing that it was asked.
        """
        async with asyncio.timeout(deadline):
            message = await asyncio.get_running_loop().sock_recv(self._channel, 65_536)
        if not message:
            raise OSError("the child ended")
        if message[:TOKEN_BYTES] != self._token:
            raise ValueError("an answer to something else")
        try:
            answer = json.loads(message[TOKEN_BYTES:])
        except RecursionError as wrong:
            raise ValueError("nested too deeply") from wrong
        if not isinstance(answer, dict):
            raise ValueError("an answer is an object")
        return answer

    def end(self) -> int:
        """Kills it. How it had ended, if it had (``subprocess.Popen.returncode``)."""
        self._channel.close()
        self._process.send_signal(signal.SIGKILL)
        return self._process.wait()


def _environment() -> dict[str, str]:
    # Nothing of ours, HOTLINE_* least of all; one thread for the linear algebra that NumPy may bring.
    root = str(Path(__file__).resolve().parents[2])
    return {
        "PYTHONPATH": os.pathsep.join([root, *(path for path in sys.path if path)]),
        "LANG": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }


def in_memory(content: bytes = b"") -> int:
    """A descriptor of anonymous memory, which no name leads to and which ends with its last holder."""
    descriptor = os.memfd_create("media", os.MFD_CLOEXEC)
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
    return descriptor


def wipe(descriptor: int) -> None:
    """Gives the memory back at once, also when somebody else still holds the descriptor, and closes it."""
    os.ftruncate(descriptor, 0)
    os.close(descriptor)


def fingerprint_now(pictures: list[bytes]) -> list[Picture]:
    """The same for callers without an event loop, one after the other."""

    async def all_of_them() -> list[Picture]:
        async with Decoder.open(children=1, care=THOROUGH) as decoder:
            return [await decoder.fingerprint(picture) for picture in pictures]

    return asyncio.run(all_of_them())


def filter_problem() -> str | None:
    """Why decoders run without a system call filter on this machine, for ``doctor``; ``None``: they have one."""

    async def greeting() -> str | None:
        async with Decoder.open(children=1) as decoder:
            picture = await decoder.fingerprint(b"not a picture")
            crashed = picture.problem == "the decoder crashed"
            return "the decoder does not start; run it once by hand" if crashed else decoder.unfiltered

    return asyncio.run(greeting())
