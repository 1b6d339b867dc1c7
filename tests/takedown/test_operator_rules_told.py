"""Whom a rule has told in addition: once, with every URL, and without a part in the asking."""

import pytest
from homes import later
from rule_scenes import (
    LADDER,
    SECOND,
    orders,
    queue_all,
    ready,
    request,
    ruled,
    send_all,
    signed,
    snapshot,
)
from takedown_builders import (
    HOST,
    UPSTREAM,
    URL,
    bounced,
    case,
    contact,
    decided,
    denied,
    look,
    seen,
    sent,
    state,
)

from hotline.home import Home
from hotline.records import Notice
from hotline.words import CaseState, ContactRole, NoticeState
from notices import queueing
from takedown import asking, contact_health, findings
from takedown.asking import Request
from takedown.escalation import NotYet


@pytest.fixture
def home(practice_home: Home) -> Home:
    return signed(practice_home)


def test_also_notify_makes_a_second_message_with_all_cleared_urls(home: Home) -> None:
    ruled(home, f'also_notify = ["{SECOND}"]')
    numbers = [ready(home, f"{URL}?{each}") for each in "ab"]
    main, also = orders(home, *numbers)
    assert (main.to, also.to) == (HOST, SECOND)
    assert [item.url for item in also.items] == [item.url for item in main.items]
    assert all(item.also for item in also.items)
    assert (also.role, also.round, also.escalation) == (ContactRole.HOST, 1, 0)
    assert main.items[0].pages
    assert not also.items[0].pages, "whom a rule names hosts no page"
    assert main.rules == ()
    assert [mark.does for mark in also.rules] == [("also_notify",)]


def test_it_is_told_once_an_episode(home: Home) -> None:
    ruled(home, f'also_notify = ["{SECOND}"]')
    number = ready(home, URL, *LADDER)
    assert set(send_all(home, number)) == {HOST, SECOND}
    later(home, hours=25)
    seen(home, number, look(home.now()))
    assert set(send_all(home, number)) == {UPSTREAM}
    for hours in (1, 8):
        later(home, hours=hours)
        seen(home, number, denied(home.now()))
    later(home, hours=7)
    seen(home, number, look(home.now()))
    assert case(home, number).episode == 2
    assert set(send_all(home, number)) == {HOST, SECOND}


def test_it_neither_escalates_nor_holds_up_the_ladder(home: Home) -> None:
    ruled(home, f'also_notify = ["{SECOND}"]')
    number = ready(home, URL, *LADDER)
    queued = queue_all(home, number)
    sent(home, queued[HOST])
    assert state(home, number) is CaseState.NOTIFIED
    later(home, hours=25)
    seen(home, number, look(home.now()))
    assert request(home, number).ask.address == UPSTREAM, "the second message still waits in the outbox"
    sent(home, queued[SECOND])
    assert (case(home, number).rung, state(home, number)) == (0, CaseState.NOTIFIED)
    assert isinstance(decided(home, number), Request)


def test_a_message_in_addition_alone_starts_no_clock_and_moves_nothing(home: Home) -> None:
    ruled(home, f'also_notify = ["{SECOND}"]')
    number = ready(home)
    sent(home, queue_all(home, number)[SECOND])
    assert (case(home, number).first_notice_at, state(home, number)) == (None, CaseState.READY)


def test_its_bounce_kills_the_contact_and_leaves_the_case_alone(home: Home) -> None:
    ruled(home, f'also_notify = ["{SECOND}"]')
    number = ready(home)
    bounced(home, send_all(home, number)[SECOND])
    assert state(home, number) is CaseState.NOTIFIED
    assert isinstance(decided(home, number), NotYet)
    with home.reading() as session:
        assert contact_health.is_dead(findings.contact_of(home, session, SECOND), home.now())
    other = ready(home, f"{URL}?b")
    assert [order.to for order in orders(home, other)] == [HOST]


def test_whoever_is_asked_already_is_not_told_as_well(home: Home) -> None:
    ruled(home, f'also_notify = ["{HOST.upper()}"]')
    assert [order.to for order in orders(home, ready(home))] == [HOST]


def test_who_is_asked_of_one_url_and_told_of_another_gets_one_message(home: Home) -> None:
    ruled(home, f'also_notify = ["{SECOND}"]', on='domain = "a.meadow.example"')
    first = ready(home, "http://a.meadow.example/1", host="a.meadow.example")
    second = ready(home, "http://b.meadow.example/2", contact(SECOND), host="b.meadow.example")
    by_recipient = {order.to: order for order in orders(home, first, second)}
    assert set(by_recipient) == {HOST, SECOND}
    assert sorted((item.case_id, item.also) for item in by_recipient[SECOND].items) == [(first, True), (second, False)]
    with home.session() as session:
        notice = queueing.queue(home, session, by_recipient[SECOND]).number
    sent(home, notice)
    assert (state(home, first), state(home, second)) == (CaseState.READY, CaseState.NOTIFIED)


def test_a_queued_message_in_addition_stays_when_its_rule_has_gone(home: Home) -> None:
    ruled(home, f'also_notify = ["{SECOND}"]')
    queued = queue_all(home, ready(home))
    ruled(home)
    with home.session() as session:
        reasons = {
            to: asking.why_withhold(home, session, session.get_one(Notice, number)) for to, number in queued.items()
        }
    assert reasons[HOST] is None
    assert "no rule has this recipient told any more" in (reasons[SECOND] or "")


def test_what_was_withheld_counts_as_not_told(home: Home) -> None:
    ruled(home, f'also_notify = ["{SECOND}"]')
    number = ready(home)
    with home.session() as session:
        for notice in queue_all(home, number).values():
            session.get_one(Notice, notice).state = NoticeState.WITHHELD
    assert [order.to for order in orders(home, number)] == [HOST, SECOND]


def test_the_holder_of_the_site_is_not_told_as_well_and_stands_in_no_finding(home: Home) -> None:
    ruled(home, 'also_notify = ["Somebody@mailbox.example"]')
    number = ready(home, holders=["somebody@mailbox.example"])
    assert [order.to for order in orders(home, number)] == [HOST]
    told = snapshot(home, number)
    assert any("the site's holder is not told" in problem for problem in told["problems"])
    assert "holders" not in told
    ruled(home)
    assert "holders" not in snapshot(home, number)


def test_the_sites_own_domain_is_not_told_as_well(home: Home) -> None:
    ruled(home, 'also_notify = ["owner@meadow.example"]')
    number = ready(home)
    assert [order.to for order in orders(home, number)] == [HOST]
    assert any("the site's holder is not told" in problem for problem in snapshot(home, number)["problems"])
