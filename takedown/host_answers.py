"""What the recipient of a notice says, kept with each case that it says it of, and acted on.

A word never removes anything and never stops a notice for good, for offenders answer too: "removed" and "not here"
are reasons to look at once, and the look decides; time is given once, and not for long (decision 0025).
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func
from sqlmodel import Session, col, select

from hotline.clock import utc_text
from hotline.facts import HostSays
from hotline.home import Home
from hotline.records import Case, Episode, Notice, NoticeCase, Said
from hotline.words import CaseState, HostAnswer, NoticeState
from takedown import contact_health, told

MOST_TIME: Final = timedelta(hours=72)
"""No host is given longer than this, whatever it names; and once an episode."""

UNNAMED_TIME: Final = timedelta(hours=24)
"""What a host is given that needs time and does not say how long, and an analyst who must look at a dispute."""

DECLINES: Final = (HostAnswer.NOT_HERE, HostAnswer.WRONG_ADDRESS)
"""Who says so will not act: the next contact is asked without waiting for silence, if the URL is still online."""

FOR_A_PERSON: Final = (HostAnswer.DISPUTE, HostAnswer.WRONG_ADDRESS, HostAnswer.USE_FORM)
"""What an analyst is told of (``hotline status``, ``hotline answers``)."""

_LOOK_FOR: Final = (HostAnswer.REMOVED, *DECLINES)
_LOOKED_AT: Final = (
    CaseState.NOTIFIED,
    CaseState.ESCALATED,
    CaseState.REFERRED,
    CaseState.REVIEW,
    CaseState.REAPPEARED,
)
_NOT_ASKED: Final = (NoticeState.WITHHELD, NoticeState.FAILED, NoticeState.BOUNCED)


@dataclass(frozen=True)
class Standing:
    """One case of a notice when its recipient says something of it.

    ``current``: the notice is about the case's present episode. ``asked_last``: nobody was asked after this recipient,
    who was asked and not only told in addition. ``had_time``: the episode has had its grace.
    """

    state: CaseState
    current: bool
    asked_last: bool
    had_time: bool


@dataclass(frozen=True)
class Consequence:
    """What an answer leads to. ``look``: now. ``grace_until``: until then nobody further up is asked."""

    look: bool = False
    grace_until: datetime | None = None
    suspect: bool = False


def consequence(standing: Standing, answer: HostAnswer, until: datetime | None, now: datetime) -> Consequence:
    """What an answer does about a case at ``now``; pure. ``until``: when the host says it will have acted."""
    return Consequence(
        look=answer in _LOOK_FOR and standing.state in _LOOKED_AT,
        grace_until=_grace(standing, answer, until, now),
        suspect=answer is HostAnswer.WRONG_ADDRESS,
    )


def _grace(standing: Standing, answer: HostAnswer, until: datetime | None, now: datetime) -> datetime | None:
    if standing.had_time or not standing.current or not standing.asked_last:
        return None
    if answer is HostAnswer.DISPUTE:
        return now + UNNAMED_TIME
    if answer is not HostAnswer.NEED_TIME:
        return None
    wanted = until or now + UNNAMED_TIME
    return min(wanted, now + MOST_TIME) if wanted > now else None


def heard(home: Home, session: Session, notice: Notice, says: HostSays) -> int:
    """Keeps an answer and acts on it, in the caller's transaction; returns of how many cases it was said.

    The same answer again changes nothing.
    """
    links = select(NoticeCase).where(NoticeCase.notice_id == notice.number)
    if says.items:
        links = links.where(col(NoticeCase.case_id).in_(says.items))
    rows = session.exec(links.order_by(col(NoticeCase.id))).all()
    if says.contact and not told.is_understood(home, notice, says.contact):
        says = replace(says, note=f"{says.note}\n(whom to ask: {says.contact})".strip())
    news = [(row, session.get_one(Case, row.case_id)) for row in rows]
    news = [(row, case) for row, case in news if _is_news(home, session, row, case, says)]
    if news:
        graces = [_act(home, session, notice, row, case, says) for row, case in news]
        _record(home, session, notice, says, [case.number for _, case in news], max(filter(None, graces), default=None))
    if says.contact:
        told.from_page(home, session, notice, says.contact, [row.case_id for row in rows])
    return len(rows)


def _is_news(home: Home, session: Session, row: NoticeCase, case: Case, says: HostSays) -> bool:
    if row.answer is not says.answer or _last_note(home, session, row) != says.note:
        return True
    if says.answer is HostAnswer.NEED_TIME:
        return False
    # Said again after a look that still found it: look once more.
    return says.answer in _LOOK_FOR and case.state in _LOOKED_AT and not _is_due(home, case)


def _last_note(home: Home, session: Session, row: NoticeCase) -> str:
    said = session.exec(select(Said).where(Said.notice_case_id == row.number).order_by(col(Said.id).desc()).limit(1))
    last = said.first()
    return (home.vault.read(last, "note") if last else None) or ""


def _is_due(home: Home, case: Case) -> bool:
    return case.due_at is not None and case.due_at <= home.now()


def _act(home: Home, session: Session, notice: Notice, row: NoticeCase, case: Case, says: HostSays) -> datetime | None:
    row.answer, row.answered_at = says.answer, home.now()
    session.add(row)
    episode = _episode_of(session, case)
    result = consequence(_standing(session, notice, row, case, episode), says.answer, says.until, home.now())
    if result.look and not _is_due(home, case):
        case.due_at = home.now()
        session.add(case)
    if result.grace_until is not None and episode is not None:
        episode.grace_until = result.grace_until
        session.add(episode)
    if result.suspect:
        contact_health.was_called_wrong(home, session, notice.contact_id)
    said = Said(
        notice_case_id=row.number, answer=says.answer, way=says.way, at=home.now(), grace_until=result.grace_until
    )
    home.vault.write(said, "note", says.note or None)
    session.add(said)
    return result.grace_until


def _episode_of(session: Session, case: Case) -> Episode | None:
    return session.exec(select(Episode).where(Episode.case_id == case.number, Episode.ordinal == case.episode)).first()


def _standing(session: Session, notice: Notice, row: NoticeCase, case: Case, episode: Episode | None) -> Standing:
    later = session.exec(
        select(Notice.id)
        .join(NoticeCase, col(NoticeCase.notice_id) == Notice.id)
        .where(
            NoticeCase.case_id == case.number,
            col(NoticeCase.also).is_(False),
            col(Notice.id) > notice.number,
            Notice.contact_id != notice.contact_id,
            col(Notice.state).not_in(_NOT_ASKED),
        )
        .limit(1)
    ).first()
    return Standing(
        state=case.state,
        current=row.episode == case.episode,
        asked_last=not row.also and later is None,
        had_time=episode is None or episode.grace_until is not None,
    )


def _record(
    home: Home, session: Session, notice: Notice, says: HostSays, cases: list[int], grace: datetime | None
) -> None:
    detail: dict[str, Any] = {"answer": says.answer.value, "way": says.way.value, "cases": cases}
    if says.until is not None:
        detail["until"] = utc_text(says.until)
    if grace is not None:
        detail["grace_until"] = utc_text(grace)
    home.record(session, "system", "notice:answer:said", f"notice {notice.number}", **detail)


def newest_calls(session: Session, case_ids: Collection[int]) -> dict[int, datetime]:
    """When a recipient last said something of each of these cases that a look must answer; others are left out."""
    where = (col(NoticeCase.case_id).in_(case_ids), col(NoticeCase.answer).in_(_LOOK_FOR))
    rows = session.exec(
        select(NoticeCase.case_id, func.max(NoticeCase.answered_at)).where(*where).group_by(col(NoticeCase.case_id))
    )
    return {case_id: at for case_id, at in rows if at is not None}


def newest_notices(session: Session, case_ids: Collection[int]) -> dict[int, datetime]:
    """When the newest notice about each of these cases left; others are left out."""
    rows = session.exec(
        select(NoticeCase.case_id, func.max(Notice.sent_at))
        .join(Notice, col(Notice.id) == NoticeCase.notice_id)
        .where(col(NoticeCase.case_id).in_(case_ids))
        .group_by(col(NoticeCase.case_id))
    )
    return {case_id: at for case_id, at in rows if at is not None}
