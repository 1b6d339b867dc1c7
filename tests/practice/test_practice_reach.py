"""The truth is what the contract's rules reach: an independent walk over the pages finds it, and no more."""

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest

from practice.hosts import NEVER_FOLLOWED, Kind
from practice.pages import html
from practice.pictures import is_material
from practice.world import World


class Links(HTMLParser):
    def __init__(self, base: str, text: str) -> None:
        super().__init__()
        self.base, self.found = base, list[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {"a": "href", "img": "src"}.get(tag)
        self.found += [urljoin(self.base, value) for name, value in attrs if name == named and value]


@dataclass
class Walk:
    """How far the crawl goes: 3 links on a host, one on others, anew from every exact match."""

    world: World
    found: set[str] = field(default_factory=set)
    depth: dict[str, int] = field(default_factory=dict)
    todo: deque[tuple[str, int, bool]] = field(default_factory=deque)

    def start(self) -> set[str]:
        for report in self.world.reports:
            url = self.world.reported_url(report)
            self.found.add(url)
            self.todo.append((url, 0, True))
            if report.page:
                self.todo.append((self.world.sites.page_url(report.what.removeprefix("page:")), 0, True))
        while self.todo:
            self.visit(*self.todo.popleft())
        return self.found

    def visit(self, url: str, depth: int, in_scope: bool) -> None:
        site = self.world.sites.by_name[str(urlsplit(url).hostname)]
        assert site.host.kind not in NEVER_FOLLOWED
        page = site.pages.get(urlsplit(url).path)
        if page is None:
            return
        links = Links(url, html(page, self.world.now_at)).found
        labels = {link: label for link in links if (label := self.label(link)) is not None}
        self.found |= {link for link, label in labels.items() if is_material(label)}
        if any(label.startswith("k") for label in labels.values()):
            depth, in_scope = 0, True
        if not in_scope or self.depth.get(url, 99) <= depth:
            return
        self.depth[url] = depth
        for link in links:
            self.follow(url, link, depth)

    def follow(self, url: str, link: str, depth: int) -> None:
        name, here = str(urlsplit(link).hostname), urlsplit(url).hostname
        if self.world.sites.by_name[name].host.kind in NEVER_FOLLOWED:
            return
        if name != here:
            self.todo.append((link, 0, False))
        elif depth < 3:
            self.todo.append((link, depth + 1, True))

    def label(self, url: str) -> str | None:
        parts = urlsplit(url)
        return self.world.sites.by_name[str(parts.hostname)].files.get(parts.path)


@pytest.mark.parametrize("which", ["small", "all"])
def test_the_rules_reach_the_truth_and_nothing_else(which: str) -> None:
    world = World(which, datetime(2030, 1, 1, tzinfo=UTC))
    assert Walk(world).start() == {row["url"] for row in world.truth()}


def test_what_lies_beyond_is_linked_but_out_of_reach() -> None:
    world = World("all", datetime(2030, 1, 1, tzinfo=UTC))
    walk = Walk(world)
    walk.start()
    scoped = {str(urlsplit(url).hostname) for url in walk.depth}
    ordinary = {host.name for host in world.hosts.values() if host.kind is Kind.ORDINARY or host.beyond}
    assert ordinary
    assert not scoped & ordinary


def test_the_script_gallery_shows_nothing_in_plain_html() -> None:
    world = World("all", datetime(2030, 1, 1, tzinfo=UTC))
    page = world.sites.by_name["canvas-script.example"].pages["/"]
    assert page.by_script is not None
    assert "item-015" not in html(page, world.now_at)
    assert "<script>" in html(page, world.now_at)
