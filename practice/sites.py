"""How a site of each kind lays out the row that the table of hosts gives it: which paths it has, and what is
on them.

    gallery     /  links to  /album/1, /album/2 …   two pictures each
    forum       /  links to  /thread/11, /thread/12 …   one picture each
    blog        /  links to  /post/1, /post/2 …   one picture each
    image host  /view/4   one picture; its front page lists none
    file host   /get/6    one link to the file; its front page lists none
    ordinary    /  shows everything, and links to /more/1, where the crawl must not go

Pure data; `pages.py` makes HTML of it, `web.py` serves it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

from practice.hosts import Host, Kind
from practice.pictures import suffix_of

FOLDER = {Kind.IMAGE_HOST: "/i", Kind.FILE_HOST: "/files", Kind.FORUM: "/attachments", Kind.BLOG: "/media"}
NUMBERED_FROM = {"k": 0, "~": 300, "o": 500, "h": 700}
UNLISTED = frozenset({Kind.IMAGE_HOST, Kind.FILE_HOST})


@dataclass(frozen=True)
class Page:
    """What stands on one page; all URLs absolute."""

    title: str
    pictures: tuple[str, ...] = ()
    downloads: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    by_script: str | None = None
    """The picture that a script puts on the page."""


@dataclass(frozen=True)
class Site:
    """One host as a visitor can walk it."""

    host: Host
    files: dict[str, str] = field(default_factory=dict)
    """path: picture label"""
    pages: dict[str, Page] = field(default_factory=dict)
    """path: page"""
    shown_on: dict[str, str] = field(default_factory=dict)
    """`picture@host`: the path of the page of this site that shows it"""


def number_of(label: str) -> int:
    """The neutral number of a picture in paths and file names."""
    return NUMBERED_FROM[label[0]] + int(label.lstrip("~kho"))


def path_of(host: Host, label: str) -> str:
    """Where a host keeps a picture."""
    return f"{FOLDER.get(host.kind, '/pictures')}/item-{number_of(label):03d}{suffix_of(label)}"


def moved(path: str) -> str:
    """Where a host that moves a file puts it."""
    folder, _, name = path.rpartition("/")
    return f"{folder}/b/{name}"


class Sites:
    """All sites of a world; hosts that a row names and that are not in the small world are left out there."""

    def __init__(self, hosts: Iterable[Host]) -> None:
        self._hosts = {host.name: host for host in hosts}
        self._decoys = {host.kind: host for host in self._hosts.values()}
        self._layouts = {name: _layout(host, self._shown(host)) for name, host in self._hosts.items()}
        self.by_name = {name: self._site(host) for name, host in self._hosts.items()}

    def file_url(self, what: str) -> str:
        """The URL of `picture@host`."""
        label, _, name = what.partition("@")
        host = self._hosts[name]
        return host.base + path_of(host, label)

    def page_url(self, what: str) -> str:
        """The URL of the page on which a host shows `picture@host`, or of the front page of a bare `host`."""
        _, at, name = what.partition("@")
        if not at:
            return self._hosts[what].base + "/"
        return self._hosts[name].base + self._page_paths(name)[what]

    def is_there(self, what: str) -> bool:
        """Whether this world has the host of `host`, `picture@host` or `page:picture@host`."""
        return what.rpartition("@")[2] in self._hosts

    def _shown(self, host: Host) -> list[str]:
        """Everything that the host's pages show, as `picture@host`."""
        own = [f"{label}@{host.name}" for label in host.holds.split()]
        return own + [what for what in host.shows.split() if self.is_there(what)]

    def _page_paths(self, name: str) -> dict[str, str]:
        return {what: path for path, whats in self._layouts[name].items() for what in whats}

    def _site(self, host: Host) -> Site:
        files = {path_of(host, label): label for label in host.holds.split()}
        pages = {path: self._page(host, path, whats) for path, whats in self._layouts[host.name].items()}
        return Site(host, files, pages, self._page_paths(host.name))

    def _page(self, host: Host, path: str, whats: list[str]) -> Page:
        urls = tuple(self.file_url(what) for what in whats)
        title = f"{host.name.split('.')[0].replace('-', ' ')}{path.rstrip('/').replace('/', ' ')}"
        links = tuple(self._links(host, path, () if host.kind is Kind.SCRIPT_GALLERY else urls))
        if host.kind is Kind.SCRIPT_GALLERY:
            return Page(title, links=links, by_script=urls[0] if urls else None)
        if host.kind is Kind.FILE_HOST:
            return Page(title, downloads=urls, links=links)
        return Page(title, pictures=urls, links=links)

    def _links(self, host: Host, path: str, urls: tuple[str, ...]) -> Iterator[str]:
        """Home and the listed pages, the row's links (not on front pages of unlisted hosts), decoys."""
        listed = [] if host.kind in UNLISTED else [page for page in self._layouts[host.name] if page != "/"]
        yield from (host.base + page for page in (listed if path == "/" else ["/"]))
        if path.startswith("/more/") or (host.kind in UNLISTED and path == "/"):
            return
        if host.kind is Kind.ORDINARY:
            yield host.base + "/more/1"
        yield from (self.page_url(what) for what in host.links.split() if self.is_there(what))
        yield from self._decoy_links(host.base + path, urls)

    def _decoy_links(self, page: str, urls: tuple[str, ...]) -> Iterator[str]:
        """What pages carry everywhere, and what nobody may follow."""
        if Kind.SEARCH in self._decoys:
            yield f"{self._decoys[Kind.SEARCH].base}/search?q={quote(page, safe='')}"
        if Kind.SHARE in self._decoys:
            yield f"{self._decoys[Kind.SHARE].base}/sharer?u={quote(page, safe='')}"
        if Kind.ARCHIVE in self._decoys:
            yield f"{self._decoys[Kind.ARCHIVE].base}/web/20290101000000/{page}"
        if Kind.LOOKUP in self._decoys and urls:
            yield f"{self._decoys[Kind.LOOKUP].base}/searchbyimage?image_url={quote(urls[0], safe='')}"


def _layout(host: Host, shown: list[str]) -> dict[str, list[str]]:
    """path: what is shown there."""
    labelled = [(number_of(what.partition("@")[0]), what) for what in shown]
    match host.kind:
        case Kind.GALLERY:
            return {"/": [], **{f"/album/{n // 2 + 1}": shown[n : n + 2] for n in range(0, len(shown), 2)}}
        case Kind.FORUM:
            return {"/": [], **{f"/thread/{n}": [what] for n, what in enumerate(shown, 11)}}
        case Kind.BLOG:
            return {"/": [], **{f"/post/{n}": [what] for n, what in enumerate(shown, 1)}}
        case Kind.IMAGE_HOST:
            return {"/": [], **{f"/view/{number}": [what] for number, what in labelled}}
        case Kind.FILE_HOST:
            return {"/": [], **{f"/get/{number}": [what] for number, what in labelled}}
        case Kind.ORDINARY:
            return {"/": shown, "/more/1": []}
        case _:
            return {"/": shown}
