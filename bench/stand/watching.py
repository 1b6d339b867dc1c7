"""How much memory a process holds, seen from outside. Bytes, from /proc (proc(5), Linux)."""

import contextlib
import threading
from pathlib import Path
from typing import Final, Self

import psutil

_SECONDS: Final = 0.02


class Watch:
    """Watches a process and its children while its block runs.

    ``before`` and ``peak``: the process's own resident memory; the peak is the kernel's (``VmHWM``), which misses
    nothing. ``peak_whole``: the greatest sum seen of the process, its children and what they hold in anonymous files
    (``memfd``), which no process's resident memory counts; ``before_whole`` its beginning.
    """

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._place = Path(f"/proc/{pid}")
        self.before = self._status("VmRSS")
        self.before_whole = self.peak_whole = self._whole()
        self.peak = self.before
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._reset_peak()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self.peak = max(self.peak, self._status("VmHWM"))

    @property
    def rise(self) -> int:
        """By how much the memory rose, whichever way it is counted."""
        return max(self.peak - self.before, self.peak_whole - self.before_whole)

    def _reset_peak(self) -> None:
        # Where this is not allowed, a peak from before counts too: the result can only get worse.
        with contextlib.suppress(OSError):
            (self._place / "clear_refs").write_text("5")

    def _watch(self) -> None:
        while not self._ended.wait(_SECONDS):
            self.peak = max(self.peak, self._status("VmRSS"))
            self.peak_whole = max(self.peak_whole, self._whole())

    def _status(self, name: str) -> int:
        lines = (self._place / "status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))

    def _whole(self) -> int:
        children = self._process.children(recursive=True)
        sizes = [self._process.memory_info().rss, _anonymous_files(self._place / "fd")]
        for child in children:
            with contextlib.suppress(psutil.Error):
                sizes.append(child.memory_info().rss)
        return sum(sizes)


def _anonymous_files(descriptors: Path) -> int:
    total = 0
    for link in descriptors.iterdir():
        with contextlib.suppress(OSError):
            if str(link.readlink()).startswith("/memfd:"):
                total += link.stat().st_blocks * 512
    return total
