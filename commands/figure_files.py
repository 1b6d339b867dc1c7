"""The figures of ``hotline metrics`` as files: CSV for spreadsheets, and the curves as a picture."""

import csv
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from commands.output import complain
from hotline.errors import HotlineError

_PLOTS: Final = (".svg", ".png")
_COUNTS: Final = ("cases", "removed", "open", "reappeared", "unverifiable", "referred_unknown")
COLUMNS: Final = (
    "group", *_COUNTS, "median_hours", "median_low", "median_high", "p90_hours", "within_24h", "within_72h",
    "within_7d", "later_episodes", "later_removed", "later_median_hours", "rank", "remark", "definition",
)  # fmt: skip


def write_csv(document: dict[str, Any], file: str, overwrite: bool) -> None:
    """Writes the groups, one a row, empty where the data do not reach; ``-`` is standard output.

    Raises:
        HotlineError: the file is there already, or cannot be written.
    """
    if file == "-":
        sys.stdout.write(csv_text(document))
        return
    _save(Path(file), csv_text(document).encode("utf-8"), "--csv", overwrite)


def csv_text(document: dict[str, Any]) -> str:
    """The groups as CSV; a name of somebody else's that a spreadsheet would take for a formula is made harmless."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(group, document["definition"]) for group in document["groups"])
    return out.getvalue()


def _row(group: dict[str, Any], definition: str) -> Iterator[Any]:
    from notices.plain import cell

    low, high = group["median_ci95"] or (None, None)
    later = group["later_episodes"]
    yield cell(str(group["group"]))
    yield from (group[name] for name in _COUNTS)
    yield from (group["median_hours"], low, high, group["p90_hours"])
    yield from (group["within"][span] for span in ("24h", "72h", "7d"))
    yield from (later["count"], later["removed"], later["median_hours"], group["rank"], group["remark"], definition)


def write_plot(document: dict[str, Any], file: Path, overwrite: bool) -> None:
    """Draws the survival curves into an SVG or a PNG.

    Raises:
        HotlineError: the name ends in neither, the file is there already, or cannot be written.
    """
    kind = file.suffix.lower()
    if kind not in _PLOTS:
        raise HotlineError(f"--plot {file}: the name must end in .svg or .png")
    _refuse_existing(file, "--plot", overwrite)
    from commands.plots import drawn

    _save(file, drawn(document, kind.removeprefix(".")), "--plot", overwrite)


def _refuse_existing(file: Path, option: str, overwrite: bool) -> None:
    if file.exists() and not overwrite:
        raise HotlineError(f"{option} {file}: there is a file of this name; choose another, or say --overwrite")


def _save(file: Path, content: bytes, option: str, overwrite: bool) -> None:
    _refuse_existing(file, option, overwrite)
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        fresh.write_bytes(content)
        fresh.replace(file)
    except OSError as wrong:
        raise HotlineError(f"{option} {file} cannot be written: {wrong.strerror}") from None
    finally:
        fresh.unlink(missing_ok=True)
    complain(f"written: {file}")
