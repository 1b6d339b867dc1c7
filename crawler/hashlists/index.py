"""The lists, asked many times a second: exact digests by look-up, PDQ within 31 bits without missing one.

Large lists are files that every process maps (``building``); small ones, and what is new, are in memory. Which entry
counts, and what stands against it, is ``matching``'s.
"""

import asyncio
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final, Self

from sqlmodel import Session

from crawler.hashlists import building
from crawler.hashlists.formats import BadRow, bare_digest
from crawler.hashlists.loose import Loose
from crawler.hashlists.matching import (
    NOTHING,
    Entry,
    Verdict,
    as_match,
    equal_kinds,
    exact_kind,
    is_legible,
    pictures_of,
    vetoes,
)
from crawler.hashlists.part import Near, Part
from crawler.hashlists.segment import EXACT, words_of
from hotline.errors import HotlineError
from hotline.facts import Digests
from hotline.home import Home
from hotline.progress import Progress, silence
from hotline.words import DigestKind, ListKind

_ORDER: Final = {ListKind.ILLEGAL: 0, ListKind.PLACEHOLDER: 1, ListKind.HARMLESS: 2}
_AGAINST: Final = (ListKind.PLACEHOLDER, ListKind.HARMLESS)
_TOGETHER: Final = 1024
"""Lines that ``check`` looks up at a time."""


class ListIndex:
    """All entries that stand, of all lists. ``refresh`` sees what others have changed; ``add`` takes one more."""

    def __init__(self, entries: Iterable[Entry] = (), parts: Iterable[Part] = ()) -> None:
        self._added: list[Part] = []
        self._parts = list(parts)
        for entry in entries:
            self.add(entry)

    @classmethod
    def load(cls, home: Home, session: Session) -> Self:
        """Every list of the home; a large one that has no file yet gets it now, which may take minutes."""
        return cls(parts=building.parts(home, session))

    def refresh(self, home: Home, session: Session) -> None:
        """Takes up lists and entries that were added or withdrawn since; what ``add`` was given stays."""
        self._parts = [*building.parts(home, session), *self._added]

    @property
    def size(self) -> int:
        """Entries of all lists."""
        return sum(part.size for part in self._parts)

    def add(self, entry: Entry) -> None:
        """Takes one more entry."""
        for part in self._added:
            if (part.name, part.kind) == (entry.list_name, entry.list_kind):
                part.loose.add(entry)
                return
        part = Part(entry.list_name, entry.list_kind, loose=Loose([entry]))
        self._added.append(part)
        self._parts.append(part)

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
            entry, kind = min(illegal, key=lambda found: EXACT.index(found[1]))
            return Verdict(as_match(entry, kind), ListKind.ILLEGAL)
        return self._near_verdict(digests)

    async def matched(self, digests: Digests) -> Verdict:
        """The same, for who must not be held up: an hour of video takes a second to be compared."""
        return await asyncio.to_thread(self.match, digests) if digests.frames else self.match(digests)

    def nearest(self, pdq: str, kinds: Iterable[ListKind] = ListKind) -> Near | None:
        """The entry whose PDQ is nearest, within 31 bits, with its distance; illegal lists first at a tie."""
        return self.nearest_each([pdq], kinds)[0]

    def nearest_each(self, pdqs: Sequence[str], kinds: Iterable[ListKind] = ListKind) -> list[Near | None]:
        """The same for many at once, which takes less time for each."""
        best: list[Near | None] = [None] * len(pdqs)
        if not pdqs:
            return best
        words, wanted = words_of([bytes.fromhex(pdq) for pdq in pdqs]), frozenset(kinds)
        for part in sorted(self._parts, key=lambda part: _ORDER[part.kind]):
            if part.kind in wanted:
                best = [_nearer(held, found) for held, found in zip(best, part.nearest(words), strict=True)]
        return best

    def exact_each(self, kind: DigestKind, digests: Sequence[str]) -> list[list[Entry]]:
        """For each digest the entries that have it, of all lists."""
        found: list[list[Entry]] = [[] for _ in digests]
        for part in self._parts:
            for entries, more in zip(found, part.exact(kind, digests), strict=True):
                entries += more
        return found

    def check(self, lines: Iterable[str], progress: Progress = silence) -> tuple[list[dict[str, Any]], list[BadRow]]:
        """The contract's rows for ``hashes check``, in order, and the lines that are no digest.

        A row is ``{"digest", "kind", "match": None | {"list", "kind", "distance", "list_kind"}}``; ``kind`` is the
        digest's.
        """
        results: list[dict[str, Any]] = []
        rejected: list[BadRow] = []
        numbered = enumerate(lines, 1)
        while some := list(islice(numbered, _TOGETHER)):
            asked = []
            for line, text in some:
                try:
                    asked.append(_asked(text))
                except ValueError as wrong:
                    rejected.append(BadRow(line, str(wrong)))
            results += self._check_some(asked)
            progress("digests looked up", len(results))
        return results, rejected

    def _check_some(self, asked: Sequence[tuple[DigestKind, str, bool]]) -> list[dict[str, Any]]:
        found: dict[int, tuple[DigestKind, Near]] = {}
        for kind in EXACT:
            places = [at for at, (named, _, _) in enumerate(asked) if named is kind]
            for at, entries in zip(places, self.exact_each(kind, [asked[at][1] for at in places]), strict=True):
                if (entry := _best(entries)) is not None:
                    found[at] = kind, (entry, 0)
        places = [at for at, (kind, _, either) in enumerate(asked) if at not in found and (kind not in EXACT or either)]
        for at, near in zip(places, self.nearest_each([asked[at][1] for at in places]), strict=True):
            if near is not None:
                found[at] = DigestKind.PDQ, near
        return [_checked(kind, digest, found.get(at)) for at, (kind, digest, _) in enumerate(asked)]

    def _candidates(self, digests: Digests) -> list[Entry]:
        asked = {DigestKind.SHA256: digests.sha256, DigestKind.SHA1: digests.sha1, DigestKind.MD5: digests.md5}
        found = []
        for part in self._parts:
            entries = [entry for kind, digest in asked.items() for entry in part.exact(kind, [digest])[0]]
            found += [part.beside(entry, asked) for entry in dict.fromkeys(entries)]
        return [entry for entry in found if equal_kinds(entry, digests)]

    def _near_illegal(self, digests: Digests) -> bool:
        return self._near(digests, [ListKind.ILLEGAL]) is not None

    def _near(self, digests: Digests, kinds: Sequence[ListKind]) -> Near | None:
        """The nearest entry: of a picture by either convention, if its PDQ is good enough; of a video by its frames."""
        found = self.nearest_each(pictures_of(digests), kinds) if is_legible(digests) else []
        if frames := digests.legible_frames:
            parts = [part for part in self._parts if part.kind in kinds]
            found += [part.same_video(words_of([frames])) for part in parts]
        return min((near for near in found if near is not None), key=lambda near: near[1], default=None)

    def _near_verdict(self, digests: Digests) -> Verdict:
        illegal = self._near(digests, [ListKind.ILLEGAL])
        against = self._near(digests, _AGAINST)
        if against is not None and (illegal is None or against[1] <= illegal[1]):
            return Verdict(None, against[0].list_kind, against[0].list_name if illegal else None)
        if illegal is None:
            return NOTHING
        return Verdict(as_match(illegal[0], DigestKind.PDQ, illegal[1]), ListKind.ILLEGAL)


def check_lines(
    index: ListIndex, file: Path, progress: Progress = silence
) -> tuple[list[dict[str, Any]], list[BadRow]]:
    """``hashes check FILE``: what ``ListIndex.check`` says of each line.

    Raises:
        HotlineError: the file cannot be read.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig", errors="replace")
    except OSError as wrong:
        raise HotlineError(f"{file} cannot be read: {wrong.strerror}") from None
    return index.check(text.splitlines(), progress)


def _asked(text: str) -> tuple[DigestKind, str, bool]:
    """The digest of a line, and whether it may be a PDQ as well: nobody said that its 64 digits are a SHA-256."""
    kind, value = bare_digest(text)
    bare = text.strip().strip('"').lower().removeprefix("0x").startswith(value)
    return kind, value, bare and kind is DigestKind.SHA256


def _checked(kind: DigestKind, digest: str, found: tuple[DigestKind, Near] | None) -> dict[str, Any]:
    if found is None:
        return {"digest": digest, "kind": kind.value, "match": None}
    by, (entry, distance) = found
    match = {"list": entry.list_name, "kind": by.value, "distance": distance, "list_kind": entry.list_kind.value}
    return {"digest": digest, "kind": by.value, "match": match}


def _nearer(held: Near | None, found: Near | None) -> Near | None:
    if held is None or (found is not None and found[1] < held[1]):
        return found if found is not None else held
    return held


def _best(entries: Iterable[Entry]) -> Entry | None:
    return min(entries, key=lambda entry: _ORDER[entry.list_kind], default=None)
