"""Hash lists of a million and ten million: nothing is missed, and how fast they answer beside faiss's flat index.

Random and clustered PDQ with planted neighbours at 0 to 40 bits, the worst case of our bands, and ten million SHA-256.
Exits with 1 when one query's nearest is not faiss's, or something is slower or larger than it should be.
"""

import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import faiss
import numpy
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from stand.asker import Asked, ask_apart

from crawler.hashlists import listfile
from crawler.hashlists.bands import NEAR, Plan, Words, plan_for
from crawler.hashlists.index import ListIndex
from crawler.hashlists.matching import Entry
from crawler.hashlists.segment import Columns, Segment, build
from hotline.words import DigestKind, ListKind

SIZES: Final = (1_000_000, 10_000_000)
QUERIES: Final = 410
"""Ten at each distance from 0 to 40."""
CLUSTERS: Final = 2_000
LEAST_TIMES: Final = 20
MOST_RESIDENT: Final = 1.6e9
MOST_LOADING: Final = 0.1
MOST_LOOKUP: Final = 5e-6
MOST_ENTRY: Final = 45
MOST_ADDING: Final = 0.01

NOBODY: Final[NDArray[numpy.int64]] = numpy.empty(0, numpy.int64)


class Told(NamedTuple):
    """What a round saw, and what of it is not as it should be."""

    row: list[str]
    wrong: list[str]


def main() -> int:
    """Prints the tables; 1 if one of them is not what it should be."""
    faiss.omp_set_num_threads(1)
    table = Table("PDQ", title=f"{QUERIES} queries each, one thread each; ms a query")
    for column in (
        "faiss flat",
        "ours",
        "times",
        "ours, one by one",
        "worst case",
        "build s",
        "file MB",
        "load ms",
        "MB",
    ):
        table.add_column(column, justify="right")
    wrong: list[str] = []
    for size in SIZES:
        for name, make in (("random", _random), ("clustered", _clustered)):
            told = _pictures(f"{size / 1e6:.0f} million {name}", make(size, numpy.random.default_rng(size)))
            table.add_row(*told.row)
            wrong += told.wrong
    Console().print(table)
    wrong += list(_exact(SIZES[-1])) + list(_adding())
    print(f"peak memory of this process, which built all of it: {_peak() / 1e9:.1f} GB")
    for line in wrong:
        print(line, file=sys.stderr)
    return int(bool(wrong))


def _pictures(name: str, words: Words) -> Told:
    print(f"{name}: building", file=sys.stderr)
    random = numpy.random.default_rng(7)
    planted = numpy.repeat(numpy.arange(41), QUERIES // 41)
    chosen = zip(random.integers(0, len(words), QUERIES), planted, strict=True)
    queries = numpy.array([_flipped(words[at], random.choice(256, bits, replace=False)) for at, bits in chosen])
    flat = faiss.IndexBinaryFlat(256)
    flat.add(words.view(numpy.uint8))
    started = time.perf_counter()
    true_distances, _ = flat.search(queries.view(numpy.uint8), 1)
    by_faiss = (time.perf_counter() - started) / QUERIES
    del flat
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "list.hashes"
        started = time.perf_counter()
        listfile.write(file, {}, build(_only(DigestKind.PDQ, words.view(numpy.uint8).reshape(-1, 32))))
        built = time.perf_counter() - started
        asked = ask_apart(file, queries, _worst(words, random))
        size = file.stat().st_size
    told = numpy.where(true_distances.ravel() <= NEAR, true_distances.ravel(), -1)
    missed = int((asked.distances != told).sum())
    times = by_faiss / asked.together
    row = [name, f"{1e3 * by_faiss:.2f}", f"{1e3 * asked.together:.3f}", f"{times:.0f}", f"{1e3 * asked.alone:.3f}",
           f"{1e3 * asked.worst:.3f}", f"{built:.1f}", f"{size / 1e6:.0f}", f"{1e3 * asked.loading:.1f}",
           f"{asked.resident / 1e6:.0f}"]  # fmt: skip
    return Told(row, [f"{name}: {line}" for line in _faults(asked, missed, times, len(words))])


def _faults(asked: Asked, missed: int, times: float, size: int) -> Iterator[str]:
    if missed or asked.worst_missed:
        yield f"{missed} queries, and {asked.worst_missed} of the worst case, have another answer than they should"
    if asked.loading > MOST_LOADING:
        yield f"loading took {1e3 * asked.loading:.0f} ms"
    if size == SIZES[-1] and times < LEAST_TIMES:
        yield f"{times:.0f} times faiss, not {LEAST_TIMES}"
    if asked.resident > MOST_RESIDENT:
        yield f"{asked.resident / 1e9:.1f} GB resident"


def _random(size: int, random: numpy.random.Generator) -> Words:
    return random.integers(0, 2**64, (size, 4), dtype=numpy.uint64)


def _clustered(size: int, random: numpy.random.Generator) -> Words:
    """Half of them in clusters: each some bits, up to 40 in the mean, away from one of 2,000 centres."""
    words = _random(size, random)
    centres = _random(CLUSTERS, random)
    half = size // 2
    noise = _random(half, random) & _random(half, random) & _random(half, random)  # one bit in eight: 32 of 256
    words[:half] = centres[random.integers(0, CLUSTERS, half)] ^ noise
    return words


def _worst(words: Words, random: numpy.random.Generator) -> Words:
    """31 bits away, one flip more than is looked up in every band but one; the entries are the first hundred."""
    plan = plan_for(len(words)) or Plan.of(16)
    many = len(plan.widths)
    queries = []
    for number in range(100):
        spared = number % many
        bands = [random.permutation(range(band, 256, many)) for band in range(many)]
        places = [int(bit) for band in range(many) if band != spared for bit in bands[band][: plan.flips[band] + 1]]
        places += [int(bit) for bit in bands[spared][: NEAR - len(places)]]
        queries.append(_flipped(words[number], numpy.array(places)))
    return numpy.array(queries)


def _flipped(words: Words, places: NDArray[Any]) -> Words:
    bits = numpy.unpackbits(words.view(numpy.uint8))
    bits[places] ^= 1
    return numpy.packbits(bits).view(numpy.uint64)


def _exact(size: int) -> Iterator[str]:
    print("SHA-256: building", file=sys.stderr)
    digests = _random(size, numpy.random.default_rng(3)).view(numpy.uint8).reshape(-1, 32)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "list.hashes"
        started = time.perf_counter()
        listfile.write(file, {}, build(_only(DigestKind.SHA256, digests)))
        built, bytes_each = time.perf_counter() - started, file.stat().st_size / size
        segment = Segment(listfile.read(file)[1])
        known = [digests[at].tobytes() for at in numpy.random.default_rng(4).integers(0, size, 10_000)]
        asked = known + [bytes(32 - 8) + os.urandom(8) for _ in known]
        segment.exact(DigestKind.SHA256, asked)
        started = time.perf_counter()
        found = segment.exact(DigestKind.SHA256, asked)
        each = (time.perf_counter() - started) / len(asked)
    print(f"{size / 1e6:.0f} million SHA-256 with lengths: {bytes_each:.1f} bytes an entry, built in {built:.1f} s, "
          f"{1e6 * each:.2f} µs a look-up in batches, half of them listed")  # fmt: skip
    if [bool(rows) for rows in found] != [True] * len(known) + [False] * len(known):
        yield "exact look-ups have another answer than they should"
    if each > MOST_LOOKUP:
        yield f"an exact look-up took {1e6 * each:.1f} µs"
    if bytes_each > MOST_ENTRY:
        yield f"{bytes_each:.1f} bytes an entry"


def _adding() -> Iterator[str]:
    index = ListIndex(_entry(number) for number in range(20_000))
    started = time.perf_counter()
    for number in range(20_000, 20_100):
        entry = _entry(number)
        index.add(entry)
        assert index.nearest(entry.pdq or "") == (entry, 0)
    each = (time.perf_counter() - started) / 100
    print(f"one entry more, until it is found: {1e3 * each:.2f} ms")
    if each > MOST_ADDING:
        yield f"adding an entry took {1e3 * each:.1f} ms"


def _entry(number: int) -> Entry:
    words = _random(2, numpy.random.default_rng(number))
    return Entry("one", ListKind.ILLEGAL, words[0].tobytes().hex(), pdq=words[1].tobytes().hex())


def _only(kind: DigestKind, values: NDArray[numpy.uint8]) -> Columns:
    size = len(values)
    return Columns(
        numpy.arange(1, size + 1),
        numpy.arange(size) if kind is DigestKind.SHA256 else numpy.full(size, -1),
        numpy.full(size, 1, numpy.uint8) if kind is DigestKind.SHA256 else numpy.zeros(size, numpy.uint8),
        {kind: (values, numpy.ones(size, bool))},
    )


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    raise SystemExit(main())
