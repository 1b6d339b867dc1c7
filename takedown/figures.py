"""From records to the courses that ``removal_times`` counts."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import func
from sqlmodel import Session, col, select

from hotline.home import Home
from hotline.records import Case, Move, Observation, Provider
from hotline.words import CaseState, Outcome
from takedown.removal_times import ClockStart, Course, report

GROUPS: Final = ("provider", "country", "asn", "tld")
UNKNOWN: Final = "unknown"
ALL: Final = "all"


def metrics(
    home: Home,
    session: Session,
    by: str | None = None,
    clock: ClockStart = ClockStart.NOTICE,
    since: datetime | None = None,
    until: datetime | None = None,
) -> dict[str, Any]:
    """Time to removal of the cases whose clock started in the span, by group."""
    courses = _courses(home, session, by)
    inside = [course for course in courses if _inside(course.start(clock), since, until)]
    return report(inside, clock, home.now(), always=() if by else (ALL,))


def _inside(start: datetime | None, since: datetime | None, until: datetime | None) -> bool:
    return start is not None and (since is None or start >= since) and (until is None or start < until)


def _courses(home: Home, session: Session, by: str | None) -> list[Course]:
    known = dict(_last_known(session))
    referred = dict(_referred(session))
    providers = {row.number: row for row in session.exec(select(Provider))}
    names = {number: home.vault.read(row, "name") or UNKNOWN for number, row in providers.items()}
    return [
        Course(
            state=case.state,
            reported_at=case.reported_at,
            confirmed_at=case.confirmed_at,
            authority_at=case.authority_at or referred.get(case.number),
            first_notice_at=case.first_notice_at,
            last_online_at=case.last_online_at,
            removed_at=case.removed_at,
            last_known_at=known.get(case.number),
            group=_label(case, by, providers, names),
        )
        for case in session.exec(select(Case))
    ]


def _last_known(session: Session) -> Any:
    return session.exec(
        select(Observation.case_id, func.max(Observation.at))
        .where(Observation.outcome != Outcome.UNCLEAR)
        .group_by(col(Observation.case_id))
    ).all()


def _referred(session: Session) -> Any:
    return session.exec(
        select(Move.case_id, func.min(Move.at)).where(Move.to_state == CaseState.REFERRED).group_by(col(Move.case_id))
    ).all()


def _label(case: Case, by: str | None, providers: dict[int, Provider], names: dict[int, str]) -> str:
    if by is None:
        return ALL
    if by == "tld":
        return case.tld or UNKNOWN
    row = providers.get(case.provider_id) if case.provider_id else None
    if row is None:
        return UNKNOWN
    if by == "provider":
        return names[row.number]
    return str((row.country if by == "country" else row.asn) or UNKNOWN)
