"""Saying commands as an operator does: environment, folder, arguments in; exit status and two streams out."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from little_world import LittleWorld

REPOSITORY = Path(__file__).resolve().parents[2]
COMMAND = Path(sys.executable).with_name("hotline")
MIDNIGHT = "2030-01-01T00:00:00Z"


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    argv: tuple[str, ...]
    status: int
    out: str
    err: str

    @cached_property
    def json(self) -> Any:
        """The one document on standard output."""
        return json.loads(self.out)

    @property
    def complaint(self) -> str:
        """The one line on standard error; fails when it is not exactly one, or a traceback."""
        lines = self.err.splitlines()
        assert len(lines) == 1, f"{self.argv}: not one line on standard error: {self.err!r}"
        assert "Traceback" not in self.err
        assert "a fault of ours" not in self.err, self.err
        return lines[0]


class WarmStart:
    """The forking process of ``warm_start``; one command at a time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    @classmethod
    @contextmanager
    def started(cls) -> Iterator["WarmStart"]:
        """Starts it, and ends it with the block."""
        program = [sys.executable, str(Path(__file__).with_name("warm_start.py"))]
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), "OPENBLAS_NUM_THREADS": "1"}
        with subprocess.Popen(
            program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        ) as process:
            warm = cls(process)
            assert warm._answer() == {"ready": True}
            try:
                yield warm
            finally:
                assert process.stdin is not None
                process.stdin.close()

    def begin(self, argv: tuple[str, ...], environment: dict[str, str], folder: Path, streams: Path) -> int:
        """Starts a command; returns its process number."""
        order = {
            "argv": argv, "env": environment, "cwd": str(folder),
            "out": str(streams / "out"), "err": str(streams / "err"),
        }  # fmt: skip
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        number: int = self._answer()["pid"]
        return number

    def end(self) -> int:
        """Waits for the command; returns its status, negative for a signal."""
        status: int = self._answer()["status"]
        return status

    def _answer(self) -> Any:
        stream: IO[str] | None = self._process.stdout
        assert stream is not None
        return json.loads(stream.readline())


@dataclass(frozen=True)
class Shell:
    """A place in which commands are said. ``warm`` is ``None``: each is a start of ``hotline`` from cold."""

    place: Path
    environment: dict[str, str]
    warm: WarmStart | None = None
    now: str | None = MIDNIGHT
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def standing_in(cls, world: LittleWorld | None, place: Path, warm: WarmStart | None = None) -> "Shell":
        """A shell whose settings are those of the world; home, temporary folder and working directory are its own."""
        for name in ("work", "tmp", "streams"):
            (place / name).mkdir(parents=True, exist_ok=True)
        base = {
            "PATH": os.environ["PATH"],
            "HOTLINE_HOME": str(place / "home"),
            "TMPDIR": str(place / "tmp"),
            "HOME": str(place),
            "COLUMNS": "200",
        }
        return cls(place, base | (world.environment if world else {}), warm)

    @property
    def home(self) -> Path:
        return Path(self.environment["HOTLINE_HOME"])

    def at(self, now: str | None) -> "Shell":
        """The same, at another time."""
        return replace(self, now=now)

    def having(self, **settings: str | None) -> "Shell":
        """The same with other settings, without ``HOTLINE_``; ``None`` unsets."""
        changed = {f"HOTLINE_{name}": value for name, value in settings.items()}
        kept = {name: value for name, value in self.environment.items() if name not in changed}
        return replace(self, environment=kept | {name: value for name, value in changed.items() if value is not None})

    def say(self, *argv: str | Path, status: int | None = 0) -> Said:
        """Says a command and waits; ``status`` is the one that it must end with, ``None`` any."""
        words = tuple(map(str, argv))
        said = self._warm(words) if self.warm else self._cold(words)
        self.complaints.append(said.err)
        assert status is None or said.status == status, f"{words}: status {said.status}\n{said.out}\n{said.err}"
        assert "Traceback" not in said.err, said.err
        return said

    def json(self, *argv: str | Path, status: int | None = 0) -> Any:
        """The document that a command prints."""
        return self.say(*argv, "--json", status=status).json

    def cases(self) -> dict[str, dict[str, Any]]:
        """All cases by URL."""
        return {case["url"]: case for case in self.json("cases")}

    def notices(self) -> list[dict[str, Any]]:
        """All notices, oldest first."""
        listed: list[dict[str, Any]] = self.json("notices", "list")
        return listed

    def begin(self, *argv: str | Path) -> subprocess.Popen[bytes]:
        """Starts a command from cold and does not wait, for those that are to be killed."""
        with (self.place / "streams" / "err").open("wb") as err:
            return subprocess.Popen(
                [str(COMMAND), *map(str, argv)], env=self._full(), cwd=self.place / "work", stdout=err, stderr=err
            )

    def file(self, name: str, text: str) -> Path:
        """A file of the operator's, outside home and working directory."""
        folder = self.place / "files"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
        return folder / name

    def take_over(self, home: Path) -> None:
        """Makes the home a copy of another one."""
        shutil.copytree(home, self.home)

    def _full(self) -> dict[str, str]:
        return self.environment | ({"HOTLINE_NOW": self.now} if self.now else {})

    def _warm(self, argv: tuple[str, ...]) -> Said:
        assert self.warm is not None
        streams = self.place / "streams"
        self.warm.begin(argv, self._full(), self.place / "work", streams)
        status = self.warm.end()
        return Said(argv, status, (streams / "out").read_text(), (streams / "err").read_text())

    def _cold(self, argv: tuple[str, ...]) -> Said:
        done = subprocess.run(
            [str(COMMAND), *argv], env=self._full(), cwd=self.place / "work", capture_output=True, text=True,
            timeout=120, check=False,
        )  # fmt: skip
        return Said(argv, done.returncode, done.stdout, done.stderr)
