"""Bodies unpacked piece by piece, never more at once than asked for: a few bytes can unpack to gigabytes."""

import zlib
from collections.abc import Iterator
from typing import Final, Protocol

from hotline.network.faults import Broken

ACCEPTED: Final = "gzip, deflate"
"""What ``Accept-Encoding`` offers."""
_GZIP: Final = 16 + zlib.MAX_WBITS
_MOST_MEMBERS: Final = 1000


class Unpacker(Protocol):
    """Takes what came over the wire and gives the body."""

    def feed(self, data: bytes, size: int) -> Iterator[bytes]:
        """Pieces of at most ``size`` bytes. Raises ``Broken`` when the data makes no sense."""

    def finish(self) -> None:
        """Raises ``Broken`` when something is missing at the end."""


def unpacker_for(encoding: str) -> Unpacker:
    """By the ``Content-Encoding`` header.

    Raises:
        Broken: it is none that we offered.
    """
    match encoding.strip().lower():
        case "" | "identity":
            return Plain()
        case "gzip" | "x-gzip":
            return Packed(_GZIP)
        case "deflate":
            return Packed(None)
        case _:
            raise Broken("the body is packed in a way that was not asked for")


class Plain:
    """Nothing to unpack."""

    def feed(self, data: bytes, size: int) -> Iterator[bytes]:
        for start in range(0, len(data), size):
            yield data[start : start + size]

    def finish(self) -> None:
        """Nothing can be missing."""


class Packed:
    """gzip (with several members), or deflate in either of its two forms (``window`` ``None``: seen by the
    first byte)."""

    def __init__(self, window: int | None) -> None:
        self._window = window
        self._member = zlib.decompressobj(window) if window is not None else None
        self._begun = False
        self._members = 0

    def feed(self, data: bytes, size: int) -> Iterator[bytes]:
        while data:
            member = self._member or self._first_member(data)
            self._begun = True
            try:
                piece = member.decompress(data, size)
            except zlib.error:
                raise Broken("the packed body cannot be unpacked") from None
            if piece:
                yield piece
            data = self._rest(member)
        yield from self._held_back(size)

    def finish(self) -> None:
        if self._begun and self._member is not None and not self._member.eof:
            raise Broken("the packed body was cut short")

    def _first_member(self, data: bytes) -> "zlib._Decompress":
        # RFC 9110 means the zlib form; many servers send the bare one.
        is_zlib_form = data[0] & 0x0F == 8
        self._member = zlib.decompressobj(zlib.MAX_WBITS if is_zlib_form else -zlib.MAX_WBITS)
        return self._member

    def _rest(self, member: "zlib._Decompress") -> bytes:
        if not member.eof:
            return member.unconsumed_tail
        if self._window != _GZIP or not member.unused_data.startswith(b"\x1f\x8b"):
            return b""  # rubbish behind the end is ignored, as browsers do
        self._members += 1
        if self._members > _MOST_MEMBERS:
            raise Broken("the packed body has too many parts")
        self._member = zlib.decompressobj(_GZIP)
        return member.unused_data

    def _held_back(self, size: int) -> Iterator[bytes]:
        """Output that the decompressor still holds though all input is taken."""
        while self._member is not None and not self._member.eof:
            piece = self._member.decompress(b"", size)
            if not piece:
                return
            yield piece
