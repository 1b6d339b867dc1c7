"""Who is sending a notice right now, and whether that process is still alive.

A claim names machine, process and the process's start time, so that a dead sender's notices are taken up at once on
the same machine, and after the lease everywhere else. Leases run on real time, for so do the processes.
"""

import os
import socket
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

LEASE: Final = timedelta(seconds=90)

_PROC: Final = Path("/proc")


@cache
def machine() -> str:
    """This machine since it started, and this container on it: two containers may share a host name and numbers."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        space = os.readlink(_PROC / "self/ns/pid")
    except OSError:
        return socket.gethostname()
    return f"{boot}-{space.strip('pid:[]')}"


def started(process: int) -> str | None:
    """When a process started, in the kernel's ticks; ``None`` when it is gone, or only waits to be buried."""
    try:
        # The name in parentheses may hold anything, blanks and parentheses included.
        fields = (_PROC / str(process) / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in ("Z", "X") else fields[19]


def _myself() -> str:
    return f"{machine()}:{os.getpid()}:{started(os.getpid()) or '0'}"


@dataclass(frozen=True)
class Claims:
    """What a sender knows of its own claim and of others'."""

    mine: str = field(default_factory=_myself)

    def now(self) -> datetime:
        """Real time, UTC."""
        return datetime.now(UTC)

    def until(self) -> datetime:
        """The end of a claim made now."""
        return self.now() + LEASE

    def is_dead(self, claim: str | None) -> bool:
        """Whether the claim's process has surely ended. Of other machines nobody knows: their lease decides."""
        if claim is None:
            return True
        place, _, process = claim.partition(":")
        number, _, start = process.partition(":")
        if place != machine() or not number.isdigit() or not _PROC.is_dir():
            return False
        return started(int(number)) != start
