"""Writes each answer down, one transaction each and one at a time, away from the event loop."""

import asyncio
from typing import TYPE_CHECKING, Self

from crawler.items import Answered
from crawler.recording import Recorded, record

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.spiders.confirmed import ConfirmedSpider


class FrontierPipeline:
    """Takes the spider's items. A fault here is ours, and ends the crawl: nothing may be half known."""

    def __init__(self, spider: "ConfirmedSpider") -> None:
        self._spider = spider
        self._turn = asyncio.Lock()

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Scrapy's way of making one."""
        return cls(crawler.spider)  # type: ignore[arg-type]

    async def process_item(self, item: Answered) -> Answered:
        """Records the item; what waits in memory follows the database, never the other way."""
        work = self._spider.work
        try:
            async with self._turn:
                if work.failure is None:
                    self._count(item, await asyncio.to_thread(record, work, item))
        except Exception as wrong:
            work.stop(wrong)
        finally:
            self._spider.scheduler.done(item.order)
        return item

    def _count(self, item: Answered, recorded: Recorded) -> None:
        work = self._spider.work
        purse = work.claim.purses[item.order.ticket_id]
        purse.pages += recorded.pages
        purse.size += recorded.size
        report = work.report
        report.pages += recorded.pages
        report.media += recorded.media
        report.matched += recorded.matched
        report.cases_opened += recorded.opened
        report.refused += recorded.changes.refused
        report.unclear += recorded.unclear
        self._spider.scheduler.add(recorded.changes.queued)
        work.progress("crawling", report.pages + report.media)
