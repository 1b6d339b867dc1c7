"""A maildir: one file a message, in ``new`` and ``cur``. A file is removed once its message is stored."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hotline.errors import HotlineError
from hotline.settings import Settings

LARGEST: Final = 32 * 1024 * 1024
"""Bytes of a message that are read; answers to notices have some thousand."""


def folder_of(settings: Settings) -> Path:
    """The maildir that the settings name.

    Raises:
        HotlineError: none is set, it is of a kind that a later release brings, or it is not there.
    """
    inbox = settings.inbox
    if inbox is None:
        raise HotlineError("HOTLINE_INBOX is not set; name the maildir in which answers arrive, maildir:/path")
    if inbox.kind != "maildir":
        raise HotlineError("HOTLINE_INBOX: imaps comes with a later release; deliver to a maildir for now")
    folder = Path(inbox.place)
    if not any((folder / part).is_dir() for part in ("new", "cur")):
        raise HotlineError(f"HOTLINE_INBOX: {folder} is no maildir (it has neither new nor cur); check the path")
    return folder


def waiting(folder: Path) -> Iterator[Path]:
    """The files of all messages, the oldest name first."""
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
        yield from (folder / part / name for name in names)


def content(file: Path) -> bytes | None:
    """A message's bytes; ``None`` when another reader has just taken it."""
    try:
        with file.open("rb") as source:
            return source.read(LARGEST)
    except FileNotFoundError:
        return None
