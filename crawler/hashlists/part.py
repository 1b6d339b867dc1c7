"""One list as it is asked: its file, what was withdrawn since, and what was added since."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy
from numpy.typing import NDArray

from crawler.hashlists.bands import Words
from crawler.hashlists.loose import Loose
from crawler.hashlists.matching import Entry
from crawler.hashlists.segment import Segment
from hotline.words import DigestKind, ListKind

_NOBODY: Final[NDArray[numpy.int64]] = numpy.empty(0, numpy.int64)

Near = tuple[Entry, int]


Sealer = Callable[[DigestKind, str], str]
"""What makes of a digest the one that a sealed list has in its place (``hotline.vault.Vault.digest``)."""


@dataclass
class Part:
    """A list. ``seal`` is there for one that keeps no plain digest.

    ``withdrawn`` are numbers of entries; so many of them, ``left_out``, were never in the file.
    """

    name: str
    kind: ListKind
    segment: Segment | None = None
    withdrawn: NDArray[numpy.int64] = field(default_factory=lambda: _NOBODY)
    left_out: int = 0
    loose: Loose = field(default_factory=Loose)
    seal: Sealer | None = None

    @property
    def size(self) -> int:
        """Entries that stand."""
        in_file = self.segment.size - (len(self.withdrawn) - self.left_out) if self.segment else 0
        return in_file + self.loose.size

    def exact(self, kind: DigestKind, digests: Sequence[str]) -> list[list[Entry]]:
        """For each digest the entries that have it."""
        asked = [self.seal(kind, digest) for digest in digests] if self.seal else digests
        found = [list(self.loose.exact(kind, digest)) for digest in asked]
        if self.segment is not None:
            for entries, rows in zip(found, self.segment.exact(kind, [bytes.fromhex(d) for d in asked]), strict=True):
                entries += [entry for row in rows if (entry := self._standing(row)) is not None]
        return found

    def beside(self, entry: Entry, digests: Mapping[DigestKind, str]) -> Entry:
        """The entry as it compares with these digests: sealed ones that are theirs made plain; others equal none."""
        if self.seal is None:
            return entry
        same = {kind: digest for kind, digest in digests.items() if getattr(entry, kind) == self.seal(kind, digest)}
        return replace(
            entry,
            sha256=same.get(DigestKind.SHA256, entry.sha256),
            sha1=same.get(DigestKind.SHA1, entry.sha1),
            md5=same.get(DigestKind.MD5, entry.md5),
        )

    def nearest(self, queries: Words) -> list[Near | None]:
        """For each PDQ the nearest entry within 31 bits."""
        best = self.loose.nearest(queries)
        if self.segment is None:
            return best
        rows, distances = self.segment.nearest(queries, self.withdrawn)
        for at in numpy.flatnonzero(rows >= 0):
            held, distance = best[at], int(distances[at])
            if held is None or distance < held[1]:
                best[at] = (self._entry(int(rows[at])), distance)
        return best

    def same_video(self, frames: Words) -> Near | None:
        """The entry that is the same video as these frames, and whose matched frames are nearest in the median."""
        found = self.loose.same_videos(frames)
        if self.segment is not None:
            found += [(self._entry(row), far) for row, far in self.segment.same_videos(frames, self.withdrawn)]
        return min(found, key=lambda near: near[1], default=None)

    def _standing(self, row: int) -> Entry | None:
        assert self.segment is not None
        if self.withdrawn.size and bool(numpy.isin(self.segment.row(row).number, self.withdrawn)):
            return None
        return self._entry(row)

    def _entry(self, row: int) -> Entry:
        assert self.segment is not None
        known = self.segment.row(row)
        digests = {kind: value.hex() for kind, value in known.digests.items()}
        return Entry(
            self.name,
            self.kind,
            digests.get(DigestKind.SHA256),
            digests.get(DigestKind.SHA1),
            digests.get(DigestKind.MD5),
            digests.get(DigestKind.PDQ),
            known.length,
            known.classification,
            known.number,
        )
