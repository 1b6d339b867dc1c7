"""From records to figures: groups, clocks and spans."""

from datetime import datetime
from typing import Any

import pytest
from homes import later
from takedown_builders import after, contact, denied, located, look, opened, put, seen, state, told

from hotline.home import Home
from hotline.records import Case
from hotline.words import CaseState
from takedown import asking, figures
from takedown.removal_times import ClockStart

RIVER = {"name": "River Transit", "asn": 64501, "country": "SE"}


@pytest.fixture
def home(practice_home: Home) -> Home:
    return practice_home


def metrics(home: Home, by: str | None = None, clock: ClockStart = ClockStart.NOTICE, **span: datetime) -> Any:
    with home.reading() as session:
        return figures.metrics(home, session, by, clock, **span)


def labels(home: Home, by: str | None, **more: Any) -> dict[str, tuple[int, int]]:
    return {each["group"]: (each["cases"], each["removed"]) for each in metrics(home, by, **more)["groups"]}


@pytest.fixture
def four(home: Home) -> list[int]:
    """Two cases at one provider, of which one is removed; one at another; and one that nobody was told of."""
    urls = ("http://a.test/1", "http://b.example/2", "http://c.example/3", "http://198.51.100.9/4")
    numbers = [opened(home, url) for url in urls]
    located(home, numbers[0])
    located(home, numbers[1])
    located(home, numbers[2], contact(), provider=RIVER)
    told(home, *numbers[:2])
    later(home, hours=2)
    told(home, numbers[2])
    seen(home, numbers[0], look(home.now()))
    for _ in range(2):
        later(home, hours=10)
        seen(home, numbers[0], denied(home.now()))
    assert state(home, numbers[0]) is CaseState.REMOVED
    return numbers


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (None, {"all": (3, 1)}),
        ("provider", {"Meadow Hosting": (2, 1), "River Transit": (1, 0)}),
        ("country", {"NL": (2, 1), "SE": (1, 0)}),
        ("asn", {"64500": (2, 1), "64501": (1, 0)}),
        ("tld", {"test": (1, 1), "example": (2, 0)}),
    ],
)
@pytest.mark.usefixtures("four")
def test_cases_are_grouped_by_bare_values(home: Home, by: str | None, expected: dict[str, tuple[int, int]]) -> None:
    assert labels(home, by) == expected


def test_what_is_not_known_is_a_group_of_its_own(home: Home, four: list[int]) -> None:
    assert labels(home, "provider", clock=ClockStart.REPORT)["unknown"] == (1, 0)
    assert labels(home, "tld", clock=ClockStart.REPORT)["unknown"] == (1, 0)
    put(home, four[3], state=CaseState.REJECTED)
    assert "unknown" not in labels(home, "provider", clock=ClockStart.REPORT)


@pytest.mark.usefixtures("four")
def test_a_removal_is_known_between_two_looks(home: Home) -> None:
    (group,) = metrics(home)["groups"]
    assert group["survival"][1][0] == 12.0
    assert group["open"] == 2


@pytest.mark.usefixtures("four")
def test_a_span_takes_the_cases_whose_clock_started_in_it(home: Home) -> None:
    assert labels(home, None, since=after(hours=1)) == {"all": (1, 0)}
    assert labels(home, None, until=after(hours=2)) == {"all": (2, 1)}
    assert labels(home, None, since=after(hours=2), until=after(hours=3)) == {"all": (1, 0)}
    assert labels(home, None, since=after(days=9)) == {"all": (0, 0)}
    assert labels(home, "country", since=after(days=9)) == {}


def test_the_clock_of_the_authority_starts_with_the_referral(home: Home, four: list[int]) -> None:
    assert labels(home, None, clock=ClockStart.AUTHORITY) == {"all": (0, 0)}
    with home.session() as session:
        asking.refer(home, session, session.get_one(Case, four[2]), "the mandate refers it")
    (group,) = metrics(home, clock=ClockStart.AUTHORITY)["groups"]
    assert (group["cases"], group["referred_unknown"]) == (1, 1)


def test_a_home_without_cases_has_one_empty_group(home: Home) -> None:
    (group,) = metrics(home)["groups"]
    assert (group["group"], group["cases"], group["median_hours"]) == ("all", 0, None)
    assert metrics(home, "tld")["groups"] == []


def test_a_first_look_that_missed_it_is_no_evidence_that_it_was_still_there(home: Home) -> None:
    number = opened(home)
    located(home, number)
    told(home, number)
    later(home, hours=1)
    seen(home, number, look(home.now()))
    later(home, hours=99)
    seen(home, number, denied(home.now()))
    (group,) = metrics(home)["groups"]
    assert group["within"]["72h"] is None
