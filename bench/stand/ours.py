"""The crawl as it is: a practice home on SQLite, hash lists, the guard and the dial map, decoders in their processes."""

import asyncio
import resource
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from stand import site
from stand.home import confirm, fill_lists, make_home, settings_in
from stand.processes import hear_order, report
from stand.sampling import Sampler


def main() -> None:
    """Crawls once when it is told where."""
    origin = hear_order()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        home = make_home(settings_in(Path(folder), origin))
        fill_lists(home, origin["listed"])
        confirm(home, site.picture_url(0, origin["port"]), site.page_url(0, origin["port"]))
        report(_crawl(home))
        home.engine.dispose()


def _crawl(home: Any) -> dict[str, Any]:
    from scheduler.crawling import crawl

    decoding = _children_seconds()
    with Sampler() as sampler:
        begun, used = time.perf_counter(), time.process_time()
        crawled = asyncio.run(crawl(home))
        seconds, processor = time.perf_counter() - begun, time.process_time() - used
    decoding = _children_seconds() - decoding
    stages: Counter[str] = sampler.seconds + Counter({"decode+PDQ": decoding})
    return {
        "pages": crawled.pages,
        "media": crawled.media,
        "cases": crawled.cases_opened,
        "seconds": seconds,
        "processor": processor + decoding,
        "stages": stages,
        "places": sampler.places.most_common(25),
    }


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
