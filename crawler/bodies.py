"""What a body leaves behind as it streams by: fingerprints, a page's HTML, and what the decoder says. Never itself.

A page's HTML is held in memory until its links are read; a picture lies in anonymous memory until the decoder's child
has seen it; a video goes on to a child chunk by chunk; of everything else only one chunk exists at a time.
"""

import contextlib
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from crawler.decoding import LARGEST_PICTURE, Decoder, Picture, in_memory, wipe
from crawler.digests import SNIFFED_BYTES, DigestStream, is_picture, is_video, looks_like_html, media_type
from crawler.films import Part, Passing, passing
from hotline.facts import FramePrint, Marks
from hotline.network import TooLarge
from hotline.words import Content

LONGEST_PREFIX: Final = 65_536
"""Bytes of a file's beginning that a glance compares at most."""
_TEXT_TYPES: Final = ("text/", "application/json", "application/javascript", "application/xml", "application/ld+json")


@dataclass(frozen=True)
class Limits:
    """How much a stranger may cost us: seconds of real time, bytes after unpacking."""

    header_seconds: float = 60.0
    page_seconds: float = 30.0
    media_seconds: float = 300.0
    idle_seconds: float = 15.0
    page_bytes: int = 32 * 2**20
    media_bytes: int = 2 * 2**30


@dataclass(frozen=True)
class Seen:
    """What the decoder says of a picture or a video; of anything else nothing."""

    picture: Picture = field(default_factory=Picture)
    frames: tuple[FramePrint, ...] = ()
    problem: str | None = None


class Body:
    """A body that streams by: each chunk is taken with ``feed``, then ``pass_on`` lets the decoder have its part of it.

    ``length`` is what the server says, and ``part`` asks it for a part beside; both are for videos alone, and may be
    missing.
    """

    def __init__(self, limits: Limits, most_bytes: int | None, decoder: Decoder, part: Part) -> None:
        self.said = ""
        self.length: int | None = None
        self._decoder = decoder
        self._part = part
        self._open = contextlib.AsyncExitStack()
        self._video: Passing | None = None
        self._coming = bytearray()
        self._limits = limits
        self._most = limits.media_bytes if most_bytes is None else min(most_bytes, limits.media_bytes)
        self._head = bytearray()
        self._told = False
        self._held: int | None = None
        self.stream = DigestStream()
        self.html = bytearray()
        self._beginning = bytearray()
        self.content = Content.OTHER
        self.media_type: str | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            await self._open.aclose()
        finally:
            self._forget()

    def _forget(self) -> None:
        if self._held is not None:
            wipe(self._held)
            self._held = None

    def feed(self, chunk: bytes) -> bool:
        """Takes the next bytes; says once that the body is worth the longer deadline of media.

        Raises:
            TooLarge: it is larger than a body, or a page, may be.
        """
        self.stream.update(chunk)
        self._beginning += chunk[: LONGEST_PREFIX - len(self._beginning)]
        if self.stream.length > self._most:
            raise TooLarge("the body is larger than allowed")
        if not self._told:
            self._head += chunk
            return len(self._head) >= SNIFFED_BYTES and self._tell()
        self._keep(chunk)
        return False

    async def pass_on(self) -> None:
        """Hands what has come of a video to its decoder; may wait while that is busy."""
        if not self._coming or self.media_type is None:
            return
        if self._video is None:
            video = passing(self._decoder, self.media_type, bytes(self._coming), self.length, self._part)
            self._video = await self._open.enter_async_context(video)
        chunk = bytes(self._coming)
        self._coming.clear()
        await self._video.feed(chunk)

    async def decoded(self) -> Seen:
        """What the decoder has seen, once all has come."""
        if self._video is not None:
            film = await self._video.finish()
            return Seen(frames=film.prints, problem=film.problem)
        if self._held is None:
            return Seen()
        held, self._held = self._held, None
        try:
            picture = await self._decoder.fingerprint(held)
        finally:
            wipe(held)
        return Seen(picture, picture.prints, picture.problem)

    def marks(self, headers: Mapping[str, str]) -> Marks | None:
        """By what a media file is known again; ``None`` for anything else, and for what came packed."""
        if self.content is not Content.MEDIA or headers.get("content-encoding") or not self.stream.length:
            return None
        size = prefix_size(self.stream.length)
        digest = hashlib.sha256(self._beginning[:size]).hexdigest()
        etag = headers.get("etag")
        strong = etag if etag and not etag.startswith("W/") else None
        return Marks(self.stream.length, size, digest, strong, headers.get("last-modified"))

    def end(self) -> None:
        """Nothing more comes."""
        if not self._told:
            self._tell()

    def _tell(self) -> bool:
        """Decides what it is, from its beginning; true when it is no text."""
        self._told = True
        start = bytes(self._head[:SNIFFED_BYTES])
        self.media_type = media_type(start)
        if self.media_type is not None:
            self.content = Content.MEDIA
        elif self.stream.length and looks_like_html(start, self.said):
            self.content = Content.PAGE
        if is_picture(self.media_type):
            self._held = in_memory()
        said_text = self.said.strip().lower().startswith(_TEXT_TYPES)
        text = self.content is Content.PAGE or (self.media_type is None and said_text)
        if text:
            self._most = min(self._most, self._limits.page_bytes)
        self._keep(bytes(self._head))
        self._head.clear()
        return not text

    def _keep(self, chunk: bytes) -> None:
        if self.content is Content.PAGE:
            self.html += chunk
            if len(self.html) > self._limits.page_bytes:
                raise TooLarge("the page is larger than allowed")
        elif self._held is not None:
            if self.stream.length <= LARGEST_PICTURE:
                os.write(self._held, chunk)
            else:
                self._forget()  # it is too large to be decoded
        elif is_video(self.media_type):
            self._coming += chunk


def prefix_size(length: int) -> int:
    """How much of a file's beginning is compared: a 64th, but 1 KiB at least and 64 KiB at most."""
    return min(length, LONGEST_PREFIX, max(1024, length // 64))
