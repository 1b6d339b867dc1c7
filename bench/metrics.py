"""Times to removal of a million cases in less than two seconds, from SQLite and from PostgreSQL?

What is timed is what ``hotline metrics --json`` does once its modules are loaded: it reads the courses, reckons the
estimate with its bands, and writes the document. Beside it, on the same intervals: lifelines' Kaplan-Meier estimate
over their midpoints, and its own estimate for intervals, on as many cases as it can bear; and the whole command,
Python's start included. Exits with 1 when either database takes more than ``MOST`` seconds (the median of ``ROUNDS``),
or when ours and lifelines' medians are further apart than looks are.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, Final

import numpy as np
from rich.console import Console
from rich.table import Table
from stand.million import MEDIAN_HOURS, fill

from hotline.clock import MovableClock
from hotline.home import Home, create_home, open_home
from hotline.settings import load
from hotline.words import HomeKind
from takedown import courses, figures
from takedown.removal_times import stays

ROUNDS: Final = 3
MOST: Final = 2.0
"""Seconds."""
PEER_CASES: Final = 1_000
"""Cases for lifelines' estimate for intervals, whose memory grows with the square of their number."""
_GROUPED: Final = ("country", "provider", "tld", "rung")
_BETWEEN_LOOKS: Final = 26.4
"""Hours between two looks, at most."""
Line = tuple[str, str, float, str]


def main(count: int) -> int:
    """Prints the table; the exit status."""
    lines: list[Line] = []
    wrong: list[str] = []
    for name, database in (("SQLite", _on_sqlite), ("PostgreSQL", _on_postgresql)):
        with database() as environment:
            taken, ours = _measured(name, environment, count, lines)
            if taken > MOST:
                wrong.append(f"{name}: {taken:.2f} s for {count:,} cases, allowed are {MOST:.0f}")
            if name == "PostgreSQL":
                wrong += _beside(environment, ours, lines)
    _show(lines, count)
    for each in wrong:
        print(each, file=sys.stderr)
    return int(bool(wrong))


@contextmanager
def _on_sqlite() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        yield {"HOTLINE_HOME": str(Path(folder) / "home"), "HOTLINE_NOW": "2030-06-01T00:00:00Z"}


@contextmanager
def _on_postgresql() -> Iterator[dict[str, str]]:
    sys.path.append(str(Path(__file__).parent.parent / "tests" / "stage"))
    from postgres_cluster import running_cluster

    with _on_sqlite() as environment, running_cluster() as cluster, cluster.fresh_database() as url:
        yield environment | {"HOTLINE_DATABASE_URL": url}


def _opened(environment: dict[str, str]) -> Home:
    settings = load(environment)
    assert settings.now is not None
    return open_home(settings, MovableClock(settings.now))


def _measured(name: str, environment: dict[str, str], count: int, lines: list[Line]) -> tuple[float, dict[str, Any]]:
    create_home(load(environment), HomeKind.PRACTICE)
    home = _opened(environment)
    begun = time.perf_counter()
    fill(home, count)
    lines.append((name, f"writing {count:,} cases in bulk, courses kept", time.perf_counter() - begun, ""))
    taken, document = _median_of(lambda: _document(home))
    (group,) = document["groups"]
    lines.append((name, "metrics: read, estimate, bands, JSON", taken, _words(group)))
    for by in _GROUPED:
        seconds, grouped = _timed(lambda by=by: _document(home, by))  # type: ignore[misc]
        lines.append((name, f"metrics --by {by}", seconds, f"{len(grouped['groups'])} groups"))
    seconds, _ = _timed(lambda: _command(environment))
    lines.append((name, "the whole command, Python's start included", seconds, ""))
    home.engine.dispose()
    return taken, group


def _document(home: Home, by: str | None = None) -> dict[str, Any]:
    with home.reading() as session:
        document = figures.metrics(home, session, by)
    json.dumps(document)
    return document


def _command(environment: dict[str, str]) -> None:
    command = [sys.executable, "-c", "from commands.app import main; main()", "metrics", "--json"]
    subprocess.run(command, env=os.environ | environment, check=True, stdout=subprocess.DEVNULL)


def _beside(environment: dict[str, str], ours: dict[str, Any], lines: list[Line]) -> list[str]:
    """lifelines on the same intervals; what is wrong with ours beside it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from lifelines import KaplanMeierFitter

        home = _opened(environment)
        with home.reading() as session:
            of = courses.read(session, ("notice",))
        home.engine.dispose()
        first = of.ordinal == 1
        found = stays(of.notice[first], of.online[first], of.gone[first])
        gone = np.isfinite(found.until)
        middle = np.where(gone, (found.after + np.where(gone, found.until, 0)) / 2, found.after)
        seconds, fitter = _timed(lambda: KaplanMeierFitter().fit(middle, gone))
        theirs = float(fitter.median_survival_time_)
        lines.append(("in memory", "lifelines, Kaplan-Meier over the midpoints", seconds, f"median {theirs:.1f} h"))
        some = slice(0, PEER_CASES)
        seconds, fitter = _timed(
            lambda: KaplanMeierFitter().fit_interval_censoring(found.after[some], found.until[some])
        )
        lines.append(("in memory", f"lifelines, for intervals, {PEER_CASES:,} of them", seconds, ""))
    apart = abs(theirs - ours["median_hours"])
    return [f"lifelines' median is {apart:.1f} h from ours"] if apart > _BETWEEN_LOOKS else []


def _median_of(work: Callable[[], Any]) -> tuple[float, Any]:
    done = [_timed(work) for _ in range(ROUNDS)]
    return median(seconds for seconds, _ in done), done[-1][1]


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def _words(group: dict[str, Any]) -> str:
    low, high = group["median_ci95"]
    return f"median {group['median_hours']:.1f} h ({low:.1f} to {high:.1f}), truth {MEDIAN_HOURS:.0f}"


def _show(lines: list[Line], count: int) -> None:
    table = Table(title=f"Time to removal of {count:,} cases")
    for column in ("where", "what", "seconds", ""):
        table.add_column(column, justify="right" if column == "seconds" else "left")
    for where, what, seconds, words in lines:
        table.add_row(where, what, f"{seconds:.2f}", words)
    Console(width=140).print(table)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
