"""The wire of hash exchanges: what is asked, and what a page says. When, how often and what for is decided elsewhere.

Two shapes: NCMEC's hash sharing API version 2 (XML, ``<next>``), and the ``threat_updates`` of ThreatExchange (JSON, a
cursor). Both are read from what their public client, python-threatexchange, sends and takes (decision 0033).
"""

import base64
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from urllib.parse import quote, urlencode

from crawler.hashlists.exchange_file import Exchange
from crawler.hashlists.formats import BadRow, Damage, ListRow, Row, Withdrawal, digest, kind_of, ncmec
from crawler.hashlists.formats.rows import name_of, unknown_kind
from hotline.errors import HotlineError

_LONGEST_PLACE: Final = 2000
_PAGE_SIZE: Final = 500
_FIELDS: Final = "id,indicator,type,last_updated,should_delete,descriptors{status}"
_HARMLESS: Final = "NON_MALICIOUS"


class BadPage(Exception):
    """What came is no whole page; nothing of it counts. The text says why, in words that name no site."""


@dataclass(frozen=True)
class Page:
    """The rows of one page, and where the next one is; ``None`` on the last."""

    rows: tuple[Row, ...]
    next_place: str | None


class Shape(Protocol):
    """How one kind of exchange speaks. A place is a path with its question, below the exchange's URL; no secret."""

    def first(self, since: datetime | None, until: datetime) -> str:
        """The place of the first page of all that changed in a span of time."""

    def url(self, place: str) -> str:
        """The URL to ask, which may hold a secret."""

    def headers(self) -> Mapping[str, str]:
        """What is sent with it."""

    def read(self, body: bytes, place: str) -> Page:
        """The page that was at a place.

        Raises:
            BadPage: it is none, or not whole.
        """


def shape_of(exchange: Exchange) -> Shape:
    """The shape that the operator named."""
    shapes: dict[str, Callable[[Exchange], Shape]] = {"ncmec": Ncmec, "threatexchange": ThreatExchange}
    return shapes[exchange.shape](exchange)


class Ncmec:
    """NCMEC's hash sharing API, version 2."""

    def __init__(self, exchange: Exchange) -> None:
        self._base = exchange.url.text.rstrip("/")
        pair = base64.b64encode(f"{exchange.user}:{exchange.password}".encode()).decode("ascii")
        self._headers = {"Authorization": f"Basic {pair}", "Accept": "application/xml"}

    def first(self, since: datetime | None, until: datetime) -> str:
        begin = "1970-01-01T00:00:00Z" if since is None else f"{since:%Y-%m-%dT%H:%M:%SZ}"
        return "/v2/entries?" + urlencode({"from": begin, "to": f"{until:%Y-%m-%dT%H:%M:%SZ}"})

    def url(self, place: str) -> str:
        return self._base + place

    def headers(self) -> Mapping[str, str]:
        return self._headers

    def read(self, body: bytes, place: str) -> Page:
        paging = ncmec.Paging()
        try:
            rows = tuple(ncmec.rows(io.BytesIO(body), paging))
        except HotlineError as wrong:
            raise BadPage(str(wrong)) from None
        for row in rows:
            if isinstance(row, Damage):
                raise BadPage(f"line {row.line}: {row.reason}")
        return Page(rows, None if paging.next is None else self._below(paging.next))

    def _below(self, told: str) -> str:
        """The next place; one elsewhere is refused, for our credentials would go there."""
        place = told.removeprefix(self._base)
        is_plain = place.isascii() and place.isprintable() and " " not in place and len(place) <= _LONGEST_PLACE
        if not is_plain or not place.startswith("/") or place.startswith("//") or ".." in place:
            raise BadPage("the next page that it names is not below the exchange's own url")
        return place


class ThreatExchange:
    """The ``threat_updates`` of a privacy group, whose number ends the exchange's URL."""

    def __init__(self, exchange: Exchange) -> None:
        self._base = exchange.url.text.rstrip("/")
        self._token = exchange.token

    def first(self, since: datetime | None, until: datetime) -> str:
        begin = 0 if since is None else int(since.timestamp())
        question = {"fields": _FIELDS, "limit": _PAGE_SIZE, "start_time": begin, "stop_time": int(until.timestamp())}
        return "/threat_updates?" + urlencode(question)

    def url(self, place: str) -> str:
        return f"{self._base}{place}&access_token={quote(self._token, safe='')}"

    def headers(self) -> Mapping[str, str]:
        return {"Accept": "application/json"}

    def read(self, body: bytes, place: str) -> Page:
        try:
            page = json.loads(body)
            rows = tuple(_update(number, each) for number, each in enumerate(page["data"], 1))
            paging = page.get("paging") or {}
            after = paging["cursors"]["after"] if paging.get("next") else None
        except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
            raise BadPage("it is no JSON page with data and paging") from None
        if after is not None and (not isinstance(after, str) or not 0 < len(after) <= _LONGEST_PLACE):
            raise BadPage("its cursor is no text of usual length")
        # Its own "next" is a URL with our token in it: only the cursor is taken from there.
        return Page(rows, None if after is None else f"{place.partition('&after=')[0]}&after={quote(after, safe='')}")


def _update(number: int, update: Mapping[str, Any]) -> Row:
    source_id = name_of(update["id"])
    descriptors = update.get("descriptors")
    if update.get("should_delete") or descriptors is None or _all_say_harmless(descriptors):
        return (
            Withdrawal(number, source_id) if source_id else BadRow(number, "a withdrawal without the id of its entry")
        )
    kind, value = kind_of(str(update["type"])), str(update["indicator"])
    if kind is None:
        return BadRow(number, unknown_kind(str(update["type"])))
    try:
        digests: dict[str, Any] = {kind.value: digest(value, kind)}
    except ValueError as wrong:
        return BadRow(number, f"{wrong} (id {source_id})")
    return ListRow(number, source_id=source_id, lasting=source_id is not None, **digests)


def _all_say_harmless(descriptors: Any) -> bool:
    """Whether nobody of the group calls it material (any more): then it must not stand on a list of material."""
    told = descriptors.get("data", []) if isinstance(descriptors, dict) else descriptors
    statuses = [each.get("status") for each in told if isinstance(each, dict)]
    return bool(statuses) and all(status == _HARMLESS for status in statuses)
