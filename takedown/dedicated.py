"""Domains of which an analyst says that all of it serves such material.

Asking a registrar takes away a whole name, with whatever else lies under it. So the name is asked for only on this
word, and on a shared platform never: the others there have done nothing.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func
from sqlmodel import Session, col, select

from hotline.address import BadUrl, is_ip_literal, parse_url, registrable_domain
from hotline.clock import utc_text
from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import Case, Dedicated, Finding, Staff
from hotline.staff import Actor
from hotline.words import CaseState, Certainty
from takedown.hosting.sites import sites_of
from takedown.told import demand_reason

PATIENCE: Final = timedelta(days=2)
"""After so long an analyst is told that nobody is left to ask but who sold the name."""

_MANY_SITES: Final = "it is a platform that many sites share, and the others there have done nothing; its host is asked"


def is_dedicated(session: Session, case: Case) -> bool:
    """Whether an analyst's word stands that the case's whole domain serves such material."""
    return _is_marked(session, case.domain_bi)


def only_names_left(session: Session, now: datetime) -> int:
    """How many cases have been online for two days since their first notice on domains that could still be marked."""
    marked = select(Dedicated.domain_bi).where(col(Dedicated.lifted_at).is_(None))
    waiting = (
        select(func.count())
        .select_from(Case)
        .join(Finding, col(Case.finding_id) == Finding.id)
        .where(
            col(Case.state).in_([CaseState.NOTIFIED, CaseState.ESCALATED]),
            col(Case.first_notice_at) < now - PATIENCE,
            col(Case.last_online_at) > col(Case.first_notice_at),
            col(Case.first_gone_at).is_(None),
            Case.tld != "",  # a bare address has no name that could be asked away
            Finding.certainty != Certainty.SHARED_PLATFORM,
            col(Case.domain_bi).not_in(marked),
        )
    )
    return session.exec(waiting).one()


def mark(home: Home, subject: str, reason: str, actor: Actor) -> int:
    """Writes down an analyst's word on the domain of a case (by its number) or on a domain; returns its number.

    Raises:
        HotlineError: it is no domain of its own, a shared platform, marked already, or nobody says why.
    """
    demand_reason(reason)
    with home.session() as session:
        host = _host_of(home, session, subject)
        domain = _own_domain(home, session, host)
        index = home.vault.index("domain", domain)
        if _is_marked(session, index):
            raise HotlineError("this domain is marked already; `hotline dedicated` lists them")
        row = Dedicated(domain_bi=index, staff_id=_staff_id(session, actor), at=home.now())
        home.vault.write(row, "domain", domain)
        home.vault.write(row, "reason", reason.strip())
        session.add(row)
        session.flush()
        home.record(session, actor.name, "domain:dedicated:marked", f"dedicated {row.number}", reason=reason.strip())
        return row.number


def lift(home: Home, number: int, reason: str, actor: Actor) -> None:
    """Takes the word back; who was asked stays asked.

    Raises:
        HotlineError: there is no such word in force, or nobody says why.
    """
    demand_reason(reason)
    with home.session() as session:
        row = session.get(Dedicated, number)
        if row is None or row.lifted_at is not None:
            raise HotlineError(f"no domain is marked under the number {number}; `hotline dedicated` lists them")
        row.lifted_at, row.lifted_by = home.now(), _staff_id(session, actor)
        session.add(row)
        home.record(session, actor.name, "domain:dedicated:lifted", f"dedicated {number}", reason=reason.strip())


def listing(home: Home, session: Session, shown: bool) -> list[dict[str, Any]]:
    """All words, the oldest first; without the domains unless they are ``shown``."""
    by = col(Dedicated.staff_id) == col(Staff.id)
    rows = session.exec(select(Dedicated, Staff).join(Staff, by).order_by(col(Dedicated.id))).all()
    return [
        {
            "id": row.number,
            "domain": home.vault.read(row, "domain") if shown else None,
            "by": person.name,
            "reason": home.vault.read(row, "reason") if shown else None,
            "at": utc_text(row.at),
            "lifted_at": utc_text(row.lifted_at),
        }
        for row, person in rows
    ]


def _staff_id(session: Session, actor: Actor) -> int:
    if actor.staff_id is None:
        raise HotlineError("a person must say so; name one with --as")
    return actor.staff_id


def _host_of(home: Home, session: Session, subject: str) -> str:
    if subject.isdecimal():
        case = session.get(Case, int(subject))
        if case is None:
            raise HotlineError(f"there is no case {subject}; `hotline cases` lists them")
        return parse_url(home.vault.text(case, "url")).host
    try:
        return parse_url(subject if "://" in subject else f"https://{subject}/").host
    except BadUrl as wrong:
        raise HotlineError(
            f"the domain cannot be read ({wrong}); give a name such as site.example, or a case"
        ) from None


def _own_domain(home: Home, session: Session, host: str) -> str:
    domain = None if is_ip_literal(host) else registrable_domain(host)
    if domain is None:
        raise HotlineError("this has no domain of its own that a registrar could be asked about")
    if sites_of(home.settings.home).owner_domain(host) != domain or _is_shared(home, session, domain):
        raise HotlineError(f"this domain cannot be marked: {_MANY_SITES}")
    return domain


def _is_shared(home: Home, session: Session, domain: str) -> bool:
    """Whether a case on this domain was found to lie on a shared platform."""
    found = select(Finding.id).join(Case, col(Case.finding_id) == Finding.id)
    index = home.vault.index("domain", domain)
    shared = found.where(Case.domain_bi == index, Finding.certainty == Certainty.SHARED_PLATFORM)
    return session.exec(shared).first() is not None


def _is_marked(session: Session, index: bytes) -> bool:
    standing = select(Dedicated.id).where(Dedicated.domain_bi == index, col(Dedicated.lifted_at).is_(None))
    return session.exec(standing).first() is not None
