"""Fetching a list from its exchange, page by page, so that a kill at any moment loses nothing and skips nothing.

A page is imported in the same transaction that says where the next one is (decision 0033). A span of time ends where
the question was asked, and the next one begins a little before that: an entry that the exchange took a while to show is
fetched twice rather than never, for the same row twice is only known.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from sqlmodel import Session, select

from crawler.hashlists.exchange_file import Exchange
from crawler.hashlists.exchange_pages import BadPage, Page, Shape, shape_of
from crawler.hashlists.store import ImportResult, import_rows, list_named
from hotline.address import is_ip_literal
from hotline.errors import HotlineError
from hotline.home import Home
from hotline.network import Network, NetworkFault
from hotline.records import HashCheckpoint, HashList

_LARGEST_PAGE: Final = 16 * 2**20
_DEADLINE: Final = 120.0
_IDLE: Final = 30.0
_TRIES: Final = 5
_LONGEST_WAIT: Final = 600.0
_OVERLAP: Final = timedelta(minutes=15)
_TRY_AGAIN: Final = frozenset({429, 500, 502, 503, 504})
_PLACE_IS_GONE: Final = frozenset({400, 404, 410})

Wait = Callable[[float], Awaitable[None]]


@dataclass
class Fetched:
    """What a fetch brought."""

    result: ImportResult = field(default_factory=ImportResult)
    pages: int = 0


@dataclass(frozen=True)
class _Span:
    """Where the fetch stands: the span of time, and the page that comes next (``None``: its first)."""

    since: datetime | None
    until: datetime | None
    place: str | None


class _Gone(Exception):
    """The exchange knows a page no more that it named itself."""


async def fetch(
    home: Home,
    network: Network,
    exchange: Exchange,
    actor: str,
    wait: Wait = asyncio.sleep,
    progress: Callable[[str, int], None] = lambda doing, done: None,
    *,
    anew: bool = False,
) -> Fetched:
    """Fetches all that changed since the last time, or goes on where the last fetch was interrupted.

    Args:
        anew: everything instead, from the beginning of time.

    Raises:
        HotlineError: the exchange refuses, or cannot be reached or understood. Pages that came before are kept.
    """
    asking = _Asking(network, exchange, wait)
    fetched = Fetched()
    stands = _load(home, exchange)
    span = stands if stands.place is not None and not anew else _begun(stands, home.now())
    if anew:
        span = replace(span, since=None)
    seen: set[str] = set()
    while True:
        place = span.place or asking.shape.first(span.since, span.until or home.now())
        try:
            page = await asking.page(place)
        except _Gone:
            if span.place is None:
                raise asking.error("answers that there is nothing under its url", "check url and shape") from None
            span = _begun(span, home.now())  # a place does not last for ever: the span is fetched anew
            seen.clear()
            continue
        seen.add(place)
        is_circle = page.next_place in seen
        following = _following(span, None if is_circle else page.next_place, is_circle)
        fetched.result.include(_keep(home, exchange, actor, page, stands, following))
        fetched.pages += 1
        progress(f"{exchange.list_name}: pages", fetched.pages)
        if is_circle:
            raise asking.error("names a page as the next one that was fetched already", "tell its owner, and run again")
        if page.next_place is None:
            return fetched
        stands = span = following


def _begun(span: _Span, now: datetime) -> _Span:
    return _Span(span.since, now, None)


def _following(span: _Span, place: str | None, is_circle: bool) -> _Span:
    if place is not None or is_circle:
        return replace(span, place=place)
    return _Span(span.until - _OVERLAP if span.until else span.since, None, None)


def _load(home: Home, exchange: Exchange) -> _Span:
    """Where the last fetch stood. A list that is new is made with its first page, not before."""
    with home.reading() as session:
        found = session.exec(select(HashList).where(HashList.name == exchange.list_name)).first()
        if found is None:
            return _Span(None, None, None)
        list_named(session, found.name, exchange.kind, home.now())  # refuses another kind before anything is asked
        row = session.exec(select(HashCheckpoint).where(HashCheckpoint.list_id == found.number)).first()
        return _Span(None, None, None) if row is None else _span(row)


def _span(row: HashCheckpoint) -> _Span:
    return _Span(row.since, row.until, row.next_page)


def _checkpoint(session: Session, home: Home, exchange: Exchange) -> HashCheckpoint:
    number = list_named(session, exchange.list_name, exchange.kind, home.now()).number
    found = session.exec(select(HashCheckpoint).where(HashCheckpoint.list_id == number).with_for_update()).first()
    if found is None:
        found = HashCheckpoint(list_id=number, at=home.now())
        session.add(found)
        session.flush()
    return found


def _keep(home: Home, exchange: Exchange, actor: str, page: Page, stands: _Span, following: _Span) -> ImportResult:
    """The page and the checkpoint after it, in one transaction."""
    with home.session() as session:
        row = _checkpoint(session, home, exchange)
        if _span(row) != stands:
            raise HotlineError(f"the list {exchange.list_name!r} is being fetched by another process; wait for its end")
        result = import_rows(session, exchange.list_name, exchange.kind, page.rows, home.now(), seal=home.vault.digest)
        row.since, row.until, row.next_page, row.at = following.since, following.until, following.place, home.now()
        session.add(row)
        counted = {"added": result.added, "known": result.known, "withdrawn": result.withdrawn}
        home.record(session, actor, "hashes:list:fetched", "hash list", name=exchange.list_name, **counted)
    return result


class _Asking:
    """Asks for pages, patiently where the exchange is busy, and says in words why it got none."""

    def __init__(self, network: Network, exchange: Exchange, wait: Wait) -> None:
        self.shape: Shape = shape_of(exchange)
        self._http = network.http
        self._exchange = exchange
        self._wait = wait

    async def page(self, place: str) -> Page:
        """The page at a place.

        Raises:
            _Gone: there is none.
            HotlineError: the exchange refuses, or five tries brought none.
        """
        for number in range(1, _TRIES + 1):
            asked: float | None = None
            try:
                status, headers, body = await self._once(place)
                if status == 200:
                    return self.shape.read(body, place)
                self._refuse(status)
                reason, asked = f"answers {status}", _retry_after(headers)
            except NetworkFault as fault:
                reason = f"cannot be read: {fault}"
            except BadPage as wrong:
                reason = f"sent something else than a page: {wrong}"
            if number < _TRIES:
                await self._pause(2.0**number if asked is None else asked)
        raise self.error(f"{reason}, {_TRIES} times", "run it again later: it goes on at this page")

    async def _once(self, place: str) -> tuple[int, Mapping[str, str], bytes]:
        url = self.shape.url(place)
        is_given = is_ip_literal(self._exchange.url.host)
        async with self._http.request(
            "GET", url, self.shape.headers(), deadline=_DEADLINE, idle=_IDLE, as_given=is_given
        ) as answer:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return answer.status, headers, await answer.read(_LARGEST_PAGE) if answer.status == 200 else b""

    def _refuse(self, status: int) -> None:
        """Raises where asking again would not help."""
        if status in _TRY_AGAIN:
            return
        if status == 401:
            raise self.error("does not know these credentials (401)", "mend them in exchanges.toml")
        if status == 403:
            raise self.error("knows us but does not let us read (403)", "ask its owner for the right to read entries")
        if status in _PLACE_IS_GONE:
            raise _Gone
        if 300 <= status < 400:
            raise self.error(f"has moved ({status})", "ask its owner for the new url: credentials follow no redirect")
        raise self.error(f"answers {status}", "check url and shape in exchanges.toml, or ask its owner")

    async def _pause(self, seconds: float) -> None:
        if seconds > _LONGEST_WAIT:
            minutes = int(seconds // 60)
            raise self.error(
                f"asks to be left alone for {minutes} minutes", "run it again then: it goes on at this page"
            )
        await self._wait(seconds)

    def error(self, what: str, remedy: str) -> HotlineError:
        """An error that names the list, for an address may not stand in a log."""
        return HotlineError(f"the exchange of the list {self._exchange.list_name!r} {what}; {remedy}")


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, by the server's own clock where it names a moment; ``None`` where it says nothing of use."""
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit() and len(said) < 10:
        return float(said)
    try:
        until, now = (_moment(text) for text in (said, headers.get("date", "")))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return max(0.0, (until - now).total_seconds())


def _moment(text: str) -> datetime:
    found = parsedate_to_datetime(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
