"""A maildir: one file a message, in ``new`` and ``cur``. A file is removed once its message is stored."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hotline.errors import HotlineError
from hotline.settings import Settings

LARGEST: Final = 32 * 1024 * 1024
"""Bytes of a message that are read; answers to notices have some thousand."""


def folder_of(settings: Settings) -> Path:
    """The maildir that the settings name.

    Raises:
        HotlineError: it is not there.
    """
    folder = Path(settings.inbox.place if settings.inbox else "")
    if not any((folder / part).is_dir() for part in ("new", "cur")):
        raise HotlineError(f"HOTLINE_INBOX: {folder} is no maildir (it has neither new nor cur); check the path")
    return folder


def waiting(folder: Path) -> Iterator["File"]:
    """All messages, the oldest name first."""
    for part in ("new", "cur"):
        try:
            with os.scandir(folder / part) as entries:
                names = sorted(
                    entry.name
                    for entry in entries
                    if not entry.name.startswith(".") and entry.is_file(follow_symlinks=False)
                )
        except FileNotFoundError:
            continue
        except OSError as wrong:
            raise HotlineError(f"HOTLINE_INBOX: the maildir cannot be read ({wrong.strerror})") from None
        yield from (File(folder / part / name) for name in names)


@dataclass(frozen=True)
class File:
    """A message in its file (``mailbox.Waiting``)."""

    path: Path

    def content(self) -> bytes | None:
        """Its bytes; ``None`` when another reader has just taken it."""
        try:
            with self.path.open("rb") as source:
                return source.read(LARGEST)
        except FileNotFoundError:
            return None

    def stored(self) -> None:
        """It is removed."""
        self.path.unlink(missing_ok=True)
