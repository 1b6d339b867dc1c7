"""An analyst's word on a case in ``review``."""

from typing import Final

from sqlmodel import Session, col, select

from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import Assessment, Case, Observation
from hotline.staff import Actor
from hotline.words import CaseState, Decision, Outcome
from takedown import findings, placeholders, prints, rechecks, workflow
from takedown.workflow import Because

_DECIDED: Final = {
    Decision.CONFIRM: Because.CONFIRMED,
    Decision.REJECT: Because.REJECTED,
    Decision.CLOSE: Because.CLOSED,
}


def decide(
    home: Home, case_id: int, decision: Decision, reason: str, actor: Actor, *, placeholder: bool = False
) -> CaseState:
    """Records the word and lets the case go on; returns its new state.

    ``placeholder``: what is served now stands where something was removed; looks from now on take it for that.

    Raises:
        HotlineError: there is no such case, it is not in ``review``, nobody said why, or it cannot be a placeholder.
    """
    if placeholder and decision is not Decision.CONTINUE:
        raise HotlineError("--placeholder goes with --decision continue: looks, not the word, make the removal")
    if not reason.strip():
        raise HotlineError("a decision needs a reason; give one with --reason")
    with home.session() as session:
        case = session.get(Case, case_id)
        if case is None:
            raise HotlineError(f"there is no case {case_id}; `hotline cases` lists them")
        if case.state is not CaseState.REVIEW:
            raise HotlineError(f"case {case_id} is {case.state.value}, not in review; nothing is to be decided")
        _write(home, session, case, decision, reason, actor)
        workflow.move(home, session, case, _because(home, session, case, decision), actor=actor.name)
        _go_on(home, session, case, decision)
        if placeholder:
            placeholders.add(home, session, case, actor)
            case.due_at = home.now()
        return case.state


def _write(home: Home, session: Session, case: Case, decision: Decision, reason: str, actor: Actor) -> None:
    if actor.staff_id is None:
        raise HotlineError("only a member of staff decides; say who with --as NAME")
    row = Assessment(
        case_id=case.number,
        staff_id=actor.staff_id,
        decision=decision,
        classification=case.classification,
        sha256=case.sha256,
        at=home.now(),
    )
    home.vault.write(row, "reason", reason)
    session.add(row)
    session.flush()


def _because(home: Home, session: Session, case: Case, decision: Decision) -> Because:
    if decision is not Decision.CONTINUE:
        return _DECIDED[decision]
    if case.due_at is not None and case.rung:
        return Because.CONTINUED_ESCALATED
    if case.due_at is not None and case.first_notice_at is not None:
        return Because.CONTINUED_NOTIFIED
    finding = findings.newest(home, session, case)
    # Where nobody could be asked, it is located anew: registries that were down may have come back.
    can_be_asked = finding is not None and any(rung.alive for rung in findings.ladder(home, session, finding))
    return Because.CONTINUED_READY if can_be_asked else Because.CONTINUED_UNLOCATED


def _go_on(home: Home, session: Session, case: Case, decision: Decision) -> None:
    if decision is Decision.CONFIRM:
        _take_what_is_there(session, case)
    if decision in (Decision.CONFIRM, Decision.CONTINUE):
        case.confirmed_at = case.confirmed_at or home.now()
    if case.state in (CaseState.NOTIFIED, CaseState.ESCALATED):
        case.due_at = home.now() + rechecks.FIRST
    elif case.state in (CaseState.REJECTED, CaseState.CLOSED):
        case.due_at = None
    session.add(case)


def _take_what_is_there(session: Session, case: Case) -> None:
    """A changed content that an analyst confirmed is what later looks compare with."""
    last = session.exec(
        select(Observation)
        .where(Observation.case_id == case.number, Observation.outcome != Outcome.UNCLEAR)
        .order_by(col(Observation.id).desc())
        .limit(1)
    ).first()
    if last is None or last.outcome is not Outcome.CHANGED or last.sha256 is None:
        return
    case.content, case.shape = last.content, last.shape
    case.sha256, case.sha1, case.md5, case.pdq = last.sha256, last.sha1, last.md5, last.pdq
    case.length = last.size
    prints.forget(session, case)  # an observation has none; the digests above know it as it is
