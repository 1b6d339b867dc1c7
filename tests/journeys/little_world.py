"""A small internet of its own for the journeys: names, web hosts, registries and mail, on loopback, in one thread.

Nothing of it comes from ``practice/``: what the product does must not hang on one world. A forum shows a picture of an
image host and leads to a viewer, which shows a copy; a second page shows another known picture; and there are things
that must be left alone.
"""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web
from little_mail import Post, make_maildir, serve_mail
from little_names import ORIGIN_SUFFIX, Names, serve_names
from little_pictures import Picture, jpeg, png
from little_registry import RDAP_HOST, WHOIS_HOST, origin_records, whois, write_bootstrap
from little_sites import Sites, link, page, picture_tag

_INFRASTRUCTURE = {RDAP_HOST: "192.0.2.10", WHOIS_HOST: "192.0.2.11"}


@dataclass
class LittleWorld:
    """The world and its switches: ``sites``, ``names``, ``post``.

    ``mark`` (hexadecimal) stands in every host name and page, and its pictures are its own, so that a search for leaks
    cannot find another world's traces.
    """

    folder: Path
    mark: str = ""
    sites: Sites = field(default_factory=Sites)
    names: Names = field(default_factory=Names)
    post: Post = field(default_factory=Post)
    pictures: dict[str, Picture] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def started(cls, folder: Path, mark: str = "") -> Iterator["LittleWorld"]:
        """Runs a world until the block is left."""
        world = cls(folder, mark)
        world.restore()
        up, down = threading.Event(), threading.Event()
        thread = threading.Thread(target=lambda: asyncio.run(world._run(up, down)), name="little world")
        thread.start()
        try:
            assert up.wait(20), "the little world did not start"
            yield world
        finally:
            down.set()
            world.sites.slow.clear()
            world.sites.most = None
            thread.join(20)

    # ------------------------------------------------------------------ what there is

    @property
    def hosts(self) -> dict[str, str]:
        """Name to address of every web host."""
        mark = self.mark
        return {
            f"forum.nook{mark}.example": "198.51.100.10",
            f"pics.shelf{mark}.example": "203.0.113.20",
            f"twin.shelf{mark}.example": "203.0.113.21",
            f"view.glance{mark}.example": "203.0.113.150",
            f"mirror.pane{mark}.test": "203.0.113.151",
            f"plain.decoy{mark}.example": "198.51.100.40",
            f"next.further{mark}.example": "198.51.100.41",
            f"deep.beyond{mark}.example": "198.51.100.42",
            f"search.find{mark}.example": "198.51.100.43",
        }

    def url(self, name: str, path: str = "/") -> str:
        """The address of a path on the host whose name begins so."""
        return f"http://{self.host(name)}{path}"

    def host(self, name: str) -> str:
        """The host whose name begins so."""
        return next(each for each in self.hosts if each.startswith(f"{name}."))

    @property
    def seed(self) -> str:
        """The URL that the analysts confirm."""
        return self.url("pics", "/i/one.png")

    @property
    def thread(self) -> str:
        """The forum page on which it was found."""
        return self.url("forum", "/thread/1")

    @property
    def copy(self) -> str:
        """The same file on another host."""
        return self.url("mirror", "/m/one.png")

    @property
    def twin(self) -> str:
        """Another known file, at the seed's provider."""
        return self.url("twin", "/t/two.png")

    @property
    def beyond(self) -> str:
        """A page that only a page outside the crawl leads to."""
        return self.url("deep", "/")

    @property
    def search(self) -> str:
        """A link that nobody may follow."""
        return self.url("search", "/search?q=one")

    # ------------------------------------------------------------------ changing it

    def restore(self) -> None:
        """Everything as it was in the beginning; what was counted and taken is forgotten."""
        if not self.pictures:
            seed = int(self.mark or "0", 16)
            names = ("one", "two", "plain", "other", "gone")
            self.pictures = {name: png(seed + number) for number, name in enumerate(names, 1)}
            self.pictures |= {"one again": jpeg(seed + 1), "two again": jpeg(seed + 2)}
        self.sites.dark.clear()
        self.sites.slow.clear()
        self.sites.soft.clear()
        self.sites.asked.clear()
        self.sites.referrers.clear()
        self.sites.answered.clear()
        self.sites.most = None
        self.sites.contents = dict(self._contents())
        self.names.addresses = {**self.hosts, **_INFRASTRUCTURE}
        self.names.texts = origin_records(list(self.hosts.values()), ORIGIN_SUFFIX)
        self.names.denied, self.names.failing = {}, {}
        self.post.letters.clear()
        self.post.refusals.clear()
        self.post.drops.clear()
        self.post.stalls.clear()
        self.post.unwanted = None

    def vanish(self, name: str, *, by: frozenset[int] = frozenset({0, 1})) -> None:
        """Name servers deny the host."""
        self.names.denied[self.host(name)] = by

    def _contents(self) -> Iterator[tuple[str, object]]:
        url, shown = self.url, self.pictures
        words = f"marked {self.mark or 'plainly'}"
        second = url("forum", "/thread/2")
        plain = picture_tag(url("plain", "/c.png"))
        yield self.thread, page(
            "First thread", f"a talk about shapes, {words}", picture_tag(self.seed), plain,
            link(url("view", "/v/7"), "a larger one"), link(second, "next"), link(self.search, "find more"),
        )  # fmt: skip
        yield second, page("Second thread", f"colours and lines, {words}", picture_tag(self.twin), link(self.thread))
        yield (
            url("view", "/v/7"),
            page("Viewer", f"one picture a page, {words}", picture_tag(self.copy), link(url("next", "/"), "a friend")),
        )
        yield url("next", "/"), page("A friend", f"waves and spots, {words}", link(self.beyond, "his friend"))
        yield self.beyond, page("Further away", f"nothing of interest, {words}")
        yield self.seed, shown["one"]
        yield self.copy, shown["one"]
        yield self.twin, shown["two"]
        yield url("plain", "/c.png"), shown["plain"]

    # ------------------------------------------------------------------ running

    async def _run(self, up: threading.Event, down: threading.Event) -> None:
        async with AsyncExitStack() as stack:
            resolvers = [await serve_names(self.names, number, stack) for number in (0, 1)]
            web_port = await self._serve_web(stack)
            whois_ports = [await _serve_whois(stack, root=root) for root in (True, False)]
            mail = await serve_mail(self.post)
            await stack.enter_async_context(mail)
            self._write(web_port, whois_ports[1])
            self.environment = {
                "HOTLINE_DIAL_MAP": str(self.folder / "dial.json"),
                "HOTLINE_RESOLVERS": ",".join(f"127.0.0.1:{port}" for port in resolvers),
                "HOTLINE_RDAP_BOOTSTRAP": str(self.folder / "bootstrap"),
                "HOTLINE_WHOIS": f"127.0.0.1:{whois_ports[0]}",
                "HOTLINE_SMTP": f"smtp://127.0.0.1:{mail.sockets[0].getsockname()[1]}",
                "HOTLINE_MAIL_FROM": "notice@hotline.example",
                "HOTLINE_ORGANISATION": "Practice hotline",
                "HOTLINE_COUNTRY": "NL",
                "HOTLINE_INBOX": f"maildir:{make_maildir(self.folder / 'inbox')}",
            }
            up.set()
            while not down.is_set():  # noqa: ASYNC110 - it is another thread's event
                await asyncio.sleep(0.02)

    async def _serve_web(self, stack: AsyncExitStack) -> int:
        runner = web.ServerRunner(web.Server(self.sites.answer, access_log=None), shutdown_timeout=0.1)  # type: ignore[arg-type]
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port: int = runner.addresses[0][1]
        return port

    def _write(self, web_port: int, whois_port: int) -> None:
        target = f"127.0.0.1:{web_port}"
        addresses = {*self.hosts.values(), *_INFRASTRUCTURE.values()}
        places = {address: {"80": target} for address in sorted(addresses)}
        places[_INFRASTRUCTURE[WHOIS_HOST]]["43"] = f"127.0.0.1:{whois_port}"
        (self.folder / "dial.json").write_text(json.dumps(places), encoding="utf-8")
        write_bootstrap(self.folder / "bootstrap")


async def _serve_whois(stack: AsyncExitStack, *, root: bool) -> int:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        question = (await reader.readline()).decode().strip().lower()
        writer.write(whois(question, root=root).encode())
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    await stack.enter_async_context(server)
    port: int = server.sockets[0].getsockname()[1]
    return port
