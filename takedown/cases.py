"""Opening cases and adding to them: the rows that make up a case, written in one place."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, col, select

from hotline.address import Url, parse_url, registrable_domain, tld
from hotline.facts import FoundMedia
from hotline.home import Home
from hotline.records import Case, Episode, Observation, Sighting, Ticket
from hotline.words import CaseState, Classification, Origin, Outcome, TicketState
from takedown import embargoes, prints, workflow
from takedown.workflow import Because

TICKET_LIFE: Final = timedelta(days=7)


def find(home: Home, session: Session, url: Url) -> Case | None:
    """The case of a URL, by its canonical form."""
    return session.exec(select(Case).where(Case.url_bi == home.vault.index("url", url.text))).first()


def open_reported(
    home: Home,
    session: Session,
    url: Url,
    classification: Classification,
    reported_at: datetime | None,
    confirmed_at: datetime | None,
) -> Case:
    """Opens a case from a confirmed report."""
    case = _new(home, url, CaseState.CONFIRMED, classification, Origin.REPORT)
    case.reported_at = reported_at or home.now()
    case.confirmed_at = confirmed_at or home.now()
    _write(home, session, case, "confirmed by analysts")
    return case


def open_found(home: Home, session: Session, found: FoundMedia, *, automatic: bool = True) -> bool:
    """Opens a case for material that the crawl found, or adds what it saw to the case that is there.

    An exact match goes its way without a person; a near one opens in ``review`` (CONTRACT, "What opens a case in the
    crawl"). Returns whether a case was opened; the same URL never opens two.
    """
    url = parse_url(found.url)
    case = find(home, session, url)
    if case is not None:
        _seen_by_crawl(home, session, case, found)
        return False
    parent = session.get_one(Case, found.parent_case_id)
    state = CaseState.CONFIRMED if found.match.exact and automatic else CaseState.REVIEW
    case = _new(home, url, state, found.match.classification or parent.classification, Origin.CRAWL)
    case.parent_id, case.crawl_key = parent.id, found.crawl_key
    case.match_list, case.match_kind = found.match.list_name, found.match.kind.value
    case.match_distance = found.match.distance
    case.reported_at = found.seen_at
    case.confirmed_at = found.seen_at if state is CaseState.CONFIRMED else None
    _write(home, session, case, "an exact match of the crawl" if found.match.exact else "a near match of the crawl")
    _first_sight(home, session, case, found)
    return True


def _new(home: Home, url: Url, state: CaseState, classification: Classification, origin: Origin) -> Case:
    case = Case(
        url_bi=home.vault.index("url", url.text),
        host_bi=home.vault.index("host", url.host),
        domain_bi=home.vault.index("domain", registrable_domain(url.host) or url.host),
        tld=tld(url.host) or "",
        state=state,
        classification=classification,
        origin=origin,
        opened_at=home.now(),
    )
    home.vault.write(case, "url", url.text)
    return case


def _write(home: Home, session: Session, case: Case, reason: str) -> None:
    session.add(case)
    session.flush()
    session.add(Episode(case_id=case.number, ordinal=1, opened_at=home.now()))
    workflow.opened(home, session, case, reason)


def _first_sight(home: Home, session: Session, case: Case, found: FoundMedia) -> None:
    digests = found.digests
    case.content, case.last_online_at = found.content, found.seen_at
    case.sha256, case.sha1, case.md5 = digests.sha256, digests.sha1, digests.md5
    case.pdq, case.length = digests.pdq, digests.length
    prints.keep(session, case, digests)
    session.add(
        Observation(
            case_id=case.number,
            at=found.seen_at,
            outcome=Outcome.ONLINE,
            reason="found by the crawl",
            status=found.status,
            content=found.content,
            sha256=digests.sha256,
            sha1=digests.sha1,
            md5=digests.md5,
            pdq=digests.pdq,
            pdq_quality=digests.pdq_quality,
            distance=found.match.distance if found.match.kind == "pdq" else None,
            size=digests.length,
        )
    )
    _add_sight(home, session, case, found)


def _seen_by_crawl(home: Home, session: Session, case: Case, found: FoundMedia) -> None:
    if case.state is CaseState.REMOVED:
        case.due_at = home.now()  # the crawl saw it: the next recheck decides whether it is back
    elif case.state is CaseState.CLOSED and case.removed_at is not None and found.match.exact:
        _come_back(home, session, case, found)
    _add_sight(home, session, case, found)


def _come_back(home: Home, session: Session, case: Case, found: FoundMedia) -> None:
    """Nobody watches a closed case any more, so what the crawl saw counts at once."""
    workflow.move(home, session, case, Because.SEEN_AGAIN, reason="seen online again by the crawl")
    begin_episode(home, session, case)
    case.removed_at = case.first_gone_at = case.watch_until = None
    case.last_online_at, case.looks = found.seen_at, 0


def _add_sight(home: Home, session: Session, case: Case, found: FoundMedia) -> None:
    if found.page is not None:
        sight(home, session, case, parse_url(found.page))
    if found.embargo_until is not None and case.first_notice_at is None:
        embargoes.inherit(home, session, case, found.embargo_until)
    session.add(case)


def sight(home: Home, session: Session, case: Case, page: Url) -> bool:
    """Notes a page on which the case was seen; returns whether it is a new one. A page is not found on itself."""
    page_bi = home.vault.index("url", page.text)
    known = session.exec(select(Sighting).where(Sighting.case_id == case.number, Sighting.page_bi == page_bi)).first()
    if known is not None or page_bi == case.url_bi:
        return False
    row = Sighting(case_id=case.number, page_bi=page_bi, at=home.now())
    home.vault.write(row, "page", page.text)
    session.add(row)
    session.flush()
    return True


def pages_of(home: Home, session: Session, case: Case) -> list[str]:
    """The pages on which the case was seen, oldest first."""
    rows = session.exec(select(Sighting).where(Sighting.case_id == case.number).order_by(col(Sighting.id)))
    return [home.vault.text(row, "page") for row in rows]


def pages_of_all(home: Home, session: Session, case_ids: Collection[int], most: int) -> dict[int, list[str]]:
    """The first ``most`` pages on which each of these cases was seen, oldest first."""
    rows = session.exec(select(Sighting).where(col(Sighting.case_id).in_(case_ids)).order_by(col(Sighting.id)))
    found: dict[int, list[str]] = {}
    for row in rows:
        pages = found.setdefault(row.case_id, [])
        if len(pages) < most:
            pages.append(home.vault.text(row, "page"))
    return found


def report_again(home: Home, session: Session, case: Case, actor: str) -> bool:
    """A confirmed report of a URL that has a case: an ended one opens again, a removed one is looked at at once.

    Returns whether it opened again.
    """
    if workflow.move(home, session, case, Because.REPORTED_AGAIN, actor=actor):
        begin_episode(home, session, case)
        case.removed_at = case.first_gone_at = case.watch_until = None
        return True
    if case.state is CaseState.REMOVED:
        case.due_at = home.now()
    return False


def begin_episode(home: Home, session: Session, case: Case) -> Episode:
    """The material is back under the URL: another episode, with its own clock."""
    last = session.exec(
        select(Episode).where(Episode.case_id == case.number).order_by(col(Episode.ordinal).desc())
    ).first()
    if last is not None and last.closed_at is None:
        last.closed_at = home.now()
    case.episode += 1
    case.rung = 0
    begun = Episode(case_id=case.number, ordinal=case.episode, opened_at=home.now())
    session.add(begun)
    return begun


def demand_ticket(home: Home, session: Session, case: Case, *, also_when_done: bool = False) -> None:
    """Gives the case the right to crawl, unless it has it; one that was used is given again only for a new page."""
    tickets = session.exec(select(Ticket).where(Ticket.case_id == case.number)).all()
    if any(ticket.state is TicketState.OPEN for ticket in tickets) or (tickets and not also_when_done):
        return
    session.add(
        Ticket(case_id=case.number, state=TicketState.OPEN, opened_at=home.now(), expires_at=home.now() + TICKET_LIFE)
    )
