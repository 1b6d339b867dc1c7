"""The practice internet as a process of its own, for whoever stands outside it: tests first of all."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self, cast

from practice.client import Client

Rows = list[dict[str, object]]


@dataclass
class World:
    """A running world; use it as a context manager, or call `stop`."""

    env: dict[str, str]
    folder: Path
    process: subprocess.Popen[bytes]
    client: Client

    @classmethod
    def start(cls, folder: Path, *, hosts: str = "all", start: str = "2030-01-01T00:00:00Z", seed: int = 1) -> Self:
        """Start the process and wait until it listens."""
        command = [
            sys.executable,
            "-m",
            "practice",
            "--folder",
            str(folder),
            "--hosts",
            hosts,
            "--start",
            start,
            "--seed",
            str(seed),
        ]
        root = Path(__file__).resolve().parent.parent
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root)
        assert process.stdout is not None  # a pipe was asked for
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"the practice internet did not start (exit {process.wait()})")
        env = json.loads((folder / "env.json").read_text(encoding="utf-8"))
        return cls(env, folder, process, Client(json.loads(line)["control"]))

    def now(self) -> str:
        """The virtual time."""
        return str(self.client.ask("now")["now"])

    def next(self) -> str | None:
        """When the next planned thing happens."""
        return cast("str | None", self.client.ask("next")["next"])

    def advance(self, to: str) -> int:
        """Move the clock; how many things happened."""
        return cast(int, self.client.ask("advance", to=to)["performed"])

    def truth(self) -> Rows:
        """What a correct hotline must have found, and how it stands."""
        return cast(Rows, self.client.ask("truth")["truth"])

    def faults(self) -> Rows:
        """What a correct hotline would not have done."""
        return cast(Rows, self.client.ask("faults")["faults"])

    def mail(self) -> Rows:
        """Every message that the mail server has taken."""
        return cast(Rows, self.client.ask("mail")["mail"])

    def stop(self) -> None:
        """End the process and wait for it."""
        self.client.close()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        self.process.wait(timeout=20)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
