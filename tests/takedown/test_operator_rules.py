"""Rules of the operator's in the asking: who is asked, and who is not told."""

import pytest
from homes import later
from rule_scenes import (
    DESK,
    LADDER,
    SECOND,
    WORDS,
    asked_in_turn,
    audited,
    mandate,
    orders,
    queue_all,
    ready,
    request,
    ruled,
    signed,
    snapshot,
    why,
)
from takedown_builders import (
    HOST,
    REGISTRAR,
    UPSTREAM,
    URL,
    after,
    case,
    contact,
    decided,
    denied,
    located,
    look,
    opened,
    seen,
    state,
)
from takedown_builders import snapshot as empty_finding

from hotline.home import Home
from hotline.records import Case, Notice
from hotline.words import CaseState, ContactHealth, ContactRole
from takedown import asking, findings


@pytest.fixture
def home(practice_home: Home) -> Home:
    return signed(practice_home)


def test_a_forced_contact_is_asked_first_and_the_others_after_it(home: Home) -> None:
    ruled(home, f'contact = "{DESK}"')
    number = ready(home, URL, *LADDER)
    ask = request(home, number).ask
    assert (ask.address, ask.role, ask.round, ask.escalation) == (DESK, ContactRole.HOST, 1, 0)
    assert asked_in_turn(home, number) == [DESK, HOST, UPSTREAM, REGISTRAR]


def test_the_finding_says_which_rule_spoke_and_keeps_what_was_found(home: Home) -> None:
    ruled(home, f'contact = "{DESK}"')
    number = ready(home)
    told = snapshot(home, number)
    assert [each["address"] for each in told["contacts"]] == [DESK, HOST]
    assert told["contacts"][0]["source"] == "override"
    (mark,) = told["rules"]
    assert (mark["rule"], mark["author"], mark["reason"], mark["does"]) == (
        1,
        "ana",
        "agreed by telephone",
        ["contact"],
    )
    ruled(home)
    assert [each["address"] for each in snapshot(home, number)["contacts"]] == [HOST]
    assert "rules" not in snapshot(home, number)


@pytest.mark.parametrize(
    ("certainty", "role"),
    [("cdn_edge", "cdn"), ("shared_platform", "platform"), ("origin", "host"), ("unknown", "host")],
)
def test_a_forced_contact_has_the_role_of_whom_it_is_asked_instead_of(home: Home, certainty: str, role: str) -> None:
    ruled(home, f'contact = "{DESK}"')
    assert request(home, ready(home, certainty=certainty)).ask.role == role


def test_a_rule_holds_at_once_also_for_what_was_located_before(home: Home) -> None:
    number = ready(home)
    assert request(home, number).ask.address == HOST
    ruled(home, f'contact = "{DESK}"')
    assert request(home, number).ask.address == DESK
    ruled(home)
    assert request(home, number).ask.address == HOST


def test_a_forced_contact_on_the_sites_own_domain_is_asked_for_a_person_wrote_it(home: Home) -> None:
    mandate(home, '[country."*"]\nnotify = "direct"\n[notice]\nask_own_domain = false')
    own = "abuse@meadow.example"
    number = ready(home, URL, contact(own))
    assert "own domain" in why(home, number)
    assert state(home, number) is CaseState.REVIEW
    ruled(home, f'contact = "{own}"')
    other = ready(home, "http://meadow.example/files/b.png", contact(own))
    assert request(home, other).ask.address == own


def test_a_case_with_nobody_to_ask_is_ready_where_a_rule_names_somebody(home: Home) -> None:
    ruled(home, f'contact = "{DESK}"')
    number = opened(home)
    with home.session() as session:
        findings.keep(home, session, session.get_one(Case, number), empty_finding())
    assert state(home, number) is CaseState.READY
    assert request(home, number).ask.address == DESK


def test_what_name_servers_doubt_does_not_outweigh_a_rule_but_a_death_does(home: Home) -> None:
    ruled(home, f'contact = "{DESK}"')
    number = ready(home)
    with home.session() as session:
        findings.contact_of(home, session, HOST).health = ContactHealth.VERIFIED
        findings.contact_of(home, session, DESK).health = ContactHealth.SUSPECT
    assert request(home, number).ask.address == DESK
    with home.session() as session:
        findings.mark_dead(home, session, findings.contact_of(home, session, DESK).number, "bounced")
    assert request(home, number).ask.address == HOST


def test_the_most_specific_contact_wins_and_the_notice_names_the_rules_that_had_a_part(home: Home) -> None:
    text = "".join(
        f"[[rule]]\n{WORDS}{on}\n{does}\n"
        for on, does in (
            ("asn = 64500", f'contact = "{SECOND}"'),
            ('network = "198.51.100.0/24"', 'provider = { name = "Lane Hosting" }'),
            ('domain = "meadow.example"', f'contact = "{DESK}"'),
        )
    )
    (home.settings.home / "hotline.toml").write_text(text)
    number = ready(home)
    (order,) = orders(home, number)
    assert (order.to, order.provider_name, order.provider_country) == (DESK, "Lane Hosting", "NL")
    assert [(mark.number, mark.does) for mark in order.rules] == [(3, ("contact",)), (2, ("provider",))]
    queue_all(home, number)
    (entry,) = audited(home, "notice:message:queued")
    assert [(mark["rule"], mark["author"]) for mark in entry["rules"]] == [(3, "ana"), (2, "ana")]


def test_a_channel_leaves_the_others_of_the_host_out_and_says_so(home: Home) -> None:
    ruled(home, 'channel = "form"')
    form = contact("https://meadow-hosting.example/abuse", kind="form")
    number = ready(home, URL, contact(), form, contact(UPSTREAM, "upstream"))
    told = snapshot(home, number)
    assert [each["address"] for each in told["contacts"]] == [form["address"], UPSTREAM]
    assert "1 contact(s) of the host were left out by rule 1 (ana): agreed by telephone" in told["problems"]


def test_a_channel_of_which_nobody_is_known_says_what_to_write(home: Home) -> None:
    ruled(home, 'channel = "form"')
    told = snapshot(home, ready(home, URL, contact(), contact(UPSTREAM, "upstream")))
    assert any("no form of the host is known" in problem for problem in told["problems"])


def test_a_new_provider_by_rule_is_no_other_host(home: Home) -> None:
    number = ready(home)
    ruled(home, 'provider = { name = "Lane Hosting", asn = 64999, country = "NL" }')
    assert located(home, number) is False
    with home.reading() as session:
        assert len(findings.history(home, session, session.get_one(Case, number))) == 1
    assert snapshot(home, number)["provider"] == {"name": "Lane Hosting", "asn": 64999, "country": "NL"}


# ---------------------------------------------------------------------- who is not told


def test_do_not_notify_withholds_with_its_reason_and_the_case_is_looked_at(home: Home) -> None:
    ruled(home, "do_not_notify = true")
    number = ready(home)
    assert why(home, number) == "rule 1 (ana): agreed by telephone"
    assert state(home, number) is CaseState.READY
    assert case(home, number).due_at == after(minutes=15)
    (entry,) = audited(home, "case:notice:forbidden")
    assert entry["rules"][0]["author"] == "ana"


def test_what_nobody_is_told_of_can_go_all_the_same(home: Home) -> None:
    ruled(home, "do_not_notify = true")
    number = ready(home)
    decided(home, number)
    later(home, minutes=20)
    seen(home, number, look(home.now()))
    decided(home, number)
    again = case(home, number).due_at
    assert again is not None
    assert again > home.now()
    for hours in (2, 7):
        later(home, hours=hours)
        seen(home, number, denied(home.now()))
    assert state(home, number) is CaseState.REMOVED


def test_when_the_rule_goes_the_case_is_put_to_its_host(home: Home) -> None:
    ruled(home, "do_not_notify = true")
    number = ready(home)
    decided(home, number)
    ruled(home)
    assert request(home, number).ask.address == HOST


def test_all_that_forbids_holds_whichever_rule_is_the_most_specific(home: Home) -> None:
    home_file = home.settings.home / "hotline.toml"
    home_file.write_text(
        f'[[rule]]\n{WORDS}domain = "meadow.example"\ncontact = "{DESK}"\n'
        f"[[rule]]\n{WORDS}asn = 64500\ndo_not_notify = true\n"
    )
    assert why(home, ready(home)).startswith("rule 2 (ana)")


def test_an_address_that_is_never_asked_is_passed_over(home: Home) -> None:
    ruled(home, f'do_not_notify = ["{HOST.upper()}"]')
    number = ready(home, URL, *LADDER)
    assert asked_in_turn(home, number) == [UPSTREAM, REGISTRAR]
    assert "1 contact(s) were left out by rule 1 (ana): agreed by telephone" in snapshot(home, number)["problems"]


def test_where_nobody_is_left_the_case_goes_to_a_person(home: Home) -> None:
    ruled(home, f'do_not_notify = ["{HOST}"]')
    assert state(home, ready(home)) is CaseState.REVIEW


@pytest.mark.parametrize("rule", ["do_not_notify = true", f'do_not_notify = ["{HOST}"]'])
def test_a_rule_stops_a_notice_that_is_queued(home: Home, rule: str) -> None:
    notice = queue_all(home, ready(home, URL, *LADDER))[HOST]
    ruled(home, rule)
    with home.session() as session:
        reason = asking.why_withhold(home, session, session.get_one(Notice, notice))
    assert reason is not None
    assert reason.endswith("rule 1 (ana): agreed by telephone")
