"""Where page and API meet the house: opens a notice, takes an answer, hands out the list. Each call one transaction.

``None`` is the one answer to everything that is not the asker's, whatever the reason.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlmodel import Session

from console.public.asking import Answer
from hotline.home import Home
from hotline.records import HostAccess, Notice, NoticeCase
from hotline.words import AnswerWay, ItemState
from notices import access, answering, exports
from notices.answering import Item
from notices.events import Events
from notices.exports import Export

PAGE: Final = 100
"""So many items stand on one page of a large host's list."""


@dataclass(frozen=True)
class View:
    """A notice as its recipient sees it. ``answered`` counts the items of the answer that was just taken."""

    notice: int
    language: str
    sent_at: datetime | None
    items: Sequence[Item] = field(repr=False)
    answered: int = 0


@dataclass(frozen=True)
class Listed:
    """A page of a large host's items; ``more``: there is another."""

    items: Sequence[Item] = field(repr=False)
    total: int
    more: bool


@dataclass(frozen=True)
class NoSuchFile:
    """The notice is the asker's, and has no document of this format."""


class Desk:
    """One home's desk for hosts."""

    def __init__(self, home: Home, events: Events) -> None:
        self.home = home
        self._events = events

    def open(self, token: str) -> View | None:
        """Shows a notice; changes nothing."""
        with self.home.reading() as session:
            notice = answering.opened(self.home, session, token)
            return None if notice is None else self._view(session, notice)

    def take(self, token: str, answer: Callable[[], Answer]) -> View | None:
        """Takes an answer about items of this notice, whole or not at all.

        ``answer`` is read only for a token that opens something, so that what it raises tells nobody else anything.
        """
        if not self._opens(token):  # a guess waits for nobody who writes, and nobody waits for it
            return None
        with self.home.session() as session:
            notice = answering.opened(self.home, session, token)
            if notice is None:
                return None
            said = answer()
            own = {item.number for item in answering.items_of(self.home, session, notice)}
            if not own.issuperset(said.items):
                return None
            answering.say(self.home, session, self._events, notice, said.says(AnswerWay.PAGE, said.items))
            session.flush()
            return self._view(session, notice, len(said.items))

    def _opens(self, token: str) -> bool:
        with self.home.reading() as session:
            return answering.opened(self.home, session, token) is not None

    def export(self, token: str, form: str) -> Export | NoSuchFile | None:
        """The notice as a file."""
        with self.home.reading() as session:
            notice = answering.opened(self.home, session, token)
            if notice is None:
                return None
            items = answering.items_of(self.home, session, notice)
            return exports.export(self.home, notice, items, form) or NoSuchFile()

    def _view(self, session: Session, notice: Notice, answered: int = 0) -> View:
        items = answering.items_of(self.home, session, notice)
        return View(notice.number, notice.language, notice.sent_at, items, answered)

    def list(self, bearer: str, states: Callable[[], tuple[frozenset[ItemState], int]]) -> Listed | None:
        """A page of all that went to a large host, oldest case first. ``states`` is read as ``answer`` is."""
        with self.home.reading() as session:
            held = access.holder(self.home, session, bearer)
            if held is None:
                return None
            wanted, page = states()
            items = answering.items(self.home, session, access.links_of(session, held))
            items = [item for item in items if item.state in wanted]
            start = (page - 1) * PAGE
            return Listed(items[start : start + PAGE], len(items), len(items) > start + PAGE)

    def take_many(self, bearer: str, answer: Callable[[], Answer]) -> Sequence[Item] | None:
        """Takes a large host's answer about items of whichever of its notices, whole or not at all."""
        with self.home.reading() as session:
            if access.holder(self.home, session, bearer) is None:
                return None
        with self.home.session() as session:
            held = access.holder(self.home, session, bearer)
            if held is None:
                return None
            said = answer()
            links = _chosen(session, held, said.items)
            if links is None:
                return None
            by_notice: defaultdict[int, list[int]] = defaultdict(list)
            for link in links:
                by_notice[link.notice_id].append(link.case_id)
            for number, cases in sorted(by_notice.items()):
                notice = session.get_one(Notice, number)
                says = said.says(AnswerWay.API, tuple(cases))
                answering.say(self.home, session, self._events, notice, says)
            session.flush()
            return answering.items(self.home, session, links)


def _chosen(session: Session, held: HostAccess, numbers: Sequence[int]) -> list[NoticeCase] | None:
    links = {link.case_id: link for link in access.links_of(session, held)}
    return [links[number] for number in numbers] if links.keys() >= set(numbers) else None
