"""Lists as text: CSV with a header whose columns are told by name, bare digests, ``kind,hex`` lines, PDQ lines."""

import csv
import io
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any, BinaryIO, Final

from crawler.hashlists.formats.rows import (
    BY_LENGTH,
    HEX,
    BadRow,
    ListRow,
    Row,
    bare_digest,
    digest,
    kind_of,
    name_of,
    normal,
    unknown_kind,
)
from hotline.errors import HotlineError
from hotline.words import Classification, DigestKind

_NAMES: Final = {
    "sha256": "sha256", "sha_256": "sha256", "sha2_256": "sha256", "hash_sha256": "sha256", "sha256_hash": "sha256",
    "sha1": "sha1", "sha_1": "sha1", "hash_sha1": "sha1", "sha1_hash": "sha1",
    "md5": "md5", "md_5": "md5", "hash_md5": "md5", "md5_hash": "md5", "photo_md5": "md5", "video_md5": "md5",
    "pdq": "pdq", "pdq_hash": "pdq", "pdqhash": "pdq", "hash_pdq": "pdq",
    "hash": "hash", "digest": "hash", "value": "hash", "signal": "hash", "indicator": "hash", "hash_value": "hash",
    "kind": "kind", "type": "kind", "signal_type": "kind", "hash_type": "kind", "algorithm": "kind", "algo": "kind",
    "length": "length", "size": "length", "bytes": "length", "filesize": "length", "file_size": "length",
    "classification": "classification",
    "category": "category",
    "scheme": "scheme",
    "label": "label", "name": "label", "filename": "label", "file_name": "label", "note": "label",
    "description": "label",
    "quality": "quality", "pdq_quality": "quality",
    "source_id": "source_id", "entry_id": "source_id", "media_id": "source_id", "mediaid": "source_id",
}  # fmt: skip
_TARGETS: Final = tuple(dict.fromkeys(_NAMES.values()))
_DIGEST_COLUMNS: Final = frozenset({"sha256", "sha1", "md5", "pdq", "hash"})
_LONGEST_ROW: Final = 50  # physical lines; a quote that is opened and never closed must not swallow the list
_LONGEST_LINE: Final = 65_536
_NAMES_OF_COLUMNS: Final = (
    "; if these are the names of columns, import again and say with --column what they are: "
    "of the other lines only the first digest was read"
)
_FIRST_ROWS: Final = 20  # among these one must be a digest, or the file is no list of bare digests

_Lines = Iterator[tuple[int, str | None]]
"""Physical lines with their number; ``None`` for one that is too long for memory."""


class _Bad(Exception):
    """Why the row at hand is not taken."""


def pdq_rows(stream: BinaryIO) -> Iterator[Row]:
    """A PDQ hash a line, with or without a quality."""
    return _each(_lines(stream), _pdq_row)


def csv_rows(stream: BinaryIO, mapped: Mapping[str, str], ignored: list[str]) -> Iterator[Row]:
    """CSV with or without a header; columns that mean nothing are added to ``ignored``.

    Raises:
        HotlineError: no column of digests, or a mapped column is not there or means nothing.
    """
    lines = _lines(stream)
    number, header = next(lines)
    delimiter = _delimiter(header or "")
    names = next(csv.reader([header or ""], delimiter=delimiter), [])
    columns = _columns(names, mapped)
    if any(_is_digest(normal(name)) for name in names) or not _DIGEST_COLUMNS.intersection(filter(None, columns)):
        if mapped:
            raise HotlineError(
                "line 1: no column of digests; with --column, one must be sha256, sha1, md5, pdq or hash"
            )
        yield from _headerless(number, header, lines)
        return
    ignored += [normal(name) for name, known in zip(names, columns, strict=True) if known is None and normal(name)]
    for line, fields in _records(lines, delimiter):
        yield BadRow(line, fields) if isinstance(fields, str) else _record(line, fields, columns)


def _lines(stream: BinaryIO) -> _Lines:
    number = 0
    with io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline=None) as reader:
        while text := reader.readline(_LONGEST_LINE):
            number += 1
            is_cut = len(text) == _LONGEST_LINE and not text.endswith("\n")
            while is_cut and (rest := reader.readline(_LONGEST_LINE)) and not rest.endswith("\n"):
                pass
            yield number, None if is_cut else text
    if not number:
        raise HotlineError("the list is empty: not one row")


def _columns(names: list[str], mapped: Mapping[str, str]) -> list[str | None]:
    """What each column means; what the operator said of one holds, and no other column is taken for the same."""
    said = {normal(theirs): ours for theirs, ours in mapped.items()}
    for theirs, ours in mapped.items():
        if ours not in _TARGETS:
            raise HotlineError(
                f"--column: {ours!r} is nothing that a column can be; write one of {', '.join(_TARGETS)}"
            )
        if normal(theirs) not in map(normal, names):
            there = ", ".join(repr(name.strip()[:40]) for name in names[:20])
            raise HotlineError(f"line 1: there is no column {theirs!r}; there are: {there}")
    told = {name: known for name, known in _NAMES.items() if known not in said.values()}
    return [said.get(normal(name)) or told.get(normal(name)) for name in names]


def _each(lines: _Lines, read_row: Callable[[int, str], ListRow]) -> Iterator[Row]:
    for line, text in lines:
        if text is None:
            yield BadRow(line, f"the line is longer than {_LONGEST_LINE} signs")
            continue
        try:
            yield read_row(line, text)
        except (ValueError, _Bad) as wrong:
            yield BadRow(line, str(wrong))


def _pdq_row(line: int, text: str) -> ListRow:
    first = re.split(r"[\s,;]+", text.strip())[0]
    if not first:
        raise _Bad("empty row")
    if kind_of(first.partition(":")[0]) is DigestKind.PDQ:
        first = first.partition(":")[2] or [*re.split(r"[\s,;:]+", text.strip()), ""][1]
    return ListRow(line, pdq=digest(first, DigestKind.PDQ))


def _bare_row(line: int, text: str) -> ListRow:
    kind, value = bare_digest(text)
    return ListRow(line, **{kind.value: value})  # type: ignore[arg-type]


def _headerless(number: int, first: str | None, lines: _Lines) -> Iterator[Row]:
    rows = _each(_begun(number, first, lines), _bare_row)
    beginning = list(islice(rows, _FIRST_ROWS))
    if not any(isinstance(row, ListRow) for row in beginning):
        raise HotlineError(
            "line 1: no column of digests; name one of sha256, sha1, md5, pdq, hash (or say which column it is with "
            "--column), or give one digest a line"
        )
    first_row = beginning[0]
    if isinstance(first_row, BadRow) and first is not None and first.strip():
        # A table whose names mean nothing to us is read as bare digests: whoever gave it must be told what was lost.
        beginning[0] = replace(first_row, reason=first_row.reason + _NAMES_OF_COLUMNS)
    yield from beginning
    yield from rows


def _begun(number: int, first: str | None, lines: _Lines) -> _Lines:
    yield number, first
    yield from lines


def _is_digest(name: str) -> bool:
    return len(name) in BY_LENGTH and HEX.fullmatch(name) is not None


def _delimiter(header: str) -> str:
    return max(",;\t|", key=header.count)


def _records(lines: _Lines, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """Rows with the line each starts at; a text instead says what is wrong with it."""
    ahead: deque[tuple[int, str]] = deque()
    while ahead or _fill(ahead, lines, 1):
        number = ahead[0][0]
        count = 1
        while (is_open := _open_quote(_first(ahead, count), delimiter)) and count < _LONGEST_ROW:
            if len(ahead) == count and not _fill(ahead, lines, count + 1):
                break
            count += 1
        if "" in _first(ahead, count):
            yield number, f"the line is longer than {_LONGEST_LINE} signs"
        elif is_open:
            yield number, "a quote is opened and never closed"
        else:
            yield number, _fields(_first(ahead, count), delimiter)
        for _ in range(1 if is_open else count):
            ahead.popleft()


def _fill(ahead: deque[tuple[int, str]], lines: _Lines, wanted: int) -> bool:
    """Reads on until so many lines lie ready; one that is too long stands as an empty text, without an end."""
    ahead.extend((number, text or "") for number, text in islice(lines, wanted - len(ahead)))
    return len(ahead) >= wanted


def _first(ahead: Iterable[tuple[int, str]], count: int) -> list[str]:
    return [text for _, text in islice(ahead, count)]


def _open_quote(lines: list[str], delimiter: str) -> bool:
    if not any('"' in line for line in lines):
        return False
    try:
        next(csv.reader(lines, delimiter=delimiter, strict=True), None)
    except csv.Error as wrong:
        return "unexpected end of data" in str(wrong)
    return False


def _fields(lines: list[str], delimiter: str) -> list[str] | str:
    try:
        return next(csv.reader(lines, delimiter=delimiter), [])
    except csv.Error as wrong:
        return f"not to be read as CSV: {wrong}"


def _record(line: int, fields: list[str], columns: list[str | None]) -> ListRow | BadRow:
    cells: dict[str, str] = {}
    for name, value in zip(columns, fields, strict=False):
        if name and value.strip():
            cells.setdefault(name, value.strip())
    try:
        return _row(line, cells)
    except (ValueError, _Bad) as wrong:
        return BadRow(line, str(wrong))


def _row(line: int, cells: dict[str, str]) -> ListRow:
    digests: dict[str, Any] = {kind.value: digest(cells[kind], kind) for kind in DigestKind if kind in cells}
    if "hash" in cells:
        kind, value = _hash_cell(cells)
        digests.setdefault(kind.value, value)
    if not digests:
        raise _Bad("no digest" if cells else "empty row")
    return ListRow(
        line,
        length=_length(cells.get("length")),
        classification=_classification(cells.get("classification")),
        scheme=" ".join(cells[name] for name in ("scheme", "category") if name in cells) or None,
        label=cells.get("label"),
        source_id=name_of(cells.get("source_id")),
        category=cells.get("category"),
        **digests,
    )


def _hash_cell(cells: dict[str, str]) -> tuple[DigestKind, str]:
    if "kind" not in cells:
        return bare_digest(cells["hash"])
    kind = kind_of(cells["kind"])
    if kind is None:
        raise _Bad(unknown_kind(cells["kind"]))
    return kind, digest(cells["hash"], kind)


def _length(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise _Bad("the length is not a number of bytes")
    return int(text)


def _classification(text: str | None) -> Classification | None:
    try:
        return Classification(text.lower()) if text else None
    except ValueError:
        return None  # another scheme's word; ours is decided by analysts
