"""The lists in memory, asked many times a second: exact digests by look-up, PDQ by a scan that misses nothing."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, Self

import numpy
from numpy.typing import NDArray
from sqlalchemy import select as sa_select
from sqlmodel import Session, col

from crawler.hashlists.formats import BadRow, bare_digest
from crawler.hashlists.matching import (
    NEAR,
    NOTHING,
    Entry,
    Verdict,
    as_match,
    equal_kinds,
    exact_kind,
    is_legible,
    vetoes,
)
from hotline.errors import HotlineError
from hotline.facts import Digests
from hotline.records import HashEntry, HashList
from hotline.words import DigestKind, ListKind

_EXACT: Final = (DigestKind.SHA256, DigestKind.SHA1, DigestKind.MD5)
_ORDER: Final = {ListKind.ILLEGAL: 0, ListKind.PLACEHOLDER: 1, ListKind.HARMLESS: 2}


class ListIndex:
    """All entries that stand, of all lists. Made once a crawl; ``add`` takes what becomes known meanwhile."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._exact: dict[DigestKind, dict[str, list[Entry]]] = {kind: defaultdict(list) for kind in _EXACT}
        self._near: dict[ListKind, _Pictures] = {kind: _Pictures() for kind in ListKind}
        self.size = 0
        for entry in entries:
            self.add(entry)

    @classmethod
    def load(cls, session: Session) -> Self:
        """Reads every entry that is not withdrawn."""
        # Columns, not records: a list of millions would spend its time on making objects that are thrown away.
        columns: list[Any] = [HashList.name, HashList.kind, HashEntry.sha256, HashEntry.sha1, HashEntry.md5]
        columns += [HashEntry.pdq, HashEntry.length, HashEntry.classification]
        wanted = (
            sa_select(*columns)
            .where(col(HashEntry.list_id) == HashList.id, col(HashEntry.withdrawn_at).is_(None))
            .execution_options(yield_per=2000)
        )
        return cls(Entry(*row) for row in session.execute(wanted))

    def add(self, entry: Entry) -> None:
        """Takes one more entry."""
        self.size += 1
        for kind in _EXACT:
            value = getattr(entry, kind.value)
            if value is not None:
                self._exact[kind][value].append(entry)
        if entry.pdq is not None:
            self._near[entry.list_kind].add(entry)

    def match(self, digests: Digests) -> Verdict:
        """What may open a case, and what stands against it (``crawler.hashlists.matching`` has the rules)."""
        candidates = self._candidates(digests)
        against = [entry for entry in candidates if entry.list_kind is not ListKind.ILLEGAL]
        veto = _best(entry for entry in against if vetoes(entry, digests))
        exact = [(entry, kind) for entry in candidates if (kind := exact_kind(entry, digests)) is not None]
        illegal = [(entry, kind) for entry, kind in exact if entry.list_kind is ListKind.ILLEGAL]
        if veto is not None:
            return Verdict(None, veto.list_kind, veto.list_name if illegal or self._near_illegal(digests) else None)
        if illegal:
            entry, kind = min(illegal, key=lambda found: _EXACT.index(found[1]))
            return Verdict(as_match(entry, kind), ListKind.ILLEGAL)
        return self._near_verdict(digests)

    def nearest(self, pdq: str, kinds: Iterable[ListKind] = ListKind) -> tuple[Entry, int] | None:
        """The entry whose PDQ is nearest, within ``NEAR`` bits, with its distance; illegal lists first at a tie."""
        found = [(self._near[kind].nearest(pdq), kind) for kind in sorted(kinds, key=_ORDER.__getitem__)]
        near = [best for best, _ in found if best is not None]
        return min(near, key=lambda best: best[1]) if near else None

    def check(self, lines: Iterable[str]) -> tuple[list[dict[str, Any]], list[BadRow]]:
        """The contract's rows for ``hashes check``, in order, and the lines that are no digest.

        A row is ``{"digest", "kind", "match": None | {"list", "kind", "distance", "list_kind"}}``; ``kind`` is the
        digest's.
        """
        results, rejected = [], []
        for line, text in enumerate(lines, 1):
            try:
                results.append(self._check_one(text))
            except ValueError as wrong:
                rejected.append(BadRow(line, str(wrong)))
        return results, rejected

    def _check_one(self, text: str) -> dict[str, Any]:
        kind, value = bare_digest(text)
        named = not text.strip().strip('"').lower().removeprefix("0x").startswith(value)
        found = self._look_up(kind, value)
        if found is None and kind is DigestKind.SHA256 and not named:
            found = self._look_up(DigestKind.PDQ, value)
            kind = DigestKind.PDQ if found else kind
        if found is None:
            return {"digest": value, "kind": kind.value, "match": None}
        entry, distance = found
        match = {"list": entry.list_name, "kind": kind.value, "distance": distance, "list_kind": entry.list_kind.value}
        return {"digest": value, "kind": kind.value, "match": match}

    def _look_up(self, kind: DigestKind, value: str) -> tuple[Entry, int] | None:
        if kind is DigestKind.PDQ:
            return self.nearest(value)
        entry = _best(self._exact[kind].get(value, ()))
        return (entry, 0) if entry is not None else None

    def _candidates(self, digests: Digests) -> list[Entry]:
        found = [entry for kind in _EXACT for entry in self._exact[kind].get(getattr(digests, kind.value), ())]
        return [entry for entry in {id(entry): entry for entry in found}.values() if equal_kinds(entry, digests)]

    def _near_illegal(self, digests: Digests) -> bool:
        if digests.pdq is None or not is_legible(digests):
            return False
        return self.nearest(digests.pdq, [ListKind.ILLEGAL]) is not None

    def _near_verdict(self, digests: Digests) -> Verdict:
        if digests.pdq is None or not is_legible(digests):
            return NOTHING
        illegal = self.nearest(digests.pdq, [ListKind.ILLEGAL])
        against = self.nearest(digests.pdq, [ListKind.PLACEHOLDER, ListKind.HARMLESS])
        if against is not None and (illegal is None or against[1] <= illegal[1]):
            return Verdict(None, against[0].list_kind, against[0].list_name if illegal else None)
        if illegal is None:
            return NOTHING
        return Verdict(as_match(illegal[0], DigestKind.PDQ, illegal[1]), ListKind.ILLEGAL)


class _Pictures:
    """The PDQ of one kind of lists, as four rows of 64-bit words: a scan then runs along memory."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._fresh: list[bytes] = []
        self._words: NDArray[numpy.uint64] = numpy.empty((4, 0), numpy.uint64)

    def add(self, entry: Entry) -> None:
        self._entries.append(entry)
        self._fresh.append(bytes.fromhex(entry.pdq or ""))

    def nearest(self, pdq: str) -> tuple[Entry, int] | None:
        if not self._entries:
            return None
        self._settle()
        wanted = numpy.frombuffer(bytes.fromhex(pdq), numpy.uint64)[:, None]
        distances = numpy.bitwise_count(self._words ^ wanted).sum(axis=0, dtype=numpy.uint16)
        at = int(distances.argmin())
        return (self._entries[at], int(distances[at])) if distances[at] <= NEAR else None

    def _settle(self) -> None:
        if self._fresh:
            more = numpy.frombuffer(b"".join(self._fresh), numpy.uint64).reshape(-1, 4).T
            self._words = numpy.ascontiguousarray(numpy.concatenate([self._words, more], axis=1))
            self._fresh.clear()


def check_lines(index: ListIndex, file: Path) -> tuple[list[dict[str, Any]], list[BadRow]]:
    """``hashes check FILE``: what ``ListIndex.check`` says of each line.

    Raises:
        HotlineError: the file cannot be read.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig", errors="replace")
    except OSError as wrong:
        raise HotlineError(f"{file} cannot be read: {wrong.strerror}") from None
    return index.check(text.splitlines())


def _best(entries: Iterable[Entry]) -> Entry | None:
    return min(entries, key=lambda entry: _ORDER[entry.list_kind], default=None)
