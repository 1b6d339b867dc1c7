"""Who is asked, in which order: candidates from every source become one ladder without repeats. Pure.

A notice to the wrong desk costs days, and one to the site's owner warns him. So the order is fixed here,
the owner's addresses are refused whatever they are called, and an address on the site's own domain comes after the
others of its role and is pointed out.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any, Final

from hotline.clock import utc_text
from hotline.words import ContactKind, ContactRole, ContactSource

NOBODY: Final = "nobody is known who could be asked"
"""What a finding without a single contact says of itself."""


class Rung(IntEnum):
    """Where a candidate stands; the lower the number, the earlier it is asked.

    NETWORK to AUTNUM are one step, told for each address of the host: see ``ladder``. Forms come after mail to the same
    company, for they wait for a person.
    """

    OVERRIDE = 0
    EDGE = 1
    NETWORK = 2
    WHOIS = 3
    PARENT = 4
    AUTNUM = 5
    GUESS = 6
    EDGE_FORM = 7
    PLATFORM = 8
    UPSTREAM = 9
    REGISTRAR = 10
    REGISTRY = 11
    CERT = 12
    HOTLINE = 13


_BY_PERSON: Final = frozenset(
    {Rung.OVERRIDE, Rung.EDGE, Rung.EDGE_FORM, Rung.PLATFORM, Rung.REGISTRY, Rung.CERT, Rung.HOTLINE}
)
"""Rungs whose contacts stand in a table: a person has looked at them, so that no table speaks against them."""


@dataclass(frozen=True)
class Contact:
    """Somebody to ask.

    ``object`` is the handle of the record that names the address; ``confidence`` is 0 to 1.
    """

    role: ContactRole
    address: str
    kind: ContactKind
    source: ContactSource
    object: str | None
    confidence: float
    observed_at: datetime

    def as_json(self) -> dict[str, Any]:
        """The contract's form."""
        return {
            "role": self.role.value,
            "address": self.address,
            "kind": self.kind.value,
            "source": self.source.value,
            "object": self.object,
            "confidence": self.confidence,
            "observed_at": utc_text(self.observed_at),
        }


@dataclass(frozen=True)
class Candidate:
    """A contact before the order is known. ``place``: for which of the host's addresses it was found, from 0."""

    rung: Rung
    contact: Contact
    place: int = 0


@dataclass(frozen=True)
class Refusals:
    """Whom never to mail: a registry's own desks, and the holder of the site's domain by address.

    ``is_owner``: whether a mail address lies on the domain of whoever put the site up.
    """

    is_registry: Callable[[str], bool] = lambda address: False
    holders: frozenset[str] = frozenset()
    is_owner: Callable[[str], bool] = lambda address: False

    def is_holder(self, address: str) -> bool:
        """Whether an address may be that of whoever holds the site."""
        return address.lower() in self.holders or self.is_owner(address)


@dataclass(frozen=True)
class Ladder:
    """Contacts in the order in which they are asked, and what a person should know, in words."""

    contacts: tuple[Contact, ...] = ()
    problems: tuple[str, ...] = field(default=())


def ladder(candidates: Iterable[Candidate], refusals: Refusals) -> Ladder:
    """Orders candidates by rung, keeping within a rung the order in which they came; the first of equals stays.

    A host with several addresses may be served by several providers, and each can remove only what is its own: so the
    best desk of each address comes before the second of any, the first address first.
    """
    asked, problems = _allowed(candidates, refusals)
    kept: dict[str, Candidate] = {}
    for candidate in _in_turns(asked):
        kept.setdefault(candidate.contact.address.lower(), candidate)
    own = {key for key, each in kept.items() if is_on_site(each, refusals)}
    if own:
        problems.append(
            f"{len(own)} contact(s) lie on the site's own domain; a person should look before they are used"
        )
    if not kept:
        problems.append(NOBODY)
    return Ladder(_own_last(list(kept.values()), own), tuple(dict.fromkeys(problems)))


def refusal_of(candidate: Candidate, refusals: Refusals) -> str | None:
    """Why a candidate must not be asked, in words; ``None`` when it may be."""
    contact = candidate.contact
    if contact.kind is not ContactKind.EMAIL or candidate.rung is Rung.OVERRIDE:
        return None
    if candidate.rung not in _BY_PERSON and refusals.is_registry(contact.address):
        return "an address registry's own desk was left out: it only allocates the space"
    if contact.address.lower() in refusals.holders:
        return "a contact was left out because it is the domain holder's own address"
    return None


def is_on_site(candidate: Candidate, refusals: Refusals) -> bool:
    """Whether a mail address of a record lies on the site's own domain: it may be the offender's."""
    contact = candidate.contact
    told = candidate.rung in _BY_PERSON
    return not told and contact.kind is ContactKind.EMAIL and refusals.is_owner(contact.address)


def _allowed(candidates: Iterable[Candidate], refusals: Refusals) -> tuple[list[Candidate], list[str]]:
    asked: list[Candidate] = []
    problems: list[str] = []
    for candidate in sorted(candidates, key=lambda each: each.rung):
        refusal = refusal_of(candidate, refusals)
        if refusal:
            problems.append(refusal)
        else:
            asked.append(candidate)
    return asked, problems


def _in_turns(candidates: Sequence[Candidate]) -> list[Candidate]:
    """By rung; among the desks of networks, the first of each address before the second of any."""
    turns: dict[int, int] = defaultdict(int)
    order: dict[int, tuple[int, int, int]] = {}
    for index, candidate in enumerate(candidates):
        if Rung.NETWORK <= candidate.rung <= Rung.AUTNUM:
            order[index] = (Rung.NETWORK, turns[candidate.place], candidate.place)
            turns[candidate.place] += 1
        else:
            order[index] = (candidate.rung, 0, 0)
    return [candidates[index] for index in sorted(order, key=lambda index: order[index])]


def _own_last(kept: Sequence[Candidate], own: set[str]) -> tuple[Contact, ...]:
    """Within each role the contacts on the site's own domain after the others, but before a guess.

    Never across roles: such a contact may as well be a large provider's desk, the best there is.
    """
    queues: dict[ContactRole, list[Contact]] = defaultdict(list)
    for each in sorted(kept, key=lambda each: _doubt(each, own)):
        queues[each.contact.role].append(each.contact)
    return tuple(queues[each.contact.role].pop(0) for each in kept)


def _doubt(candidate: Candidate, own: set[str]) -> int:
    if candidate.rung is Rung.GUESS:
        return 2
    return 1 if candidate.contact.address.lower() in own else 0
