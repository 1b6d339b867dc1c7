"""Whom to ask about which case now: one order a recipient, and what sending and bouncing do to the cases."""

from datetime import timedelta
from typing import Any

import pytest
from homes import START, later
from takedown_builders import (
    HOST,
    NEAR,
    REGISTRAR,
    UPSTREAM,
    URL,
    after,
    bounced,
    case,
    contact,
    decided,
    dedicate,
    denied,
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
    sent,
    staff,
    state,
    told,
)

from hotline import records
from hotline.facts import NoticeOrder
from hotline.home import Home
from hotline.records import Case, Episode, Move, Notice
from hotline.words import CaseState, Classification, ContactRole, EmbargoScope, NoticeState
from takedown import asking, cases, findings, holding, ordering
from takedown.asking import Request
from takedown.clearance import Withheld
from takedown.escalation import NotYet
from takedown.rechecks import EARLIEST

OTHER = "http://meadow.example/files/b.png"
LADDER = (contact(), contact(UPSTREAM, "upstream"), contact(REGISTRAR, "registrar"))


@pytest.fixture
def home(practice_home: Home) -> Home:
    return practice_home


def why(home: Home, number: int) -> str:
    answer = decided(home, number)
    assert isinstance(answer, Withheld)
    return answer.reason


def request(home: Home, number: int) -> Request:
    answer = decided(home, number)
    assert isinstance(answer, Request), answer
    return answer


def orders(home: Home, *numbers: int, pages: dict[int, tuple[str, ...]] | None = None) -> list[NoticeOrder]:
    requests = [request(home, number) for number in numbers]
    with home.session() as session:
        return ordering.orders(home, session, requests, pages or {})


def ready(home: Home, url: str = URL, *contacts: dict[str, Any], **columns: Any) -> int:
    number = opened(home, url, **columns)
    located(home, number, *contacts)
    return number


def online(home: Home, number: int) -> None:
    seen(home, number, look(home.now()))


def mandate(home: Home, text: str) -> None:
    with home.session() as session:
        row = records.Mandate(at=home.now())
        home.vault.write(row, "text", text)
        session.add(row)


# ---------------------------------------------------------------------- whether


def test_a_case_that_is_not_located_is_withheld(home: Home) -> None:
    assert why(home, opened(home)) == "not located yet"


def test_a_located_case_is_put_to_its_host(home: Home) -> None:
    ask = request(home, ready(home)).ask
    assert (ask.address, ask.role, ask.round, ask.escalation) == (HOST, ContactRole.HOST, 1, 0)


def test_candidates_are_the_cases_about_which_somebody_may_be_asked(home: Home) -> None:
    numbers = {each: opened(home, f"{URL}?{each}") for each in CaseState}
    for each, number in numbers.items():
        put(home, number, state=each)
    with home.reading() as session:
        assert [row.state for row in asking.candidates(session)] == [
            CaseState.READY, CaseState.NOTIFIED, CaseState.ESCALATED, CaseState.REAPPEARED,
        ]  # fmt: skip


def test_an_embargo_withholds_and_lifting_it_lets_go(home: Home) -> None:
    number = ready(home)
    analyst = staff(home, "ana")
    holding.hold(home, URL, EmbargoScope.DOMAIN, "2030-01-02T00:00:00Z", "", analyst)
    assert why(home, number) == "embargo until 2030-01-02T00:00:00Z"
    holding.lift(home, URL, analyst)
    assert request(home, number)


def test_an_embargo_stops_escalation_and_giving_up_too(home: Home) -> None:
    number = notified(home, URL, *LADDER)
    online(home, number)
    holding.hold(home, URL, EmbargoScope.URL, "2030-02-01T00:00:00Z", "", staff(home, "ana"))
    later(home, hours=25)
    online(home, number)
    assert why(home, number).startswith("embargo")
    with home.session() as session:
        for address in (HOST, UPSTREAM, REGISTRAR):
            findings.mark_dead(home, session, findings.contact_of(home, session, address).number, "bounced")
    assert why(home, number).startswith("embargo")
    assert state(home, number) is CaseState.NOTIFIED


def test_a_near_match_needs_an_analysts_word_and_an_exact_one_does_not(home: Home) -> None:
    parent = opened(home)
    for url, match in (("http://i.example/near", {"match": NEAR}), ("http://i.example/exact", {})):
        with home.session() as session:
            cases.open_found(home, session, found(url, parent, **match))
        put(home, number_of(home, url), state=CaseState.CONFIRMED)
        located(home, number_of(home, url))
    assert why(home, number_of(home, "http://i.example/near")).startswith("baseline material needs")
    assert request(home, number_of(home, "http://i.example/exact"))


def test_baseline_material_with_one_persons_word_is_withheld(home: Home) -> None:
    number = ready(home, classification=Classification.NATIONAL, confirmed_by=("ana",))
    assert request(home, number)
    put(home, number, classification=Classification.BASELINE)
    assert why(home, number) == "baseline material needs 2 confirmations"


def test_without_a_mandate_an_earnest_home_withholds(earnest_home: Home) -> None:
    home = earnest_home
    number = ready(home, classification=Classification.NATIONAL)
    assert why(home, number).startswith("the mandate allows no notices to NL")
    mandate(home, '[country."*"]\nnotify = "direct"\npolice_first_hours = 2\n')
    assert why(home, number) == "the police come first until 2030-01-01T02:00:00Z"
    later(home, hours=2)
    assert request(home, number)


def test_the_mandate_refers_a_country_and_the_case_is_looked_at_all_the_same(home: Home) -> None:
    mandate(home, '[country.NL]\nnotify = "referral"\n[country."*"]\nnotify = "direct"\n')
    number, abroad = ready(home), opened(home, OTHER)
    located(home, abroad, provider={"name": "River", "asn": 64501, "country": "SE"})
    assert "refers cases in NL" in why(home, number)
    row = case(home, number)
    assert (row.state, row.due_at, row.first_notice_at) == (CaseState.REFERRED, after(minutes=15), None)
    assert request(home, abroad)
    later(home, minutes=15)
    online(home, number)
    due, gap = case(home, number).due_at, timedelta(minutes=15) * 1.25
    assert due is not None
    assert gap * (1 - EARLIEST) <= due - home.now() <= gap


def test_a_country_that_is_referred_is_referred_even_when_nobody_there_can_be_reached(home: Home) -> None:
    number = ready(home)
    with home.session() as session:
        findings.mark_dead(home, session, findings.contact_of(home, session, HOST).number, "bounced")
    mandate(home, '[country.NL]\nnotify = "referral"\n')
    assert "refers" in why(home, number)
    assert state(home, number) is CaseState.REFERRED


def test_when_nobody_can_be_reached_the_case_goes_to_a_person(home: Home) -> None:
    number = ready(home)
    with home.session() as session:
        findings.mark_dead(home, session, findings.contact_of(home, session, HOST).number, "bounced")
    assert why(home, number) == "no contact can be reached"
    assert state(home, number) is CaseState.REVIEW


# ---------------------------------------------------------------------- when again


def test_silence_climbs_the_ladder_and_the_last_rung_is_reminded(home: Home) -> None:
    number = ready(home, URL, *LADDER)
    dedicate(home, number)
    asked = []
    for _ in range(4):
        ask = request(home, number).ask
        asked.append((ask.address, ask.escalation, ask.round))
        told(home, number, to=ask.address, role=ask.role, escalation=ask.escalation)
        assert isinstance(decided(home, number), NotYet)
        later(home, hours=24)
        assert isinstance(decided(home, number), NotYet)  # not looked at since
        online(home, number)
    assert asked == [(HOST, 0, 1), (UPSTREAM, 1, 1), (REGISTRAR, 2, 1), (REGISTRAR, 2, 2)]
    assert (state(home, number), case(home, number).rung) == (CaseState.ESCALATED, 2)


def test_while_a_notice_waits_nobody_else_is_asked(home: Home) -> None:
    number = ready(home, URL, *LADDER)
    notice = queued(home, number)
    for waiting in (NoticeState.QUEUED, NoticeState.SENDING, NoticeState.UNKNOWN):
        with home.session() as session:
            session.get_one(Notice, notice).state = waiting
        later(home, days=3)
        assert isinstance(decided(home, number), NotYet)


def test_a_withheld_notice_counts_for_nothing(home: Home) -> None:
    number = ready(home)
    notice = queued(home, number)
    with home.session() as session:
        session.get_one(Notice, notice).state = NoticeState.WITHHELD
    assert request(home, number).ask.round == 1


def test_a_new_host_is_asked_at_once_and_the_old_one_not_again_within_its_deadline(home: Home) -> None:
    river = {"provider": {"name": "River", "asn": 64501, "country": "SE"}}
    number = notified(home)
    later(home, hours=1)
    online(home, number)
    located(home, number, contact(UPSTREAM), **river)
    assert request(home, number).ask.address == UPSTREAM
    told(home, number, to=UPSTREAM)
    later(home, hours=1)
    online(home, number)
    located(home, number)  # and back again: two hosts by turns, both of whom were asked
    assert isinstance(decided(home, number), NotYet)
    later(home, days=8)
    online(home, number)
    located(home, number, contact(UPSTREAM), **river)  # that is a move
    assert request(home, number).ask.address == UPSTREAM


def test_a_case_that_looked_gone_is_not_asked_about_again_until_it_is_seen(home: Home) -> None:
    number = notified(home, URL, *LADDER)
    online(home, number)
    later(home, hours=1)
    online(home, number)
    later(home, hours=24)
    seen(home, number, denied(home.now()))
    assert why(home, number) == "gone at the last look; the next look decides"
    later(home, hours=1)
    online(home, number)
    assert request(home, number).ask.address == UPSTREAM


# ---------------------------------------------------------------------- orders


def test_one_order_a_recipient_with_all_its_urls(home: Home) -> None:
    first, second = ready(home), ready(home, OTHER, contact(HOST.upper()))
    elsewhere = ready(home, "http://river.example/", contact(UPSTREAM))
    one, two = orders(home, first, second, elsewhere, pages={first: ("http://meadow.example/thread",)})
    assert (one.to, [item.url for item in one.items]) == (HOST, [URL, OTHER])
    assert (two.to, [item.url for item in two.items]) == (UPSTREAM, ["http://river.example/"])
    assert [item.pages for item in one.items] == [("http://meadow.example/thread",), ()]
    item = one.items[0]
    assert (item.case_id, item.episode, item.ip, item.seen_at) == (first, 1, "198.51.100.7", START)
    assert (one.provider_name, one.provider_country, one.round) == ("Meadow Hosting", "NL", 1)


def test_a_recipient_in_two_roles_is_asked_in_each_and_told_nothing_of_the_other(home: Home) -> None:
    hosted = ready(home)
    registered = ready(home, "http://river.example/", contact(UPSTREAM), contact(HOST, "registrar"))
    dedicate(home, registered)
    told(home, registered, to=UPSTREAM)
    later(home, hours=24)
    online(home, registered)
    one, two = orders(home, hosted, registered)
    assert [(each.role, len(each.items)) for each in (one, two)] == [(ContactRole.HOST, 1), (ContactRole.REGISTRAR, 1)]


def test_an_order_tells_who_was_asked_before(home: Home) -> None:
    number = notified(home, URL, *LADDER)
    later(home, hours=24)
    online(home, number)
    (order,) = orders(home, number)
    assert [(each.role, each.at) for each in order.asked_before] == [(ContactRole.HOST, START)]


# ---------------------------------------------------------------------- sent and not


def test_a_notice_that_was_sent_moves_its_cases_and_plans_their_first_look(home: Home) -> None:
    numbers = [ready(home), ready(home, OTHER)]
    notice = queued(home, *numbers)
    later(home, minutes=5)
    sent(home, notice)
    for number in numbers:
        row = case(home, number)
        assert (row.state, row.first_notice_at, row.due_at) == (CaseState.NOTIFIED, after(minutes=5), after(minutes=20))
    later(home, days=1)
    told(home, *numbers)
    assert case(home, numbers[0]).first_notice_at == after(minutes=5)
    with home.reading() as session:
        (episode,) = rows(session, Episode, case_id=numbers[0])
        assert episode.first_notice_at == after(minutes=5)
        assert [row.number for row in asking.cases_of(session, session.get_one(Notice, notice))] == numbers


def test_a_reminder_does_not_start_the_looks_anew(home: Home) -> None:
    number = notified(home)
    later(home, minutes=15)
    online(home, number)
    due = case(home, number).due_at
    told(home, number)
    row = case(home, number)
    assert (row.looks, row.due_at) == (1, due)


def test_only_those_cases_are_escalated_for_whom_the_recipient_stands_further_up(home: Home) -> None:
    at_host = ready(home)
    behind_a_cdn = ready(home, OTHER, contact("cdn@edge.example", "cdn"), contact())
    told(home, at_host, behind_a_cdn, escalation=1)
    assert (state(home, at_host), case(home, at_host).rung) == (CaseState.NOTIFIED, 0)
    assert (state(home, behind_a_cdn), case(home, behind_a_cdn).rung) == (CaseState.ESCALATED, 1)


def test_a_notice_of_an_earlier_episode_moves_nothing(home: Home) -> None:
    number = ready(home)
    notice = queued(home, number)
    put(home, number, episode=2, state=CaseState.REAPPEARED)
    sent(home, notice)
    assert state(home, number) is CaseState.REAPPEARED


def test_a_case_that_went_to_a_person_while_its_notice_left_is_looked_at(home: Home) -> None:
    number = ready(home)
    notice = queued(home, number)
    put(home, number, state=CaseState.REVIEW)
    sent(home, notice)
    row = case(home, number)
    assert (row.state, row.first_notice_at, row.due_at) == (CaseState.REVIEW, START, after(minutes=15))


def test_a_contact_that_bounces_is_passed_over_and_the_last_one_leads_to_a_person(home: Home) -> None:
    number = ready(home, URL, *LADDER[:2])
    bounced(home, told(home, number))
    assert state(home, number) is CaseState.NOTIFIED
    assert request(home, number).ask.address == UPSTREAM
    bounced(home, told(home, number, to=UPSTREAM, role="upstream", escalation=1))
    assert state(home, number) is CaseState.REVIEW
    with home.reading() as session:
        assert rows(session, Move, case_id=number)[-1].reason == "the last contact is dead"


def test_a_dead_contact_is_dead_for_every_case(home: Home) -> None:
    first, second = ready(home), ready(home, OTHER, *LADDER)
    bounced(home, queued(home, first))
    assert request(home, second).ask.address == UPSTREAM


# ---------------------------------------------------------------------- before it leaves


def why_withhold(home: Home, notice: int) -> str | None:
    with home.reading() as session:
        return asking.why_withhold(home, session, session.get_one(Notice, notice))


def test_a_queued_notice_is_cleared_again_before_it_leaves(home: Home) -> None:
    number, other = ready(home), ready(home, OTHER)
    notice = queued(home, number, other)
    assert why_withhold(home, notice) is None
    holding.hold(home, OTHER, EmbargoScope.URL, "2030-01-02T00:00:00Z", "", staff(home, "ana"))
    assert why_withhold(home, notice) == f"case {other}: embargo until 2030-01-02T00:00:00Z"


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"state": CaseState.REJECTED}, "the case is rejected"),
        ({"state": CaseState.REVIEW}, "the case is review"),
        ({"first_gone_at": START}, "gone at the last look"),
        ({"episode": 2}, "has changed since"),
        ({"finding_id": None}, "has changed since"),
    ],
)
def test_a_queued_notice_whose_case_lost_its_clearance_stays(home: Home, columns: dict[str, Any], words: str) -> None:
    number = ready(home)
    notice = queued(home, number)
    put(home, number, **columns)
    assert words in (why_withhold(home, notice) or "")


def test_a_queued_notice_to_a_host_that_it_left_stays(home: Home) -> None:
    number = ready(home)
    notice = queued(home, number)
    later(home, hours=2)
    located(home, number, contact(UPSTREAM), provider={"name": "River", "asn": 1, "country": "SE"})
    assert "the hosting changed" in (why_withhold(home, notice) or "")


def test_no_reason_of_a_move_names_an_address(home: Home) -> None:
    number = ready(home, URL, *LADDER)
    bounced(home, told(home, number))
    with home.reading() as session:
        for row in rows(session, Move):
            assert "example" not in row.reason and "@" not in row.reason
        assert session.get_one(Case, number).version > 0
