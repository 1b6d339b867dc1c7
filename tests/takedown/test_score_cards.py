"""A provider's score card: cases, times, answers, bounces, and what came back; and the time under embargoes."""

from typing import Any

import pytest
from homes import START, later
from sqlmodel import select
from takedown_builders import after, bounced, denied, located, look, opened, seen, told

from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import Case, NoticeCase
from hotline.words import EmbargoScope, HostAnswer
from takedown import embargoes, figures, holds
from takedown.score_cards import card


@pytest.fixture
def home(practice_home: Home) -> Home:
    """Two cases at Meadow Hosting, one of which was removed and came back, and one at another provider."""
    urls = ("http://a.test/1", "http://b.example/2", "http://c.example/3")
    numbers = [opened(practice_home, url) for url in urls]
    for number in numbers[:2]:
        located(practice_home, number)
    located(practice_home, numbers[2], provider={"name": "River Transit", "asn": 64501, "country": "SE"})
    told(practice_home, numbers[0])
    bounced(practice_home, told(practice_home, numbers[1], to="second@meadow-hosting.example"))
    told(practice_home, numbers[2])
    for hours in (10, 10):
        later(practice_home, hours=hours)
        seen(practice_home, numbers[0], denied(practice_home.now()))
    later(practice_home, days=2)
    seen(practice_home, numbers[0], look(practice_home.now()))
    return practice_home


def of(home: Home, name: str) -> dict[str, Any]:
    with home.reading() as session:
        return card(home, session, name)


def test_it_has_the_cases_of_this_provider_alone(home: Home) -> None:
    found = of(home, "meadow hosting")
    assert (found["cases"], found["clocks"]["notice"]["cases"]) == (2, 2)
    assert set(found["clocks"]) == {"report", "confirmation", "authority", "notice", "answer"}
    assert of(home, "AS64501")["cases"] == 1


def test_it_counts_notices_bounces_answers_and_re_uploads(home: Home) -> None:
    with home.session() as session:
        link = session.exec(select(NoticeCase)).first()
        assert link is not None
        link.answer, link.answered_at = HostAnswer.REMOVED, home.now()
        session.add(link)
    found = of(home, "Meadow Hosting")
    assert (found["notices"], found["bounced"], found["answered"]) == (2, 1, 1)
    assert found["answers"] == {"removed": 1}
    assert found["re_uploads"]["count"] == 1
    assert found["clocks"]["answer"]["cases"] == 1
    assert {"notices", "bounced", "answered", "answers", "re_uploads"} <= set(found["definitions"])


def test_a_name_that_nobody_has_is_met_with_those_that_are_near(home: Home) -> None:
    with pytest.raises(HotlineError, match="perhaps Meadow Hosting"):
        of(home, "meadow")


@pytest.mark.parametrize("scope", list(EmbargoScope))
def test_the_time_of_a_case_under_embargoes_is_counted_once(home: Home, scope: EmbargoScope) -> None:
    with home.session() as session:
        row = session.get_one(Case, 1)
        row.assessed_sha256 = "0" * 64
        for hours in (3, 5):
            embargoes.set_on_case(home, session, row, after(days=2, hours=20 + hours), "ana", "asked", scope)
    with home.reading() as session:
        spans = holds.spans(home, session)
    (span,) = spans[1]
    assert span == (home.now().timestamp(), after(days=2, hours=25).timestamp())
    assert list(spans) == [1]


def test_time_under_an_embargo_is_taken_off_the_figures(home: Home) -> None:
    with home.session() as session:
        row = embargoes.set_on_case(home, session, session.get_one(Case, 1), after(hours=6), "ana", "asked")
        row.set_at = START
        session.add(row)
    with home.reading() as session:
        plain = figures.metrics(home, session)["groups"][0]
        without = figures.metrics(home, session, without_embargo=True)
    assert plain["survival"][1][0] == 10.0
    assert without["groups"][0]["survival"][1][0] == 4.0
    assert "without_embargo" in without["definitions"]
