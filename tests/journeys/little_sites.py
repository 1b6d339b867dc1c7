"""The web hosts of the small world, and every way in which a test can change what they serve."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from aiohttp import web
from little_pictures import Picture
from little_registry import RDAP_HOST, rdap


@dataclass(frozen=True)
class Page:
    """An HTML page."""

    html: str


@dataclass(frozen=True)
class Redirect:
    """Another address."""

    target: str


Served = Picture | Page | Redirect | int
"""What lies at an address; a number is a status without content."""


def page(title: str, *parts: str) -> Page:
    """A page with enough words of its own that no two look alike."""
    body = "".join(f"<p>{part}</p>\n" for part in parts)
    return Page(f"<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1>\n{body}</body></html>")


def picture_tag(url: str) -> str:
    """A page shows it."""
    return f'<img src="{url}" alt="a picture">'


def link(url: str, words: str = "see here") -> str:
    """A page links to it."""
    return f'<a href="{url}">{words}</a>'


@dataclass
class Sites:
    """What is served, by URL. Everything may be changed while it runs; a change counts from the next request.

    ``dark`` hosts break every connection; ``slow`` hosts keep everybody waiting until they are let go;
    ``soft`` hosts answer 200 with that page for any unknown address. After ``most`` answers everybody waits.
    ``asked`` counts requests by URL, ``answered`` is what was answered, in order.
    """

    contents: dict[str, Served] = field(default_factory=dict)
    dark: set[str] = field(default_factory=set)
    slow: set[str] = field(default_factory=set)
    soft: dict[str, Page] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    referrers: dict[str, str] = field(default_factory=dict)
    answered: list[str] = field(default_factory=list)
    most: int | None = None
    waiting: int = 0

    def put(self, url: str, served: Served) -> None:
        """From now on this lies there."""
        self.contents[url] = served

    def remove(self, url: str) -> None:
        """From now on nothing lies there."""
        self.contents.pop(url, None)

    def move(self, url: str, target: str) -> None:
        """The file now lies elsewhere, and its old address leads there."""
        self.contents[target] = self.contents[url]
        self.contents[url] = Redirect(target)

    def asked_for(self, hosts: Iterable[str]) -> Counter[str]:
        """Requests to these hosts."""
        wanted = tuple(f"http://{host}/" for host in hosts)
        return Counter({url: count for url, count in self.asked.items() if url.startswith(wanted)})

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answers any request, by the name that it asks for."""
        host = request.host.partition(":")[0]
        url = f"http://{host}{request.raw_path}"
        self.asked[url] += 1
        if "Referer" in request.headers:
            self.referrers[url] = request.headers["Referer"]
        if host == RDAP_HOST:
            return _registry(request.path)
        if host in self.dark:
            assert request.transport is not None
            request.transport.close()
            return web.Response(status=500)
        await self._wait(host)
        if request.transport is None or request.transport.is_closing():
            return web.Response(status=500)  # whoever asked has been killed meanwhile
        self.answered.append(url)
        return self._served(host, self.contents.get(url))

    async def _wait(self, host: str) -> None:
        self.waiting += 1
        try:
            while host in self.slow or (self.most is not None and len(self.answered) >= self.most):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        finally:
            self.waiting -= 1

    def _served(self, host: str, served: Served | None) -> web.Response:
        if served is None:
            served = self.soft.get(host, 404)
        if isinstance(served, Redirect):
            return web.Response(status=302, headers={"Location": served.target})
        if isinstance(served, Page):
            return web.Response(text=served.html, content_type="text/html")
        if isinstance(served, Picture):
            return web.Response(body=served.data, content_type=served.media_type)
        return web.Response(status=served, text="nothing here")


def _registry(path: str) -> web.Response:
    said = rdap(path)
    status, body = (200, said) if said else (404, {"errorCode": 404, "title": "not found"})
    return web.Response(
        status=status,
        text=json.dumps({"rdapConformance": ["rdap_level_0"], **body}),
        content_type="application/rdap+json",
    )
