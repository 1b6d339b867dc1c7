"""Questions to WHOIS, as sentences, with their answers kept.

Networks around an address, the registrar of a domain. Those who ask about the same at the same time wait for
the first one's answer; where no server gives a new answer, the last one serves and its age is told.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic

from takedown.hosting.blocks import Address
from takedown.hosting.cache import Cache, Found, Shelf, around, in_words, region
from takedown.hosting.facts import Facts, NetworkFacts, RegistrarFacts, Told
from takedown.hosting.rdap.shapes import listed, text
from takedown.hosting.servers import Servers
from takedown.hosting.whois.client import Text, Texts, WhoisClient
from takedown.hosting.whois.domains import registrar_in
from takedown.hosting.whois.networks import listed_networks, networks_in

_PARSING: Final = 5.0
_DOUBT: Final = 600.0
"""Seconds for which half an answer is not asked for again: the servers before the one that failed did answer."""
_MOST_DOUBTS: Final = 1000


@dataclass(frozen=True)
class _Question(Generic[Facts]):
    """A question, how its texts are read, and where they are kept.

    Those who ask at the same time in one ``region`` wait for each other. ``helps``: whether facts name somebody
    to ask, so that nothing older is better.
    """

    subject: str
    region: str
    ask: Callable[[], Awaitable[Texts]]
    read: Callable[[Texts, datetime], Awaitable[Told[Facts]]]
    helps: Callable[[Facts | None], bool]
    known: Callable[[], Found | None]
    old: Callable[[], Found | None]
    keep: Callable[[Facts | None, object], None]


class WhoisRegistry:
    """Asks port 43 and reads the texts in threads, because the libraries' patterns may take their time."""

    def __init__(self, client: WhoisClient, servers: Servers, cache: Cache) -> None:
        self._client = client
        self._servers = servers
        self._by_network = Shelf(cache, "whois:ip")
        self._by_domain = Shelf(cache, "whois:domain")
        self._doubts: dict[str, tuple[float, Texts]] = {}

    async def networks(self, address: Address, now: datetime) -> Told[tuple[NetworkFacts, ...]]:
        """The networks around an address, most specific first; the servers' last words before their first."""

        async def ask() -> Texts:
            return await self._singled_out(await self._client.ask(str(address)), address)

        def keep(facts: tuple[NetworkFacts, ...] | None, texts: object) -> None:
            blocks = next((each.blocks for each in facts or () if not each.allocation), ())
            self._by_network.keep_around(address, blocks, texts, now)

        return await self._answer(
            _Question(
                subject=str(around(address)),
                region=str(region(address)),
                ask=ask,
                read=lambda said, at: self._read_networks(said, address, at),
                helps=lambda facts: any(each.desks for each in facts or ()),
                known=lambda: self._by_network.find_around(address, now),
                old=lambda: self._by_network.find_old_around(address, now),
                keep=keep,
            ),
            now,
        )

    async def registrar(self, domain: str, now: datetime) -> Told[RegistrarFacts]:
        """The registrar of a domain."""
        return await self._answer(
            _Question(
                subject=domain,
                region=domain,
                ask=lambda: self._client.ask(domain),
                read=lambda said, at: self._read_registrar(said, domain, at),
                helps=lambda facts: bool(facts and facts.desks),
                known=lambda: self._by_domain.find(domain, now),
                old=lambda: self._by_domain.find_old(domain, now),
                keep=lambda _, texts: self._by_domain.keep(domain, texts, now),
            ),
            now,
        )

    async def _answer(self, question: _Question[Facts], now: datetime) -> Told[Facts]:
        """The kept answer, or a new one; those who waited for it read the kept one."""
        kept = question.known()
        if kept is None:
            async with self._servers.turn(f"whois for {question.region}"):
                kept = question.known()
                if kept is None:
                    return await self._fresh(question, now)
        return await question.read(_restored(kept.value), kept.at)

    async def _fresh(self, question: _Question[Facts], now: datetime) -> Told[Facts]:
        """A new answer. Half of one is not kept, and gives way to an old one that names somebody to ask."""
        said = self._lately(question.subject) or await question.ask()
        told = await question.read(said, now)
        if question.helps(told.facts) or not told.problems:
            question.keep(told.facts, _kept(said) if told.facts else None)
            return told
        self._remember(question.subject, said)
        old = question.old()
        before = await question.read(_restored(old.value), old.at) if old else Told[Facts]()
        if old is None or not question.helps(before.facts):
            return told
        *others, last = told.problems
        return Told(before.facts, (*others, f"{last}; an answer that is {in_words(now - old.at)} old was used"))

    def _lately(self, subject: str) -> Texts | None:
        until, said = self._doubts.get(subject, (float("-inf"), Texts()))
        return said if until > self._servers.elapsed() else None

    def _remember(self, subject: str, said: Texts) -> None:
        """Notes what was said of a subject while a server failed, unless nobody said anything."""
        if len(self._doubts) >= _MOST_DOUBTS:
            self._doubts.clear()
        if said.texts and subject not in self._doubts:
            self._doubts[subject] = (self._servers.elapsed() + _DOUBT, said)

    async def _singled_out(self, said: Texts, address: Address) -> Texts:
        """ARIN answers with a mere list when several networks match.

        The narrowest is asked for by its handle.
        """
        last = said.texts[-1] if said.texts else None
        if last is None or networks_in(last.text, address, _EPOCH):
            return said
        handles = listed_networks(last.text)
        if not handles:
            return said
        more = await self._client.follow_up(last.server, f"n ! {handles[-1]}")
        return Texts((*said.texts, *more.texts), (*said.problems, *more.problems))

    async def _read_networks(self, said: Texts, address: Address, at: datetime) -> Told[tuple[NetworkFacts, ...]]:
        try:
            async with asyncio.timeout(_PARSING):
                facts = await asyncio.to_thread(_networks, said.texts, address, at)
        except TimeoutError:
            return Told((), (*said.problems, "the WHOIS text of the network took too long to read"))
        return Told(facts, said.problems)

    async def _read_registrar(self, said: Texts, domain: str, at: datetime) -> Told[RegistrarFacts]:
        try:
            async with asyncio.timeout(_PARSING):
                facts = await asyncio.to_thread(registrar_in, said.texts, domain, at)
        except TimeoutError:
            return Told(problems=(*said.problems, "the WHOIS text of the domain took too long to read"))
        return Told(facts, said.problems)


def _networks(texts: Sequence[Text], address: Address, at: datetime) -> tuple[NetworkFacts, ...]:
    found = [each for said in reversed(texts) for each in networks_in(said.text, address, at)]
    return tuple(sorted(found, key=_size))


def _size(network: NetworkFacts) -> int:
    return sum(block.num_addresses for block in network.blocks)


def _kept(said: Texts) -> list[list[str]]:
    return [[each.server, each.text] for each in said.texts]


def _restored(value: object) -> Texts:
    pairs = [listed(each) for each in listed(value)]
    return Texts(tuple(Text(text(pair[0]), str(pair[1])) for pair in pairs if len(pair) == 2))


_EPOCH: Final = datetime.min
