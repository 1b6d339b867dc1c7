"""Reading a file of confirmed reports (CONTRACT, "Confirmed reports"): the good rows kept, the bad ones named by line.

The file is read as physical lines, so that one quote which is never closed costs its own row and not all that follow.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from hotline.address import Url, parse_url
from hotline.clock import parse_time
from hotline.errors import HotlineError
from hotline.words import Classification

COLUMNS: Final = (
    "url", "page", "referrer", "sha256", "reference", "source", "reported_at", "confirmed_by", "confirmed_at",
    "classification", "embargo_until", "note",
)  # fmt: skip
REQUIRED: Final = ("url", "confirmed_by", "classification")


@dataclass(frozen=True)
class ConfirmedReport:
    """One row: a URL that analysts have confirmed. ``line`` is where it starts; the header is line 1."""

    line: int
    url: Url
    page: Url | None
    referrer: Url | None
    sha256: str | None
    reference: str | None
    source: str | None
    reported_at: datetime | None
    confirmed_by: tuple[str, ...]
    confirmed_at: datetime | None
    classification: Classification
    embargo_until: datetime | None
    note: str | None


@dataclass(frozen=True)
class BrokenRow:
    """A row that was not taken, and why; the reason names no URL."""

    line: int
    reason: str


class _Broken(Exception):
    """Why the row at hand is not taken."""


def read(file: Path) -> list[ConfirmedReport | BrokenRow]:
    """Reads CSV with a header, or JSON lines; UTF-8 with or without a byte order mark.

    Raises:
        HotlineError: the file cannot be read, or a column is unknown or missing.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig", errors="surrogateescape")
    except OSError as wrong:
        raise HotlineError(f"{file} cannot be read: {wrong.strerror}") from None
    rows = _json_rows(text) if text.lstrip()[:1] == "{" else _csv_rows(text)
    return [_parsed(line, row) for line, row in rows]


def _json_rows(text: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    # Not ``splitlines``: JSON strings may hold signs that it takes for the end of a line, such as U+2028.
    for line, row in enumerate(re.split("\r\n|\r|\n", text), 1):
        if not row.strip():
            continue
        try:
            fields = json.loads(row)
        except (ValueError, RecursionError):
            yield line, "not valid JSON"
            continue
        if not isinstance(fields, dict):
            yield line, "not a JSON object"
            continue
        unknown = sorted(set(fields) - set(COLUMNS))
        if unknown:
            raise HotlineError(f"line {line}: unknown column {_named(unknown[0])}; known are: {', '.join(COLUMNS)}")
        texts = {name: _as_text(value).strip() for name, value in fields.items() if value is not None}
        yield line, {name: value for name, value in texts.items() if value}


def _as_text(value: Any) -> str:
    return ";".join(str(part) for part in value) if isinstance(value, list) else str(value)


def _named(name: str) -> str:
    # A file without a header has a URL where a name should be; it must not end up in a log.
    return repr(name) if re.fullmatch(r"[\w -]{1,40}", name) else "(not a name; is the header missing?)"


def _csv_rows(text: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    rows = ((line, row) for line, row in _physical_rows(text) if row != [])
    first = next(rows, None)
    if first is None:
        raise HotlineError(f"the file is empty; expected a header with at least: {', '.join(REQUIRED)}")
    header = first[1]
    if isinstance(header, str):
        raise HotlineError(f"line {first[0]}: the header cannot be read: {header}")
    names = [name.strip().lower() for name in header]
    _check_header(names)
    for line, row in rows:
        if isinstance(row, str):
            yield line, row
        elif len(row) > len(names):
            yield line, f"{len(row)} fields, but the header has {len(names)}"
        else:
            yield line, {name: value.strip() for name, value in zip(names, row, strict=False) if value.strip()}


def _check_header(names: list[str]) -> None:
    for name in names:
        if name not in COLUMNS:
            raise HotlineError(f"line 1: unknown column {_named(name)}; known are: {', '.join(COLUMNS)}")
        if names.count(name) > 1:
            raise HotlineError(f"line 1: the column {name} stands there twice; keep one")
    for name in REQUIRED:
        if name not in names:
            raise HotlineError(f"line 1: the column {name} is missing; required are: {', '.join(REQUIRED)}")


def _physical_rows(text: str) -> Iterator[tuple[int, list[str] | str]]:
    """Rows with the line each starts at; blank ones are empty, and for one that cannot be read it says why."""
    lines = io.StringIO(text, newline="").readlines()
    at = 0
    while at < len(lines):
        row, length = _row_at(lines, at)
        yield at + 1, row
        at += length


def _row_at(lines: list[str], at: int) -> tuple[list[str] | str, int]:
    """The row that starts here and the number of its lines.

    A row of several lines must be strictly well formed: a quote that somebody forgot to close is otherwise closed by
    the next one in the file, and takes the good rows between with it.
    """
    if not lines[at].strip():
        return [], 1
    try:
        reader = csv.reader((lines[i] for i in range(at, len(lines))), strict=True)
        return next(reader), reader.line_num
    except (csv.Error, StopIteration):
        return _single_line(lines[at]), 1


def _single_line(line: str) -> list[str] | str:
    """A row of one line, read as kindly as spreadsheets do; or why it cannot be read."""
    reader = csv.reader([line, ""])
    try:
        row = next(reader)
    except csv.Error:
        return "the row cannot be read as CSV; is a field too long?"
    return "a quote is opened and never closed" if reader.line_num > 1 else row


def _parsed(line: int, row: dict[str, Any] | str) -> ConfirmedReport | BrokenRow:
    if isinstance(row, str):
        return BrokenRow(line, row)
    try:
        return _report(line, row)
    except _Broken as wrong:
        return BrokenRow(line, str(wrong))


def _report(line: int, row: dict[str, str]) -> ConfirmedReport:
    for name, value in row.items():
        if any(0xD800 <= ord(sign) <= 0xDFFF for sign in value):
            raise _Broken(f"{name} is not UTF-8")
    if "url" not in row:
        raise _Broken("url is empty")
    return ConfirmedReport(
        line=line,
        url=_url(row, "url"),
        page=_url(row, "page") if "page" in row else None,
        referrer=_url(row, "referrer") if "referrer" in row else None,
        sha256=_sha256(row.get("sha256")),
        reference=row.get("reference"),
        source=row.get("source"),
        reported_at=_time(row, "reported_at"),
        confirmed_by=_names(row.get("confirmed_by", "")),
        confirmed_at=_time(row, "confirmed_at"),
        classification=_classification(row.get("classification", "")),
        embargo_until=_time(row, "embargo_until"),
        note=row.get("note"),
    )


def _url(row: dict[str, str], name: str) -> Url:
    try:
        return parse_url(row[name])
    except HotlineError as wrong:
        raise _Broken(f"{name}: {wrong}") from None


def _sha256(text: str | None) -> str | None:
    if text is None:
        return None
    if not re.fullmatch(r"[0-9A-Fa-f]{64}", text):
        raise _Broken("sha256 is not 64 hexadecimal digits")
    return text.lower()


def _time(row: dict[str, str], name: str) -> datetime | None:
    if name not in row:
        return None
    try:
        return parse_time(row[name])
    except (ValueError, OverflowError):
        raise _Broken(f"{name} is not an ISO 8601 time such as 2030-01-01T00:00:00Z") from None


def _names(text: str) -> tuple[str, ...]:
    names = [name.strip() for name in text.split(";") if name.strip()]
    if not names:
        raise _Broken("confirmed_by is empty; no seed without confirmation")
    return tuple(dict.fromkeys(names))


def _classification(text: str) -> Classification:
    try:
        return Classification(text.strip().lower())
    except ValueError:
        what = f"unknown classification {text.strip()[:20]!r}" if text.strip() else "classification is empty"
        raise _Broken(f"{what}; expected baseline or national") from None
