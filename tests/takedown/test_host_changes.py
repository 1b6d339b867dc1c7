"""A changed host stops a notice: so what is no change must never look like one."""

import itertools
import random
from typing import Any

import pytest
from homes import START, later
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from takedown_builders import HOST, REGISTRAR, UPSTREAM, case, contact, located, opened, queued, snapshot

from hotline.home import Home
from hotline.records import Case, Notice
from hotline.words import CaseState, ContactKind, ContactRole, ContactSource, NoticeState
from takedown import asking, findings
from takedown.contacts import Candidate, Contact, Refusals, Rung, ladder
from takedown.host_changes import Change, compare, steady

TROUBLE = ["the registry did not answer"]


@pytest.fixture
def home(practice_home: Home) -> Home:
    return practice_home


@pytest.fixture
def number(home: Home) -> int:
    return opened(home)


def at(ip: str, asn: int | None = 64500, network: str | None = "MEADOW-NET") -> dict[str, Any]:
    """An address of a finding."""
    return {"ip": ip, "asn": asn, "as_name": None, "prefix": None, "network": network, "country": "NL"}


def hosted(*addresses: dict[str, Any], name: str | None = "Meadow Hosting", **more: Any) -> dict[str, Any]:
    """A finding whose provider is that of its first address."""
    first = addresses[0] if addresses else {"asn": None, "country": None}
    provider = {"name": name, "asn": first["asn"], "country": first["country"]}
    return snapshot(*more.pop("contacts", [contact()]), addresses=list(addresses), provider=provider, **more)


MEADOW = hosted(at("198.51.100.7"))
RIVER = hosted(at("203.0.113.9", 64501, "RIVER-NET"), name="River Transit", contacts=[contact(UPSTREAM)])
NEITHER = hosted(at("192.0.2.5", 64502, "HILL-NET"), name="Hill Servers")

SAME = {
    "a renamed provider": hosted(at("198.51.100.7"), name="Meadow Hosting B.V."),
    "a provider in another country by its record": hosted({**at("198.51.100.7"), "country": "SE"}),
    "another address of the same network": hosted(at("198.51.100.99")),
    "another address and no name for the network": hosted(at("198.51.100.99", network=None)),
    "one address more, elsewhere": hosted(at("198.51.100.7"), at("203.0.113.9", 64501, "RIVER-NET")),
    "an edge by a newer table": hosted(at("198.51.100.7"), certainty="cdn_edge"),
    "nobody knows any more who announces it": hosted(at("198.51.100.7", None)),
}
OTHER = {
    "another network": RIVER,
    "another network, while a registry is down": {**RIVER, "problems": TROUBLE},
    "another customer of the same carrier, while a registry is down": hosted(
        at("198.51.100.200", network="BROOK-NET"), name="Brook Ltd", problems=TROUBLE
    ),
    "the space was handed over": hosted(at("198.51.100.7", 64501), name="River Transit"),
    "another customer of the same carrier": hosted(at("198.51.100.200", network="BROOK-NET"), name="Brook Ltd"),
}
LESS = {
    "no address at all": hosted(name=None, problems=["the name does not exist"], contacts=[]),
    "no provider, for the registry is down": hosted(at("198.51.100.7", None, None), name=None, problems=TROUBLE),
    "only a guess, for the registry is down": hosted(
        at("198.51.100.7"), contacts=[contact("abuse@meadow.test")], problems=TROUBLE
    ),
    "an old answer that tells of an earlier owner": hosted(
        at("198.51.100.7", 64501), name="River Transit", contacts=[contact(UPSTREAM)], problems=["an old answer"]
    ),
}


@pytest.mark.parametrize("what", SAME)
def test_the_same_host(what: str) -> None:
    assert compare(MEADOW, SAME[what]) is Change.SAME


@pytest.mark.parametrize("what", OTHER)
def test_another_host(what: str) -> None:
    assert compare(MEADOW, OTHER[what]) is Change.OTHER


@pytest.mark.parametrize("what", LESS)
def test_less_than_is_known(what: str) -> None:
    assert compare(MEADOW, LESS[what]) is Change.LESS


def test_a_network_with_several_origins_is_one_host_whoever_is_named_first() -> None:
    both = hosted({**at("198.51.100.7", 64500), "asns": [64500, 64501]})
    assert compare(both, hosted({**at("198.51.100.7", 64501), "asns": [64501, 64500]})) is Change.SAME


def candidate(address: str, rung: Rung = Rung.NETWORK) -> Candidate:
    role, source = ContactRole.HOST, ContactSource.RDAP
    return Candidate(rung, Contact(role, address, ContactKind.EMAIL, source, None, 0.9, START))


def test_advice_on_whom_to_ask_excuses_no_contact_that_is_to_be_forgotten() -> None:
    """A holder's own address that a registrar has since disclosed must go at once, and with it its notice."""
    refusals = Refusals(
        is_registry=lambda address: address.endswith("registry.example"),
        holders=frozenset({"me@meadow.example"}),
        is_owner=lambda address: address.endswith("@meadow.example"),
    )
    given = ["abuse@registry.example", "me@meadow.example", "abuse@meadow.example", HOST]
    told = ladder([candidate(each) for each in given], refusals)
    assert len(told.problems) == 3
    nobody = ladder([], refusals).problems
    before = hosted(at("198.51.100.7"), contacts=[contact("me@meadow.example"), contact()])
    after = hosted(at("198.51.100.7"), problems=[*told.problems, *nobody])
    assert compare(before, after) is Change.SAME


def test_what_was_learnt_last_week_no_longer_outweighs_what_is_told_today() -> None:
    poorer = LESS["only a guess, for the registry is down"]
    assert compare(MEADOW, poorer | {"observed_at": "2030-01-07T23:59:59Z"}) is Change.LESS
    assert compare(MEADOW, poorer | {"observed_at": "2030-01-08T00:00:00Z"}) is Change.SAME


def test_a_trouble_that_was_there_before_excuses_nothing() -> None:
    before = MEADOW | {"problems": TROUBLE}
    assert compare(before, hosted(at("198.51.100.7"), contacts=[], problems=TROUBLE)) is Change.SAME


def test_addresses_in_turns_change_neither_the_provider_nor_who_is_asked_next() -> None:
    here, there = at("198.51.100.7"), at("203.0.113.9", 64501, "RIVER-NET")
    one = hosted(here, there, contacts=[contact(), contact(UPSTREAM)])
    turned = hosted(there, here, name="River Transit", contacts=[contact(UPSTREAM), contact(HOST.upper())])
    assert compare(one, turned) is Change.SAME
    told = steady(one, turned)
    assert [each["address"] for each in told["contacts"]] == [HOST.upper(), UPSTREAM]
    assert (told["addresses"], told["provider"]) == (one["addresses"], one["provider"])


def test_a_new_name_and_new_contacts_are_taken_over(home: Home, number: int) -> None:
    keep(home, number, MEADOW)
    renamed = SAME["a renamed provider"] | {"contacts": [contact("new@meadow.test"), contact()]}
    assert keep(home, number, renamed) is False
    with home.reading() as session:
        (told,) = findings.history(home, session, case(home, number))
    assert told == renamed
    assert case(home, number).provider_id == 2


def keep(home: Home, number: int, finding: dict[str, Any]) -> bool:
    with home.session() as session:
        return findings.keep(home, session, session.get_one(Case, number), finding)


def why_withheld(home: Home, notice: int) -> str | None:
    with home.reading() as session:
        return asking.why_withhold(home, session, session.get_one(Notice, notice))


def test_a_host_by_turns_at_two_providers_stops_a_notice_once_and_never_again(home: Home, number: int) -> None:
    keep(home, number, MEADOW)
    first = queued(home, number)
    later(home, hours=1)
    assert keep(home, number, RIVER) is True
    assert "hosting changed" in (why_withheld(home, first) or "")
    with home.session() as session:
        session.get_one(Notice, first).state = NoticeState.WITHHELD
    second = queued(home, number, to=UPSTREAM)
    for turn in (MEADOW, RIVER) * 5:
        later(home, hours=2)
        assert keep(home, number, turn) is False
        assert why_withheld(home, second) is None
    with home.reading() as session:
        assert len(findings.history(home, session, case(home, number))) == 2


def test_who_comes_back_after_a_week_has_moved(home: Home, number: int) -> None:
    keep(home, number, MEADOW)
    later(home, hours=1)
    keep(home, number, RIVER)
    later(home, days=8)
    assert keep(home, number, MEADOW) is True


def test_a_third_host_among_two_by_turns_is_a_change(home: Home, number: int) -> None:
    for turn, changed in ((MEADOW, False), (RIVER, True), (MEADOW, False), (NEITHER, True)):
        assert keep(home, number, turn) is changed
        later(home, hours=1)


def test_only_forms_wait_for_a_person_and_say_where_the_text_is(home: Home, number: int) -> None:
    located(home, number, contact("https://forms.example/abuse", "cdn", "form"))
    row = case(home, number)
    assert row.state is CaseState.REVIEW
    with home.reading() as session:
        assert findings.nobody(findings.history(home, session, row)[0]).startswith("only a form is known (cdn);")


PARTS = st.tuples(
    st.lists(
        st.builds(
            at,
            st.sampled_from(["198.51.100.7", "198.51.100.8", "203.0.113.9", "192.0.2.5"]),
            st.sampled_from([64500, 64501, None]),
            st.sampled_from(["MEADOW-NET", "RIVER-NET", None]),
        ),
        max_size=3,
    ),
    st.sampled_from(["Meadow Hosting", "River Transit", None]),
    st.lists(st.sampled_from([HOST, UPSTREAM, REGISTRAR]), unique=True),
    st.sampled_from(["origin", "cdn_edge", "unknown"]),
    st.lists(st.sampled_from(["the registry did not answer", "an old answer"]), unique=True),
)
FINDINGS = PARTS.map(
    lambda p: hosted(*p[0], name=p[1], contacts=[contact(each) for each in p[2]], certainty=p[3], problems=p[4])
)


@given(FINDINGS)
def test_the_same_again_is_never_a_change(finding: dict[str, Any]) -> None:
    assert compare(finding, finding) is Change.SAME


@given(FINDINGS, st.randoms(use_true_random=False))
def test_the_order_of_answers_is_never_a_change(finding: dict[str, Any], chance: random.Random) -> None:
    turned = dict(finding)
    for part in ("addresses", "contacts"):
        turned[part] = chance.sample(finding[part], len(finding[part]))
    assert compare(finding, turned) is not Change.OTHER


@given(FINDINGS, FINDINGS)
def test_a_steady_finding_tells_all_that_the_later_one_told(before: dict[str, Any], after: dict[str, Any]) -> None:
    told = steady(before, after)
    for part in ("addresses", "contacts"):
        assert sorted(map(repr, told[part])) == sorted(map(repr, after[part]))


numbers = itertools.count()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(turns=st.lists(st.sampled_from([MEADOW, RIVER, NEITHER]), min_size=1, max_size=12))
def test_however_hosts_take_turns_each_is_a_change_at_most_once(home: Home, turns: list[dict[str, Any]]) -> None:
    number = opened(home, f"http://meadow.example/{next(numbers)}.png")
    changes = 0
    for turn in turns:
        changes += keep(home, number, turn)
    assert changes == len({repr(turn) for turn in turns}) - 1
