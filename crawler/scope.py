"""How far a crawl goes (CONTRACT, "How far the crawl goes"): one pure decision for each link.

An *inner* page stands on the host of a confirmed URL, of its ``page``, or of a page on which an exact match was found,
at most 3 links from there. What inner pages embed or link to is fetched. An *outer* page is one on another host that
an inner page links to: its media are fetched, its other links are held until an exact match is found on it; then it
is an inner page at depth 0. Whatever is *beyond* these leads nowhere.
"""

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from crawler.pages import looks_like_media
from hotline.address import Url, registrable_domain

MOST_LINKS_AWAY: Final = 3
"""Links from a confirmed page, or one with an exact match, to the last inner page."""
BEYOND: Final = 1000
"""The depth of what is reached over a page that is not inner: no inner page, however near its host is."""


@dataclass(frozen=True)
class Place:
    """Where a page stands in the crawl. ``depth`` counts links from the nearest confirmed or matched page."""

    depth: int
    inner: bool

    @property
    def is_outer(self) -> bool:
        """Whether it is a page on another host, to which an inner page links."""
        return not self.inner and self.depth < BEYOND


@dataclass(frozen=True)
class Follow:
    """Fetch it; it stands at this place, as far as this link goes. ``media``: a file is expected, no page."""

    depth: int
    inner: bool
    media: bool


@dataclass(frozen=True)
class Hold:
    """Not now: only if the page that leads there comes nearer. ``depth`` as in ``Follow``."""

    depth: int


@dataclass(frozen=True)
class Refuse:
    """Never, and why."""

    reason: str


Decision = Follow | Hold | Refuse


def decide(source: Place, link: Url, *, embedded: bool, on_inner_host: bool) -> Decision:
    """Whether to follow what a page embeds or links to.

    Args:
        source: the page's own place.
        embedded: the page shows it, rather than links to it.
        on_inner_host: the link's host is one on which inner pages are.
    """
    reason = never_followed(link, embedded=embedded)
    if reason is not None:
        return Refuse(reason)
    return place_of(source, media=embedded or looks_like_media(link), on_inner_host=on_inner_host)


def place_of(source: Place, *, media: bool, on_inner_host: bool) -> Follow | Hold:
    """The place that a link gives to its target, whatever its address is."""
    if not source.inner:
        return Follow(BEYOND, False, True) if media and source.is_outer else Hold(BEYOND)
    depth = source.depth + 1
    inner = on_inner_host and depth <= MOST_LINKS_AWAY
    if media:
        return Follow(depth, inner, True)
    if on_inner_host and not inner:
        return Hold(depth)
    return Follow(depth, inner, False)


@dataclass(frozen=True, eq=False)
class Rule:
    """One rule of ``never_followed.toml``, which says what its parts mean."""

    name: str
    reason: str
    embedded: bool = False
    domains: frozenset[str] = frozenset()
    names: tuple[re.Pattern[str], ...] = ()
    labels: frozenset[str] = frozenset()
    paths: tuple[re.Pattern[str], ...] = ()
    queries: tuple[re.Pattern[str], ...] = field(default=())

    def holds_for_host(self, host: str) -> bool:
        """Whether the rule says this of everything on the host."""
        parts = host.split(".")
        if any(".".join(parts[at:]) in self.domains for at in range(len(parts) - 1)):
            return True
        label = (registrable_domain(host) or "").partition(".")[0]
        return any(name.search(label) for name in self.names)

    def holds_for(self, words: frozenset[str], path: str, query: str) -> bool:
        """Whether the rule says this of an address: the words of its host, its path, its query with the ``?``."""
        if not (self.labels or self.paths or self.queries):
            return False
        return (
            (not self.labels or not self.labels.isdisjoint(words))
            and (not self.paths or any(pattern.search(path) for pattern in self.paths))
            and (not self.queries or any(pattern.search(query) for pattern in self.queries))
        )


def never_followed(url: Url, *, embedded: bool = False) -> str | None:
    """Why an address is never followed, in words that name no address; ``None`` when it may be."""
    host = _host(url.host)
    path, query = _path_and_query(url)
    for rule in rules():
        if (rule.embedded or not embedded) and (rule in host.rules or rule.holds_for(host.words, path, query)):
            return f"never followed: {rule.name}"
    return None


@dataclass(frozen=True)
class _Host:
    """What the rules say of a host whatever the path, and the words of its name."""

    rules: frozenset[Rule]
    words: frozenset[str]


@lru_cache(maxsize=20_000)
def _host(name: str) -> _Host:
    return _Host(frozenset(rule for rule in rules() if rule.holds_for_host(name)), _own_words(name))


@cache
def rules() -> tuple[Rule, ...]:
    """The rules, read once."""
    text = (Path(__file__).parent / "never_followed.toml").read_text(encoding="utf-8")
    return tuple(
        Rule(
            name=rule["name"],
            reason=rule["reason"],
            embedded=rule.get("embedded", False),
            domains=frozenset(rule.get("domains", ())),
            names=tuple(re.compile(pattern) for pattern in rule.get("names", ())),
            labels=frozenset(rule.get("labels", ())),
            paths=tuple(re.compile(pattern) for pattern in rule.get("paths", ())),
            queries=tuple(re.compile(pattern) for pattern in rule.get("queries", ())),
        )
        for rule in tomllib.loads(text)["rule"]
    )


def _path_and_query(url: Url) -> tuple[str, str]:
    rest = url.text.partition("://")[2]
    _, slash, path = rest.partition("/")
    before, mark, query = (slash + path).partition("?")
    return before, mark + query


def _own_words(host: str) -> frozenset[str]:
    """The words of the registrable domain's own label, and of the labels before it: ``web-search.example`` has two."""
    domain = registrable_domain(host) or host
    own = host.removesuffix(domain) + domain.partition(".")[0]
    return frozenset(re.split(r"[.\-_]", own))
