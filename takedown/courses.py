"""The courses of all cases as columns of numbers: what figures over a million of them are reckoned from.

They come from the table ``course``, which the database keeps by itself, as one text or one array a column: reading them
row by row would take longer than everything else together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

Wholes = NDArray[np.int64]

COLUMNS: Final = ("case_id", "ordinal", "state", "provider", "rung", "reported", "confirmed", "authority", "referred",
                  "notice", "online", "gone", "known")  # fmt: skip


@dataclass(frozen=True)
class Courses:
    """One entry an episode, by case and ordinal. Times are seconds since 1970, 0 where there is none."""

    case_id: Wholes
    ordinal: Wholes
    state: Wholes
    provider: Wholes
    rung: Wholes
    reported: Wholes
    confirmed: Wholes
    authority: Wholes
    notice: Wholes
    online: Wholes
    gone: Wholes
    known: Wholes
    answer: Wholes

    def __len__(self) -> int:
        return len(self.case_id)


def read(session: Session, needed: Sequence[str] = COLUMNS) -> Courses:
    """The courses of all cases; columns that are not needed are 0."""
    wanted = {"case_id", "ordinal", "state", "online", "gone", "known", *needed} & set(COLUMNS)
    names = [name for name in COLUMNS if name in wanted]
    columns = dict(zip(names, whole_columns(session, "course", names), strict=True))
    nothing = np.zeros(len(columns["case_id"]), dtype=np.int64)
    filled = {name: columns.get(name, nothing) for name in COLUMNS}
    referred = filled.pop("referred")
    filled["authority"] = np.where(filled["authority"] > 0, filled["authority"], referred)
    return _in_order(Courses(**filled, answer=nothing))


_ANSWERS: Final = """(SELECT case_id, min(at) AS at FROM (
        SELECT case_id, {said} AS at FROM notice_case WHERE answered_at IS NOT NULL
        UNION ALL SELECT link.case_id, {received} FROM reply
        JOIN notice_case AS link ON link.notice_id = reply.notice_id
        WHERE reply.kind = 'replied'
    ) AS every GROUP BY case_id) AS first"""


def with_answers(session: Session, courses: Courses) -> Courses:
    """The same with each case's first answer of a host: by mail or on its page; no bounce and no program's answer."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    seconds = "CAST(strftime('%s', {}) AS INTEGER)" if sqlite else "CAST(floor(extract(epoch FROM {})) AS BIGINT)"
    source = _ANSWERS.format(said=seconds.format("answered_at"), received=seconds.format("received_at"))
    cases, moments = whole_columns(session, source, ("case_id", "at"))
    answer = np.zeros(len(courses), dtype=np.int64)
    order = np.argsort(cases)
    at = np.searchsorted(courses.case_id, cases[order])  # the first episode: they stand by case and ordinal
    answer[at] = moments[order]
    return replace(courses, answer=answer)


def _in_order(courses: Courses) -> Courses:
    place = (courses.case_id << 20) | courses.ordinal
    if np.all(place[1:] > place[:-1]):
        return courses
    order = np.argsort(place)
    return Courses(**{name: column[order] for name, column in vars(courses).items()})


def whole_columns(session: Session, source: str, names: Sequence[str]) -> list[Wholes]:
    """Columns of whole numbers of a table or of a query in brackets, in one and the same order; empty is 0."""
    if session.get_bind().dialect.name == "sqlite":
        return _from_json(session, source, names)
    return _from_arrays(session, source, names)


def _from_json(session: Session, source: str, names: Sequence[str]) -> list[Wholes]:
    columns = ", ".join(f"json_group_array(coalesce({name}, 0))" for name in names)
    texts = session.connection().exec_driver_sql(f"SELECT {columns} FROM {source}").one()
    return [np.fromstring(text[1:-1], dtype=np.int64, sep=",") for text in texts]


_HEAD: Final = 20
_ITEM: Final = np.dtype([("length", ">i4"), ("value", ">i8")])
"""An array of int8 in PostgreSQL's binary form: dimensions, flags, type, size and lower bound, then each value."""


def _from_arrays(session: Session, source: str, names: Sequence[str]) -> list[Wholes]:
    columns = ", ".join(f"array_agg(CAST(coalesce({name}, 0) AS BIGINT))" for name in names)
    connection: Any = session.connection().connection.driver_connection
    with connection.cursor(binary=True) as cursor:
        cursor.execute(f"SELECT {columns} FROM {source}")
        raw = [cursor.pgresult.get_value(0, place) for place in range(len(names))]
    return [_values(each) for each in raw]


def _values(raw: bytes | None) -> Wholes:
    if raw is None:
        return np.zeros(0, dtype=np.int64)
    return np.frombuffer(raw, dtype=_ITEM, offset=_HEAD)["value"].astype(np.int64)
