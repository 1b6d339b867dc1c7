"""Who hosts a URL and who can remove it, in one sentence: ``finding = await locator.locate(url, now)``.

Nothing here raises for what is remote: what could not be learnt is a problem in words, and the finding says
the rest.
"""

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeVar

from hotline.address import Url, registrable_domain
from takedown.contacts import ladder
from takedown.hosting.blocks import Address, is_local, size
from takedown.hosting.cache import Cache, MemoryCache
from takedown.hosting.candidates import Evidence, candidates, refusals
from takedown.hosting.doors import Door, HostingSettings
from takedown.hosting.edge_table import load_edges
from takedown.hosting.edges import judge, judge_origin
from takedown.hosting.facts import (
    AddressFacts,
    AutnumFacts,
    NetworkFacts,
    OriginFacts,
    RegistrarFacts,
)
from takedown.hosting.finding import HostingFinding
from takedown.hosting.last_desks import load_desks
from takedown.hosting.names import look_up
from takedown.hosting.origin import Origins
from takedown.hosting.rdap.client import RdapClient
from takedown.hosting.rdap.directory import Directory
from takedown.hosting.rdap.registry import RdapRegistry
from takedown.hosting.rule_file import rules_of
from takedown.hosting.ruled import shaped
from takedown.hosting.servers import Servers
from takedown.hosting.sites import Sites
from takedown.hosting.summary import located, provider_of, registrar_of
from takedown.hosting.told_origin import ToldOrigin, in_front
from takedown.hosting.whois.client import WhoisClient
from takedown.hosting.whois.registry import WhoisRegistry

Learnt = TypeVar("Learnt")

_MOST_ADDRESSES: Final = 16
_MOST_ORIGINS: Final = 3


class Locator:
    """Finds hosting. Keep one for a whole job: it remembers answers, the origin table and which servers are
    down.

    Raises:
        HotlineError: on construction, when a table or a rule of the operator's cannot be read.
    """

    def __init__(
        self,
        network: Door,
        settings: HostingSettings,
        cache: Cache | None = None,
        servers: Servers | None = None,
    ) -> None:
        cache = cache if cache is not None else MemoryCache()
        servers = servers or Servers()
        as_given: set[str] = set()
        client = RdapClient(network.http, servers, as_given)
        directory = Directory(settings.rdap_bootstrap, settings.home, client, as_given)
        self._resolver = network.resolver
        self._rdap = RdapRegistry(client, directory, servers, cache)
        self._whois = WhoisRegistry(WhoisClient(network, servers, settings.whois), servers, cache)
        self._origins = Origins(settings.asn_origin, network.resolver, cache)
        self._edges = load_edges(settings.home)
        self._sites = Sites(self._edges)
        self._desks = load_desks(settings.home)
        self._rules = rules_of(settings.home)

    async def locate(self, url: Url, now: datetime, origin: ToldOrigin | None = None) -> HostingFinding:
        """Where a URL is hosted at this moment; behind its front, where a person has accepted an ``origin``.

        Facts are dated ``now``, or by when a kept answer was given.
        """
        domain = None if url.ip is not None or url.is_onion else registrable_domain(url.host)
        problems: list[str] = []
        names, registrar = await asyncio.gather(
            look_up(url, self._resolver),
            _survived(self._registrar(domain, now, problems), None, problems, "the domain's registry"),
        )
        addresses = await self._addresses(names.addresses, now, problems)
        fronts = judge(self._edges, url, names.names, addresses)
        evidence = Evidence(url.host, addresses, registrar, fronts, now, self._sites, self._desks)
        found = candidates(evidence)
        told = origin if origin is not None and origin.is_behind(addresses) else None
        if told:
            behind = await self._addresses((told.address,), now, problems)
            fronts = judge_origin(self._edges, behind[0])
            found = (*candidates(replace(evidence, addresses=behind, fronts=fronts)), *in_front(found))
            addresses = (*behind, *(each for each in addresses if each.ip != told.address))
        asked = ladder(found, refusals(evidence))
        learnt = HostingFinding(
            url=url.text,
            host=url.host,
            registrable_domain=domain,
            names=names.names,
            addresses=tuple(located(each) for each in addresses),
            certainty=fronts.overall.certainty,
            provider=provider_of(addresses),
            registrar=registrar_of(registrar),
            contacts=asked.contacts,
            observed_at=now,
            problems=_unique([*names.problems, *problems, *fronts.problems, *asked.problems]),
            why_certain=fronts.overall.why,
            told_origin=str(told.address) if told else None,
            holders=refusals(evidence).holders,
            unheard=names.unheard,
        )
        return shaped(learnt, self._rules.on(learnt, refusals(evidence).is_holder))

    async def _addresses(
        self, addresses: tuple[Address, ...], now: datetime, problems: list[str]
    ) -> tuple[AddressFacts, ...]:
        if len(addresses) > _MOST_ADDRESSES:
            problems.append(f"of {len(addresses)} addresses the first {_MOST_ADDRESSES} were looked at")
        looking = (
            _survived(self._address(each, now, problems), AddressFacts(each), problems, "the address registry")
            for each in addresses[:_MOST_ADDRESSES]
        )
        return tuple(await asyncio.gather(*looking))

    async def _address(self, address: Address, now: datetime, problems: list[str]) -> AddressFacts:
        if is_local(address):
            problems.append("an address of the host is not one of the public internet")
            return AddressFacts(address)
        origin, networks = await asyncio.gather(
            self._origins.look_up(address, now), self._networks(address, now, problems)
        )
        problems += origin.problems
        facts = AddressFacts(address, origin.facts or OriginFacts(), networks)
        parents: tuple[NetworkFacts, ...] = ()
        if not any(each.desks for each in networks):
            parents = await self._parents(facts, now, problems)
        return replace(facts, parents=parents, autnums=await self._autnums(facts.origin, now, problems))

    async def _networks(self, address: Address, now: datetime, problems: list[str]) -> tuple[NetworkFacts, ...]:
        """RDAP's network, and WHOIS's where RDAP names nobody to ask; the most specific first."""
        by_rdap = await self._rdap.network(address, now)
        wrong = [*by_rdap.problems]
        found = [by_rdap.facts] if by_rdap.facts else []
        if by_rdap.facts is None or not by_rdap.facts.desks:
            by_whois = await self._whois.networks(address, now)
            wrong += by_whois.problems
            found += by_whois.facts or ()
        problems += wrong if found or wrong else ["no registry knows a network around the address"]
        if found and all(each.allocation for each in found):
            problems.append("the registries answered only with space that they merely allocate")
        return tuple(sorted(found, key=lambda each: size(each.blocks)))

    async def _parents(self, facts: AddressFacts, now: datetime, problems: list[str]) -> tuple[NetworkFacts, ...]:
        found: list[NetworkFacts] = []
        for network in facts.networks:
            told = await self._rdap.parent(network, facts.ip, now)
            problems += told.problems
            found += [told.facts] if told.facts else []
        return tuple(found)

    async def _autnums(self, origin: OriginFacts, now: datetime, problems: list[str]) -> tuple[AutnumFacts, ...]:
        told = [await self._rdap.autnum(asn, now) for asn in origin.asns[:_MOST_ORIGINS]]
        problems += (problem for each in told for problem in each.problems)
        return tuple(each.facts for each in told if each.facts)

    async def _registrar(self, domain: str | None, now: datetime, problems: list[str]) -> RegistrarFacts | None:
        """The registrar by RDAP; what RDAP leaves open, by WHOIS."""
        if domain is None:
            return None
        by_rdap = await self._rdap.domain(domain, now)
        problems += by_rdap.problems
        if by_rdap.facts and by_rdap.facts.desks and by_rdap.facts.name:
            return by_rdap.facts
        by_whois = await self._whois.registrar(domain, now)
        problems += by_whois.problems
        return _merged(by_rdap.facts, by_whois.facts)


async def locate(
    url: Url, network: Door, settings: HostingSettings, now: datetime, cache: Cache | None = None
) -> HostingFinding:
    """One look-up with a ``Locator`` of its own; a job that asks for many keeps a ``Locator``."""
    return await Locator(network, settings, cache).locate(url, now)


async def _survived(looking: Awaitable[Learnt], nothing: Learnt, problems: list[str], source: str) -> Learnt:
    """The last net under the readers: a record that nobody foresaw costs its facts, never the finding."""
    try:
        return await looking
    except Exception as surprise:
        # The type alone: the text of an error may repeat what was asked.
        problems.append(f"{source} sent something that could not be read ({type(surprise).__name__})")
        return nothing


def _merged(by_rdap: RegistrarFacts | None, by_whois: RegistrarFacts | None) -> RegistrarFacts | None:
    """RDAP's word where there is one; the contact's source is that of its address."""
    if by_rdap is None or by_whois is None:
        return by_rdap or by_whois
    address_by = by_rdap if by_rdap.desks or not by_whois.desks else by_whois
    return RegistrarFacts(
        source=address_by.source,
        observed_at=address_by.observed_at,
        name=by_rdap.name or by_whois.name,
        iana_id=by_whois.iana_id if by_rdap.iana_id is None else by_rdap.iana_id,
        desks=address_by.desks,
        registrants=_unique([*by_rdap.registrants, *by_whois.registrants]),
        handle=by_rdap.handle or by_whois.handle,
    )


def _unique(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
