"""Questions to RDAP, as sentences.

Which network, which AS, which registrar. One query a network, answers kept.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

from takedown.hosting.blocks import Address, holds
from takedown.hosting.cache import Cache, Found, Shelf, around, in_words, region
from takedown.hosting.facts import AutnumFacts, NetworkFacts, RegistrarFacts, Told
from takedown.hosting.rdap.client import DEADLINE, Answer, RdapClient, downgrades, server_of
from takedown.hosting.rdap.desks import speechless
from takedown.hosting.rdap.directory import Directory, Responsible
from takedown.hosting.rdap.judging import (
    at_its_door,
    base_of,
    link_up,
    other_autnum,
    other_domain,
    other_network,
    registrars_own,
    without_the_registry,
)
from takedown.hosting.rdap.meaning import autnum_facts, network_facts
from takedown.hosting.rdap.objects import Entity, parse_autnum, parse_domain, parse_network
from takedown.hosting.rdap.registrars import registrar_facts
from takedown.hosting.rdap.shapes import listed, record, text
from takedown.hosting.servers import Servers

_MOST_FETCHES: Final = 2
_MOST_SERVERS: Final = 2
_DOUBT: Final = 600.0
"""Seconds for which a server that answered nonsense about something is not asked about it again."""
_HALF: Final = timedelta(minutes=10)
"""How long a record serves of which an entity could not be fetched."""
_MISSED: Final = "_missed"


@dataclass(frozen=True)
class _Asked:
    found: Found | None
    problems: tuple[str, ...]

    @property
    def server(self) -> str:
        """The URL that answered, which a redirect may have made another than the one asked."""
        return text(record(self.found.value).get("_asked")) if self.found else ""


@dataclass(frozen=True)
class _Question:
    """A question and where its answer is kept.

    Those who ask at the same time in one ``region`` wait for each other. What a server once said that makes no
    sense is remembered for the ``subject``. ``objection``: what is wrong with an answer.
    """

    path: str
    subject: str
    region: str
    objection: Callable[[object], str | None]
    known: Callable[[], Found | None]
    old: Callable[[], Found | None]
    keep: Callable[[object], None]


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

        def keep(body: object) -> None:
            network = parse_network(body)
            self._networks.keep_around(address, network.blocks if network else (around(address),), body, now)

        question = _Question(
            path=f"ip/{address}",
            subject=str(around(address)),
            region=str(region(address)),
            objection=lambda body: other_network(body, address),
            known=lambda: self._networks.find_around(address, now),
            old=lambda: self._networks.find_old_around(address, now),
            keep=keep,
        )
        answer = await self._ask(question, lambda: self._directory.for_address(address, now), now)
        if answer.found is None:
            return Told(problems=answer.problems)
        network = parse_network(answer.found.value)
        if network is None or not holds(network.blocks, address):
            return Told(problems=(*answer.problems, "the address registry knows no network around the address"))
        facts = network_facts(network, answer.found.at)
        desks = without_the_registry(facts.desks, answer.server)
        return Told(replace(facts, desks=desks, up=link_up(network, answer.server)), answer.problems)

    async def parent(self, network: NetworkFacts, address: Address, now: datetime) -> Told[NetworkFacts]:
        """The network around a network, where its registry links to it."""
        if not network.up:
            return Told()
        question = self._by_key(self._parents, network.up, "", lambda body: other_network(body, address), now)
        answer = await self._ask(question, lambda: _known(Responsible((network.up,))), now)
        parsed = parse_network(answer.found.value) if answer.found else None
        if answer.found is None or parsed is None or not holds(parsed.blocks, address):
            return Told(problems=answer.problems)
        facts = network_facts(parsed, answer.found.at)
        return Told(replace(facts, desks=without_the_registry(facts.desks, answer.server)), answer.problems)

    async def autnum(self, asn: int, now: datetime) -> Told[AutnumFacts]:
        """An autonomous system.

        That no registry knows it is no problem: most of what matters is elsewhere.
        """
        question = self._by_key(self._autnums, str(asn), f"autnum/{asn}", lambda body: other_autnum(body, asn), now)
        answer = await self._ask(question, lambda: self._directory.for_autnum(asn, now), now, quiet=True)
        autnum = parse_autnum(answer.found.value) if answer.found else None
        if answer.found is None or autnum is None:
            return Told(problems=answer.problems)
        facts = autnum_facts(asn, autnum, answer.found.at)
        return Told(replace(facts, desks=without_the_registry(facts.desks, answer.server)), answer.problems)

    async def domain(self, name: str, now: datetime) -> Told[RegistrarFacts]:
        """Who registered a domain. A registry without RDAP is no problem: WHOIS is asked then."""
        question = self._by_key(self._domains, name, f"domain/{name}", lambda body: other_domain(body, name), now)
        answer = await self._ask(question, lambda: self._directory.for_domain(name, now), now)
        domain = parse_domain(answer.found.value) if answer.found else None
        if answer.found is None or domain is None:
            return Told(problems=answer.problems)
        facts = registrar_facts(domain, answer.found.at)
        onward = "" if facts.desks else registrars_own(domain, answer.server)
        if not onward:
            return Told(facts, answer.problems)
        own = await self._registrars_word(onward, name, now)
        return Told(_together(facts, own.facts) if own.facts else facts, (*answer.problems, *own.problems))

    async def _registrars_word(self, link: str, name: str, now: datetime) -> Told[RegistrarFacts]:
        """What the registrar itself tells of a domain whose registry names no desk."""
        question = self._by_key(self._domains, link, "", lambda body: other_domain(body, name), now)
        answer = await self._ask(question, lambda: _known(Responsible((link,))), now)
        domain = parse_domain(answer.found.value) if answer.found else None
        if answer.found is None or domain is None:
            return Told(problems=answer.problems)
        return Told(registrar_facts(domain, answer.found.at), answer.problems)

    def _by_key(
        self, shelf: Shelf, key: str, path: str, objection: Callable[[object], str | None], now: datetime
    ) -> _Question:
        return _Question(
            path=path,
            subject=key,
            region=key,
            objection=objection,
            known=lambda: shelf.find(key, now),
            old=lambda: shelf.find_old(key, now),
            keep=lambda body: shelf.keep(key, body, now),
        )

    async def _ask(
        self, question: _Question, find: Callable[[], Awaitable[Responsible]], now: datetime, quiet: bool = False
    ) -> _Asked:
        """The kept answer, a new one, or the last one that there was, marked as old.

        ``quiet``: that the list of registries has a fault is only told together with an old answer.
        """
        if found := _known_of(question, now):
            return _Asked(found, _missed(found))
        responsible = await find()
        listing = (responsible.problem,) if responsible.problem else ()
        problems: list[str] = []
        for base in responsible.urls[:_MOST_SERVERS]:
            async with self._servers.turn(f"{server_of(base)} {question.region}"):
                found, problem = await self._one(base, question, now)
            if found:
                return _Asked(found, (*(() if quiet else listing), *problems, *_missed(found)))
            problems.append(problem)
        faults = (*listing, *problems)
        if faults and (old := question.old()):
            marked = f"{faults[-1]}; an answer that is {in_words(now - old.at)} old was used"
            return _Asked(old, (*faults[:-1], marked))
        return _Asked(None, tuple(problems) if quiet else faults)

    async def _one(self, base: str, question: _Question, now: datetime) -> tuple[Found | None, str]:
        """What one server answers, or what is wrong. Nonsense about a subject is not asked for again soon."""
        if found := _known_of(question, now):
            return found, ""
        server, matter = server_of(base), f"{server_of(base)} {question.subject}"
        if excuse := self._servers.rests(matter):
            return None, f"{server} {excuse} and was not asked again"
        answer = await self._client.ask(base + question.path)
        if answer.missing:
            question.keep(None)
            return Found(None, now), ""
        problem = answer.problem or question.objection(answer.body) or ""
        if not problem:
            body = await self._completed(base, answer)
            question.keep(body)
            return Found(body, now), ""
        if not answer.failed:
            self._servers.failed(matter, _DOUBT, "gave no answer of use a moment ago")
        return None, problem

    async def _completed(self, base: str, answer: Answer) -> dict[str, object]:
        """The answer with the abuse entities fetched that it only names (NIC.br writes a role without an
        address), all of them within one deadline.
        """
        body = {**(answer.body or {}), "_asked": answer.url}
        thing = parse_network(body) or parse_autnum(body) or parse_domain(body)
        if thing is None:
            return body
        ends = self._servers.elapsed() + DEADLINE
        where = base_of(answer.url) or base
        more = [await self._fetched(where, answer.url, each, ends) for each in speechless(thing)[:_MOST_FETCHES]]
        entities = [each for each in more if isinstance(each, dict)]
        missed = [each for each in more if isinstance(each, str) and each]
        told = {_MISSED: missed} if missed else {}
        return {**body, **told, "entities": [*listed(body.get("entities")), *entities]}

    async def _fetched(self, base: str, here: str, entity: Entity, ends: float) -> dict[str, object] | str:
        """An entity by its link; where that leads nowhere, from the server that named it.

        A problem in words when no server answered; empty when there is just no such entity.
        """
        told = (link.href for rel in ("self", "", "related") for link in entity.links if link.rel == rel)
        links = [at_its_door(here, each) for each in told]
        own = [f"{base}entity/{quote(entity.handle, safe=':')}"] if entity.handle else []
        targets = (each for each in dict.fromkeys([*links[:1], *own]) if not downgrades(here, each))
        problem = ""
        for target in targets:
            answer = await self._client.ask(target, ends - self._servers.elapsed())
            if answer.body:
                return {**answer.body, "handle": entity.handle, "roles": list(entity.roles)}
            problem = (answer.problem or "") if answer.failed else problem
        return problem


def _known_of(question: _Question, now: datetime) -> Found | None:
    """The kept answer; one of which something is missing does not serve for long."""
    found = question.known()
    return None if found and _missed(found) and now - found.at > _HALF else found


def _missed(found: Found) -> tuple[str, ...]:
    """What could not be fetched of a record, in words."""
    return tuple(text(each) for each in listed(record(found.value).get(_MISSED)))


def _together(registry: RegistrarFacts, own: RegistrarFacts) -> RegistrarFacts:
    """The registry's word on who registered it, with the desks that the registrar names."""
    return replace(
        registry,
        name=registry.name or own.name,
        iana_id=own.iana_id if registry.iana_id is None else registry.iana_id,
        desks=own.desks,
        registrants=tuple(dict.fromkeys([*registry.registrants, *own.registrants])),
    )


async def _known(responsible: Responsible) -> Responsible:
    return responsible
