"""The wire of RDAP: asks one URL, follows at most five redirects through the guarded door, reads JSON.

Every fault becomes a problem in words. A server that is down or limits us is left alone for a while.
"""

import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin, urlsplit

from hotline.address import BadUrl
from hotline.network.faults import NetworkFault
from takedown.hosting.doors import Web
from takedown.hosting.rdap.shapes import listed, number, record, texts
from takedown.hosting.servers import Servers

MOST_REDIRECTS: Final = 5
LONGEST_BODY: Final = 2 * 1024 * 1024
DEADLINE: Final = 10.0
_HEADERS: Final = {"Accept": "application/rdap+json, application/json;q=0.8", "Accept-Encoding": "identity"}
_MEMBERS: Final = (
    "objectClassName",
    "startAddress",
    "handle",
    "ldhName",
    "entities",
    "startAutnum",
    "vcardArray",
)


@dataclass(frozen=True)
class Answer:
    """What a server said: a body, or a plain "not found", or a problem in words.

    ``url`` is where it was said; ``failed`` means that nobody answered, so that the question stays open.
    """

    url: str
    body: dict[str, object] | None = None
    missing: bool = False
    problem: str | None = None
    failed: bool = False


@dataclass(frozen=True)
class _Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class RdapClient:
    """Asks RDAP servers.

    ``as_given``: origins (``scheme://host:port``) that the operator configured as IP literals; they are
    dialled as they stand, and nothing else is. The set may grow: the directory of servers adds to it as it
    reads its files.
    """

    def __init__(self, web: Web, servers: Servers, as_given: AbstractSet[str] = frozenset()) -> None:
        self._web = web
        self._servers = servers
        self._as_given = as_given

    async def ask(self, url: str, deadline: float = DEADLINE) -> Answer:
        """Asks one URL. Never raises for what a server does."""
        ends = self._servers.elapsed() + deadline
        visited: list[str] = []
        here = url
        while True:
            server = server_of(here)
            if self._servers.rests(server):
                return Answer(here, problem=f"{server} failed a moment ago and was not asked again", failed=True)
            visited.append(here)
            reply = await self._patiently(here, server, ends)
            if isinstance(reply, Answer):
                return reply
            onward = _redirect(here, reply)
            if onward is None:
                return self._read(here, server, reply)
            stop = _objection(here, onward, visited)
            if stop:
                return Answer(here, problem=f"{server} {stop}")
            here = onward

    async def _patiently(self, url: str, server: str, ends: float) -> "_Reply | Answer":
        """One hop; when the server limits us and the wait fits the deadline, a second time."""
        reply = await self._hop(url, server, ends)
        if isinstance(reply, Answer) or reply.status != 429:
            return reply
        wait = _retry_after(reply.headers)
        if wait is None or self._servers.elapsed() + wait >= ends:
            return reply
        await self._servers.sleep(wait)
        return await self._hop(url, server, ends)

    async def _hop(self, url: str, server: str, ends: float) -> "_Reply | Answer":
        left = ends - self._servers.elapsed()
        if left <= 0:
            self._servers.failed(server)
            return Answer(url, problem=f"{server} did not answer in time", failed=True)
        try:
            async with self._web.request(
                "GET", url, headers=_HEADERS, deadline=left, as_given=origin_of(url) in self._as_given
            ) as answer:
                # The header's names without regard to case, whatever mapping the door gives.
                headers = {name.lower(): value for name, value in answer.headers.items()}
                wanted = answer.status < 300 or answer.status in (400, 404, 429)
                return _Reply(answer.status, headers, await answer.read(LONGEST_BODY) if wanted else b"")
        except (NetworkFault, BadUrl) as fault:
            self._servers.failed(server)
            return Answer(url, problem=f"{server}: {fault.reason}", failed=True)

    def _read(self, url: str, server: str, reply: _Reply) -> Answer:
        body = _json(reply.body)
        code = number(body.get("errorCode")) if body else None
        if reply.status == 429 or code == 429 or (body is not None and _is_limit(body)):
            self._servers.failed(server, _retry_after(reply.headers) or 60.0)
            return Answer(url, problem=f"{server} limits how often it may be asked (rate limited)", failed=True)
        if reply.status == 404 or code == 404:
            return Answer(url, missing=True)
        if reply.status >= 500:
            self._servers.failed(server)
        if not 200 <= reply.status < 300 or code is not None:
            return Answer(url, problem=f"{server} refused the question (status {code or reply.status})")
        if body is None:
            return Answer(url, problem=f"{server} gave an answer that cannot be read")
        return Answer(url, body=body)


def server_of(url: str) -> str:
    """The host and port of a URL, as problems name it."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower() or "a registry"
    except ValueError:
        return "a registry"


def origin_of(url: str) -> str:
    """``scheme://host:port`` in lower case."""
    try:
        return f"{urlsplit(url).scheme}://{urlsplit(url).netloc}".lower()
    except ValueError:
        return ""


def downgrades(here: str, onward: str) -> bool:
    """Whether going on would give up the protection of the transport."""
    return here.lower().startswith("https:") and not onward.lower().startswith("https:")


def _redirect(here: str, reply: _Reply) -> str | None:
    if reply.status not in (301, 302, 303, 307, 308) or not reply.headers.get("location"):
        return None
    try:
        return urljoin(here, reply.headers["location"])
    except ValueError:
        return here


def _objection(here: str, onward: str, visited: list[str]) -> str | None:
    if downgrades(here, onward):
        return "redirects from https to http, which is refused"
    if onward in visited:
        return "redirects in a circle"
    if len(visited) > MOST_REDIRECTS:
        return f"redirects more than {MOST_REDIRECTS} times"
    return None


def _retry_after(headers: Mapping[str, str]) -> float | None:
    wait = number(headers.get("retry-after", ""))
    return float(wait) if wait is not None else None


def _json(body: bytes) -> dict[str, object] | None:
    try:
        value = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return None
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, dict) else None


def _is_limit(body: dict[str, object]) -> bool:
    """Some registries say "too often" with status 200, in a notice and with nothing else."""
    if any(body.get(member) for member in _MEMBERS):
        return False
    notices = [*listed(body.get("notices")), *listed(body.get("remarks")), body]
    said = " ".join(
        " ".join(texts([record(each).get("title"), record(each).get("description")])) for each in notices
    ).lower()
    return any(word in said for word in ("rate limit", "too many", "limit exceeded", "quota", "rate-limit"))
