"""A video on its way past us: whether its index must be had first, and what became of it.

Fetches and the operator's own files go this way. Of a file whose index comes last, the part from there on is asked
for beside (RFC 9110, section 14), at most ``LARGEST_TAIL`` of it; a file that the decoder's window holds whole needs
that not.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Final

from crawler.decoding import Decoder, Film, Tail, Video, in_memory, wipe
from crawler.decoding.windows import ONLY_BEGINNING, REMEMBERED
from crawler.digests import index_after

LARGEST_TAIL: Final = 16 * 2**20
PART_SECONDS: Final = 30.0
"""How long the body waits for that part, the host's other connections included."""
NO_INDEX: Final = "the video's index is at its end, and the host gives no part of a file: not all of it was looked at"

Part = Callable[[int, int], Awaitable[bytes | None]]
"""The bytes of the same file from one place to before another, whole, or ``None``."""


class Passing:
    """A video that streams by the decoder."""

    def __init__(self, video: Video, lacks_index: bool) -> None:
        self.feed = video.feed
        self._video = video
        self._lacks_index = lacks_index

    async def finish(self) -> Film:
        """What was seen, once all has gone by."""
        film = await self._video.finish()
        return replace(film, problem=NO_INDEX) if film.problem == ONLY_BEGINNING and self._lacks_index else film


@contextlib.asynccontextmanager
async def passing(decoder: Decoder, kind: str, first: bytes, length: int | None, part: Part) -> AsyncIterator[Passing]:
    """A video of a media type and, if it is known, a length, of which the first bytes are at hand."""
    at = index_after(first) if kind in ("video/mp4", "video/quicktime") else None
    is_far = at is not None and (length is None or length > REMEMBERED)
    content = None
    if at is not None and length is not None and is_far and 0 < length - at <= LARGEST_TAIL:
        content = await _in_time(part(at, length))
    tail = Tail(in_memory(content), at) if content and at is not None else None
    del content
    try:
        async with decoder.video(kind, tail) as video:
            yield Passing(video, is_far and tail is None)
    finally:
        if tail is not None:
            wipe(tail.descriptor)


async def _in_time(asked: Awaitable[bytes | None]) -> bytes | None:
    try:
        async with asyncio.timeout(PART_SECONDS):
            return await asked
    except TimeoutError:
        return None
