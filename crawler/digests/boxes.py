"""Where an ISO media file (MP4, QuickTime) has its index, told from its first bytes. Pure.

The index (``moov``) must be known before any frame can be decoded. Cameras and telephones write it last, after the
pictures (``mdat``), because only then do they know it (ISO/IEC 14496-12, 8.2.1 and 8.1.1).
"""

from typing import Final

_LONG: Final = 1
"""A size of 1: the real one follows in eight bytes."""


def index_after(first: bytes) -> int | None:
    """The offset at which the pictures end and the index may begin, where they come before it.

    ``None``: the index comes first, or these bytes do not tell.
    """
    at = 0
    while (box := _box(first, at)) is not None:
        size, kind = box
        if kind in (b"moov", b"moof") or size == 0:
            return None  # of size 0 is the last box of a file: nothing comes after it
        if kind == b"mdat":
            return at + size
        at += size
    return None


def _box(first: bytes, at: int) -> tuple[int, bytes] | None:
    head = first[at : at + 16]
    if len(head) < 8:
        return None
    size, kind = int.from_bytes(head[:4], "big"), head[4:8]
    if size == _LONG:
        size = int.from_bytes(head[8:16], "big") if len(head) == 16 else 0
    return (size, kind) if size == 0 or size >= 8 else None
