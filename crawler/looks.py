"""Looking again at one URL: not only whether it answers, but whether what it answers may be believed.

A disguised site shows a 404 to whoever comes without the right page behind him, and a careless one answers 200 to
everything. So a denial is believed only after the confirming path was walked again with its cookies, and a stranger's
"200" is held against a random address beside it. Whatever goes wrong on our side is a fault of the look.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeVar

from crawler import glances
from crawler.cookies import Jar
from crawler.digests import bits_apart, digests_of
from crawler.fetcher import Fetched, Fetcher
from crawler.hashlists.bands import NEAR as PICTURE_NEAR
from crawler.hashlists.index import ListIndex
from crawler.likeness import distance, is_known_file
from crawler.pages import looks_like_media, read_page
from crawler.shapes import NEAR, shape
from crawler.siblings import beside, front_of, site_of
from crawler.walls import waits_for_its_visitor, wall_before
from hotline.address import BadUrl, Url, parse_url
from hotline.facts import Look, LookOrder, Marks, Sibling
from hotline.words import Content, ListKind, Wall

Seen = TypeVar("Seen")

AT_ONCE: Final = 16
AT_ONCE_A_HOST: Final = 4
"""Files of one page that are fetched at once; looks at one host come one after the other."""
MOST_REDIRECTS: Final = 5
MOST_MEDIA_OF_A_PAGE: Final = 60
MOST_MEDIA_OF_AN_ENTRY: Final = 20
_TOO_MANY: Final = frozenset({429, 503})
"""Who is asked too much already is not asked a second time in one visit."""

_VALIDATORS: Final = ("etag", "last-modified")
_GONE: Final = frozenset({404, 410, 451})


async def look_all(
    orders: Sequence[LookOrder], see: Callable[[LookOrder], Awaitable[Seen]]
) -> AsyncIterator[tuple[LookOrder, Seen]]:
    """Has all of them looked at, many at once but never two of one host; yields each as it is done.

    However many cases one host has, it takes up one place.
    """
    overall = asyncio.Semaphore(AT_ONCE)
    of_host: dict[str, asyncio.Lock] = {}

    async def one(order: LookOrder) -> tuple[LookOrder, Seen]:
        async with of_host.setdefault(host_of(order), asyncio.Lock()), overall:
            return order, await see(order)

    tasks = [asyncio.create_task(one(order)) for order in orders]
    try:
        for done in asyncio.as_completed(tasks):
            yield await done
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def visit(order: LookOrder, fetcher: Fetcher, index: ListIndex, now: datetime) -> Look:
    """A look as an ordinary visitor, and, where what is known is not seen, with another as one with a telephone."""
    seen = await look(order, fetcher, index, now)
    if seen.status is None or seen.status in _TOO_MANY or _is_plain(order, seen):
        return seen
    phone = await look(order, fetcher.as_phone(), index, now)
    return replace(seen, phone=phone, size=seen.size + phone.size)


def _is_plain(order: LookOrder, seen: Look) -> bool:
    """Whether it is plainly there, so that nobody needs to come again as somebody else."""
    known = {order.sha256, order.assessed_sha256} - {None}
    if not known and not order.media:
        return seen.status is not None and 200 <= seen.status < 300
    same = seen.digests is not None and seen.digests.sha256 in known and not seen.media_known
    near = seen.distance is not None and seen.distance <= PICTURE_NEAR
    return same or near or bool(seen.media_seen)


async def look(order: LookOrder, fetcher: Fetcher, index: ListIndex, now: datetime) -> Look:
    """One look. Never raises for what a stranger does; a fault of ours is told as one, and means nothing else."""
    try:
        return await _Looking(order, fetcher, index, now).look()
    except Exception as wrong:
        fault = f"a fault of ours ({type(wrong).__name__})"
        return Look(at=now, vantage=fetcher.vantage, fault="broken", fault_reason=fault)


@dataclass(frozen=True)
class _Arrival:
    """Where a journey ended. ``redirects`` were followed to get there."""

    fetched: Fetched
    redirects: int


class _Looking:
    """One look on its way: it counts the bytes, and remembers the pages of the confirming path."""

    def __init__(self, order: LookOrder, fetcher: Fetcher, index: ListIndex, now: datetime) -> None:
        self._order = order
        self._url = parse_url(order.url)
        self._fetcher = fetcher
        self._index = index
        self._now = now
        self._jar = Jar()
        self._entries: list[Fetched] = []
        self._path_unclear = 0
        self._size = 0
        self._path = order.path

    async def look(self) -> Look:
        arrival = await self._arrive(self._url, self._order.came_from)
        again = self._may_come_again(arrival.fetched)
        seen = None if again and not self._is_known(arrival.fetched) else await self._probed(arrival)
        if seen is None or (again and _shows_none(seen)):
            arrival = await self._replay()
            seen = replace(await self._probed(arrival), replayed=True, path_unclear=self._path_unclear)
        else:
            seen = replace(seen, marks=await self._marks(arrival))
        if self._is_something_else(seen, arrival.fetched):
            seen = replace(seen, moved_to=await self._moved_to(arrival.fetched))
        return replace(seen, size=self._size)

    async def _marks(self, arrival: _Arrival) -> Marks | None:
        """By what a later glance may know the file again; none for what lies behind a redirect."""
        fetched = arrival.fetched
        if not (fetched.marks and fetched.served) or arrival.redirects:
            return None
        return await glances.trusted(fetched.marks, self._fetcher, self._url, self._order.came_from)

    def _may_come_again(self, fetched: Fetched) -> bool:
        """Whether there is another way to come by. The front page is no such way for who is asked too much already."""
        if fetched.fault or self._path:
            return fetched.fault is None
        known = self._order.sha256 or self._order.assessed_sha256 or self._order.media
        answered = fetched.served or fetched.status in {401, 403, *_GONE}
        return bool(known) and answered and self._url != front_of(self._url)

    # ------------------------------------------------------------------ walking

    async def _fetch(self, url: Url, referrer: str | None) -> Fetched:
        fetched = await self._fetcher.fetch(url, referrer=referrer, jar=self._jar)
        self._size += fetched.size
        return fetched

    async def _arrive(self, url: Url, referrer: str | None) -> _Arrival:
        for redirects in range(MOST_REDIRECTS + 1):
            fetched = await self._fetch(url, referrer)
            if fetched.location is None:
                return _Arrival(fetched, redirects)
            url = fetched.location
        return _Arrival(
            Fetched(url, fault="redirects", fault_reason="more redirects than are followed"), MOST_REDIRECTS
        )

    async def _replay(self) -> _Arrival:
        """The way that the report and the crawl came: each page of the path after the one before, cookies kept.

        Where nobody told a way, the host's front page: some give a file only to who comes from their own pages.
        """
        self._jar = Jar()
        self._entries.clear()
        self._path_unclear = 0
        before = None
        for page in self._path or (front_of(self._url).text,):
            try:
                arrival = await self._arrive(parse_url(page), before)
            except BadUrl:
                continue
            before = page
            if self._path:  # a front page that nobody named may be refused for good: of many stores of files it is
                self._entries.append(arrival.fetched)
                self._path_unclear += self._is_unclear(arrival.fetched, parse_url(page))
        return await self._arrive(self._url, before)

    def _is_unclear(self, fetched: Fetched, page: Url) -> bool:
        """Whether a page of the path was neither shown nor denied, so that its site may not know who comes from there.

        Only of the same site: another one's page gives no cookie here, and that we come from it is said anyway.
        """
        if site_of(page) != site_of(self._url):
            return False
        told = fetched.served or fetched.status in _GONE or fetched.fault == "nxdomain"
        return not told or (fetched.served and self._wall(fetched) is not None)

    # ------------------------------------------------------------------ telling

    def _is_known(self, fetched: Fetched) -> bool:
        """Whether this is plainly what was there before, so that nobody needs to come again by another way."""
        if not fetched.served or fetched.digests is None:
            return False
        known = {self._order.sha256, self._order.assessed_sha256} - {None}
        if not known or fetched.digests.sha256 in known:
            return self._wall(fetched) is None
        return self._is_known_page(fetched) and self._wall(fetched) is None

    def _is_known_page(self, fetched: Fetched) -> bool:
        if self._order.content is not Content.PAGE or fetched.html is None:
            return False
        return self._order.shape is None or bits_apart(self._order.shape, shape(fetched.html)) <= NEAR

    def _wall(self, fetched: Fetched) -> Wall | None:
        if fetched.fault is not None or fetched.status is None or fetched.status in _GONE:
            return None
        return wall_before(fetched.html or b"", fetched.status, fetched.headers)

    async def _described(self, arrival: _Arrival) -> Look:
        fetched = arrival.fetched
        digests = fetched.digests if fetched.fault is None else None
        page = fetched.html is not None
        listed = None
        if digests is not None and fetched.served:
            listed = (await self._index.matched(digests)).listed
            listed = listed if not page or listed is ListKind.PLACEHOLDER else None
        return Look(
            at=self._now,
            vantage=self._fetcher.vantage,
            status=fetched.status,
            fault=fetched.fault,
            fault_reason=fetched.fault_reason,
            resolvers_asked=fetched.resolvers_asked,
            resolvers_denying=fetched.resolvers_denying,
            names=fetched.names,
            peer=fetched.peer,
            tls=fetched.tls,
            said_type=fetched.headers.get("content-type"),
            media_type=fetched.media_type,
            validators=tuple((name, fetched.headers[name]) for name in _VALIDATORS if name in fetched.headers),
            final_url=fetched.url.text if arrival.redirects else None,
            redirects=arrival.redirects,
            content=fetched.content,
            digests=digests,
            shape=shape(fetched.html or b"") if page else None,
            wall=self._wall(fetched),
            distance=await distance(self._order, digests) if digests else None,
            listed=listed,
        )

    # ------------------------------------------------------------------ probing

    async def _probed(self, arrival: _Arrival) -> Look:
        seen, fetched = await self._described(arrival), arrival.fetched
        if fetched.fault:
            return seen
        # Some sites deny a page, or put a wall before it, and show it all the same.
        if self._order.content is Content.PAGE and self._order.media and fetched.content is Content.PAGE:
            seen = await self._with_media(seen, fetched)
        if not fetched.served or seen.wall or not self._differs(seen):
            return seen
        waits = fetched.html is not None and await asyncio.to_thread(waits_for_its_visitor, fetched.html)
        sibling = await self._sibling()
        alike = fetched.html is not None and sibling.shape is not None and _alike(sibling.shape, seen.shape)
        everywhere = waits and alike and await self._is_everywhere(fetched)
        return replace(seen, sibling=sibling, waits=waits, may_be_wall=everywhere)

    async def _is_everywhere(self, fetched: Fetched) -> bool:
        """Whether the whole site, front page included, answers with this page."""
        own, front = shape(fetched.html or b""), front_of(self._url)
        if fetched.url == front:
            return False
        others = [entry for entry in self._entries if site_of(entry.url) == site_of(self._url)]
        others.append((await self._arrive(front, None)).fetched)
        shown = [other.html for other in others if other.served and other.html is not None]
        return bool(shown) and all(_alike(own, shape(html)) for html in shown)

    def _differs(self, seen: Look) -> bool:
        """Whether something else than what was known is served, so that it must be asked what anything gets here."""
        known = {self._order.sha256, self._order.assessed_sha256} - {None}
        return bool(known) and seen.digests is not None and seen.digests.sha256 not in known and not seen.media_seen

    async def _sibling(self) -> Sibling:
        try:
            arrival = await self._arrive(beside(self._url), self._path[-1] if self._path else None)
        except BadUrl:
            return Sibling(None)
        fetched = arrival.fetched
        return Sibling(
            status=fetched.status if fetched.fault is None else None,
            content=fetched.content,
            sha256=fetched.digests.sha256 if fetched.digests else None,
            shape=shape(fetched.html) if fetched.html is not None else None,
        )

    async def _with_media(self, seen: Look, page: Fetched) -> Look:
        """A page case is there as long as any known material is on it, re-encoded or not."""
        links = await asyncio.to_thread(read_page, page.html or b"", page.url)
        urls = [*links.media, *filter(looks_like_media, links.links)]
        files = await self._fetch_all(urls[:MOST_MEDIA_OF_A_PAGE], page.url.text)
        found = [await asyncio.to_thread(digests_of, picture) for picture in links.pictures]
        found += [file.digests for file in files if file.served and file.digests]
        unclear = sum(1 for file in files if file.fault or not (file.served or file.status in _GONE))
        return replace(
            seen,
            media_known=len(self._order.media),
            media_seen=len({each.sha256 for each in found if await is_known_file(self._order, self._index, each)}),
            # What was not fetched was not seen to be something else.
            media_unclear=unclear + len(urls[MOST_MEDIA_OF_A_PAGE:]),
        )

    def _is_something_else(self, seen: Look, fetched: Fetched) -> bool:
        """Whether the file is denied, or something else stands in its place."""
        if fetched.fault or seen.wall or self._order.content is Content.PAGE:
            return False
        return fetched.status in _GONE or (fetched.served and self._differs(seen))

    async def _moved_to(self, instead: Fetched) -> str | None:
        """Where the same file is shown now, by the page that came ``instead`` of it or those that showed it before."""
        known = {self._order.sha256, self._order.assessed_sha256} - {None}
        if not known:
            return None
        for page in (instead, *self._entries):
            if page.html is None or not (page.served or page is instead):
                continue
            links = await asyncio.to_thread(read_page, page.html, page.url)
            urls = [*links.media, *filter(looks_like_media, links.links)]
            others = [url for url in urls if url.text != self._url.text][:MOST_MEDIA_OF_AN_ENTRY]
            for file in await self._fetch_all(others, page.url.text):
                if file.served and file.digests and file.digests.sha256 in known:
                    return file.url.text
        return None

    async def _fetch_all(self, urls: Iterable[Url], referrer: str) -> list[Fetched]:
        gate = asyncio.Semaphore(AT_ONCE_A_HOST)

        async def one(url: Url) -> Fetched:
            async with gate:
                return (await self._arrive(url, referrer)).fetched

        return await asyncio.gather(*(one(url) for url in urls))


def _shows_none(seen: Look) -> bool:
    """Whether a page was read whole, and none of its known files is on it."""
    return bool(seen.media_known) and not (seen.media_seen or seen.media_unclear)


def _alike(one: str, other: str | None) -> bool:
    return other is not None and bits_apart(one, other) <= NEAR


def host_of(order: LookOrder) -> str:
    """The host that is asked; empty for an address that is none."""
    try:
        return parse_url(order.url).host
    except BadUrl:
        return ""
