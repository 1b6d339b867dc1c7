"""A little web on loopback, a home with a few confirmed cases, and a desk that only writes down."""

import io
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, ip_address
from typing import Any

from aiohttp import web
from PIL import Image
from sqlmodel import Session, select

from crawler import running, tickets
from crawler.decoding import Decoder
from crawler.fetcher import Fetcher, Limits
from crawler.hashlists.index import ListIndex
from crawler.hashlists.matching import Entry
from crawler.work import CrawlReport
from hotline.address import is_ip_literal, parse_url
from hotline.facts import FoundMedia
from hotline.home import Home
from hotline.network import Http, NameAnswers, Network
from hotline.network.answers import DnsReply
from hotline.network.connecting import Connecting, Direct
from hotline.network.dialmap import DialMap
from hotline.network.gates import HostGates
from hotline.network.trust import trust
from hotline.records import Case, Report, Ticket
from hotline.words import CaseState, Classification, HomeKind, ListKind, Origin, TicketState

START = datetime(2030, 1, 1, tzinfo=UTC)
Answerer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


def picture(seed: int, kind: str = "PNG", size: int = 160, quality: int = 90) -> bytes:
    """A picture of coloured noise, smooth enough to survive being saved anew."""
    noise = random.Random(seed)
    small = Image.frombytes("RGB", (12, 12), noise.randbytes(12 * 12 * 3))
    out = io.BytesIO()
    options = {"quality": quality} if kind == "JPEG" else {}
    small.resize((size, size), Image.Resampling.BICUBIC).save(out, kind, **options)
    return out.getvalue()


@dataclass
class LittleWeb:
    """Sites by host and path. A site is text (HTML), bytes (a file), or something that answers by itself."""

    sites: dict[str, str | bytes | int | Answerer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    dead: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    replies: dict[str, tuple[DnsReply, ...]] = field(default_factory=dict)
    most_at_once: int = 0
    _inside: dict[str, int] = field(default_factory=dict)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        url = f"http://{request.host}{request.path_qs}"
        self.asked.append(url)
        self.headers.setdefault(url, []).append(dict(request.headers))
        self._inside[request.host] = self._inside.get(request.host, 0) + 1
        self.most_at_once = max(self.most_at_once, self._inside[request.host])
        try:
            return await self._answer(request, url)
        finally:
            self._inside[request.host] -= 1

    async def _answer(self, request: web.BaseRequest, url: str) -> web.StreamResponse:
        site = self.sites.get(url, 404)
        if isinstance(site, int):
            return web.Response(status=site, text="<!doctype html><p>No such page.", content_type="text/html")
        if isinstance(site, bytes):
            return web.Response(body=site, content_type="application/octet-stream")
        if isinstance(site, str):
            return web.Response(text=site, content_type="text/html")
        return await site(request)

    def times(self, url: str) -> int:
        """How often it was asked for."""
        return self.asked.count(url)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        """Serves on a loopback port."""
        runner = web.ServerRunner(web.Server(self.answer, access_log=None), shutdown_timeout=0.2)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            yield site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        finally:
            await runner.cleanup()

    @asynccontextmanager
    async def network(self, port: int) -> AsyncIterator[Network]:
        """A network on which every host leads to the port."""
        way = Connecting(self, HomeKind.PRACTICE, _dial_all(port), Direct())  # type: ignore[arg-type]
        http = Http(way, trust(None), HostGates())
        try:
            yield Network(self, way, {"direct": http})  # type: ignore[arg-type]
        finally:
            await http.close()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Network]:
        """Both."""
        async with self.listening() as port, self.network(port) as network:
            yield network

    async def addresses_to_dial(self, host: str) -> NameAnswers:
        """Stands for the resolver."""
        if is_ip_literal(host):
            return NameAnswers((ip_address(host),))
        if host in self.unknown:
            replies = tuple(DnsReply(f"resolver {n}", "nxdomain") for n in (1, 2))
            return NameAnswers(replies=replies, nxdomain=True, problem="the name does not exist")
        if host in self.dead:
            return NameAnswers((ip_address("203.0.113.9"),))
        return NameAnswers((ip_address("198.51.100.7"),), replies=self.replies.get(host, ()))


def _dial_all(port: int) -> DialMap:
    return DialMap({(ip_address("198.51.100.7"), 80): (IPv4Address("127.0.0.1"), port)})


@dataclass
class FakeDesk:
    """Writes down what it is told; a URL opens once."""

    found: list[FoundMedia] = field(default_factory=list)
    sightings: list[tuple[str, str]] = field(default_factory=list)
    held: dict[str, datetime] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)

    def opened(self, session: Session, found: FoundMedia) -> bool:
        self.found.append(found)
        if found.page:
            self.sightings.append((found.url, found.page))
        new = found.url not in self.known
        self.known.add(found.url)
        if found.embargo_until:
            self.held[found.url] = found.embargo_until
        return new

    def sighted(self, session: Session, url: str, page: str, at: datetime, embargo_until: datetime | None) -> None:
        if page != url:
            self.sightings.append((url, page))
        if embargo_until:
            self.held[url] = embargo_until

    @property
    def urls(self) -> list[str]:
        return sorted({found.url for found in self.found})


def entry_of(body: bytes, *kinds: str, list_name: str = "known", list_kind: ListKind = ListKind.ILLEGAL) -> Entry:
    """An entry that knows these digests of a file."""
    from crawler.decoding.pictures import fingerprint
    from crawler.digests import digests_of

    digests = digests_of(body)
    facts: dict[str, Any] = asdict(digests)
    if "pdq" in kinds:
        facts["pdq"] = fingerprint(body)["pdq"]
    return Entry(list_name, list_kind, **{kind: facts[kind] for kind in kinds or ("sha256",)})


class CaseDesk(FakeDesk):
    """Opens cases in the database, in the crawl's own transaction, as takedown does."""

    def __init__(self, home: Home) -> None:
        super().__init__()
        self._home = home

    def opened(self, session: Session, found: FoundMedia) -> bool:
        index = self._home.vault.index("url", found.url)
        if session.exec(select(Case).where(Case.url_bi == index)).first() is not None:
            return False
        session.add(case_of(self._home, found.url, Origin.CRAWL))
        session.flush()
        return True


def case_of(home: Home, url: str, origin: Origin = Origin.REPORT) -> Case:
    """A case's row."""
    place = parse_url(url)
    case = Case(
        url_bi=home.vault.index("url", place.text), host_bi=home.vault.index("host", place.host),
        domain_bi=home.vault.index("domain", place.host), tld="example", state=CaseState.CONFIRMED,
        classification=Classification.BASELINE, origin=origin, opened_at=home.now(),
    )  # fmt: skip
    home.vault.write(case, "url", place.text)
    return case


def confirm(home: Home, url: str, page: str | None = None, *, referrer: str | None = None, **ticket: Any) -> int:
    """A confirmed case with an open ticket; returns the ticket's number."""
    case = case_of(home, url)
    home.vault.write(case, "referrer", referrer)
    with home.session() as session:
        session.add(case)
        session.flush()
        report = Report(case_id=case.id, url_bi=case.url_bi, received_at=home.now())
        home.vault.write(report, "page", page)
        rest = {"expires_at": home.now() + timedelta(days=7), **ticket}
        row = Ticket(case_id=case.number, state=TicketState.OPEN, opened_at=home.now(), **rest)
        session.add_all([report, row])
        session.flush()
        return row.number


@dataclass
class Crawling:
    """Crawls the little web from what is confirmed in the home."""

    home: Home
    web: LittleWeb
    desk: FakeDesk
    index: ListIndex = field(default_factory=ListIndex)
    limits: Limits = field(default_factory=Limits)

    async def __call__(self, may_follow: bool = True) -> CrawlReport:
        claim = tickets.claim(self.home, may_follow)
        if claim is None:
            return CrawlReport()
        async with self.web.serving() as network, Decoder.open(1) as decoder:
            fetcher = Fetcher(network, decoder, self.limits)
            return await running.crawl(self.home, fetcher, self.index, self.desk, claim)


def rows(home: Home, table: Any) -> list[Any]:
    """All rows of a table."""
    with home.reading() as session:
        return list(session.exec(select(table)))
