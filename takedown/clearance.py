"""May this notice leave now? One pure decision, the last before anything is said to anybody.

"No" is a value with a reason, and the reason is what people read in ``withheld``.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hotline.clock import utc_text
from hotline.mandate import CountryRule, Way
from hotline.words import CaseState, Classification

ASKABLE: Final = frozenset({CaseState.READY, CaseState.REAPPEARED, CaseState.NOTIFIED, CaseState.ESCALATED})
"""The states in which a notice about a case may leave."""

NOBODY_LEFT: Final = "nobody is left to ask"


@dataclass(frozen=True)
class Facts:
    """What clearance looks at. ``confirmations``: different analysts, or a list whose entries were so confirmed.

    ``forbidden``: the words of an operator's rule by which nobody, or not this recipient, is told. ``on_a_list``: it
    is known material; ``authority_at``: when the authority gave its word that notices may leave.
    """

    state: CaseState
    classification: Classification
    confirmed: bool
    rule: CountryRule | None
    country: str | None
    confirmed_at: datetime | None
    embargo_until: datetime | None
    gone_at_last_look: bool
    hosting_changed: bool
    contact_works: bool
    already_asked: bool
    forbidden: str | None = None
    on_a_list: bool = True
    authority_at: datetime | None = None


@dataclass(frozen=True)
class Cleared:
    """The notice may leave."""


@dataclass(frozen=True)
class Withheld:
    """The notice stays, and why. ``refer``: the mandate sends the case to the country's own hotline instead.

    ``by_rule``: an operator's rule forbids it.
    """

    reason: str
    refer: bool = False
    by_rule: bool = False


def clear(facts: Facts, now: datetime) -> Cleared | Withheld:
    """Whether a notice about the case may leave at ``now``."""
    return _case(facts, now) or _mandate(facts, now) or _rule(facts) or _recipient(facts) or Cleared()


def _case(facts: Facts, now: datetime) -> Withheld | None:
    if facts.embargo_until is not None and now < facts.embargo_until:
        return Withheld(f"embargo until {utc_text(facts.embargo_until)}")
    if facts.state not in ASKABLE:
        return Withheld(f"the case is {facts.state.value}")
    if not facts.confirmed:
        return Withheld(
            f"{facts.classification.value} material needs {facts.classification.confirmations} confirmations"
        )
    if facts.gone_at_last_look:
        return Withheld("gone at the last look; the next look decides")
    return None


def _mandate(facts: Facts, now: datetime) -> Withheld | None:
    where = facts.country or "an unknown country"
    if facts.rule is None:
        return Withheld(f"the mandate allows no notices to {where}; import one that does")
    if facts.rule.notify is Way.NONE:
        return Withheld(f"the mandate forbids notices to {where}")
    if facts.rule.notify is Way.REFERRAL:
        return Withheld(f"the mandate refers cases in {where} to its own hotline", refer=True)
    return _authority(facts, facts.rule, now)


def _authority(facts: Facts, rule: CountryRule, now: datetime) -> Withheld | None:
    """Whether the authority still has its hours: its own word ends them."""
    if facts.confirmed_at is None or facts.authority_at is not None:
        return None
    police, new = facts.confirmed_at + rule.police_first, facts.confirmed_at + rule.new_material
    if now < police:
        return Withheld(f"the police come first until {utc_text(police)}")
    if not facts.on_a_list and now < new:
        word = "`hotline authority` writes it down"
        return Withheld(f"new material waits for the authority's word until {utc_text(new)}; {word}")
    return None


def _rule(facts: Facts) -> Withheld | None:
    # After embargo and mandate, which no rule outweighs: a case that is referred is referred.
    return Withheld(facts.forbidden, by_rule=True) if facts.forbidden else None


def _recipient(facts: Facts) -> Withheld | None:
    if facts.hosting_changed:
        return Withheld("the hosting changed since it was located; it is located anew")
    if not facts.contact_works:
        return Withheld(NOBODY_LEFT)
    if facts.already_asked:
        return Withheld("already asked; the answer is awaited")
    return None
