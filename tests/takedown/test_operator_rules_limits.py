"""What no rule outweighs, what the audit log says of rules, and what a broken file does."""

import json

import pytest
from rule_scenes import (
    DESK,
    SECOND,
    audited,
    mandate,
    ready,
    request,
    ruled,
    signed,
    why,
)
from takedown_builders import (
    HOST,
    URL,
    admitted,
    confirmed,
    decided,
    located,
    number_of,
    rows,
    staff,
    state,
)

from hotline import audit
from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import Case, NoticeCase
from hotline.words import CaseState, Classification, EmbargoScope
from takedown import asking, holding, rule_book
from takedown.hosting import table_faults


@pytest.fixture
def home(practice_home: Home) -> Home:
    return signed(practice_home)


@pytest.mark.parametrize("rule", [f'contact = "{DESK}"', f'also_notify = ["{SECOND}"]', "do_not_notify = true"])
def test_no_rule_outweighs_an_embargo(home: Home, rule: str) -> None:
    ruled(home, rule)
    number = ready(home)
    holding.hold(home, URL, EmbargoScope.URL, "2030-01-02T00:00:00Z", "", staff(home, "ana"))
    assert why(home, number) == "embargo until 2030-01-02T00:00:00Z"


@pytest.mark.parametrize("allowed", ["none", "referral"])
def test_no_rule_outweighs_the_mandate(home: Home, allowed: str) -> None:
    mandate(home, f'[country.NL]\nnotify = "{allowed}"\n[country."*"]\nnotify = "direct"')
    ruled(home, f'contact = "{DESK}"\nprovider = {{ country = "SE" }}\nalso_notify = ["{SECOND}"]')
    number = ready(home)
    assert "NL" in why(home, number)
    assert state(home, number) is (CaseState.REFERRED if allowed == "referral" else CaseState.READY)


def test_a_country_by_rule_can_tighten_what_the_mandate_allows(home: Home) -> None:
    mandate(home, '[country.SE]\nnotify = "none"\n[country."*"]\nnotify = "direct"')
    number = ready(home)
    assert request(home, number)
    ruled(home, 'provider = { country = "SE" }')
    assert why(home, number) == "the mandate forbids notices to SE"


def test_a_country_by_rule_fills_in_what_no_registry_knows(home: Home) -> None:
    mandate(home, '[country.SE]\nnotify = "direct"')
    number = ready(home, country=None)
    assert "an unknown country" in why(home, number)
    ruled(home, 'provider = { country = "SE" }')
    assert request(home, number).ask.address == HOST


def test_a_referral_goes_on_under_do_not_notify(home: Home) -> None:
    mandate(home, '[country.NL]\nnotify = "referral"')
    ruled(home, "do_not_notify = true")
    number = ready(home)
    decided(home, number)
    assert state(home, number) is CaseState.REFERRED


def test_no_rule_makes_up_for_a_missing_confirmation(home: Home) -> None:
    ruled(home, f'contact = "{DESK}"')
    admitted(home, confirmed(confirmed_by=("ana",), classification=Classification.NATIONAL))
    number = number_of(home, URL)
    located(home, number)
    with home.session() as session:
        session.get_one(Case, number).classification = Classification.BASELINE
    assert "confirmations" in why(home, number)


# ---------------------------------------------------------------------- the audit log, and a broken file


def test_rules_are_audited_when_they_come_change_and_go_and_not_again(home: Home) -> None:
    number = ready(home)
    decided(home, number)
    assert audited(home, "rules:hosting:changed") == []
    for rules in ([f'contact = "{DESK}"'], [f'contact = "{SECOND}"'], []):
        ruled(home, *rules)
        decided(home, number)
        decided(home, number)
    came, changed, gone = audited(home, "rules:hosting:changed")
    assert [(each["rule"], each["author"], each["reason"]) for each in came["rules"]] == [
        (1, "ana", "agreed by telephone")
    ]
    assert (came["rules"][0]["contact"], changed["rules"][0]["contact"]) == (DESK, SECOND)
    assert came["digest"] != changed["digest"]
    assert (gone["rules"], gone["digest"]) == ([], None)
    home.seal_audit()
    with home.reading() as session:
        assert isinstance(audit.verify(session, home.vault, None), audit.Verified)


def test_the_audit_of_new_rules_is_undone_with_the_deed_that_met_them(home: Home) -> None:
    number = ready(home)
    ruled(home, f'contact = "{DESK}"')
    with home.session() as session:
        asking.decide(home, session, session.get_one(Case, number))
        session.rollback()
    assert audited(home, "rules:hosting:changed") == []
    decided(home, number)
    assert len(audited(home, "rules:hosting:changed")) == 1


def test_a_finding_names_the_rules_that_shaped_it_in_the_audit_log(home: Home) -> None:
    ready(home)
    ruled(home, f'contact = "{DESK}"')
    ready(home, f"{URL}?b")
    plain, shaped = audited(home, "case:hosting:found")
    assert "rules" not in plain
    assert [(each["rule"], each["author"]) for each in shaped["rules"]] == [(1, "ana")]


def test_a_broken_file_lets_nobody_be_asked(home: Home) -> None:
    number = ready(home)
    ruled(home, f'contact = "{DESK}"', "contct = 1")
    with pytest.raises(HotlineError, match=r"hotline\.toml, rule 2: contct is no key"):
        decided(home, number)
    (fault,) = table_faults.faults(home.settings.home)
    assert "rule 2" in fault
    with home.reading() as session:
        assert rows(session, NoticeCase) == []


def test_in_earnest_rules_are_listed_without_addresses(earnest_home: Home) -> None:
    ruled(earnest_home, f'contact = "{DESK}"\nalso_notify = ["{SECOND}"]')
    with earnest_home.reading() as session:
        (row,) = rule_book.listing(earnest_home, session, shown=False)
        assert "example" not in json.dumps(row)
        assert row["withheld"] == ["also_notify", "contact", "subject"], "that something is there is no secret"
        (row,) = rule_book.listing(earnest_home, session, shown=True)
        assert (row["subject"], row["contact"], row["also_notify"]) == ("meadow.example", DESK, [SECOND])


def test_an_author_whom_nobody_knows_is_pointed_out(home: Home) -> None:
    ruled(home, f'contact = "{DESK}"')
    with home.reading() as session:
        assert "named ana" in rule_book.checked(home, session)["problems"][0]
    staff(home, "ana")
    with home.reading() as session:
        assert rule_book.checked(home, session)["problems"] == []
