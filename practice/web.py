"""The web of the practice internet: all hosts on two loopback ports, one for HTTP and one for HTTPS, told
apart by name.

A host that is dark, or whose name is gone, closes the connection without a word. Any visit to a place that
nobody may follow a link to is a fault.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

from aiohttp import web

from practice.behaviours import Leaves
from practice.files import served
from practice.hosts import NEVER_FOLLOWED, Kind
from practice.pages import NOT_FOUND, SOFT_PAGE, html
from practice.pictures import PLACEHOLDER
from practice.sites import Site
from practice.world import Item, World

Service = Callable[[str, str], web.Response]
"""A named service beside the hosts, such as RDAP: (host name, path) to an answer."""


async def _closed(request: web.BaseRequest) -> web.StreamResponse:
    """Cut the connection, as a host does that is down."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=503)


class Web:
    """Answers requests from what the world says at this virtual moment."""

    def __init__(self, world: World, services: dict[str, Service]) -> None:
        self._world = world
        self._services = services

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """One request to any host."""
        name = request.host.partition(":")[0].lower().rstrip(".")
        if name in self._services:
            return self._services[name](name, request.path)
        site = self._world.site(name)
        if site is None or name in self._world.dark or name in self._world.vanished:
            return await _closed(request)
        self._watch(site, request.path)
        return self._page_or_file(site, request)

    def _watch(self, site: Site, path: str) -> None:
        if site.host.kind in NEVER_FOLLOWED and path != "/robots.txt":
            self._world.fault("followed a link that is never followed", f"{site.host.kind} {site.host.name}")
        beyond = site.host.beyond or (site.host.kind is Kind.ORDINARY and path.startswith("/more/"))
        if beyond and path != "/robots.txt":
            self._world.fault("went beyond the scope", site.host.name + path)

    def _page_or_file(self, site: Site, request: web.BaseRequest) -> web.StreamResponse:
        item = self._world.items.get(site.host.base + request.path)
        if item is not None and not item.condition.up:
            return self._what_is_left(item, request)
        label = item.label if item else site.files.get(request.path)
        is_shown = not site.host.wants_referrer or site.host.name in request.headers.get("Referer", "")
        if label is not None and is_shown:
            return self._picture(label, request, by_date=site.host.kind is Kind.BLOG)
        page = site.pages.get(request.path)
        if page is None:
            return _unknown(site)
        return web.Response(text=html(page, self._world.now_at), content_type="text/html")

    def _what_is_left(self, item: Item, request: web.BaseRequest) -> web.StreamResponse:
        if item.shows_at is not item:
            return web.Response(status=301, headers={"Location": item.shows_at.url})
        if item.behaviour.leaves is Leaves.GONE:
            return web.Response(status=410, text=NOT_FOUND, content_type="text/html")
        if item.behaviour.leaves is Leaves.PLACEHOLDER:
            return self._picture(PLACEHOLDER, request)
        site = self._world.site(item.host.name)
        return _unknown(site) if site else web.Response(status=404)

    def _picture(self, label: str, request: web.BaseRequest, *, by_date: bool = False) -> web.Response:
        return served(self._world.pictures[label], request, by_date=by_date)


def _unknown(site: Site) -> web.Response:
    """What a host says about a path that it does not know."""
    if site.host.behaviour.leaves is Leaves.SOFT_PAGE:
        return web.Response(text=SOFT_PAGE, content_type="text/html")
    return web.Response(status=404, text=NOT_FOUND, content_type="text/html")


@asynccontextmanager
async def serving(answers: Web, tls: ssl.SSLContext) -> AsyncIterator[tuple[int, int]]:
    """The ports of HTTP and HTTPS."""
    runner = web.ServerRunner(web.Server(answers.answer, access_log=None), shutdown_timeout=0.5)
    await runner.setup()
    plain, secure = web.TCPSite(runner, "127.0.0.1", 0), web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await plain.start()
    await secure.start()
    try:
        yield _port(plain), _port(secure)
    finally:
        await runner.cleanup()


def _port(site: web.TCPSite) -> int:
    server = site._server
    return int(cast(asyncio.Server, server).sockets[0].getsockname()[1])
