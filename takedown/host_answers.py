"""What the recipient of a notice says, kept with each case that it says it of, and acted on.

A word never removes anything: "removed" is a reason to look at once, and the look decides.
"""

from typing import Final

from sqlmodel import Session, col, select

from hotline.facts import HostSays
from hotline.home import Home
from hotline.records import Case, Notice, NoticeCase
from hotline.words import CaseState, HostAnswer

_LOOKED_AT: Final = (CaseState.NOTIFIED, CaseState.ESCALATED, CaseState.REFERRED, CaseState.REVIEW)


def heard(home: Home, session: Session, notice: Notice, says: HostSays) -> int:
    """Keeps an answer and acts on it, in the caller's transaction; returns of how many cases it was said."""
    links = select(NoticeCase).where(NoticeCase.notice_id == notice.number)
    if says.items:
        links = links.where(col(NoticeCase.case_id).in_(says.items))
    rows = session.exec(links.order_by(col(NoticeCase.id))).all()
    for row in rows:
        row.answer, row.answered_at = says.answer, home.now()
        home.vault.write(row, "answer", says.note or None)
        session.add(row)
        if says.answer is HostAnswer.REMOVED:
            _look_now(home, session, row)
    home.record(
        session, "system", "notice:answer:said", f"notice {notice.number}",
        answer=says.answer.value, way=says.way.value, cases=[row.case_id for row in rows],
    )  # fmt: skip
    return len(rows)


def _look_now(home: Home, session: Session, row: NoticeCase) -> None:
    case = session.get_one(Case, row.case_id)
    if case.episode != row.episode or case.state not in _LOOKED_AT:
        return
    if case.due_at is None or case.due_at > home.now():
        case.due_at = home.now()
        session.add(case)
