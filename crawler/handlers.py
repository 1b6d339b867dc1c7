"""Scrapy's download handler over our fetcher: bodies are hashed as they stream, and Scrapy never holds one.

Scrapy is given numbers instead of addresses (``http://row.invalid/7``): whatever it might log, count or put into a
traceback names nothing. The address travels beside, in the request's ``meta``.
"""

import asyncio
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.http import Response

from crawler.fetcher import Fetched
from crawler.items import Order
from crawler.work import Work

if TYPE_CHECKING:
    from crawler.spiders.confirmed import ConfirmedSpider


class FetchedResponse(Response):
    """A response without a body: what is known of it is ``fetched``."""

    def __init__(self, url: str, fetched: Fetched) -> None:
        super().__init__(url, status=fetched.status or 200)
        self.fetched = fetched


class StreamingHandler(BaseDownloadHandler):
    """Fetches what a request orders. Never raises for what a stranger does."""

    async def download_request(self, request: Request) -> Response:
        spider: ConfirmedSpider = self.crawler.spider  # type: ignore[assignment]
        order: Order = request.meta["order"]
        return FetchedResponse(request.url, await _fetch(spider.work, order))


async def _fetch(work: Work, order: Order) -> Fetched:
    fetch = work.fetcher.fetch(order.url, referrer=order.referrer, jar=work.jar, most_bytes=order.most_bytes)
    task = asyncio.create_task(fetch)
    work.fetching.add(task)
    try:
        return await task
    except asyncio.CancelledError:
        if work.failure is None:
            raise
        # Scrapy would wait for ever for a request that was cancelled; this answer is not written down.
        return Fetched(order.url, fault="broken", fault_reason="the crawl was stopped")
    finally:
        work.fetching.discard(task)
