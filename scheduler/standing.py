"""What waits, what runs and what is wrong, for ``hotline status``."""

from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from hotline.clock import utc_text
from hotline.home import Home
from hotline.records import Case, Notice, Ticket
from hotline.words import CaseState, NoticeState, TicketState
from notices.laws import what_is_wrong
from takedown import answer_views, contact_views, form_views, told
from takedown.dedicated import only_names_left
from takedown.hosting import table_faults


def standing(home: Home) -> dict[str, Any]:
    """The contract's document. ``workers`` stay empty until work is shared by many machines."""
    with home.reading() as session:
        waiting = _count(session, Ticket.state == TicketState.OPEN, Ticket)
        waiting += _count(session, col(Case.due_at) <= home.now(), Case)
        waiting += _count(session, Notice.state == NoticeState.QUEUED, Notice)
        jobs = {
            "waiting": waiting,
            "running": _count(session, Notice.state == NoticeState.SENDING, Notice),
            "failed": _count(session, Notice.state == NoticeState.FAILED, Notice),
        }
        oldest = session.exec(select(func.min(Case.due_at)).where(col(Case.due_at) <= home.now())).one()
        return {
            "jobs": jobs,
            "workers": [],
            "oldest_due": utc_text(oldest if isinstance(oldest, datetime) else None),
            "problems": _problems(home, session),
        }


def _count(session: Session, where: Any, table: Any) -> int:
    return session.exec(select(func.count()).select_from(table).where(where)).one()


def _problems(home: Home, session: Session) -> list[str]:
    problems = []
    if home.settings.smtp is None and _count(session, Notice.state == NoticeState.QUEUED, Notice):
        problems.append("no mail server: notices stay queued; set HOTLINE_SMTP")
    unknown = _count(session, Notice.state == NoticeState.UNKNOWN, Notice)
    if unknown:
        problems.append(f"{unknown} notices are unknown; say with `hotline reconcile` whether they were stored")
    held = _count(session, col(Notice.held_at).is_not(None), Notice)
    if held:
        problems.append(
            f"{held} notices are held, and nobody else is asked about their cases; `hotline notices unhold`"
        )
    faults = table_faults.faults(home.settings.home)
    problems += [f"nobody is asked: {fault}" for fault in faults]
    unwritten = what_is_wrong(home.settings.home)
    if unwritten:
        problems.append(f"no notice is written: {unwritten}")
    dead = 0 if faults else contact_views.dead_and_needed(home, session)
    if dead:
        problems.append(f"{dead} contacts of open cases are dead; `hotline contacts --dead` shows them")
    hints = told.waiting(session)
    if hints:
        problems.append(f"{hints} contacts or origins that recipients named wait for a person; `hotline told`")
    answers = answer_views.waiting(session)
    if answers:
        problems.append(f"{answers} answers of hosts wait for a person; `hotline answers`")
    forms, cases = (0, 0) if faults else form_views.count(home, session)
    if forms:
        problems.append(f"{cases} cases wait for {forms} forms that a person fills in; `hotline forms` has the text")
    stuck = only_names_left(session, home.now())
    if stuck:
        problems.append(f"{stuck} cases are online after two days on unmarked domains; see `hotline dedicated add`")
    review = _count(session, Case.state == CaseState.REVIEW, Case)
    if review:
        problems.append(f"{review} cases wait for an analyst's word; `hotline decide`")
    return problems
