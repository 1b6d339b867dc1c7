"""One crawl's work: what scheduler, handler, spider and pipeline share, and what outlives none of them."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlmodel import Session

from crawler.cookies import Jar
from crawler.decoding import Decoder
from crawler.fetcher import Fetched, Fetcher
from crawler.hashlists.index import ListIndex
from crawler.tickets import Claim
from hotline.facts import FoundMedia
from hotline.home import Home
from hotline.progress import Progress, silence


class Desk(Protocol):
    """Takes what the crawl finds and decides what it means; ``takedown`` does so, and no crawler imports it."""

    def opened(self, session: Session, found: FoundMedia) -> bool:
        """Opens a case in this transaction, or adds to the one of the same URL; returns whether one was opened."""

    def sighted(self, session: Session, url: str, page: str, at: datetime, embargo_until: datetime | None) -> None:
        """The material of a case was seen on another page, or is held for longer."""


@dataclass
class CrawlReport:
    """What this run did. ``matched`` counts exact and near matches; ``refused`` what will not be followed."""

    tickets: int = 0
    pages: int = 0
    media: int = 0
    matched: int = 0
    cases_opened: int = 0
    refused: int = 0
    unclear: int = 0


@dataclass
class Work:
    """Everything of one crawl. ``failure`` is why it must stop: a fault of ours, never a stranger's."""

    home: Home
    claim: Claim
    fetcher: Fetcher
    decoder: Decoder
    index: ListIndex
    desk: Desk
    progress: Progress = silence
    jar: Jar = field(default_factory=Jar)
    inner_hosts: set[bytes] = field(default_factory=set)
    anchored: dict[int, set[int]] = field(default_factory=dict)
    """Which tickets begin at a row of the frontier."""
    confirmed: set[int] = field(default_factory=set)
    """Rows of the frontier whose URL is a confirmed one."""
    report: CrawlReport = field(default_factory=CrawlReport)
    failure: BaseException | None = None
    fetching: set[asyncio.Task[Fetched]] = field(default_factory=set)

    def stop(self, because: BaseException) -> None:
        """Ends the crawl: nothing more is asked for or written down, and what is under way is dropped."""
        self.failure = self.failure or because
        for task in self.fetching:
            task.cancel()
