"""Questions to RDAP, as sentences.

Which network, which AS, which registrar. One query a network, answers kept.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import quote

from hotline.address import registrable_domain
from takedown.hosting.blocks import Address, holds
from takedown.hosting.cache import Cache, Found, Shelf
from takedown.hosting.facts import AutnumFacts, Desk, NetworkFacts, RegistrarFacts, Told
from takedown.hosting.mailboxes import domain_of
from takedown.hosting.rdap.client import Answer, RdapClient, downgrades, server_of
from takedown.hosting.rdap.desks import speechless
from takedown.hosting.rdap.directory import Directory, Responsible
from takedown.hosting.rdap.meaning import autnum_facts, network_facts
from takedown.hosting.rdap.objects import Common, Entity, parse_autnum, parse_domain, parse_network
from takedown.hosting.rdap.registrars import registrar_facts
from takedown.hosting.rdap.shapes import listed, record, text
from takedown.hosting.servers import Servers

_MOST_FETCHES: Final = 2
_MOST_SERVERS: Final = 2


@dataclass(frozen=True)
class _Asked:
    found: Found | None
    problems: tuple[str, ...]

    @property
    def server(self) -> str:
        return text(record(self.found.value).get("_asked")) if self.found else ""


class RdapRegistry:
    """Asks the registry in charge and reads its answer."""

    def __init__(self, client: RdapClient, directory: Directory, servers: Servers, cache: Cache) -> None:
        self._client = client
        self._directory = directory
        self._servers = servers
        self._networks = Shelf(cache, "rdap:ip")
        self._parents = Shelf(cache, "rdap:up")
        self._autnums = Shelf(cache, "rdap:autnum")
        self._domains = Shelf(cache, "rdap:domain")

    async def network(self, address: Address, now: datetime) -> Told[NetworkFacts]:
        """The most specific network around an address that the registry knows."""

        def known() -> Found | None:
            return self._networks.find_around(address, now)

        def keep(body: object) -> None:
            network = parse_network(body)
            self._networks.keep_around(address, network.blocks if network else (), body, now)

        responsible = Responsible() if known() else await self._directory.for_address(address, now)
        answer = await self._ask(responsible, f"ip/{address}", known, keep, parse_network)
        if answer.found is None:
            return Told(problems=answer.problems)
        network = parse_network(answer.found.value)
        if network is None:
            return Told(problems=(*answer.problems, "the address registry knows no network around the address"))
        if not holds(network.blocks, address):
            return Told(problems=(*answer.problems, "the address registry answered for another network"))
        facts = network_facts(network, answer.found.at)
        up = next((link.href for link in network.links if link.rel in ("up", "rdap-up")), "")
        return Told(replace(facts, desks=_not_the_registry(facts.desks, answer.server), up=up), answer.problems)

    async def parent(self, network: NetworkFacts, address: Address, now: datetime) -> Told[NetworkFacts]:
        """The network around a network, where its registry links to it."""
        if not network.up:
            return Told()
        found = self._parents.find(network.up, now)
        if found is None:
            answer = await self._client.ask(network.up)
            if answer.problem:
                return Told(problems=(answer.problem,))
            self._parents.keep(network.up, answer.body, now)
            found = Found(answer.body, now)
        parsed = parse_network(found.value)
        if parsed is None or not holds(parsed.blocks, address):
            return Told()
        facts = network_facts(parsed, found.at)
        return Told(replace(facts, desks=_not_the_registry(facts.desks, network.up)))

    async def autnum(self, asn: int, now: datetime) -> Told[AutnumFacts]:
        """An autonomous system.

        That no registry knows it is no problem: most of what matters is elsewhere.
        """
        key = str(asn)

        def known() -> Found | None:
            return self._autnums.find(key, now)

        def keep(body: object) -> None:
            self._autnums.keep(key, body, now)

        responsible = Responsible() if known() else await self._directory.for_autnum(asn, now)
        answer = await self._ask(replace(responsible, problem=None), f"autnum/{asn}", known, keep, parse_autnum)
        if answer.found is None:
            return Told(problems=answer.problems)
        autnum = parse_autnum(answer.found.value)
        if autnum is None or not (autnum.first or asn) <= asn <= (autnum.last or asn):
            return Told()
        facts = autnum_facts(asn, autnum, answer.found.at)
        return Told(replace(facts, desks=_not_the_registry(facts.desks, answer.server)), answer.problems)

    async def domain(self, name: str, now: datetime) -> Told[RegistrarFacts]:
        """Who registered a domain. A registry without RDAP is no problem: WHOIS is asked then."""

        def known() -> Found | None:
            return self._domains.find(name, now)

        def keep(body: object) -> None:
            self._domains.keep(name, body, now)

        responsible = Responsible() if known() else await self._directory.for_domain(name, now)
        answer = await self._ask(responsible, f"domain/{name}", known, keep, parse_domain)
        domain = parse_domain(answer.found.value) if answer.found else None
        if answer.found is None or domain is None:
            return Told(problems=answer.problems)
        return Told(registrar_facts(domain, answer.found.at), answer.problems)

    async def _ask(
        self,
        responsible: Responsible,
        path: str,
        known: Callable[[], Found | None],
        keep: Callable[[object], None],
        parse: Callable[[object], Common | None],
    ) -> "_Asked":
        problems = [responsible.problem] if responsible.problem else []
        if found := known():
            return _Asked(found, tuple(problems))
        for base in responsible.urls[:_MOST_SERVERS]:
            async with self._servers.turn(server_of(base)):
                if found := known():
                    return _Asked(found, tuple(problems))
                answer = await self._client.ask(base + path)
                if answer.missing:
                    keep(None)
                elif answer.body is not None and parse(answer.body) is not None:
                    keep(await self._completed(base, answer, parse))
                else:
                    problems.append(answer.problem or f"{server_of(base)} gave an answer of another kind")
                    continue
                if found := known():
                    return _Asked(found, tuple(problems))
        return _Asked(None, tuple(problems))

    async def _completed(
        self, base: str, answer: Answer, parse: Callable[[object], Common | None]
    ) -> dict[str, object]:
        """The answer with the abuse entities fetched that it only names (NIC.br writes a role without an
        address).
        """
        body = {**(answer.body or {}), "_asked": base}
        thing = parse(body)
        if thing is None:
            return body
        wanted = speechless(thing)
        more = [await self._fetched(base, answer.url, each) for each in wanted[:_MOST_FETCHES]]
        return {**body, "entities": [*listed(body.get("entities")), *(each for each in more if each)]}

    async def _fetched(self, base: str, here: str, entity: Entity) -> dict[str, object] | None:
        """An entity by its link; where that leads nowhere, from the server that named it."""
        links = [link.href for link in entity.links if link.rel in ("self", "related", "")]
        own = [f"{base}entity/{quote(entity.handle, safe=':')}"] if entity.handle else []
        targets = (each for each in dict.fromkeys([*links[:1], *own]) if not downgrades(here, each))
        for target in targets:
            answer = await self._client.ask(target)
            if answer.body:
                return {**answer.body, "handle": entity.handle, "roles": list(entity.roles)}
        return None


def _not_the_registry(desks: tuple[Desk, ...], asked: str) -> tuple[Desk, ...]:
    """Without desks on the domain of the registry's own server: those take complaints about the registry."""
    own = registrable_domain(server_of(asked).partition(":")[0]) if asked else None
    return tuple(each for each in desks if own is None or registrable_domain(domain_of(each.address)) != own)
