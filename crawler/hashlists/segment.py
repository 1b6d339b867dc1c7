"""A list as arrays: exact digests to rows by binary search, PDQ by bands, rows back to entries. Read-only.

A digest is two columns, its first eight bytes as a number and the rest, sorted by the number. The rows of the list are
in the order of its commonest kind of digest, so that this kind needs no column of rows; each other kind has one, and
one back from rows to places. What no entry has takes no room: a list of SHA-256 with lengths takes 41 bytes an entry.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy
from numpy.typing import NDArray

from crawler.hashlists.bands import Bands, Found, Plan, Words, plan_for
from crawler.hashlists.videos import Films
from hotline.words import Classification, DigestKind

EXACT: Final = (DigestKind.SHA256, DigestKind.SHA1, DigestKind.MD5)
_KINDS: Final = (*EXACT, DigestKind.PDQ)
_CLASSES: Final = tuple(Classification)
_NO_OWNERS: Final[NDArray[numpy.int64]] = numpy.empty(0, numpy.int64)
_NO_WORDS: Final[Words] = numpy.empty((0, 4), numpy.uint64)
NOWHERE: Final = 2**32 - 1
"""The place of a digest that a row does not have."""


class Row(NamedTuple):
    """An entry as it is given to ``columns_of``: digests as bytes."""

    number: int
    digests: Mapping[DigestKind, bytes]
    length: int | None = None
    classification: Classification | None = None
    frames: bytes = b""


@dataclass(frozen=True)
class Columns:
    """Entries column by column, in any order; ``digests`` has for each kind the values, and which rows have them."""

    numbers: NDArray[numpy.int64]
    lengths: NDArray[numpy.int64]
    """-1: unknown."""
    classes: NDArray[numpy.uint8]
    """1 and up: the place in ``Classification``; 0: none."""
    digests: Mapping[DigestKind, tuple[NDArray[numpy.uint8], NDArray[numpy.bool_]]]
    frames: tuple[NDArray[numpy.int64], Words] = (_NO_OWNERS, _NO_WORDS)
    """Of videos: for each frame the place of its entry here, and its PDQ."""


def columns_of(rows: Sequence[Row]) -> Columns:
    """The same entries, turned around."""
    digests = {}
    for kind in _KINDS:
        empty = bytes(kind.hex_length // 2)
        joined = b"".join(row.digests.get(kind, empty) for row in rows)
        values = numpy.frombuffer(joined, numpy.uint8).reshape(len(rows), len(empty))
        digests[kind] = values, numpy.array([kind in row.digests for row in rows], bool)
    return Columns(
        numpy.array([row.number for row in rows], numpy.int64),
        numpy.array([-1 if row.length is None else row.length for row in rows], numpy.int64),
        numpy.array([class_number(row.classification) for row in rows], numpy.uint8),
        digests,
        frames_of([row.frames for row in rows]),
    )


def frames_of(frames: Sequence[bytes | None]) -> tuple[NDArray[numpy.int64], Words]:
    """How ``Columns.frames`` has the frames of entries that are in order."""
    counts = [len(each or b"") // 32 for each in frames]
    return numpy.repeat(numpy.arange(len(frames)), counts), words_of([each for each in frames if each])


def class_number(classification: Classification | None) -> int:
    """How ``Columns.classes`` has it."""
    return 0 if classification is None else _CLASSES.index(classification) + 1


def build(columns: Columns) -> dict[str, NDArray[Any]]:
    """The arrays of a list's file; those that would hold nothing are left out."""
    counts = {kind: int(has.sum()) for kind, (_, has) in columns.digests.items()}
    leading = max(counts, key=lambda kind: counts[kind], default=DigestKind.SHA256)
    order = _leading_order(columns, leading)
    arrays: dict[str, NDArray[Any]] = {"number": _small(columns.numbers[order])}
    if (columns.lengths >= 0).any():
        arrays["length"] = _small(columns.lengths[order] + 1)
    if columns.classes.any():
        arrays["class"] = columns.classes[order]
    for kind, (values, has) in columns.digests.items():
        if counts[kind]:
            arrays |= _digest_columns(kind, values[order], has[order], kind is leading)
    owners, frames = columns.frames
    if owners.size:
        rows = numpy.argsort(order)[owners]
        by_row = numpy.argsort(rows, kind="stable")
        arrays |= {"frame_row": rows[by_row].astype(numpy.uint32)} | _picture_columns("frame", frames[by_row])
    return arrays


class Segment:
    """The arrays of a list, asked."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._arrays = arrays
        self.size = len(arrays["number"])
        self._bands = _bands(arrays, "pdq")
        frames = _bands(arrays, "frame")
        self._films = Films(frames, arrays["frame_row"]) if frames is not None else None
        self.frames = len(arrays.get("frame_row", ()))

    def exact(self, kind: DigestKind, digests: Sequence[bytes]) -> list[list[int]]:
        """For each digest the rows that have it, withdrawn or not."""
        found: list[list[int]] = [[] for _ in digests]
        firsts = self._arrays.get(f"{kind}_first")
        if firsts is None or not digests:
            return found
        asked = numpy.frombuffer(b"".join(digests), numpy.uint8).reshape(len(digests), -1)
        numbers = _first(asked)
        # In order, each search begins in memory that the one before has just been in.
        order = numpy.argsort(numbers)
        numbers = numbers[order]
        places = numpy.searchsorted(firsts, numbers)
        rests = self._arrays[f"{kind}_rest"]
        # Several entries may begin alike, or be alike: as long as one begins like the digest, the next one is tried.
        while order.size:
            begins = places < len(firsts)
            begins[begins] = firsts.take(places[begins]) == numbers[begins]
            order, numbers, places = order[begins], numbers[begins], places[begins]
            equal = (rests.take(places, axis=0) == asked[order, 8:]).all(axis=1)
            rows = self._rows(kind, places[equal])
            for which, row in zip(order[equal].tolist(), rows.tolist(), strict=True):
                found[which].append(row)
            places = places + 1
        return found

    def nearest(self, queries: Words, withdrawn: NDArray[numpy.int64]) -> Found:
        """For each PDQ the row that is nearest within 31 bits, those of the ``withdrawn`` numbers aside."""
        if self._bands is None:
            nobody = numpy.full(len(queries), -1)
            return Found(nobody, nobody)

        def stand(places: NDArray[Any]) -> NDArray[numpy.bool_]:
            return ~numpy.isin(self._arrays["number"][self._rows(DigestKind.PDQ, places)], withdrawn)

        places, distances = self._bands.nearest(queries, stand if withdrawn.size else None)
        rows = numpy.where(places < 0, -1, self._rows(DigestKind.PDQ, numpy.maximum(places, 0)))
        return Found(rows, distances)

    def same_videos(self, frames: Words, withdrawn: NDArray[numpy.int64]) -> list[tuple[int, int]]:
        """The rows that are the same video, with their distances, those of the ``withdrawn`` numbers aside."""

        def stand(rows: NDArray[Any]) -> NDArray[numpy.bool_]:
            return ~numpy.isin(self._arrays["number"][rows], withdrawn)

        return [] if self._films is None else self._films.same_as(frames, stand if withdrawn.size else None)

    def row(self, row: int) -> Row:
        """What is known of an entry."""
        digests = {kind: value for kind in _KINDS if (value := self._value(kind, row)) is not None}
        length = int(self._arrays["length"][row]) - 1 if "length" in self._arrays else -1
        known = int(self._arrays["class"][row]) if "class" in self._arrays else 0
        return Row(
            int(self._arrays["number"][row]),
            digests,
            None if length < 0 else length,
            _CLASSES[known - 1] if known else None,
        )

    def _value(self, kind: DigestKind, row: int) -> bytes | None:
        if kind is not DigestKind.PDQ and f"{kind}_first" not in self._arrays:
            return None
        if kind is DigestKind.PDQ and self._bands is None:
            return None
        place = int(self._places(kind, numpy.array([row]))[0])
        if place == NOWHERE:
            return None
        if kind is DigestKind.PDQ:
            return bytes(self._arrays["pdq_words"][place].tobytes())
        first = int(self._arrays[f"{kind}_first"][place]).to_bytes(8)
        return first + bytes(self._arrays[f"{kind}_rest"][place].tobytes())

    def _rows(self, kind: DigestKind, places: NDArray[Any]) -> NDArray[Any]:
        rows = self._arrays.get(f"{kind}_row")
        found: NDArray[Any] = places if rows is None else rows[places].astype(numpy.int64)
        return found

    def _places(self, kind: DigestKind, rows: NDArray[Any]) -> NDArray[Any]:
        places = self._arrays.get(f"{kind}_place")
        if places is None:
            column = self._arrays.get("pdq_words" if kind is DigestKind.PDQ else f"{kind}_first")
            places_of_rows: NDArray[Any] = numpy.where(rows < (0 if column is None else len(column)), rows, NOWHERE)
        else:
            places_of_rows = places[rows].astype(numpy.int64)
        return places_of_rows


def words_of(digests: Sequence[bytes]) -> Words:
    """PDQ as ``Bands`` compares them."""
    return numpy.frombuffer(b"".join(digests), "<u8").reshape(-1, 4)


def _leading_order(columns: Columns, leading: DigestKind) -> NDArray[Any]:
    """Rows with the commonest digest first, sorted by it; the others behind."""
    if leading not in columns.digests:
        return numpy.arange(len(columns.numbers))
    values, has = columns.digests[leading]
    having = numpy.flatnonzero(has)
    ordered = having[numpy.argsort(_first(values[having]), kind="stable")]
    return numpy.concatenate([ordered, numpy.flatnonzero(~has)])


def _digest_columns(
    kind: DigestKind, values: NDArray[numpy.uint8], has: NDArray[numpy.bool_], leads: bool
) -> dict[str, NDArray[Any]]:
    rows = numpy.flatnonzero(has)
    if not leads:
        rows = rows[numpy.argsort(_first(values[rows]), kind="stable")]
    arrays: dict[str, NDArray[Any]] = {}
    if not leads:
        places = numpy.full(len(has), NOWHERE, numpy.uint32)
        places[rows] = numpy.arange(len(rows), dtype=numpy.uint32)
        arrays = {f"{kind}_row": rows.astype(numpy.uint32), f"{kind}_place": places}
    if kind is not DigestKind.PDQ:
        return arrays | {f"{kind}_first": _first(values[rows]), f"{kind}_rest": values[rows, 8:]}
    return arrays | _picture_columns("pdq", numpy.ascontiguousarray(values[rows]).view("<u8"))


def _picture_columns(name: str, words: Words) -> dict[str, NDArray[Any]]:
    bands = Bands.build(words)
    arrays: dict[str, NDArray[Any]] = {f"{name}_words": words}
    if bands.starts is not None and bands.members is not None:
        arrays |= {f"{name}_starts": bands.starts, f"{name}_members": bands.members}
    return arrays


def _bands(arrays: Mapping[str, NDArray[Any]], name: str) -> Bands | None:
    words = arrays.get(f"{name}_words")
    if words is None:
        return None
    plan: Plan | None = plan_for(len(words)) if f"{name}_starts" in arrays else None
    return Bands(words, plan, arrays.get(f"{name}_starts"), arrays.get(f"{name}_members"))


def _first(values: NDArray[numpy.uint8]) -> NDArray[numpy.uint64]:
    """The first eight bytes as numbers in the order of the bytes."""
    return numpy.ascontiguousarray(values[:, :8]).view(">u8").ravel().astype(numpy.uint64)


def _small(numbers: NDArray[numpy.int64]) -> NDArray[Any]:
    return numbers.astype(numpy.uint32) if not numbers.size or int(numbers.max()) < 2**32 else numbers
