"""What fell short in a practice run: the world's truth beside what the product says, each difference in words.

Pure: rows in, sentences out. An empty list means that every removal was reached, and no other, and that the world saw
nothing which a correct hotline does not do.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from hotline.clock import parse_time, utc_text
from hotline.words import CaseState

ENDED: Final = frozenset({CaseState.REMOVED, CaseState.CLOSED})
_EXAMPLES: Final = 3

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Stand:
    """A case as far as the comparison needs it."""

    number: int
    state: CaseState
    removed_at: datetime | None = None

    @property
    def removed(self) -> bool:
        """Whether the product says that the material is gone."""
        return self.state in ENDED and self.removed_at is not None


def is_reached(truth: Iterable[Row], cases: Mapping[str, Stand]) -> bool:
    """Whether every removal that the world holds has happened and is known to the product."""
    return all(
        not row["up"] and (case := cases.get(row["url"])) is not None and case.removed
        for row in truth
        if row["removable"]
    )


def differences(truth: Sequence[Row], cases: Mapping[str, Stand], faults: Sequence[Row]) -> list[str]:
    """Every difference between the world and the product, as sentences."""
    urls = {row["url"] for row in truth}
    told = [words for row in truth if (words := _difference(row, cases.get(row["url"])))]
    extra = [
        f"case {case.number} ({urlsplit(url).hostname}) is {case.state}, but there is nothing that it could be about"
        for url, case in cases.items()
        if url not in urls
    ]
    return [*told, *extra, *_faults(faults)]


def _difference(row: Row, case: Stand | None) -> str | None:
    what = f"{row['host']} ({row['behaviour']})"
    if case is None:
        return f"no case was opened for a file at {what}; it should be found as: {row['kind']}"
    if case.removed:
        return premature(row, case)
    if not row["removable"]:
        return None
    if row["up"]:
        return f"case {case.number} was not removed: {what}; it is {case.state}"
    return f"case {case.number} is {case.state}, but the file is gone since {row['removed_at']}: {what}"


def premature(row: Row, case: Stand) -> str | None:
    """Says it when a case counts as removed while the material is up, or was up when it is said to have been gone."""
    what = f"case {case.number} counts as removed since {utc_text(case.removed_at)}"
    if row["up"]:
        return f"{what}, but the file at {row['host']} is up ({row['behaviour']})"
    gone = parse_time(row["removed_at"]) if row["removed_at"] else None
    if gone is not None and case.removed_at is not None and case.removed_at < gone:
        return f"{what}, but the file at {row['host']} was up until {row['removed_at']}"
    return None


def _faults(faults: Sequence[Row]) -> list[str]:
    by_kind: dict[str, list[str]] = {}
    for fault in faults:
        by_kind.setdefault(fault["what"], []).append(str(fault["detail"]))
    return [f"the world saw what should not happen, {_times(kind, seen)}" for kind, seen in by_kind.items()]


def _times(kind: str, details: list[str]) -> str:
    different = list(dict.fromkeys(details))
    more = ", …" if len(different) > _EXAMPLES else ""
    count = "once" if len(details) == 1 else f"{len(details)} times"
    return f"{count}: {kind} ({', '.join(different[:_EXAMPLES])}{more})"
