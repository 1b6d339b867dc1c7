"""What an HTML page embeds and leads to. Pure: bytes in, addresses out; the text itself is not kept.

Browsers find pictures in many places, and whoever hides some knows them all; so does this. Everything is capped: a
page with a hundred thousand links is an attack on the crawler, not a page.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote_to_bytes

import lxml.etree  # type: ignore[import-untyped]
import lxml.html  # type: ignore[import-untyped]
from w3lib.encoding import html_to_unicode

from hotline.address import BadUrl, Url, parse_url

MOST_LINKS: Final = 500
"""Links and, apart from them, media of one page that are followed; the first ones in the page's order."""
MOST_DATA_PICTURES: Final = 50
MOST_DATA_BYTES: Final = 32 * 2**20

_MEDIA_ENDINGS: Final = frozenset(
    {"jpg", "jpeg", "jpe", "jfif", "png", "gif", "webp", "bmp", "tif", "tiff", "avif", "heic", "heif", "jxl", "mp4",
     "m4v", "mov", "webm", "mkv", "avi", "wmv", "flv", "mpg", "mpeg", "3gp", "ts", "ogv", "mts", "m2ts", "zip", "rar",
     "7z", "tar", "gz", "tgz", "bz2", "xz", "zst", "pdf"}
)  # fmt: skip
_CSS_URL: Final = re.compile(r"url\(\s*(?:\"([^\"]*)\"|'([^']*)'|([^)\"'\s]*))\s*\)", re.IGNORECASE)
_CANDIDATE: Final = re.compile(r"[\s,]*(\S+)")
_DESCRIPTOR: Final = re.compile(r"[^,(]*(?:\([^)]*\)[^,(]*)*,?")
_REFRESH: Final = re.compile(r"^\s*\d*(?:\.\d*)?\s*[;,]?\s*(?:url\s*=\s*)?[\"']?([^\"']+)", re.IGNORECASE)
_URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")
_LAZY: Final = ("src", "data-src", "data-original", "data-lazy-src", "data-lazy", "data-full", "data-url", "data-image")
_LAZY_SETS: Final = ("srcset", "data-srcset", "data-lazy-srcset", "imagesrcset")
_META_MEDIA: Final = frozenset(
    {"og:image", "og:image:url", "og:image:secure_url", "og:video", "og:video:url", "og:video:secure_url",
     "twitter:image", "twitter:image:src", "twitter:player:stream", "thumbnail"}
)  # fmt: skip
_LINK_RELS: Final = frozenset({"next", "prev", "alternate", "canonical"})


@dataclass(frozen=True)
class PageLinks:
    """What a page leads to. ``media`` it embeds, or names as its picture; ``links`` it links to or frames.

    ``pictures`` are the bytes of its ``data:`` pictures; ``refresh`` is where it sends the visitor by itself;
    ``refused`` counts addresses that are none of the web's.
    """

    media: tuple[Url, ...] = ()
    links: tuple[Url, ...] = ()
    pictures: tuple[bytes, ...] = ()
    refresh: Url | None = None
    refused: int = 0


@dataclass
class _Found:
    base: Url
    media: dict[str, Url] = field(default_factory=dict)
    links: dict[str, Url] = field(default_factory=dict)
    pictures: list[bytes] = field(default_factory=list)
    data_bytes: int = 0
    refused: int = 0

    @property
    def is_full(self) -> bool:
        """Whether nothing more would be taken."""
        return len(self.media) >= MOST_LINKS and len(self.links) >= MOST_LINKS

    def embed(self, text: str | None) -> None:
        if text is None or not text.strip():
            return
        if text.lstrip()[:5].lower() == "data:":
            self._embed_data(text.strip())
            return
        url = self._resolved(text) if len(self.media) < MOST_LINKS else None
        if url is not None:
            self.media.setdefault(url.text, url)

    def link(self, text: str | None) -> None:
        if text is None or len(self.links) >= MOST_LINKS or _leads_nowhere(text):
            return
        url = self._resolved(text)
        if url is not None:
            self.links.setdefault(url.text, url)

    def _resolved(self, text: str) -> Url | None:
        try:
            return parse_url(text, self.base)
        except BadUrl:
            self.refused += 1
            return None

    def _embed_data(self, text: str) -> None:
        picture = _data_bytes(text)
        if not picture or len(self.pictures) >= MOST_DATA_PICTURES or self.data_bytes + len(picture) > MOST_DATA_BYTES:
            return
        self.data_bytes += len(picture)
        self.pictures.append(picture)


def read_page(html: bytes, base: Url, content_type: str | None = None) -> PageLinks:
    """Reads a page that was served at ``base``."""
    root = parse(html, content_type)
    if root is None:
        return PageLinks()
    found = _Found(_base_of(root, base))
    refresh = None
    for element in root.iter():
        if found.is_full:
            break
        if isinstance(element.tag, str):
            _read_element(element, found)
            refresh = refresh or _refresh_of(element, found)
    links = {text: url for text, url in found.links.items() if text not in found.media}
    return PageLinks(tuple(found.media.values()), tuple(links.values()), tuple(found.pictures), refresh, found.refused)


def parse(html: bytes, content_type: str | None = None) -> Any | None:
    """The page as an lxml tree, however broken it is; ``None`` when there is nothing in it.

    No entity, network or file is ever touched.
    """
    try:
        _, text = html_to_unicode(content_type, html, default_encoding="utf-8")
    except (LookupError, ValueError):
        text = html.decode("utf-8", errors="replace")
    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True)
    try:
        return lxml.html.document_fromstring(text.replace("\0", "").encode("utf-8", "replace"), parser=parser)
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError, ValueError):
        return None


def looks_like_media(url: Url) -> bool:
    """Whether a link's path ends like a picture's, a video's or an archive's."""
    name = url.path.rpartition("/")[2]
    return "." in name and name.rpartition(".")[2].lower() in _MEDIA_ENDINGS


def _base_of(root: Any, served_at: Url) -> Url:
    for element in root.iter("base"):
        href = element.get("href")
        if href:
            try:
                return parse_url(href, served_at)
            except BadUrl:
                return served_at
    return served_at


def _read_element(element: Any, found: _Found) -> None:
    match element.tag:
        case "img" | "source" | "amp-img" | "input":
            for name in _LAZY if element.tag != "input" else ("src",):
                found.embed(element.get(name))
            _read_sets(element, found)
        case "video" | "audio":
            for name in ("src", "data-src", "poster"):
                found.embed(element.get(name))
        case "embed" | "object":
            found.embed(element.get("src" if element.tag == "embed" else "data"))
        case "image" | "use":
            found.embed(element.get("href") or element.get("{http://www.w3.org/1999/xlink}href"))
            found.embed(element.get("xlink:href"))
        case "a" | "area":
            found.link(element.get("href"))
        case "iframe" | "frame":
            found.link(element.get("src") or element.get("data-src"))
        case "link":
            _read_link(element, found)
        case "meta":
            if (element.get("property") or element.get("name") or "").lower() in _META_MEDIA:
                found.embed(element.get("content"))
        case "style":
            _read_css(element.text or "", found)
        case "body" | "table" | "td" | "th" | "tr":
            found.embed(element.get("background"))
    _read_css(element.get("style") or "", found)
    for name in ("data-bg", "data-background", "data-background-image"):
        found.embed(element.get(name))


def _read_link(element: Any, found: _Found) -> None:
    rels = (element.get("rel") or "").lower().split()
    if "image_src" in rels or ("preload" in rels and (element.get("as") or "").lower() in ("image", "video")):
        found.embed(element.get("href"))
        _read_sets(element, found)
    elif _LINK_RELS.intersection(rels):
        found.link(element.get("href"))


def _read_sets(element: Any, found: _Found) -> None:
    for name in _LAZY_SETS:
        for candidate in srcset(element.get(name) or ""):
            found.embed(candidate)


def _read_css(css: str, found: _Found) -> None:
    for groups in _CSS_URL.findall(css):
        found.embed(next((text for text in groups if text), None))


def srcset(text: str) -> Iterator[str]:
    """The addresses of a ``srcset``, which may hold commas themselves (HTML standard, "parse a srcset attribute")."""
    at = 0
    while match := _CANDIDATE.match(text, at):
        url, at = match.group(1), match.end()
        if url.endswith(","):
            yield url.rstrip(",")
            continue
        yield url
        descriptor = _DESCRIPTOR.match(text, at)
        at = descriptor.end() if descriptor else len(text)


def _refresh_of(element: Any, found: _Found) -> Url | None:
    if element.tag != "meta" or (element.get("http-equiv") or "").lower() != "refresh":
        return None
    match = _REFRESH.match(element.get("content") or "")
    if not match or match.group(1).strip().isdigit():
        return None
    return found._resolved(match.group(1))


def _leads_nowhere(text: str) -> bool:
    start = text.strip().lower()
    return not start or start.startswith(("#", "javascript:", "mailto:", "tel:", "data:", "about:", "blob:"))


def _data_bytes(text: str) -> bytes | None:
    head, comma, body = text[5:].partition(",")
    if not comma or len(body) > MOST_DATA_BYTES * 4 // 3 + 4:
        return None
    raw = unquote_to_bytes(body)
    if not head.lower().rstrip().endswith(";base64"):
        return raw
    try:
        return base64.b64decode(re.sub(rb"[^A-Za-z0-9+/]", b"", raw.translate(_URL_SAFE)) + b"==")
    except binascii.Error:
        return None
