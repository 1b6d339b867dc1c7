"""Where a crawl begins: the URLs of the confirmed cases of its tickets, and the pages that their reports name."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from crawler.frontier import Changes, Graph, inner_hosts, later
from crawler.work import Work
from hotline.address import Url, parse_url
from hotline.records import Case, Embargo, Report


@dataclass(frozen=True)
class Anchor:
    """A page or file from which links are counted."""

    url: Url
    referrer: str | None
    confirmed: bool
    """The case's own URL, rather than the page of a report."""


def seed(work: Work) -> Changes:
    """Puts the anchors of every ticket that follows links into the frontier; on a resumed crawl most are there."""
    with work.home.session() as session:
        hosts = inner_hosts(session)
        graph = Graph(work.home, session, hosts, work.claim.following)
        for purse in work.claim.purses.values():
            if not purse.follow_links:
                continue
            case = session.get_one(Case, purse.case_id)
            held = _held_until(session, case, work.home.now())
            for anchor in _anchors(work, session, case):
                row = graph.anchor(anchor.url, purse.ticket_id, case.number, anchor.referrer, held)
                work.anchored.setdefault(row.number, set()).add(purse.ticket_id)
                if anchor.confirmed:
                    work.confirmed.add(row.number)
    work.inner_hosts |= hosts
    return graph.changes


def _anchors(work: Work, session: Session, case: Case) -> list[Anchor]:
    vault = work.home.vault
    reports = session.exec(select(Report).where(Report.case_id == case.number).order_by(col(Report.id))).all()
    pages = dict.fromkeys(page for report in reports if (page := vault.read(report, "page")))
    reached = vault.read(case, "referrer")
    own = Anchor(parse_url(vault.text(case, "url")), reached or next(iter(pages), None), confirmed=True)
    return [own, *(Anchor(parse_url(page), reached, confirmed=False) for page in pages if page != own.url.text)]


def _held_until(session: Session, case: Case, now: datetime) -> datetime | None:
    """Until when the case is embargoed: what the crawl finds from here is held as long."""
    subjects = [case.url_bi, case.host_bi, case.domain_bi]
    rows = session.exec(
        select(Embargo).where(
            col(Embargo.lifted_at).is_(None),
            col(Embargo.ended_at).is_(None),
            col(Embargo.until) > now,
            (col(Embargo.case_id) == case.number) | col(Embargo.subject_bi).in_(subjects),
        )
    )
    held = None
    for row in rows:
        held = later(held, row.until)
    return held
