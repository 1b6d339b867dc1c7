"""Questions to WHOIS, as sentences, with their answers kept.

Networks around an address, the registrar of a domain.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from takedown.hosting.blocks import Address, Block
from takedown.hosting.cache import Cache, Shelf
from takedown.hosting.facts import NetworkFacts, RegistrarFacts, Told
from takedown.hosting.rdap.shapes import listed, text
from takedown.hosting.servers import Servers
from takedown.hosting.whois.client import Text, Texts, WhoisClient
from takedown.hosting.whois.domains import registrar_in
from takedown.hosting.whois.networks import listed_networks, networks_in

_PARSING: Final = 5.0


class WhoisRegistry:
    """Asks port 43 and reads the texts in threads, because the libraries' patterns may take their time."""

    def __init__(self, client: WhoisClient, servers: Servers, cache: Cache) -> None:
        self._client = client
        self._servers = servers
        self._by_network = Shelf(cache, "whois:ip")
        self._by_domain = Shelf(cache, "whois:domain")

    async def networks(self, address: Address, now: datetime) -> Told[tuple[NetworkFacts, ...]]:
        """The networks around an address, most specific first; the servers' last words before their first."""
        async with self._servers.turn("whois networks"):
            kept = self._by_network.find_around(address, now)
            if kept is not None:
                return await self._read(_restored(kept.value), address, kept.at)
            said = await self._client.ask(str(address))
            said = await self._singled_out(said, address)
            told = await self._read(said, address, now)
            if told.facts:
                blocks = next((each.blocks for each in told.facts if not each.allocation), ())
                self._keep(address, blocks, said, now)
        return told

    async def registrar(self, domain: str, now: datetime) -> Told[RegistrarFacts]:
        """The registrar of a domain."""
        async with self._servers.turn(f"whois {domain}"):
            kept = self._by_domain.find(domain, now)
            said = _restored(kept.value) if kept else await self._client.ask(domain)
            if kept is None and said.texts:
                self._by_domain.keep(domain, _kept(said), now)
        at = kept.at if kept else now
        try:
            async with asyncio.timeout(_PARSING):
                facts = await asyncio.to_thread(registrar_in, said.texts, domain, at)
        except TimeoutError:
            return Told(problems=(*said.problems, "the WHOIS text of the domain took too long to read"))
        return Told(facts, said.problems)

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

    async def _read(self, said: Texts, address: Address, at: datetime) -> Told[tuple[NetworkFacts, ...]]:
        try:
            async with asyncio.timeout(_PARSING):
                facts = await asyncio.to_thread(_networks, said.texts, address, at)
        except TimeoutError:
            return Told((), (*said.problems, "the WHOIS text of the network took too long to read"))
        return Told(facts, said.problems)

    def _keep(self, address: Address, blocks: Sequence[Block], said: Texts, now: datetime) -> None:
        self._by_network.keep_around(address, blocks, _kept(said), now)


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
