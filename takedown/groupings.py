"""The groups by which times to removal are compared: who hosts a case, where, under which name, and who was asked."""

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from sqlmodel import Session, select

from hotline.home import Home
from hotline.records import Provider
from takedown.courses import Courses, whole_columns
from takedown.removal_times import Grouping

GROUPS: Final = ("provider", "country", "asn", "tld", "language", "rung")
UNKNOWN: Final = "unknown"
ALL: Final = "all"


def columns_of(by: str | None) -> tuple[str, ...]:
    """The columns of the courses that a grouping reads."""
    return {"rung": ("rung",), "tld": (), "language": ()}.get(by or "tld", ("provider",))


def grouping(home: Home, session: Session, courses: Courses, by: str | None) -> Grouping:
    """The group of each entry; one for all of them without ``by``. What is not known is a group of its own."""
    if by is None:
        return Grouping([ALL], np.zeros(len(courses), dtype=np.int64), always=[ALL])
    if by == "rung":
        rungs, places = np.unique(courses.rung, return_inverse=True)
        return _named([str(rung) for rung in rungs.tolist()], places)
    if by == "tld":
        return _by_case(session, courses, "SELECT case_id, max(tld) AS name FROM course GROUP BY case_id")
    if by == "language":
        return _by_case(session, courses, _LANGUAGES)
    labels = _labels(home, session, by)
    providers, places = np.unique(courses.provider, return_inverse=True)
    return _named([labels.get(number, UNKNOWN) for number in providers.tolist()], places)


_LANGUAGES: Final = """SELECT link.case_id AS case_id, notice.language AS name
    FROM (SELECT case_id, min(notice_id) AS notice_id FROM notice_case GROUP BY case_id) AS link
    JOIN notice ON notice.id = link.notice_id"""
"""The language of the first notice about a case."""


def _labels(home: Home, session: Session, by: str) -> dict[int, str]:
    """What each provider's cases stand under."""
    rows = session.exec(select(Provider)).all()
    if by == "provider":
        return {row.number: home.vault.read(row, "name") or UNKNOWN for row in rows}
    return {row.number: str((row.country if by == "country" else row.asn) or UNKNOWN) for row in rows}


def _named(labels: Iterable[str], places: Any) -> Grouping:
    """Several numbers may stand under one label."""
    labels = list(labels)
    names = sorted(set(labels))
    place_of = {name: place for place, name in enumerate(names)}
    return Grouping(names, np.array([place_of[label] for label in labels], dtype=np.int64)[places])


def _by_case(session: Session, courses: Courses, query: str) -> Grouping:
    """The query gives each case a name; numbers are read instead, for they are read many times faster."""
    cases, ranks = whole_columns(
        session,
        f"(SELECT case_id, dense_rank() OVER (ORDER BY coalesce(name, '')) AS place FROM ({query}) AS found) AS ranked",
        ("case_id", "place"),
    )
    rows = session.connection().exec_driver_sql(
        f"SELECT DISTINCT coalesce(name, '') AS name FROM ({query}) AS found ORDER BY 1"
    )
    labels = [UNKNOWN, *(row[0] or UNKNOWN for row in rows)]
    if not len(cases):
        return _named(labels, np.zeros(len(courses), dtype=np.int64))
    order = np.argsort(cases)
    at = np.minimum(np.searchsorted(cases[order], courses.case_id), len(cases) - 1)
    found = cases[order][at] == courses.case_id
    return _named(labels, np.where(found, ranks[order][at], 0))
