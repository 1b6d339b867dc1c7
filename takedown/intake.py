"""How a case begins from confirmed reports. Duplicates join.

No seed without confirmation by staff (DESIGN.md, decision 10): ``baseline`` needs two different analysts. In an
earnest home the names in a file count for nothing; the one who imports confirms with their own credential, and a
``baseline`` report waits until a second analyst has imported it too.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from sqlmodel import Session, col, select

from hotline.address import Url, parse_url
from hotline.home import Home
from hotline.network import refusal_of
from hotline.records import Assessment, Case, Report, Staff
from hotline.staff import Actor
from hotline.words import Decision, EmbargoScope, HomeKind, Role
from takedown import cases, embargoes
from takedown.reports import BrokenRow, ConfirmedReport
from takedown.workflow import ENDED

_WAITS: Final = "one of two confirmations; it waits until a second analyst imports it with their own credential"


@dataclass
class Admission:
    """What became of a file of reports. ``accepted`` does not count the joined; ``waiting`` need a second analyst."""

    accepted: int = 0
    joined: int = 0
    rejected: list[BrokenRow] = field(default_factory=list)
    waiting: list[BrokenRow] = field(default_factory=list)


class _Became(Enum):
    A_CASE = "a case of its own"
    PART = "part of a case"
    WAITING = "waiting"


class _NotTaken(Exception):
    """Why a report is not taken."""


def admit(home: Home, rows: Iterable[ConfirmedReport | BrokenRow], actor: Actor) -> Admission:
    """Takes in confirmed reports, in one transaction; every row is taken, waits, or is named with its fault."""
    result = Admission()
    with home.session() as session:
        staff = {row.name: row for row in session.exec(select(Staff).where(col(Staff.ended_at).is_(None)))}
        for row in rows:
            if isinstance(row, BrokenRow):
                result.rejected.append(row)
                continue
            try:
                became = _admit_one(home, session, row, staff, actor)
            except _NotTaken as wrong:
                result.rejected.append(BrokenRow(row.line, str(wrong)))
                continue
            result.accepted += became is _Became.A_CASE
            result.joined += became is _Became.PART
            if became is _Became.WAITING:
                result.waiting.append(BrokenRow(row.line, _WAITS))
    return result


def _admit_one(home: Home, session: Session, row: ConfirmedReport, staff: dict[str, Staff], actor: Actor) -> _Became:
    for url in (row.url, row.page, row.referrer):
        _refuse_local(home, url)
    confirmers = _confirmers(home, row, staff, actor)
    same = _same_reference(home, session, row.reference)
    if any(report.case_id is not None for report in same):
        return _Became.PART
    if same and _confirmed_by(session, same) >= {member.number for member in confirmers}:
        return _Became.WAITING
    case = cases.find(home, session, row.url)
    report = _write_report(home, session, row)
    _write_assessments(home, session, report, row, confirmers)
    if (case is None or case.state in ENDED) and _lacks_confirmation(session, report, row):
        return _wait(home, session, report, row, actor)
    became = _Became.PART if case else _Became.A_CASE
    case = case or cases.open_reported(home, session, row.url, row.classification, row.reported_at, row.confirmed_at)
    _join(home, session, case, report, row, actor)
    if row.embargo_until is not None:
        embargoes.set_on_case(home, session, case, row.embargo_until, actor.name, "set with the report")
    return became


def _wait(home: Home, session: Session, report: Report, row: ConfirmedReport, actor: Actor) -> _Became:
    """The report waits for a second analyst; a hold that it asks for stands from now on, whoever comes second."""
    home.record(session, actor.name, "report:confirmation:given", f"report {report.number}", line=row.line)
    if row.embargo_until is not None:
        scope = EmbargoScope.URL
        embargoes.set_on(home, session, scope, report.url_bi, row.embargo_until, actor.name, "set with the report")
    return _Became.WAITING


def _refuse_local(home: Home, url: Url | None) -> None:
    if url is None:
        return
    if url.host == "localhost" or url.host.endswith(".localhost"):
        raise _NotTaken("the URL names this machine itself")
    refusal = refusal_of(url.ip, documentation_counts=home.practice) if url.ip is not None else None
    if refusal is not None:
        raise _NotTaken(f"the address in the URL is refused: {refusal}")


def _confirmers(home: Home, row: ConfirmedReport, staff: dict[str, Staff], actor: Actor) -> list[Staff]:
    """The analysts whose word counts for this row."""
    for name in row.confirmed_by:
        if name not in staff:
            raise _NotTaken(f"confirmed_by: no member of staff is named {name[:40]!r}")
        if staff[name].role is not Role.ANALYST:
            raise _NotTaken(f"confirmed_by: {name} is {staff[name].role.value}; only analysts confirm")
    if home.kind is HomeKind.EARNEST:
        return [staff[actor.name]]
    needed = row.classification.confirmations
    if len(row.confirmed_by) < needed:
        raise _NotTaken(f"confirmed_by: {row.classification.value} needs {needed} different analysts")
    return [staff[name] for name in row.confirmed_by]


def _same_reference(home: Home, session: Session, reference: str | None) -> list[Report]:
    """The reports of this reference that were taken in before; one that waits may come again, by another analyst."""
    if not reference:
        return []
    index = home.vault.index("reference", reference)
    return list(session.exec(select(Report).where(Report.reference_bi == index)))


def _confirmed_by(session: Session, reports: list[Report]) -> set[int]:
    numbers = [report.number for report in reports]
    return set(session.exec(select(Assessment.staff_id).where(col(Assessment.report_id).in_(numbers))))


def _write_report(home: Home, session: Session, row: ConfirmedReport) -> Report:
    report = Report(
        url_bi=home.vault.index("url", row.url.text),
        reference_bi=home.vault.index("reference", row.reference) if row.reference else None,
        sha256=row.sha256,
        reported_at=row.reported_at,
        received_at=home.now(),
    )
    texts = {
        "url": row.url.text,
        "page": row.page.text if row.page else None,
        "referrer": row.referrer.text if row.referrer else None,
        "reference": row.reference,
        "source": row.source,
        "note": row.note,
    }
    for name, text in texts.items():
        home.vault.write(report, name, text)
    session.add(report)
    session.flush()
    return report


def _write_assessments(
    home: Home, session: Session, report: Report, row: ConfirmedReport, confirmers: list[Staff]
) -> None:
    for member in confirmers:
        session.add(
            Assessment(
                report_id=report.id,
                staff_id=member.number,
                decision=Decision.CONFIRM,
                classification=row.classification,
                sha256=row.sha256,
                at=row.confirmed_at or home.now(),
            )
        )
    session.flush()


def _lacks_confirmation(session: Session, report: Report, row: ConfirmedReport) -> bool:
    """Whether fewer different analysts than are needed have confirmed this URL, earlier waiting reports included."""
    staff = session.exec(
        select(Assessment.staff_id)
        .join(Report, col(Report.id) == Assessment.report_id)
        .where(Report.url_bi == report.url_bi, col(Report.case_id).is_(None))
    ).all()
    return len(set(staff)) < row.classification.confirmations


def _join(home: Home, session: Session, case: Case, report: Report, row: ConfirmedReport, actor: Actor) -> None:
    """Puts the report, and the waiting ones of the same URL, to the case; what they add is added."""
    new_page = False
    waiting = select(Report).where(Report.url_bi == report.url_bi, col(Report.case_id).is_(None))
    for each in session.exec(waiting.order_by(col(Report.id))).all():
        each.case_id = case.id
        for assessment in session.exec(select(Assessment).where(Assessment.report_id == each.id)):
            assessment.case_id = case.id
        new_page |= _add(home, session, case, each)
    again = cases.report_again(home, session, case, actor.name)
    cases.demand_ticket(home, session, case, also_when_done=new_page or again)
    session.add(case)
    home.record(session, actor.name, "case:report:admitted", f"case {case.number}", url=row.url.text, line=row.line)


def _add(home: Home, session: Session, case: Case, report: Report) -> bool:
    """Adds to the case what a report knows; returns whether it names a new page."""
    case.assessed_sha256 = case.assessed_sha256 or report.sha256
    if case.referrer_ct is None:
        home.vault.write(case, "referrer", home.vault.read(report, "referrer"))
    page = home.vault.read(report, "page")
    return page is not None and cases.sight(home, session, case, parse_url(page))
