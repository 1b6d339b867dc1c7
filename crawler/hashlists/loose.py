"""Entries that are in no file: those of a small list, and what became known since a large list's file was made."""

import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy

from crawler.hashlists.bands import Bands, Words
from crawler.hashlists.matching import Entry
from crawler.hashlists.segment import EXACT, words_of
from crawler.hashlists.videos import Films
from hotline.words import DigestKind


class Loose:
    """Entries in memory; each is found the moment it was added. Several threads may ask while one adds."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._exact: dict[DigestKind, dict[str, list[Entry]]] = {kind: defaultdict(list) for kind in EXACT}
        self._pictures: list[Entry] = []
        self._fresh: list[bytes] = []
        self._words: Words = numpy.empty((0, 4), numpy.uint64)
        self._films: list[Entry] = []
        self._owners: list[int] = []
        self._frames: list[bytes] = []
        self._same: Films | None = None
        self._changing = threading.Lock()
        self.size = 0
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Takes one more."""
        with self._changing:
            self._add(entry)

    def _add(self, entry: Entry) -> None:
        self.size += 1
        for kind in EXACT:
            value = getattr(entry, kind.value)
            if value is not None:
                self._exact[kind][value].append(entry)
        if entry.pdq is not None:
            self._pictures.append(entry)
            self._fresh.append(bytes.fromhex(entry.pdq))
        if entry.frames:
            self._owners += [len(self._films)] * (len(entry.frames) // 32)
            self._films.append(entry)
            self._frames.append(entry.frames)
            self._same = None

    def exact(self, kind: DigestKind, digest: str) -> Sequence[Entry]:
        """The entries with this digest."""
        return self._exact[kind].get(digest, ())

    def same_videos(self, frames: Words) -> list[tuple[Entry, int]]:
        """The entries that are the same video, with their distances."""
        if not self._films:
            return []
        films = self._same or self._built()
        return [(self._films[owner], distance) for owner, distance in films.same_as(frames)]

    def _built(self) -> Films:
        # Not under the lock: cutting many frames takes a second, and who looks up a picture must not wait for that.
        with self._changing:
            frames, owners = list(self._frames), list(self._owners)
        films = Films(Bands.build(words_of(frames)), numpy.array(owners))
        with self._changing:
            if len(frames) == len(self._frames):
                self._same = films
        return films

    def nearest(self, queries: Words) -> list[tuple[Entry, int] | None]:
        """For each PDQ the entry that is nearest within 31 bits, with its distance."""
        if not self._pictures:
            return [None] * len(queries)
        with self._changing:
            if self._fresh:
                self._words = numpy.concatenate([self._words, words_of(self._fresh)])
                self._fresh.clear()
            words = self._words
        places, distances = Bands(words).nearest(queries)
        pairs = zip(places.tolist(), distances.tolist(), strict=True)
        return [(self._pictures[place], distance) if place >= 0 else None for place, distance in pairs]
