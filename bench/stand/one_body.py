"""A process that fetches one body: ``python -m stand.one_body ours`` or ``… bare``.

The same little spider either way; only the download handler differs. It fetches a small body first, so that all that
is loaded once is loaded, says so, and fetches the large one when it is told to.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import scrapy
from scrapy.crawler import Crawler, CrawlerProcess
from scrapy.http import Response
from scrapy.resolver import dnscache

from stand.origin import BODY_HOST
from stand.processes import hear_order, report

_QUIET = {
    "LOG_ENABLED": True,
    "LOG_LEVEL": "ERROR",
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "RETRY_ENABLED": False,
}


class OneBodySpider(scrapy.Spider):
    """Fetches ``/small/KIND``, reports ``ready``, waits for its order, fetches ``/large/KIND``."""

    name = "one_body"

    def __init__(self, port: int, kind: str, work: Any = None, **rest: Any) -> None:
        super().__init__(**rest)
        self._place, self._kind, self.work = f"http://{BODY_HOST}:{port}", kind, work
        self._begun = 0.0

    def _request(self, size: str) -> scrapy.Request:
        url = f"{self._place}/{size}/{self._kind}"
        return scrapy.Request(url, meta={"order": _order(url)}, dont_filter=True)

    async def start(self) -> Any:
        yield self._request("small")

    def parse(self, response: Response) -> Any:
        if self._begun:
            fetched = getattr(response, "fetched", None)
            size = fetched.digests.length if fetched else len(response.body)
            report({"seconds": time.perf_counter() - self._begun, "bytes": size})
            hear_order()  # until it has been looked at
            return
        report("ready")
        hear_order()
        self._begun = time.perf_counter()
        yield self._request("large")


def _order(url: str) -> Any:
    from hotline.address import parse_url

    return SimpleNamespace(url=parse_url(url), referrer=None, most_bytes=2**40)


def fetch_bare(order: dict[str, Any]) -> None:
    """By Scrapy's own handler, as it comes."""
    dnscache[BODY_HOST] = "127.0.0.1"
    process = CrawlerProcess(_QUIET)
    process.crawl(OneBodySpider, port=order["port"], kind=order["kind"])
    process.start(install_signal_handlers=False)


async def fetch_ours(order: dict[str, Any], folder: Path) -> None:
    """By the crawler's handler and fetcher, over the guard, the dial map and the name servers."""
    from crawler.decoding import Decoder
    from crawler.fetcher import Fetcher
    from crawler.settings import SETTINGS
    from crawler.work import Work
    from hotline.clock import SystemClock
    from hotline.network import Network
    from hotline.words import HomeKind
    from stand.home import settings_in

    chosen = settings_in(folder, order)
    async with Network.open(chosen, HomeKind.PRACTICE, SystemClock()) as network, Decoder.open() as decoder:
        # Of a crawl's work the handler needs what fetches; there is no home, no ticket and no desk here.
        nothing: Any = None
        work = Work(nothing, nothing, Fetcher(network, decoder), decoder, nothing, nothing)
        handlers = {"TWISTED_REACTOR_ENABLED": False, "DOWNLOAD_HANDLERS": SETTINGS["DOWNLOAD_HANDLERS"]}
        crawler = Crawler(OneBodySpider, {**_QUIET, **handlers})
        await crawler.crawl_async(port=order["port"], kind=order["kind"], work=work)


def main() -> None:
    """Fetches when it is told where and what."""
    order = hear_order()
    if sys.argv[1] == "bare":
        fetch_bare(order)
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        asyncio.run(fetch_ours(order, Path(folder)))


if __name__ == "__main__":
    main()
