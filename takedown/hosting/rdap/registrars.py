"""Who registered a domain for its holder, and the registrar's abuse desk; the holder's people kept apart."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from hotline.words import ContactSource
from takedown.hosting.facts import Desk, RegistrarFacts
from takedown.hosting.mailboxes import mailboxes, sounds_like_abuse
from takedown.hosting.rdap.desks import addresses_in, desks_of, forms_of, is_holders, unique
from takedown.hosting.rdap.holders import name_of
from takedown.hosting.rdap.jcard import is_redacted
from takedown.hosting.rdap.objects import Domain, Entity
from takedown.hosting.rdap.people import Placed, everyone
from takedown.hosting.rdap.shapes import number

_HIGHEST_ID: Final = 10_000_000
_LONGEST_HANDLE: Final = 5
_COUNTRYS: Final = 2
# What a desk is called where it does not have its registrar's name.
_NO_NAME: Final = re.compile(r"@|\b(?:abuse|contact|support|desk)\b", re.IGNORECASE)


def registrar_facts(domain: Domain, observed_at: datetime) -> RegistrarFacts:
    """Reads who registered a domain. The holder's own people are kept apart, to be never mailed."""
    placed = everyone(domain.entities)
    registrars = _registrars(placed)
    holders = tuple(
        dict.fromkeys(
            address for entity, above in placed if is_holders(entity, above) for address in entity.card.emails
        )
    )
    refused = {each.lower() for each in holders}
    name = next((name for each in registrars if (name := name_of(each))), "") or _by_desk(placed, registrars)
    return RegistrarFacts(
        source=ContactSource.RDAP,
        observed_at=observed_at,
        name=name,
        iana_id=_iana_id(registrars, domain, name),
        desks=tuple(each for each in unique(_desks(domain, placed, registrars)) if each.address.lower() not in refused),
        registrants=holders,
        handle=next((each.handle for each in registrars if each.handle and not is_redacted(each.handle)), ""),
    )


def _registrars(placed: tuple[Placed, ...]) -> list[Entity]:
    """All entities in that role, outer ones first; registries without it write the sponsor."""
    found = [each for each, _ in placed if each.is_a("registrar")]
    return found or [each for each, above in placed if each.is_a("sponsor") and not is_holders(each, above)]


def _iana_id(registrars: list[Entity], domain: Domain, name: str) -> int | None:
    said = [identifier for each in registrars for kind, identifier in each.public_ids if "iana" in kind]
    said += [identifier for kind, identifier in domain.public_ids if "iana" in kind or (name and kind == name.lower())]
    own_ids = len(domain.ldh_name.rpartition(".")[2]) == _COUNTRYS
    for each in registrars:
        # gTLD registries use the number as handle; a country's, or one with ids of its own kind, does not.
        if not own_ids and not each.public_ids and each.handle.isdigit() and len(each.handle) <= _LONGEST_HANDLE:
            said.append(each.handle)
    found = (number(each.removeprefix("IANA:")) for each in said)
    return next((each for each in found if each is not None and 0 < each < _HIGHEST_ID), None)


def _by_desk(placed: tuple[Placed, ...], registrars: list[Entity]) -> str:
    """The registrar's name where only its desk carries one, as some countries' registries write it."""
    named = (name_of(each) for each, above in placed if _is_desk_of(each, above, registrars))
    return next((name for name in named if name and not _NO_NAME.search(name)), "")


def _is_desk_of(entity: Entity, above: tuple[Entity, ...], registrars: list[Entity]) -> bool:
    return entity.is_a("abuse") and any(each in registrars or each.is_a("registrar") for each in above)


def _desks(domain: Domain, placed: tuple[Placed, ...], registrars: list[Entity]) -> Iterator[Desk]:
    """From the desk within the registrar down to what its remarks say."""
    for entity, above in placed:
        if _is_desk_of(entity, above, registrars):
            yield from desks_of(entity, entity.card.emails, 0.95)
            yield from forms_of(entity, 0.95)
    for entity in registrars:
        said = entity.card.emails if entity.is_a("abuse") else entity.card.abuse_emails
        yield from desks_of(entity, said or tuple(filter(sounds_like_abuse, entity.card.emails)), 0.85)
    for entity, above in placed:
        if entity.is_a("abuse") and not above and not entity.is_a("registrant"):
            yield from desks_of(entity, entity.card.emails, 0.8)
            yield from forms_of(entity, 0.8)
    yield from _remarked(domain, registrars)


def _remarked(domain: Domain, registrars: list[Entity]) -> Iterator[Desk]:
    for entity in registrars:
        yield from desks_of(entity, tuple(addresses_in(entity.remarks)), 0.6)
    yield from (Desk(address, domain.handle, 0.55) for address in addresses_in(domain.remarks))
    lines = (line for notice in domain.notices for line in notice.lines)
    for line in lines:  # notices are the registry's own words: only what names the registrar's desk counts
        if "registrar" in line.lower() and "abuse" in line.lower():
            yield from (Desk(address, domain.handle, 0.55) for address in mailboxes(line))
