"""Looking for what must not be there: bytes of served pictures, words of served pages, addresses, in any file.

Compressed or re-encoded copies are not looked for; plain ones and those in base64 or percent-encoding are.
"""

import base64
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

WINDOW = 16
_CHUNK = 1 << 22


@dataclass(frozen=True)
class Leak:
    """Something that was found, and where."""

    what: str
    where: str


def picture_patterns(name: str, data: bytes, places: int = 12) -> dict[bytes, str]:
    """Windows of 16 bytes spread over a file; the beginning is left out, for all files of a kind begin alike."""
    step = max(1, (len(data) - 128) // places)
    offsets = range(128, len(data) - WINDOW, step)
    windows = {data[at : at + WINDOW]: f"{name} at {at}" for at in offsets}
    return {window: what for window, what in windows.items() if len(set(window)) > 8}


def text_patterns(texts: Iterable[str]) -> dict[bytes, str]:
    """A text plainly, for a wide string, percent-encoded, and in base64 however it is aligned."""
    found: dict[bytes, str] = {}
    for text in texts:
        found[text.encode()] = text
        found[text.encode("utf-16-le")] = f"{text} (wide)"
        found[quote(text, safe="").encode()] = f"{text} (quoted)"
        for shift in range(3):
            encoded = base64.b64encode(b"\0" * shift + text.encode())
            found[encoded[4 if shift else 0 : len(encoded) // 4 * 4 - 4]] = f"{text} (base64)"
    return {pattern: what for pattern, what in found.items() if len(pattern) >= 8}


def leaks_in(data: bytes, where: str, patterns: Mapping[bytes, str]) -> list[Leak]:
    """What of the patterns is in these bytes."""
    return [Leak(what, where) for pattern, what in patterns.items() if pattern in data]


def scan(files: Iterable[Path], patterns: Mapping[bytes, str]) -> list[Leak]:
    """What of the patterns is in these files, or in their names."""
    found: list[Leak] = []
    overlap = max(map(len, patterns))
    for file in files:
        found += leaks_in(os.fsencode(file.name), f"the name of {file}", patterns)
        tail = b""
        try:
            with file.open("rb") as source:
                while chunk := source.read(_CHUNK):
                    found += leaks_in(tail + chunk, str(file), patterns)
                    tail = chunk[-overlap:]
        except OSError:
            continue  # it was somebody else's and is gone
    return found


def files_under(folder: Path) -> list[Path]:
    """All regular files of a folder."""
    return [Path(at) / name for at, _, names in os.walk(folder) for name in names if (Path(at) / name).is_file()]


class Surroundings:
    """The shared temporary folders: what was in them before, so that only what changed needs to be looked through."""

    FOLDERS = (Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"))

    def __init__(self, without: Iterable[Path]) -> None:
        self._without = frozenset(map(str, without))
        self._before = dict(self._marks())

    def changed(self) -> list[Path]:
        """The files that are new or were written since."""
        return [file for file, mark in self._marks() if self._before.get(file) != mark]

    def _marks(self) -> Iterator[tuple[Path, tuple[int, int]]]:
        for folder in self.FOLDERS:
            for at, inner, names in os.walk(folder):
                inner[:] = [name for name in inner if os.path.join(at, name) not in self._without]
                for name in names:
                    try:
                        seen = os.stat(os.path.join(at, name), follow_symlinks=False)
                    except OSError:
                        continue
                    if seen.st_size < 1 << 28:
                        yield Path(at) / name, (seen.st_mtime_ns, seen.st_size)
