"""From records to what is asked: a file for each large list, made once and shared; the rest is read as it is.

The database stays the record. A file says of which list it is, up to which entry, and which change of the list's
withdrawals it has seen; so whoever opens it needs to read only what came after. Where it is missing, damaged, of
another database or too far behind, it is made anew, by one process at a time.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy
import sqlmodel
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlmodel import Session, col

from crawler.hashlists import listfile
from crawler.hashlists.loose import Loose
from crawler.hashlists.matching import Entry
from crawler.hashlists.part import Part
from crawler.hashlists.segment import Columns, Segment, build, class_number, frames_of
from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import HashEntry, HashList
from hotline.words import DigestKind

MOST_LOOSE: Final = 20_000
"""So many entries are read into memory each time; what is more is put into a file first."""
MOST_LOOSE_FRAMES: Final = 20_000
"""And so many frames of videos, or a tenth of what the file has: the more it has, the longer it takes to make anew."""
_BATCH: Final = 50_000


def parts(home: Home, session: Session) -> Iterator[Part]:
    """All lists that stand, ready to be asked."""
    for hash_list, part in lists_and_parts(home, session):
        if hash_list.withdrawn_at is None:
            yield part


def lists_and_parts(home: Home, session: Session) -> Iterator[tuple[HashList, Part]]:
    """All lists, each with its record, those that were withdrawn too."""
    for hash_list in session.exec(sqlmodel.select(HashList).order_by(col(HashList.id))).all():
        yield hash_list, _part(home, session, hash_list)


def file_of(home: Home, hash_list: HashList) -> Path:
    """Where a list's file is, if it has one."""
    return home.settings.home / "indexes" / f"list-{hash_list.number}.hashes"


@dataclass(frozen=True)
class _Made:
    """A file as it was found: what it knows, up to the entry ``last`` and to the list's change ``changes``."""

    segment: Segment | None = None
    last: int = 0
    changes: int = 0
    left_out: int = 0


def _part(home: Home, session: Session, hash_list: HashList) -> Part:
    file = file_of(home, hash_list)
    made = _made(file, hash_list)
    withdrawn = _withdrawn_since(session, hash_list, made)
    if _is_far_behind(session, hash_list, made, withdrawn):
        with _alone(file):
            made = _made(file, hash_list)
            if _is_far_behind(session, hash_list, made, _withdrawn_since(session, hash_list, made)):
                _make(file, session, hash_list)
                made = _made(file, hash_list)
        withdrawn = _withdrawn_since(session, hash_list, made)
    added = _added(session, hash_list, made.last)
    return Part(
        hash_list.name,
        hash_list.kind,
        made.segment,
        numpy.array(withdrawn, numpy.int64),
        made.left_out if withdrawn else 0,
        Loose(_entry(hash_list, row) for row in added),
        home.vault.digest if hash_list.sealed else None,
    )


def _withdrawn_since(session: Session, hash_list: HashList, made: _Made) -> list[int]:
    """The numbers of what was withdrawn up to the file's last entry, if that has not seen it."""
    unseen = made.segment is not None and made.changes != hash_list.changes
    return _withdrawn(session, hash_list, made.last) if unseen else []


def _is_far_behind(session: Session, hash_list: HashList, made: _Made, withdrawn: Sequence[int]) -> bool:
    if len(withdrawn) - made.left_out > MOST_LOOSE:
        return True
    count, frames = _counted(session, hash_list, made.last)
    in_file = made.segment.frames if made.segment else 0
    return count > MOST_LOOSE or frames > max(MOST_LOOSE_FRAMES, in_file // 10)


def _entry(hash_list: HashList, row: Any) -> Entry:
    *known, frames = row
    entry = Entry(hash_list.name, hash_list.kind, *known)
    return replace(entry, frames=frames) if frames else entry


def _made(file: Path, hash_list: HashList) -> _Made:
    """What the file holds; nothing where it cannot be used, and then it is made anew when it is needed."""
    try:
        facts, arrays = listfile.read(file)
    except (OSError, listfile.DamagedList):
        return _Made()
    if facts["list"] != hash_list.key.hex() or facts["changes"] < hash_list.reinstated:
        return _Made()
    return _Made(Segment(arrays), facts["last"], facts["changes"], facts["left_out"])


def _make(file: Path, session: Session, hash_list: HashList) -> None:
    columns = _columns(session, hash_list)
    last = int(columns.numbers.max()) if columns.numbers.size else 0
    facts = {
        "list": hash_list.key.hex(),
        "last": last,
        "changes": hash_list.changes,
        "left_out": len(_withdrawn(session, hash_list, last)),
    }
    try:
        listfile.write(file, facts, build(columns))
    except OSError as wrong:
        raise HotlineError(f"the list cannot be written to {file.parent}: {wrong.strerror}; make room there") from None


@contextlib.contextmanager
def _alone(file: Path) -> Iterator[None]:
    """One process at a time makes a list's file; the others wait for it, and find it."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(file.with_suffix(".lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _added(session: Session, hash_list: HashList, last: int) -> list[Any]:
    """Entries behind ``last`` that stand, as ``Entry`` takes them; no more than show that a file is needed."""
    # Columns, not records: many would spend their time on making objects that are thrown away.
    columns: list[Any] = [HashEntry.sha256, HashEntry.sha1, HashEntry.md5, HashEntry.pdq, HashEntry.length]
    columns += [HashEntry.classification, HashEntry.id, HashEntry.frames]
    return list(session.execute(_behind(hash_list, last, columns)))


def _counted(session: Session, hash_list: HashList, last: int) -> tuple[int, int]:
    """How many entries there are behind ``last``, and how many frames these have; not counted on for ever."""
    some = _behind(hash_list, last, [func.coalesce(func.length(HashEntry.frames), 0).label("bytes")]).subquery()
    count, size = session.execute(
        select(func.count(), func.coalesce(func.sum(some.c.bytes), 0)).select_from(some)
    ).one()
    return int(count), int(size) // 32


def _behind(hash_list: HashList, last: int, columns: list[Any]) -> Any:
    wanted = select(*columns).where(
        col(HashEntry.list_id) == hash_list.number, col(HashEntry.id) > last, col(HashEntry.withdrawn_at).is_(None)
    )
    return wanted.limit(MOST_LOOSE + 1)


def _withdrawn(session: Session, hash_list: HashList, last: int) -> list[int]:
    wanted = select(HashEntry.id).where(  # type: ignore[call-overload]
        col(HashEntry.list_id) == hash_list.number,
        col(HashEntry.withdrawn_at).is_not(None),
        col(HashEntry.id) <= last,
    )
    return sorted(session.execute(wanted).scalars())


def _columns(session: Session, hash_list: HashList) -> Columns:
    """All entries of a list that stand, column by column: of ten million, no row is ever an object for long."""
    names: list[Any] = [HashEntry.id, HashEntry.length, HashEntry.classification]
    names += [HashEntry.sha256, HashEntry.sha1, HashEntry.md5, HashEntry.pdq, HashEntry.frames]
    wanted = (
        select(*names)
        .where(col(HashEntry.list_id) == hash_list.number, col(HashEntry.withdrawn_at).is_(None))
        .order_by(col(HashEntry.id))
        .execution_options(yield_per=_BATCH)
    )
    pieces = [_piece(rows) for rows in session.execute(wanted).partitions()]
    pieces = pieces or [_piece([])]
    before = numpy.cumsum([0, *(piece.numbers.size for piece in pieces)])
    return Columns(
        numpy.concatenate([piece.numbers for piece in pieces]),
        numpy.concatenate([piece.lengths for piece in pieces]),
        numpy.concatenate([piece.classes for piece in pieces]),
        {
            kind: (
                numpy.concatenate([piece.digests[kind][0] for piece in pieces]),
                numpy.concatenate([piece.digests[kind][1] for piece in pieces]),
            )
            for kind in DigestKind
        },
        (
            numpy.concatenate([piece.frames[0] + start for piece, start in zip(pieces, before, strict=False)]),
            numpy.concatenate([piece.frames[1] for piece in pieces]),
        ),
    )


def _piece(rows: Any) -> Columns:
    numbers, lengths, classes, sha256, sha1, md5, pdq, frames = zip(*rows, strict=True) if rows else ((),) * 8
    texts = {DigestKind.SHA256: sha256, DigestKind.SHA1: sha1, DigestKind.MD5: md5, DigestKind.PDQ: pdq}
    return Columns(
        numpy.array(numbers, numpy.int64),
        numpy.array([-1 if length is None else length for length in lengths], numpy.int64),
        numpy.array([class_number(classification) for classification in classes], numpy.uint8),
        {kind: _digests(kind, column) for kind, column in texts.items()},
        frames_of(frames),
    )


def _digests(kind: DigestKind, column: tuple[str | None, ...]) -> tuple[NDArray[numpy.uint8], NDArray[numpy.bool_]]:
    nothing = "0" * kind.hex_length
    joined = bytes.fromhex("".join(nothing if text is None else text for text in column))
    values = numpy.frombuffer(joined, numpy.uint8).reshape(len(column), kind.hex_length // 2)
    return values, numpy.array([text is not None for text in column], bool)
