"""What opens a case in the crawl: the contract's paragraph, sentence by sentence."""

from dataclasses import replace

import pytest

from crawler.hashlists.index import ListIndex
from crawler.hashlists.matching import Entry
from hotline.facts import Digests
from hotline.words import Classification, DigestKind, ListKind

SEEN = Digests("a" * 64, "b" * 40, "c" * 32, 1000, "0" * 64, 80)
ILLEGAL, HARMLESS, PLACEHOLDER = ListKind.ILLEGAL, ListKind.HARMLESS, ListKind.PLACEHOLDER


def flipped(bits: int) -> str:
    """A PDQ so many bits away from that of ``SEEN``."""
    return f"{(1 << bits) - 1:064x}"


def entry(kind: ListKind = ILLEGAL, **digests: object) -> Entry:
    return Entry("list", kind, **digests)  # type: ignore[arg-type]


EXACT = [
    ("SHA-256 equal", {"sha256": SEEN.sha256}),
    ("SHA-256 equal, whatever the length says", {"sha256": SEEN.sha256, "length": 5}),
    ("MD5 and the length", {"md5": SEEN.md5, "length": 1000}),
    ("SHA-1 and the length", {"sha1": SEEN.sha1, "length": 1000}),
    ("MD5 and SHA-1", {"md5": SEEN.md5, "sha1": SEEN.sha1}),
    ("MD5 and a PDQ that agrees", {"md5": SEEN.md5, "pdq": flipped(3)}),
]
NO_MATCH = [
    ("MD5 alone", {"md5": SEEN.md5}),
    ("SHA-1 alone", {"sha1": SEEN.sha1}),
    ("MD5 and another length", {"md5": SEEN.md5, "length": 999}),
    ("MD5 and length, but another SHA-256", {"md5": SEEN.md5, "length": 1000, "sha256": "f" * 64}),
    ("MD5 and SHA-1, but another SHA-256", {"md5": SEEN.md5, "sha1": SEEN.sha1, "sha256": "f" * 64}),
    ("MD5 and length, but another SHA-1", {"md5": SEEN.md5, "length": 1000, "sha1": "f" * 40}),
    ("the length alone", {"length": 1000}),
    ("PDQ at 32 bits", {"pdq": flipped(32)}),
]


@pytest.mark.parametrize("digests", [case[1] for case in EXACT], ids=[case[0] for case in EXACT])
def test_exact(digests: dict[str, object]) -> None:
    match = ListIndex([entry(**digests)]).match(SEEN).match
    assert match is not None
    assert match.exact
    assert match.distance == 0


@pytest.mark.parametrize("digests", [case[1] for case in NO_MATCH], ids=[case[0] for case in NO_MATCH])
def test_no_match(digests: dict[str, object]) -> None:
    assert ListIndex([entry(**digests)]).match(SEEN).match is None


@pytest.mark.parametrize("bits", [0, 1, 31])
def test_near_by_pdq_alone_is_never_exact(bits: int) -> None:
    match = ListIndex([entry(pdq=flipped(bits))]).match(SEEN).match
    assert match is not None
    assert (match.exact, match.kind, match.distance) == (False, DigestKind.PDQ, bits)


@pytest.mark.parametrize(("quality", "matches"), [(50, True), (49, False), (0, False), (None, False)])
def test_below_quality_50_a_pdq_opens_nothing(quality: int | None, matches: bool) -> None:
    seen = replace(SEEN, pdq_quality=quality)
    assert (ListIndex([entry(pdq=flipped(2))]).match(seen).match is not None) is matches


def test_the_nearest_of_several_counts() -> None:
    index = ListIndex([entry(pdq=flipped(20)), entry(pdq=flipped(4)), entry(pdq=flipped(9))])
    match = index.match(SEEN).match
    assert match is not None
    assert match.distance == 4


def test_exact_goes_before_near() -> None:
    match = ListIndex([entry(pdq=flipped(0)), entry(sha256=SEEN.sha256)]).match(SEEN).match
    assert match is not None
    assert match.kind is DigestKind.SHA256


@pytest.mark.parametrize("kind", [HARMLESS, PLACEHOLDER])
@pytest.mark.parametrize("digests", [{"sha256": SEEN.sha256}, {"md5": SEEN.md5, "length": 1000}, {"md5": SEEN.md5}])
def test_an_exact_entry_of_a_harmless_or_placeholder_list_vetoes(kind: ListKind, digests: dict[str, object]) -> None:
    for illegal in (entry(sha256=SEEN.sha256), entry(pdq=flipped(1))):
        verdict = ListIndex([illegal, entry(kind, **digests)]).match(SEEN)
        assert verdict.match is None
        assert verdict.listed is kind
        assert verdict.vetoed_by == "list"


def test_a_veto_by_md5_does_not_hold_against_another_sha256() -> None:
    index = ListIndex([entry(sha256=SEEN.sha256), entry(HARMLESS, md5=SEEN.md5, sha256="f" * 64)])
    assert index.match(SEEN).match is not None


@pytest.mark.parametrize(("harmless", "vetoed"), [(5, True), (10, True), (11, False), (31, False)])
def test_a_near_match_is_vetoed_by_what_is_at_most_as_far(harmless: int, vetoed: bool) -> None:
    index = ListIndex([entry(pdq=flipped(10)), entry(HARMLESS, pdq=flipped(harmless))])
    assert (index.match(SEEN).match is None) is vetoed


def test_an_exact_match_is_not_vetoed_by_a_near_one() -> None:
    index = ListIndex([entry(sha256=SEEN.sha256), entry(HARMLESS, pdq=flipped(0))])
    assert index.match(SEEN).match is not None


def test_a_known_placeholder_is_told_as_such() -> None:
    assert ListIndex([entry(PLACEHOLDER, sha256=SEEN.sha256)]).match(SEEN).listed is PLACEHOLDER
    assert ListIndex([entry(PLACEHOLDER, pdq=flipped(6))]).match(SEEN).listed is PLACEHOLDER
    assert ListIndex().match(SEEN).listed is None


def test_the_classification_of_the_entry_goes_with_the_match() -> None:
    match = ListIndex([entry(sha256=SEEN.sha256, classification=Classification.NATIONAL)]).match(SEEN).match
    assert match is not None
    assert match.classification is Classification.NATIONAL


def test_what_becomes_known_meanwhile_counts_at_once() -> None:
    index = ListIndex([entry(pdq=flipped(20))])
    assert index.match(SEEN).match is not None
    index.add(entry(pdq=flipped(2)))
    match = index.match(SEEN).match
    assert match is not None
    assert match.distance == 2


def test_check_tells_kind_match_and_distance_line_by_line() -> None:
    index = ListIndex([entry(sha256="a" * 64), entry(md5="c" * 32), entry(pdq=flipped(7))])
    zero = "0" * 64
    rows, bad = index.check(["A" * 64, "md5:" + "c" * 32, "b" * 40, zero, "pdq:" + zero, "sha256:" + zero, "", "xyz"])
    assert [(row["kind"], row["match"] and row["match"]["distance"]) for row in rows] == [
        ("sha256", 0), ("md5", 0), ("sha1", None), ("pdq", 7), ("pdq", 7), ("sha256", None),
    ]  # fmt: skip
    assert rows[0]["digest"] == "a" * 64
    assert rows[0]["match"] == {"list": "list", "kind": "sha256", "distance": 0, "list_kind": "illegal"}
    assert [row.line for row in bad] == [7, 8]


def test_scans_a_hundred_thousand_pictures_and_misses_none() -> None:
    import random

    chance = random.Random(7)
    entries = [entry(pdq=f"{chance.getrandbits(256):064x}") for _ in range(20_000)]
    index = ListIndex(entries)
    for wanted in entries[::1999]:
        bits = sum(1 << place for place in chance.sample(range(256), 31))
        near = f"{int(wanted.pdq or '', 16) ^ bits:064x}"
        found = index.nearest(near)
        assert found is not None
        assert found == (wanted, 31)
