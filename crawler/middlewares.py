"""A host that does not answer is not asked five hundred times, thirty seconds each."""

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, Self

from scrapy import Request
from scrapy.http import Response

from crawler.fetcher import Fetched
from crawler.handlers import FetchedResponse
from crawler.items import Order

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

MOST_FAILURES: Final = 6
"""Requests to a host that fail in a row before the rest of them is told as unclear without asking."""
_FAILURES: Final = frozenset({"unreachable", "timeout", "dns", "nxdomain", "tls"})


class DeadHostMiddleware:
    """Counts failures in a row by host; any answer begins anew."""

    def __init__(self) -> None:
        self._failures: Counter[bytes] = Counter()

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Scrapy's way of making one."""
        return cls()

    def process_request(self, request: Request) -> Response | None:
        """Answers for a dead host."""
        order: Order = request.meta["order"]
        if self._failures[order.host] < MOST_FAILURES:
            return None
        fetched = Fetched(order.url, fault="unreachable", fault_reason="the host did not answer several times before")
        return FetchedResponse(request.url, fetched)

    def process_response(self, request: Request, response: Response) -> Any:
        """Takes note."""
        order: Order = request.meta["order"]
        if isinstance(response, FetchedResponse) and response.fetched.fault in _FAILURES:
            self._failures[order.host] += 1
        else:
            self._failures[order.host] = 0
        return response
