"""What the spider makes of one answer: everything that the pipeline needs to write it down, and nothing of the body."""

from dataclasses import dataclass, field
from datetime import datetime

from crawler.fetcher import Fetched
from crawler.hashlists.matching import NOTHING, Verdict
from crawler.pages import PageLinks
from hotline.address import Url
from hotline.facts import Digests


@dataclass(frozen=True)
class Order:
    """One request, as the frontier ordered it."""

    row_id: int
    ticket_id: int
    url: Url
    referrer: str | None
    slot: str
    """Whose turn it takes: the host, or in earnest the registrable domain."""
    host: bytes
    depth: int
    as_page: bool
    """A page of the ticket's budget was reserved for it."""
    most_bytes: int


@dataclass(frozen=True)
class Answered:
    """An answer, read. ``inlined`` are the matching ``data:`` pictures of a page."""

    order: Order
    fetched: Fetched
    seen_at: datetime
    links: PageLinks = field(default_factory=PageLinks)
    verdict: Verdict = NOTHING
    inlined: tuple[tuple[Digests, Verdict], ...] = ()
    walled: bool = False
