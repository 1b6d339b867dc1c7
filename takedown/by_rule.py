"""What the operator's rules change in the asking: who is not told, who is told in addition, and where a rule ends."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from sqlmodel import Session, col, select

from hotline.home import Home
from hotline.mandate import CountryRule, Mandate, Way
from hotline.records import Case, Notice, NoticeCase
from hotline.words import NoticeState
from takedown import rechecks, rule_book
from takedown.contact_health import contact_of, is_dead
from takedown.escalation import Ask, is_same
from takedown.findings import Located

_WAYS: Final = (None, Way.NONE, Way.REFERRAL, Way.DIRECT)


def strictest(allowed: Mandate, finding: Located) -> tuple[str | None, CountryRule | None]:
    """The hosting country and what the mandate allows there.

    Where a rule names another country than the registries do, the stricter of both holds: a rule may tighten what the
    mandate allows and never widen it. Where the registries name none, the rule's word is all that is known.
    """
    countries = dict.fromkeys((finding.country, finding.country_found or finding.country))
    return min(((each, allowed.rule(each)) for each in countries), key=lambda each: _strictness(each[1]))


def _strictness(rule: CountryRule | None) -> tuple[int, timedelta]:
    if rule is None:
        return _WAYS.index(None), timedelta(0)
    return _WAYS.index(rule.notify), -max(rule.police_first, rule.new_material)


def look_all_the_same(home: Home, session: Session, case: Case, finding: Located) -> None:
    """A case about which a rule lets nobody be told is looked at all the same, for it may go without a word of ours."""
    if case.due_at is not None:
        return
    case.due_at = home.now() + rechecks.gap(case.looks)
    session.add(case)
    home.record(
        session, "system", "case:notice:forbidden", f"case {case.number}", **rule_book.audited(finding.say)
    )  # fmt: skip


def in_addition(home: Home, session: Session, case: Case, ask: Ask, finding: Located) -> list[Ask]:
    """Whom rules have told when this contact is asked about the case: each once an episode, and nobody who is dead."""
    if not finding.say.also:
        return []
    told = [*_told(home, session, case), ask.address]
    wanted = (each for each in finding.say.also if not any(is_same(each, known) for known in told))
    alive = (each for each in wanted if not is_dead(contact_of(home, session, each), home.now()))
    return [replace(ask, address=each, round=1, escalation=0) for each in alive]


def _told(home: Home, session: Session, case: Case) -> list[str]:
    rows = session.exec(
        select(Notice)
        .join(NoticeCase, col(NoticeCase.notice_id) == Notice.id)
        .where(
            NoticeCase.case_id == case.number,
            NoticeCase.episode == case.episode,
            Notice.state != NoticeState.WITHHELD,
        )
    )
    return [home.vault.text(row, "to") for row in rows]


def forbids(home: Home, notice: Notice, link: NoticeCase, finding: Located) -> str | None:
    """Why the rules in force let this recipient be told no more about a case, though the notice is queued."""
    address = home.vault.text(notice, "to")
    rule = finding.say.forbids(address)
    if rule is not None:
        return rule.words
    wanted = not link.also or any(is_same(each, address) for each in finding.say.also)
    return None if wanted else "no rule has this recipient told any more"
