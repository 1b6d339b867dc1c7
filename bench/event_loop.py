"""Is the crawl's event loop ever blocked while pictures are hashed, and are both cores used?

600 pictures of a generated site, fetched through guard and fetcher, decoded in two children and looked up in a list of
100,000, twelve at a time, while a task of the same loop looks at the clock. Exits with 1 when the loop was once blocked
for more than 50 ms.
"""

import asyncio
import itertools
import os
import resource
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from stand import site
from stand.home import settings_in
from stand.processes import started

from crawler.decoding import Decoder
from crawler.fetcher import Fetcher
from crawler.hashlists.index import ListIndex
from crawler.hashlists.matching import Entry
from hotline.address import parse_url
from hotline.clock import SystemClock
from hotline.network import Network
from hotline.words import HomeKind, ListKind

LISTED: Final = 100_000
AT_ONCE: Final = 12
CHILDREN: Final = 2
MOST_BLOCKED: Final = 0.05
_LOOKS_EVERY: Final = 0.002


def main() -> int:
    """Prints what was seen; 1 if the loop was blocked for too long."""
    with started("origin", "site") as server, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        told = asyncio.run(_crawl(server.hear(), Path(folder)))
    blocked = sorted(told["gaps"], reverse=True)
    wall, ours, children = told["wall"], told["ours"], told["children"]
    rate, decoded = site.PICTURES / wall, told["decoded"]
    print(f"{site.PICTURES} pictures in {wall:.1f} s, {rate:.0f} a second; {decoded} of them decoded")
    print(f"the loop was blocked for at most {1e3 * blocked[0]:.1f} ms; then "
          + ", ".join(f"{1e3 * gap:.1f}" for gap in blocked[1:5]))  # fmt: skip
    print(f"processor time: {ours:.1f} s ours, {children:.1f} s in {CHILDREN} children: "
          f"{100 * (ours + children) / wall / (os.cpu_count() or 1):.0f} % of all cores")  # fmt: skip
    return int(blocked[0] > MOST_BLOCKED or told["decoded"] != site.PICTURES)


async def _crawl(origin: dict[str, Any], folder: Path) -> dict[str, Any]:
    index = ListIndex(_entries())
    index.nearest("0" * 64)  # what was added is set in order at the first look-up
    settings = settings_in(folder, origin)
    async with (
        Network.open(settings, HomeKind.PRACTICE, SystemClock()) as network,
        Decoder.open(CHILDREN) as decoder,
    ):
        fetcher = Fetcher(network, decoder)
        urls = iter([parse_url(site.picture_url(number, origin["port"])) for number in range(site.PICTURES)])
        gaps: list[float] = []
        watch = asyncio.create_task(_watch(gaps))
        began, used = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF)
        decoded = sum(await asyncio.gather(*(_work(fetcher, index, urls) for _ in range(AT_ONCE))))
        wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF)
        watch.cancel()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "wall": wall,
        "gaps": gaps,
        "decoded": decoded,
        "ours": after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime,
        "children": children.ru_utime + children.ru_stime,
    }


async def _work(fetcher: Fetcher, index: ListIndex, urls: Iterator[Any]) -> int:
    decoded = 0
    for url in urls:
        seen = await fetcher.fetch(url)
        if seen.digests is not None:
            index.match(seen.digests)
            decoded += seen.digests.pdq is not None
    return decoded


async def _watch(gaps: list[float]) -> None:
    last = time.monotonic()
    while True:
        await asyncio.sleep(_LOOKS_EVERY)
        now = time.monotonic()
        gaps.append(now - last - _LOOKS_EVERY)
        last = now


def _entries() -> Iterator[Entry]:
    for _ in itertools.repeat(None, LISTED):
        yield Entry("one", ListKind.ILLEGAL, secrets.token_hex(32), pdq=secrets.token_hex(32))


if __name__ == "__main__":
    sys.exit(main())
