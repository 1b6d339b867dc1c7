"""One hosting provider on one page: its cases, how long they take by each clock, what it answers, what comes back."""

from collections import Counter
from typing import Any, Final

import numpy as np
from sqlalchemy import func
from sqlmodel import Session, col, select

from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import Case, Notice, NoticeCase, Provider, Reply
from hotline.words import HostAnswer, NoticeState, ReplyKind
from takedown import courses
from takedown.removal_times import MEANINGS, ClockStart, Grouping, Question, report

CARD_MEANINGS: Final = {
    "notices": "messages about this provider's cases that left, to it or to whoever else was asked",
    "bounced": "of these: came back for good",
    "answered": "of these: somebody said something, by mail or on the page; automatic answers do not count",
    "answers": "the last thing said of each case in each notice; a case of two notices may count twice",
    "re_uploads": "later episodes of this provider's cases",
}


def card(home: Home, session: Session, name: str) -> dict[str, Any]:
    """The score card of the provider of this name, or of this AS number (``AS64500``).

    Raises:
        HotlineError: no provider is called so.
    """
    numbers = _named(home, session, name)
    read = courses.with_answers(session, courses.read(session))
    mine = np.isin(read.provider, numbers)
    places = np.where(mine, 0, 1)
    clocks = {}
    for clock in ClockStart:
        document = report(read, Question(clock), home.now(), Grouping([name, ""], places, always=[name]))
        (clocks[clock.value],) = (line for line in document["groups"] if line["group"] == name)
    return {
        "provider": name,
        "cases": len(np.unique(read.case_id[mine])),
        "clocks": clocks,
        **_notices(session, numbers),
        "answers": _answers(session, numbers),
        "re_uploads": clocks[ClockStart.REPORT.value]["later_episodes"],
        "definitions": MEANINGS | CARD_MEANINGS,
    }


def _named(home: Home, session: Session, name: str) -> list[int]:
    rows = session.exec(select(Provider)).all()
    names = {row.number: home.vault.read(row, "name") or "" for row in rows}
    found = [row.number for row in rows if names[row.number].casefold() == name.casefold()]
    found = found or [row.number for row in rows if row.asn is not None and f"as{row.asn}" == name.casefold()]
    if not found:
        near = sorted(each for each in set(names.values()) if name.casefold() in each.casefold())[:5]
        hint = f"perhaps {', '.join(near)}" if near else "`hotline metrics --by provider` lists them"
        raise HotlineError(f"no provider is called {name!r}; {hint}")
    return found


def _about(numbers: list[int]) -> Any:
    """The notices that name a case of these providers."""
    cases = select(Case.id).where(col(Case.provider_id).in_(numbers))
    return select(NoticeCase.notice_id).where(col(NoticeCase.case_id).in_(cases))


def _notices(session: Session, numbers: list[int]) -> dict[str, int]:
    left = (NoticeState.SENT, NoticeState.BOUNCED)
    counted = select(Notice.state, func.count()).where(col(Notice.id).in_(_about(numbers))).group_by(col(Notice.state))
    states = {state: int(count) for state, count in session.exec(counted) if state in left}
    said = select(NoticeCase.notice_id).where(col(NoticeCase.answered_at).is_not(None))
    wrote = select(Reply.notice_id).where(Reply.kind == ReplyKind.REPLIED)
    answered = select(func.count()).where(
        col(Notice.id).in_(_about(numbers)), col(Notice.id).in_(said) | col(Notice.id).in_(wrote)
    )
    return {
        "notices": sum(states.values()),
        "bounced": states.get(NoticeState.BOUNCED, 0),
        "answered": int(session.exec(answered.select_from(Notice)).one()),
    }


def _answers(session: Session, numbers: list[int]) -> dict[str, int]:
    said = select(NoticeCase.answer).where(
        col(NoticeCase.answer).is_not(None),
        col(NoticeCase.case_id).in_(select(Case.id).where(col(Case.provider_id).in_(numbers))),
    )
    counts = Counter(HostAnswer(answer).value for answer in session.exec(said) if answer is not None)
    return dict(sorted(counts.items()))
