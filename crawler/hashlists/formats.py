"""How others write hash lists: the wire, apart from the meaning.

CSV with a header whose columns are told by name, bare digests told by their length, ``kind,hex`` lines, PDQ lines.
Lists come from many hands, so the reading is generous about form and strict about digests: a row with a digest of
wrong length is named by its physical line and the others are kept.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from hotline.errors import HotlineError
from hotline.words import Classification, DigestKind

FORMATS: Final = ("csv", "pdq")
_LATER: Final = ("vics", "ncmec")


@dataclass(frozen=True)
class ListRow:
    """One file of a list: what is known of it. ``line`` is the physical line where the row starts, from 1."""

    line: int
    sha256: str | None = None
    sha1: str | None = None
    md5: str | None = None
    pdq: str | None = None
    length: int | None = None
    classification: Classification | None = None
    scheme: str | None = None
    label: str | None = None


@dataclass(frozen=True)
class BadRow:
    """A row that was not taken, and why."""

    line: int
    reason: str


@dataclass
class Reading:
    """A file as it was understood, row by row. ``ignored`` names columns that mean nothing to us."""

    rows: list[ListRow | BadRow] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[ListRow | BadRow]:
        return iter(self.rows)


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
}  # fmt: skip
_DIGEST_COLUMNS: Final = frozenset({"sha256", "sha1", "md5", "pdq", "hash"})
_KINDS: Final = {
    "sha256": DigestKind.SHA256, "sha_256": DigestKind.SHA256,
    "sha1": DigestKind.SHA1, "sha_1": DigestKind.SHA1,
    "md5": DigestKind.MD5, "photo_md5": DigestKind.MD5, "video_md5": DigestKind.MD5, "hash_md5": DigestKind.MD5,
    "hash_sha1": DigestKind.SHA1, "hash_sha256": DigestKind.SHA256,
    "pdq": DigestKind.PDQ, "pdq_hash": DigestKind.PDQ, "hash_pdq": DigestKind.PDQ,
}  # fmt: skip
_BY_LENGTH: Final = {64: DigestKind.SHA256, 40: DigestKind.SHA1, 32: DigestKind.MD5}
_HEX: Final = re.compile(r"[0-9a-f]+")
_LONGEST_ROW: Final = 50  # physical lines; a quote that is opened and never closed must not swallow the list


class _Bad(Exception):
    """Why the row at hand is not taken."""


def read(file: Path, format_name: str) -> Reading:
    """Reads a list from a file.

    Raises:
        HotlineError: the format is unknown or comes later, or the file cannot be read or has no column of digests.
    """
    try:
        return read_bytes(file.read_bytes(), format_name)
    except OSError as wrong:
        raise HotlineError(f"{file} cannot be read: {wrong.strerror}") from None


def read_bytes(data: bytes, format_name: str) -> Reading:
    """Reads a list that is in memory; raises as ``read`` does."""
    if format_name in _LATER:
        raise HotlineError(f"the format {format_name} comes with a later release; convert the list to csv")
    if format_name not in FORMATS:
        raise HotlineError(f"unknown format {format_name!r}; known are: {', '.join(FORMATS + _LATER)}")
    lines = io.StringIO(data.decode("utf-8-sig", errors="replace"), newline=None).readlines()
    if not lines:
        raise HotlineError("the list is empty: not one row")
    if format_name == "pdq":
        return Reading([_each(line, text, _pdq_row) for line, text in enumerate(lines, 1)])
    return _csv(lines)


def kind_of(word: str) -> DigestKind | None:
    """The digest that a word such as ``SHA-256`` or ``photo_md5`` means."""
    return _KINDS.get(_normal(word))


def digest(text: str, kind: DigestKind) -> str:
    """A digest in small hexadecimal.

    Raises:
        ValueError: not hexadecimal, or of another length; the text says which.
    """
    plain = text.strip().lower().removeprefix("0x")
    if not _HEX.fullmatch(plain):
        raise ValueError(f"{kind} is not hexadecimal")
    if len(plain) != kind.hex_length:
        raise ValueError(f"{kind} has {len(plain)} digits, not {kind.hex_length}")
    return plain


def bare_digest(text: str) -> tuple[DigestKind, str]:
    """A line that is ``hex``, ``kind:hex``, ``kind,hex`` or ``kind hex``; bare hexadecimal is told by its length.

    Raises:
        ValueError: neither; the text says why.
    """
    parts = [part for part in re.split(r"[\s:,;=]+", text.strip().strip('"')) if part]
    if not parts:
        raise ValueError("empty row")
    named = kind_of(parts[0]) if len(parts) > 1 else None
    if named is not None:
        return named, digest(parts[1], named)
    plain = parts[0].lower().removeprefix("0x")
    if not _HEX.fullmatch(plain):
        raise ValueError("neither a digest nor a known kind of digest")
    if len(plain) not in _BY_LENGTH:
        raise ValueError(f"a digest of {len(plain)} digits is none that is known")
    return _BY_LENGTH[len(plain)], plain


def _each(line: int, text: str, read_row: Callable[[int, str], ListRow]) -> ListRow | BadRow:
    try:
        return read_row(line, text)
    except (ValueError, _Bad) as wrong:
        return BadRow(line, str(wrong))


def _pdq_row(line: int, text: str) -> ListRow:
    first = re.split(r"[\s,;]+", text.strip())[0]
    if not first:
        raise _Bad("empty row")
    if kind_of(first.partition(":")[0]) is DigestKind.PDQ:
        first = first.partition(":")[2] or re.split(r"[\s,;:]+", text.strip())[1]
    return ListRow(line, pdq=digest(first, DigestKind.PDQ))


def _bare_row(line: int, text: str) -> ListRow:
    kind, value = bare_digest(text)
    return ListRow(line, **{kind.value: value})  # type: ignore[arg-type]


def _csv(lines: list[str]) -> Reading:
    delimiter = _delimiter(lines[0])
    names = [_normal(name) for name in next(csv.reader([lines[0]], delimiter=delimiter), [])]
    columns = [_NAMES.get(name) for name in names]
    if any(_is_digest(name) for name in names) or not _DIGEST_COLUMNS.intersection(filter(None, columns)):
        return _headerless(lines)
    ignored = [name for name, known in zip(names, columns, strict=True) if known is None and name]
    rows: list[ListRow | BadRow] = []
    for line, fields in _records(lines, delimiter):
        rows.append(_record(line, fields, columns))
    return Reading(rows, ignored)


def _headerless(lines: list[str]) -> Reading:
    rows = [_each(line, text, _bare_row) for line, text in enumerate(lines, 1)]
    if not any(isinstance(row, ListRow) for row in rows[:20]):
        raise HotlineError(
            "line 1: no column of digests; name one of sha256, sha1, md5, pdq, hash, or give one digest a line"
        )
    return Reading(rows)


def _is_digest(name: str) -> bool:
    return len(name) in _BY_LENGTH and _HEX.fullmatch(name) is not None


def _delimiter(header: str) -> str:
    return max(",;\t|", key=header.count)


def _normal(name: str) -> str:
    return re.sub(r"[\s\-.]+", "_", name.strip().strip('"').lower())


def _records(lines: list[str], delimiter: str) -> Iterator[tuple[int, list[str] | None]]:
    """Rows with the line each starts at; ``None`` for one whose quote is never closed."""
    at = 1
    while at < len(lines):
        end = at + 1
        while _open_quote(lines[at:end], delimiter) and end < len(lines) and end - at < _LONGEST_ROW:
            end += 1
        if _open_quote(lines[at:end], delimiter):
            yield at + 1, None
            at += 1
            continue
        yield at + 1, next(csv.reader(lines[at:end], delimiter=delimiter), [])
        at = end


def _open_quote(lines: list[str], delimiter: str) -> bool:
    if not any('"' in line for line in lines):
        return False
    try:
        next(csv.reader(lines, delimiter=delimiter, strict=True), None)
    except csv.Error as wrong:
        return "unexpected end of data" in str(wrong)
    return False


def _record(line: int, fields: list[str] | None, columns: list[str | None]) -> ListRow | BadRow:
    if fields is None:
        return BadRow(line, "a quote is opened and never closed")
    cells: dict[str, str] = {}
    for name, value in zip(columns, fields, strict=False):
        if name and value.strip():
            cells.setdefault(name, value.strip())
    try:
        return _row(line, cells)
    except (ValueError, _Bad) as wrong:
        return BadRow(line, str(wrong))


def _row(line: int, cells: dict[str, str]) -> ListRow:
    digests = {kind.value: digest(cells[kind], kind) for kind in DigestKind if kind in cells}
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
        **digests,
    )


def _hash_cell(cells: dict[str, str]) -> tuple[DigestKind, str]:
    if "kind" not in cells:
        return bare_digest(cells["hash"])
    kind = kind_of(cells["kind"])
    if kind is None:
        raise _Bad("a kind of digest that is not known")
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
