"""The wire of WHOIS (RFC 3912).

A line there, a text back, and referrals followed through the guarded door.
"""

import asyncio
import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from hotline.network.faults import NetworkFault, TimedOut
from takedown.hosting.doors import Door
from takedown.hosting.servers import Servers
from takedown.hosting.whois.referrals import Server, parse_server, referral, speaks_of_suffix, suffix_of

MOST_REFERRALS: Final = 4
LONGEST_TEXT: Final = 256 * 1024
DEADLINE: Final = 10.0
"""Seconds for one server."""
LONGEST: Final = 20.0
"""Seconds for all the servers that a question is referred to; standing in line is not counted."""
_FAIR: Final = 2.0
"""Seconds: who is given less, because others took the time, is not to blame for being late."""
_LIMIT: Final = re.compile(
    r"rate limit|limit exceeded|quota exceeded|exceeded (?:your|the) (?:query|quota|maximum)"
    r"|too many (?:queries|requests)|%ERROR:201|access denied|excessive querying|temporarily denied"
    r"|number of allowed queries|maximum (?:number of )?queries|please go away|temporarily unavailable"
    r"|exceeded (?:your|the)\b[^\n]{0,30}\blimit|limit (?:has been )?reached|not authori[sz]ed|blacklisted",
    re.IGNORECASE,
)
_LINE_END: Final = re.compile(r"\r*\n|\r")
_SUBSTANCE: Final = re.compile(
    r"^[ \t]*(?:inetnum|inet6num|netrange|cidr|domain(?: name)?|registrar|ipv4 address|network:"
    r"|netblock|refer)\b[^\n:]{0,60}:",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True)
class Text:
    """What one server said."""

    server: str
    text: str


@dataclass(frozen=True)
class Texts:
    """What the servers said, in the order in which they were asked, and what went wrong in words."""

    texts: tuple[Text, ...] = ()
    problems: tuple[str, ...] = ()


class WhoisClient:
    """Asks WHOIS servers, beginning with the operator's."""

    def __init__(self, door: Door, servers: Servers, first: str) -> None:
        self._door = door
        self._servers = servers
        self._first = parse_server(first)
        self._registries: dict[str, Server] = {}

    async def ask(self, question: str) -> Texts:
        """Asks for an address or a domain and follows at most four referrals.

        Never raises for what servers do.

        When a later server fails, the earlier texts count. The first server is asked once which registry keeps a
        top-level domain, not for each of its domains.
        """
        if self._first is None:
            return Texts(problems=("HOTLINE_WHOIS is no host:port, so that no WHOIS server was asked",))
        texts: list[Text] = []
        problems: list[str] = []
        asked: set[Server] = set()
        server: Server | None = self._registries.get(suffix_of(question), self._first)
        left = LONGEST
        while server is not None and server not in asked:
            if len(asked) > MOST_REFERRALS:
                problems.append(f"the WHOIS servers refer further than {MOST_REFERRALS} times")
                break
            asked.add(server)
            if server == self._first:
                text, problem, took, onward = await self._at_root(server, question)
            else:
                text, problem, took = await self._one(server, question, min(left, DEADLINE))
                onward = referral(text)
            left -= took
            problems += [problem] if problem else []
            texts += [Text(str(server), text)] if text else []
            server = onward
        return Texts(tuple(texts), tuple(problems))

    async def _at_root(self, root: Server, question: str) -> tuple[str, str | None, float, Server | None]:
        """What the first server says, or nothing where it is known which registry it would name; and that registry."""
        suffix = suffix_of(question)
        if not suffix:
            text, problem, took = await self._one(root, question, DEADLINE)
            return text, problem, took, referral(text)
        async with self._servers.turn(f"whois for .{suffix}"):
            if suffix in self._registries:
                return "", None, 0.0, self._registries[suffix]
            text, problem, took = await self._one(root, question, DEADLINE)
            onward = referral(text)
            if onward and speaks_of_suffix(text, question):
                self._registries[suffix] = onward
        return text, problem, took, onward

    async def follow_up(self, server: str, question: str) -> Texts:
        """Asks one server again, in its own words, without referrals."""
        where = parse_server(server)
        text, problem, _ = await self._one(where, question, DEADLINE) if where else ("", None, 0.0)
        return Texts((Text(server, text),) if text else (), (problem,) if problem else ())

    async def _one(self, server: Server, question: str, left: float) -> tuple[str, str | None, float]:
        """What one server says, what went wrong, and how many seconds that took."""
        async with self._servers.turn(f"whois {server}"):
            began = self._servers.elapsed()
            text, problem = await self._asked(server, question, left)
            return text, problem, self._servers.elapsed() - began

    async def _asked(self, server: Server, question: str, left: float) -> tuple[str, str | None]:
        name = f"whois {server}"
        if left <= 0:
            return "", f"there was no time left to ask {name}"
        if excuse := self._servers.rests(name):
            return "", f"{name} {excuse} and was not asked again"
        ends = self._servers.elapsed() + left
        if not self._is_ours(server) and not await self._servers.admitted(name, ends):
            return "", f"{name} may not be asked so often, and was not asked again"
        left = ends - self._servers.elapsed()
        try:
            async with asyncio.timeout(left):
                text = await self._exchange(server, question, left)
        except (TimeoutError, TimedOut):
            return self._failure(name, f"{name} did not answer in time", blamed=left >= _FAIR)
        except NetworkFault as fault:
            return self._failure(name, f"{name}: {fault.reason}")
        except OSError:
            return self._failure(name, f"{name} broke off")
        return self._judged(name, text)

    def _failure(self, name: str, problem: str, blamed: bool = True) -> tuple[str, str]:
        if blamed:
            self._servers.failed(name)
        return "", problem

    def _is_ours(self, server: Server) -> bool:
        """Whether it is the operator's own, on this machine: it needs no manners."""
        return server == self._first and server.is_literal and ip_address(server.host).is_loopback

    def _judged(self, name: str, text: str) -> tuple[str, str | None]:
        if not text.strip():
            return "", f"{name} gave an empty answer"
        if _LIMIT.search(text) and not _SUBSTANCE.search(text):
            self._servers.failed(name, why="limits how often it may be asked (rate limited)")
            return "", f"{name} limits how often it may be asked (rate limited)"
        return text, None

    async def _exchange(self, server: Server, question: str, left: float) -> str:
        as_given = server == self._first and server.is_literal
        reader, writer = await self._door.stream(server.host, server.port, left, as_given=as_given)
        try:
            writer.write(" ".join(question.split()).encode("ascii", "ignore") + b"\r\n")
            await writer.drain()
            return decoded(await _read(reader))
        finally:
            writer.close()


def decoded(answer: bytes) -> str:
    """UTF-8, else Latin-1, with plain line ends and without what no text has."""
    try:
        text = answer.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = answer.decode("latin-1")
    return _LINE_END.sub("\n", text).replace("\x00", "")


async def _read(reader: asyncio.StreamReader) -> bytes:
    answer = bytearray()
    while len(answer) < LONGEST_TEXT:
        try:
            piece = await reader.read(min(16_384, LONGEST_TEXT - len(answer)))
        except ConnectionError:
            if answer:  # many servers reset instead of closing; what came counts
                break
            raise
        if not piece:
            break
        answer += piece
    return bytes(answer)
