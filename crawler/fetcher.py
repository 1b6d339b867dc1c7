"""One streaming fetch: a body goes by, its fingerprints stay. Nothing is ever written, and no remote fault raises.

Crawl and rechecks both fetch with this; what a body leaves behind is in ``crawler.bodies``.
"""

import asyncio
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Final

from crawler.bodies import Body, Limits
from crawler.cookies import Jar
from crawler.decoding import Decoder
from hotline.address import BadUrl, Url, parse_url
from hotline.facts import Digests, FramePrint, Marks, NameSaid, Secured
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
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_FAULTS: Final[tuple[tuple[type[NetworkFault], str], ...]] = (
    (Refused, "refused"),
    (Unreachable, "unreachable"),
    (TlsFault, "tls"),
    (TimedOut, "timeout"),
    (TooLarge, "too_large"),
    (Broken, "broken"),
)


@dataclass(frozen=True)
class Fetched:
    """One hop's answer, or why there is none (``fault``, a word of ``hotline.facts.Look``).

    ``location`` is where a redirect leads; ``html`` is there for pages alone;
    ``problem`` is the decoder's. ``size`` counts the body's bytes as they came over the network.
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
    def frames(self) -> tuple[FramePrint, ...]:
        """Those of a video or an animation."""
        return self.digests.frames if self.digests else ()

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
        beside = 0

        async def part(start: int, end: int) -> bytes | None:
            nonlocal beside
            asked = {"Range": f"bytes={start}-{end - 1}"}
            seen = await self.beginning(url, asked, end - start, referrer=referrer, jar=jar)
            beside += seen.size if seen is not None else 0
            return _whole_part(seen, start, end)

        async with Body(self._limits, most_bytes, self.decoder, part) as body:
            fetched = await self._stream(url, _headers(self.agent, url, referrer, jar), jar, body)
            if fetched.fault is not None or fetched.location is not None:
                return fetched
            # The host has done its part and the connection is closed; the decoder has a deadline of its own.
            seen = await body.decoded()
            return replace(
                fetched,
                content=body.content,
                media_type=body.media_type,
                digests=replace(seen.picture.onto(body.stream.finish()), frames=seen.frames),
                html=bytes(body.html) if body.content is Content.PAGE else None,
                size=fetched.size + beside,
                problem=seen.problem,
                marks=body.marks(fetched.headers),
            )

    async def beginning(
        self,
        url: Url,
        asked: Mapping[str, str],
        most_bytes: int,
        *,
        referrer: str | None = None,
        jar: Jar | None = None,
    ) -> Beginning | None:
        """The head of an answer and its first bytes, at most ``most_bytes``; then the line is dropped.

        ``asked``: further headers of the request. ``None`` where no answer came.
        """
        headers = {**_headers(self.agent, url, referrer, jar), "Accept-Encoding": "identity", **asked}
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

    async def _stream(self, url: Url, headers: dict[str, str], jar: Jar | None, body: Body) -> Fetched:
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

    async def _drain(self, seen: Fetched, answer: Answer, patience: asyncio.Timeout, body: Body) -> Fetched:
        """Lets the body go by; what it is worth decides how long it may take."""
        body.said = seen.headers.get("content-type", "")
        body.length = _said_length(seen.headers)
        _extend(patience, self._limits.page_seconds)
        try:
            async for chunk in answer.chunks():
                if body.feed(chunk):
                    _extend(patience, self._limits.media_seconds)
                await body.pass_on()
            body.end()
            await body.pass_on()
        except NetworkFault as fault:
            return _faulty(replace(seen, size=answer.wire_bytes), fault)
        return replace(seen, size=answer.wire_bytes)


async def _first(answer: Answer, most: int) -> bytes:
    read = bytearray()
    while len(read) < most:
        chunk = await anext(answer.chunks(min(65_536, most - len(read))), b"")
        if not chunk:
            break
        read += chunk
    return bytes(read)


def _whole_part(seen: Beginning | None, start: int, end: int) -> bytes | None:
    """The last part of a file, if it is what was asked for."""
    if seen is None or seen.status != 206 or seen.headers.get("content-encoding"):
        return None
    told = seen.headers.get("content-range", "").strip()
    return seen.beginning if told == f"bytes {start}-{end - 1}/{end}" and len(seen.beginning) == end - start else None


def _said_length(headers: Mapping[str, str]) -> int | None:
    """How long the body is said to be, where it comes as it is."""
    said = headers.get("content-length", "")
    return int(said) if said.isdecimal() and len(said) < 16 and not headers.get("content-encoding") else None


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
