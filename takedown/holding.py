"""Setting and lifting an embargo by a person's word, on a case or on a URL that is no case yet."""

from datetime import datetime
from typing import Final

from sqlmodel import Session

from hotline.address import parse_url, registrable_domain
from hotline.clock import parse_time, utc_text
from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import Case
from hotline.staff import Actor
from hotline.words import EmbargoScope
from takedown import cases, embargoes

_LONGEST_NUMBER: Final = 18


def hold(home: Home, subject: str, scope: EmbargoScope, until: str | None, reason: str, actor: Actor) -> int:
    """Sets an embargo; returns its number.

    Raises:
        HotlineError: the subject is neither a case nor a URL, or the time is missing, unreadable or past.
    """
    moment = _moment(until, home.now())
    with home.session() as session:
        case = _case(home, session, subject)
        if case is not None:
            return embargoes.set_on_case(home, session, case, moment, actor.name, reason, scope).number
        subjects = _subjects(home, subject)
        if scope not in subjects:
            raise HotlineError("a digest is embargoed through a case; give the case's number")
        return embargoes.set_on(home, session, scope, subjects[scope], moment, actor.name, reason).number


def lift(home: Home, subject: str, actor: Actor, scope: EmbargoScope | None = None) -> int:
    """Ends every embargo on the case or URL, or those of one scope alone; returns how many."""
    with home.session() as session:
        case = _case(home, session, subject)
        subjects = embargoes.subjects_of(home, case) if case is not None else _subjects(home, subject)
        subjects = {each: index for each, index in subjects.items() if scope in (None, each)}
        count = embargoes.lift(home, session, subjects, actor.name)
        if not count:
            raise HotlineError("no embargo stands on it; nothing was lifted")
        return count


def _moment(until: str | None, now: datetime) -> datetime:
    if until is None:
        raise HotlineError("an embargo has an end; give one with --until, or --lift to end one")
    try:
        moment = parse_time(until)
    except (ValueError, OverflowError):
        raise HotlineError(f"--until {until!r} is not an ISO 8601 time such as 2030-01-01T00:00:00Z") from None
    if moment <= now:
        raise HotlineError(f"--until lies in the past; it is {utc_text(now)} now")
    return moment


def _case(home: Home, session: Session, subject: str) -> Case | None:
    if not (subject.isascii() and subject.isdigit()):
        return cases.find(home, session, parse_url(subject))
    case = session.get(Case, int(subject)) if len(subject) < _LONGEST_NUMBER else None
    if case is None:
        raise HotlineError(f"there is no case {subject}; `hotline cases` lists them")
    return case


def _subjects(home: Home, subject: str) -> dict[EmbargoScope, bytes]:
    url = parse_url(subject)
    return {
        EmbargoScope.URL: home.vault.index("url", url.text),
        EmbargoScope.HOST: home.vault.index("host", url.host),
        EmbargoScope.DOMAIN: home.vault.index("domain", registrable_domain(url.host) or url.host),
    }
