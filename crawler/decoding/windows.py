"""A stream seen as a file: the beginning and the last bytes of it can be read again, the rest is gone.

The child's alone. A demuxer is given this: it reads on as the body streams by, goes back a little where a container
wants that, and gets a plain error where it would need more than is remembered.
"""

import os
from typing import Final

HEAD_BYTES: Final = 4 * 2**20
RECENT_BYTES: Final = 8 * 2**20
REMEMBERED: Final = HEAD_BYTES + RECENT_BYTES
"""A file that is no longer than this is remembered whole."""
ONLY_BEGINNING: Final = "the video cannot be read in one go, only its beginning was looked at"
_READ: Final = 65_536


class OutOfReach(OSError):
    """What is asked for is neither remembered nor yet to come."""


class Window:
    """A readable file over a descriptor that is read once, from its beginning to its end.

    Unless ``goes_back`` it cannot be sought in, which makes demuxers read in the order of the file, and nothing but the
    beginning is remembered. ``tail`` is a descriptor of anonymous memory with what the file has from ``tail_at`` on.
    How long the file is it never says.
    """

    def __init__(self, stream: int, tail: int | None = None, tail_at: int | None = None) -> None:
        self.goes_back = False
        self._stream = stream
        self._tail = tail
        self._tail_at = tail_at
        self._position = 0
        self._arrived = 0
        self._ended = False
        self._head = bytearray()
        self._recent = bytearray()

    @property
    def remembered(self) -> int:
        """Bytes that are held now."""
        return len(self._head) + len(self._recent)

    def seekable(self) -> bool:
        return self.goes_back

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """The new place; -1 for one that is told from the end, which demuxers take for an answer."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position}.get(whence)
        if base is None or base + offset < 0:
            return -1
        self._position = base + offset
        return self._position

    def peek(self, size: int) -> bytes:
        """The file's first bytes, wherever it is being read; fewer where it is shorter."""
        self._arrive(size)
        return bytes(self._head[:size])

    def read(self, size: int) -> bytes:
        """At most so many bytes; none at the end of the file."""
        size = min(size, _READ)
        at = self._position
        if self._tail is not None and self._tail_at is not None and at >= self._tail_at:
            found = os.pread(self._tail, size, at - self._tail_at)
        else:
            self._arrive(at + size)
            found = self._remembered(at, size)
        self._position += len(found)
        return found

    def _arrive(self, end: int) -> None:
        """Reads on until so much has come, or nothing comes any more."""
        while self._arrived < end and not self._ended:
            chunk = os.read(self._stream, _READ)
            self._ended = not chunk
            self._arrived += len(chunk)
            rest = HEAD_BYTES - len(self._head)
            self._head += chunk[:rest]
            self._recent += chunk[max(0, rest) :]
            surplus = len(self._recent) - (RECENT_BYTES if self.goes_back else 4 * _READ)
            if surplus > 0:
                del self._recent[:surplus]

    def _remembered(self, at: int, size: int) -> bytes:
        if at >= self._arrived:
            return b""
        if at < len(self._head):
            return bytes(self._head[at : at + size])
        start = at - (self._arrived - len(self._recent))
        if start < 0:
            raise OutOfReach("the place has gone by")
        return bytes(self._recent[start : start + size])
