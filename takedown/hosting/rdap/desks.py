"""Which desk of a network or autonomous system takes complaints.

The five address registries write the same thing in five ways: nested in the holder (ARIN), as an incident
response team (APNIC), shared between roles (LACNIC), without roles or as one more mailbox of the holder
(AFRINIC), as mail marked "abuse" (RIPE), and all of them in remarks.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from hotline.words import ContactKind
from takedown.hosting.facts import Desk
from takedown.hosting.mailboxes import mailboxes, sounds_like_abuse, spelt_out
from takedown.hosting.rdap.holders import is_maintainer
from takedown.hosting.rdap.jcard import Card, is_redacted
from takedown.hosting.rdap.objects import Common, Domain, Entity, IpNetwork, Remark
from takedown.hosting.rdap.people import everyone, people
from takedown.hosting.registries import known_registries

_MOST_DESKS: Final = 5
_ABUSE: Final = re.compile(r"abuse|spam|complain|misuse|illegal", re.IGNORECASE)
_DENIED: Final = re.compile(r"\b(?:not|no|don't|never|invalid)\b", re.IGNORECASE)
_CLAUSES: Final = re.compile(r"[,;]|\.\s")
_PEOPLE: Final = ("registrant", "noc", "technical", "administrative")


def abuse_desks(thing: Common) -> tuple[Desk, ...]:
    """The abuse desks of a network or AS: those that say so, else those that are marked or sound so.

    Where the better kind has only forms, which wait for a person, the next kind's mail goes before them.
    """
    registries = known_registries()
    found: list[Desk] = []
    for kind in (_declared, _marked, _sounding, _remarked, _held):
        told = (each for each in kind(thing) if not registries.own_handle(each.object))
        found += (each for each in told if not registries.own(each.address))
        if any(each.kind is ContactKind.EMAIL for each in found):
            break
    return unique(sorted(found, key=lambda each: each.kind is not ContactKind.EMAIL))


def colleagues(thing: Common) -> tuple[str, ...]:
    """Mail addresses of a network's own people, good for nothing but the provider's domain."""
    return tuple(
        dict.fromkeys(
            address
            for entity in people(thing.entities)
            if not entity.is_a("registrant") and not entity.is_a("sponsor")
            for address in entity.card.emails
        )
    )


def speechless(thing: Common) -> tuple[Entity, ...]:
    """Entities that must be fetched by themselves, because the record only names them.

    Those of a domain's holder are not worth fetching: nobody would be asked there.
    """
    placed = everyone(thing.entities)
    asked = [
        entity
        for entity, above in placed
        if entity.is_a("abuse") and not (isinstance(thing, Domain) and is_holders(entity, above))
    ]
    silent = [each for each in asked if not each.card.emails and not each.card.forms]
    if isinstance(thing, Domain):
        silent += [each for each, _ in placed if each.is_a("registrar") and _is_bare(each)]
    elif not asked and not _is_handed_out(thing) and not abuse_desks(thing):
        bare = [each for each, _ in placed if _is_bare(each) and not is_maintainer(each)]
        silent += sorted((each for each in bare if set(each.roles) & set(_PEOPLE)), key=_rank)
    return tuple({each.handle or str(each.links): each for each in silent if _can_be_fetched(each)}.values())


def is_holders(entity: Entity, above: tuple[Entity, ...]) -> bool:
    """Whether an entity is a domain's holder, or one of the holder's people."""
    return any(each.is_a("registrant") for each in (entity, *above))


def desks_of(entity: Entity, addresses: tuple[str, ...], confidence: float) -> Iterator[Desk]:
    """The addresses of one entity as desks, each a little less sure than the one before."""
    for rank, address in enumerate(addresses[:_MOST_DESKS]):
        yield Desk(address, entity.handle, round(confidence - rank * 0.02, 2))


def forms_of(entity: Entity, confidence: float) -> Iterator[Desk]:
    """The forms of one entity; a page that only sounds like one counts where nothing else is said."""
    pages = entity.card.forms or (() if entity.card.emails else entity.card.reports)
    yield from (
        Desk(page, entity.handle, round(confidence - 0.05, 2), ContactKind.FORM) for page in pages[:_MOST_DESKS]
    )


def unique(desks: Iterable[Desk]) -> tuple[Desk, ...]:
    """The first of each address."""
    kept: dict[str, Desk] = {}
    for desk in desks:
        kept.setdefault(desk.address.lower(), desk)
    return tuple(kept.values())


def addresses_in(remarks: Iterable[Remark]) -> Iterator[str]:
    """Addresses that remarks name for abuse: those that sound so first, then those in a sentence about it."""
    lines = [spelt_out(line) for remark in remarks for line in (*remark.lines, "")]
    clauses = [clause for line in lines for clause in _CLAUSES.split(line)]
    for clause in sorted(clauses, key=lambda each: _DENIED.search(each) is not None):
        yield from filter(sounds_like_abuse, mailboxes(clause))
    for before, line in pairwise(["", *lines]):
        yield from _offered(before, line)


def _offered(before: str, line: str) -> Iterator[str]:
    """The addresses of a line that it, or the line that leads to it, offers for abuse rather than forbids."""
    about = _ABUSE.search(before) is not None and before.rstrip().endswith((":", "via", "to", "at"))
    denied = about and _DENIED.search(before) is not None
    for clause in _CLAUSES.split(line):
        named = _ABUSE.search(clause) is not None
        denied = _DENIED.search(clause) is not None or (denied and not named)
        about = about or named
        if about and not denied:
            yield from mailboxes(clause)


def _declared(thing: Common) -> Iterator[Desk]:
    found = [(each, above) for each, above in everyone(thing.entities) if each.is_a("abuse")]
    for entity, above in sorted(found, key=lambda each: _remoteness(each[0])):
        # A holder that is its own abuse desk (LACNIC) is asked, but with less trust than a desk of its own.
        is_holder, is_shared = _remoteness(entity)
        confidence = 0.75 if is_holder else 0.85 if is_shared else 0.9 if above else 0.95
        yield from desks_of(entity, entity.card.emails, confidence)
        yield from forms_of(entity, confidence)


def _remoteness(desk: Entity) -> tuple[bool, bool]:
    """A desk for nothing else goes before people of many roles, and those before the holder."""
    dedicated = (
        set(desk.roles) == {"abuse"} or any(map(sounds_like_abuse, desk.card.emails)) or bool(desk.card.abuse_emails)
    )
    return desk.is_a("registrant"), not dedicated


def _marked(thing: Common) -> Iterator[Desk]:
    for entity in people(thing.entities):
        if entity.card.abuse_emails:
            yield from desks_of(entity, entity.card.abuse_emails, 0.85)
        elif entity.handle.upper().startswith("IRT-") and not entity.is_a("registrant"):
            yield from desks_of(entity, entity.card.emails, 0.85)


def _sounding(thing: Common) -> Iterator[Desk]:
    for entity in people(thing.entities):
        if not entity.is_a("registrant"):
            yield from desks_of(entity, tuple(filter(sounds_like_abuse, entity.card.emails)), 0.7)


def _remarked(thing: Common) -> Iterator[Desk]:
    yield from (Desk(address, thing.handle, 0.6) for address in addresses_in(thing.remarks))
    for entity in people(thing.entities):
        yield from (Desk(address, entity.handle, 0.55) for address in addresses_in(entity.remarks))


def _held(thing: Common) -> Iterator[Desk]:
    """The mailbox that an organisation itself names for abuse: nothing else of a holder's is ever asked."""
    for entity in people(thing.entities):
        if entity.is_a("registrant") and entity.card.kind == "org":
            yield from desks_of(entity, tuple(filter(sounds_like_abuse, entity.card.emails)), 0.5)


def _is_bare(entity: Entity) -> bool:
    return entity.card == Card() and not entity.entities


def _can_be_fetched(entity: Entity) -> bool:
    return bool(entity.links) or not is_redacted(entity.handle)


def _is_handed_out(thing: Common) -> bool:
    return isinstance(thing, IpNetwork) and known_registries().only_allocates(thing.name, (), thing.blocks)


def _rank(entity: Entity) -> int:
    """The holder first: its own record names the desks below it (RIPE)."""
    return min(_PEOPLE.index(role) for role in entity.roles if role in _PEOPLE)
