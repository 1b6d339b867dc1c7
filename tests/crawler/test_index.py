"""Lists as files, loaded and refreshed: what others change is seen."""

import asyncio
import dataclasses
import hashlib
from datetime import timedelta
from pathlib import Path

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from prints_world import flipped, random_words
from sqlmodel import select

from crawler.hashlists import bands, building, listfile, store
from crawler.hashlists.bands import BITS, Bands
from crawler.hashlists.formats import ListRow, withdrawals
from crawler.hashlists.index import ListIndex
from crawler.hashlists.loose import Loose
from crawler.hashlists.matching import Entry
from crawler.hashlists.overview import ListFacts, overview
from crawler.hashlists.segment import words_of
from crawler.hashlists.store import import_rows
from crawler.hashlists.videos import Films, is_same_video
from hotline.errors import HotlineError
from hotline.facts import Digests, FramePrint
from hotline.home import Home
from hotline.progress import silence
from hotline.records import HashEntry, HashList
from hotline.words import Classification, DigestKind, ListKind


@pytest.fixture(autouse=True)
def files_for_small_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a list of a few entries has a file, and a file of a thousand has bands."""
    monkeypatch.setattr(building, "MOST_LOOSE", 3)
    monkeypatch.setattr(bands, "_FEW", 50)


@pytest.fixture
def home(home_on: Home) -> Home:
    """On SQLite and on PostgreSQL."""
    return home_on


def sha(number: int) -> str:
    return hashlib.sha256(bytes([number % 256, number // 256])).hexdigest()


def pdq(number: int) -> str:
    return random_words(1, number).tobytes().hex()


def bring(home: Home, numbers: range, name: str = "partner", kind: ListKind = ListKind.ILLEGAL) -> None:
    rows = [ListRow(n, sha256=sha(n), pdq=pdq(n), classification=Classification.BASELINE) for n in numbers]
    with home.session() as session:
        import_rows(session, name, kind, rows, home.now())


def loaded(home: Home) -> ListIndex:
    with home.reading() as session:
        return ListIndex.load(home, session)


def seen(number: int, picture: str | None = None) -> Digests:
    return Digests(sha(number), "0" * 40, "0" * 32, 5, picture or pdq(number), 90)


def files(home: Home) -> list[Path]:
    return sorted((home.settings.home / "indexes").glob("*.hashes"))


def test_a_large_list_has_a_file_and_a_small_one_none(home: Home) -> None:
    bring(home, range(1, 4))
    assert loaded(home).size == 3
    assert files(home) == []
    bring(home, range(4, 9))
    index = loaded(home)
    assert index.size == 8
    assert len(files(home)) == 1
    verdict = index.match(seen(2))
    assert verdict.match is not None and verdict.match.exact and verdict.match.list_name == "partner"
    assert verdict.match.classification is Classification.BASELINE


def test_the_file_serves_until_too_much_is_new(home: Home) -> None:
    bring(home, range(1, 9))
    loaded(home)
    made = files(home)[0].stat().st_mtime_ns
    bring(home, range(9, 12))
    index = loaded(home)
    assert index.size == 11
    assert index.match(seen(10)).match is not None
    assert files(home)[0].stat().st_mtime_ns == made
    bring(home, range(12, 20))
    assert loaded(home).size == 19
    assert files(home)[0].stat().st_mtime_ns != made


def test_an_index_that_is_open_sees_what_came_when_it_is_refreshed(home: Home) -> None:
    bring(home, range(1, 9))
    index = loaded(home)
    bring(home, range(20, 30), "another", ListKind.HARMLESS)
    assert index.match(seen(25)).listed is None
    with home.reading() as session:
        index.refresh(home, session)
    assert index.match(seen(25)).listed is ListKind.HARMLESS


def test_what_was_added_to_an_open_index_stays_when_it_is_refreshed(home: Home) -> None:
    index = loaded(home)
    index.add(Entry("seen", ListKind.ILLEGAL, sha(1)))
    with home.reading() as session:
        index.refresh(home, session)
    assert index.match(seen(1)).match is not None


def withdraw(home: Home, number: int, back: bool = False) -> None:
    with home.session() as session:
        entry = session.exec(select(HashEntry).where(HashEntry.sha256 == sha(number))).one()
        entry.withdrawn_at = None if back else home.now() + timedelta(seconds=1)
        hash_list = session.get_one(HashList, entry.list_id)
        hash_list.changes += 1
        hash_list.reinstated = hash_list.changes if back else hash_list.reinstated


def test_a_withdrawn_entry_matches_no_more_and_one_that_is_back_does(home: Home) -> None:
    bring(home, range(1, 9))
    loaded(home)
    withdraw(home, 5)
    index = loaded(home)
    assert index.size == 7
    assert index.match(seen(5)).match is None
    assert index.nearest(pdq(5)) is None
    assert index.match(seen(4)).match is not None
    bring(home, range(9, 20))
    assert loaded(home).size == 18
    withdraw(home, 5, back=True)
    index = loaded(home)
    assert index.size == 19
    assert index.match(seen(5)).match is not None


def test_a_file_of_which_much_was_withdrawn_is_made_anew(home: Home) -> None:
    bring(home, range(1, 20))
    loaded(home)
    made = files(home)[0].stat().st_mtime_ns
    for number in (3, 4, 5):
        withdraw(home, number)
    assert loaded(home).size == 16
    assert files(home)[0].stat().st_mtime_ns == made
    withdraw(home, 6)
    index = loaded(home)
    assert (index.size, index.match(seen(5)).match) == (15, None)
    assert files(home)[0].stat().st_mtime_ns != made
    assert index.match(seen(7)).match is not None


def test_a_list_that_was_withdrawn_counts_for_nothing_until_it_stands_again(home: Home) -> None:
    bring(home, range(1, 9))
    bring(home, range(5, 30), "harmless", ListKind.HARMLESS)
    index = loaded(home)
    with home.session() as session:
        assert store.set_standing(session, "partner", home.now())
        assert not store.set_standing(session, "partner", home.now())
    with home.reading() as session:
        index.refresh(home, session)
    assert index.match(seen(2)).match is None
    assert index.match(seen(7)).listed is ListKind.HARMLESS
    with home.session() as session:
        assert store.set_standing(session, "partner", None)
        with pytest.raises(HotlineError, match="no list 'other'"):
            store.set_standing(session, "other", None)
    assert loaded(home).match(seen(2)).match is not None


def test_digests_that_are_taken_back_by_hand_match_no_more_in_a_sealed_list_either(home: Home) -> None:
    for name, is_sealed in (("plain", False), ("sealed", True)):
        rows = [ListRow(n, sha256=sha(n)) for n in range(1, 9)]
        with home.session() as session:
            import_rows(session, name, ListKind.ILLEGAL, rows, home.now(), seal=home.vault.digest, sealed=is_sealed)
        loaded(home)
        with home.session() as session:
            taken = withdrawals([sha(3), "nonsense", f"sha256:{sha(99)}"])
            result = import_rows(session, name, None, taken, home.now(), seal=home.vault.digest)
        assert (result.withdrawn, [row.line for row in result.rejected]) == (1, [2])
    found = loaded(home).check([sha(3), sha(4)])[0]
    assert [row["match"] is not None for row in found] == [False, True]


def test_a_damaged_file_and_one_of_another_home_are_made_anew(home: Home) -> None:
    bring(home, range(1, 9))
    loaded(home)
    file = files(home)[0]
    file.write_bytes(file.read_bytes()[:5000])
    assert loaded(home).match(seen(3)).match is not None
    facts, arrays = listfile.read(file)
    listfile.write(file, facts | {"list": "00"}, {name: array[:1] for name, array in arrays.items()})
    assert loaded(home).match(seen(3)).match is not None


def test_a_picture_is_found_by_either_convention(home: Home) -> None:
    bring(home, range(1, 9))
    index = loaded(home)
    other = dataclasses.replace(seen(77), pdq_reduced=pdq(6))
    verdict = index.match(other)
    assert verdict.match is not None
    assert (verdict.match.kind, verdict.match.distance, verdict.match.exact) == (DigestKind.PDQ, 0, False)
    assert index.match(dataclasses.replace(other, pdq_quality=49)).match is None


def test_a_near_match_in_a_file_is_vetoed_by_a_harmless_list(home: Home) -> None:
    bring(home, range(1, 9))
    bring(home, range(5, 30), "harmless", ListKind.HARMLESS)
    index = loaded(home)
    assert len(files(home)) == 2
    assert index.match(seen(900, pdq(3))).match is not None
    verdict = index.match(seen(900, pdq(6)))
    assert (verdict.match, verdict.vetoed_by) == (None, "harmless")


def film(seed: int, start: int, end: int, farther: int = 0) -> tuple[FramePrint, ...]:
    """Frames of a film, each a few bits away from what the list has."""
    random = numpy.random.default_rng(seed)
    frames = random_words(60, seed)
    spots = [[int(bit) for bit in random.choice(BITS, farther, replace=False)] for _ in frames]
    moved = [flipped(frame, places) for frame, places in zip(frames, spots, strict=True)]
    return tuple(FramePrint(float(n), moved[n].tobytes().hex(), 90) for n in range(start, end))


def of_film(*prints: FramePrint) -> Digests:
    return Digests(sha(4711), "0" * 40, "0" * 32, 5, frames=prints)


def learn_films(home: Home, *seeds: int, name: str = "films", kind: ListKind = ListKind.ILLEGAL) -> None:
    with home.session() as session:
        hash_list = HashList(name=name, kind=kind, added_at=home.now())
        session.add(hash_list)
        session.flush()
        session.add_all(
            HashEntry(list_id=hash_list.number, identity=sha(seed), sha256=sha(seed), added_at=home.now(),
                      frames=of_film(*film(seed, 0, 60)).legible_frames)
            for seed in seeds
        )  # fmt: skip


def test_a_list_with_many_frames_has_a_file_however_few_its_videos_are(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "MOST_LOOSE_FRAMES", 100)
    learn_films(home, 1)
    assert loaded(home).match(of_film(*film(1, 0, 60))).match is not None
    assert files(home) == []
    learn_films(home, 2, 3, name="more")
    index = loaded(home)
    assert len(files(home)) == 1
    assert index.match(of_film(*film(3, 0, 60, farther=5))).match is not None


def test_a_video_that_is_added_while_frames_are_cut_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    some = [Entry("ours", ListKind.ILLEGAL, sha(n), frames=of_film(*film(n, 0, 60)).legible_frames) for n in (1, 2)]
    held, build = Loose(some[:1]), Bands.build

    def late(words: bands.Words) -> Bands:
        built = build(words)
        if len(words) == 60:
            held.add(some[1])
        return built

    monkeypatch.setattr(Bands, "build", late)
    wanted = words_of([of_film(*film(2, 0, 60)).legible_frames])
    assert held.same_videos(wanted) == []
    assert [entry.sha256 for entry, _ in held.same_videos(wanted)] == [sha(2)]


async def test_many_ask_while_one_adds(home: Home) -> None:
    learn_films(home, 1, 2)
    index = loaded(home)

    async def adding() -> None:
        for number in range(100, 140):
            known = of_film(*film(number, 0, 60)).legible_frames
            index.add(Entry("ours", ListKind.ILLEGAL, sha(number), pdq=pdq(number), frames=known))
            await asyncio.sleep(0)

    async def asking(number: int) -> None:
        for _ in range(20):
            verdict = await index.matched(dataclasses.replace(of_film(*film(number, 0, 60)), sha256=sha(999)))
            assert verdict.match is not None
            assert verdict.match.list_name == "films"

    await asyncio.gather(adding(), asking(1), asking(2), asking(1))
    assert index.match(of_film(*film(139, 0, 60))).match is not None


@pytest.mark.parametrize("loose", [3, 100], ids=["in a file", "in memory"])
def test_a_video_is_found_by_its_frames(home: Home, monkeypatch: pytest.MonkeyPatch, loose: int) -> None:
    monkeypatch.setattr(building, "MOST_LOOSE", loose)
    learn_films(home, 1, 2, 3, 4, 5)
    index = loaded(home)
    assert (len(files(home)) == 1) is (loose == 3)
    anew = index.match(of_film(*film(3, 0, 60, farther=9))).match
    assert anew is not None and (anew.kind, anew.distance, anew.exact) == (DigestKind.PDQ, 9, False)
    assert index.match(of_film(*film(3, 20, 30))).match is not None
    longer = film(3, 0, 60) + film(77, 0, 60)
    assert index.match(of_film(*longer)).match is not None
    assert index.match(of_film(*film(3, 0, 40), *film(77, 0, 30))).match is None
    assert index.match(of_film(*film(77, 0, 60))).match is None
    assert index.match(of_film(*film(3, 0, 60, farther=32))).match is None
    plain = [frame._replace(quality=49) for frame in film(3, 0, 60)]
    assert index.match(of_film(*plain)).match is None


def test_a_video_that_was_withdrawn_or_is_known_harmless_opens_nothing(home: Home) -> None:
    learn_films(home, 1, 2, 3, 4, 5)
    loaded(home)
    withdraw(home, 2)
    assert loaded(home).match(of_film(*film(2, 0, 60))).match is None
    learn_films(home, 3, name="harmless", kind=ListKind.HARMLESS)
    verdict = loaded(home).match(of_film(*film(3, 0, 60, farther=4)))
    assert (verdict.match, verdict.vetoed_by) == (None, "harmless")


a_frame = some.builds(lambda number, bits: flipped(random_words(1, number)[0], list(range(bits))).tobytes(),
                      some.integers(0, 5), some.integers(0, 60))  # fmt: skip
videos = some.lists(a_frame, min_size=1, max_size=6, unique=True)


@settings(max_examples=150, deadline=None)
@given(some.lists(videos, max_size=5), some.lists(a_frame, min_size=1))
def test_many_videos_at_once_are_told_as_each_alone(known: list[list[bytes]], seen: list[bytes]) -> None:
    prints = [FramePrint(0.0, each.hex(), 90) for each in seen]
    owners = numpy.repeat(numpy.arange(len(known)), [len(frames) for frames in known])
    films = Films(Bands(words_of([each for frames in known for each in frames])), owners)
    found = films.same_as(words_of(list(dict.fromkeys(seen))))
    expected = [at for at, frames in enumerate(known) if is_same_video(prints, [each.hex() for each in frames])]
    assert [owner for owner, _ in found] == expected


def test_a_sealed_list_keeps_no_plain_digest_and_matches_all_the_same(home: Home) -> None:
    rows = [ListRow(n, sha256=sha(n), md5=f"{n:032x}", length=n) for n in range(1, 9)]
    with home.session() as session:
        import_rows(session, "sealed", ListKind.ILLEGAL, rows, home.now(), seal=home.vault.digest, sealed=True)
        kept = session.exec(select(HashEntry.sha256)).all()
    assert not {sha(n) for n in range(1, 9)} & set(kept)
    index = loaded(home)
    assert index.match(seen(3)).match is not None
    by_md5 = Digests(sha(3), "0" * 40, f"{3:032x}", 3)
    assert index.match(by_md5).match is not None
    assert index.match(dataclasses.replace(by_md5, sha256=sha(99))).match is None
    assert index.match(seen(99)).match is None
    assert [row["match"] is not None for row in index.check([sha(3), sha(99)])[0]] == [True, False]
    assert sha(3).encode() not in files(home)[0].read_bytes()
    assert bytes.fromhex(sha(3)) not in files(home)[0].read_bytes()


def test_lists_tell_owner_size_and_age_and_whether_their_files_are_whole(home: Home) -> None:
    bring(home, range(1, 9))
    bring(home, range(1, 3), "another", ListKind.HARMLESS)
    loaded(home)
    withdraw(home, 5)

    def told(verify: bool) -> list[ListFacts]:
        with home.reading() as session:
            return overview(home, session, verify=verify, progress=silence)

    other, partner = told(verify=True)
    assert (other.name, other.kind, other.entries, other.file_bytes, other.file_whole) == (
        "another", ListKind.HARMLESS, 2, None, None,
    )  # fmt: skip
    assert (partner.name, partner.entries, partner.withdrawn, partner.file_whole) == ("partner", 7, 1, True)
    file = files(home)[0]
    assert partner.file_bytes == file.stat().st_size
    assert partner.newest == home.now()
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    assert [facts.file_whole for facts in told(verify=True)] == [None, False]
    assert [facts.file_whole for facts in told(verify=False)] == [None, None]
