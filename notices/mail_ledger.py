"""What our own mail server's log says it has accepted (Postfix's syntax, ``HOTLINE_SMTP_LEDGER``).

``cleanup`` logs a message's Message-ID when it has read the headers, which may be before the whole text has come; so
that line alone proves nothing. A later line about the same queue number does: the queue manager took it over, or
somebody reported its delivery.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from hotline.errors import HotlineError

_LINE: Final = re.compile(r"(?P<daemon>[\w-]+)(?:\[\d+\])?: (?P<queue>[0-9A-Za-z]{5,32}): (?P<rest>.+?)\s*$", re.ASCII)
_MESSAGE_ID: Final = re.compile(r"message-id=(<[^<>\s]+>)")


def accepted(file: Path, wanted: frozenset[str]) -> frozenset[str]:
    """Those of the wanted Message-IDs that the server has accepted. The log before the last rotation counts too.

    Raises:
        HotlineError: the log cannot be read.
    """
    if not wanted:
        return frozenset()
    older = file.with_name(file.name + ".1")
    lines = _Lines(wanted)
    try:
        for log in (older, file) if older.is_file() else (file,):
            with log.open(encoding="utf-8", errors="replace") as source:
                lines.read(source)
    except OSError as wrong:
        raise HotlineError(f"HOTLINE_SMTP_LEDGER: the mail log cannot be read ({wrong.strerror})") from None
    return frozenset(lines.accepted)


class _Lines:
    """What has been read so far: which queue number stands for which message, and what was accepted."""

    def __init__(self, wanted: frozenset[str]) -> None:
        self._wanted = wanted
        self._queued: dict[str, str] = {}
        self.accepted: set[str] = set()

    def read(self, source: Iterable[str]) -> None:
        for line in source:
            if found := _LINE.search(line):
                self._take(found["daemon"], found["queue"], found["rest"])

    def _take(self, daemon: str, queue: str, rest: str) -> None:
        named = _MESSAGE_ID.search(rest) if daemon == "cleanup" else None
        if named is not None:
            # Queue numbers are used again in time: the newest meaning counts.
            self._queued.pop(queue, None)
            if named[1].lower() in self._wanted:
                self._queued[queue] = named[1].lower()
        elif queue in self._queued and _proves(daemon, rest):
            self.accepted.add(self._queued[queue])


def _proves(daemon: str, rest: str) -> bool:
    if daemon in ("smtpd", "cleanup"):
        return rest.startswith("hold:")
    return rest.startswith("from=<") or " status=" in rest or rest == "removed"
