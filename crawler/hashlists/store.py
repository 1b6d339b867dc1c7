"""Hash lists in the database: the same row twice is known; what its owner withdraws stays, but counts no more."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby, islice
from typing import Any, Final

from sqlalchemy import insert, update
from sqlmodel import Session, col, select

from crawler.hashlists.formats import BadRow, ListRow, Row, Withdrawal
from crawler.hashlists.part import Sealer
from hotline.errors import HotlineError
from hotline.records import HashEntry, HashList
from hotline.records.base import new_key
from hotline.words import DigestKind, ListKind

_BATCH: Final = 500
_MOST_NAMED: Final = 100_000
"""Bad rows that are named one by one: a file of the wrong format must not fill the memory with reasons."""


@dataclass
class ImportResult:
    """What became of a list's rows. ``withdrawn`` counts entries that its owner took back or replaced.

    ``reinstated`` are those among the added that had been taken back before.
    """

    added: int = 0
    known: int = 0
    rejected: list[BadRow] = field(default_factory=list)
    withdrawn: int = 0
    reinstated: int = 0
    unnamed: int = 0

    def reject(self, row: BadRow) -> None:
        """Names a bad row; of too many the rest is only counted, in the last one."""
        if len(self.rejected) <= _MOST_NAMED:
            self.rejected.append(row)
            return
        self.unnamed += 1
        reason = f"this row and {self.unnamed} after it that are not named; is this the format of the file?"
        self.rejected[-1] = BadRow(self.rejected[-1].line, reason)

    def include(self, other: "ImportResult") -> None:
        """Adds another result to this one."""
        self.added += other.added
        self.known += other.known
        self.withdrawn += other.withdrawn
        self.reinstated += other.reinstated
        for row in other.rejected:
            self.reject(row)


def import_rows(
    session: Session,
    list_name: str,
    kind: ListKind | None,
    rows: Iterable[Row],
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
    hash_list = list_named(session, list_name, kind, now, sealed)
    number = hash_list.number
    if hash_list.sealed:
        if seal is None:
            raise ValueError(f"the list {list_name!r} is sealed; nothing plain may be added to it")
        rows = (_sealed(row, seal) for row in rows)
    result = ImportResult()
    # In the order of the file, for a row may come again after its withdrawal.
    for _, alike in groupby(rows, lambda row: isinstance(row, Withdrawal)):
        for batch in _batches(alike):
            _add(session, number, [row for row in batch if isinstance(row, ListRow)], now, result)
            _withdraw(session, number, [row for row in batch if isinstance(row, Withdrawal)], now, result)
            for row in batch:
                if isinstance(row, BadRow):
                    result.reject(row)
    _note_changes(session, hash_list, result)
    return result


def _sealed(row: Row, seal: Sealer) -> Row:
    if isinstance(row, BadRow):
        return row
    return replace(
        row,
        sha256=row.sha256 and seal(DigestKind.SHA256, row.sha256),
        sha1=row.sha1 and seal(DigestKind.SHA1, row.sha1),
        md5=row.md5 and seal(DigestKind.MD5, row.md5),
    )


def _note_changes(session: Session, hash_list: HashList, result: ImportResult) -> None:
    """Tells whoever has the list's file open that entries of it count no more, or count again."""
    if result.withdrawn or result.reinstated:
        hash_list.changes += 1
        if result.reinstated:
            hash_list.reinstated = hash_list.changes
        session.add(hash_list)


def list_named(session: Session, name: str, kind: ListKind | None, now: datetime, sealed: bool = False) -> HashList:
    """The list, which is made when it is new.

    Raises:
        HotlineError: it exists with another kind, or is to be sealed and is not.
    """
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


def demand(session: Session, name: str) -> HashList:
    """The list with this name.

    Raises:
        HotlineError: there is none.
    """
    found = session.exec(select(HashList).where(HashList.name == name)).first()
    if found is None:
        raise HotlineError(f"there is no list {name!r}; `hotline hashes lists` shows those that there are")
    return found


def set_standing(session: Session, name: str, withdrawn_at: datetime | None) -> bool:
    """Withdraws a whole list, or lets it count again (``None``); whether that changes anything.

    Its entries stay as they are. Crawls that run take it up as they do any change.

    Raises:
        HotlineError: there is no such list.
    """
    found = demand(session, name)
    if (found.withdrawn_at is None) == (withdrawn_at is None):
        return False
    found.withdrawn_at = withdrawn_at
    session.add(found)
    return True


def identity(row: ListRow) -> str:
    """What makes a row itself within its list: all its digests and its length, and an owner's name that lasts.

    Two members of an exchange may name the same file: when one of them takes it back, the other's entry stands.
    """
    parts = (row.sha256, row.sha1, row.md5, row.pdq, str(row.length or ""))
    text = ":".join(part or "" for part in parts) + (f":{row.source_id}" if row.lasting else "")
    return hashlib.blake2b(text.encode(), digest_size=20).hexdigest()


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    source = iter(rows)
    while batch := list(islice(source, _BATCH)):
        yield batch


def _add(session: Session, number: int, rows: Sequence[ListRow], now: datetime, result: ImportResult) -> None:
    good: dict[str, ListRow] = {}
    named: dict[str, str] = {}
    for row in rows:
        name = identity(row)
        result.known += name in good
        if row.lasting and row.source_id is not None and (former := named.get(row.source_id, name)) != name:
            good.pop(former, None)  # the owner's later word holds
            result.known += 1
        if row.lasting and row.source_id is not None:
            named[row.source_id] = name
        good[name] = row
    _replace(session, number, named, now, result)
    known = _known(session, number, good)
    entries = [_entry(number, name, row, now) for name, row in good.items() if name not in known]
    if entries:
        session.execute(insert(HashEntry), entries)
    back = [entry.id for entry in known.values() if entry.withdrawn_at is not None]
    _set(session, back, withdrawn_at=None)
    result.added += len(entries) + len(back)
    result.reinstated += len(back)
    result.known += len(known) - len(back)
    for name, entry in known.items():
        if good[name].lasting and entry.scheme != good[name].scheme:
            _set(session, [entry.id], scheme=good[name].scheme)


def _replace(session: Session, number: int, named: dict[str, str], now: datetime, result: ImportResult) -> None:
    """Withdraws what the owner said before under the same names."""
    if not named:
        return
    former = session.execute(
        select(HashEntry.id, HashEntry.source_id, HashEntry.identity).where(
            HashEntry.list_id == number,
            col(HashEntry.source_id).in_(list(named)),
            col(HashEntry.withdrawn_at).is_(None),
        )
    )
    old = [entry.id for entry in former if named[entry.source_id] != entry.identity]
    _set(session, old, withdrawn_at=now)
    result.withdrawn += len(old)


def _known(session: Session, number: int, names: Iterable[str]) -> dict[str, Any]:
    wanted = select(HashEntry.id, HashEntry.identity, HashEntry.withdrawn_at, HashEntry.scheme).where(
        HashEntry.list_id == number, col(HashEntry.identity).in_(list(names))
    )
    return {entry.identity: entry for entry in session.execute(wanted)}


def _withdraw(session: Session, number: int, rows: Sequence[Withdrawal], now: datetime, result: ImportResult) -> None:
    if not rows:
        return
    standing = select(HashEntry.id, HashEntry.source_id).where(
        HashEntry.list_id == number, col(HashEntry.withdrawn_at).is_(None)
    )
    ids = [row.source_id for row in rows if row.source_id is not None]
    found = list(session.execute(standing.where(col(HashEntry.source_id).in_(ids))))
    gone = {entry.id for entry in found}
    by_name = {entry.source_id for entry in found}
    for row in rows:
        digests = [getattr(HashEntry, kind) == value for kind in DigestKind if (value := getattr(row, kind))]
        if not digests or row.source_id in by_name:
            continue
        # An entry that has a name of its own is taken back by that name alone.
        unnamed = [] if row.source_id is None else [col(HashEntry.source_id).is_(None)]
        gone |= {entry.id for entry in session.execute(standing.where(*digests, *unnamed))}
    _set(session, gone, withdrawn_at=now)
    result.withdrawn += len(gone)


def _set(session: Session, ids: Iterable[int | None], **values: Any) -> None:
    wanted = list(ids)
    for start in range(0, len(wanted), _BATCH):
        some = col(HashEntry.id).in_(wanted[start : start + _BATCH])
        session.execute(update(HashEntry).where(some).values(**values).execution_options(synchronize_session=False))


def _entry(number: int, name: str, row: ListRow, now: datetime) -> dict[str, Any]:
    return {
        "key": new_key(),
        "list_id": number,
        "identity": name,
        "sha256": row.sha256,
        "sha1": row.sha1,
        "md5": row.md5,
        "pdq": row.pdq,
        "length": row.length,
        "classification": row.classification,
        "scheme": row.scheme,
        "label": row.label,
        "source_id": row.source_id,
        "added_at": now,
    }
