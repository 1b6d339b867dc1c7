"""What a host's word does, and what it never does: remove a case, or stop a notice for good."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from homes import START, later
from sqlmodel import select
from takedown_builders import (
    HOST,
    UPSTREAM,
    after,
    case,
    contact,
    decided,
    denied,
    look,
    notified,
    rows,
    seen,
    state,
    told,
)

from hotline.facts import HostSays
from hotline.home import Home
from hotline.records import AuditLeaf, Contact, Episode, Notice, NoticeCase, Told
from hotline.words import AnswerWay, CaseState, ContactHealth, HomeKind, HostAnswer, ToldSource
from takedown import answer_views, host_answers
from takedown.escalation import NotYet
from takedown.host_answers import Consequence, Standing, consequence

ASKED = Standing(CaseState.NOTIFIED, current=True, asked_last=True, had_time=False)
LADDER = (contact(HOST), contact(UPSTREAM, "upstream"))


def says(home: Home, answer: HostAnswer, notice: int = 1, **more: object) -> int:
    with home.session() as session:
        said = HostSays(answer, AnswerWay.PAGE, **more)  # type: ignore[arg-type]
        return host_answers.heard(home, session, session.get_one(Notice, notice), said)


def grace(home: Home) -> datetime | None:
    with home.reading() as session:
        return session.exec(select(Episode)).one().grace_until


def audited(home: Home) -> int:
    with home.reading() as session:
        return len(rows(session, AuditLeaf))


def test_removed_and_not_here_ask_for_a_look_and_nothing_else_does() -> None:
    looks = {answer for answer in HostAnswer if consequence(ASKED, answer, None, START).look}
    assert looks == {HostAnswer.REMOVED, HostAnswer.NOT_HERE, HostAnswer.WRONG_ADDRESS}


@pytest.mark.parametrize("over", [CaseState.REMOVED, CaseState.CLOSED, CaseState.REJECTED, CaseState.CONFIRMED])
def test_what_is_over_or_not_begun_is_not_looked_at_by_a_word(over: CaseState) -> None:
    assert consequence(Standing(over, True, True, False), HostAnswer.REMOVED, None, START) == Consequence()


@pytest.mark.parametrize(
    ("until", "given"),
    [
        (None, timedelta(hours=24)),
        (timedelta(hours=5), timedelta(hours=5)),
        (timedelta(hours=72), timedelta(hours=72)),
        (timedelta(days=400), timedelta(hours=72)),
    ],
)
def test_time_is_given_as_it_is_named_and_never_more_than_three_days(until: timedelta | None, given: timedelta) -> None:
    named = START + until if until else None
    assert consequence(ASKED, HostAnswer.NEED_TIME, named, START).grace_until == START + given


@pytest.mark.parametrize("answer", [HostAnswer.NEED_TIME, HostAnswer.DISPUTE])
@pytest.mark.parametrize("lacks", ["current", "asked_last", "had_time"])
def test_time_is_given_once_an_episode_and_only_to_whom_we_asked_last(answer: HostAnswer, lacks: str) -> None:
    standing = Standing(CaseState.NOTIFIED, lacks != "current", lacks != "asked_last", lacks == "had_time")
    assert consequence(standing, answer, None, START).grace_until is None


def test_a_time_that_is_past_gives_none() -> None:
    assert consequence(ASKED, HostAnswer.NEED_TIME, START, START).grace_until is None


def test_removed_makes_a_case_due_at_once_and_only_a_look_removes_it(practice_home: Home) -> None:
    number = notified(practice_home)
    later(practice_home, minutes=5)
    assert says(practice_home, HostAnswer.REMOVED) == 1
    assert case(practice_home, number).due_at == practice_home.now()
    assert state(practice_home, number) is CaseState.NOTIFIED


def test_a_removed_case_stays_removed_and_its_watch_as_it_was(practice_home: Home) -> None:
    number = notified(practice_home)
    seen(practice_home, number, denied(after(hours=1)))
    seen(practice_home, number, denied(after(hours=8)))
    due = case(practice_home, number).due_at
    says(practice_home, HostAnswer.REMOVED)
    assert (state(practice_home, number), case(practice_home, number).due_at) == (CaseState.REMOVED, due)


def test_the_same_answer_again_changes_nothing(practice_home: Home) -> None:
    notified(practice_home)
    for answer in HostAnswer:
        says(practice_home, answer, note="as before", until=after(hours=9))
        before = audited(practice_home), grace(practice_home)
        later(practice_home, minutes=1)
        says(practice_home, answer, note="as before", until=after(hours=30))
        assert (audited(practice_home), grace(practice_home)) == before, answer


def test_removed_said_again_after_a_look_that_still_found_it_asks_for_another(practice_home: Home) -> None:
    number = notified(practice_home)
    says(practice_home, HostAnswer.REMOVED)
    later(practice_home, minutes=1)
    seen(practice_home, number, look(practice_home.now()))
    assert (case(practice_home, number).due_at or START) > practice_home.now()
    says(practice_home, HostAnswer.REMOVED)
    assert case(practice_home, number).due_at == practice_home.now()


def test_a_look_that_was_under_way_is_not_the_one_that_was_asked_for(practice_home: Home) -> None:
    number = notified(practice_home)
    began = practice_home.now()
    later(practice_home, seconds=20)
    says(practice_home, HostAnswer.REMOVED)
    seen(practice_home, number, look(began))
    assert case(practice_home, number).due_at == practice_home.now()


def test_an_answer_about_some_items_touches_no_other(practice_home: Home) -> None:
    one, other = notified(practice_home), notified(practice_home, "http://meadow.example/files/b.png")
    notice = told(practice_home, one, other)
    due = case(practice_home, other).due_at
    later(practice_home, minutes=1)
    assert says(practice_home, HostAnswer.REMOVED, notice, items=(one,)) == 1
    assert case(practice_home, other).due_at == due


def test_who_declines_is_passed_over_once_it_is_seen_online_again(practice_home: Home) -> None:
    second = contact("second@meadow-hosting.example")
    number = notified(practice_home, "http://meadow.example/files/a.png", LADDER[0], second, *LADDER[1:])
    later(practice_home, hours=1)
    says(practice_home, HostAnswer.NOT_HERE)
    assert isinstance(decided(practice_home, number), NotYet)  # the look that it asked for decides first
    later(practice_home, minutes=1)
    seen(practice_home, number, look(practice_home.now()))
    assert decided(practice_home, number).ask.address == "second@meadow-hosting.example"


def test_no_answer_brings_an_upstream_in_before_its_time(practice_home: Home) -> None:
    number = notified(practice_home, "http://meadow.example/files/a.png", *LADDER)
    later(practice_home, hours=1)
    says(practice_home, HostAnswer.NOT_HERE)
    later(practice_home, minutes=1)
    seen(practice_home, number, look(practice_home.now()))
    assert isinstance(decided(practice_home, number), NotYet)
    later(practice_home, hours=24)
    seen(practice_home, number, look(practice_home.now()))
    assert decided(practice_home, number).ask.address == UPSTREAM


def test_who_says_nothing_has_its_day(practice_home: Home) -> None:
    number = notified(practice_home, "http://meadow.example/files/a.png", *LADDER)
    later(practice_home, hours=1)
    seen(practice_home, number, look(practice_home.now()))
    assert isinstance(decided(practice_home, number), NotYet)


def test_a_host_that_declines_and_has_nobody_above_it_stays_asked(practice_home: Home) -> None:
    number = notified(practice_home)
    says(practice_home, HostAnswer.NOT_HERE)
    later(practice_home, hours=80)
    seen(practice_home, number, look(practice_home.now()))
    assert state(practice_home, number) is CaseState.NOTIFIED
    assert decided(practice_home, number).ask.address == HOST


def test_the_contact_that_a_host_names_waits_for_a_person(practice_home: Home) -> None:
    notified(practice_home)
    for _ in range(2):
        says(practice_home, HostAnswer.NOT_HERE, contact="ask abuse@grove.example or 198.51.100.99")
    with practice_home.reading() as session:
        waiting = rows(session, Told)
    assert [practice_home.vault.text(row, "value") for row in waiting] == ["abuse@grove.example", "198.51.100.99"]
    assert {(row.source, row.decision) for row in waiting} == {(ToldSource.PAGE, None)}


def test_a_wrong_address_is_doubted_and_not_dead(practice_home: Home) -> None:
    notified(practice_home)
    says(practice_home, HostAnswer.WRONG_ADDRESS)
    with practice_home.reading() as session:
        assert session.exec(select(Contact)).one().health is ContactHealth.SUSPECT


def test_a_dispute_neither_moves_a_case_nor_stops_its_looks(practice_home: Home) -> None:
    number = notified(practice_home)
    due = case(practice_home, number).due_at
    says(practice_home, HostAnswer.DISPUTE, note="it is a drawing")
    assert (state(practice_home, number), case(practice_home, number).due_at) == (CaseState.NOTIFIED, due)
    assert grace(practice_home) == practice_home.now() + timedelta(hours=24)


def test_a_dispute_after_more_time_gives_no_more(practice_home: Home) -> None:
    notified(practice_home)
    says(practice_home, HostAnswer.NEED_TIME, until=after(hours=2))
    says(practice_home, HostAnswer.DISPUTE)
    assert grace(practice_home) == after(hours=2)


def test_every_word_is_kept_with_the_case_it_was_said_of(practice_home: Home) -> None:
    notified(practice_home)
    says(practice_home, HostAnswer.DISPUTE, note="it is a drawing")
    says(practice_home, HostAnswer.USE_FORM, note="only by our form")
    says(practice_home, HostAnswer.REMOVED)
    with practice_home.reading() as session:
        row = session.exec(select(NoticeCase)).one()
        kept = answer_views.listing(practice_home, session, everything=True)
        wait = answer_views.listing(practice_home, session)
    assert (row.answer, row.answered_at) == (HostAnswer.REMOVED, START)
    assert [(each["answer"], each["note"]) for each in kept] == [
        ("dispute", "it is a drawing"), ("use_form", "only by our form"), ("removed", None),
    ]  # fmt: skip
    assert [each["answer"] for each in wait] == ["dispute", "use_form"], "what comes later hides nothing"


def test_whom_a_host_names_in_words_that_are_no_address_is_kept_beside_its_answer(practice_home: Home) -> None:
    notified(practice_home)
    says(practice_home, HostAnswer.NOT_HERE, note="not ours", contact="please ask Bob")
    with practice_home.reading() as session:
        (kept,) = answer_views.listing(practice_home, session, everything=True)
    assert kept["note"] == "not ours\n(whom to ask: please ask Bob)"


def test_in_earnest_a_hosts_own_words_are_withheld_until_they_are_revealed(practice_home: Home) -> None:
    notified(practice_home)
    says(practice_home, HostAnswer.DISPUTE, note="it is a drawing")
    earnest = replace(practice_home, kind=HomeKind.EARNEST)
    with earnest.reading() as session:
        assert [row["note"] for row in answer_views.listing(earnest, session)] == [None]
        assert [row["note"] for row in answer_views.listing(earnest, session, reveal=True)] == ["it is a drawing"]
