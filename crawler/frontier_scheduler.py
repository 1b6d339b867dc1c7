"""Scrapy's scheduler over the frontier table: what waits is in the database, in memory are only its numbers.

Hosts take turns, so that a slow one holds nobody up, and none has more than four requests under way. Of one host the
nearest pages come first. A row is looked at again the moment it is ordered: is anything left of its ticket's budget?
"""

import heapq
from collections import Counter, deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Self

from scrapy import Request
from scrapy.core.scheduler import BaseScheduler
from sqlmodel import Session
from twisted.python.failure import Failure

from crawler import frontier
from crawler.frontier import Queued
from crawler.items import Order
from crawler.settings import CONCURRENT_A_HOST
from crawler.work import Work
from hotline.address import Url, parse_url, registrable_domain
from hotline.records import Frontier
from hotline.words import Content, FrontierState

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.spiders.confirmed import ConfirmedSpider


class FrontierScheduler(BaseScheduler):
    """The queue of one crawl."""

    def __init__(self, work: Work, failed: Callable[[Failure], Any]) -> None:
        self._work = work
        self._failed = failed
        self._waiting: dict[bytes, list[tuple[int, int]]] = {}
        self._turns: deque[bytes] = deque()
        self._under_way: dict[int, Order] = {}
        self._busy: Counter[bytes | str] = Counter()

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Scrapy's way of making one; the spider brings the work."""
        spider: ConfirmedSpider = crawler.spider  # type: ignore[assignment]
        scheduler = cls(spider.work, spider.failed)
        spider.scheduler = scheduler
        with spider.work.home.reading() as session:
            scheduler.add(frontier.queued(session, spider.work.claim.following))
        return scheduler

    def add(self, rows: Iterable[Queued]) -> None:
        """Takes rows that wait."""
        for row in rows:
            if row.row_id in self._under_way:
                continue
            if row.host not in self._waiting:
                self._waiting[row.host] = []
                self._turns.append(row.host)
            heapq.heappush(self._waiting[row.host], (row.depth, row.row_id))

    def done(self, order: Order) -> None:
        """The answer to an order is written down."""
        self._under_way.pop(order.row_id, None)
        self._busy[order.host] -= 1
        self._busy[order.slot] -= 1
        if order.as_page:
            self._work.claim.purses[order.ticket_id].reserved -= 1

    def has_pending_requests(self) -> bool:
        """Whether anything waits. Before the answer is no, the table is asked: another worker may have added to it."""
        if self._work.failure is not None:
            return False
        if not any(self._waiting.values()) and not self._under_way:
            with self._work.home.reading() as session:
                self.add(frontier.queued(session, self._work.claim.following))
        return any(self._waiting.values())

    def enqueue_request(self, request: Request) -> bool:
        """Nothing comes this way: what is to be fetched is a row of the frontier first."""
        return False

    def next_request(self) -> Request | None:
        """The next row whose host has a place free; ``None`` when there is none just now."""
        if self._work.failure is not None:
            return None
        for host in list(self._turns):
            self._turns.remove(host)
            self._turns.append(host)
            if self._busy[host] < CONCURRENT_A_HOST:
                request = self._request_to(host)
                if request is not None:
                    return request
        return None

    def _request_to(self, host: bytes) -> Request | None:
        while waiting := self._waiting.get(host):
            _, row_id = waiting[0]
            order = self._order(row_id)
            if order is not None and self._busy[order.slot] >= CONCURRENT_A_HOST:
                self._give_back(order)
                return None
            heapq.heappop(waiting)
            if order is not None:
                return self._ordered(order)
        self._waiting.pop(host, None)
        self._turns.remove(host)
        return None

    def _ordered(self, order: Order) -> Request:
        self._under_way[order.row_id] = order
        self._busy[order.host] += 1
        self._busy[order.slot] += 1
        meta = {"order": order, "download_slot": order.slot}
        url = f"http://row.invalid/{order.row_id}"
        return Request(url, meta=meta, errback=self._failed, dont_filter=True)

    def _give_back(self, order: Order) -> None:
        if order.as_page:
            self._work.claim.purses[order.ticket_id].reserved -= 1

    def _order(self, row_id: int) -> Order | None:
        if row_id in self._under_way:
            return None
        with self._work.home.reading() as session:
            row = session.get(Frontier, row_id)
            if row is None or row.state is not FrontierState.QUEUED:
                return None
            page = row.expected is not Content.MEDIA
            ticket_id, _ = self._payer(session, row, page=page)
        if ticket_id is None:
            ticket_id = self._refuse_unless_paid(row_id, page=page)
        if ticket_id is None:
            return None
        purse = self._work.claim.purses[ticket_id]
        purse.reserved += page
        url = parse_url(self._work.home.vault.text(row, "url"))
        return Order(
            row_id=row_id,
            ticket_id=ticket_id,
            url=url,
            referrer=self._work.home.vault.read(row, "referrer"),
            slot=self._slot_of(url),
            host=row.host_bi,
            depth=row.depth,
            as_page=page,
            most_bytes=purse.bytes_left,
        )

    def _payer(self, session: Session, row: Frontier, *, page: bool) -> tuple[int | None, str]:
        """The ticket that pays for a row; and why its own does not."""
        now = self._work.home.now()
        purses = self._work.claim.purses
        own = purses.get(row.ticket_id)
        refusal = own.refusal(now, page=page) if own is not None else "the ticket is used up"
        if refusal is None:
            return row.ticket_id, ""
        unspent = frozenset(number for number, purse in purses.items() if purse.refusal(now, page=page) is None)
        return frontier.other_ticket(session, row, unspent, self._work.anchored) if unspent else None, refusal

    def _refuse_unless_paid(self, row_id: int, *, page: bool) -> int | None:
        """Refuses a row that no ticket pays for; asks again first, now that nobody else can write a link to it."""
        with self._work.home.session() as session:
            row = session.get_one(Frontier, row_id)
            ticket_id, refusal = self._payer(session, row, page=page)
            if ticket_id is None:
                row.state, row.reason = FrontierState.REFUSED, refusal
                session.add(row)
                self._work.report.refused += 1
        return ticket_id

    def _slot_of(self, url: Url) -> str:
        """Who is asked politely: in earnest everybody's whole domain, in a practice home each host."""
        return url.host if self._work.home.practice else registrable_domain(url.host) or url.host
