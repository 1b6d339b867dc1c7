"""What looks change about cases and their episodes, collected and written for a whole batch: nearly every look changes
the same few times, and moves nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from hotline.records import Case, Episode
from takedown import host_answers
from takedown.verdicts import Standing

CHANGED_BY_LOOKS: Final = ("looks", "due_at", "last_online_at", "first_gone_at", "removed_at", "watch_until")
"""The columns of a case that ``takedown.verdicts.Standing`` gives anew; its state changes by a move alone."""


class Changes:
    """A batch of cases: what is known beside them, and what is to be written of them.

    ``episodes``: the current one of each case (``id``, ``first_notice_at``); ``calls``: when a host last said something
    that a look must answer.
    """

    def __init__(self, session: Session, found: Sequence[Any]) -> None:
        self._session = session
        self._changed: list[dict[str, Any]] = []
        self._kept: list[dict[str, Any]] = []
        numbers = [case.id for case in found]
        current = {case.id: case.episode for case in found}
        table = _table(Episode)
        wanted = sa.select(table.c.id, table.c.case_id, table.c.ordinal, table.c.first_notice_at)
        rows = session.execute(wanted.where(table.c.case_id.in_(numbers)))
        self.episodes = {row.case_id: row for row in rows if row.ordinal == current[row.case_id]}
        self.calls = host_answers.newest_calls(session, numbers)

    def note(self, number: int, after: Standing) -> None:
        """A case that stays in its state, and its episode, get these times."""
        episode = self.episodes.get(number)
        times = {name: getattr(after, name) for name in CHANGED_BY_LOOKS}
        self._changed.append({"row": number, "current": episode.id if episode else None, **times})

    def keep(self, number: int, whole_at: datetime | None, marks_ct: bytes | None) -> None:
        """Later glances at this case's file go by these."""
        self._kept.append({"row": number, "whole_at": whole_at, "marks_ct": marks_ct})

    def write(self) -> None:
        """Writes what was noted, in the transaction of the session."""
        self._update(Case, "row", ("whole_at", "marks_ct"), self._kept)
        self._update(Case, "row", CHANGED_BY_LOOKS, self._changed)
        self._update(Episode, "current", ("last_online_at", "first_gone_at"), self._changed)

    def _update(self, record: type[SQLModel], by: str, names: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
        table = _table(record)
        changed = [{by: row[by], **{name: row[name] for name in names}} for row in rows if row[by] is not None]
        if changed:
            statement = table.update().where(table.c.id == sa.bindparam(by))
            self._session.connection().execute(statement, changed)


def _table(record: type[SQLModel]) -> sa.Table:
    return record.metadata.tables[str(record.__tablename__)]
