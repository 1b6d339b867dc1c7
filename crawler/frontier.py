"""The frontier: every URL of the open crawls once, who leads to it, and how near it is. All of it sealed at rest.

One graph serves all open tickets. Everything here runs in the caller's transaction, so that a crawl which is killed
has either all that an answer gave or nothing of it. When no ticket is open any more, every row is deleted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlmodel import Session, col, delete, insert, select

from crawler.scope import BEYOND, MOST_LINKS_AWAY, Follow, Hold, Place, place_of
from crawler.tickets import SPENT
from hotline.address import Url
from hotline.home import Home
from hotline.records import Frontier, FrontierLink, new_key
from hotline.words import Content, FrontierState

REDIRECT: Final = "redirect"
"""The ``reason`` of a row that led elsewhere by a redirect: its place is its target's, and it is no page."""
EXACT: Final = "exact match"
NEAR: Final = "near match"
KNOWN: Final = "confirmed"
"""Of a file that is a case by a report, and that no list knows."""
INLINED: Final = "match in the page itself"
_OF_A_CASE: Final = frozenset({EXACT, NEAR, KNOWN, INLINED})
_BATCH: Final = 400
_MOST_REDIRECTS: Final = 5


@dataclass(frozen=True)
class Queued:
    """A row that is waiting to be fetched, as far as the order of fetching needs to know it."""

    row_id: int
    host: bytes
    depth: int


@dataclass
class Changes:
    """What a transaction did to the frontier, for those who hold a part of it in memory once it is committed."""

    queued: list[Queued] = field(default_factory=list)
    refused: int = 0
    held_longer: list[Frontier] = field(default_factory=list)
    """Rows with a match whose embargo grew."""


class Graph:
    """The frontier within one transaction. ``inner_hosts`` are blind indexes, and belong to the whole crawl."""

    def __init__(self, home: Home, session: Session, inner_hosts: set[bytes], tickets: Iterable[int]) -> None:
        self._vault = home.vault
        self._session = session
        self._inner_hosts = inner_hosts
        self._tickets = frozenset(tickets)  # ours
        self._host_indexes: dict[str, bytes] = {}
        self.changes = Changes()

    # ------------------------------------------------------------------ finding rows

    def row(self, row_id: int) -> Frontier | None:
        """A row by its number."""
        return self._session.get(Frontier, row_id)

    def find(self, urls: Sequence[Url]) -> dict[str, Frontier]:
        """The rows that are there, by URL."""
        by_index = {self._vault.index("url", url.text): url.text for url in urls}
        wanted, found = list(by_index), {}
        for at in range(0, len(wanted), _BATCH):
            rows = self._session.exec(select(Frontier).where(col(Frontier.url_bi).in_(wanted[at : at + _BATCH])))
            found.update({by_index[row.url_bi]: row for row in rows})
        return found

    def url_of(self, row: Frontier) -> str:
        """The row's URL, opened."""
        return self._vault.text(row, "url")

    def on_inner_host(self, url: Url) -> bool:
        """Whether inner pages are on the URL's host."""
        return self._host_index(url.host) in self._inner_hosts

    def _host_index(self, host: str) -> bytes:
        if host not in self._host_indexes:
            self._host_indexes[host] = self._vault.index("host", host)
        return self._host_indexes[host]

    def pages_leading_to(self, row: Frontier) -> list[Frontier]:
        """The pages that show or link to it, also over redirects; oldest first."""
        pages: dict[int, Frontier] = {}
        seen, ahead = {row.number}, [row.number]
        while ahead:
            sources = self._session.exec(
                select(Frontier)
                .join(FrontierLink, col(FrontierLink.source_id) == Frontier.id)
                .where(col(FrontierLink.target_id).in_(ahead[:_BATCH]))
            ).all()
            ahead = ahead[_BATCH:]
            for source in sources:
                if source.number not in seen:
                    seen.add(source.number)
                    if source.reason == REDIRECT:
                        ahead.append(source.number)
                    else:
                        pages[source.number] = source
        return [pages[number] for number in sorted(pages)]

    def targets_of(self, row: Frontier) -> Sequence[Frontier]:
        """What the row leads to."""
        return self._session.exec(
            select(Frontier)
            .join(FrontierLink, col(FrontierLink.target_id) == Frontier.id)
            .where(FrontierLink.source_id == row.number)
        ).all()

    def end_of(self, row: Frontier) -> Frontier:
        """Where redirects from the row end, as far as they were followed."""
        for _ in range(_MOST_REDIRECTS + 1):
            if row.reason != REDIRECT:
                break
            row = next(iter(self.targets_of(row)), row)
        return row

    # ------------------------------------------------------------------ writing rows

    def anchor(
        self, url: Url, ticket_id: int, case_id: int, referrer: str | None, embargo: datetime | None
    ) -> Frontier:
        """A confirmed URL, or the page of one: the crawl begins here, and its host is an inner one."""
        row = self.find([url]).get(url.text)
        if row is None:
            row = self._new(url, ticket_id, referrer, Follow(0, True, False))
            row.anchor_case_id, row.embargo_until = case_id, embargo
            self._session.add(row)
            self._session.flush()
            self._queue(row)
        else:
            row.embargo_until = later(row.embargo_until, embargo)
            if row.state in (FrontierState.HELD, FrontierState.REFUSED):
                row.ticket_id = ticket_id
                self._release(row)
        self.bring_home(row)
        return row

    def lead(
        self, source: Frontier, decided: Sequence[tuple[Url, Follow | Hold]], *, referrer: str | None, hops: int = 0
    ) -> list[Frontier]:
        """Writes what a row leads to: new rows, nearer places for known ones, and the links. In the order given."""
        known = self.find([url for url, _ in decided])
        targets: dict[int, Frontier] = {}
        fresh = []
        for url, decision in decided:
            if url.text not in known:
                row = self._new(url, source.ticket_id, referrer, decision, hops)
                row.embargo_until = source.embargo_until
                known[url.text] = row
                fresh.append(row)
        self._session.add_all(fresh)
        self._session.flush()
        for row in fresh:
            if row.state is FrontierState.QUEUED:
                self._queue(row)
        nearer = []
        for url, decision in decided:
            row = known[url.text]
            if row.number != source.number:
                targets[row.number] = row
                if self._come_nearer(row, decision, source):
                    nearer.append(row)
        self._link(source.number, list(targets))
        self.spread(nearer)
        return list(targets.values())

    def _link(self, source_id: int, target_ids: list[int]) -> None:
        if target_ids:  # in bulk: one by one, the objects alone would cost more than everything else of a page
            links = [{"key": new_key(), "source_id": source_id, "target_id": number} for number in target_ids]
            self._session.exec(insert(FrontierLink), params=links)

    def refuse(self, source: Frontier, refused: Sequence[tuple[Url, str]]) -> None:
        """Writes down what will not be followed, and why, once each."""
        known = self.find([url for url, _ in refused])
        for url, reason in {url.text: (url, reason) for url, reason in refused}.values():
            if url.text not in known:
                row = self._new(url, source.ticket_id, None, Hold(BEYOND))
                row.state, row.reason = FrontierState.REFUSED, reason
                self._session.add(row)
                self.changes.refused += 1

    def _new(self, url: Url, ticket_id: int, referrer: str | None, decision: Follow | Hold, hops: int = 0) -> Frontier:
        follow = isinstance(decision, Follow)
        row = Frontier(
            ticket_id=ticket_id,
            url_bi=self._vault.index("url", url.text),
            host_bi=self._host_index(url.host),
            state=FrontierState.QUEUED if follow else FrontierState.HELD,
            expected=Content.MEDIA if isinstance(decision, Follow) and decision.media else None,
            depth=decision.depth,
            inner=isinstance(decision, Follow) and decision.inner,
            hops=hops,
        )
        self._vault.write(row, "url", url.text)
        self._vault.write(row, "referrer", referrer)
        return row

    # ------------------------------------------------------------------ nearness

    def bring_home(self, row: Frontier) -> None:
        """The row is confirmed, or an exact match was found on it: depth 0, inner, and its host an inner one."""
        changed = row.depth != 0 or not row.inner
        row.depth, row.inner = 0, True
        nearer = [row] if changed or row.state is FrontierState.DONE else []
        if row.host_bi not in self._inner_hosts:
            self._inner_hosts.add(row.host_bi)
            nearer += self._pages_now_inner(row.host_bi)
        self.spread(nearer)

    def _pages_now_inner(self, host: bytes) -> list[Frontier]:
        self._session.flush()
        rows = self._session.exec(
            select(Frontier).where(
                Frontier.host_bi == host, col(Frontier.inner).is_(False), Frontier.depth <= MOST_LINKS_AWAY
            )
        ).all()
        for row in rows:
            row.inner = True
        return list(rows)

    def spread(self, nearer: Iterable[Frontier]) -> None:
        """Lets what these rows lead to come nearer too, as far as that goes."""
        work = {row.number: row for row in nearer}
        while work:
            _, row = work.popitem()
            if row.state is not FrontierState.DONE:
                continue
            for target in self.targets_of(row):
                if self._come_nearer(target, self._decision(row, target), row):
                    work[target.number] = target

    def _decision(self, source: Frontier, target: Frontier) -> Follow | Hold:
        media = target.expected is Content.MEDIA
        on_inner_host = target.host_bi in self._inner_hosts
        if source.reason == REDIRECT:
            return redirected(Place(source.depth, source.inner), media=media, on_inner_host=on_inner_host)
        return place_of(Place(source.depth, source.inner), media=media, on_inner_host=on_inner_host)

    def _come_nearer(self, row: Frontier, decision: Follow | Hold, source: Frontier) -> bool:
        """Gives the row the better of the place it has and the one it is offered; tells whether it changed."""
        before = (row.depth, row.inner, row.embargo_until, row.state)
        row.depth = min(row.depth, decision.depth)
        row.embargo_until = later(row.embargo_until, source.embargo_until)
        if isinstance(decision, Follow):
            row.inner = row.inner or decision.inner
            row.expected = Content.MEDIA if decision.media and row.state is FrontierState.HELD else row.expected
            if row.state is FrontierState.HELD or self._can_be_paid(row, source):
                row.ticket_id = source.ticket_id
                self._release(row)
        if row.embargo_until != before[2] and row.reason in _OF_A_CASE:
            self.changes.held_longer.append(row)
        return before != (row.depth, row.inner, row.embargo_until, row.state)

    def _can_be_paid(self, row: Frontier, source: Frontier) -> bool:
        """Whether it was refused for want of budget, and here comes another ticket."""
        unpaid = row.state is FrontierState.REFUSED and row.reason in SPENT and row.ticket_id != source.ticket_id
        self.changes.refused -= unpaid
        return unpaid

    def _release(self, row: Frontier) -> None:
        row.state, row.reason = FrontierState.QUEUED, None
        self._queue(row)

    def _queue(self, row: Frontier) -> None:
        if row.ticket_id in self._tickets:  # another worker's row is that worker's to fetch
            self.changes.queued.append(Queued(row.number, row.host_bi, row.depth))


def redirected(source: Place, *, media: bool, on_inner_host: bool) -> Follow:
    """The place of a redirect's target: the redirect's own, on the host where it ends."""
    inner = on_inner_host and source.depth <= MOST_LINKS_AWAY
    return Follow(source.depth, inner, media)


def later(one: datetime | None, other: datetime | None) -> datetime | None:
    """The later of two times, where there are any."""
    return max((time for time in (one, other) if time is not None), default=None)


def inner_hosts(session: Session) -> set[bytes]:
    """The hosts on which inner pages are, by the rows at depth 0."""
    wanted = select(Frontier.host_bi).where(Frontier.depth == 0, col(Frontier.inner).is_(True)).distinct()
    return set(session.exec(wanted))


def queued(session: Session, tickets: Sequence[int]) -> list[Queued]:
    """What is waiting to be fetched on these tickets."""
    wanted = select(Frontier.id, Frontier.host_bi, Frontier.depth).where(
        Frontier.state == FrontierState.QUEUED, col(Frontier.ticket_id).in_(tickets)
    )
    return [Queued(row_id or 0, host, depth) for row_id, host, depth in session.exec(wanted)]


def other_ticket(session: Session, row: Frontier, unspent: frozenset[int], anchored: dict[int, set[int]]) -> int | None:
    """A ticket with something left that leads to the row, too. ``anchored``: the tickets that begin at a row."""
    seen, ahead = {row.number}, [row.number]
    while ahead and len(seen) < 20_000:
        for number in ahead:
            found = anchored.get(number, set()) & unspent
            if found:
                return min(found)
        sources = session.exec(
            select(Frontier.id, Frontier.ticket_id)
            .join(FrontierLink, col(FrontierLink.source_id) == Frontier.id)
            .where(col(FrontierLink.target_id).in_(ahead[:_BATCH]))
        ).all()
        ahead = ahead[_BATCH:]
        for source_id, ticket_id in sources:
            if ticket_id in unspent:
                return ticket_id
            if source_id is not None and source_id not in seen:
                seen.add(source_id)
                ahead.append(source_id)
    return None


def forget(session: Session) -> None:
    """Deletes every row and link: nothing of the frontier outlives the crawl."""
    session.exec(delete(FrontierLink))
    session.exec(delete(Frontier))
