"""A crawl from its claim to its end: Scrapy carries it, the frontier remembers it, the desk is told."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from scrapy.crawler import Crawler

from crawler import frontier, tickets
from crawler.fetcher import Fetcher
from crawler.hashlists.index import ListIndex
from crawler.seeding import seed
from crawler.settings import settings_for
from crawler.spiders.confirmed import ConfirmedSpider
from crawler.tickets import RENEWED_EVERY, Claim
from crawler.work import CrawlReport, Desk, Work
from hotline.errors import HotlineError
from hotline.home import Home
from hotline.progress import Progress, silence

__all__ = ["Claim", "CrawlReport", "Desk", "Progress", "crawl"]


async def crawl(
    home: Home,
    fetcher: Fetcher,
    index: ListIndex,
    desk: Desk,
    claim: Claim,
    progress: Progress = silence,
) -> CrawlReport:
    """Runs the claimed tickets to their end; what was found is with the desk, answer by answer, as it went.

    Stopped by whatever means, the next claim goes on where this one ended: no case is lost and none is opened twice.

    Raises:
        LeaseLost: another worker has taken the crawl over.
        HotlineError: the database or the desk failed; the tickets are given back.
    """
    work = Work(home, claim, fetcher, fetcher.decoder, index, desk, progress)
    _hush()
    crawler = Crawler(ConfirmedSpider, settings_for(home.practice))
    try:
        async with _leased(work):
            await asyncio.to_thread(seed, work)
            await crawler.crawl_async(work=work)
            await _end_whole(crawler, work)
        if work.failure is not None:
            raise work.failure
        _close(work)
    except BaseException:
        tickets.release(home, claim)
        raise
    work.report.tickets = len(claim.purses)
    return work.report


async def _end_whole(crawler: Crawler, work: Work) -> None:
    """Scrapy swallows a cancellation and returns while its engine still runs: then it is stopped and told on."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        work.stop(asyncio.CancelledError())
        await crawler.stop_async()
        raise asyncio.CancelledError


def _close(work: Work) -> None:
    with work.home.session() as session:
        if frontier.queued(session, work.claim.following):
            raise HotlineError("the crawl stopped before its end; run `hotline crawl` again to go on with it")
        tickets.finish(session, work.claim, work.home.now())
        if not tickets.any_open(session):
            frontier.forget(session)


def _hush() -> None:
    # Scrapy's and asyncio's loggers would print to standard error where nobody has set up logging.
    for name in ("scrapy", "twisted"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _take_up_lists(work: Work) -> None:
    """What was added to a list, or withdrawn from one, counts in crawls that run already."""
    with work.home.reading() as session:
        work.index.refresh(work.home, session)


@contextlib.asynccontextmanager
async def _leased(work: Work) -> AsyncIterator[None]:
    """Renews the lease for as long as the block lasts; a lease that is lost stops the crawl."""

    async def renewing() -> None:
        while True:
            await asyncio.sleep(RENEWED_EVERY)
            try:
                await asyncio.to_thread(tickets.renew, work.home, work.claim)
                await asyncio.to_thread(_take_up_lists, work)
            except tickets.LeaseLost as lost:
                work.stop(lost)
                return
            except Exception:  # the database was busy; the next renewal is in time
                continue

    task = asyncio.create_task(renewing())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
