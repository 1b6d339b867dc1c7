"""Answers of registries, kept in the database: found by a blind index, sealed at rest.

The database's side of ``takedown.hosting.cache.Cache``. Registry queries are slow, rate-limited and seen by others:
one that was answered today is not put again by the next command.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import RegistryAnswer
from takedown.hosting.cache import Kept

_AT_ONCE: Final = 50
"""Answers in one transaction."""


class KeptAnswers:
    """Keeps answers in ``registry_answer``; what was opened or written once stays at hand for this command.

    Answers are written some at a time, for each transaction waits for the disk: ``flush`` when the work is done. What
    is lost with the process is asked for again.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._at_hand: dict[tuple[str, bytes], Kept] = {}
        self._unwritten: dict[tuple[str, bytes], Kept] = {}

    def get(self, kind: str, keys: Sequence[str]) -> dict[str, Kept]:
        """The answers that there are for these keys, however old; one question to the database."""
        by_index = {self._index(key): key for key in keys}
        with self._home.reading() as session:
            rows = _rows(session, kind, by_index)
            opened = {by_index[row.subject_bi]: self._opened(row) for row in rows}
        newer = {key: self._unwritten.get((kind, index)) for index, key in by_index.items()}
        return {key: kept for found in (opened, newer) for key, kept in found.items() if kept}

    def put(self, kind: str, key: str, text: str, at: datetime) -> None:
        """Keeps an answer, in place of an older one."""
        self._unwritten[kind, self._index(key)] = Kept(text, at)
        if len(self._unwritten) >= _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Writes what was not written yet."""
        if not self._unwritten:
            return
        try:
            self._write()
        except IntegrityError:  # another command wrote the same answer for the first time in this moment
            self._write()
        self._at_hand |= self._unwritten
        self._unwritten = {}

    def _write(self) -> None:
        with self._home.session() as session:
            for (kind, subject), kept in self._unwritten.items():
                row = next(iter(_rows(session, kind, [subject])), None)
                row = row or RegistryAnswer(kind=kind, subject_bi=subject, at=kept.at)
                self._home.vault.write(row, "text", kept.text)
                row.at = kept.at
                session.add(row)

    def _opened(self, row: RegistryAnswer) -> Kept | None:
        """The row's answer. One that does not open is none: its registry is there to be asked again."""
        at_hand = self._at_hand.get((row.kind, row.subject_bi))
        if at_hand is None or at_hand.at != row.at:
            try:
                at_hand = Kept(self._home.vault.text(row, "text"), row.at)
            except HotlineError:
                return None
            self._at_hand[row.kind, row.subject_bi] = at_hand
        return at_hand

    def _index(self, key: str) -> bytes:
        return self._home.vault.index("registry", key)


def _rows(session: Session, kind: str, subjects: Iterable[bytes]) -> Sequence[RegistryAnswer]:
    wanted = select(RegistryAnswer).where(RegistryAnswer.kind == kind, col(RegistryAnswer.subject_bi).in_(subjects))
    return session.exec(wanted).all()
