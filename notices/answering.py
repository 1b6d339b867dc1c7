"""What a recipient sees of its notices, and how its answer reaches the cases: behind the host's page and its API.

The token alone says which notice is meant. Whoever holds none, a wrong one, or one that has ended, learns nothing.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlmodel import Session, col, select

from hotline.errors import HotlineError
from hotline.facts import HostSays
from hotline.home import Home
from hotline.records import Case, Notice, NoticeCase
from hotline.staff import Actor
from hotline.vault import token_hash
from hotline.words import CaseState, Classification, HostAnswer, ItemState, NoticeState
from notices.events import Events
from notices.reconciliation import resolve_in

_OVER: Final = (CaseState.CLOSED, CaseState.REJECTED)
_CHUNK: Final = 500


@dataclass(frozen=True)
class Item:
    """One URL of a notice, as its recipient sees it. ``number`` is that of the case, and never changes."""

    number: int
    notice: int
    url: str = field(repr=False)
    pages: tuple[str, ...] = field(repr=False)
    state: ItemState
    classification: Classification
    answer: HostAnswer | None
    answered_at: datetime | None


def opened(home: Home, session: Session, token: str) -> Notice | None:
    """The notice that this token opens now; ``None`` alike for an unknown, ended or withheld one."""
    notice = session.exec(select(Notice).where(Notice.token_hash == token_hash(token))).first()
    return notice if notice is not None and _may_be_answered(notice, home.now()) else None


def _may_be_answered(notice: Notice, now: datetime) -> bool:
    ended = notice.token_expires_at is not None and notice.token_expires_at <= now
    return not ended and notice.token_revoked_at is None and notice.state is not NoticeState.WITHHELD


def items_of(home: Home, session: Session, notice: Notice) -> list[Item]:
    """The URLs of one notice, in its order."""
    links = session.exec(select(NoticeCase).where(NoticeCase.notice_id == notice.number).order_by(col(NoticeCase.id)))
    return items(home, session, links.all())


def items(home: Home, session: Session, links: Sequence[NoticeCase]) -> list[Item]:
    """What the recipients of these see of them, in their order."""
    numbers = [link.case_id for link in links]
    cases: dict[int, Case] = {}
    for start in range(0, len(numbers), _CHUNK):
        few = select(Case).where(col(Case.id).in_(numbers[start : start + _CHUNK]))
        cases |= {case.number: case for case in session.exec(few)}
    return [_item(home, link, cases[link.case_id]) for link in links]


def _item(home: Home, link: NoticeCase, case: Case) -> Item:
    return Item(
        number=case.number,
        notice=link.notice_id,
        url=home.vault.text(case, "url"),
        pages=tuple(json.loads(home.vault.read(link, "pages") or "[]")),
        state=state_of(case, link),
        classification=case.classification,
        answer=link.answer,
        answered_at=link.answered_at,
    )


def state_of(case: Case, link: NoticeCase) -> ItemState:
    """Where a URL stands for whoever must act; pure. That it was seen online after "removed" makes it open again."""
    if case.state is CaseState.REMOVED or (case.state in _OVER and case.removed_at is not None):
        return ItemState.GONE
    if case.state in _OVER:
        return ItemState.CLOSED
    if case.first_gone_at is not None:
        return ItemState.CHECKING
    if link.answer is None or link.answered_at is None or link.episode != case.episode:
        return ItemState.OPEN
    seen_since = case.last_online_at is not None and case.last_online_at > link.answered_at
    return ItemState.OPEN if seen_since and link.answer is HostAnswer.REMOVED else ItemState.ANSWERED


def revoke(home: Home, number: int, actor: Actor) -> None:
    """Ends the answer token of a notice at once; a second time changes nothing.

    Raises:
        HotlineError: there is no such notice, or it has not left.
    """
    with home.session() as session:
        notice = session.get(Notice, number)
        if notice is None:
            raise HotlineError(f"there is no notice {number}; `hotline notices list` shows them")
        if notice.state in (NoticeState.QUEUED, NoticeState.FAILED, NoticeState.WITHHELD):
            raise HotlineError(
                f"notice {number} is {notice.state.value}: nobody has its link; `hotline notices hold` stops it"
            )
        if notice.token_revoked_at is None:
            notice.token_revoked_at = home.now()
            session.add(notice)
            home.record(session, actor.name, "notice:token:revoked", f"notice {number}")


def say(home: Home, session: Session, events: Events, notice: Notice, says: HostSays) -> None:
    """An answer with the token, in the caller's transaction: whoever gives it has read the message."""
    if notice.state is NoticeState.UNKNOWN:
        resolve_in(home, session, events, notice.number, stored=True, actor="system", word="answer")
    events.answered(session, notice, by_person=True)
    events.said(session, notice, says)
