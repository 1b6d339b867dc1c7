"""PDQ within 31 bits of a query among ten million, exactly: a multi-index over bands of the fingerprint.

Two fingerprints that differ in at most 31 bits cannot differ in more than ``flips`` bits in every band, if the bands'
``flips + 1`` add up to 32 (Norouzi, Punjani and Fleet, "Fast Search in Hamming Space with Multi-Index Hashing", 2012,
with unequal radii). So whoever is near stands, in some band, in the bucket of the query's own bits or of those with a
few of them flipped; all of those are looked up and each candidate is counted bit by bit. Bands take every m-th bit, so
that neighbouring coefficients, which are alike, do not fill one band.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any, Final, NamedTuple

import numpy
from numpy.typing import NDArray

NEAR: Final = 31
"""The greatest PDQ distance, in bits, that counts as the same picture."""
BITS: Final = 256
_WORDS: Final = BITS // 64

_FEW: Final = 20_000
"""Up to so many a scan of all is as fast as bands."""
_BANDS: Final = ((100_000, 16), (4_000_000, 12), (2**32, 11))
"""Up to so many fingerprints so many bands: wider bands have shorter buckets and larger tables."""
_ROWS: Final = 1 << 16
"""Fingerprints that are compared at a time: they stay in the processor's cache."""
_QUERIES: Final = 64
_CANDIDATES: Final = 1 << 20

Words = NDArray[numpy.uint64]
"""Fingerprints as (n, 4) numbers of 64 bits; in whichever order, for only differences count."""


class Plan(NamedTuple):
    """How fingerprints are cut: for each band its width in bits, and how many flipped bits are looked up."""

    widths: tuple[int, ...]
    flips: tuple[int, ...]

    @classmethod
    def of(cls, bands: int) -> "Plan":
        """The least work for so many bands: ``flips + 1`` add up to 32, as evenly as may be."""
        widths = tuple(len(range(band, BITS, bands)) for band in range(bands))
        each, more = divmod(NEAR + 1, bands)
        # The narrower bands get the flip that is left over: they have fewer bits to flip.
        return cls(widths, tuple(each - 1 + (band >= bands - more) for band in range(bands)))


def plan_for(count: int) -> Plan | None:
    """The bands for so many fingerprints; ``None``: a scan is as fast."""
    if count <= _FEW:
        return None
    return Plan.of(next(bands for most, bands in _BANDS if count <= most))


Pairs = tuple[NDArray[Any], NDArray[Any], NDArray[Any]]
Stand = Callable[[NDArray[Any]], NDArray[numpy.bool_]]
"""Says of places whether their fingerprints still stand: entries can be withdrawn after the list was built."""


class Found(NamedTuple):
    """For each query the place of the nearest fingerprint and its distance; -1 and -1 where none is near."""

    places: NDArray[numpy.int64]
    distances: NDArray[numpy.int64]


@dataclass(frozen=True)
class Bands:
    """Fingerprints and, where there are many, their buckets.

    ``starts`` says for each bucket of each band where its members begin in ``members``, which are places in ``words``.
    """

    words: Words
    plan: Plan | None = None
    starts: NDArray[numpy.uint32] | None = None
    members: NDArray[numpy.uint32] | None = None

    @classmethod
    def build(cls, words: Words) -> "Bands":
        """Cuts and sorts; some 10 s for ten million."""
        plan = plan_for(len(words))
        if plan is None:
            return cls(words)
        starts, members = _buckets(words, plan)
        return cls(words, plan, starts, members)

    def nearest(self, queries: Words, stand: Stand | None = None) -> Found:
        """The nearest within ``NEAR`` of each query, of those that ``stand``; of several one, always the same."""
        best = _Best(len(queries))
        for which, places, distances in self.within(queries, stand):
            best.take(which, places, distances)
        return best.found

    def within(self, queries: Words, stand: Stand | None = None) -> Iterator[Pairs]:
        """All that are within ``NEAR`` of a query: queries' numbers, places and distances; a pair may come twice."""
        for start in range(0, len(queries), _QUERIES):
            part = queries[start : start + _QUERIES]
            for which, places in self._candidates(part):
                distances = _apart(self.words.take(places, axis=0), part.take(which, axis=0))
                near = distances <= NEAR
                which, places, distances = which[near] + start, places[near], distances[near]
                if stand is not None and places.size:
                    standing = stand(places)
                    which, places, distances = which[standing], places[standing], distances[standing]
                yield which, places, distances

    def _candidates(self, queries: Words) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
        """Queries' numbers and places to compare them with."""
        if self.plan is None or self.starts is None or self.members is None:
            yield from self._all_near(queries, numpy.arange(len(queries)))
            return
        buckets = self._lookups.buckets(queries)
        first = self.starts.take(buckets).astype(numpy.int64)
        counts = self.starts.take(buckets + 1) - first
        # A query whose buckets hold much of the list is a scan done badly: lists of nearly equal pictures have those.
        crowded = counts.sum(axis=1) > len(self.words)
        if crowded.any():
            yield from self._all_near(queries, numpy.flatnonzero(crowded))
            counts[crowded] = 0
        which, bucket = numpy.nonzero(counts)
        first, counts = first[which, bucket], counts[which, bucket]
        for piece in _pieces(counts):
            inside = counts[piece]
            places = _ranges(first[piece], inside)
            yield numpy.repeat(which[piece], inside), self.members.take(places)

    def _all_near(self, queries: Words, which: NDArray[Any]) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
        for start in range(0, len(self.words), _ROWS):
            rows = self.words[start : start + _ROWS]
            for number in which:
                places = numpy.flatnonzero(_apart(rows, queries[number]) <= NEAR)
                if places.size:
                    yield numpy.full(places.size, number), places + start

    @cached_property
    def _lookups(self) -> "_Lookups":
        assert self.plan is not None
        return _Lookups(self.plan)


class _Best:
    """The nearest so far of each query; at a tie the lower place."""

    def __init__(self, queries: int) -> None:
        self.found = Found(numpy.full(queries, -1), numpy.full(queries, -1))

    def take(self, which: NDArray[Any], places: NDArray[Any], distances: NDArray[Any]) -> None:
        order = numpy.lexsort((places, distances, which))
        which, places, distances = which[order], places[order], distances[order]
        for at in numpy.flatnonzero(numpy.diff(which, prepend=-1)):
            query = which[at]
            offered = (int(distances[at]), int(places[at]))
            held = (int(self.found.distances[query]), int(self.found.places[query]))
            if held[1] < 0 or offered < held:
                self.found.distances[query], self.found.places[query] = offered


class _Lookups:
    """Which buckets a query's neighbours can be in: its key in each band, with each set of few bits flipped."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        masks, bands, bases = [], [], []
        base = 0
        for band, (width, flips) in enumerate(zip(plan.widths, plan.flips, strict=True)):
            sets = [numpy.uint32(sum(1 << bit for bit in bits)) for n in range(flips + 1)
                    for bits in combinations(range(width), n)]  # fmt: skip
            masks += sets
            bands += [band] * len(sets)
            bases += [base] * len(sets)
            base += (1 << width) + 1
        self._masks = numpy.array(masks, numpy.uint32)
        self._bands = numpy.array(bands)
        self._bases = numpy.array(bases, numpy.int64)

    def buckets(self, queries: Words) -> NDArray[numpy.int64]:
        """(queries, look-ups): numbers of buckets."""
        buckets: NDArray[numpy.int64] = (_keys(queries, self._plan)[:, self._bands] ^ self._masks) + self._bases
        return buckets


def _keys(words: Words, plan: Plan) -> NDArray[numpy.uint32]:
    """(n, bands): the bits of each band as a number."""
    count = len(plan.widths)
    columns = numpy.full((count, 32), BITS)  # behind the last bit stands a zero
    for band, width in enumerate(plan.widths):
        columns[band, 32 - width :] = numpy.arange(band, BITS, count)
    bits = numpy.zeros((len(words), BITS + 1), numpy.uint8)
    bits[:, :BITS] = numpy.unpackbits(numpy.ascontiguousarray(words).view(numpy.uint8), axis=1)
    packed = numpy.packbits(bits.take(columns.ravel(), axis=1), axis=1)
    return packed.view(">u4").astype(numpy.uint32)


def _buckets(words: Words, plan: Plan) -> tuple[NDArray[numpy.uint32], NDArray[numpy.uint32]]:
    size = len(words)
    keys = numpy.empty((len(plan.widths), size), numpy.uint32)
    for start in range(0, size, _ROWS):
        keys[:, start : start + _ROWS] = _keys(words[start : start + _ROWS], plan).T
    starts, members = [], numpy.empty((len(plan.widths), size), numpy.uint32)
    for band, width in enumerate(plan.widths):
        # Key and place in one number: sorting numbers is several times faster than sorting places by keys.
        ordered = (keys[band].astype(numpy.uint64) << numpy.uint64(32)) | numpy.arange(size, dtype=numpy.uint64)
        ordered.sort()
        members[band] = ordered.astype(numpy.uint32)
        ends = numpy.cumsum(numpy.bincount(keys[band], minlength=1 << width)) + band * size
        starts.append(numpy.concatenate([[band * size], ends]).astype(numpy.uint32))
    return numpy.concatenate(starts), members.ravel()


def _apart(some: Words, others: Words) -> NDArray[Any]:
    counts = numpy.bitwise_count(some ^ others)
    # Column by column is several times faster than a sum along rows of four; two columns fit in eight bits.
    distances: NDArray[Any] = (counts[:, 0] + counts[:, 1]).astype(numpy.uint16)
    distances += counts[:, 2] + counts[:, 3]
    return distances


def _pieces(counts: NDArray[Any]) -> Iterator[slice]:
    """Cuts look-ups so that no piece has many more candidates than are compared at a time."""
    ends = numpy.cumsum(counts)
    start = 0
    while start < len(counts):
        taken = ends[start - 1] if start else 0
        end = max(start + 1, int(numpy.searchsorted(ends, taken + _CANDIDATES, side="right")))
        yield slice(start, end)
        start = end


def _ranges(first: NDArray[Any], counts: NDArray[Any]) -> NDArray[Any]:
    """All of ``first[i] .. first[i] + counts[i] - 1``, one behind the other."""
    ends = numpy.cumsum(counts)
    ranges: NDArray[Any] = numpy.arange(ends[-1] if len(ends) else 0) + numpy.repeat(first - ends + counts, counts)
    return ranges
