"""Forms: what takedown says that waits, and what notices say about it, brought together."""

from dataclasses import dataclass
from typing import Any, Final

from sqlmodel import Session

from hotline.errors import HotlineError
from hotline.home import Home
from hotline.network import Network
from hotline.records import Case, Notice
from hotline.staff import Actor
from hotline.words import ContactKind
from notices import forms as texts
from notices.forms import Text
from scheduler.locating import Locator, hosted_by, locate_cases
from takedown import cases, form_views, forms

_PAGES: Final = 20


@dataclass(frozen=True)
class Shown:
    """A text that was shown and is kept. ``row`` is what ``hotline forms`` says of its form."""

    notice: int
    to: str
    row: dict[str, Any]
    text: Text


def peek(home: Home, subject: str) -> dict[str, Any]:
    """What waits for a form or in a case, without its text.

    Raises:
        HotlineError: nothing waits there, and why.
    """
    with home.reading() as session:
        return form_views.row(home, session, forms.wanted(home, session, subject))


async def show(home: Home, subject: str) -> Shown:
    """The text for a form: all its cleared cases, or one case alone. Who hosts them is looked up again before.

    Raises:
        HotlineError: nothing waits there, and why; or the settings do not say who signs.
    """
    async with Network.open(home.settings, home.kind, home.clock) as network:
        locator = Locator(home, network)
        await locate_cases(home, locator, _numbers(home, subject))
        pages = await _pages(home, locator, subject)
    with home.session() as session:
        found = forms.wanted(home, session, subject)
        notice, text = texts.show(home, session, forms.order(home, session, found, pages))
        return Shown(notice.number, home.vault.text(notice, "to"), form_views.row(home, session, found), text)


def _numbers(home: Home, subject: str) -> list[int]:
    with home.reading() as session:
        return [each.number for each in forms.wanted(home, session, subject)]


async def _pages(home: Home, locator: Locator, subject: str) -> dict[int, tuple[str, ...]]:
    with home.reading() as session:
        found = forms.wanted(home, session, subject)
        seen = {each.number: cases.pages_of(home, session, each.request.case)[:_PAGES] for each in found}
    return {
        each.number: await hosted_by(locator, each.request.ask.address, seen[each.number], ContactKind.FORM)
        for each in found
    }


def sent(home: Home, subject: str, actor: Actor, reference: str | None) -> tuple[int, list[int]]:
    """A person has filled a form in: with the text shown last, else with the one that would be shown now.

    Returns the notice's number and its cases'.

    Raises:
        HotlineError: it was said before, nothing waits there, or a case of the text is over by now.
    """
    with home.session() as session:
        form = forms.find_form(home, session, subject)
        which = (form.number, None) if form else (None, _number(session, subject))
        notice = texts.last_shown(session, *which) or _text_of_now(home, session, subject, which)
        forms.demand_open(session, notice)
        texts.mark_sent(home, session, notice, actor.name, reference)
        forms.was_filled_in(home, session, notice, actor)
        return notice.number, texts.cases_of(session, notice)


def _number(session: Session, subject: str) -> int:
    number = int(subject) if len(subject) < len(str(2**63)) else 0
    if session.get(Case, number) is None:
        raise HotlineError(f"there is no case {subject}; `hotline cases` lists them")
    return number


def _text_of_now(home: Home, session: Session, subject: str, which: tuple[int | None, int | None]) -> Notice:
    try:
        found = forms.wanted(home, session, subject)
    except HotlineError:
        before = texts.last_sent(session, *which)
        if before is None:
            raise
        raise HotlineError(texts.already(before)) from None
    return texts.show(home, session, forms.order(home, session, found, {}))[0]
