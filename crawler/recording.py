"""One answer, one transaction: the row is done, its links are there, what matched is a case. All of it or nothing."""

from dataclasses import dataclass

from sqlmodel import Session

from crawler import frontier, scope, tickets
from crawler.frontier import EXACT, INLINED, KNOWN, NEAR, REDIRECT, Changes, Graph
from crawler.hashlists.matching import Verdict
from crawler.items import Answered
from crawler.scope import Follow, Hold, Place
from crawler.work import Work
from hotline.address import Url, registrable_domain
from hotline.facts import Digests, FoundMedia
from hotline.records import Frontier
from hotline.words import Content, FrontierState

MOST_HOPS = 5
"""Redirects in a row that are followed."""
_GONE = frozenset({404, 410})


@dataclass
class Recorded:
    """What a transaction did, to be taken into memory once it is committed."""

    changes: Changes
    pages: int = 0
    media: int = 0
    matched: int = 0
    opened: int = 0
    unclear: int = 0
    size: int = 0


def record(work: Work, answered: Answered) -> Recorded:
    """Writes down one answer and what follows from it.

    Raises:
        LeaseLost: another worker has taken the crawl over; nothing was written.
    """
    hosts = set(work.inner_hosts)
    with work.home.session() as session:
        recorder = _Recorder(work, session, answered, hosts)
        recorded = recorder.write()
    work.inner_hosts |= hosts
    return recorded


class _Recorder:
    def __init__(self, work: Work, session: Session, answered: Answered, hosts: set[bytes]) -> None:
        self._work = work
        self._session = session
        self._answered = answered
        self._fetched = answered.fetched
        self._graph = Graph(work.home, session, hosts, work.claim.following)
        self._done = Recorded(self._graph.changes, size=answered.fetched.size)

    def write(self) -> Recorded:
        row = self._graph.row(self._answered.order.row_id)
        if row is None or row.state is not FrontierState.QUEUED:
            return self._done
        row.ticket_id = self._answered.order.ticket_id
        self._write_outcome(row)
        self._session.flush()
        for longer in self._graph.changes.held_longer:
            self._sight(longer, [longer])
        done = self._done
        tickets.use(self._session, self._work.claim, row.ticket_id, pages=done.pages, media=done.media, size=done.size)
        return done

    def _write_outcome(self, row: Frontier) -> None:
        fetched = self._fetched
        if fetched.fault is not None:
            self._not_seen(row, fetched.fault_reason or fetched.fault, refused=fetched.fault == "refused")
        elif fetched.location is not None:
            self._redirect(row, fetched.location)
        elif self._answered.walled:
            self._not_seen(row, "a login, an age gate or a challenge stands before it")
        elif not fetched.served and fetched.status not in _GONE:
            self._not_seen(row, f"answered {fetched.status}")
        else:
            row.state = FrontierState.DONE
            row.reason = None if fetched.served else f"answered {fetched.status}"
            if fetched.served:
                self._served(row)

    def _not_seen(self, row: Frontier, reason: str, *, refused: bool = False) -> None:
        row.state, row.reason = (FrontierState.REFUSED if refused else FrontierState.UNCLEAR), reason
        self._graph.changes.refused += refused
        self._done.unclear += not refused

    def _redirect(self, row: Frontier, location: Url) -> None:
        if row.hops >= MOST_HOPS:
            self._not_seen(row, "more redirects than are followed")
            return
        row.state, row.reason = FrontierState.DONE, REDIRECT
        refusal = scope.never_followed(location)
        if refusal is not None:
            self._graph.refuse(row, [(location, refusal)])
            return
        media = row.expected is Content.MEDIA
        place = frontier.redirected(
            Place(row.depth, row.inner), media=media, on_inner_host=self._graph.on_inner_host(location)
        )
        targets = self._graph.lead(row, [(location, place)], referrer=self._answered.order.referrer, hops=row.hops + 1)
        if row.depth == 0 and row.inner and not media and _same_site(self._answered.order.url, location):
            for target in targets:
                self._graph.bring_home(target)
        self._meet_matches(self._graph.pages_leading_to(row), targets)

    def _served(self, row: Frontier) -> None:
        if self._fetched.content is Content.PAGE:
            self._done.pages = 1
            self._page(row)
        else:
            self._done.media = int(self._fetched.content is Content.MEDIA)
            self._file(row)

    # ------------------------------------------------------------------ files

    def _file(self, row: Frontier) -> None:
        verdict, digests = self._answered.verdict, self._fetched.digests
        pages = self._graph.pages_leading_to(row)
        if verdict.match is None or digests is None:
            if row.number in self._work.confirmed and verdict.listed is None and self._done.media:
                row.reason = KNOWN
                self._sight(row, pages)
            return
        self._done.matched += 1
        row.matched, row.reason = verdict.match.exact, EXACT if verdict.match.exact else NEAR
        first = self._graph.url_of(pages[0]) if pages else None
        self._open(row, verdict, digests, Content.MEDIA, page=first)
        self._sight(row, pages[1:])
        if verdict.match.exact:
            self._found_on(pages)

    def _open(self, row: Frontier, verdict: Verdict, digests: Digests, content: Content, *, page: str | None) -> None:
        if verdict.match is None:
            return
        found = FoundMedia(
            url=self._graph.url_of(row),
            page=page,
            digests=digests,
            match=verdict.match,
            content=content,
            parent_case_id=self._work.claim.purses[row.ticket_id].case_id,
            crawl_key=self._work.claim.crawl_key,
            embargo_until=row.embargo_until,
            seen_at=self._answered.seen_at,
            status=self._fetched.status or 200,
            peer=self._fetched.peer,
        )
        self._done.opened += self._work.desk.opened(self._session, found)

    def _sight(self, row: Frontier, pages: list[Frontier]) -> None:
        for page in pages:
            self._work.desk.sighted(
                self._session,
                self._graph.url_of(row),
                self._graph.url_of(page),
                self._answered.seen_at,
                row.embargo_until,
            )

    def _found_on(self, pages: list[Frontier]) -> None:
        for page in pages:
            page.matched = True
            self._graph.bring_home(page)

    # ------------------------------------------------------------------ pages

    def _page(self, row: Frontier) -> None:
        links = self._answered.links
        place = Place(row.depth, row.inner)
        decided: list[tuple[Url, Follow | Hold]] = []
        refused: list[tuple[Url, str]] = []
        ways = [(url, True) for url in links.media] + [(url, False) for url in links.links]
        if links.refresh is not None:
            ways.append((links.refresh, False))
        for url, embedded in ways:
            on_inner_host = self._graph.on_inner_host(url)
            decision = scope.decide(place, url, embedded=embedded, on_inner_host=on_inner_host)
            if isinstance(decision, scope.Refuse):
                refused.append((url, decision.reason))
            else:
                decided.append((url, decision))
        self._graph.refuse(row, refused)
        targets = self._graph.lead(row, decided, referrer=self._answered.order.url.text)
        self._inlined(row)
        self._meet_matches([row], targets)

    def _inlined(self, row: Frontier) -> None:
        """A matching ``data:`` picture makes its page the case; an exact one before a near one."""
        ordered = sorted(self._answered.inlined, key=lambda found: not (found[1].match and found[1].match.exact))
        for digests, verdict in ordered[:1]:
            if verdict.match is None:
                return
            self._done.matched += 1
            row.reason = INLINED
            self._open(row, verdict, digests, Content.PAGE, page=None)
            if verdict.match.exact:
                self._found_on([row])

    def _meet_matches(self, pages: list[Frontier], targets: list[Frontier]) -> None:
        """What these pages lead to may have been fetched, and have matched, before."""
        for target in targets:
            end = self._graph.end_of(target)
            if end.reason in (EXACT, NEAR, KNOWN):
                self._sight(end, pages)
            if end.reason == EXACT:
                self._found_on(pages)


def _same_site(one: Url, other: Url) -> bool:
    domain = registrable_domain(one.host)
    return one.host == other.host or (domain is not None and domain == registrable_domain(other.host))
