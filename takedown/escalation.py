"""Who is asked next: the ladder of a case's contacts, climbed by silence and by dead ends.

The ladder is the finding's contacts in the order in which they are asked. Silence past a deadline leads to the next
contact that may be asked; whoever was asked last is reminded every day until then; a dead contact is passed over at
once. ``escalation`` counts the roles that were climbed: two addresses of the same host are one rung.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hotline.clock import utc_text
from hotline.facts import AskedBefore, Warned
from hotline.words import ContactRole

DEADLINE: Final = timedelta(hours=24)
"""How long a recipient has before the next one is asked."""

REMIND: Final = timedelta(hours=24)
"""How long after its last notice, or its answer, a recipient of mail is reminded."""

REFILL: Final = timedelta(hours=72)
"""How long after a form was filled in a person is asked to fill it in again, and whoever declined to act."""


FORM_IN_VAIN: Final = "a form was filled in and nothing came of it; no other contact can be reached"


def is_same(one: str, other: str) -> bool:
    """Whether two spellings are one contact: registries write the same mailbox in capitals and in small letters."""
    return one.lower() == other.lower()


@dataclass(frozen=True)
class Rung:
    """A contact that can be written to. ``told``: a recipient named it, and a person has accepted it.

    ``by_hand``: a form that a person filled in; it counts as asked, no more. ``barred``: why this contact is not asked
    about this case. ``wait``: how long those below it have, from their first notice on.
    """

    address: str
    role: ContactRole
    alive: bool = True
    told: bool = False
    by_hand: bool = False
    barred: str | None = None
    wait: timedelta = DEADLINE


@dataclass(frozen=True)
class Asked:
    """A notice of this episode that left, or is on its way. ``failed``: it was refused or bounced.

    ``answered_at``: when its recipient said something of the case; ``declined``: that it is not theirs to act on.
    """

    address: str
    role: ContactRole
    at: datetime
    pending: bool = False
    failed: bool = False
    answered_at: datetime | None = None
    declined: bool = False


@dataclass(frozen=True)
class Ask:
    """Ask this contact now. It has been due since ``since``; ``None``: since the case could be asked about at all.

    ``warns``: who is asked next, and when, if the material is still online then.
    """

    address: str
    role: ContactRole
    round: int
    escalation: int
    asked_before: tuple[AskedBefore, ...]
    since: datetime | None = None
    warns: Warned | None = None


@dataclass(frozen=True)
class NotYet:
    """Nobody is asked now, and why. ``barred``: why the next on the ladder may not be asked at all."""

    reason: str
    barred: str | None = None


@dataclass(frozen=True)
class Exhausted:
    """Nobody on the ladder can be reached; a person must look. ``barred``: why somebody who could be is not asked."""

    reason: str
    barred: str | None = None


def next_request(
    ladder: Sequence[Rung],
    asked: Sequence[Asked],
    seen_online_at: datetime | None,
    now: datetime,
    *,
    grace_until: datetime | None = None,
    remind: timedelta = REMIND,
) -> Ask | NotYet | Exhausted:
    """Whom to ask at ``now``, given what was asked in this episode and when it was last seen online; pure.

    ``grace_until``: a host has said when it will have acted; until then nobody is asked anew, nor reminded.
    """
    if any(each.pending for each in asked):
        return NotYet("a notice is on its way")
    alive = [rung for rung in ladder if rung.alive and not _dead(rung, asked)]
    usable = [rung for rung in alive if rung.barred is None]
    if not usable and not any(rung.by_hand for rung in ladder):
        return _nobody(ladder, alive)
    answered = [each for each in asked if not each.failed]
    told = next((rung for rung in usable if rung.told and not _was_asked(rung, answered)), None)
    if told or not answered:
        return _ask(told or usable[0], usable, ladder, asked, now, None)
    if grace_until is not None and now < grace_until:
        return NotYet(f"the host said that it acts by {utc_text(grace_until)}")
    last = max(answered, key=lambda each: each.at)
    further = _above(usable, ladder, answered)
    again = _again(usable, answered) or (usable[-1] if usable and not further else None)
    climbs = _climbs_at(further, answered, last, ladder) if further else None
    repeats = _repeats_at(again, answered, last, remind) if again else None
    # Neither, where only a form is left that was filled in.
    due = min((each for each in (climbs, repeats) if each is not None), default=last.at + REFILL)
    waiting = _wait(last, due, seen_online_at, now, None if further else _barred_above(alive, ladder, answered))
    if waiting:
        return waiting
    upwards = climbs is not None and climbs <= now
    chosen = further if upwards else again
    return _ask(chosen, usable, ladder, asked, now, due) if chosen else Exhausted(FORM_IN_VAIN)


def _nobody(ladder: Sequence[Rung], alive: Sequence[Rung]) -> Exhausted:
    barred = next((rung.barred for rung in alive if rung.barred), None)
    if barred:
        return Exhausted(f"no contact that may be asked can be reached: {barred}", barred)
    return Exhausted("no contact can be reached" if ladder else "no contact is known")


def _dead(rung: Rung, asked: Sequence[Asked]) -> bool:
    return any(each.failed and is_same(each.address, rung.address) for each in asked)


def _was_asked(rung: Rung, answered: Sequence[Asked]) -> bool:
    return any(is_same(each.address, rung.address) for each in answered)


def _highest(ladder: Sequence[Rung], answered: Sequence[Asked]) -> int:
    told = {each.address.lower() for each in answered}
    return max((i for i, rung in enumerate(ladder) if rung.address.lower() in told), default=-1)


def _above(usable: Sequence[Rung], ladder: Sequence[Rung], answered: Sequence[Asked]) -> Rung | None:
    highest = _highest(ladder, answered)
    return next((rung for rung in usable if ladder.index(rung) > highest), None)


def _barred_above(alive: Sequence[Rung], ladder: Sequence[Rung], answered: Sequence[Asked]) -> str | None:
    highest = _highest(ladder, answered)
    return next((rung.barred for rung in alive if rung.barred and ladder.index(rung) > highest), None)


def _climbs_at(further: Rung, answered: Sequence[Asked], last: Asked, ladder: Sequence[Rung]) -> datetime:
    """When the next rung may be asked: its wait after the first notice to the rung that was reached.

    Who declined is not waited for, but by an upstream: whoever holds a notice's link could have a network cut off.
    """
    if last.declined and further.role is not ContactRole.UPSTREAM:
        return last.answered_at or last.at
    first = min(each.at for each in answered if is_same(each.address, last.address))
    others = [rung for rung in ladder if rung.role is not further.role and _was_asked(rung, answered)]
    begun = min((each.at for each in answered if any(is_same(each.address, r.address) for r in others)), default=first)
    return max(first + DEADLINE, begun + further.wait)


def _again(usable: Sequence[Rung], answered: Sequence[Asked]) -> Rung | None:
    """Who is reminded: whoever was asked last, before them who did not say that it is not theirs."""
    latest = sorted(answered, key=lambda one: one.at, reverse=True)
    known = [rung for each in latest for rung in usable if is_same(rung.address, each.address)]
    return next((rung for rung in known if not _declined(rung, answered)), known[0] if known else None)


def _declined(rung: Rung, answered: Sequence[Asked]) -> bool:
    return any(each.declined and is_same(each.address, rung.address) for each in answered)


def _repeats_at(again: Rung, answered: Sequence[Asked], last: Asked, remind: timedelta) -> datetime:
    """When they are reminded: a day after the last notice to anybody, and after their own answer.

    Who said that it is not theirs is asked again too while nobody else may be: offenders answer as well.
    """
    theirs = [each for each in answered if is_same(each.address, again.address)]
    heard = [moment for each in theirs for moment in (each.at, each.answered_at) if moment is not None]
    return max([*heard, last.at]) + (REFILL if _declined(again, answered) else remind)


def _wait(
    last: Asked, due: datetime, seen_online_at: datetime | None, now: datetime, barred: str | None
) -> NotYet | None:
    if now < due:
        return NotYet(f"already asked; the answer is awaited until {utc_text(due)}", barred)
    heard = max(each for each in (last.at, last.answered_at) if each is not None)
    if seen_online_at is None or seen_online_at <= heard:
        return NotYet("not seen online since the last notice or answer; the next look decides", barred)
    return None


def _ask(
    rung: Rung, usable: Sequence[Rung], ladder: Sequence[Rung], asked: Sequence[Asked], now: datetime,
    since: datetime | None,
) -> Ask:  # fmt: skip
    before = tuple(AskedBefore(each.role, each.at) for each in _first_times(asked, rung))
    rounds = 1 + sum(1 for each in asked if is_same(each.address, rung.address) and not each.failed)
    return Ask(
        rung.address, rung.role, rounds, height(rung, ladder), before, since, _warning(rung, usable, ladder, asked, now)
    )


def _first_times(asked: Sequence[Asked], rung: Rung) -> list[Asked]:
    """The first notice to each that was asked, this one's own reminders left out: they stand in its round."""
    seen: set[str] = {rung.address.lower()} if any(is_same(each.address, rung.address) for each in asked) else set()
    first: list[Asked] = []
    for each in sorted(asked, key=lambda one: one.at):
        if not each.failed and each.address.lower() not in seen:
            seen.add(each.address.lower())
            first.append(each)
    return first


def _warning(
    rung: Rung, usable: Sequence[Rung], ladder: Sequence[Rung], asked: Sequence[Asked], now: datetime
) -> Warned | None:
    """Who of another role comes next, and when: said to those below, so that nobody is passed over unwarned."""
    this = Asked(rung.address, rung.role, now)
    answered = [*(each for each in asked if not each.failed), this]
    further = _above(usable, ladder, answered)
    if further is None or further.role is rung.role:
        return None
    return Warned(further.role, max(_climbs_at(further, answered, this, ladder), now))


def height(rung: Rung, ladder: Sequence[Rung]) -> int:
    """How many roles of the ladder stand below this one."""
    roles: list[ContactRole] = []
    for each in ladder:
        if each.role not in roles:
            roles.append(each.role)
    return roles.index(rung.role)
