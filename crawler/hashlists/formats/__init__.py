"""How others write hash lists: the wire, apart from the meaning.

Lists come from many hands and may be larger than the memory: each format is read row by row, is generous about form
and strict about digests. A row that cannot be taken is named by its physical line and the others are kept; a file that
is cut off keeps the rows before the cut (decision 0033).
"""

import io
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

from crawler.hashlists.formats import ncmec, text, vics
from crawler.hashlists.formats.rows import (
    BadRow,
    Damage,
    ListRow,
    Reading,
    Row,
    Withdrawal,
    bare_digest,
    digest,
    kind_of,
    withdrawals,
)
from hotline.errors import HotlineError

__all__ = [
    "FORMATS",
    "BadRow",
    "Damage",
    "ListRow",
    "Reading",
    "Row",
    "Withdrawal",
    "bare_digest",
    "digest",
    "kind_of",
    "read",
    "read_bytes",
    "withdrawals",
]

_Reader = Callable[[BinaryIO], Iterator[Row]]
_READERS: Final[dict[str, _Reader]] = {"vics": vics.rows, "ncmec": ncmec.rows, "pdq": text.pdq_rows}
FORMATS: Final = ("csv", *_READERS)


def read(file: Path, format_name: str, columns: Mapping[str, str] | None = None) -> Reading:
    """Reads a list from a file.

    Args:
        columns: for CSV: what columns mean whose names do not tell it, such as ``{"Their Name": "sha256"}``.

    Raises:
        HotlineError: the format is unknown, or the file cannot be read or is not of this format. Its iteration raises
            it as well, where reading fails later.
    """
    return _read(partial(_opened, file), format_name, columns)


def read_bytes(data: bytes, format_name: str, columns: Mapping[str, str] | None = None) -> Reading:
    """Reads a list that is in memory; raises as ``read`` does."""
    return _read(partial(io.BytesIO, data), format_name, columns)


def _read(opened: Callable[[], BinaryIO], format_name: str, columns: Mapping[str, str] | None) -> Reading:
    if format_name not in FORMATS:
        raise HotlineError(f"unknown format {format_name!r}; known are: {', '.join(FORMATS)}")
    if columns and format_name != "csv":
        raise HotlineError(f"only csv has columns to be named; leave --column out for {format_name}")

    def begin(ignored: list[str]) -> Iterator[Row]:
        with opened() as stream:
            try:
                if format_name == "csv":
                    yield from text.csv_rows(stream, columns or {}, ignored)
                else:
                    yield from _READERS[format_name](stream)
            except OSError as wrong:
                raise _unreadable(getattr(stream, "name", "the list"), wrong) from None

    return Reading(begin)


def _opened(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as wrong:
        raise _unreadable(file, wrong) from None


def _unreadable(file: object, wrong: OSError) -> HotlineError:
    return HotlineError(f"{file} cannot be read: {wrong.strerror}; see that it is a file that you may read")
