"""From facts to candidates: which desk stands on which rung of the ladder. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from hotline.address import registrable_domain, tld
from hotline.words import Certainty, ContactKind, ContactRole, ContactSource
from takedown.contacts import Candidate, Contact, Refusals, Rung
from takedown.hosting.edge_table import Edge
from takedown.hosting.edges import Fronts
from takedown.hosting.facts import AddressFacts, AutnumFacts, Desk, NetworkFacts, RegistrarFacts
from takedown.hosting.last_desks import LastDesks
from takedown.hosting.mailboxes import domain_of
from takedown.hosting.registries import known_registries
from takedown.hosting.sites import Sites

GUESSED: Final = 0.2
_PUBLISHED: Final = 0.8
"""How sure a contact is that a company publishes and our table repeats."""
_BEHIND: Final = 0.5
"""How sure it is that somebody behind a country or a top-level domain can do something."""


@dataclass(frozen=True)
class Evidence:
    """Everything that was learnt about one URL's hosting."""

    host: str = field(repr=False)
    addresses: tuple[AddressFacts, ...]
    registrar: RegistrarFacts | None
    fronts: Fronts
    now: datetime
    sites: Sites = field(repr=False)
    desks: LastDesks = field(default_factory=LastDesks)


def refusals(evidence: Evidence) -> Refusals:
    """Whom never to mail about this URL."""
    holders = evidence.registrar.registrants if evidence.registrar else ()
    return Refusals(
        is_registry=known_registries().own,
        holders=frozenset(address.lower() for address in holders),
        is_owner=lambda address: evidence.sites.is_owner(address, evidence.host),
    )


def candidates(evidence: Evidence) -> tuple[Candidate, ...]:
    """Everybody who could be asked, each on its rung."""
    found = [each for place in range(len(evidence.addresses)) for each in _of_place(evidence, place)]
    found += _of_edges(evidence.fronts.edges, evidence.now)
    if not any(each.contact.role in (ContactRole.HOST, ContactRole.CDN) for each in found):
        found += _guesses(evidence)
    found += _of_registrar(evidence)
    found += _of_registry(evidence)
    found += _of_country(evidence)
    return tuple(found)


def _of_place(evidence: Evidence, place: int) -> Iterator[Candidate]:
    role = ContactRole.CDN if evidence.fronts.is_edge(place) else ContactRole.HOST
    return (replace(each, place=place) for each in _of_address(evidence.addresses[place], role))


def _of_address(address: AddressFacts, role: ContactRole) -> Iterator[Candidate]:
    direct = [*_of_networks(address, role), *_of_parents(address, role)]
    yield from direct
    for autnum in address.autnums:
        # The AS that announces a customer's network is its upstream; where nothing nearer is known, it is the host.
        rung, as_role = (Rung.UPSTREAM, ContactRole.UPSTREAM) if direct else (Rung.AUTNUM, role)
        for desk in autnum.desks:
            confidence = round(desk.confidence * 0.7, 2)
            yield _candidate(rung, as_role, desk, ContactSource.RDAP, autnum.observed_at, confidence)


def _of_networks(address: AddressFacts, role: ContactRole) -> Iterator[Candidate]:
    seen: set[ContactSource] = set()
    for network in address.networks:
        nearest = network is address.network
        first = network.source not in seen
        seen.add(network.source)
        if network.source is ContactSource.RDAP:
            rung = Rung.NETWORK if nearest else Rung.PARENT
        else:
            rung = Rung.WHOIS if first else Rung.PARENT
        yield from _desks(rung, role, network)


def _of_parents(address: AddressFacts, role: ContactRole) -> Iterator[Candidate]:
    for network in address.parents:
        yield from _desks(Rung.PARENT, role, network)


def _desks(rung: Rung, role: ContactRole, network: NetworkFacts) -> Iterator[Candidate]:
    trust = 0.7 if rung is Rung.PARENT else 1.0
    for desk in network.desks:
        confidence = round(desk.confidence * trust, 2)
        yield _candidate(rung, role, desk, network.source, network.observed_at, confidence)


def _guesses(evidence: Evidence) -> Iterator[Candidate]:
    """``abuse@`` the provider's own domain (RFC 2142), as its network's people show it. Never the site's domain."""
    for place, address in enumerate(evidence.addresses):
        networks = [each for each in address.networks if not each.allocation]
        things: list[NetworkFacts | AutnumFacts] = [*networks, *address.autnums]
        role = ContactRole.CDN if evidence.fronts.is_edge(place) else ContactRole.HOST
        for thing in things:
            domain = _provider_domain(thing.colleagues, evidence)
            if domain:
                desk = Desk(f"abuse@{domain}", thing.handle, GUESSED)
                yield _candidate(Rung.GUESS, role, desk, ContactSource.RFC2142, thing.observed_at, GUESSED)
                return


def _provider_domain(addresses: Sequence[str], evidence: Evidence) -> str | None:
    registries = known_registries()
    holders = evidence.registrar.registrants if evidence.registrar else ()
    foreign = {registrable_domain(evidence.host), *(registrable_domain(domain_of(each)) for each in holders)}
    for address in addresses:
        domain = registrable_domain(domain_of(address))
        if domain is None or domain in foreign or domain in registries.mailbox_providers:
            continue
        if not registries.own(address) and not registries.own(f"abuse@{domain}"):
            return domain
    return None


def _of_edges(edges: Iterable[Edge], now: datetime) -> Iterator[Candidate]:
    """What companies publish of their own desks; a form waits for a person, so that mail to the same goes first."""
    for edge in edges:
        is_cdn = edge.certainty is Certainty.CDN_EDGE
        role = ContactRole.CDN if is_cdn else ContactRole.PLATFORM
        if edge.email:
            desk = Desk(edge.email, edge.name, _PUBLISHED)
            yield _candidate(Rung.EDGE if is_cdn else Rung.PLATFORM, role, desk, ContactSource.OVERRIDE, now)
        if edge.form:
            desk = Desk(edge.form, edge.name, _PUBLISHED, ContactKind.FORM)
            yield _candidate(Rung.EDGE_FORM if is_cdn else Rung.PLATFORM, role, desk, ContactSource.OVERRIDE, now)


def _of_registrar(evidence: Evidence) -> Iterator[Candidate]:
    registrar = evidence.registrar
    if registrar is None:
        return
    for desk in registrar.desks:
        role = ContactRole.REGISTRAR
        yield _candidate(Rung.REGISTRAR, role, desk, registrar.source, registrar.observed_at)


def _of_registry(evidence: Evidence) -> Iterator[Candidate]:
    suffix = tld(evidence.host) if registrable_domain(evidence.host) else None
    if suffix and suffix in evidence.desks.registry:
        yield _behind(Rung.REGISTRY, ContactRole.REGISTRY, evidence.desks.registry[suffix], suffix, evidence.now)


def _of_country(evidence: Evidence) -> Iterator[Candidate]:
    """The response team, then the hotline, of each country that hosts it."""
    tables: tuple[tuple[Rung, Mapping[str, str]], ...]
    tables = ((Rung.CERT, evidence.desks.cert), (Rung.HOTLINE, evidence.desks.hotline))
    for country in _countries(evidence.addresses):
        for rung, table in tables:
            if country in table:
                yield _behind(rung, ContactRole.HOTLINE, table[country], country, evidence.now)


def _behind(rung: Rung, role: ContactRole, address: str, code: str, now: datetime) -> Candidate:
    return _candidate(rung, role, Desk(address, code, _BEHIND), ContactSource.OVERRIDE, now)


def _countries(addresses: Iterable[AddressFacts]) -> tuple[str, ...]:
    found = (each.network.country if each.network else each.origin.country for each in addresses)
    return tuple(dict.fromkeys(country for country in found if country))


def _candidate(
    rung: Rung,
    role: ContactRole,
    desk: Desk,
    source: ContactSource,
    observed_at: datetime,
    confidence: float | None = None,
) -> Candidate:
    trust = desk.confidence if confidence is None else confidence
    contact = Contact(role, desk.address, desk.kind, source, desk.object or None, trust, observed_at)
    return Candidate(rung, contact)
