"""The spider: reads each answer, asks the lists, and hands both on. It follows nothing; the frontier does."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from scrapy import Spider
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.decoding import Picture
from crawler.digests import digests_of, is_picture, media_type
from crawler.fetcher import Fetched
from crawler.frontier_scheduler import FrontierScheduler
from crawler.handlers import FetchedResponse
from crawler.hashlists.matching import Verdict
from crawler.items import Answered, Order
from crawler.pages import PageLinks, read_page
from crawler.walls import wall_before
from crawler.work import Work
from hotline.facts import Digests
from hotline.words import Content, Wall


class ConfirmedSpider(Spider):
    """Crawls from confirmed URLs. ``work`` is handed over by ``crawler.running``."""

    name = "confirmed"

    def __init__(self, work: Work, **rest: Any) -> None:
        super().__init__(**rest)
        self.work = work
        self.scheduler: FrontierScheduler

    async def start(self) -> AsyncIterator[Any]:
        """Nothing: the anchors are in the frontier already."""
        return
        yield  # makes it the generator that Scrapy expects

    async def parse(self, response: Response) -> AsyncIterator[Answered]:
        """One item an answer, whatever it is: a row that is never answered for would hold the crawl up for ever."""
        order: Order = response.meta["order"]
        fetched = response.fetched if isinstance(response, FetchedResponse) else _our_fault(order, "no answer")
        try:
            yield await self._read(order, fetched)
        except Exception as wrong:  # a fault of ours on one page costs that page
            yield await self._read(order, _our_fault(order, type(wrong).__name__))

    async def failed(self, failure: Failure) -> AsyncIterator[Answered]:
        """The same for a request that Scrapy itself could not carry out."""
        order: Order = failure.request.meta["order"]  # type: ignore[attr-defined]
        yield await self._read(order, _our_fault(order, type(failure.value).__name__))

    async def _read(self, order: Order, fetched: Fetched) -> Answered:
        answered = Answered(order, replace(fetched, html=None), self.work.home.now())
        if not fetched.served:
            return answered
        if fetched.content is Content.PAGE and fetched.html is not None:
            return await self._read_page(answered, fetched)
        verdict = await self.work.index.matched(fetched.digests) if fetched.digests else answered.verdict
        return replace(answered, verdict=verdict)

    async def _read_page(self, answered: Answered, fetched: Fetched) -> Answered:
        links, walled = await asyncio.to_thread(_understand, fetched)
        inlined = [found for picture in links.pictures if (found := await self._look_up(picture)) is not None]
        return replace(answered, links=replace(links, pictures=()), inlined=tuple(inlined), walled=walled)

    async def _look_up(self, picture: bytes) -> tuple[Digests, Verdict] | None:
        kind = media_type(picture)
        decoded = await self.work.decoder.fingerprint(picture) if is_picture(kind) else Picture()
        digests = decoded.onto(digests_of(picture))
        verdict = await self.work.index.matched(digests)
        return (digests, verdict) if verdict.match is not None else None


def _understand(fetched: Fetched) -> tuple[PageLinks, bool]:
    html, said = fetched.html or b"", fetched.headers.get("content-type")
    links = read_page(html, fetched.url, said)
    wall = None if links.media else wall_before(html, fetched.status or 200, fetched.headers)
    return links, wall not in (None, Wall.SCRIPTS)


def _our_fault(order: Order, what: str) -> Fetched:
    return Fetched(order.url, fault="broken", fault_reason=f"a fault of ours ({what})")
