"""May this notice leave now? Each reason why not, and that nothing leaves where one holds."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from homes import START
from hypothesis import given
from hypothesis import strategies as st

from hotline.mandate import CountryRule, Way
from hotline.words import CaseState, Classification
from takedown.clearance import ASKABLE, NOBODY_LEFT, Cleared, Facts, Withheld, clear

FREE = Facts(
    state=CaseState.READY, classification=Classification.BASELINE, confirmed=True, rule=CountryRule(Way.DIRECT),
    country="NL", confirmed_at=START, embargo_until=None, gone_at_last_look=False, hosting_changed=False,
    contact_works=True, already_asked=False,
)  # fmt: skip
HOUR = timedelta(hours=1)


def why(**facts: Any) -> str:
    answer = clear(replace(FREE, **facts), START)
    assert isinstance(answer, Withheld)
    return answer.reason


@pytest.mark.parametrize("state", sorted(ASKABLE))
def test_what_nothing_holds_is_cleared(state: CaseState) -> None:
    assert clear(replace(FREE, state=state), START) == Cleared()


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"embargo_until": START + HOUR}, "embargo until 2030-01-01T01:00:00Z"),
        ({"state": CaseState.CONFIRMED}, "the case is confirmed"),
        ({"state": CaseState.REVIEW}, "the case is review"),
        ({"state": CaseState.REMOVED}, "the case is removed"),
        ({"state": CaseState.REFERRED}, "the case is referred"),
        ({"confirmed": False}, "baseline material needs 2 confirmations"),
        ({"gone_at_last_look": True}, "gone at the last look"),
        ({"rule": None}, "the mandate allows no notices to NL"),
        ({"rule": None, "country": None}, "the mandate allows no notices to an unknown country"),
        ({"rule": CountryRule(Way.NONE)}, "the mandate forbids notices to NL"),
        ({"rule": CountryRule(Way.REFERRAL)}, "the mandate refers cases in NL"),
        ({"rule": CountryRule(Way.DIRECT, HOUR)}, "the police come first until 2030-01-01T01:00:00Z"),
        ({"hosting_changed": True}, "the hosting changed"),
        ({"contact_works": False}, NOBODY_LEFT),
        ({"already_asked": True}, "already asked"),
    ],
)
def test_each_reason_is_told(facts: dict[str, Any], words: str) -> None:
    assert why(**facts).startswith(words)


def test_only_the_mandates_referral_refers() -> None:
    answer = clear(replace(FREE, rule=CountryRule(Way.REFERRAL)), START)
    assert isinstance(answer, Withheld) and answer.refer
    held = clear(replace(FREE, rule=CountryRule(Way.REFERRAL), embargo_until=START + HOUR), START)
    assert isinstance(held, Withheld) and not held.refer


def test_an_embargo_and_the_polices_time_end_at_their_moment() -> None:
    assert clear(replace(FREE, embargo_until=START), START) == Cleared()
    assert clear(replace(FREE, rule=CountryRule(Way.DIRECT, HOUR)), START + HOUR) == Cleared()


def test_new_material_waits_for_the_authoritys_word_or_its_hours_whichever_comes_first() -> None:
    waits = replace(FREE, rule=CountryRule(Way.DIRECT, new_material=HOUR), on_a_list=False)
    answer = clear(waits, START)
    assert isinstance(answer, Withheld) and "new material waits for the authority's word until" in answer.reason
    assert clear(waits, START + HOUR) == Cleared()
    assert clear(replace(waits, authority_at=START), START) == Cleared()
    assert clear(replace(waits, on_a_list=True), START) == Cleared()


def test_the_authoritys_word_ends_its_own_hours() -> None:
    waits = replace(FREE, rule=CountryRule(Way.DIRECT, 48 * HOUR))
    assert isinstance(clear(waits, START), Withheld)
    assert clear(replace(waits, authority_at=START), START) == Cleared()


@given(
    st.builds(
        Facts,
        state=st.sampled_from(CaseState),
        classification=st.sampled_from(Classification),
        confirmed=st.booleans(),
        rule=st.none() | st.builds(CountryRule, st.sampled_from(Way), st.sampled_from([0 * HOUR, HOUR, 48 * HOUR])),
        country=st.sampled_from(["NL", None]),
        confirmed_at=st.sampled_from([None, START, START - 30 * HOUR]),
        embargo_until=st.sampled_from([None, START, START + HOUR, START - HOUR]),
        gone_at_last_look=st.booleans(),
        hosting_changed=st.booleans(),
        contact_works=st.booleans(),
        already_asked=st.booleans(),
    )
)
def test_whatever_is_cleared_nothing_holds(facts: Facts) -> None:
    if not isinstance(clear(facts, START), Cleared):
        return
    assert facts.state in ASKABLE and facts.confirmed and facts.contact_works
    assert facts.embargo_until is None or facts.embargo_until <= START
    assert facts.rule is not None and facts.rule.notify is Way.DIRECT
    assert facts.confirmed_at is None or facts.confirmed_at + facts.rule.police_first <= START
    assert not (facts.gone_at_last_look or facts.hosting_changed or facts.already_asked)
