"""How fast is the whole crawl, beside a bare Scrapy spider that stores nothing?

Both fetch the same generated pages and pictures from the same process, in turns. Prints medians, their ratio, and
where our time goes.
"""

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from stand import site
from stand.home import LISTED, make_ready
from stand.processes import started

ROUNDS: Final = 3
_LAST_START: Final = 100.0
"""Seconds after which no round begins any more, so that a busy machine ends in time, too."""
Result = dict[str, Any]


def main() -> int:
    """Prints the tables; 1 if a crawl did not fetch everything."""
    begun = time.monotonic()
    results: dict[str, list[Result]] = {"bare": [], "ours": []}
    with started("origin", "site") as server, tempfile.TemporaryDirectory(prefix="bench-") as ready:
        origin = {**server.hear(), "ready": ready}
        make_ready(Path(ready), origin)
        for number in range(ROUNDS):
            if number and time.monotonic() - begun > _LAST_START:
                break
            for who, told in results.items():
                told.append(_crawl(who, origin))
    _show(results, origin)
    _show_stages(results["ours"])
    return int(not all(_is_whole(told) for told in (*results["bare"], *results["ours"])))


def _crawl(who: str, origin: Result) -> Result:
    with started(who) as process:
        process.tell(origin)
        result: Result = process.hear()
    return result


def _is_whole(told: Result) -> bool:
    whole = (told["pages"], told["media"]) == (site.PAGES, site.PICTURES) and told.get("cases", 0) in (0, site.MATCHES)
    if not whole:
        print(f"not everything was fetched: {told['pages']} pages, {told['media']} media", file=sys.stderr)
    return whole


def _show(results: dict[str, list[Result]], origin: Result) -> None:
    small, large = min(origin["picture_bytes"]) / 1000, max(origin["picture_bytes"]) / 1000
    title = (
        f"{site.PAGES} pages, {site.PICTURES} pictures of {small:.0f} to {large:.0f} kB\n"
        f"{LISTED} listed files; medians of {len(results['ours'])} rounds"
    )
    table = Table("crawl", title=title)
    for column in ("seconds", "pages/s", "media/s", "processor ms a fetch"):
        table.add_column(column, justify="right")
    for who, told in results.items():
        seconds = _median(told, "seconds")
        cost = _median(told, "processor") / (site.PAGES + site.PICTURES) * 1000
        rates = (site.PAGES / seconds, site.PICTURES / seconds)
        name = "ours" if who == "ours" else "bare Scrapy"
        table.add_row(name, f"{seconds:.1f}", *(f"{rate:.1f}" for rate in rates), f"{cost:.1f}")
    Console().print(table)
    pairs = zip(results["ours"], results["bare"], strict=True)
    slower = median(ours["seconds"] / bare["seconds"] for ours, bare in pairs)
    print(f"ours takes {slower:.2f} times as long as bare Scrapy (median of the rounds)")


def _show_stages(told: list[Result]) -> None:
    seconds: Counter[str] = Counter()
    for result in told:
        seconds.update(result["stages"])
    table = Table("stage", title="Where our time goes, all rounds")
    for column in ("share", "busy ms a fetch"):
        table.add_column(column, justify="right")
    fetches = (site.PAGES + site.PICTURES) * len(told)
    for stage, busy in seconds.most_common():
        table.add_row(stage, f"{busy / seconds.total():.0%}", f"{busy / fetches * 1000:.2f}")
    Console().print(table)


def _median(told: list[Result], name: str) -> float:
    return median(result[name] for result in told)


if __name__ == "__main__":
    sys.exit(main())
