"""The parent's side of a video: the body streams by, a child takes it chunk by chunk, and nothing of it is kept.

A child that is slow holds the body up (the stream is full until it reads on), but only for so long: then it is given
up, the rest of the body is digested alone, and what frames it had told stay. A child that has seen enough closes its
end, and the rest goes by unseen. Nothing here blocks the event loop, and nothing raises for what is in the video.
"""

import asyncio
import json
import signal
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from crawler.decoding.answers import print_of, problem_of, seconds_of
from hotline.facts import FramePrint

if TYPE_CHECKING:
    from crawler.decoding.pool import Child

HELD_UP_SECONDS: Final = 120.0
"""How long decoding may hold up one body, all in all."""
STALLED_SECONDS: Final = 20.0
"""How long it may take not a single chunk, and how long the answer may take after the last."""
MOST_PRINTS: Final = 3600
"""An hour of frames; a child that tells more is not believed anything."""
TOO_LONG: Final = "decoding took too long: not all of the video was looked at"


@dataclass(frozen=True)
class Tail:
    """What a file has from a place on: descriptor of anonymous memory, the caller's to close, and that place."""

    descriptor: int
    at: int


@dataclass(frozen=True)
class Film:
    """What became of one video: a fingerprint of one frame each second, and its duration in seconds, if it says one.

    Beside a ``problem`` there may be frames: those that were seen until then.
    """

    prints: tuple[FramePrint, ...] = ()
    seconds: float | None = None
    problem: str | None = None


class Video:
    """One video on its way to a child; without a child it takes everything and has the ``problem`` alone."""

    def __init__(
        self,
        child: "Child | None" = None,
        problem: str | None = None,
        *,
        held_up: float = HELD_UP_SECONDS,
        stalled: float = STALLED_SECONDS,
    ) -> None:
        self._child = child
        self._problem = problem
        self._patience = held_up
        self._stalled = stalled
        self._prints: list[FramePrint] = []
        self._seconds: float | None = None
        self._stream: socket.socket | None = None
        self._listening: asyncio.Task[None] | None = None
        self._heard_at = 0.0
        self.answered = False
        self.crashed = False

    def begin(self, kind: str, tail: Tail | None) -> None:
        """Tells the child what comes."""
        if self._child is None:
            return
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        ours.setblocking(False)
        self._stream = ours
        asked = {"kind": kind, "tail_at": tail.at if tail else None}
        with theirs:
            descriptors = [theirs.fileno(), *([tail.descriptor] if tail else [])]
            self._child.order(json.dumps(asked).encode(), descriptors)
        self._listening = asyncio.create_task(self._listen(self._child))

    async def feed(self, chunk: bytes) -> None:
        """Hands on the next bytes of the body; waits while the child is busy, at most as long as it may."""
        if self._stream is None or self.answered:
            return
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(min(self._stalled, self._patience)):
                await loop.sock_sendall(self._stream, chunk)
        except TimeoutError:
            self._give_up(TOO_LONG)
        except OSError:
            self._hang_up()  # it has seen enough, or it has died: its answer tells
        finally:
            self._patience -= loop.time() - began

    async def finish(self) -> Film:
        """What was seen, once the body has gone by. It takes as long as frames keep coming, and patience lasts."""
        self._hang_up()
        loop = asyncio.get_running_loop()
        self._heard_at, ends = loop.time(), loop.time() + max(self._patience, self._stalled)
        while self._listening is not None and not self._listening.done():
            left = min(self._heard_at + self._stalled, ends) - loop.time()
            if left > 0:
                await asyncio.wait({self._listening}, timeout=left)
            else:
                self._give_up(TOO_LONG)
                break
        return Film(tuple(self._prints), self._seconds, self._problem)

    async def close(self) -> None:
        """Ends what is still going on. A child that has not ``answered`` by now is of no use any more."""
        self._hang_up()
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait({self._listening})

    async def _listen(self, child: "Child") -> None:
        # Never closes the stream: somebody may be waiting to write to it, and is told by the child's end of it.
        try:
            while not self.answered:
                self._hear(await child.hear())
        except (OSError, ValueError, TypeError):
            if child.end() == -signal.SIGXCPU:
                self._problem = "the video takes more processor time than it may have"
            else:
                self.crashed = True
                self._problem = "the decoder crashed"

    def _hear(self, said: dict[str, Any]) -> None:
        self._heard_at = asyncio.get_running_loop().time()
        if "print" in said:
            if len(self._prints) >= MOST_PRINTS:
                raise ValueError("more frames than are asked for")
            self._prints.append(print_of(said["print"]))
            return
        problem = said.get("problem")
        self._seconds = seconds_of(said.get("seconds"))
        self._problem = None if problem is None else problem_of(problem)
        self.answered = True

    def _give_up(self, problem: str) -> None:
        if self._listening is not None and not self._listening.done():
            self._listening.cancel()
            self._problem = problem
        self._hang_up()

    def _hang_up(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None
