"""What an RDAP record is worth: whose network it is, which desk takes complaints, who registered a domain.

The five address registries write the same thing in five ways: nested in the holder (ARIN), as an incident
response team (APNIC), shared between roles (LACNIC), without roles (AFRINIC), as mail marked "abuse"
(RIPE).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from hotline.words import ContactKind, ContactSource
from takedown.hosting.countries import country_code
from takedown.hosting.facts import AutnumFacts, Desk, NetworkFacts, RegistrarFacts
from takedown.hosting.mailboxes import mailboxes, sounds_like_abuse
from takedown.hosting.rdap.jcard import is_redacted
from takedown.hosting.rdap.objects import Autnum, Common, Domain, Entity, IpNetwork, completed, walk
from takedown.hosting.rdap.shapes import number
from takedown.hosting.registries import known_registries

_MOST_DESKS: Final = 5


def network_facts(network: IpNetwork, observed_at: datetime) -> NetworkFacts:
    """Reads a network. The desks of space that a registry only allocates are left out."""
    holder = _holder(network)
    organisation = _name(holder) if holder else ""
    holders = tuple(each for each in (organisation, holder.handle if holder else "") if each)
    allocation = known_registries().only_allocates(network.name, holders, network.blocks)
    return NetworkFacts(
        source=ContactSource.RDAP,
        blocks=network.blocks,
        observed_at=observed_at,
        handle=network.handle,
        name=network.name,
        organisation=organisation,
        country=country_code(network.country) or (holder.card.country if holder else None),
        desks=() if allocation else abuse_desks(network),
        colleagues=() if allocation else _colleagues(network),
        allocation=allocation,
    )


def autnum_facts(asn: int, autnum: Autnum, observed_at: datetime) -> AutnumFacts:
    """Reads an autonomous system; a range of many numbers is only an allocation and has no desks."""
    holder = _holder(autnum)
    wide = autnum.first is not None and autnum.last is not None and autnum.last - autnum.first > 64
    return AutnumFacts(
        asn=asn,
        observed_at=observed_at,
        handle=autnum.handle or f"AS{asn}",
        name=autnum.name,
        organisation=_name(holder) if holder else "",
        country=country_code(autnum.country) or (holder.card.country if holder else None),
        desks=() if wide else abuse_desks(autnum),
        colleagues=() if wide else _colleagues(autnum),
    )


def registrar_facts(domain: Domain, observed_at: datetime) -> RegistrarFacts:
    """Reads who registered a domain. The holder's own people are kept apart, to be never mailed."""
    found = next((each for each, _ in walk(domain.entities) if each.is_a("registrar")), None)
    registrar = completed(found, domain.entities) if found else None
    return RegistrarFacts(
        source=ContactSource.RDAP,
        observed_at=observed_at,
        name=_name(registrar) if registrar else "",
        iana_id=_iana_id(registrar) if registrar else None,
        desks=_unique(_registrar_desks(domain)),
        registrants=tuple(
            dict.fromkeys(
                address
                for entity, above in walk(domain.entities)
                if _is_holders(entity, above)
                for address in completed(entity, domain.entities).card.emails
            )
        ),
    )


def abuse_desks(thing: Common) -> tuple[Desk, ...]:
    """The abuse desks of a network or AS: those that say so, else those that are marked or sound so."""
    registries = known_registries()
    for kind in (_declared, _marked, _sounding, _remarked):
        desks = tuple(each for each in _unique(kind(thing)) if not registries.own(each.address))
        if desks:
            return desks
    return ()


def speechless(thing: Common) -> tuple[Entity, ...]:
    """Abuse entities that carry neither address nor form, so that they must be fetched by themselves.

    Those of a domain's holder are not worth fetching: nobody would be asked there.
    """
    return tuple(
        entity
        for bare, above in walk(thing.entities)
        if bare.is_a("abuse") and not (isinstance(thing, Domain) and _is_holders(bare, above))
        if not (entity := completed(bare, thing.entities)).card.emails and not entity.card.forms
    )


def _is_holders(entity: Entity, above: tuple[Entity, ...]) -> bool:
    return any(each.is_a("registrant") for each in (entity, *above))


def _declared(thing: Common) -> Iterator[Desk]:
    for bare, above in walk(thing.entities):
        if bare.is_a("abuse"):
            entity = completed(bare, thing.entities)
            # A holder that is its own abuse desk (LACNIC) is asked, but with less trust than a desk of its
            # own.
            confidence = 0.75 if entity.is_a("registrant") else 0.9 if above else 0.95
            yield from _desks(entity, entity.card.emails, confidence)
            yield from (Desk(form, entity.handle, confidence - 0.05, ContactKind.FORM) for form in entity.card.forms)


def _marked(thing: Common) -> Iterator[Desk]:
    for entity, _ in walk(thing.entities):
        if entity.card.abuse_emails:
            yield from _desks(entity, entity.card.abuse_emails, 0.85)
        elif entity.handle.upper().startswith("IRT-") and not entity.is_a("registrant"):
            yield from _desks(entity, entity.card.emails, 0.85)


def _sounding(thing: Common) -> Iterator[Desk]:
    for entity, _ in walk(thing.entities):
        if not entity.is_a("registrant"):
            yield from _desks(entity, tuple(filter(sounds_like_abuse, entity.card.emails)), 0.7)


def _remarked(thing: Common) -> Iterator[Desk]:
    for line in thing.remarks:
        if "abuse" in line.lower():
            yield from (Desk(address, thing.handle, 0.6) for address in mailboxes(line))


def _desks(entity: Entity, addresses: tuple[str, ...], confidence: float) -> Iterator[Desk]:
    for rank, address in enumerate(addresses[:_MOST_DESKS]):
        yield Desk(address, entity.handle, round(confidence - rank * 0.02, 2))


def _registrar_desks(domain: Domain) -> Iterator[Desk]:
    everyone = [(completed(each, domain.entities), above) for each, above in walk(domain.entities)]
    for entity, above in everyone:
        if entity.is_a("abuse") and any(each.is_a("registrar") for each in above):
            yield from _desks(entity, entity.card.emails, 0.95)
    for entity, _ in everyone:
        if entity.is_a("registrar"):
            said = entity.card.emails if entity.is_a("abuse") else entity.card.abuse_emails
            yield from _desks(entity, said or tuple(filter(sounds_like_abuse, entity.card.emails)), 0.85)
    for entity, above in everyone:
        if entity.is_a("abuse") and not _is_holders(entity, above):
            yield from _desks(entity, entity.card.emails, 0.8)


def _unique(desks: Iterator[Desk]) -> tuple[Desk, ...]:
    kept: dict[str, Desk] = {}
    for desk in desks:
        kept.setdefault(desk.address.lower(), desk)
    return tuple(kept.values())


def _colleagues(thing: Common) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            address
            for entity, _ in walk(thing.entities)
            if not entity.is_a("registrant") and not entity.is_a("sponsor")
            for address in completed(entity, thing.entities).card.emails
        )
    )


def _holder(thing: Common) -> Entity | None:
    holders = [completed(each, thing.entities) for each, _ in walk(thing.entities) if each.is_a("registrant")]
    named = [each for each in holders if _name(each)]
    return min(named, key=_unlikeliness, default=None)


def _unlikeliness(holder: Entity) -> tuple[bool, bool, bool]:
    """RIPE and APNIC also list the maintainers of a record as its registrants: an organisation goes first."""
    maintainer = holder.handle.upper().endswith("-MNT") or holder.handle.upper().startswith("MNT-")
    return maintainer, _name(holder) == holder.handle, holder.card.kind not in ("org", "group", "")


def _name(entity: Entity) -> str:
    names = (entity.card.name, entity.card.organisation)
    return next((name for name in names if not is_redacted(name)), "")


def _iana_id(registrar: Entity) -> int | None:
    for kind, identifier in registrar.public_ids:
        if "iana" in kind and (found := number(identifier)) is not None:
            return found
    return number(registrar.handle) if registrar.handle.isdigit() else None
