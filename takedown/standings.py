"""In which order the contacts of one role are asked, by how well each stands. Pure.

The finding's order is the registries'. Two things outweigh it, within a role and never across: an address on the
site's own domain comes after the others, for it may be the offender's; and one whose mail seems to go nowhere comes
last where somebody else of the role has answered before.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hotline.words import ContactHealth, ContactRole


@dataclass(frozen=True)
class Standing:
    """A contact that can be written to, and what is known of it. ``own``: it lies on the site's own domain."""

    address: str
    role: ContactRole
    alive: bool
    health: ContactHealth
    own: bool


def in_order(standings: Sequence[Standing]) -> list[Standing]:
    """The contacts as they are asked: each role where its first contact stands in the finding."""
    roles = list(dict.fromkeys(each.role for each in standings))
    answered = {each.role for each in standings if each.health is ContactHealth.VERIFIED}
    return sorted(standings, key=lambda each: (roles.index(each.role), each.own, _is_doubtful(each, answered)))


def _is_doubtful(each: Standing, answered: set[ContactRole]) -> bool:
    # That a name server knows no mail exchanger is weak evidence against anybody, and none for the next in the row.
    return each.health is ContactHealth.SUSPECT and each.role in answered
