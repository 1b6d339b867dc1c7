"""Who is asked, in which order: candidates from every source become one ladder without repeats. Pure.

A notice to the wrong desk costs days, and one to the site's owner warns him. So the order is fixed here,
the owner's addresses are refused whatever they are called, and an address on the site's own domain is
pointed out.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any

from hotline.clock import utc_text
from hotline.words import ContactKind, ContactRole, ContactSource


class Rung(IntEnum):
    """Where a candidate stands; the lower the number, the earlier it is asked."""

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
    HOTLINE = 12


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
    """A contact before the order is known."""

    rung: Rung
    contact: Contact


@dataclass(frozen=True)
class Refusals:
    """Whom never to mail: a registry's own desks, and the holder of the site's domain by address."""

    is_registry: Callable[[str], bool] = lambda address: False
    holders: frozenset[str] = frozenset()
    site_domain: str | None = None


@dataclass(frozen=True)
class Ladder:
    """Contacts in the order in which they are asked, and what a person should know, in words."""

    contacts: tuple[Contact, ...] = ()
    problems: tuple[str, ...] = field(default=())


def ladder(candidates: Iterable[Candidate], refusals: Refusals, domain_of: Callable[[str], str | None]) -> Ladder:
    """Orders candidates by rung, keeping within a rung the order in which they came; the first of equals
    stays.

    Args:
        domain_of: the registrable domain of a mail address, for the warning about the site's own.
    """
    kept: dict[str, Contact] = {}
    problems: list[str] = []
    for candidate in sorted(candidates, key=lambda each: each.rung):
        contact = candidate.contact
        refusal = _refusal(candidate, refusals)
        if refusal:
            problems.append(refusal)
            continue
        kept.setdefault(contact.address.lower(), contact)
    own = [each for each in kept.values() if _on_site(each, refusals, domain_of)]
    if own:
        problems.append(
            f"{len(own)} contact(s) lie on the site's own domain; a person should look before they are used"
        )
    if not kept:
        problems.append("nobody is known who could be asked")
    return Ladder(tuple(kept.values()), tuple(dict.fromkeys(problems)))


def _refusal(candidate: Candidate, refusals: Refusals) -> str | None:
    contact = candidate.contact
    if contact.kind is not ContactKind.EMAIL or candidate.rung is Rung.OVERRIDE:
        return None
    if refusals.is_registry(contact.address):
        return "an address registry's own desk was left out: it only allocates the space"
    if contact.address.lower() in refusals.holders:
        return "a contact was left out because it is the domain holder's own address"
    return None


def _on_site(contact: Contact, refusals: Refusals, domain_of: Callable[[str], str | None]) -> bool:
    if contact.kind is not ContactKind.EMAIL or refusals.site_domain is None:
        return False
    return domain_of(contact.address) == refusals.site_domain
