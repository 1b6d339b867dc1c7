"""Who is asked next: the ladder of a case's contacts, climbed by silence and by dead ends.

The ladder is the finding's contacts in the order in which they are asked. Silence past a deadline leads to the next
contact; a dead contact is passed over at once. ``escalation`` counts the roles that were climbed: two addresses of
the same host are one rung.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hotline.clock import utc_text
from hotline.facts import AskedBefore
from hotline.words import ContactRole

DEADLINE: Final = timedelta(hours=24)
"""How long a recipient has before the next one is asked."""

REMINDER: Final = timedelta(hours=72)
"""How long after the last rung has been asked it is reminded."""


FORM_IN_VAIN: Final = "a form was filled in and nothing came of it; no other contact can be reached"


def is_same(one: str, other: str) -> bool:
    """Whether two spellings are one contact: registries write the same mailbox in capitals and in small letters."""
    return one.lower() == other.lower()


@dataclass(frozen=True)
class Rung:
    """A contact that can be written to. ``told``: a recipient named it, and a person has accepted it.

    ``by_hand``: a form that a person filled in; it counts as asked, no more.
    """

    address: str
    role: ContactRole
    alive: bool = True
    told: bool = False
    by_hand: bool = False


@dataclass(frozen=True)
class Asked:
    """A notice of this episode that left, or is on its way. ``failed``: it was refused or bounced."""

    address: str
    role: ContactRole
    at: datetime
    pending: bool = False
    failed: bool = False


@dataclass(frozen=True)
class Ask:
    """Ask this contact now."""

    address: str
    role: ContactRole
    round: int
    escalation: int
    asked_before: tuple[AskedBefore, ...]


@dataclass(frozen=True)
class NotYet:
    """Nobody is asked now, and why."""

    reason: str


@dataclass(frozen=True)
class Exhausted:
    """Nobody on the ladder can be reached; a person must look."""

    reason: str


def next_request(
    ladder: Sequence[Rung], asked: Sequence[Asked], seen_online_at: datetime | None, now: datetime
) -> Ask | NotYet | Exhausted:
    """Whom to ask at ``now``, given what was asked in this episode and when it was last seen online; pure."""
    if any(each.pending for each in asked):
        return NotYet("a notice is on its way")
    usable = [rung for rung in ladder if rung.alive and not _dead(rung, asked)]
    if not usable and not any(rung.by_hand for rung in ladder):
        return Exhausted("no contact can be reached" if ladder else "no contact is known")
    answered = [each for each in asked if not each.failed]
    told = next((rung for rung in usable if rung.told and not _was_asked(rung, answered)), None)
    if told or not answered:
        return _ask(told or usable[0], ladder, asked)
    last = max(answered, key=lambda each: each.at)
    further = _above(usable, ladder, answered)
    waiting = _wait(last, further, seen_online_at, now)
    if waiting or not usable:
        return waiting or Exhausted(FORM_IN_VAIN)
    return _ask(further or _again(usable, last), ladder, asked)


def _dead(rung: Rung, asked: Sequence[Asked]) -> bool:
    return any(each.failed and is_same(each.address, rung.address) for each in asked)


def _was_asked(rung: Rung, answered: Sequence[Asked]) -> bool:
    return any(is_same(each.address, rung.address) for each in answered)


def _above(usable: Sequence[Rung], ladder: Sequence[Rung], answered: Sequence[Asked]) -> Rung | None:
    told = {each.address.lower() for each in answered}
    highest = max((i for i, rung in enumerate(ladder) if rung.address.lower() in told), default=-1)
    return next((rung for rung in usable if ladder.index(rung) > highest), None)


def _again(usable: Sequence[Rung], last: Asked) -> Rung:
    return next((rung for rung in usable if is_same(rung.address, last.address)), usable[-1])


def _wait(last: Asked, further: Rung | None, seen_online_at: datetime | None, now: datetime) -> NotYet | None:
    deadline = last.at + (DEADLINE if further else REMINDER)
    if now < deadline:
        return NotYet(f"already asked; the answer is awaited until {utc_text(deadline)}")
    if seen_online_at is None or seen_online_at <= last.at:
        return NotYet("not seen online since the last notice; the next look decides")
    return None


def _ask(rung: Rung, ladder: Sequence[Rung], asked: Sequence[Asked]) -> Ask:
    before = tuple(AskedBefore(each.role, each.at) for each in asked if not each.failed)
    rounds = 1 + sum(1 for each in asked if is_same(each.address, rung.address) and not each.failed)
    return Ask(rung.address, rung.role, rounds, height(rung, ladder), before)


def height(rung: Rung, ladder: Sequence[Rung]) -> int:
    """How many roles of the ladder stand below this one."""
    roles: list[ContactRole] = []
    for each in ladder:
        if each.role not in roles:
            roles.append(each.role)
    return roles.index(rung.role)
