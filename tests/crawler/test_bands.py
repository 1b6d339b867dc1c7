"""Nothing within 31 bits is missed, and a file is whole or not believed."""

from pathlib import Path

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from numpy.typing import NDArray
from prints_world import flipped, random_words

from crawler.hashlists import bands, building, listfile
from crawler.hashlists.bands import BITS, NEAR, Bands, Plan
from crawler.hashlists.segment import Row, Segment, build, columns_of, words_of
from hotline.words import Classification, DigestKind

NOBODY: NDArray[numpy.int64] = numpy.empty(0, numpy.int64)


@pytest.fixture(autouse=True)
def files_for_small_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a list of a few entries has a file, and a file of a thousand has bands."""
    monkeypatch.setattr(building, "MOST_LOOSE", 3)
    monkeypatch.setattr(bands, "_FEW", 50)


@pytest.mark.parametrize("count", [10, 11, 12, 13, 16, 20])
def test_every_plan_reaches_31_bits(count: int) -> None:
    plan = Plan.of(count)
    assert sum(plan.widths) == BITS
    assert sum(flips + 1 for flips in plan.flips) == NEAR + 1


@settings(max_examples=60, deadline=None)
@given(some.data())
@pytest.mark.parametrize("many", [11, 12, 16])
def test_whatever_bits_differ_all_within_31_are_found_and_none_beyond(many: int, data: some.DataObject) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bands, "plan_for", lambda _: NARROWED[many].plan)
        index = NARROWED[many]
        wanted = data.draw(some.integers(0, 299))
        places = data.draw(some.lists(some.integers(0, 255), unique=True, max_size=40))
        found = index.nearest(flipped(index.words[wanted], places)[None])
    near = len(places) <= NEAR
    assert (int(found.places[0]), int(found.distances[0])) == ((wanted, len(places)) if near else (-1, -1))


def _built(many: int) -> Bands:
    words, plan = random_words(300, many), Plan.of(many)
    starts, members = bands._buckets(words, plan)
    return Bands(words, plan, starts, members)


NARROWED = {many: _built(many) for many in (16, 12, 11)}


@pytest.mark.parametrize("many", [11, 12, 16])
def test_the_worst_case_of_the_bands_is_found(many: int) -> None:
    # 31 bits spread so that every band but one has one flip more than is looked up.
    index, plan = NARROWED[many], NARROWED[many].plan
    assert plan is not None
    for spared in range(many):
        columns = [range(band, BITS, many) for band in range(many)]
        places = [place for band in range(many) if band != spared for place in columns[band][: plan.flips[band] + 1]]
        places += list(columns[spared][: NEAR - len(places)])
        assert len(places) == NEAR
        found = index.nearest(_as_cut(index.words[7], places)[None])
        assert (found.places[0], found.distances[0]) == (7, NEAR)


def _as_cut(words: NDArray[numpy.uint64], places: list[int]) -> NDArray[numpy.uint64]:
    """Flips bits by the order in which they are cut into bands."""
    bits = numpy.unpackbits(words.view(numpy.uint8))
    bits[places] ^= 1
    return numpy.packbits(bits).view(numpy.uint64)


def test_bands_find_what_a_scan_finds_in_clusters_too() -> None:
    random = numpy.random.default_rng(5)
    centres = random_words(4, 1)

    def around(count: int, farthest: int) -> bands.Words:
        places = [[int(bit) for bit in random.choice(BITS, k % farthest, replace=False)] for k in range(count)]
        return numpy.array([flipped(centres[k % 4], bits) for k, bits in enumerate(places)])

    words, queries = around(900, 29), around(99, 45)
    quick, plain = Bands.build(words).nearest(queries), Bands(words).nearest(queries)
    assert Bands.build(words).plan is not None
    assert quick.distances.tolist() == plain.distances.tolist()
    assert quick.places.tolist() == plain.places.tolist()


digest = some.binary(min_size=2, max_size=2)
entries = some.builds(
    lambda number, sha256, sha1, md5, pdq, length, classification: Row(
        number,
        {kind: (value * 32)[: kind.hex_length // 2]
         for kind, value in zip(DigestKind, (sha256, sha1, md5, pdq), strict=True) if value is not None},
        length,
        classification,
    ),
    some.integers(1, 2**40), *[some.none() | digest] * 4, some.none() | some.integers(0, 2**60),
    some.none() | some.sampled_from(Classification),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(some.lists(entries, max_size=30))
def test_a_segment_gives_back_every_entry_by_each_of_its_digests(rows: list[Row]) -> None:
    segment = Segment(build(columns_of(rows)))
    assert segment.size == len(rows)
    by_number = sorted((segment.row(at) for at in range(len(rows))), key=repr)
    assert by_number == sorted(rows, key=repr)
    for kind in (DigestKind.SHA256, DigestKind.SHA1, DigestKind.MD5):
        asked = [row.digests[kind] for row in rows if kind in row.digests]
        for value, found in zip(asked, segment.exact(kind, asked), strict=True):
            expected = [row for row in rows if row.digests.get(kind) == value]
            assert sorted((segment.row(at) for at in found), key=repr) == sorted(expected, key=repr)
        assert segment.exact(kind, [b"\x00\xff" * (kind.hex_length // 4)])[0] == [
            at for at in range(len(rows)) if segment.row(at).digests.get(kind) == b"\x00\xff" * (kind.hex_length // 4)
        ]
    pictures = [row.digests[DigestKind.PDQ] for row in rows if DigestKind.PDQ in row.digests]
    if pictures:
        rows_found, distances = segment.nearest(words_of(pictures), NOBODY)
        assert [segment.row(int(at)).digests[DigestKind.PDQ] for at in rows_found] == pictures
        assert set(distances.tolist()) == {0}


def test_a_file_is_whole_or_it_is_not_believed(tmp_path: Path) -> None:
    file = tmp_path / "indexes" / "a.hashes"
    arrays = {"none": numpy.empty(0, numpy.uint8), "one": numpy.arange(5000, dtype=numpy.uint32), "two": numpy.eye(3)}
    listfile.write(file, {"list": "a"}, arrays)
    facts, read = listfile.read(file)
    assert facts == {"list": "a"}
    assert all((read[name] == array).all() for name, array in arrays.items())
    assert listfile.verify(file)
    assert file.stat().st_mode & 0o777 == 0o600
    whole = file.read_bytes()
    file.write_bytes(whole[:-1])
    with pytest.raises(listfile.DamagedList, match="cut off"):
        listfile.read(file)
    for at in (0, 10, 40, 200):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(listfile.DamagedList):
            listfile.read(file)
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert not listfile.verify(file)
