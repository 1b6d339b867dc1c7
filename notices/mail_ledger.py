"""What our own mail server's log says it has accepted (Postfix's syntax, ``HOTLINE_SMTP_LEDGER``).

``cleanup`` logs a message's Message-ID when it has read the headers, which may be before the whole text has come; so
that line alone proves nothing. A later line about the same queue number does: the queue manager took it over, or
somebody reported its delivery. Queue numbers are used again, so a number means what was last said of it.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from hotline.errors import HotlineError
from notices.mail_logs import Rotated, open_logs

_PROGRAM: Final = re.compile(
    r"(?:^|\s)(?:(?P<instance>[\w.-]+)/(?:[\w.-]+/)*)?(?P<daemon>[\w-]+)(?:\[\d+\])?: ", re.ASCII
)
_SAID: Final = re.compile(r"(?P<queue>[0-9A-Za-z]{5,32}): (?P<rest>.+?)\s*$", re.ASCII)
_MESSAGE_ID: Final = re.compile(r"message-id=(<[^<>\s]+>)")
_TRIES: Final = 5


def accepted(file: Path, wanted: frozenset[str]) -> frozenset[str]:
    """Those of the wanted Message-IDs that the server has accepted. The logs before the last rotations count too.

    Raises:
        HotlineError: the log cannot be read.
    """
    if not wanted:
        return frozenset()
    try:
        return _read(file, wanted)
    except OSError as wrong:
        raise HotlineError(f"HOTLINE_SMTP_LEDGER: the mail log cannot be read ({wrong.strerror})") from None


def _read(file: Path, wanted: frozenset[str]) -> frozenset[str]:
    for _ in range(_TRIES):
        lines = _Lines(wanted)
        try:
            with open_logs(file) as logs:
                for log in logs:
                    lines.read(log)
        except Rotated:
            continue  # silence must not come from a part that was moved while it was read
        return frozenset(lines.accepted)
    raise HotlineError("HOTLINE_SMTP_LEDGER: the mail log was rotated each time it was read")


class _Lines:
    """What has been read so far: which queue number stands for which message, and what was accepted."""

    def __init__(self, wanted: frozenset[str]) -> None:
        self._wanted = wanted
        self._queued: dict[tuple[str | None, str], str] = {}
        self.accepted: set[str] = set()

    def read(self, source: Iterable[bytes]) -> None:
        for line in source:
            # Most lines are about other people's mail, and a log may be long.
            if self._queued or b"message-id=<" in line:
                self._take(line.decode("utf-8", "replace"))

    def _take(self, line: str) -> None:
        program = _PROGRAM.search(line)
        # What stands further right may be anybody's words, another program's name among them.
        said = program and _SAID.match(line, program.end())
        if not program or not said:
            return
        queue, daemon, rest = (program["instance"], said["queue"]), program["daemon"], said["rest"]
        if _begins(daemon, rest):
            self._queued.pop(queue, None)
            named = _MESSAGE_ID.match(rest)
            if named is not None and named[1].lower() in self._wanted:
                self._queued[queue] = named[1].lower()
        elif queue in self._queued and _proves(daemon, rest):
            self.accepted.add(self._queued[queue])


def _begins(daemon: str, rest: str) -> bool:
    """Whether a queue number stands for another message from here on."""
    return (daemon == "cleanup" and rest.startswith("message-id=")) or (
        daemon == "smtpd" and rest.startswith("client=")
    )


def _proves(daemon: str, rest: str) -> bool:
    if daemon in ("smtpd", "cleanup"):
        return rest.startswith("hold:")
    return rest.startswith("from=<") or " status=" in rest or rest == "removed"
