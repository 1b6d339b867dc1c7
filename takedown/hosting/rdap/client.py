"""The wire of RDAP: asks one URL, follows at most five redirects through the guarded door, reads JSON.

Every fault becomes a problem in words. A server that is down or limits us is left alone for a while.
"""

import asyncio
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import urljoin, urlsplit

from hotline.address import BadUrl
from hotline.network.faults import NetworkFault, TimedOut, TooLarge
from takedown.hosting.doors import Web
from takedown.hosting.rdap.replies import Reply, error_in, is_limit, json_in, rest_of, retry_after
from takedown.hosting.servers import Servers

MOST_REDIRECTS: Final = 5
LONGEST_BODY: Final = 2 * 1024 * 1024
DEADLINE: Final = 10.0
_FAIR: Final = 2.0
"""Seconds: who is given less, because others took the time, is not to blame for being late."""
_DOWN: Final = (502, 503, 504)
_HEADERS: Final = {"Accept": "application/rdap+json, application/json;q=0.8", "Accept-Encoding": "identity"}


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
        """Asks one URL; ``deadline`` in seconds for all hops together. Never raises for what a server does."""
        ends = self._servers.elapsed() + deadline
        visited: list[str] = []
        here = url
        while True:
            visited.append(here)
            reply, ends = await self._patiently(here, ends)
            if isinstance(reply, Answer):
                return reply
            onward = _redirect(here, reply)
            if onward is None:
                return self._read(here, reply)
            stop = _objection(here, onward, visited)
            if stop:
                return Answer(here, problem=f"{server_of(here)} {stop}")
            here = onward

    async def _patiently(self, url: str, ends: float) -> tuple["Reply | Answer", float]:
        """One hop; when the server limits us and the wait fits the deadline, a second time.

        Standing in line behind our own questions is not the server's fault: it moves the end.
        """
        joined = self._servers.elapsed()
        async with self._servers.seat(server_of(url)):
            ends += self._servers.elapsed() - joined
            reply = await self._hop(url, ends)
            if isinstance(reply, Answer) or reply.status not in (429, 503):
                return reply, ends
            wait = retry_after(reply.headers)
            if wait is None or self._servers.elapsed() + wait >= ends:
                return reply, ends
            self._servers.pause(server_of(url), wait)
            return await self._hop(url, ends), ends

    async def _hop(self, url: str, ends: float) -> "Reply | Answer":
        server = server_of(url)
        if excuse := self._servers.rests(server):
            return Answer(url, problem=f"{server} {excuse} and was not asked again", failed=True)
        is_given = origin_of(url) in self._as_given
        if not (is_given and _is_loopback(url)) and not await self._servers.admitted(server, ends):
            return Answer(url, problem=f"{server} may not be asked so often, and was not asked again", failed=True)
        left = ends - self._servers.elapsed()
        if left <= 0:
            return Answer(url, problem=f"there was no time left to ask {server}", failed=True)
        try:
            async with asyncio.timeout(left):
                return await self._exchange(url, left, is_given)
        except (TimeoutError, TimedOut):
            return self._failure(url, f"{server} did not answer in time", blamed=left >= _FAIR)
        except (BadUrl, TooLarge) as fault:
            return Answer(url, problem=f"{server}: {fault.reason}")
        except NetworkFault as fault:
            return self._failure(url, f"{server}: {fault.reason}")

    async def _exchange(self, url: str, left: float, as_given: bool) -> Reply:
        asking = self._web.request("GET", url, headers=_HEADERS, deadline=left, as_given=as_given)
        async with asking as answer:
            # The header's names without regard to case, whatever mapping the door gives.
            headers = {name.lower(): value for name, value in answer.headers.items()}
            wanted = answer.status < 300 or answer.status in (400, 404, 429)
            return Reply(answer.status, headers, await answer.read(LONGEST_BODY) if wanted else b"")

    def _failure(self, url: str, problem: str, blamed: bool = True) -> Answer:
        if blamed:
            self._servers.failed(server_of(url))
        return Answer(url, problem=problem, failed=True)

    def _read(self, url: str, reply: Reply) -> Answer:
        server = server_of(url)
        body = json_in(reply.body)
        code = error_in(body, reply.status)
        if code == 429 or (body is not None and is_limit(body)):
            self._servers.failed(server, rest_of(reply), "limits how often it may be asked (rate limited)")
            return Answer(url, problem=f"{server} limits how often it may be asked (rate limited)", failed=True)
        if code in _DOWN:
            self._servers.failed(server, rest_of(reply))
            return Answer(url, problem=f"{server} refused the question (status {code})", failed=True)
        if code == 404:
            self._servers.answered(server)
            return Answer(url, missing=True)
        if code is None and body is not None:
            self._servers.answered(server)
            return Answer(url, body=body)
        self._servers.stumbled(server)
        fault = "gave an answer that cannot be read" if code is None else f"refused the question (status {code})"
        return Answer(url, problem=f"{server} {fault}")


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


def _is_loopback(url: str) -> bool:
    """Whether a URL names this machine by address: the operator's own mirror needs no manners."""
    try:
        return ip_address(urlsplit(url).hostname or "").is_loopback
    except ValueError:
        return False


def downgrades(here: str, onward: str) -> bool:
    """Whether going on would give up the protection of the transport."""
    return here.lower().startswith("https:") and not onward.lower().startswith("https:")


def _redirect(here: str, reply: Reply) -> str | None:
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
