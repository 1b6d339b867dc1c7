"""The job that crawls: look at what is confirmed, follow what may be followed, open cases for what is found."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from crawler import running, tickets
from crawler.hashlists.index import ListIndex
from crawler.running import CrawlReport
from hotline import mandate
from hotline.address import parse_url
from hotline.facts import FoundMedia
from hotline.home import Home
from hotline.progress import Progress, silence
from hotline.records import Case, Ticket
from scheduler.locating import Locator, locate_cases
from scheduler.looking import Eyes, look_at, opened_eyes
from takedown import cases, embargoes, flood, look_orders


class CasesOpen:
    """What the crawl finds becomes cases: the crawler tells, takedown opens (``crawler.running.Desk``)."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def opened(self, session: Session, found: FoundMedia) -> bool:
        """Opens a case, or adds what was seen to the one that is there."""
        return cases.open_found(self._home, session, found)

    def sighted(self, session: Session, url: str, page: str, at: datetime, embargo_until: datetime | None) -> None:
        """Known material was seen on another page."""
        case = cases.find(self._home, session, parse_url(url))
        if case is None:
            return
        cases.sight(self._home, session, case, parse_url(page))
        if embargo_until is not None and case.first_notice_at is None:
            embargoes.inherit(self._home, session, case, embargo_until)


async def crawl(home: Home, progress: Progress = silence) -> CrawlReport:
    """Runs every open ticket to its end."""
    with home.session() as session:
        embargoes.end_the_past(home, session)
        allowed = mandate.current(session, home.vault, home.kind).may_follow(home.now())
    claimed = tickets.claim(home, allowed)
    if claimed is None:
        return CrawlReport()
    async with opened_eyes(home) as eyes:
        await _look_first(home, eyes, claimed.ticket_ids, progress)
        with home.reading() as session:
            index = ListIndex.load(home, session)
        report = await running.crawl(home, eyes.direct, index, CasesOpen(home), claimed, progress)
        await _hold_surplus(home, eyes, claimed.crawl_key, progress)
    return report


async def _look_first(home: Home, eyes: Eyes, ticket_ids: Sequence[int], progress: Progress) -> None:
    """Looks at the confirmed URLs that were never looked at: what they serve may feed the list of our own.

    This comes before any link is followed, so that a copy is recognised wherever it is met.
    """
    with home.reading() as session:
        fresh = session.exec(
            select(Case)
            .join(Ticket, col(Ticket.case_id) == Case.id)
            .where(col(Ticket.id).in_(list(ticket_ids)), col(Case.sha256).is_(None))
            .order_by(col(Case.id))
        ).all()
        orders = look_orders.orders(home, session, fresh)
        index = ListIndex.load(home, session) if orders else ListIndex()
    await look_at(home, eyes, index, orders, progress)


async def _hold_surplus(home: Home, eyes: Eyes, crawl_key: bytes, progress: Progress) -> None:
    with home.reading() as session:
        opened = [case.number for case in flood.automatic(session, crawl_key)]
    if len(opened) <= flood.LIMIT:
        return
    await locate_cases(home, Locator(home, eyes.network), opened, progress)
    with home.session() as session:
        flood.hold_surplus(home, session, crawl_key)
