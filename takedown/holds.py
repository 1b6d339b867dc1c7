"""The time that each case spent under an embargo, for figures that take it off."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlmodel import Session, col, or_, select

from hotline.home import Home
from hotline.records import Case, Embargo
from hotline.words import EmbargoScope

Span = tuple[float, float]


def spans(home: Home, session: Session) -> Mapping[int, list[Span]]:
    """By case, the spans in seconds since 1970 in which something held it, in order and without overlap."""
    found: dict[int, list[Span]] = defaultdict(list)
    for row in session.exec(select(Embargo)):
        end = min(moment for moment in (row.until, row.lifted_at, row.ended_at) if moment is not None)
        for number in _covered(home, session, row):
            found[number].append((row.set_at.timestamp(), end.timestamp()))
    return {number: _joined(each) for number, each in found.items()}


def _joined(each: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for begin, end in sorted(each):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif end > begin:
            joined.append((begin, end))
    return joined


def _covered(home: Home, session: Session, row: Embargo) -> list[int]:
    """The numbers of the cases that the embargo holds, by what it names."""
    column = {
        EmbargoScope.URL: Case.url_bi,
        EmbargoScope.HOST: Case.host_bi,
        EmbargoScope.DOMAIN: Case.domain_bi,
    }.get(row.scope)
    if column is not None:
        return [number for number in session.exec(select(Case.id).where(column == row.subject_bi)) if number]
    digests = {
        digest
        for name in (Case.sha256, Case.assessed_sha256)
        for digest in session.exec(select(name).where(col(name).is_not(None)).distinct())
        if home.vault.index("digest", str(digest)) == row.subject_bi
    }
    named = or_(col(Case.sha256).in_(digests), col(Case.assessed_sha256).in_(digests))
    return [number for number in session.exec(select(Case.id).where(named)) if number]
