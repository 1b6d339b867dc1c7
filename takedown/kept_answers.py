"""Answers of registries, kept in the database: found by a blind index, sealed at rest.

The database's side of ``takedown.hosting.cache.Cache``. Registry queries are slow, rate-limited and seen by others:
one that was answered today is not put again by the next command.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import RegistryAnswer
from takedown.hosting.cache import Kept


class KeptAnswers:
    """Keeps answers in ``registry_answer``; what was opened or written once stays at hand for this command."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._at_hand: dict[tuple[str, bytes], Kept] = {}

    def get(self, kind: str, keys: Sequence[str]) -> dict[str, Kept]:
        """The answers that there are for these keys, however old; one question to the database."""
        by_index = {self._index(key): key for key in keys}
        with self._home.reading() as session:
            rows = _rows(session, kind, by_index)
            opened = {by_index[row.subject_bi]: self._opened(row) for row in rows}
        return {key: kept for key, kept in opened.items() if kept}

    def put(self, kind: str, key: str, text: str, at: datetime) -> None:
        """Keeps an answer, in place of an older one."""
        try:
            self._write(kind, self._index(key), text, at)
        except IntegrityError:  # another command wrote the same answer for the first time in this moment
            self._write(kind, self._index(key), text, at)

    def _write(self, kind: str, subject: bytes, text: str, at: datetime) -> None:
        with self._home.session() as session:
            row = next(iter(_rows(session, kind, [subject])), None)
            row = row or RegistryAnswer(kind=kind, subject_bi=subject, at=at)
            self._home.vault.write(row, "text", text)
            row.at = at
            session.add(row)
        self._at_hand[kind, subject] = Kept(text, at)

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
