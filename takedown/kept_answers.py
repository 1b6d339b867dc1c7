"""Answers of registries, kept in the database: found by a blind index, sealed at rest.

The database's side of ``takedown.hosting.cache.Cache``. Registry queries are slow, rate-limited and seen by others:
one that was answered today is not put again by the next command.
"""

from datetime import datetime

from sqlmodel import Session, select

from hotline.home import Home
from hotline.records import RegistryAnswer
from takedown.hosting.cache import Kept


class KeptAnswers:
    """Keeps answers in ``registry_answer``; what was read or written once stays at hand for this command."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._at_hand: dict[tuple[str, str], Kept | None] = {}

    def get(self, kind: str, key: str) -> Kept | None:
        """The answer, however old."""
        if (kind, key) not in self._at_hand:
            with self._home.reading() as session:
                row = self._row(session, kind, key)
                self._at_hand[kind, key] = Kept(self._home.vault.text(row, "text"), row.at) if row else None
        return self._at_hand[kind, key]

    def put(self, kind: str, key: str, text: str, at: datetime) -> None:
        """Keeps an answer, in place of an older one."""
        with self._home.session() as session:
            subject = self._home.vault.index("registry", key)
            row = self._row(session, kind, key) or RegistryAnswer(kind=kind, subject_bi=subject, at=at)
            self._home.vault.write(row, "text", text)
            row.at = at
            session.add(row)
        self._at_hand[kind, key] = Kept(text, at)

    def _row(self, session: Session, kind: str, key: str) -> RegistryAnswer | None:
        subject = self._home.vault.index("registry", key)
        return session.exec(
            select(RegistryAnswer).where(RegistryAnswer.kind == kind, RegistryAnswer.subject_bi == subject)
        ).first()
