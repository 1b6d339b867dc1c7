"""The files of a log that is rotated while it is read, oldest first, so that no line is missed in between."""

import bz2
import gzip
import lzma
import os
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, Final

_OLDER: Final = 3
"""Rotated files that are read: what is asked for is hours old at most."""
_OPENERS: Final[dict[str, Callable[[Path], Any]]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}


class Rotated(Exception):
    """Files were moved or cut while they were read: what was read may have a gap."""


@contextmanager
def open_logs(file: Path) -> Iterator[Sequence[Iterable[bytes]]]:
    """The log before the last rotations (``log.1``, ``log-20300101.gz``, …) and the log, as streams of lines.

    Raises:
        Rotated: at the end, when that happened meanwhile.
        OSError: a file cannot be read.
    """
    with ExitStack() as opened:
        # The newest is held open first: if it is renamed now, it is met again under its new name, and read once.
        newest = opened.enter_context(file.open("rb"))
        start = os.fstat(newest.fileno())
        before = _older(file, start.st_ino)
        yield [*(_lines(path) for path in before), newest]
        end = os.fstat(newest.fileno())
        renamed = not file.exists() or file.stat().st_ino != start.st_ino
        if end.st_size < start.st_size or renamed or _older(file, start.st_ino) != before:
            raise Rotated


def _older(file: Path, newest: int) -> list[Path]:
    """The last rotated files, oldest first."""
    name = re.compile(re.escape(file.name) + r"[.-]\d[\d.-]*(\.(gz|bz2|xz))?")
    found = [path for path in file.parent.iterdir() if name.fullmatch(path.name) and path.stat().st_ino != newest]
    return sorted(found, key=lambda path: (path.stat().st_mtime, path.suffix not in _OPENERS))[-_OLDER:]


def _lines(path: Path) -> Iterator[bytes]:
    """A rotated file's lines. One that is no whole archive is being packed: its original stands beside it."""
    unpack = _OPENERS.get(path.suffix, _plain)
    try:
        with unpack(path) as source:
            yield from source
    except (EOFError, OSError, lzma.LZMAError, zlib.error):
        return  # one that only root may read proves nothing either; the newest one may


def _plain(path: Path) -> IO[bytes]:
    return path.open("rb")
