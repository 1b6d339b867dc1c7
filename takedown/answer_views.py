"""What hosts answered, as people and programs see it, and which of it waits for a person.

Some answers no program can judge: a dispute, a wrong address, a form that is wanted. They stop nothing meanwhile.
"""

from typing import Any

from sqlmodel import Session, col, select

from hotline.clock import utc_text
from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import Case, Episode, Notice, NoticeCase
from hotline.staff import Actor
from hotline.words import CaseState
from takedown.host_answers import FOR_A_PERSON

_OVER = (CaseState.REMOVED, CaseState.CLOSED, CaseState.REJECTED)
_WAITING = (
    col(NoticeCase.answer).in_(FOR_A_PERSON),
    col(NoticeCase.answer_seen_at).is_(None),
    col(Case.state).not_in(_OVER),
)


def listing(home: Home, session: Session, *, everything: bool = False, reveal: bool = False) -> list[dict[str, Any]]:
    """One row a case that an answer was about, oldest notice first. A host's own words are withheld in earnest."""
    rows = (
        select(NoticeCase, Case, Episode)
        .join(Case, col(Case.id) == NoticeCase.case_id)
        .join(
            Episode,
            (col(Episode.case_id) == NoticeCase.case_id) & (col(Episode.ordinal) == NoticeCase.episode),
            isouter=True,
        )
        .where(col(NoticeCase.answer).is_not(None), *(() if everything else _WAITING))
        .order_by(col(NoticeCase.notice_id), col(NoticeCase.case_id))
    )
    shown = home.practice or reveal
    return [_view(home, link, case, episode, shown) for link, case, episode in session.exec(rows)]


def waiting(session: Session) -> int:
    """How many answers wait for a person."""
    rows = select(NoticeCase.id).join(Case, col(Case.id) == NoticeCase.case_id).where(*_WAITING)
    return len(session.exec(rows).all())


def mark_seen(home: Home, notice: int, actor: Actor) -> int:
    """A person has dealt with the answers to a notice; returns how many waited.

    Raises:
        HotlineError: there is no such notice.
    """
    with home.session() as session:
        if session.get(Notice, notice) is None:
            raise HotlineError(f"there is no notice {notice}; `hotline notices list` shows them")
        rows = session.exec(
            select(NoticeCase).where(
                NoticeCase.notice_id == notice,
                col(NoticeCase.answer).is_not(None),
                col(NoticeCase.answer_seen_at).is_(None),
            )
        ).all()
        for row in rows:
            row.answer_seen_at = home.now()
            session.add(row)
        if rows:
            home.record(session, actor.name, "notice:answer:seen", f"notice {notice}", cases=[r.case_id for r in rows])
        return len(rows)


def _view(home: Home, link: NoticeCase, case: Case, episode: Episode | None, shown: bool) -> dict[str, Any]:
    return {
        "notice": link.notice_id,
        "case": case.number,
        "state": case.state.value,
        "answer": link.answer.value if link.answer else None,
        "at": utc_text(link.answered_at),
        "note": home.vault.read(link, "answer") if shown else None,
        "grace_until": utc_text(episode.grace_until) if episode else None,
        "seen_at": utc_text(link.answer_seen_at),
    }
