"""Names to addresses and other records, asked of each configured resolver on its own.

That two independent resolvers both say "no such name" is evidence of a removal; that one of them is silent is
not. So replies are never merged into one. No search domains, no ``/etc/hosts``, and no cache but the one for
dialling.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Final

import dns.exception
import dns.message
import dns.name
import dns.rdatatype
import dns.resolver
from dns.name import Name
from dns.rdatatype import RdataType

from hotline.address import is_ip_literal
from hotline.clock import Clock
from hotline.network.answers import DnsReply, NameAnswers, merged
from hotline.network.dns_exchange import BadReply, ask
from hotline.network.dns_reading import LONGEST_CHAIN, Reading, plain, read
from hotline.settings import Endpoint
from hotline.words import HomeKind

_NO_PRACTICE_RESOLVER: Final = (
    "a practice home asks only name servers on loopback: HOTLINE_RESOLVERS=127.0.0.1:5301,127.0.0.1:5302"
)
_NO_SYSTEM_RESOLVER: Final = "the system has no name servers; set HOTLINE_RESOLVERS to ip:port,ip:port"
_LONGEST_KEPT: Final = 30.0
_MOST_KEPT: Final = 1000
_GRACE: Final = 0.5


@dataclass(frozen=True)
class _Kept:
    answers: NameAnswers
    elapsed: float
    now: datetime


class Resolver:
    """Asks every resolver of ``servers`` at once; each has its own deadline of ``seconds``, ``tries``
    times."""

    def __init__(
        self,
        servers: Iterable[Endpoint],
        kind: HomeKind,
        clock: Clock,
        *,
        seconds: float = 3.0,
        tries: int = 2,
    ) -> None:
        self.servers = tuple(servers)
        self._kind = kind
        self._clock = clock
        self._seconds = seconds
        self._tries = tries
        self._kept: dict[str, _Kept] = {}

    async def lookup(self, name: str, rdtype: str) -> tuple[DnsReply, ...]:
        """One reply for each configured resolver, in their order; always at least one.

        Args:
            name: ASCII host name, with or without its last dot.
            rdtype: ``A``, ``AAAA``, ``TXT``, ``MX``, ``NS``, ``CNAME``, ``PTR``, ``SOA``…
        """
        refusal = self._refusal_for(name)
        if refusal:
            return (DnsReply("none", "refused", reason=refusal),)
        return tuple(await asyncio.gather(*(self._ask(server, name, rdtype) for server in self.servers)))

    async def addresses(self, host: str) -> NameAnswers:
        """All addresses of a host by all resolvers, asked afresh; an IP literal is its own answer."""
        if is_ip_literal(host):
            return NameAnswers((ip_address(host.strip("[]")),))
        replies = await asyncio.gather(self.lookup(host, "A"), self.lookup(host, "AAAA"))
        return merged(reply for pair in zip(*replies, strict=True) for reply in pair)

    async def addresses_to_dial(self, host: str) -> NameAnswers:
        """Like ``addresses``, for the next connection: kept as long as the records allow, and not waiting for
        the slow resolvers long after another one has given addresses."""
        kept = self._kept.get(host)
        if kept is not None and self._is_fresh(kept):
            return kept.answers
        elapsed, now = self._clock.elapsed(), self._clock.now()
        answers = await self._first_addresses(host)
        if answers.addresses and answers.ttl > 0:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[host] = _Kept(answers, elapsed, now)
        return answers

    def forget(self) -> None:
        """Drops what was kept for dialling."""
        self._kept.clear()

    def _is_fresh(self, kept: _Kept) -> bool:
        # Both clocks count: in practice an hour of facts passes within a moment of real time.
        limit = min(float(kept.answers.ttl), _LONGEST_KEPT)
        real = self._clock.elapsed() - kept.elapsed
        told = abs(self._clock.now() - kept.now)
        return real < limit and told < timedelta(seconds=limit)

    async def _first_addresses(self, host: str) -> NameAnswers:
        if is_ip_literal(host) or self._refusal_for(host):
            return await self.addresses(host)
        questions = [(server, rdtype) for server in self.servers for rdtype in ("A", "AAAA")]
        tasks = [asyncio.create_task(self._ask(server, host, rdtype)) for server, rdtype in questions]
        try:
            await _until_answered(tasks)
            return merged(task.result() for task in tasks if task.done())
        finally:
            for task in tasks:
                task.cancel()

    def _refusal_for(self, name: str) -> str | None:
        if name.lower().rstrip(".").rpartition(".")[2] == "onion":
            return "onion names are never asked of a name server"
        if not self.servers:
            return _NO_PRACTICE_RESOLVER if self._kind is HomeKind.PRACTICE else _NO_SYSTEM_RESOLVER
        return None

    async def _ask(self, server: Endpoint, name: str, rdtype: str) -> DnsReply:
        if self._kind is HomeKind.PRACTICE and not server.ip.is_loopback:
            return DnsReply(str(server), "refused", reason=_NO_PRACTICE_RESOLVER)
        try:
            asked = dns.name.from_text(name.rstrip(".") + ".")
            kind = dns.rdatatype.from_text(rdtype)
            return await self._follow(server, asked, kind)
        except (dns.exception.DNSException, UnicodeError):
            return DnsReply(str(server), "bad", reason="not a name that can be asked for")
        except BadReply as wrong:
            return DnsReply(str(server), "bad", reason=str(wrong))
        except TimeoutError:
            return DnsReply(str(server), "timeout", reason="the name server did not answer in time")
        except OSError:
            return DnsReply(str(server), "timeout", reason="the name server cannot be reached")

    async def _follow(self, server: Endpoint, asked: Name, rdtype: RdataType) -> DnsReply:
        """Asks on where the server gives an alias without what stands behind it."""
        names: list[Name] = []
        ttls: list[int] = []
        ask_for: Name | None = asked
        reading = Reading("empty")
        while ask_for is not None:
            reading = await self._ask_once(server, ask_for, rdtype)
            if set(reading.names) & {asked, *names} or len(names) + len(reading.names) > LONGEST_CHAIN:
                reading = Reading("bad", reason="the aliases go in a circle or on without end")
            names += reading.names
            ttls.append(reading.ttl)
            ask_for = reading.open_end
        chain = tuple(plain(name) for name in names)
        return DnsReply(str(server), reading.outcome, reading.records, chain, reading.reason, min(ttls))

    async def _ask_once(self, server: Endpoint, name: Name, rdtype: RdataType) -> Reading:
        query = dns.message.make_query(name, rdtype, use_edns=False)
        for last in range(self._tries - 1, -1, -1):
            try:
                return read(await ask(server, query, self._seconds), name, rdtype)
            except TimeoutError:
                if not last:
                    raise
        raise TimeoutError


async def _until_answered(tasks: list["asyncio.Task[DnsReply]"]) -> None:
    """Waits for all; but once one has given records, only a short grace for the others."""
    waiting: set[asyncio.Task[DnsReply]] = set(tasks)
    answered = False
    while waiting:
        done, waiting = await asyncio.wait(
            waiting, timeout=_GRACE if answered else None, return_when=asyncio.FIRST_COMPLETED
        )
        if answered and not done:
            return
        answered = answered or any(task.result().outcome == "answer" for task in done)


def system_servers() -> tuple[Endpoint, ...]:
    """The name servers of ``/etc/resolv.conf``; none where the system has none."""
    try:
        system = dns.resolver.Resolver(configure=True)
    except dns.resolver.NoResolverConfiguration:
        return ()
    places = [str(server) for server in system.nameservers]
    return tuple(Endpoint(ip_address(place), system.port) for place in places if is_ip_literal(place))
