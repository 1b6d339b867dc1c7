"""What is loaded: each hash list with its owner, size and age, for people and programs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from crawler.hashlists import building, listfile
from hotline.clock import utc_text
from hotline.home import Home
from hotline.progress import Progress
from hotline.records import HashEntry, HashList
from hotline.words import ListKind


@dataclass(frozen=True)
class ListFacts:
    """A list. ``entries`` are those that stand, if it does itself (``withdrawn_at`` is unset).

    ``file_whole`` is ``None`` unless the file was read through.
    """

    name: str
    kind: ListKind
    owner: str | None
    sealed: bool
    entries: int
    withdrawn: int
    added_at: datetime
    newest: datetime | None
    withdrawn_at: datetime | None
    file_bytes: int | None
    file_whole: bool | None

    def as_row(self) -> dict[str, Any]:
        """For programs; times in UTC."""
        return {
            "list": self.name,
            "kind": self.kind.value,
            "owner": self.owner,
            "sealed": self.sealed,
            "entries": self.entries,
            "withdrawn": self.withdrawn,
            "added_at": utc_text(self.added_at),
            "newest_at": utc_text(self.newest) if self.newest else None,
            "withdrawn_at": utc_text(self.withdrawn_at) if self.withdrawn_at else None,
            "file_bytes": self.file_bytes,
            "file_whole": self.file_whole,
        }


def overview(home: Home, session: Session, *, verify: bool, progress: Progress) -> list[ListFacts]:
    """Every list, by name."""
    found: list[ListFacts] = []
    for hash_list, part in sorted(building.lists_and_parts(home, session), key=lambda pair: pair[0].name):
        progress("lists looked at", len(found))
        file = building.file_of(home, hash_list)
        on_disk = part.segment is not None
        found.append(
            ListFacts(
                name=hash_list.name,
                kind=hash_list.kind,
                owner=hash_list.owner,
                sealed=hash_list.sealed,
                entries=part.size,
                withdrawn=_withdrawn(session, hash_list),
                added_at=hash_list.added_at,
                newest=_newest(session, hash_list),
                withdrawn_at=hash_list.withdrawn_at,
                file_bytes=file.stat().st_size if on_disk else None,
                file_whole=listfile.verify(file) if on_disk and verify else None,
            )
        )
    return found


def _withdrawn(session: Session, hash_list: HashList) -> int:
    wanted = select(func.count()).where(
        col(HashEntry.list_id) == hash_list.number, col(HashEntry.withdrawn_at).is_not(None)
    )
    return int(session.execute(wanted).scalar_one())


def _newest(session: Session, hash_list: HashList) -> datetime | None:
    # Entries are numbered as they come, so the last one is the newest: no list is read for it.
    wanted = select(HashEntry.added_at).where(col(HashEntry.list_id) == hash_list.number)  # type: ignore[call-overload]
    newest: datetime | None = session.execute(wanted.order_by(col(HashEntry.id).desc()).limit(1)).scalar()
    return newest
