"""One streaming fetch: a body goes by, its fingerprints stay. Nothing is ever written, and no remote fault raises.

Crawl and rechecks both fetch with this. A page's HTML is held in memory until its links are read; a picture lies in
anonymous memory until the decoder's child has seen it; of everything else only one chunk exists at a time.
"""

import asyncio
import hashlib
import os
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Final

from crawler.cookies import Jar
from crawler.decoding import LARGEST_PICTURE, Decoder, Picture, in_memory
from crawler.digests import SNIFFED_BYTES, DigestStream, is_picture, looks_like_html, media_type
from hotline.address import BadUrl, Url, parse_url
from hotline.facts import Digests, Marks, NameSaid, Secured
from hotline.network import (
    Answer,
    Broken,
    DnsReply,
    NameAnswers,
    NameFault,
    Network,
    NetworkFault,
    Refused,
    TimedOut,
    TlsFault,
    TooLarge,
    Unreachable,
)
from hotline.words import Content

USER_AGENT: Final = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
)
"""What an ordinary visitor sends: sites that hide material hide it from crawlers first."""

PHONE: Final = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 "
    "Mobile/15E148 Safari/604.1"
)
"""What a visitor with a telephone sends: some sites show what they hide from others to phones alone."""

_KEPT_HEADERS: Final = (
    "content-type", "location", "retry-after", "cf-mitigated", "server", "last-modified", "etag", "content-encoding",
    "content-range", "content-length",
)  # fmt: skip
LONGEST_PREFIX: Final = 65_536
"""Bytes of a file's beginning that a glance compares at most."""

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_TEXT_TYPES: Final = ("text/", "application/json", "application/javascript", "application/xml", "application/ld+json")
_FAULTS: Final[tuple[tuple[type[NetworkFault], str], ...]] = (
    (Refused, "refused"),
    (Unreachable, "unreachable"),
    (TlsFault, "tls"),
    (TimedOut, "timeout"),
    (TooLarge, "too_large"),
    (Broken, "broken"),
)


@dataclass(frozen=True)
class Limits:
    """How much a stranger may cost us: seconds of real time, bytes after unpacking."""

    header_seconds: float = 60.0
    page_seconds: float = 30.0
    media_seconds: float = 300.0
    idle_seconds: float = 15.0
    page_bytes: int = 32 * 2**20
    media_bytes: int = 2 * 2**30


@dataclass(frozen=True)
class Fetched:
    """One hop's answer, or why there is none (``fault``, a word of ``hotline.facts.Look``).

    ``location`` is where a redirect leads; ``html`` is there for pages alone; ``problem`` is the decoder's. ``size``
    counts the body's bytes as they came over the network.
    """

    url: Url
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    names: tuple[NameSaid, ...] = ()
    peer: str | None = None
    tls: Secured | None = None
    location: Url | None = None
    content: Content | None = None
    media_type: str | None = None
    digests: Digests | None = None
    html: bytes | None = field(default=None, repr=False)
    size: int = 0
    problem: str | None = None
    marks: Marks | None = field(default=None, repr=False)
    fault: str | None = None
    fault_reason: str | None = None
    resolvers_asked: int = 0
    resolvers_denying: int = 0

    @property
    def served(self) -> bool:
        """Whether something came with a status of success."""
        return self.fault is None and self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True)
class Beginning:
    """The first bytes of an answer, and its head."""

    status: int
    headers: Mapping[str, str]
    peer: str
    beginning: bytes = field(repr=False)
    size: int = 0


class Fetcher:
    """Fetches from one vantage. Shares nothing between fetches but what the caller hands over (a ``Jar``)."""

    def __init__(
        self, network: Network, decoder: Decoder, limits: Limits | None = None, *, vantage: str = "direct"
    ) -> None:
        self._http = network.vantage(vantage)
        self.decoder = decoder
        self._limits = limits or Limits()
        self.vantage = vantage
        self.agent = USER_AGENT

    def as_phone(self) -> "Fetcher":
        """The same, but what it asks for seems to be asked from a telephone."""
        phone = copy(self)
        phone.agent = PHONE
        return phone

    async def fetch(
        self, url: Url, *, referrer: str | None = None, jar: Jar | None = None, most_bytes: int | None = None
    ) -> Fetched:
        """Asks once; redirects are told, not followed. ``most_bytes`` lowers the cap for this body."""
        with _Body(self._limits, most_bytes) as body:
            fetched = await self._stream(url, _headers(self.agent, url, referrer, jar), jar, body)
            if fetched.fault is not None or fetched.location is not None:
                return fetched
            # The host has done its part and the connection is closed; the decoder has a deadline of its own.
            picture = await self.decoder.fingerprint(body.picture) if body.picture is not None else Picture()
            return replace(
                fetched,
                content=body.content,
                media_type=body.media_type,
                digests=body.stream.finish(picture.pdq, picture.quality, picture.reduced),
                html=bytes(body.html) if body.content is Content.PAGE else None,
                problem=picture.problem,
                marks=body.marks(fetched.headers),
            )

    async def beginning(
        self, url: Url, asked: Mapping[str, str], most_bytes: int, *, referrer: str | None = None
    ) -> Beginning | None:
        """The head of an answer and its first bytes, at most ``most_bytes``; then the line is dropped.

        ``asked``: further headers of the request. ``None`` where no answer came.
        """
        headers = {**_headers(self.agent, url, referrer, None), "Accept-Encoding": "identity", **asked}
        limits = self._limits
        try:
            async with self._http.request(
                "GET", url, headers, deadline=limits.header_seconds, idle=limits.idle_seconds
            ) as answer:
                read = await _first(answer, most_bytes) if answer.status in (200, 206) else b""
                kept = {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers}
                return Beginning(answer.status, kept, str(answer.peer), read, answer.wire_bytes)
        except (NetworkFault, TimeoutError):
            return None

    async def _stream(self, url: Url, headers: dict[str, str], jar: Jar | None, body: "_Body") -> Fetched:
        limits = self._limits
        seen = Fetched(url)
        try:
            async with (
                asyncio.timeout(limits.header_seconds) as patience,
                self._http.request(
                    "GET",
                    url,
                    headers,
                    deadline=limits.header_seconds + limits.media_seconds,
                    idle=limits.idle_seconds,
                ) as answer,
            ):
                if jar is not None:
                    jar.remember(url, answer.headers.getall("Set-Cookie", ()))
                seen = _begun(url, answer)
                if seen.location is None and seen.fault is None:
                    seen = await self._drain(seen, answer, patience, body)
        except NetworkFault as fault:
            return _faulty(seen, fault)
        except TimeoutError:
            return replace(seen, fault="timeout", fault_reason="the answer took too long")
        except BadUrl as wrong:
            return replace(seen, fault="broken", fault_reason=wrong.reason)
        return seen

    async def _drain(self, seen: Fetched, answer: Answer, patience: asyncio.Timeout, body: "_Body") -> Fetched:
        """Lets the body go by; what it is worth decides how long it may take."""
        body.said = seen.headers.get("content-type", "")
        _extend(patience, self._limits.page_seconds)
        try:
            async for chunk in answer.chunks():
                if body.feed(chunk):
                    _extend(patience, self._limits.media_seconds)
            body.end()
        except NetworkFault as fault:
            return _faulty(replace(seen, size=answer.wire_bytes), fault)
        return replace(seen, size=answer.wire_bytes)


class _Body:
    """A body that streams by. ``feed`` says once that it is worth the longer deadline of media."""

    def __init__(self, limits: Limits, most_bytes: int | None) -> None:
        self.said = ""
        self._limits = limits
        self._most = limits.media_bytes if most_bytes is None else min(most_bytes, limits.media_bytes)
        self._head = bytearray()
        self._told = False
        self._held: int | None = None
        self.stream = DigestStream()
        self.html = bytearray()
        self._beginning = bytearray()
        self.content = Content.OTHER
        self.media_type: str | None = None

    def __enter__(self) -> "_Body":
        return self

    def __exit__(self, *_: object) -> None:
        if self._held is not None:
            os.close(self._held)

    @property
    def picture(self) -> int | None:
        """The descriptor of the whole picture, if it is one of a size that is decoded."""
        return self._held if self.stream.length <= LARGEST_PICTURE else None

    def feed(self, chunk: bytes) -> bool:
        self.stream.update(chunk)
        self._beginning += chunk[: LONGEST_PREFIX - len(self._beginning)]
        if self.stream.length > self._most:
            raise TooLarge("the body is larger than allowed")
        if not self._told:
            self._head += chunk
            return len(self._head) >= SNIFFED_BYTES and self._tell()
        self._keep(chunk)
        return False

    def marks(self, headers: Mapping[str, str]) -> Marks | None:
        """By what a media file is known again; ``None`` for anything else, and for what came packed."""
        if self.content is not Content.MEDIA or headers.get("content-encoding") or not self.stream.length:
            return None
        size = prefix_size(self.stream.length)
        digest = hashlib.sha256(self._beginning[:size]).hexdigest()
        etag = headers.get("etag")
        strong = etag if etag and not etag.startswith("W/") else None
        return Marks(self.stream.length, size, digest, strong, headers.get("last-modified"))

    def end(self) -> None:
        if not self._told:
            self._tell()

    def _tell(self) -> bool:
        """Decides what it is, from its beginning; true when it is no text."""
        self._told = True
        start = bytes(self._head[:SNIFFED_BYTES])
        self.media_type = media_type(start)
        if self.media_type is not None:
            self.content = Content.MEDIA
        elif self.stream.length and looks_like_html(start, self.said):
            self.content = Content.PAGE
        if is_picture(self.media_type):
            self._held = in_memory()
        said_text = self.said.strip().lower().startswith(_TEXT_TYPES)
        text = self.content is Content.PAGE or (self.media_type is None and said_text)
        if text:
            self._most = min(self._most, self._limits.page_bytes)
        self._keep(bytes(self._head))
        self._head.clear()
        return not text

    def _keep(self, chunk: bytes) -> None:
        if self.content is Content.PAGE:
            self.html += chunk
            if len(self.html) > self._limits.page_bytes:
                raise TooLarge("the page is larger than allowed")
        elif self._held is not None and self.stream.length <= LARGEST_PICTURE:
            os.write(self._held, chunk)


def prefix_size(length: int) -> int:
    """How much of a file's beginning is compared: a 64th, but 1 KiB at least and 64 KiB at most."""
    return min(length, LONGEST_PREFIX, max(1024, length // 64))


async def _first(answer: Answer, most: int) -> bytes:
    read = bytearray()
    while len(read) < most:
        chunk = await anext(answer.chunks(min(4096, most - len(read))), b"")
        if not chunk:
            break
        read += chunk
    return bytes(read)


def _extend(patience: asyncio.Timeout, seconds: float) -> None:
    patience.reschedule(asyncio.get_running_loop().time() + seconds)


def _headers(agent: str, url: Url, referrer: str | None, jar: Jar | None) -> dict[str, str]:
    headers = {
        "User-Agent": agent,
        "Accept": "text/html,application/xhtml+xml,image/avif,image/webp,image/*,video/*,*/*;q=0.8",
        "Accept-Language": "en-US,en;q=0.9",
    }
    if referrer:
        headers["Referer"] = referrer
    cookie = jar.header(url) if jar is not None else None
    if cookie:
        headers["Cookie"] = cookie
    return headers


def _begun(url: Url, answer: Answer) -> Fetched:
    """What is known when the headers are there."""
    seen = Fetched(
        url,
        status=answer.status,
        names=_names_said(answer.answers),
        peer=str(answer.peer),
        tls=answer.secured,
        headers={name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers},
    )
    if answer.status not in _REDIRECTS or "location" not in seen.headers:
        return seen
    try:
        return replace(seen, location=parse_url(seen.headers["location"], url))
    except BadUrl as wrong:
        return replace(seen, fault="redirects", fault_reason=f"redirected to no web address: {wrong.reason}")


def _faulty(seen: Fetched, fault: NetworkFault) -> Fetched:
    if fault.answers is not None:
        seen = replace(seen, names=_names_said(fault.answers), peer=fault.peer or seen.peer)
    if isinstance(fault, NameFault):
        replies = fault.answers.replies
        asked = {reply.resolver for reply in replies}
        denying = len(asked - {reply.resolver for reply in replies if reply.outcome != "nxdomain"})
        seen = replace(seen, resolvers_asked=len(asked), resolvers_denying=denying)
        return replace(seen, fault="nxdomain" if denying else "dns", fault_reason=fault.reason)
    word = next((word for kind, word in _FAULTS if isinstance(fault, kind)), "broken")
    return replace(seen, fault=word, fault_reason=fault.reason)


def _names_said(answers: NameAnswers) -> tuple[NameSaid, ...]:
    """What each resolver said, its questions about both kinds of addresses together."""
    return tuple(
        _name_said(resolver, [reply for reply in answers.replies if reply.resolver == resolver])
        for resolver in dict.fromkeys(reply.resolver for reply in answers.replies)
    )


def _name_said(resolver: str, replies: Sequence[DnsReply]) -> NameSaid:
    outcomes = {reply.outcome for reply in replies}
    outcome = "answer" if "answer" in outcomes else ", ".join(sorted(outcomes))
    addresses = tuple(record for reply in replies if reply.outcome == "answer" for record in reply.records)
    return NameSaid(resolver, outcome, addresses, next((reply.names for reply in replies if reply.names), ()))
