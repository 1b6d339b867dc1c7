"""When a case's next contact is a form, and which. Pure.

A form is for people, so mail goes first: a form is next where nobody of the host's own (host, CDN, platform) can be
written to, and a form further up the ladder only where nobody at all can. Then silence and rounds count as in the
ladder of mail.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from hotline.facts import AskedBefore
from hotline.words import ContactKind, ContactRole
from takedown.escalation import REFILL, Ask, Asked, Rung, is_same, next_request

OWN_ROLES: Final = frozenset({ContactRole.HOST, ContactRole.CDN, ContactRole.PLATFORM})
"""Who hosts or delivers the material itself."""


@dataclass(frozen=True)
class Reach:
    """A contact of a finding. ``usable``: what goes there arrives, and it may be asked without a person's word."""

    address: str
    role: ContactRole
    kind: ContactKind
    usable: bool


@dataclass(frozen=True)
class ByHand:
    """A person may fill in this form now, and why a form."""

    ask: Ask
    why: str


def next_form(
    reaches: Sequence[Reach], asked: Sequence[Asked], seen_online_at: datetime | None, now: datetime
) -> ByHand | None:
    """The form that is next at ``now``, given the finding's contacts in their order and what was asked so far."""
    mails = [each for each in reaches if each.kind is ContactKind.EMAIL]
    writable = [each for each in mails if each.usable]
    if any(each.role in OWN_ROLES for each in writable):
        return None
    forms = [each for each in reaches if _is_open(each) and (each.role in OWN_ROLES or not writable)]
    told = [each for each in asked if _is_among(each, forms)]
    answer = next_request([Rung(each.address, each.role) for each in forms], told, seen_online_at, now, remind=REFILL)
    if not isinstance(answer, Ask):
        return None
    before = tuple(AskedBefore(each.role, each.at) for each in asked if not each.failed and not each.pending)
    ask = replace(answer, escalation=_height(answer, reaches, asked), asked_before=before)
    return ByHand(ask, _why(mails, writable, ask.round))


def _is_open(reach: Reach) -> bool:
    return reach.kind is ContactKind.FORM and reach.usable


def _is_among(asked: Asked, forms: Sequence[Reach]) -> bool:
    return any(is_same(asked.address, each.address) for each in forms)


def _height(ask: Ask, reaches: Sequence[Reach], asked: Sequence[Asked]) -> int:
    """How many roles stand below this one, as the ladder counts once the form is filled in."""
    told = {each.address.lower() for each in asked} | {ask.address.lower()}
    roles = (each.role for each in reaches if each.kind is ContactKind.EMAIL or each.address.lower() in told)
    return list(dict.fromkeys(roles)).index(ask.role)


def _why(mails: Sequence[Reach], writable: Sequence[Reach], round_: int) -> str:
    if not mails:
        said = "only forms are known"
    elif any(each.role in OWN_ROLES for each in mails):
        said = "no mail address of those who host it can be written to"
    elif writable:
        said = "no mail address of those who host it is known"
    else:
        said = "nobody can be written to"
    return said if round_ == 1 else f"{said}; it was filled in before, and the material is still online"
