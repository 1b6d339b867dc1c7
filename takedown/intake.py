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

from hotline.address import Url
from hotline.home import Home
from hotline.network import refusal_of
from hotline.records import Assessment, Case, Report, Staff
from hotline.staff import Actor
from hotline.words import Decision, HomeKind, Role
from takedown import cases, embargoes
from takedown.reports import BrokenRow, ConfirmedReport

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
    if row.reference and _is_known(home, session, row.reference, row.url):
        return _Became.PART
    case = cases.find(home, session, row.url)
    report = _write_report(home, session, row)
    _write_assessments(home, session, case, report, row, confirmers)
    if case is None and _lacks_confirmation(session, report, row):
        return _Became.WAITING
    became = _Became.PART if case else _Became.A_CASE
    case = case or cases.open_reported(home, session, row.url, row.classification, row.reported_at, row.confirmed_at)
    _join(home, session, case, report, row, actor)
    if row.embargo_until is not None:
        embargoes.set_on_case(home, session, case, row.embargo_until, actor.name, "set with the report")
    return became


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


def _is_known(home: Home, session: Session, reference: str, url: Url) -> bool:
    """Whether this reference was taken in before; one that waits for a second analyst may come again."""
    same = session.exec(select(Report).where(Report.reference_bi == home.vault.index("reference", reference))).all()
    return any(report.case_id is not None for report in same)


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
    home: Home, session: Session, case: Case | None, report: Report, row: ConfirmedReport, confirmers: list[Staff]
) -> None:
    for member in confirmers:
        session.add(
            Assessment(
                case_id=case.id if case else None,
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
    """Puts the report, and the waiting ones of the same URL, to the case; what it adds is added."""
    for waiting in session.exec(select(Report).where(Report.url_bi == report.url_bi, col(Report.case_id).is_(None))):
        waiting.case_id = case.id
        for assessment in session.exec(select(Assessment).where(Assessment.report_id == waiting.id)):
            assessment.case_id = case.id
    case.assessed_sha256 = case.assessed_sha256 or row.sha256
    if row.referrer is not None and case.referrer_ct is None:
        home.vault.write(case, "referrer", row.referrer.text)
    new_page = row.page is not None and cases.sight(home, session, case, row.page)
    cases.report_again(home, session, case, actor.name)
    cases.demand_ticket(home, session, case, also_when_done=new_page)
    session.add(case)
    home.record(session, actor.name, "case:report:admitted", f"case {case.number}", url=row.url.text, line=row.line)
