"""Embargoes: dated holds with a scope (DESIGN.md, "Words").

An embargo is a record that clearance reads, not a state of a case. Cases that the crawl opens inherit it. When its
date passes, the cases that it held go to ``review``: a person decides how they go on.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import Case, Embargo
from hotline.words import EmbargoScope
from takedown import workflow
from takedown.workflow import Because


def set_on_case(
    home: Home,
    session: Session,
    case: Case,
    until: datetime,
    actor: str,
    reason: str,
    scope: EmbargoScope = EmbargoScope.URL,
) -> Embargo:
    """Holds everything that the scope of this case covers."""
    return set_on(home, session, scope, _subject(home, case, scope), until, actor, reason, case.id)


def set_on(
    home: Home,
    session: Session,
    scope: EmbargoScope,
    subject: bytes,
    until: datetime,
    actor: str,
    reason: str,
    case_id: int | None = None,
) -> Embargo:
    """Holds what the blind index names."""
    row = Embargo(scope=scope, subject_bi=subject, case_id=case_id, until=until, staff=actor, set_at=home.now())
    home.vault.write(row, "reason", reason)
    session.add(row)
    session.flush()
    home.record(session, actor, "embargo:hold:set", f"embargo {row.number}", scope=scope.value, until=until.isoformat())
    return row


def inherit(home: Home, session: Session, case: Case, until: datetime) -> None:
    """A case that the crawl opened from an embargoed one is held as long."""
    held = embargo_until(session, home, case)
    if held is None or held < until:
        row = set_on_case(home, session, case, until, "system", "inherited from the case that led to it")
        row.inherited = True


def lift(home: Home, session: Session, subjects: dict[EmbargoScope, bytes], actor: str) -> int:
    """Ends every hold on these subjects by a person's word, and what was inherited from them; returns how many."""
    rows = session.exec(select(Embargo).where(_stands(), _names(subjects.values()))).all()
    _lift(home, session, rows, actor)
    _lift(home, session, _inherited(home, session, rows), actor)
    return len(rows)


def _lift(home: Home, session: Session, rows: Iterable[Embargo], actor: str) -> None:
    for row in rows:
        row.lifted_at = home.now()
        home.record(session, actor, "embargo:hold:lifted", f"embargo {row.number}", scope=row.scope.value)
    session.flush()


def _inherited(home: Home, session: Session, lifted: Sequence[Embargo]) -> list[Embargo]:
    """The holds that cases have only because these were set on the cases that led to them."""
    found: dict[int, Embargo] = {}
    covered = (case for row in lifted for case in _covered(home, session, row))
    parents = {case.number for case in covered if embargo_until(session, home, case) is None}
    known = set(parents)
    while parents:
        children = set(session.exec(select(Case.id).where(col(Case.parent_id).in_(parents)))) - known
        parents = {number for number in children if number is not None}
        known |= parents
        held = select(Embargo).where(_stands(), col(Embargo.inherited), col(Embargo.case_id).in_(parents))
        found |= {row.number: row for row in session.exec(held)}
    return list(found.values())


def subjects_of(home: Home, case: Case) -> dict[EmbargoScope, bytes]:
    """Everything by which an embargo can hold a case."""
    subjects = {
        EmbargoScope.URL: case.url_bi,
        EmbargoScope.HOST: case.host_bi,
        EmbargoScope.DOMAIN: case.domain_bi,
    }
    digest = case.assessed_sha256 or case.sha256
    if digest:
        subjects[EmbargoScope.DIGEST] = home.vault.index("digest", digest)
    return subjects


def embargo_until(session: Session, home: Home, case: Case) -> datetime | None:
    """Until when the case is held; ``None`` when nothing holds it now."""
    rows = session.exec(select(Embargo).where(_stands(), _names(_all_subjects(home, case)))).all()
    return max((row.until for row in rows if row.until > home.now()), default=None)


def end_the_past(home: Home, session: Session) -> int:
    """Sends the cases whose embargo has passed to ``review``; returns how many went."""
    moved = 0
    for row in session.exec(select(Embargo).where(_stands(), col(Embargo.until) <= home.now())).all():
        row.ended_at = home.now()
        session.flush()
        for case in _covered(home, session, row):
            if embargo_until(session, home, case) is None:
                moved += workflow.move(home, session, case, Because.EMBARGO_ENDED)
    return moved


def _covered(home: Home, session: Session, row: Embargo) -> list[Case]:
    column = {
        EmbargoScope.URL: Case.url_bi,
        EmbargoScope.HOST: Case.host_bi,
        EmbargoScope.DOMAIN: Case.domain_bi,
    }.get(row.scope)
    if column is not None:
        return list(session.exec(select(Case).where(column == row.subject_bi)))
    cases = session.exec(select(Case).where(or_(col(Case.sha256).is_not(None), col(Case.assessed_sha256).is_not(None))))
    return [case for case in cases if row.subject_bi in _all_subjects(home, case)]


def _all_subjects(home: Home, case: Case) -> list[bytes]:
    subjects = list(subjects_of(home, case).values())
    if case.sha256 and case.assessed_sha256:
        subjects.append(home.vault.index("digest", case.sha256))
    return subjects


def _subject(home: Home, case: Case, scope: EmbargoScope) -> bytes:
    subjects = subjects_of(home, case)
    if scope not in subjects:
        raise HotlineError(f"case {case.number} has no digest yet; crawl it first, or embargo its url")
    return subjects[scope]


def _stands() -> ColumnElement[bool]:
    return col(Embargo.lifted_at).is_(None) & col(Embargo.ended_at).is_(None)


def _names(subjects: Iterable[bytes]) -> ColumnElement[bool]:
    return col(Embargo.subject_bi).in_(list(subjects))
