"""The mandate: nothing that is misspelt becomes a permission."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from homes import START
from hypothesis import given
from hypothesis import strategies as st

from hotline import records
from hotline.errors import HotlineError
from hotline.home import Home
from hotline.mandate import NONE_YET, PRACTICE, CountryRule, Mandate, Way, current, parse
from hotline.words import HomeKind

WHOLE = """
[crawl]
follow_links = true
legal_basis = "Act 12, section 3"
expires = 2031-01-01

[country.NL]
notify = "direct"

[country.de]
notify = "referral"
police_first_hours = 24
legal_basis = "Act 7"

[country."*"]
notify = "none"
"""


def test_a_whole_mandate_is_read():
    mandate = parse(WHOLE, HomeKind.EARNEST)
    assert mandate.follow_links
    assert mandate.expires == datetime(2031, 1, 1, tzinfo=UTC)
    assert mandate.countries == {
        "NL": CountryRule(Way.DIRECT),
        "DE": CountryRule(Way.REFERRAL, timedelta(hours=24), "Act 7"),
        "*": CountryRule(Way.NONE),
    }


@pytest.mark.parametrize(
    ("country", "way"),
    [("NL", Way.DIRECT), ("nl", Way.DIRECT), ("DE", Way.REFERRAL), ("FR", Way.NONE), (None, Way.NONE)],
)
def test_a_country_has_its_own_rule_or_that_of_all(country: str | None, way: Way):
    rule = parse(WHOLE, HomeKind.EARNEST).rule(country)
    assert rule is not None
    assert rule.notify is way


def test_without_a_rule_for_all_an_unnamed_country_has_none():
    mandate = parse('[country.NL]\nnotify = "direct"', HomeKind.EARNEST)
    assert mandate.rule("FR") is None
    assert mandate.rule(None) is None


def test_links_are_followed_until_the_mandate_expires():
    mandate = parse(WHOLE, HomeKind.EARNEST)
    assert mandate.may_follow(START)
    assert not mandate.may_follow(datetime(2031, 1, 1, tzinfo=UTC))
    assert not parse("", HomeKind.EARNEST).may_follow(START)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[crawl", "not valid TOML"),
        ("[crawls]", "unknown key crawls"),
        ("crawl = 1", r"\[crawl\] must be a table"),
        ("country = 1", r"\[country\] must be a table"),
        ("[crawl]\nfollow = true", "unknown key follow"),
        ('[crawl]\nfollow_links = "yes"', "follow_links must be true or false"),
        ("[crawl]\nfollow_links = 1", "follow_links must be true or false"),
        ("[crawl]\nlegal_basis = 1", "legal_basis must be text"),
        ('[crawl]\nexpires = "some day"', "expires must be a date"),
        ("[crawl]\nexpires = 9999-12-31T23:00:00-05:00", "expires must be a date"),
        ("[crawl]\nexpires = 12", "expires must be a date"),
        ('[country.NLD]\nnotify = "direct"', "NLD.*two letters"),
        ('[country.N1]\nnotify = "direct"', "N1.*two letters"),
        ("[country]\nNL = 1", "NL.*must be a table"),
        ("[country.NL]", "NL.*notify must be one of: direct, referral, none"),
        ('[country.NL]\nnotify = "Direct"', "NL.*notify must be one of"),
        ("[country.NL]\nnotify = [1]", "NL.*notify must be one of"),
        ('[country.NL]\nnotify = "direct"\npolice_hours = 2', "NL.*unknown key police_hours"),
        ('[country.NL]\nnotify = "direct"\npolice_first_hours = -1', "NL.*police_first_hours"),
        ('[country.NL]\nnotify = "direct"\npolice_first_hours = true', "NL.*police_first_hours"),
        ('[country.NL]\nnotify = "direct"\npolice_first_hours = nan', "NL.*police_first_hours"),
        ('[country.NL]\nnotify = "direct"\npolice_first_hours = inf', "NL.*police_first_hours"),
        ('[country.NL]\nnotify = "direct"\nlegal_basis = 1', "NL.*legal_basis must be text"),
        ('[country.NL]\nnotify = "none"\n[country.nl]\nnotify = "direct"', "stands there twice"),
    ],
)
def test_what_is_wrong_is_named_by_its_key(text: str, named: str):
    with pytest.raises(HotlineError, match=named):
        parse(text, HomeKind.PRACTICE)


@pytest.mark.parametrize("left_out", ["legal_basis", "expires"])
def test_in_earnest_following_links_needs_a_legal_basis_and_an_end(left_out: str):
    text = "\n".join(line for line in WHOLE.splitlines() if not line.startswith(left_out + " = "))
    with pytest.raises(HotlineError, match="needs a legal_basis and an expires"):
        parse(text, HomeKind.EARNEST)
    assert parse(text, HomeKind.PRACTICE).follow_links


@given(st.text())
def test_any_text_is_a_mandate_or_an_error(text: str):
    with contextlib.suppress(HotlineError):
        assert isinstance(parse(text, HomeKind.EARNEST), Mandate)


def test_before_the_first_import_practice_permits_and_earnest_does_not(home_on: Home):
    with home_on.reading() as session:
        assert current(session, home_on.vault, HomeKind.PRACTICE) is PRACTICE
        assert current(session, home_on.vault, HomeKind.EARNEST) is NONE_YET
    assert NONE_YET.rule("NL") is None and not NONE_YET.may_follow(START)


def test_the_newest_import_counts(home_on: Home):
    for text in (WHOLE, '[country.NL]\nnotify = "none"'):
        with home_on.session() as session:
            row = records.Mandate(at=home_on.now())
            home_on.vault.write(row, "text", text)
            session.add(row)
    with home_on.reading() as session:
        assert current(session, home_on.vault, HomeKind.PRACTICE).countries == {"NL": CountryRule(Way.NONE)}
