"""Contacts as they are listed: what depends on whom, and what an earnest home withholds."""

from typing import Any

import pytest
from takedown_builders import (
    HOST,
    REGISTRAR,
    UPSTREAM,
    bounced,
    case,
    contact,
    located,
    opened,
    put,
    queued,
    snapshot,
)

from hotline.errors import HotlineError
from hotline.home import Home
from hotline.words import CaseState, MailRoute
from scheduler.standing import standing
from takedown import contact_health, contact_views, views
from takedown.contact_views import Which

OWN = "abuse@meadow.example"


@pytest.fixture
def home(practice_home: Home) -> Home:
    number = opened(practice_home)
    located(practice_home, number, contact(), contact(OWN), contact(REGISTRAR, "registrar"))
    other = opened(practice_home, "http://river.example/b.png")
    located(practice_home, other, contact(HOST.upper()), contact(UPSTREAM, "upstream"))
    return practice_home


def listed(home: Home, which: Which = Which.NEEDED, reveal: bool = False) -> dict[Any, dict[str, Any]]:
    with home.reading() as session:
        return {row["address"]: row for row in contact_views.listing(home, session, which, reveal)}


def test_contacts_say_which_cases_depend_on_them_and_in_which_role(home: Home) -> None:
    found = listed(home)
    assert {address: row["open_cases"] for address, row in found.items()} == {
        HOST: 2,
        OWN: 1,
        REGISTRAR: 1,
        UPSTREAM: 1,
    }
    assert found[UPSTREAM]["roles"] == ["upstream"]
    assert [address for address, row in found.items() if row["own_domain"]] == [OWN]


def test_of_a_case_that_is_over_nobody_is_needed(home: Home) -> None:
    put(home, 2, state=CaseState.REMOVED)
    assert UPSTREAM not in listed(home)
    assert listed(home)[HOST]["open_cases"] == 1
    assert UPSTREAM in listed(home, Which.ALL)


def test_the_dead_are_listed_alone_and_named_by_the_status(home: Home) -> None:
    assert listed(home, Which.DEAD) == {}
    bounced(home, queued(home, 1))
    (row,) = listed(home, Which.DEAD).values()
    assert (row["address"], row["health"], row["reason"], row["bounces"]) == (HOST, "dead", "bounced", 1)
    assert any("1 contact of open cases is dead" in problem for problem in standing(home)["problems"])


def test_a_dead_contact_that_nobody_needs_troubles_nobody(home: Home) -> None:
    with home.session() as session:
        contact_health.mark_dead(
            home, session, contact_health.contact_of(home, session, "x@y.example").number, "bounced"
        )
    assert not any("dead" in problem for problem in standing(home)["problems"])


def test_a_contact_is_found_by_number_and_by_address_in_whatever_letters(home: Home) -> None:
    with home.reading() as session:
        row = contact_views.find(home, session, UPSTREAM.upper())
        assert contact_views.find(home, session, str(row.number)).number == row.number
        for stranger in ("nobody@y.example", "999", "9" * 40, "", "²"):
            with pytest.raises(HotlineError, match="no such contact"):
                contact_views.find(home, session, stranger)


def test_a_finding_tells_the_health_of_its_contacts_by_now(home: Home) -> None:
    with home.session() as session:
        row = contact_health.contact_of(home, session, HOST)
        contact_health.note_route(home, session, row, MailRoute.NONE)
        shown = views.detail(home, session, case(home, 1), dict)["findings"][0]
        fresh = contact_views.with_health(home, session, snapshot(contact("new@meadow-hosting.example")))
    assert [each["health"] for each in shown["contacts"]] == ["suspect", "unknown", "unknown"]
    assert shown["problems"] == ["no mail exchanger is known for meadow-hosting.example"]
    assert fresh["contacts"][0]["health"] == "unknown"


def test_an_earnest_home_withholds_addresses_until_they_are_revealed(earnest_home: Home) -> None:
    with earnest_home.session() as session:
        contact_health.contact_of(earnest_home, session, HOST)
    assert set(listed(earnest_home, Which.ALL)) == {None}
    assert set(listed(earnest_home, Which.ALL, reveal=True)) == {HOST}
