"""The practice internet as a process of its own, and the few words that are spoken with it.

The product imports nothing of ``practice/``: it starts ``python -m practice`` and asks over a loopback socket, one JSON
line each way. The process reads its standard input to the end, so it ends with whoever started it, however that ends.
"""

import json
import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from hotline.clock import parse_time, utc_text
from hotline.errors import HotlineError

START_DEADLINE: Final = 60.0
"""Seconds of real time until the practice internet must listen."""

ANSWER_DEADLINE: Final = 60.0
_END_DEADLINE: Final = 20.0
_LOG: Final = "world.log"


class World:
    """A running practice internet: its clock, its settings, and what is true in it."""

    def __init__(self, folder: Path, process: "subprocess.Popen[bytes]", address: str) -> None:
        host, _, port = address.rpartition(":")
        self.folder = folder
        self._process = process
        self._socket = socket.create_connection((host, int(port)), ANSWER_DEADLINE)
        self._lines = self._socket.makefile("rwb")

    @property
    def settings(self) -> dict[str, str]:
        """The ``HOTLINE_*`` variables with which a product stands on this internet."""
        values: dict[str, str] = json.loads((self.folder / "env.json").read_text(encoding="utf-8"))
        return values

    def next(self) -> datetime | None:
        """When the next thing happens there that is planned already."""
        moment = self._ask("next")["next"]
        return parse_time(moment) if moment else None

    def advance(self, moment: datetime) -> None:
        """Moves the world's clock; all that falls due on the way happens."""
        self._ask("advance", to=utc_text(moment) or "")

    def truth(self) -> list[dict[str, Any]]:
        """Every URL that a correct hotline has a case of by now: ``url``, ``host``, ``up``, ``removable``, …"""
        rows: list[dict[str, Any]] = self._ask("truth")["truth"]
        return rows

    def faults(self) -> list[dict[str, Any]]:
        """What a correct hotline would not have done: ``at``, ``what``, ``detail``."""
        rows: list[dict[str, Any]] = self._ask("faults")["faults"]
        return rows

    def wait(self) -> None:
        """Returns when the process has ended."""
        self._process.wait()

    def _ask(self, do: str, **more: str) -> dict[str, Any]:
        try:
            self._lines.write(json.dumps({"do": do, **more}).encode() + b"\n")
            self._lines.flush()
            answer: dict[str, Any] = json.loads(self._lines.readline() or b'{"error": "it has ended"}')
        except (OSError, ValueError) as wrong:
            raise HotlineError(f"the practice internet does not answer ({type(wrong).__name__}); start again") from None
        if "error" in answer:
            raise HotlineError(f"the practice internet could not {do}: {answer['error']}; its log is {_LOG}")
        return answer

    def hang_up(self) -> None:
        """Closes the connection to it."""
        self._lines.close()
        self._socket.close()


@contextmanager
def started(folder: Path, hosts: str) -> Iterator[World]:
    """The practice internet, from its ready line to the end of the block. ``hosts`` is ``all`` or ``small``.

    Raises:
        HotlineError: it did not start; its own last line says why.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / _LOG).open("wb") as log:
        process = _process(folder, hosts, log.fileno())
        try:
            world = World(folder, process, _ready(process, folder))
            try:
                yield world
            finally:
                world.hang_up()
        finally:
            _end(process)


def _process(folder: Path, hosts: str, log: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "practice", "--folder", str(folder), "--hosts", hosts],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        cwd=Path(__file__).resolve().parent.parent,
        env={name: value for name, value in os.environ.items() if not name.startswith("HOTLINE_")},
        # A Ctrl-C at the terminal is ours alone: the world ends after us, when its standard input closes.
        start_new_session=True,
    )


def _ready(process: "subprocess.Popen[bytes]", folder: Path) -> str:
    assert process.stdout is not None  # a pipe was asked for
    heard, _, _ = select.select([process.stdout], [], [], START_DEADLINE)
    try:
        return str(json.loads(process.stdout.readline() if heard else b"")["control"])
    except (ValueError, KeyError):
        raise HotlineError(f"the practice internet did not start: {_last_line(folder / _LOG)}") from None


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")[:300]


def _end(process: "subprocess.Popen[bytes]") -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    try:
        process.wait(_END_DEADLINE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
