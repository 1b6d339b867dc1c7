"""Starting the stand's processes, and what they are told: one JSON line each way."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

BENCH: Final = Path(__file__).resolve().parents[1]


class Measured:
    """A process of the stand. ``tell`` and ``hear`` pass JSON; what it writes to standard error is shown."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"stand.{module}", *arguments],
            cwd=BENCH,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.pid = self._process.pid

    def tell(self, what: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()

    def hear(self) -> Any:
        """The next line.

        Raises:
            SystemExit: the process ended without one.
        """
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"a process of the test stand ended ({self._process.wait()}); its error is above")
        return json.loads(line)

    def end(self) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
        self._process.kill()
        self._process.wait()


@contextlib.contextmanager
def started(module: str, *arguments: str) -> Iterator[Measured]:
    """A process for as long as the block lasts."""
    process = Measured(module, *arguments)
    try:
        yield process
    finally:
        process.end()


def hear_order() -> Any:
    """In the process: what it is told next."""
    return json.loads(sys.stdin.readline())


def report(what: Any) -> None:
    """In the process: tells the benchmark."""
    print(json.dumps(what), flush=True)
