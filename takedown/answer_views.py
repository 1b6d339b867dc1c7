"""What hosts answered, as people and programs see it, and which of it waits for a person.

Some answers no program can judge: a dispute, a wrong address, a form that is wanted. They stop nothing meanwhile.
"""

from typing import Any

from sqlmodel import Session, col, select

from hotline.clock import utc_text
from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import Case, Notice, NoticeCase, Said
from hotline.staff import Actor
from hotline.words import CaseState
from takedown.host_answers import FOR_A_PERSON

_OVER = (CaseState.REMOVED, CaseState.CLOSED, CaseState.REJECTED)
_WAITING = (
    col(Said.answer).in_(FOR_A_PERSON),
    col(Said.seen_at).is_(None),
    col(Case.state).not_in(_OVER),
)


def listing(
    home: Home, session: Session, *, everything: bool = False, reveal: bool = False, case_id: int | None = None
) -> list[dict[str, Any]]:
    """One row a case and answer, in the order in which they came. A host's own words are withheld in earnest."""
    rows = _all().where(*(() if everything else _WAITING)).order_by(col(Said.id))
    if case_id is not None:
        rows = rows.where(NoticeCase.case_id == case_id)
    shown = home.practice or reveal
    return [_view(home, said, link, case, shown) for said, link, case in session.exec(rows)]


def _all() -> Any:
    return (
        select(Said, NoticeCase, Case)
        .join(NoticeCase, col(NoticeCase.id) == Said.notice_case_id)
        .join(Case, col(Case.id) == NoticeCase.case_id)
    )


def waiting(session: Session) -> int:
    """How many answers wait for a person."""
    return len(session.exec(_all().where(*_WAITING)).all())


def mark_seen(home: Home, notice: int, actor: Actor) -> int:
    """A person has dealt with the answers to a notice; returns how many waited.

    Raises:
        HotlineError: there is no such notice.
    """
    with home.session() as session:
        if session.get(Notice, notice) is None:
            raise HotlineError(f"there is no notice {notice}; `hotline notices list` shows them")
        rows = session.exec(_all().where(NoticeCase.notice_id == notice, col(Said.seen_at).is_(None))).all()
        for said, _, _ in rows:
            said.seen_at = home.now()
            session.add(said)
        if rows:
            cases = sorted({link.case_id for _, link, _ in rows})
            home.record(session, actor.name, "notice:answer:seen", f"notice {notice}", cases=cases)
        return len(rows)


def _view(home: Home, said: Said, link: NoticeCase, case: Case, shown: bool) -> dict[str, Any]:
    return {
        "notice": link.notice_id,
        "case": case.number,
        "state": case.state.value,
        "answer": said.answer.value,
        "way": said.way.value if said.way else None,
        "at": utc_text(said.at),
        "note": _note(home, said, link) if shown else None,
        "grace_until": utc_text(said.grace_until),
        "seen_at": utc_text(said.seen_at),
    }


def _note(home: Home, said: Said, link: NoticeCase) -> str | None:
    before = home.vault.read(link, "answer") if said.way is None else None  # kept before each answer had a row
    return home.vault.read(said, "note") or before
