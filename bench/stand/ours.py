"""The crawl as it is: a practice home on SQLite, hash lists, guard and dial map, decoders in their processes."""

import asyncio
import resource
import shutil
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from stand.home import settings_in
from stand.processes import hear_order, report
from stand.sampling import Sampler


def main() -> None:
    """Crawls once, on a copy of the home that it is told of."""
    origin = hear_order()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        shutil.copytree(origin["ready"], folder, dirs_exist_ok=True)
        report(_crawl(Path(folder), origin))


def _crawl(folder: Path, origin: dict[str, Any]) -> dict[str, Any]:
    from hotline.home import open_home
    from scheduler.crawling import crawl

    home = open_home(settings_in(folder, origin))
    decoding = _children_seconds()
    with Sampler() as sampler:
        begun, used = time.perf_counter(), time.process_time()
        crawled = asyncio.run(crawl(home))
        seconds, processor = time.perf_counter() - begun, time.process_time() - used
    decoding = _children_seconds() - decoding
    home.engine.dispose()
    return {
        "pages": crawled.pages,
        "media": crawled.media,
        "cases": crawled.cases_opened,
        "seconds": seconds,
        "processor": processor + decoding,
        "stages": sampler.seconds + Counter({"decode+PDQ": decoding}),
        "places": sampler.places.most_common(25),
    }


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
