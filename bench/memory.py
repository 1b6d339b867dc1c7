"""Does a large media body fit through the crawler without staying in its memory?

500 MB of noise behind a video's and behind a JPEG's first bytes, fetched by our download handler and by Scrapy's own.
Exits 1 if ours raises memory by 60 MB or more.
"""

import sys
from dataclasses import dataclass
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from stand.origin import BODY_BYTES, HEADS
from stand.processes import started
from stand.watching import Watch

MOST: Final = 60 * 10**6


@dataclass(frozen=True)
class Fetch:
    """What one fetch cost: bytes and seconds."""

    handler: str
    kind: str
    before: int
    peak: int
    whole: int
    rise: int
    seconds: float


def main() -> int:
    """Prints the table; the exit status."""
    with started("origin", "bodies") as server:
        origin = server.hear()
        fetches = [_fetch(handler, kind, origin) for kind in HEADS for handler in ("ours", "bare")]
    _show(fetches)
    worst = max(fetch.rise for fetch in fetches if fetch.handler == "ours")
    print(f"ours raises memory by at most {worst / 1e6:.0f} MB (allowed: less than {MOST / 1e6:.0f} MB)")
    return int(worst >= MOST)


def _fetch(handler: str, kind: str, origin: dict[str, Any]) -> Fetch:
    with started("one_body", handler) as process:
        process.tell({**origin, "kind": kind})
        process.hear()
        with Watch(process.pid) as watch:
            process.tell("go")
            told = process.hear()
        process.tell("done")
    assert told["bytes"] == BODY_BYTES, f"{handler} fetched {told['bytes']} bytes"
    whole = watch.peak_whole - watch.before_whole
    return Fetch(handler, kind, watch.before, watch.peak, whole, watch.rise, told["seconds"])


def _show(fetches: list[Fetch]) -> None:
    table = Table(title=f"One body of {BODY_BYTES / 1e6:.0f} MB; memory in MB")
    for column in ("handler", "body", "resident before", "resident peak", "rise", "rise with children, memfd", "s"):
        table.add_column(column, justify="left" if column in ("handler", "body") else "right")
    for fetch in fetches:
        sizes = (fetch.before, fetch.peak, fetch.peak - fetch.before, fetch.whole)
        handler = "ours" if fetch.handler == "ours" else "Scrapy's own"
        table.add_row(handler, fetch.kind, *(f"{size / 1e6:.0f}" for size in sizes), f"{fetch.seconds:.1f}")
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
