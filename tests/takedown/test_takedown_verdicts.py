"""From a look to what it means: unknown is not gone."""

from dataclasses import replace
from typing import Any

import pytest
from homes import START
from hypothesis import given
from hypothesis import strategies as st
from takedown_builders import denied, digests, look

from hotline.facts import Look, Sibling
from hotline.words import Content, ListKind, Outcome, Wall
from takedown.verdicts import DENIALS, NEAR, Known, Verdict, judge, together

FAULTS = ("dns", "refused", "unreachable", "tls", "timeout", "broken", "too_large", "redirects")
MEDIA = Known(content=Content.MEDIA, sha256=digests().sha256)
PAGE = Known(content=Content.PAGE, sha256=digests("page").sha256, shape="00000000000000ff")
OTHER_SHAPE = "ffffffffffff0000"


def page(**facts: Any) -> Look:
    return look(content=Content.PAGE, digests=digests("another page"), shape=OTHER_SHAPE, **facts)


def outcome(known: Known, seen: Look) -> Outcome:
    return judge(known, seen).outcome


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_of_ours_is_unclear(fault: str) -> None:
    verdict = judge(MEDIA, Look(at=START, fault=fault, fault_reason="the connection broke"))
    assert verdict == Verdict(Outcome.UNCLEAR, "the connection broke")


@pytest.mark.parametrize("status", [204, 301, 302, 400, 401, 403, 405, 429, 500, 502, 503, 504, None])
def test_an_answer_that_denies_nothing_is_unclear(status: int | None) -> None:
    expected = Outcome.UNCLEAR
    assert outcome(MEDIA, look(status=status, digests=None, content=None)) is expected


@pytest.mark.parametrize("status", [404, 410, 451])
def test_a_denial_is_gone(status: int) -> None:
    assert outcome(MEDIA, denied(status=status)) is Outcome.GONE
    assert outcome(PAGE, denied(status=status)) is Outcome.GONE
    assert outcome(Known(), denied(status=status)) is Outcome.GONE


@pytest.mark.parametrize("status", [200, 403, 404, 410, 451, 500])
def test_what_is_served_counts_and_not_the_status_that_it_is_served_under(status: int) -> None:
    assert outcome(MEDIA, look(status=status)) is Outcome.ONLINE
    same_page = look(status=status, content=Content.PAGE, digests=digests("page"))
    assert outcome(PAGE, same_page) is Outcome.ONLINE


def test_the_assessed_file_is_the_same_file_even_before_anything_else_is_known() -> None:
    known = Known(assessed_sha256=digests().sha256)
    assert outcome(known, look(status=404)) is Outcome.ONLINE


def test_a_video_that_was_saved_anew_is_online() -> None:
    seen = look(digests=digests("again"), sibling=Sibling(404), distance=3)
    assert "the same video" in judge(MEDIA, seen).reason
    assert "the same picture" in judge(MEDIA, replace(seen, digests=digests("again", pdq="5a" * 32))).reason


def test_a_re_encoded_picture_is_online_up_to_the_greatest_distance() -> None:
    seen = look(digests=digests("again"), sibling=Sibling(404), distance=NEAR)
    assert outcome(MEDIA, seen) is Outcome.ONLINE
    assert outcome(MEDIA, look(digests=digests("again"), sibling=Sibling(404), distance=NEAR + 1)) is Outcome.CHANGED


def test_a_known_placeholder_is_gone_though_it_looks_alike() -> None:
    seen = look(digests=digests("removed.png"), listed=ListKind.PLACEHOLDER, distance=3)
    assert outcome(MEDIA, seen) is Outcome.GONE


def test_a_placeholder_at_the_first_look_is_gone() -> None:
    assert outcome(Known(), look(listed=ListKind.PLACEHOLDER)) is Outcome.GONE


def test_a_known_harmless_file_is_for_a_person_though_it_looks_alike() -> None:
    seen = look(digests=digests("cat.png"), listed=ListKind.HARMLESS, distance=3, sibling=Sibling(404))
    assert outcome(MEDIA, seen) is Outcome.CHANGED
    assert outcome(Known(), look(listed=ListKind.HARMLESS)) is Outcome.CHANGED


def test_other_known_material_is_online() -> None:
    assert outcome(MEDIA, look(digests=digests("other"), listed=ListKind.ILLEGAL)) is Outcome.ONLINE


def test_the_first_answer_is_online_and_what_later_looks_compare_with() -> None:
    assert outcome(Known(), look()) is Outcome.ONLINE
    assert outcome(Known(), page()) is Outcome.ONLINE


def test_a_site_that_answers_alike_for_any_address_has_nothing_here() -> None:
    alike = Sibling(200, Content.PAGE, digests("x").sha256, "ffffffffffff0001")
    assert outcome(MEDIA, page(sibling=alike)) is Outcome.GONE
    assert outcome(PAGE, page(sibling=alike)) is Outcome.GONE


@pytest.mark.parametrize(
    "sibling",
    [
        Sibling(404, Content.PAGE, digests("another page").sha256, OTHER_SHAPE),
        Sibling(200, Content.MEDIA, digests("another page").sha256, OTHER_SHAPE),
        Sibling(200, Content.PAGE, digests("x").sha256, "0000000000000000"),
        Sibling(200, Content.PAGE, digests("x").sha256, None),
        Sibling(None),
    ],
)
def test_a_sibling_that_answers_otherwise_proves_nothing(sibling: Sibling) -> None:
    assert outcome(MEDIA, page(sibling=sibling)) is Outcome.CHANGED


def test_a_page_instead_of_the_file_is_unclear_when_the_site_was_not_probed() -> None:
    assert outcome(MEDIA, page()) is Outcome.UNCLEAR


@pytest.mark.parametrize("status", [200, 404])
def test_a_wall_is_unclear_whatever_it_answers(status: int) -> None:
    assert outcome(MEDIA, page(status=status, wall=Wall.LOGIN)) is Outcome.UNCLEAR
    assert outcome(PAGE, page(status=status, wall=Wall.LOGIN)) is Outcome.UNCLEAR


def test_a_body_of_which_nothing_was_read_is_unclear() -> None:
    assert outcome(MEDIA, look(digests=None)) is Outcome.UNCLEAR
    assert outcome(Known(), look(digests=None)) is Outcome.UNCLEAR


def test_the_same_file_behind_a_new_redirect_has_moved() -> None:
    seen = look(redirects=1, moved_to="http://meadow.example/b.png")
    assert outcome(MEDIA, seen) is Outcome.MOVED
    assert outcome(MEDIA, look(redirects=1)) is Outcome.ONLINE


def test_a_file_that_is_linked_at_another_address_has_moved_once() -> None:
    seen = look(status=404, digests=None, moved_to="http://meadow.example/b.png")
    assert outcome(MEDIA, seen) is Outcome.MOVED
    moved_known = Known(content=Content.MEDIA, sha256=digests().sha256, moved_known=True)
    assert outcome(moved_known, seen) is Outcome.GONE


def test_a_page_is_there_as_long_as_any_of_its_known_files_is_on_it() -> None:
    assert outcome(PAGE, page(media_known=3, media_seen=1, media_unclear=2)) is Outcome.ONLINE
    assert outcome(PAGE, page(media_known=3, media_unclear=1)) is Outcome.UNCLEAR
    assert outcome(PAGE, page(media_known=3)) is Outcome.GONE


def test_a_page_that_stays_the_same_while_its_files_go_is_gone() -> None:
    same = look(content=Content.PAGE, digests=digests("page"), media_known=2)
    assert outcome(PAGE, same) is Outcome.GONE


def test_a_page_without_known_files_is_compared_by_its_shape() -> None:
    alike = look(content=Content.PAGE, digests=digests("page, later"), shape="00000000000000fe")
    assert outcome(PAGE, alike) is Outcome.ONLINE
    assert outcome(PAGE, page(sibling=Sibling(404))) is Outcome.CHANGED
    assert outcome(PAGE, look(digests=digests("a picture"))) is Outcome.CHANGED


@pytest.mark.parametrize(
    ("asked", "denying", "expected"),
    [(2, 2, Outcome.GONE), (3, 3, Outcome.GONE), (2, 1, Outcome.UNCLEAR), (1, 1, Outcome.UNCLEAR),
     (3, 2, Outcome.UNCLEAR), (0, 0, Outcome.UNCLEAR)],
)  # fmt: skip
def test_a_name_is_gone_when_two_resolvers_say_so_and_none_disagrees(
    asked: int, denying: int, expected: Outcome
) -> None:
    seen = Look(at=START, fault="nxdomain", resolvers_asked=asked, resolvers_denying=denying)
    assert outcome(MEDIA, seen) is expected


hashes = st.sampled_from([digests().sha256, digests("b").sha256, None])
shapes = st.sampled_from(["0" * 16, "f" * 16, None])
knowns = st.builds(Known, st.sampled_from([*Content, None]), hashes, hashes, shapes, st.booleans())
siblings = st.none() | st.builds(
    Sibling, st.sampled_from([200, 404, 500, None]), st.sampled_from([*Content, None]), hashes, shapes
)
looks = st.builds(
    Look,
    at=st.just(START),
    status=st.sampled_from([200, 204, 302, 403, 404, 410, 429, 451, 500, None]),
    fault=st.sampled_from([None, None, None, "nxdomain", *FAULTS]),
    resolvers_asked=st.integers(0, 3),
    resolvers_denying=st.integers(0, 3),
    redirects=st.integers(0, 2),
    content=st.sampled_from([*Content, None]),
    wall=st.sampled_from([None, *Wall]),
    digests=st.sampled_from([digests(), digests("b"), digests("c"), None]),
    shape=shapes,
    distance=st.none() | st.integers(0, 256),
    listed=st.sampled_from([*ListKind, None]),
    sibling=siblings,
    media_known=st.integers(0, 2),
    media_seen=st.integers(0, 2),
    media_unclear=st.integers(0, 2),
    path_unclear=st.integers(0, 1),
    waits=st.booleans(),
    may_be_wall=st.booleans(),
    moved_to=st.sampled_from([None, "http://meadow.example/b.png"]),
)


@given(knowns, looks)
def test_no_look_with_a_fault_is_anything_but_unclear_except_a_name_that_two_deny(known: Known, seen: Look) -> None:
    verdict = judge(known, seen)
    if seen.fault is None:
        return
    two_deny = seen.fault == "nxdomain" and not seen.redirects and seen.resolvers_denying == seen.resolvers_asked >= 2
    assert verdict.outcome is (Outcome.GONE if two_deny else Outcome.UNCLEAR)


@given(knowns, looks)
def test_gone_always_rests_on_an_authoritative_negative(known: Known, seen: Look) -> None:
    if judge(known, seen).outcome is not Outcome.GONE or seen.fault == "nxdomain":
        return
    assert not seen.wall
    assert not seen.path_unclear
    assert not seen.media_seen
    assert not seen.may_be_wall
    assert not seen.moved_to or known.moved_known
    negatives = (
        seen.status in DENIALS,
        seen.listed is ListKind.PLACEHOLDER,
        seen.sibling is not None and seen.sibling.status == seen.status,
        bool(seen.media_known and not seen.media_seen and not seen.media_unclear),
    )
    assert any(negatives)
    if seen.digests is not None and not seen.media_known:
        assert seen.digests.sha256 not in (known.sha256, known.assessed_sha256)


@pytest.mark.parametrize("status", [201, 202, 204, 205, 206, 226])
def test_a_success_that_is_not_what_was_asked_for_says_nothing_of_it(status: int) -> None:
    other = digests("b")
    like_any = look(status=status, digests=other, sibling=Sibling(status, Content.MEDIA, other.sha256))
    assert outcome(MEDIA, look(status=status, digests=other)) is Outcome.UNCLEAR
    assert outcome(MEDIA, like_any) is Outcome.UNCLEAR
    assert outcome(MEDIA, look(status=status)) is Outcome.ONLINE


def test_a_denial_is_unclear_while_a_page_on_the_way_cannot_be_seen() -> None:
    assert outcome(MEDIA, denied(status=404, path_unclear=1)) is Outcome.UNCLEAR


def test_a_file_that_is_linked_elsewhere_has_moved_whatever_stands_in_its_place() -> None:
    elsewhere = "http://meadow.example/b.png"
    other = look(digests=digests("b"), sibling=Sibling(404), moved_to=elsewhere)
    assert outcome(MEDIA, other) is Outcome.MOVED
    assert outcome(MEDIA, look(digests=digests("b"), listed=ListKind.PLACEHOLDER, moved_to=elsewhere)) is Outcome.MOVED
    known = Known(content=Content.MEDIA, sha256=digests().sha256, moved_known=True)
    assert outcome(known, other) is Outcome.CHANGED


def test_a_page_is_online_while_any_known_file_is_on_it_whatever_else_it_is() -> None:
    own = digests("page")
    for facts in ({"digests": own}, {"wall": Wall.AGE}, {"status": 503}, {"may_be_wall": True}, {"shape": PAGE.shape}):
        assert outcome(PAGE, replace(page(media_known=2, media_seen=1), **facts)) is Outcome.ONLINE


def test_another_page_that_waits_for_its_visitor_does_not_say_that_the_files_are_gone() -> None:
    assert outcome(PAGE, page(media_known=1)) is Outcome.GONE
    assert outcome(PAGE, page(media_known=1, waits=True)) is Outcome.CHANGED
    assert outcome(PAGE, replace(page(media_known=1, waits=True), shape=PAGE.shape)) is Outcome.GONE


def test_a_page_that_looks_the_same_is_online_though_a_wall_is_suspected() -> None:
    assert outcome(PAGE, replace(page(), shape=PAGE.shape, wall=Wall.AGE)) is Outcome.ONLINE
    assert outcome(PAGE, replace(page(), shape=PAGE.shape, status=404)) is Outcome.GONE


def test_a_page_that_is_denied_and_shows_its_files_all_the_same_is_online() -> None:
    assert outcome(PAGE, denied(status=404, media_known=2, media_seen=1)) is Outcome.ONLINE
    assert outcome(PAGE, denied(status=404, media_known=2, media_unclear=1)) is Outcome.UNCLEAR
    assert outcome(PAGE, denied(status=404, media_known=2)) is Outcome.GONE


@given(knowns, looks)
def test_no_reason_names_an_address(known: Known, seen: Look) -> None:
    reason = judge(known, seen).reason
    assert reason
    assert "example" not in reason and "://" not in reason


verdicts = st.lists(st.builds(Verdict, st.sampled_from(Outcome), st.just("because")), min_size=1, max_size=4)


@given(verdicts)
def test_gone_needs_every_vantage_and_online_needs_one(each: list[Verdict]) -> None:
    together_they_say = together(each).outcome
    assert (together_they_say is Outcome.GONE) == all(one.outcome is Outcome.GONE for one in each)
    assert (together_they_say is Outcome.ONLINE) == any(one.outcome is Outcome.ONLINE for one in each)


def test_an_unclear_look_makes_a_denial_unclear_and_says_so() -> None:
    verdict = together([Verdict(Outcome.GONE, "answered 404"), Verdict(Outcome.UNCLEAR, "timed out")])
    assert verdict.outcome is Outcome.UNCLEAR
    assert "2 looks" in verdict.reason


def test_what_a_vantage_does_not_see_that_does_not_see_our_canary_means_nothing() -> None:
    assert outcome(MEDIA, denied(status=404, control=False)) is Outcome.UNCLEAR
    assert outcome(MEDIA, denied(status=404, control=True)) is Outcome.GONE
    assert outcome(MEDIA, look(control=False)) is Outcome.ONLINE
