"""Forms that wait for a person, and what becomes of the cases when somebody has filled one in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlmodel import Session, col, select

from hotline.errors import HotlineError
from hotline.facts import NoticeOrder
from hotline.home import Home
from hotline.records import Case, Contact, Finding, Move, Notice, NoticeCase, Observation
from hotline.staff import Actor
from hotline.words import CaseState, ContactKind, ContactRole, Outcome
from takedown import asking, clearance, contact_health, findings, ordering, own_domain, rechecks, told, workflow
from takedown.asking import Request
from takedown.clearance import Withheld
from takedown.escalation import FORM_IN_VAIN, Asked, is_same
from takedown.findings import Located
from takedown.next_form import Reach, next_form
from takedown.workflow import Because

_FOR_WANT_OF_A_CONTACT: Final = (
    "only a form is known",
    "no contact",
    "the last contact is dead",
    FORM_IN_VAIN,
    own_domain.UNSEEN,
)
"""How the reasons begin for which a case is in ``review`` only because nobody could be written to."""

_PLACES: Final = (*clearance.ASKABLE, CaseState.REVIEW)
_OVER: Final = (CaseState.REMOVED, CaseState.CLOSED, CaseState.REJECTED)


@dataclass(frozen=True)
class Waiting:
    """A case whose next contact is a form. ``withheld``: why clearance does not offer it, ``None`` where it does."""

    request: Request
    form: int
    why: str
    withheld: str | None

    @property
    def number(self) -> int:
        """The case's."""
        return self.request.case.number

    @property
    def role(self) -> ContactRole:
        """In which role the form's owner is asked."""
        return self.request.ask.role


def waiting(home: Home, session: Session) -> Iterator[Waiting]:
    """All cases whose next contact is a form, oldest first, those that clearance withholds too."""
    if session.exec(select(Contact.id).where(Contact.kind == ContactKind.FORM).limit(1)).first() is None:
        return
    located = select(Case, Finding).join(Finding, col(Finding.id) == Case.finding_id)
    for case, _ in session.exec(located.where(col(Case.state).in_(_PLACES)).order_by(col(Case.id))):
        found = waits(home, session, case)
        if found is not None:
            yield found


def waits(home: Home, session: Session, case: Case) -> Waiting | None:
    """For which form the case waits now; ``None``: for none."""
    finding = findings.newest(home, session, case)
    if case.state not in _PLACES or finding is None or not _has_form(finding):
        return None
    asked = asking.asked(session, home, case, finding)
    found = next_form(_reaches(home, session, case, finding, asked), asked, case.last_online_at, home.now())
    if found is None:
        return None
    form = findings.contact_of(home, session, found.ask.address).number
    withheld = _why_withhold(home, session, case, finding, found.ask.address)
    return Waiting(Request(case, found.ask, finding), form, found.why, withheld)


def _has_form(finding: Located) -> bool:
    return any(contact["kind"] == ContactKind.FORM for contact in finding.snapshot["contacts"])


def _reaches(home: Home, session: Session, case: Case, finding: Located, asked: Sequence[Asked]) -> list[Reach]:
    failed = [each.address for each in asked if each.failed]

    def usable(address: str) -> bool:
        dead = contact_health.is_dead(findings.contact_of(home, session, address), home.now())
        unseen = own_domain.must_be_seen(home, session, case, finding, address)
        return not dead and not unseen and not any(is_same(address, each) for each in failed)

    accepted = told.accepted_contacts(home, session, case.number, finding.row.at)
    return [Reach(each, ContactRole.HOST, ContactKind.EMAIL, usable(each)) for each in accepted] + [
        Reach(each["address"], ContactRole(each["role"]), ContactKind(each["kind"]), usable(each["address"]))
        for each in finding.snapshot["contacts"]
    ]


def _why_withhold(home: Home, session: Session, case: Case, finding: Located, address: str) -> str | None:
    if case.state is CaseState.REVIEW:
        came = _came_to_review(session, case)
        if not came.reason.startswith(_FOR_WANT_OF_A_CONTACT):
            return f"the case is in review: {came.reason}"
        if _has_changed_since(session, case, came):
            return "other content at the last look; an analyst must see it"
    answer = asking.may_be_filled_in(home, session, case, finding, address)
    return answer.reason if isinstance(answer, Withheld) else None


def _came_to_review(session: Session, case: Case) -> Move:
    return session.exec(select(Move).where(Move.case_id == case.number).order_by(col(Move.id).desc()).limit(1)).one()


def _has_changed_since(session: Session, case: Case, came: Move) -> bool:
    """A look finds other content in ``review`` too, and moves nothing there."""
    clear = select(Observation).where(Observation.case_id == case.number, Observation.outcome != Outcome.UNCLEAR)
    last = session.exec(clear.order_by(col(Observation.id).desc()).limit(1)).first()
    return last is not None and last.outcome is Outcome.CHANGED and last.at >= came.at


def by_form(found: Sequence[Waiting]) -> list[list[Waiting]]:
    """One group a form and role, in the order of their oldest cases: who is asked in two roles is told so apart."""
    groups: dict[tuple[int, ContactRole], list[Waiting]] = {}
    for each in found:
        groups.setdefault((each.form, each.role), []).append(each)
    return list(groups.values())


def cleared(found: Sequence[Waiting]) -> list[Waiting]:
    """Those that clearance offers."""
    return [each for each in found if each.withheld is None]


def find_form(home: Home, session: Session, subject: str) -> Contact | None:
    """The form that a person names by its address, or by its number after an f (``f3``).

    Raises:
        HotlineError: there is no such form.
    """
    if subject.isascii() and subject.isdigit():
        return None
    number = subject[1:] if subject[:1] in "fF" and subject.isascii() and subject[1:].isdigit() else ""
    index = home.vault.index("contact", subject.lower())
    where = col(Contact.id) == int(number[:9]) if number else col(Contact.address_bi) == index
    row = session.exec(select(Contact).where(where, Contact.kind == ContactKind.FORM)).first()
    if row is None:
        raise HotlineError("there is no such form; `hotline forms --all` shows them with their numbers")
    return row


def wanted(home: Home, session: Session, subject: str) -> list[Waiting]:
    """What waits, and is cleared, for a form, or in a case: a number is a case's.

    Raises:
        HotlineError: no such case or form, or nothing waits there, and why.
    """
    form = find_form(home, session, subject)
    if form is None:
        return [_of_case(home, session, subject)]
    offered = by_form(cleared([each for each in waiting(home, session) if each.form == form.number]))
    if not offered:
        raise HotlineError("no cleared case waits for this form; `hotline forms --all` says why")
    if len(offered) > 1:
        raise HotlineError("this form is asked in several roles; name a case: `hotline forms` shows them")
    return offered[0]


def _of_case(home: Home, session: Session, subject: str) -> Waiting:
    case = session.get(Case, int(subject)) if len(subject) < len(str(2**63)) else None
    if case is None:
        raise HotlineError(f"there is no case {subject}; `hotline cases` lists them")
    found = waits(home, session, case)
    if found is None:
        raise HotlineError(f"case {subject} waits for no form; `hotline case {subject}` shows how it stands")
    if found.withheld is not None:
        raise HotlineError(f"the form is not offered for case {subject}: {found.withheld}")
    return found


def order(home: Home, session: Session, found: Sequence[Waiting], pages: dict[int, tuple[str, ...]]) -> NoticeOrder:
    """What is put into one form: all these cases, which wait for the same one in the same role."""
    (only,) = ordering.orders(home, session, [each.request for each in found], pages)
    return only


def demand_open(session: Session, notice: Notice) -> None:
    """Refuses a text one of whose cases is over by now: its clock would start after its end.

    Raises:
        HotlineError: names the case.
    """
    for case in asking.cases_of(session, notice):
        if case.state in _OVER:
            raise HotlineError(
                f"case {case.number} is {case.state.value} by now; `hotline forms show` gives the text without it"
            )


def was_filled_in(home: Home, session: Session, notice: Notice, actor: Actor) -> None:
    """A person has filled in a form: its cases have been asked about, and are looked at soon."""
    waited = [case for case in _of_this_episode(session, notice) if _waits_for_want(session, case)]
    asking.was_sent(home, session, notice)
    for case in waited:
        because = Because.CONTINUED_ESCALATED if case.rung else Because.CONTINUED_NOTIFIED
        reason = f"a person filled in the form of the {notice.role.value}: notice {notice.number}"
        workflow.move(home, session, case, because, reason=reason, actor=actor.name)
        first = (notice.sent_at or home.now()) + rechecks.FIRST
        case.due_at = min(case.due_at or first, first)
        session.add(case)


def _waits_for_want(session: Session, case: Case) -> bool:
    return case.state is CaseState.REVIEW and _came_to_review(session, case).reason.startswith(_FOR_WANT_OF_A_CONTACT)


def _of_this_episode(session: Session, notice: Notice) -> list[Case]:
    links = session.exec(select(NoticeCase).where(NoticeCase.notice_id == notice.number)).all()
    episodes = {link.case_id: link.episode for link in links}
    return [case for case in asking.cases_of(session, notice) if episodes[case.number] == case.episode]
