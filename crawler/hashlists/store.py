"""Hash lists in the database: rows are added, never changed; the same row twice is known."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Final

from sqlmodel import Session, col, select

from crawler.hashlists.formats import BadRow, ListRow
from crawler.hashlists.part import Sealer
from hotline.errors import HotlineError
from hotline.records import HashEntry, HashList
from hotline.words import DigestKind, ListKind

_BATCH: Final = 500


@dataclass
class ImportResult:
    """What became of a list's rows."""

    added: int = 0
    known: int = 0
    rejected: list[BadRow] = field(default_factory=list)


def import_rows(
    session: Session,
    list_name: str,
    kind: ListKind | None,
    rows: Iterable[ListRow | BadRow],
    now: datetime,
    *,
    seal: Sealer | None = None,
    sealed: bool = False,
) -> ImportResult:
    """Adds rows to the list, which is made when it is new (``kind`` unset: an illegal one).

    ``sealed``: a new list keeps what ``seal`` makes of exact digests in their place; it then always does.

    Raises:
        HotlineError: the list exists with another kind, or unsealed; nothing was written.
    """
    hash_list = _list(session, list_name, kind, now, sealed)
    if hash_list.sealed and seal is None:
        raise ValueError(f"the list {list_name!r} is sealed; nothing plain may be added to it")
    if hash_list.sealed and seal is not None:
        rows = (_sealed(row, seal) for row in rows)
    result = ImportResult()
    for batch in _batches(rows):
        good = {}
        for row in batch:
            if isinstance(row, BadRow):
                result.rejected.append(row)
            elif identity(row) in good:
                result.known += 1
            else:
                good[identity(row)] = row
        known = _known(session, hash_list, good)
        session.add_all(_entry(hash_list, name, row, now) for name, row in good.items() if name not in known)
        session.flush()
        result.known += len(known)
        result.added += len(good) - len(known)
    return result


def identity(row: ListRow) -> str:
    """What makes a row itself within its list: all its digests and its length."""
    parts = (row.sha256, row.sha1, row.md5, row.pdq, str(row.length or ""))
    return hashlib.blake2b(":".join(part or "" for part in parts).encode(), digest_size=20).hexdigest()


def _sealed(row: ListRow | BadRow, seal: Sealer) -> ListRow | BadRow:
    if isinstance(row, BadRow):
        return row
    return replace(
        row,
        sha256=row.sha256 and seal(DigestKind.SHA256, row.sha256),
        sha1=row.sha1 and seal(DigestKind.SHA1, row.sha1),
        md5=row.md5 and seal(DigestKind.MD5, row.md5),
    )


def _list(session: Session, name: str, kind: ListKind | None, now: datetime, sealed: bool) -> HashList:
    found = session.exec(select(HashList).where(HashList.name == name)).first()
    if found is None:
        found = HashList(name=name, kind=kind or ListKind.ILLEGAL, sealed=sealed, added_at=now)
        session.add(found)
        session.flush()
    elif kind is not None and found.kind is not kind:
        raise HotlineError(
            f"the list {name!r} is {found.kind}, not {kind}; import under another name: a list does not change its kind"
        )
    elif sealed and not found.sealed:
        raise HotlineError(f"the list {name!r} holds plain digests already; import under another name to seal it")
    return found


def _batches(rows: Iterable[ListRow | BadRow]) -> Iterator[list[ListRow | BadRow]]:
    source = iter(rows)
    while batch := list(islice(source, _BATCH)):
        yield batch


def _known(session: Session, hash_list: HashList, names: Iterable[str]) -> set[str]:
    wanted = select(HashEntry.identity).where(
        HashEntry.list_id == hash_list.number, col(HashEntry.identity).in_(list(names))
    )
    return set(session.exec(wanted))


def _entry(hash_list: HashList, name: str, row: ListRow, now: datetime) -> HashEntry:
    return HashEntry(
        list_id=hash_list.number,
        identity=name,
        sha256=row.sha256,
        sha1=row.sha1,
        md5=row.md5,
        pdq=row.pdq,
        length=row.length,
        classification=row.classification,
        scheme=row.scheme,
        label=row.label,
        added_at=now,
    )
