"""What a look does to a case: the record, what is learnt, and the way to a removal and back."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from homes import START, later, with_settings
from takedown_builders import (
    HOST,
    URL,
    admitted,
    after,
    case,
    confirmed,
    contact,
    decided,
    denied,
    digests,
    found,
    located,
    look,
    notified,
    number_of,
    opened,
    put,
    rows,
    seen,
    state,
    told,
)

from crawler.hashlists.formats import withdrawals
from crawler.hashlists.store import import_rows
from hotline.facts import FramePrint, Look, LookOrder
from hotline.home import Home
from hotline.records import AuditLeaf, Case, Episode, HashEntry, HashList, Move, Observation
from hotline.words import CaseState, Content, ListKind, Outcome
from takedown import cases, look_orders, looking
from takedown.asking import Request
from takedown.workflow import Because

ELSEWHERE = "http://meadow.example/files/b.png"

PDQ = "5a" * 32


@pytest.fixture
def home(practice_home: Home) -> Home:
    return practice_home


def confirmed_list(home: Home) -> list[HashEntry]:
    with home.reading() as session:
        lists = rows(session, HashList, name="confirmed")
        return rows(session, HashEntry, list_id=lists[0].id) if lists else []


def due(home: Home) -> list[int]:
    with home.reading() as session:
        return [order.case_id for order in look_orders.due(home, session)]


def test_the_transcript_of_the_contract(home: Home) -> None:
    number = opened(home)
    seen(home, number, look(START))
    assert case(home, number).due_at is None
    located(home, number)
    told(home, number)
    assert case(home, number).due_at == after(minutes=15)
    assert due(home) == []
    later(home, minutes=20)
    assert due(home) == [number]
    seen(home, number, look(home.now()))
    later(home, hours=11, minutes=40)
    seen(home, number, denied(home.now()))
    assert case(home, number).due_at == after(hours=18)
    later(home, hours=7)
    assert seen(home, number, denied(home.now())).because is Because.GONE_TWICE
    row = case(home, number)
    assert (row.state, row.removed_at) == (CaseState.REMOVED, after(hours=12))
    assert (row.first_notice_at, row.last_online_at) == (START, after(minutes=20))
    with home.reading() as session:
        (episode,) = rows(session, Episode, case_id=number)
        assert (episode.first_notice_at, episode.first_gone_at, episode.closed_at) == (
            START, after(hours=12), after(hours=19),
        )  # fmt: skip


def test_a_look_is_an_observation_with_its_facts_sealed(home: Home) -> None:
    number = opened(home)
    seen(home, number, look(START, final_url="http://hidden.example/x", peer="198.51.100.7", redirects=1))
    with home.reading() as session:
        (row,) = rows(session, Observation, case_id=number)
        assert (row.outcome, row.status, row.sha256, row.size) == (Outcome.ONLINE, 200, digests().sha256, 1000)
        assert "hidden.example" in home.vault.text(row, "facts")
        assert "case:look:online" in [leaf.deed for leaf in rows(session, AuditLeaf)]
    home.engine.dispose()
    assert b"hidden" not in b"".join(file.read_bytes() for file in home.settings.home.glob("hotline.db*"))


def test_looks_from_every_vantage_are_kept_and_judged_together(home: Home) -> None:
    number = notified(home)
    looked = seen(home, number, denied(), look(fault="timeout", digests=None, status=None, vantage="north"))
    assert looked.verdict.outcome is Outcome.UNCLEAR
    with home.reading() as session:
        kept = rows(session, Observation, case_id=number)
        assert [(row.vantage, row.outcome) for row in kept] == [("direct", Outcome.GONE), ("north", Outcome.UNCLEAR)]
    assert case(home, number).first_gone_at is None


def test_the_confirmed_list_is_fed_only_with_what_was_assessed(home: Home) -> None:
    assessed = digests("assessed")
    first = opened(home, URL, sha256=assessed.sha256)
    seen(home, first, look(digests=assessed))
    second = opened(home, ELSEWHERE, sha256="ab" * 32)
    seen(home, second, look(digests=digests("swapped")))
    third = opened(home, URL + "?3")
    seen(home, third, look(digests=digests("never assessed")))
    (entry,) = confirmed_list(home)
    assert (entry.sha256, entry.md5, entry.sha1, entry.length) == (
        assessed.sha256, assessed.md5, assessed.sha1, assessed.length,
    )  # fmt: skip
    with home.reading() as session:
        assert rows(session, HashList)[0].kind is ListKind.ILLEGAL
    assert case(home, second).sha256 == digests("swapped").sha256


def test_the_frames_of_an_assessed_video_are_learnt_and_kept_nowhere_else(home: Home) -> None:
    prints = tuple(FramePrint(float(n), f"{n:064x}", quality) for n, quality in enumerate((90, 49, 50, 90)))
    video = replace(digests("assessed"), frames=(*prints, prints[3]))
    seen(home, opened(home, URL, sha256=video.sha256), look(digests=video))
    (entry,) = confirmed_list(home)
    assert entry.frames == bytes.fromhex("".join(prints[n].pdq for n in (0, 2, 3)))
    with home.reading() as session:
        (row,) = rows(session, Observation)
        assert "frames" not in json.loads(home.vault.text(row, "facts"))["digests"]


def test_the_same_file_of_two_cases_is_one_entry(home: Home) -> None:
    for url in (URL, ELSEWHERE):
        seen(home, opened(home, url, sha256=digests().sha256), look())
    assert len(confirmed_list(home)) == 1


@pytest.mark.parametrize("content", [Content.PAGE, Content.OTHER])
def test_a_page_never_feeds_the_list(home: Home, content: Content) -> None:
    seen(home, opened(home, URL, sha256=digests().sha256), look(content=content))
    assert confirmed_list(home) == []


def test_what_a_host_serves_later_teaches_nothing(home: Home) -> None:
    number = opened(home, URL, sha256=digests("assessed").sha256)
    seen(home, number, look(digests=digests("first")))
    seen(home, number, look(digests=digests("assessed")))
    assert case(home, number).sha256 == digests("first").sha256
    assert confirmed_list(home) == []


def test_a_first_look_that_failed_leaves_the_learning_to_the_next(home: Home) -> None:
    number = opened(home, URL, sha256=digests().sha256)
    seen(home, number, Look(START, fault="timeout"))
    assert case(home, number).sha256 is None
    seen(home, number, look())
    assert len(confirmed_list(home)) == 1


def test_a_case_under_embargo_or_without_notice_is_not_due(home: Home) -> None:
    number = opened(home)
    seen(home, number, look())
    later(home, days=30)
    assert due(home) == []
    assert case(home, number).due_at is None


def test_the_longest_overdue_is_looked_at_first(home: Home) -> None:
    first, second = notified(home, URL), notified(home, ELSEWHERE)
    put(home, first, due_at=after(hours=2))
    put(home, second, due_at=after(hours=1))
    later(home, hours=3)
    assert due(home) == [second, first]


def test_an_order_knows_how_the_url_was_reached(home: Home) -> None:
    number = opened(home, URL, referrer="http://search.example/", page="http://forum.example/1", sha256="ab" * 32)
    with home.reading() as session:
        order = look_orders.order(home, session, session.get_one(Case, number))
    assert (order.url, order.referrer, order.entry) == (URL, "http://search.example/", ("http://forum.example/1",))
    assert order.assessed_sha256 == "ab" * 32


def test_a_page_is_looked_at_for_the_known_files_that_were_seen_on_it(home: Home) -> None:
    page = opened(home, "http://forum.example/thread")
    put(home, page, content=Content.PAGE, sha256=digests("page").sha256)
    for url, where in (("http://i.example/1", CaseState.NOTIFIED), ("http://i.example/2", CaseState.REVIEW)):
        with home.session() as session:
            cases.open_found(home, session, found(url, page, digests=digests(url, pdq=PDQ, pdq_quality=100)))
        put(home, number_of(home, url), state=where)
    with home.reading() as session:
        order = look_orders.order(home, session, session.get_one(Case, page))
    assert (order.media, order.media_pdq) == ({digests("http://i.example/1").sha256}, {PDQ})


FRAMES = tuple(FramePrint(float(n), f"{n:064x}", 90) for n in range(3))
LEGIBLE = bytes.fromhex("".join(frame.pdq for frame in FRAMES))


def order_of(home: Home, number: int) -> LookOrder:
    with home.reading() as session:
        return look_orders.order(home, session, session.get_one(Case, number))


def test_later_looks_know_a_file_that_is_saved_anew_by_what_the_first_one_saw(home: Home) -> None:
    number = opened(home)
    seen(home, number, look(digests=digests(frames=FRAMES, pdq=PDQ, pdq_reduced="6b" * 32)))
    seen(home, number, look(digests=digests("swapped", pdq=PDQ)))
    order = order_of(home, number)
    assert (order.pdq, order.pdq_reduced, order.frames) == (PDQ, "6b" * 32, LEGIBLE)
    plain = opened(home, ELSEWHERE)
    seen(home, plain, look(digests=digests("plain", pdq=PDQ)))
    assert (order_of(home, plain).pdq_reduced, order_of(home, plain).frames) == (None, b"")


def test_a_page_is_looked_at_for_videos_that_were_seen_on_it(home: Home) -> None:
    page, file = opened(home, "http://forum.example/thread"), "http://i.example/1"
    put(home, page, content=Content.PAGE, sha256=digests("page").sha256)
    with home.session() as session:
        of_video = digests(file, frames=FRAMES, pdq_reduced="6b" * 32)
        cases.open_found(home, session, found(file, page, digests=of_video))
    order = order_of(home, page)
    assert (order.media_frames, order.media_pdq) == ((LEGIBLE,), {"6b" * 32})
    assert order_of(home, number_of(home, file)).frames == LEGIBLE


def test_a_large_picture_is_learnt_by_both_conventions_and_withdrawn_by_one_digest(home: Home) -> None:
    picture = digests(pdq=PDQ, pdq_quality=90, pdq_reduced="6b" * 32)
    for url in (URL, ELSEWHERE):
        seen(home, opened(home, url, sha256=picture.sha256), look(digests=picture))
    assert [(entry.sha256, entry.pdq) for entry in confirmed_list(home)] == [
        (picture.sha256, PDQ), (picture.sha256, "6b" * 32),
    ]  # fmt: skip
    with home.session() as session:
        import_rows(session, "confirmed", ListKind.ILLEGAL, withdrawals([picture.sha256]), home.now())
    assert all(entry.withdrawn_at for entry in confirmed_list(home))


def test_a_file_behind_a_new_redirect_has_moved_and_one_that_always_was_has_not(home: Home) -> None:
    direct, behind = notified(home, URL), opened(home, ELSEWHERE)
    seen(home, direct, look())
    seen(home, behind, look(redirects=1, final_url="http://cdn.example/b.png"))
    to = "http://cdn.example/a.png"
    moved = seen(home, direct, look(redirects=1, final_url=to))
    assert (moved.verdict.outcome, moved.moved_to) == (Outcome.MOVED, to)
    stays = seen(home, behind, look(redirects=1, final_url="http://cdn.example/b.png"))
    assert (stays.verdict.outcome, stays.moved_to) == (Outcome.ONLINE, None)


def test_a_file_that_is_linked_elsewhere_has_moved_until_that_is_a_case(home: Home) -> None:
    number = notified(home)
    seen(home, number, look())
    at_another = look(status=404, digests=None, moved_to=ELSEWHERE)
    looked = seen(home, number, at_another)
    assert (looked.verdict.outcome, looked.moved_to) == (Outcome.MOVED, ELSEWHERE)
    opened(home, ELSEWHERE)
    assert seen(home, number, at_another).verdict.outcome is Outcome.GONE


def removed(home: Home) -> int:
    number = notified(home)
    seen(home, number, look(START))
    for _ in range(2):
        later(home, hours=6)
        seen(home, number, denied(home.now()))
    assert state(home, number) is CaseState.REMOVED
    return number


def test_a_removed_case_that_is_online_again_begins_another_episode_and_is_asked_about(home: Home) -> None:
    number = removed(home)
    later(home, days=2)
    assert seen(home, number, look(home.now())).because is Because.SEEN_AGAIN
    row = case(home, number)
    assert (row.state, row.removed_at, row.episode, row.rung) == (CaseState.REAPPEARED, None, 2, 0)
    answer = decided(home, number)
    assert isinstance(answer, Request)
    assert (answer.ask.address, answer.ask.round, answer.ask.escalation) == (HOST, 1, 0)
    told(home, number)
    row = case(home, number)
    assert (row.state, row.due_at) == (CaseState.NOTIFIED, home.now() + timedelta(minutes=15))
    assert row.first_notice_at == START
    with home.reading() as session:
        first, second = rows(session, Episode, case_id=number)
    assert first.closed_at == after(hours=12)
    assert (second.opened_at, second.first_notice_at) == (home.now(), home.now())


def test_a_removed_file_that_turns_up_elsewhere_is_a_case_there_and_gone_here(home: Home) -> None:
    number = removed(home)
    later(home, days=1)
    looked = seen(home, number, look(home.now(), status=404, digests=None, moved_to=ELSEWHERE))
    assert (looked.verdict.outcome, looked.moved_to) == (Outcome.MOVED, ELSEWHERE)
    assert state(home, number) is CaseState.REMOVED


def test_a_removed_file_that_its_url_leads_to_again_is_back(home: Home) -> None:
    number = removed(home)
    later(home, days=1)
    seen(home, number, look(home.now(), redirects=1, final_url=ELSEWHERE))
    assert state(home, number) is CaseState.REAPPEARED


def test_a_case_in_review_is_looked_at_on_and_can_be_removed(home: Home) -> None:
    number = notified(home)
    seen(home, number, look(START))
    later(home, hours=1)
    seen(home, number, look(home.now(), digests=digests("other"), sibling=None))
    assert state(home, number) is CaseState.REVIEW
    for _ in range(2):
        later(home, hours=7)
        assert due(home) == [number]
        seen(home, number, denied(home.now()))
    assert state(home, number) is CaseState.REMOVED


def test_a_confirmed_url_that_was_gone_before_anybody_was_asked_is_removed_by_two_looks(home: Home) -> None:
    number = opened(home)
    seen(home, number, denied(START))
    assert case(home, number).due_at == after(hours=6)
    located(home, number)
    assert "gone at the last look" in decided(home, number).reason
    later(home, hours=6)
    seen(home, number, denied(home.now()))
    row = case(home, number)
    assert (row.state, row.removed_at, row.first_notice_at) == (CaseState.REMOVED, START, None)


def test_the_watch_ends_in_closed(home: Home) -> None:
    number = removed(home)
    while (at := case(home, number).due_at) is not None:
        later(home, seconds=(at - home.now()).total_seconds())
        seen(home, number, denied(home.now()))
    assert state(home, number) is CaseState.CLOSED
    assert home.now() == after(hours=12) + timedelta(days=90)
    with home.reading() as session:
        assert [move.to_state for move in rows(session, Move, case_id=number)][-2:] == [
            CaseState.REMOVED, CaseState.CLOSED,
        ]  # fmt: skip
    admitted(home, confirmed())
    assert state(home, number) is CaseState.CONFIRMED


def test_the_gap_is_the_operators(home: Home) -> None:
    slow = with_settings(home, removal_gap=timedelta(hours=48))
    number = opened(slow)
    located(slow, number, contact())
    told(slow, number)
    for hours in (1, 47):
        later(slow, hours=hours)
        seen(slow, number, denied(slow.now()))
    assert (state(slow, number), case(slow, number).due_at) == (CaseState.NOTIFIED, after(hours=49))
    later(slow, hours=1)
    seen(slow, number, denied(slow.now()))
    assert state(slow, number) is CaseState.REMOVED


def test_looks_are_counted_by_outcome() -> None:
    counted = looking.tally([Outcome.GONE, Outcome.UNCLEAR, Outcome.GONE])
    assert counted == {"online": 0, "gone": 2, "changed": 0, "moved": 0, "unclear": 1}
