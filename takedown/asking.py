"""Whom to ask about which case, now: facts gathered from records, decided by ``escalation`` and ``clearance``."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import defer
from sqlmodel import Session, col, or_, select

from hotline import mandate
from hotline.clock import utc_text
from hotline.home import Home
from hotline.records import Assessment, Case, Contact, Episode, Finding, Notice, NoticeCase
from hotline.words import CaseState, Decision, NoticeState, Origin
from takedown import (
    by_rule,
    clearance,
    contact_health,
    embargoes,
    findings,
    own_domain,
    rechecks,
    rule_book,
    workflow,
)
from takedown.clearance import Withheld
from takedown.escalation import DEADLINE, Ask, Asked, Exhausted, NotYet, height, is_same, next_request
from takedown.findings import Located
from takedown.host_answers import DECLINES
from takedown.known_material import is_on_a_list
from takedown.on_site import on_site
from takedown.workflow import Because

_PENDING: Final = frozenset({NoticeState.QUEUED, NoticeState.SENDING, NoticeState.UNKNOWN})
_FAILED: Final = frozenset({NoticeState.FAILED, NoticeState.BOUNCED})


@dataclass(frozen=True)
class Request:
    """A case that may be put to a contact now. ``also``: a rule has the contact told in addition."""

    case: Case
    ask: Ask
    finding: Located
    also: bool = False


def candidates(session: Session) -> list[Case]:
    """The cases about which somebody might have to be asked, oldest first; those of which a notice is on its way wait
    for it (``escalation.next_request``), and there may be very many of them.
    """
    askable = select(Case).where(col(Case.state).in_(list(clearance.ASKABLE)), ~_has_one_on_its_way())
    return list(session.exec(askable.order_by(col(Case.id))))


def _has_one_on_its_way() -> ColumnElement[bool]:
    """As ``asked`` counts them: of this episode, and since the material has been at this host."""
    return exists().where(
        col(NoticeCase.case_id) == Case.id,
        col(NoticeCase.episode) == Case.episode,
        col(NoticeCase.also).is_(False),
        col(Notice.id) == NoticeCase.notice_id,
        col(Notice.state).in_(list(_PENDING)),
        col(Finding.id) == Case.finding_id,
        col(Notice.queued_at) >= Finding.at,
    )


def decide(home: Home, session: Session, case: Case) -> Request | Withheld | NotYet:
    """What to do about a case now: ask somebody, withhold with a reason, or wait.

    A case that the mandate refers, or with nobody left to ask, moves in the caller's transaction, and rules of the
    operator's that are new are audited in it.
    """
    rule_book.note(home, session)
    finding = findings.newest(home, session, case)
    if finding is None:
        return Withheld("not located yet")
    if findings.is_unheard(home, finding):
        return Withheld(findings.UNHEARD)
    ask = next_step(home, session, case, finding)
    if isinstance(ask, NotYet):
        return ask
    again = isinstance(ask, Ask) and _was_asked_lately(home, session, case, ask.address)
    facts = _facts(home, session, case, finding)
    facts = replace(facts, contact_works=isinstance(ask, Ask), already_asked=again)
    answer = clearance.clear(facts, home.now())
    if isinstance(answer, Withheld) and answer.refer:
        refer(home, session, case, answer.reason)
        return answer
    if isinstance(answer, Withheld) and answer.by_rule:
        by_rule.look_all_the_same(home, session, case, finding)
        return answer
    if isinstance(ask, Exhausted):
        # Where nobody could be written to at all, the person who must look is told of the form there may be.
        reason = ask.reason if findings.has_mail(finding.snapshot) else findings.nobody(finding.snapshot)
        return _give_up(home, session, case, reason, answer)
    if isinstance(answer, Withheld):
        return answer
    if own_domain.must_be_seen(home, session, case, finding, ask.address):
        return _give_up(home, session, case, own_domain.UNSEEN, answer)
    return Request(case, ask, finding)


def next_step(home: Home, session: Session, case: Case, finding: Located) -> Ask | NotYet | Exhausted:
    """Whom the ladder has asked next, before anybody says whether they may be; changes nothing."""
    return next_request(
        findings.ladder(home, session, finding),
        asked(session, home, case, finding),
        case.last_online_at,
        home.now(),
        grace_until=_grace(session, case),
    )


def _grace(session: Session, case: Case) -> datetime | None:
    """Until when a host has said that it acts, in this stay of the material."""
    return session.exec(
        select(Episode.grace_until).where(Episode.case_id == case.number, Episode.ordinal == case.episode)
    ).first()


def _give_up(home: Home, session: Session, case: Case, reason: str, answer: clearance.Cleared | Withheld) -> Withheld:
    if isinstance(answer, Withheld) and answer.reason != clearance.NOBODY_LEFT:
        return answer
    workflow.move(home, session, case, Because.NOBODY_TO_ASK, reason=reason)
    return Withheld(reason)


def refer(home: Home, session: Session, case: Case, reason: str) -> None:
    """The case goes to another authority; it is looked at all the same, for only a look makes a removal."""
    if workflow.move(home, session, case, Because.REFERRED, reason=reason):
        case.looks = 0
        case.due_at = home.now() + rechecks.FIRST


def _facts(home: Home, session: Session, case: Case, finding: Located) -> clearance.Facts:
    country, rule = by_rule.strictest(mandate.current(session, home.vault, home.kind), finding)
    return clearance.Facts(
        state=case.state,
        classification=case.classification,
        confirmed=is_confirmed(session, case),
        rule=rule,
        country=country,
        confirmed_at=case.confirmed_at,
        embargo_until=embargoes.embargo_until(session, home, case),
        gone_at_last_look=case.first_gone_at is not None,
        hosting_changed=False,
        contact_works=True,
        already_asked=False,
        forbidden=finding.say.silent.words if finding.say.silent else None,
        on_a_list=rule is None or not rule.new_material or is_on_a_list(session, home.vault, case),
        authority_at=case.authority_at,
    )


def may_be_filled_in(
    home: Home, session: Session, case: Case, finding: Located, address: str
) -> clearance.Cleared | Withheld:
    """Clearance for a form, as for a notice. That the case is with a person for want of a contact is no hindrance."""
    facts = _facts(home, session, case, finding)
    state = CaseState.READY if case.state is CaseState.REVIEW else case.state
    again = _was_asked_lately(home, session, case, address)
    return clearance.clear(replace(facts, state=state, already_asked=again), home.now())


def _was_asked_lately(home: Home, session: Session, case: Case, address: str) -> bool:
    """Whether this contact was asked about the case within its deadline, at whatever host: it may move to and fro."""
    return any(
        is_same(each.address, address) and not each.failed and (each.pending or home.now() < each.at + DEADLINE)
        for each in _notices_of(session, home, case)
    )


def is_confirmed(session: Session, case: Case) -> bool:
    """Whether enough people stand behind the case; an exact match of the crawl stands on the list's confirmations."""
    staff = session.exec(
        select(Assessment.staff_id).where(
            Assessment.case_id == case.id,
            col(Assessment.decision).in_([Decision.CONFIRM, Decision.CONTINUE]),
        )
    ).all()
    if case.origin is Origin.CRAWL:
        return case.match_kind != "pdq" or bool(staff)
    return len(set(staff)) >= case.classification.confirmations


def asked(session: Session, home: Home, case: Case, finding: Located) -> list[Asked]:
    """The notices of this episode at this host, oldest first."""
    return _notices_of(session, home, case, finding.row.at)


def _notices_of(session: Session, home: Home, case: Case, since: datetime | None = None) -> list[Asked]:
    rows = session.exec(
        select(Notice, NoticeCase)
        .join(NoticeCase, col(NoticeCase.notice_id) == Notice.id)
        .join(Contact, col(Notice.contact_id) == Contact.id)
        .options(defer(Notice.bytes_ct))  # type: ignore[arg-type]  # SQLModel types columns as their values
        .where(
            NoticeCase.case_id == case.number,
            NoticeCase.episode == case.episode,
            col(NoticeCase.also).is_(False),  # who is told in addition is not asked
            Notice.state != NoticeState.WITHHELD,
            Notice.queued_at >= (since or case.opened_at),
            or_(
                col(Notice.state).not_in(_FAILED),
                col(Contact.revived_at).is_(None),
                col(Notice.queued_at) >= col(Contact.revived_at),  # what failed before a person's word counts no longer
            ),
        )
        .order_by(col(Notice.id))
    )
    return [
        Asked(
            home.vault.text(row, "to"),
            row.role,
            row.sent_at or row.queued_at,
            pending=row.state in _PENDING,
            failed=row.state in _FAILED,
            answered_at=link.answered_at,
            declined=link.answer in DECLINES,
        )
        for row, link in rows
    ]


def was_sent(home: Home, session: Session, notice: Notice) -> None:
    """A notice has reached our mail server: its cases move, and their first look is planned."""
    for case, link in _cases_of(session, notice):
        if link.episode != case.episode or link.also:
            continue
        moment = notice.sent_at or home.now()
        case.first_notice_at = case.first_notice_at or moment
        _note_in_episode(session, case, moment)
        climbed = _climbed(home, session, case, notice)
        case.rung = max(case.rung, climbed)
        because = Because.SILENCE if climbed else Because.NOTICE_SENT
        untold = case.state in (CaseState.READY, CaseState.REAPPEARED, CaseState.CONFIRMED)
        moved = workflow.move(home, session, case, because, reason=_sent_reason(home, session, case, notice))
        # A case that went to a person meanwhile has been told of all the same, and is looked at from now on.
        if (moved and untold) or (case.state is CaseState.REVIEW and case.due_at is None):
            case.looks = 0
            case.due_at = moment + rechecks.FIRST
        session.add(case)


def _sent_reason(home: Home, session: Session, case: Case, notice: Notice) -> str:
    finding = findings.newest(home, session, case)
    said = f"notice {notice.number} sent"
    own = finding is not None and on_site(home, finding.snapshot, home.vault.text(notice, "to"))
    return f"{said}; {own_domain.ASKED}" if own else said


def _climbed(home: Home, session: Session, case: Case, notice: Notice) -> int:
    """How far up its own ladder a case has come with this notice, which may name others that have come further."""
    finding = findings.newest(home, session, case)
    if not notice.escalation or finding is None:
        return notice.escalation
    ladder = findings.ladder(home, session, finding)
    rung = next((each for each in ladder if is_same(each.address, home.vault.text(notice, "to"))), None)
    return notice.escalation if rung is None else height(rung, ladder)


def _note_in_episode(session: Session, case: Case, sent_at: datetime) -> None:
    row = session.exec(select(Episode).where(Episode.case_id == case.number, Episode.ordinal == case.episode)).first()
    if row is not None and row.first_notice_at is None:
        row.first_notice_at = sent_at
        session.add(row)


def was_undeliverable(home: Home, session: Session, notice: Notice, reason: str, doubt: str | None = None) -> None:
    """A notice was refused or bounced: its contact is dead; a case whose last contact that was goes to ``review``.

    ``doubt``: why it proves less, in words; then the contact is suspect, and only this notice has failed.
    """
    contact_health.was_undeliverable(home, session, notice, reason, doubt)
    session.flush()
    for case, link in _cases_of(session, notice):
        finding = findings.newest(home, session, case)
        if finding is None or link.also:
            continue
        ask = next_request(
            findings.ladder(home, session, finding), asked(session, home, case, finding), None, home.now()
        )
        if isinstance(ask, Exhausted):
            reason = f"the last contact is dead; {ask.barred}" if ask.barred else "the last contact is dead"
            workflow.move(home, session, case, Because.NOBODY_TO_ASK, reason=reason)


def cases_of(session: Session, notice: Notice) -> list[Case]:
    """The cases that a notice names."""
    return [case for case, _ in _cases_of(session, notice)]


def why_withhold(home: Home, session: Session, notice: Notice, moved: Collection[int] = frozenset()) -> str | None:
    """Why a queued notice must not leave any more: since it was queued, one of its cases lost its clearance.

    ``moved``: cases of which a look-up just now has found another host.
    """
    for case, link in _cases_of(session, notice):
        finding = findings.newest(home, session, case)
        if link.episode != case.episode or finding is None:
            return f"case {case.number} has changed since"
        elsewhere = case.number in moved or finding.row.at > notice.queued_at
        facts = replace(_facts(home, session, case, finding), hosting_changed=elsewhere)
        facts = replace(facts, forbidden=facts.forbidden or by_rule.forbids(home, notice, link, finding))
        answer = clearance.clear(facts, home.now())
        if isinstance(answer, Withheld):
            return f"case {case.number}: {answer.reason}"
        reason = None if link.also else _no_longer_next(home, session, case, finding, notice)
        if reason:
            return f"case {case.number}: {reason}"
    return None


def _no_longer_next(home: Home, session: Session, case: Case, finding: Located, notice: Notice) -> str | None:
    """Why the ladder would not have this recipient asked any more: a mark was taken back, a host was given time."""
    to = home.vault.text(notice, "to")
    rung = next((each for each in findings.ladder(home, session, finding) if is_same(each.address, to)), None)
    if rung and rung.barred:
        return rung.barred
    grace = _grace(session, case)
    if grace and home.now() < grace and (notice.round > 1 or notice.escalation):
        return f"the host said that it acts by {utc_text(grace)}"
    return None


def _cases_of(session: Session, notice: Notice) -> list[tuple[Case, NoticeCase]]:
    rows = session.exec(
        select(Case, NoticeCase)
        .join(NoticeCase, col(NoticeCase.case_id) == Case.id)
        .where(NoticeCase.notice_id == notice.number)
    ).all()
    return [(case, link) for case, link in rows]
