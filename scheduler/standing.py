"""What waits, what runs and what is wrong, for ``hotline status``."""

import os
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from hotline.clock import utc_text
from hotline.home import Home
from hotline.records import Case, Notice, Ticket
from hotline.words import CaseState, NoticeState, TicketState
from notices.laws import what_is_wrong
from notices.signing import why_unsigned
from notices.waiting import NO_SERVER, what_waits
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
    """What is wrong or waits for a person, one sentence each with its remedy."""
    faults = table_faults.faults(home.settings.home)
    unwritten = what_is_wrong(home.settings.home)
    found = [f"nobody is asked: {fault}" for fault in faults]
    if unwritten:
        found.append(f"no notice is written: {unwritten}")
    unsigned = why_unsigned(home.settings)
    if unsigned:
        found.append(f"notices leave unsigned: {unsigned}")
    waiting = what_waits(home)
    if waiting and waiting.why == NO_SERVER:
        found.append("no mail server: notices stay queued; set HOTLINE_SMTP")
    elif waiting:
        which = _some(waiting.count, "notice waits", "notices wait")
        found.append(f"{which} for our mail server: {waiting.why}; `hotline doctor` tries it")
    ledger = home.settings.smtp_ledger
    if ledger is not None and not os.access(ledger, os.R_OK):
        found.append("the mail log of HOTLINE_SMTP_LEDGER cannot be read: unknown notices wait for a person or an hour")
    return [*found, *_of_notices(session), *_of_contacts(home, session, bool(faults)), *_of_cases(home, session)]


def _of_notices(session: Session) -> Iterator[str]:
    unknown = _count(session, Notice.state == NoticeState.UNKNOWN, Notice)
    if unknown:
        yield f"{_some(unknown, 'notice is', 'notices are')} unknown; say with `hotline reconcile` what was stored"
    held = _count(session, col(Notice.held_at).is_not(None), Notice)
    if held:
        which = _some(
            held,
            "notice is held, and nobody else is asked about its",
            "notices are held, and nobody else is asked about their",
        )
        yield f"{which} cases; `hotline notices unhold`"
    answers = answer_views.waiting(session)
    if answers:
        yield f"{_some(answers, 'answer of a host waits', 'answers of hosts wait')} for a person; `hotline answers`"


def _of_contacts(home: Home, session: Session, unreadable: bool) -> Iterator[str]:
    """Nothing that stands on rules and tables is told while they cannot be read."""
    dead = 0 if unreadable else contact_views.dead_and_needed(home, session)
    if dead:
        yield f"{_some(dead, 'contact of open cases is', 'contacts of open cases are')} dead; `hotline contacts --dead`"
    hints = told.waiting(session)
    if hints:
        which = _some(
            hints, "contact or origin that a recipient named waits", "contacts or origins that recipients named wait"
        )
        yield f"{which} for a person; `hotline told`"
    forms, cases = (0, 0) if unreadable else form_views.count(home, session)
    if forms:
        which = _some(cases, "case waits", "cases wait")
        yield f"{which} for {_some(forms, 'form', 'forms')} that a person fills in; `hotline forms` has the text"


def _of_cases(home: Home, session: Session) -> Iterator[str]:
    stuck = only_names_left(session, home.now())
    if stuck:
        which = _some(
            stuck,
            "case is online after two days on an unmarked domain",
            "cases are online after two days on unmarked domains",
        )
        yield f"{which}; see `hotline dedicated add`"
    review = _count(session, Case.state == CaseState.REVIEW, Case)
    if review:
        yield f"{_some(review, 'case waits', 'cases wait')} for an analyst's word; `hotline decide`"


def _some(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
