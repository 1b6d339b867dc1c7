"""What the tests of decisions build their scenes from: staff, reports, cases, looks, findings and notices."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from homes import START
from sqlmodel import Session, select

from hotline.address import parse_url
from hotline.facts import Digests, FoundMedia, Look, Match
from hotline.home import Home
from hotline.records import Case, Notice, NoticeCase, Staff
from hotline.staff import Actor
from hotline.words import (
    CaseState,
    Classification,
    ContactRole,
    Content,
    DigestKind,
    ListKind,
    NoticeState,
    Role,
)
from takedown import asking, dedicated, findings, intake, looking
from takedown.reports import BrokenRow, ConfirmedReport

URL = "http://meadow.example/files/a.png"
HOST = "abuse@meadow-hosting.example"
UPSTREAM = "abuse@river-transit.example"
REGISTRAR = "abuse@names.example"


def after(**units: float) -> datetime:
    """So long after the start of the home's clock."""
    return START + timedelta(**units)


def digests(seed: str = "a", **more: Any) -> Digests:
    """Fingerprints that differ with the seed."""
    raw = seed.encode()
    plain = Digests(
        hashlib.sha256(raw).hexdigest(),
        hashlib.sha1(raw, usedforsecurity=False).hexdigest(),
        hashlib.md5(raw, usedforsecurity=False).hexdigest(),
        1000,
    )
    return replace(plain, **more)


def look(at: datetime = START, **facts: Any) -> Look:
    """A look that was answered with a picture, 200, unless the facts say otherwise."""
    plain = Look(at=at, status=200, content=Content.MEDIA, digests=digests(), resolvers_asked=2, size=1000)
    return replace(plain, **facts)


def denied(at: datetime = START, status: int = 404, **facts: Any) -> Look:
    """A look that was answered with a denial."""
    return look(at, status=status, content=Content.PAGE, digests=digests("not here"), shape="0" * 16, **facts)


def staff(
    home: Home, name: str, role: Role = Role.ANALYST, country: str = "NL", organisation: str | None = None
) -> Actor:
    """A member of staff, who acts."""
    with home.session() as session:
        row = session.exec(select(Staff).where(Staff.name == name)).first()
        if row is None:
            row = Staff(name=name, role=role, country=country, organisation=organisation, added_at=home.now())
            session.add(row)
            session.flush()
        return Actor(row.name, row.number, row.role)


def confirmed(url: str = URL, line: int = 2, **columns: Any) -> ConfirmedReport:
    """A row of a file of confirmed reports; pages and referrers are given as text."""
    for name in ("page", "referrer"):
        if columns.get(name) is not None:
            columns[name] = parse_url(columns[name])
    plain = ConfirmedReport(
        line=line, url=parse_url(url), page=None, referrer=None, sha256=None, reference=None, source=None,
        reported_at=None, confirmed_by=("ana", "ben"), confirmed_at=None, classification=Classification.BASELINE,
        embargo_until=None, note=None,
    )  # fmt: skip
    return replace(plain, **columns)


def admitted(home: Home, *rows: ConfirmedReport | BrokenRow, by: str = "ana") -> intake.Admission:
    """What becomes of the rows when this analyst imports them."""
    actors = {name: staff(home, name) for name in ("ana", "ben", by)}
    return intake.admit(home, rows, actors[by])


def opened(home: Home, url: str = URL, **columns: Any) -> int:
    """The number of a case that two analysts have confirmed."""
    result = admitted(home, confirmed(url, **columns))
    assert result.accepted == 1, result
    return number_of(home, url)


def number_of(home: Home, url: str) -> int:
    """The number of the case of this URL."""
    with home.reading() as session:
        index = home.vault.index("url", parse_url(url).text)
        return session.exec(select(Case).where(Case.url_bi == index)).one().number


def case(home: Home, number: int) -> Case:
    """The row as it stands."""
    with home.reading() as session:
        return session.get_one(Case, number)


def put(home: Home, number: int, **columns: Any) -> None:
    """Sets columns of a case."""
    with home.session() as session:
        row = session.get_one(Case, number)
        for name, value in columns.items():
            setattr(row, name, value)
        session.add(row)


def state(home: Home, number: int) -> CaseState:
    """Where the case stands."""
    return case(home, number).state


def seen(home: Home, number: int, *looks: Look) -> looking.Looked:
    """Records a look at a case."""
    with home.session() as session:
        return looking.record(home, session, session.get_one(Case, number), *looks)


def contact(address: str = HOST, role: str = "host", kind: str = "email") -> dict[str, Any]:
    """A contact as a finding has it."""
    return {
        "role": role, "address": address, "kind": kind, "source": "rdap", "object": "ABUSE-1", "confidence": 0.9,
        "observed_at": "2030-01-01T00:00:00Z",
    }  # fmt: skip


def snapshot(*contacts: dict[str, Any], country: str | None = "NL", **more: Any) -> dict[str, Any]:
    """A hosting finding in the contract's form."""
    plain: dict[str, Any] = {
        "url": URL, "host": "meadow.example", "registrable_domain": "meadow.example", "names": ["cdn.meadow.example"],
        "addresses": [{"ip": "198.51.100.7", "asn": 64500, "as_name": "MEADOW", "prefix": "198.51.100.0/24",
                       "network": "MEADOW-NET", "country": country}],
        "certainty": "origin", "provider": {"name": "Meadow Hosting", "asn": 64500, "country": country},
        "registrar": {"name": "Names Ltd", "iana_id": 292, "abuse_email": REGISTRAR},
        "contacts": list(contacts), "observed_at": "2030-01-01T00:00:00Z", "problems": [],
    }  # fmt: skip
    return plain | more


def located(home: Home, number: int, *contacts: dict[str, Any], **more: Any) -> bool:
    """Keeps a finding of the case; the host alone can be asked unless contacts are given."""
    with home.session() as session:
        row = session.get_one(Case, number)
        return findings.keep(home, session, row, snapshot(*(contacts or (contact(),)), **more))


def decided(home: Home, number: int) -> Any:
    """What asking decides about the case now."""
    with home.session() as session:
        return asking.decide(home, session, session.get_one(Case, number))


_keys: Iterator[int] = iter(range(1_000_000))


def queued(home: Home, *numbers: int, to: str = HOST, role: str = "host", escalation: int = 0) -> int:
    """A notice about these cases that waits in the outbox; its number."""
    with home.session() as session:
        notice = Notice(
            contact_id=findings.contact_of(home, session, to).number, role=ContactRole(role), escalation=escalation,
            state=NoticeState.QUEUED, queued_at=home.now(), message_id=f"message-{next(_keys)}",
        )  # fmt: skip
        home.vault.write(notice, "to", to)
        session.add(notice)
        session.flush()
        for number in numbers:
            episode = session.get_one(Case, number).episode
            session.add(NoticeCase(notice_id=notice.number, case_id=number, episode=episode))
        return notice.number


def sent(home: Home, notice: int) -> None:
    """The mail server has taken the notice."""
    with home.session() as session:
        row = session.get_one(Notice, notice)
        row.state, row.sent_at = NoticeState.SENT, home.now()
        asking.was_sent(home, session, row)


def bounced(home: Home, notice: int, doubt: str | None = None) -> None:
    """The notice came back."""
    with home.session() as session:
        row = session.get_one(Notice, notice)
        row.state = NoticeState.BOUNCED
        asking.was_undeliverable(home, session, row, "bounced", doubt)


def told(home: Home, *numbers: int, **recipient: Any) -> int:
    """A notice about these cases that was sent; its number."""
    notice = queued(home, *numbers, **recipient)
    sent(home, notice)
    return notice


def notified(home: Home, url: str = URL, *contacts: dict[str, Any], **columns: Any) -> int:
    """A confirmed case that is located, and whose host was asked now."""
    number = opened(home, url, **columns)
    located(home, number, *contacts)
    told(home, number)
    return number


EXACT = Match("baseline", ListKind.ILLEGAL, DigestKind.SHA256, 0, True, Classification.BASELINE)
NEAR = Match("baseline", ListKind.ILLEGAL, DigestKind.PDQ, 12, False, Classification.BASELINE)


def dedicate(home: Home, number: int, by: str = "ana") -> int:
    """An analyst marks the domain of a case as one that serves such material alone."""
    with home.reading() as session:
        person = session.exec(select(Staff).where(Staff.name == by)).one()
    return dedicated.mark(home, str(number), "all of it", Actor(person.name, person.id, person.role))


def found(url: str, parent: int, **more: Any) -> FoundMedia:
    """Material that the crawl found."""
    plain = FoundMedia(
        url=url, page="http://forum.example/thread", digests=digests(url), match=EXACT, content=Content.MEDIA,
        parent_case_id=parent, crawl_key=b"k" * 16, embargo_until=None, seen_at=START,
    )  # fmt: skip
    return replace(plain, **more)


def rows(session: Session, table: Any, **columns: Any) -> list[Any]:
    """The rows of a table whose columns are so."""
    wanted = select(table)
    for name, value in columns.items():
        wanted = wanted.where(getattr(table, name) == value)
    return list(session.exec(wanted.order_by(table.id)))
