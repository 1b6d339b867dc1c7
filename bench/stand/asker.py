"""A fresh process that opens a list's file and asks it, as a worker does: how long it takes, and what is resident."""

import pickle
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy
from numpy.typing import NDArray

from crawler.hashlists import listfile
from crawler.hashlists.bands import NEAR, Words
from crawler.hashlists.segment import Segment


class Asked(NamedTuple):
    """Seconds, bytes, and what was found."""

    loading: float
    together: float
    alone: float
    worst: float
    worst_missed: int
    resident: int
    distances: NDArray[numpy.int64]


def ask_apart(file: Path, queries: Words, worst: Words) -> Asked:
    """Opens and asks in a process of its own; ``worst`` are queries that have an entry at 31 bits."""
    given = pickle.dumps((str(file), queries, worst))
    told = subprocess.run([sys.executable, __file__], input=given, stdout=subprocess.PIPE, check=True)
    return Asked(*pickle.loads(told.stdout))


def _ask(file: str, queries: Words, worst: Words) -> Asked:
    nobody: NDArray[numpy.int64] = numpy.empty(0, numpy.int64)
    started = time.perf_counter()
    segment = Segment(listfile.read(Path(file))[1])
    loading = time.perf_counter() - started
    segment.nearest(queries, nobody)  # brings the file's pages in
    found, together = _timed(lambda: segment.nearest(queries, nobody), len(queries))
    _, alone = _timed(lambda: [segment.nearest(query[None], nobody) for query in queries], len(queries))
    adversarial, worst_seconds = _timed(lambda: segment.nearest(worst, nobody), len(worst))
    missed = int(((adversarial.distances < 0) | (adversarial.distances > NEAR)).sum())
    return Asked(loading, together, alone, worst_seconds, missed, _resident(), found.distances)


def _timed(deed: Any, count: int) -> tuple[Any, float]:
    started = time.perf_counter()
    result = deed()
    return result, (time.perf_counter() - started) / count


def _resident() -> int:
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    sys.stdout.buffer.write(pickle.dumps(tuple(_ask(*pickle.loads(sys.stdin.buffer.read())))))
