"""What the tests of the host's page build their scenes from: notices that were sent, tokens, a client in process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
from homes import START
from notice_builders import make_case, make_contact, order
from sqlmodel import Session, select

from console.public.limits import WrongGuesses
from console.public.site import public_site
from hotline.facts import NoticeItem
from hotline.home import Home
from hotline.records import Case, Contact, Episode, Notice
from hotline.words import CaseState, Classification, NoticeState
from notices import outbox
from scheduler.asking import CasesMove

DESK = "abuse@meadow.example"
NOWHERE = "0" * 64


def make_notice(home: Home, *urls: str, to: str = DESK, pages: tuple[str, ...] = (), language: str = "en") -> int:
    """A notice about fresh cases that our mail server has; its number."""
    with home.session() as session:
        cases = [make_case(home, session, url) for url in urls]
        for case in cases:
            session.add(Episode(case_id=case.number, ordinal=1, opened_at=home.now(), first_notice_at=home.now()))
        items = [
            NoticeItem(case.number, 1, url, "198.51.100.7", START, Classification.BASELINE, pages)
            for case, url in zip(cases, urls, strict=True)
        ]
        contact = _contact(home, session, to)
        notice = outbox.queue(home, session, replace(order(*items), to=to, contact_id=contact))
        notice.state, notice.sent_at, notice.language = NoticeState.SENT, home.now(), language
        session.add(notice)
        for case in cases:
            case.state, case.first_notice_at = CaseState.NOTIFIED, home.now()
            session.add(case)
        return notice.number


def _contact(home: Home, session: Session, address: str) -> int:
    index = home.vault.index("contact", address)
    row = session.exec(select(Contact).where(Contact.address_bi == index)).first()
    return (row or make_contact(home, session, address)).number


def token_of(home: Home, notice: int) -> str:
    """The code that its message carries."""
    with home.reading() as session:
        return home.vault.answer_token(session.get_one(Notice, notice).key)


def case_of(home: Home, number: int) -> Case:
    """The row as it stands."""
    with home.reading() as session:
        return session.get_one(Case, number)


def put(home: Home, table: type, number: int, **columns: object) -> None:
    """Sets columns of a row."""
    with home.session() as session:
        row = session.get_one(table, number)
        for name, value in columns.items():
            setattr(row, name, value)
        session.add(row)


@asynccontextmanager
async def visiting(
    home: Home, client: str = "192.0.2.1", guesses: WrongGuesses | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who visits the site, in process."""
    site = public_site(home, CasesMove(home), guesses)
    transport = httpx.ASGITransport(site, client=(client, 4000), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://site.test") as visitor:
        yield visitor
