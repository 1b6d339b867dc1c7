"""From facts to candidates: which desk stands on which rung of the ladder. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from hotline.address import registrable_domain
from hotline.words import Certainty, ContactKind, ContactRole, ContactSource
from takedown.contacts import Candidate, Contact, Refusals, Rung
from takedown.hosting.edges import Edge
from takedown.hosting.facts import AddressFacts, AutnumFacts, Desk, NetworkFacts, RegistrarFacts
from takedown.hosting.mailboxes import domain_of
from takedown.hosting.registries import known_registries

GUESSED = 0.2


@dataclass(frozen=True)
class Evidence:
    """Everything that was learnt about one URL's hosting."""

    addresses: tuple[AddressFacts, ...]
    registrar: RegistrarFacts | None
    site_domain: str | None
    certainty: Certainty
    edge: Edge | None
    now: datetime
    hotlines: Mapping[str, str] = field(default_factory=dict)


def refusals(evidence: Evidence) -> Refusals:
    """Whom never to mail about this URL."""
    holders = evidence.registrar.registrants if evidence.registrar else ()
    return Refusals(
        is_registry=known_registries().own,
        holders=frozenset(address.lower() for address in holders),
        site_domain=evidence.site_domain,
    )


def candidates(evidence: Evidence) -> tuple[Candidate, ...]:
    """Everybody who could be asked, each on its rung."""
    role = ContactRole.CDN if evidence.certainty is Certainty.CDN_EDGE else ContactRole.HOST
    found = [each for address in evidence.addresses for each in _of_address(address, role)]
    if not any(each.contact.role is role for each in found):
        found += _guesses(evidence, role)
    found += _of_edge(evidence)
    found += _of_registrar(evidence)
    found += _of_country(evidence)
    return tuple(found)


def _of_address(address: AddressFacts, role: ContactRole) -> Iterator[Candidate]:
    direct = [*_of_networks(address, role), *_of_parents(address, role)]
    yield from direct
    for autnum in address.autnums:
        # The AS that announces a customer's network is its upstream; where nothing nearer is known, it is
        # the host.
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


def _guesses(evidence: Evidence, role: ContactRole) -> Iterator[Candidate]:
    """``abuse@`` the provider's own domain (RFC 2142), as its network's people show it.

    Never the site's domain.
    """
    networks = [each for address in evidence.addresses for each in address.networks if not each.allocation]
    autnums = [each for address in evidence.addresses for each in address.autnums]
    things: list[NetworkFacts | AutnumFacts] = [*networks, *autnums]
    for thing in things:
        domain = _provider_domain(thing.colleagues, evidence)
        if domain:
            desk = Desk(f"abuse@{domain}", thing.handle, GUESSED)
            yield _candidate(Rung.GUESS, role, desk, ContactSource.RFC2142, thing.observed_at, GUESSED)
            return


def _provider_domain(addresses: Sequence[str], evidence: Evidence) -> str | None:
    registries = known_registries()
    holders = evidence.registrar.registrants if evidence.registrar else ()
    foreign = {evidence.site_domain, *(registrable_domain(domain_of(each)) for each in holders)}
    for address in addresses:
        domain = registrable_domain(domain_of(address))
        if domain is None or domain in foreign or domain in registries.mailbox_providers:
            continue
        if not registries.own(address) and not registries.own(f"abuse@{domain}"):
            return domain
    return None


def _of_edge(evidence: Evidence) -> Iterator[Candidate]:
    edge = evidence.edge
    if edge is None:
        return
    is_cdn = edge.certainty is Certainty.CDN_EDGE
    role = ContactRole.CDN if is_cdn else ContactRole.PLATFORM
    if edge.email:
        desk = Desk(edge.email, edge.name, 0.8)
        yield _candidate(Rung.EDGE if is_cdn else Rung.PLATFORM, role, desk, ContactSource.OVERRIDE, evidence.now)
    if edge.form:
        desk = Desk(edge.form, edge.name, 0.8, ContactKind.FORM)
        # A form waits for a person, so that mail to the same company's desk goes first.
        rung = Rung.EDGE_FORM if is_cdn else Rung.PLATFORM
        yield _candidate(rung, role, desk, ContactSource.OVERRIDE, evidence.now)


def _of_registrar(evidence: Evidence) -> Iterator[Candidate]:
    registrar = evidence.registrar
    if registrar is None:
        return
    for desk in registrar.desks:
        role = ContactRole.REGISTRAR
        yield _candidate(Rung.REGISTRAR, role, desk, registrar.source, registrar.observed_at)


def _of_country(evidence: Evidence) -> Iterator[Candidate]:
    for country in _countries(evidence.addresses):
        if country in evidence.hotlines:
            desk = Desk(evidence.hotlines[country], country, 0.5)
            yield _candidate(Rung.HOTLINE, ContactRole.HOTLINE, desk, ContactSource.OVERRIDE, evidence.now)


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
