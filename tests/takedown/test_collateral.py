"""Who may be asked without harm to bystanders, and how long those below have first."""

from datetime import timedelta
from typing import Any

import pytest
from homes import later
from sqlmodel import select
from takedown_builders import (
    HOST,
    REGISTRAR,
    UPSTREAM,
    URL,
    case,
    contact,
    decided,
    dedicate,
    located,
    look,
    notified,
    opened,
    queued,
    seen,
    staff,
    state,
    told,
)

from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import Episode, Notice
from hotline.staff import Actor
from hotline.words import CaseState, Certainty, ContactRole
from takedown import asking, dedicated, ordering
from takedown.asking import Request
from takedown.collateral import wait_of, why_not
from takedown.escalation import DEADLINE, NotYet

LADDER = (contact(HOST), contact(UPSTREAM, "upstream"), contact(REGISTRAR, "registrar"))


@pytest.fixture
def home(practice_home: Home) -> Home:
    staff(practice_home, "ana")
    return practice_home


def after_silence(home: Home, number: int, hours: int = 24) -> Any:
    later(home, hours=hours)
    seen(home, number, look(home.now()))
    return decided(home, number)


@pytest.mark.parametrize("role", [ContactRole.REGISTRAR, ContactRole.REGISTRY])
def test_a_name_is_asked_away_only_where_its_domain_is_marked(role: ContactRole) -> None:
    assert why_not(role, Certainty.ORIGIN, dedicated=True) is None
    assert "no analyst has marked" in (why_not(role, Certainty.ORIGIN, dedicated=False) or "")


@pytest.mark.parametrize("role", [ContactRole.UPSTREAM, ContactRole.REGISTRAR, ContactRole.REGISTRY])
def test_above_a_shared_platform_nobody_is_asked_but_the_hotline(role: ContactRole) -> None:
    assert "many sites share" in (why_not(role, Certainty.SHARED_PLATFORM, dedicated=True) or "")
    assert why_not(ContactRole.HOTLINE, Certainty.SHARED_PLATFORM, dedicated=False) is None
    assert why_not(ContactRole.PLATFORM, Certainty.SHARED_PLATFORM, dedicated=False) is None


@pytest.mark.parametrize(
    ("prefixes", "hours"),
    [
        (["198.51.100.0/24"], 24),
        (["192.0.2.0/22"], 24),
        (["192.0.0.0/20"], 48),
        (["198.0.0.0/12"], 72),
        (["2001:db8::/32"], 24),
        (["2001:db8::/29"], 48),
        (["2001::/20"], 72),
        (["198.51.100.0/24", "192.0.0.0/20"], 48),
        ([None, "no network"], 24),
        ([], 24),
    ],
)
def test_the_larger_the_network_the_longer_its_upstream_waits(prefixes: list[str | None], hours: int) -> None:
    assert wait_of(ContactRole.UPSTREAM, prefixes) == timedelta(hours=hours)
    assert wait_of(ContactRole.REGISTRAR, prefixes) == timedelta(hours=24)


def test_the_host_is_reminded_daily_while_nobody_further_may_be_asked(home: Home) -> None:
    number = notified(home, URL, contact(HOST), contact(REGISTRAR, "registrar"))
    for round_ in (2, 3, 4):
        answer = after_silence(home, number)
        assert (answer.ask.address, answer.ask.round, answer.ask.escalation) == (HOST, round_, 0)
        told(home, number)
        waiting = decided(home, number)
        assert isinstance(waiting, NotYet) and "dedicated" in (waiting.barred or "")
    dedicate(home, number)
    answer = after_silence(home, number)
    assert (answer.ask.address, answer.ask.escalation) == (REGISTRAR, 1)
    assert [each.role for each in answer.ask.asked_before] == [ContactRole.HOST], "once, however often reminded"


def test_after_two_days_an_analyst_is_told_that_only_the_name_is_left(home: Home) -> None:
    number = notified(home, URL, contact(HOST), contact(REGISTRAR, "registrar"))

    def counted() -> int:
        with home.reading() as session:
            return dedicated.only_names_left(session, home.now())

    after_silence(home, number, hours=47)
    assert counted() == 0
    after_silence(home, number, hours=2)
    assert counted() == 1
    dedicate(home, number)
    assert counted() == 0


def test_a_registrar_is_not_asked_in_the_place_of_a_dead_host(home: Home) -> None:
    number = opened(home)
    located(home, number, contact(REGISTRAR, "registrar"))
    assert "no analyst has marked" in decided(home, number).reason
    assert state(home, number) is CaseState.REVIEW


def test_the_upstream_of_a_large_network_comes_after_three_days_and_the_host_was_warned(home: Home) -> None:
    number = opened(home)
    located(home, number, *LADDER, addresses=[{"ip": "198.51.100.7", "prefix": "198.0.0.0/12"}])
    first = decided(home, number)
    assert (first.ask.warns.role, first.ask.warns.at) == (ContactRole.UPSTREAM, home.now() + timedelta(hours=72))
    told(home, number)
    for _ in range(2):
        assert after_silence(home, number).ask.address == HOST
        told(home, number)
    answer = after_silence(home, number)
    assert (answer.ask.address, answer.ask.escalation) == (UPSTREAM, 1)


def why_not_leave(home: Home, notice: int) -> str | None:
    with home.session() as session:
        return asking.why_withhold(home, session, session.get_one(Notice, notice))


def test_a_notice_that_waits_stays_here_when_the_mark_is_taken_back(home: Home) -> None:
    number = notified(home, URL, contact(HOST), contact(REGISTRAR, "registrar"))
    mark = dedicate(home, number)
    waiting = queued(home, number, to=REGISTRAR, role="registrar", escalation=1)
    assert why_not_leave(home, waiting) is None
    dedicated.lift(home, mark, "others live there too", staff(home, "ana"))
    assert "no analyst has marked" in (why_not_leave(home, waiting) or "")


def test_a_reminder_that_waits_stays_here_while_its_host_has_been_given_time(home: Home) -> None:
    number = notified(home)
    first, second = queued(home, number), queued(home, number)
    with home.session() as session:
        session.get_one(Notice, second).round = 2
        session.exec(select(Episode).where(Episode.case_id == number)).one().grace_until = home.now() + DEADLINE
    assert why_not_leave(home, first) is None, "a first notice tells what nobody knows yet"
    assert "the host said that it acts by" in (why_not_leave(home, second) or "")


def test_the_order_carries_the_warning(home: Home) -> None:
    number = opened(home)
    located(home, number, *LADDER)
    with home.session() as session:
        request = asking.decide(home, session, case(home, number))
        assert isinstance(request, Request)
        (order,) = ordering.orders(home, session, [request], {})
    assert order.warns is not None
    assert (order.warns.role, order.warns.at) == (ContactRole.UPSTREAM, home.now() + timedelta(hours=24))


def test_a_word_on_a_domain_is_a_persons_with_a_reason_and_can_be_taken_back(home: Home) -> None:
    number = notified(home, URL, contact(HOST), contact(REGISTRAR, "registrar"))
    ana = staff(home, "ana")
    mark = dedicated.mark(home, "meadow.example", "nothing else on it", ana)
    with home.reading() as session:
        assert dedicated.is_dedicated(session, case(home, number))
        assert dedicated.listing(home, session, shown=False)[0]["domain"] is None
    with pytest.raises(HotlineError, match="marked already"):
        dedicated.mark(home, str(number), "again", ana)
    dedicated.lift(home, mark, "others live there too", ana)
    with home.reading() as session:
        assert not dedicated.is_dedicated(session, case(home, number))
    with pytest.raises(HotlineError, match="no domain is marked under"):
        dedicated.lift(home, mark, "twice", ana)


@pytest.mark.parametrize(
    ("subject", "word"),
    [
        ("198.51.100.7", "no domain of its own"),
        ("someone.github.io", "many sites share"),
        ("99", "there is no case 99"),
        ("not a domain", "cannot be read"),
    ],
)
def test_what_cannot_be_marked_is_refused_with_the_reason(home: Home, subject: str, word: str) -> None:
    with pytest.raises(HotlineError, match=word):
        dedicated.mark(home, subject, "why", staff(home, "ana"))


def test_nobody_marks_without_a_reason_and_the_system_never(home: Home) -> None:
    with pytest.raises(HotlineError, match="say why, with --reason"):
        dedicated.mark(home, "meadow.example", " ", staff(home, "ana"))
    with pytest.raises(HotlineError, match="a person must say so"):
        dedicated.mark(home, "meadow.example", "why", Actor("system"))
