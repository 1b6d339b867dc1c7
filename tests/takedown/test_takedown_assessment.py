"""An analyst's word on a case in review."""

from typing import Any

import pytest
from homes import START, later
from takedown_builders import (
    HOST,
    NEAR,
    URL,
    after,
    bounced,
    case,
    contact,
    decided,
    digests,
    found,
    located,
    look,
    notified,
    number_of,
    opened,
    put,
    queued,
    rows,
    seen,
    staff,
    state,
    told,
)

from hotline.errors import HotlineError
from hotline.facts import FramePrint, Sibling
from hotline.home import Home
from hotline.records import Assessment, Case, Move
from hotline.staff import SYSTEM
from hotline.words import CaseState, Decision, Outcome
from takedown import asking, assessment, cases, prints
from takedown.asking import Request
from takedown.clearance import Withheld

COPY = "http://images.example/copy.png"


@pytest.fixture
def home(practice_home: Home) -> Home:
    return practice_home


def decide(home: Home, number: int, decision: Decision, reason: str = "looked at it", by: str = "ana") -> CaseState:
    return assessment.decide(home, number, decision, reason, staff(home, by))


def near(home: Home) -> int:
    parent = opened(home)
    with home.session() as session:
        cases.open_found(home, session, found(COPY, parent, match=NEAR))
    return number_of(home, COPY)


def changed(home: Home) -> int:
    """A notified case under whose URL something else is found."""
    number = opened(home)
    seen(home, number, look())
    located(home, number)
    told(home, number)
    later(home, minutes=15)
    assert seen(home, number, other(home)).verdict.outcome is Outcome.CHANGED
    return number


def other(home: Home, **facts: Any) -> Any:
    return look(home.now(), digests=digests("other", pdq="0" * 64), sibling=Sibling(404), **facts)


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        (Decision.CONFIRM, CaseState.CONFIRMED),
        (Decision.CONTINUE, CaseState.CONFIRMED),
        (Decision.REJECT, CaseState.REJECTED),
        (Decision.CLOSE, CaseState.CLOSED),
    ],
)
def test_a_word_moves_the_case_and_is_kept(home: Home, decision: Decision, expected: CaseState) -> None:
    number = near(home)
    later(home, hours=1)
    assert decide(home, number, decision) is expected
    with home.reading() as session:
        (row,) = rows(session, Assessment, case_id=number)
        move = rows(session, Move, case_id=number)[-1]
        assert (row.decision, row.at, home.vault.read(row, "reason")) == (decision, after(hours=1), "looked at it")
        assert (move.to_state, move.actor) == (expected, "ana")
    assert case(home, number).due_at is None


def test_a_near_match_counts_as_confirmed_from_the_word_on(home: Home) -> None:
    number = near(home)
    located(home, number)
    with home.reading() as session:
        assert not asking.is_confirmed(session, session.get_one(Case, number))
    later(home, hours=3)
    decide(home, number, Decision.CONFIRM)
    located(home, number)
    assert case(home, number).confirmed_at == after(hours=3)
    assert isinstance(decided(home, number), Request)


@pytest.mark.parametrize("where", [each for each in CaseState if each is not CaseState.REVIEW])
def test_only_a_case_in_review_is_decided(home: Home, where: CaseState) -> None:
    number = opened(home)
    put(home, number, state=where)
    with pytest.raises(HotlineError, match="not in review"):
        decide(home, number, Decision.CONFIRM)


def test_a_word_needs_a_case_a_reason_and_a_person(home: Home) -> None:
    number = near(home)
    with pytest.raises(HotlineError, match="there is no case 99"):
        decide(home, 99, Decision.CLOSE)
    with pytest.raises(HotlineError, match="needs a reason"):
        decide(home, number, Decision.CLOSE, " ")
    with pytest.raises(HotlineError, match="only a member of staff"):
        assessment.decide(home, number, Decision.CLOSE, "because", SYSTEM)
    assert state(home, number) is CaseState.REVIEW


def test_a_case_goes_on_from_where_it_was(home: Home) -> None:
    number = notified(home)
    put(home, number, state=CaseState.REVIEW)
    assert decide(home, number, Decision.CONTINUE) is CaseState.NOTIFIED
    assert case(home, number).due_at == after(minutes=15)
    put(home, number, state=CaseState.REVIEW, rung=1)
    assert decide(home, number, Decision.CONTINUE) is CaseState.ESCALATED


def test_a_located_case_that_nobody_was_told_of_is_ready(home: Home) -> None:
    number = opened(home)
    located(home, number)
    put(home, number, state=CaseState.REVIEW)
    assert decide(home, number, Decision.CONTINUE) is CaseState.READY


def test_a_case_that_nobody_could_be_asked_about_is_located_anew(home: Home) -> None:
    number = opened(home)
    located(home, number, contact(kind="form"), problems=["the registry did not answer"])
    assert state(home, number) is CaseState.REVIEW
    assert decide(home, number, Decision.CONTINUE) is CaseState.CONFIRMED
    located(home, number)
    assert state(home, number) is CaseState.READY


def test_a_case_whose_last_contact_died_is_located_anew(home: Home) -> None:
    number = opened(home)
    located(home, number)
    bounced(home, queued(home, number))
    assert state(home, number) is CaseState.REVIEW
    assert decide(home, number, Decision.CONTINUE) is CaseState.CONFIRMED


def test_what_an_analyst_confirms_is_what_later_looks_compare_with(home: Home) -> None:
    number = changed(home)
    with home.session() as session:
        film = digests(frames=(FramePrint(0.0, "5a" * 32, 90),))
        prints.keep(session, session.get_one(Case, number), film)
    assert state(home, number) is CaseState.REVIEW
    later(home, minutes=5)
    seen(home, number, look(home.now(), fault="timeout", digests=None, status=None))
    decide(home, number, Decision.CONFIRM)
    row = case(home, number)
    assert (row.sha256, row.pdq, row.length) == (digests("other").sha256, "0" * 64, 1000)
    with home.reading() as session:
        assert prints.of_cases(session, [number]) == {}
    later(home, minutes=5)
    assert seen(home, number, other(home)).verdict.outcome is Outcome.ONLINE


def test_confirming_does_not_take_over_what_no_look_found_changed(home: Home) -> None:
    number = changed(home)
    later(home, minutes=5)
    seen(home, number, look(home.now()))
    decide(home, number, Decision.CONFIRM)
    assert case(home, number).sha256 == digests().sha256


def test_a_case_confirmed_after_its_notice_is_looked_at_and_asked_about_on(home: Home) -> None:
    number = changed(home)
    decide(home, number, Decision.CONFIRM)
    located(home, number)
    assert state(home, number) is CaseState.READY
    for _ in range(40):
        due = case(home, number).due_at
        assert due is not None
        later(home, seconds=max(0.0, (due - home.now()).total_seconds()))
        kind = {"fault": "timeout", "digests": None, "status": None} if home.now() < after(hours=20) else {}
        seen(home, number, other(home) if not kind else look(home.now(), **kind))
        if home.now() > after(hours=75):
            break
    answer = decided(home, number)
    assert isinstance(answer, Request)
    assert (answer.ask.address, answer.ask.round) == (HOST, 2)


def test_a_rejected_case_is_not_asked_about_and_not_looked_at(home: Home) -> None:
    number = changed(home)
    decide(home, number, Decision.REJECT)
    assert case(home, number).due_at is None
    assert isinstance(decided(home, number), Withheld) or state(home, number) is CaseState.REJECTED
    seen(home, number, look(after(days=1), status=404, digests=None))
    seen(home, number, look(after(days=2), status=404, digests=None))
    row = case(home, number)
    assert (row.state, row.removed_at, row.due_at) == (CaseState.REJECTED, None, None)


def test_the_start_of_a_case_is_not_its_confirmation(home: Home) -> None:
    number = near(home)
    assert case(home, number).reported_at == START
    assert case(home, number).confirmed_at is None
    assert home.vault.read(case(home, number_of(home, URL)), "url") == URL
