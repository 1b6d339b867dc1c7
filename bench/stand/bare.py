"""The yardstick: a bare Scrapy spider that fetches the site's pages and pictures, and stores nothing.

Scrapy's own handler, scheduler and duplicate filter, in memory; connections are kept alive; no name is ever asked for.
"""

import time
from typing import Any

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response, TextResponse
from scrapy.resolver import dnscache

from stand import site
from stand.processes import hear_order, report


class BareSpider(scrapy.Spider):
    """Follows every link and picture."""

    name = "bare"

    def __init__(self, port: int, counted: dict[str, int], **rest: Any) -> None:
        super().__init__(**rest)
        self._port, self._counted = port, counted

    async def start(self) -> Any:
        yield scrapy.Request(site.page_url(0, self._port))

    def parse(self, response: Response) -> Any:
        if not isinstance(response, TextResponse):
            self._counted["media"] += 1
            return
        self._counted["pages"] += 1
        for link in response.css("img::attr(src), a::attr(href)").getall():
            yield response.follow(link)


def main() -> None:
    """Crawls once when it is told the port."""
    origin = hear_order()
    from crawler.settings import CONCURRENT, CONCURRENT_A_HOST

    counted = {"pages": 0, "media": 0}
    process = CrawlerProcess(
        {
            "LOG_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "REMOTE_CONTROL_ENABLED": False,
            "CONCURRENT_REQUESTS": CONCURRENT,
            "CONCURRENT_REQUESTS_PER_DOMAIN": CONCURRENT_A_HOST,
        }
    )
    for host in site.HOSTS:
        dnscache[host] = "127.0.0.1"
    process.crawl(BareSpider, port=origin["port"], counted=counted)
    begun, used = time.perf_counter(), time.process_time()
    process.start(install_signal_handlers=False)
    report({**counted, "seconds": time.perf_counter() - begun, "processor": time.process_time() - used})


if __name__ == "__main__":
    main()
