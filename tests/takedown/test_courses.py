"""The database keeps the course of each case by itself, on SQLite and on PostgreSQL, whoever writes."""

from datetime import datetime
from typing import Any

import pytest
from homes import START, later
from sqlalchemy import insert
from sqlmodel import select
from takedown_builders import after, case, denied, located, look, notified, opened, put, seen, state, told

from hotline.home import Home
from hotline.records import Case, Course, Observation
from hotline.records.courses import STATES
from hotline.words import CaseState, Classification, HostAnswer, Origin, Outcome
from takedown import asking, courses, groupings
from takedown.courses import Courses


@pytest.fixture
def home(home_on: Home) -> Home:
    from hotline import staff
    from hotline.words import Role

    for name, country in (("ana", "NL"), ("ben", "SE")):
        staff.add(home_on, staff.NewMember(name, Role.ANALYST, country), staff.SYSTEM)
    return home_on


def rows(home: Home) -> list[Course]:
    with home.reading() as session:
        return list(session.exec(select(Course).order_by(Course.case_id, Course.ordinal)))  # type: ignore[arg-type]


def read(home: Home) -> Courses:
    with home.reading() as session:
        return courses.read(session)


def seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def removed(home: Home) -> int:
    """A case that was notified at the start, seen after an hour, gone from hour 11 on, and removed."""
    number = notified(home)
    later(home, hours=1)
    seen(home, number, look(home.now()))
    for _ in range(2):
        later(home, hours=10)
        seen(home, number, denied(home.now()))
    assert state(home, number) is CaseState.REMOVED
    return number


def test_a_course_says_what_its_case_says(home: Home) -> None:
    number = removed(home)
    (row,) = rows(home)
    kept = case(home, number)
    assert (row.case_id, row.ordinal, STATES[row.state - 1]) == (number, 1, CaseState.REMOVED)
    assert (row.reported, row.confirmed) == (seconds(kept.reported_at), seconds(kept.confirmed_at))
    assert (row.notice, row.online, row.gone) == tuple(seconds(after(hours=h)) for h in (0, 1, 11))
    assert row.known == seconds(after(hours=21))
    assert (row.provider, row.tld, row.authority, row.referred) == (kept.provider_id, "example", None, None)


def test_a_removed_episode_stays_as_it_was_when_the_material_comes_back(home: Home) -> None:
    number = removed(home)
    before = rows(home)[0].model_dump(exclude={"state", "known"})
    later(home, days=3)
    seen(home, number, look(home.now()))
    back = home.now()
    first, second = rows(home)
    assert first.model_dump(exclude={"state", "known"}) == before
    assert (second.ordinal, STATES[second.state - 1]) == (2, CaseState.REAPPEARED)
    assert (second.reported, second.confirmed, second.online) == (seconds(back),) * 3
    assert (second.notice, second.gone) == (None, None)
    later(home, hours=5)
    told(home, number)
    assert rows(home)[1].notice == seconds(home.now())


def test_looks_that_cannot_tell_say_nothing(home: Home) -> None:
    number = notified(home)
    later(home, hours=1)
    seen(home, number, look(home.now()))
    later(home, hours=5)
    seen(home, number, look(home.now(), status=503, digests=None, content=None))
    assert rows(home)[0].known == seconds(after(hours=1))


def test_the_first_referral_counts_for_the_authority_unless_it_gave_its_word(home: Home) -> None:
    number = opened(home)
    located(home, number)
    with home.session() as session:
        asking.refer(home, session, session.get_one(Case, number), "the mandate refers it")
    assert rows(home)[0].referred == seconds(START)
    assert read(home).authority.tolist() == [seconds(START)]
    put(home, number, authority_at=after(hours=3))
    assert read(home).authority.tolist() == [seconds(after(hours=3))]


def test_what_is_written_in_bulk_is_kept_too(home: Home) -> None:
    plain: dict[str, Any] = {
        "host_bi": b"h", "domain_bi": b"d", "tld": "test", "state": CaseState.NOTIFIED,
        "classification": Classification.BASELINE, "origin": Origin.REPORT, "opened_at": START,
        "first_notice_at": START, "looks": 0, "rung": 0, "episode": 1, "version": 0, "served_directly": True,
    }  # fmt: skip
    with home.session() as session:
        session.execute(insert(Case), [plain | {"key": bytes([n]) * 16, "url_bi": bytes([n])} for n in range(3)])
        numbers = list(session.exec(select(Case.id)))
        looks = [
            {
                "case_id": n,
                "key": bytes([n or 0]) * 16,
                "at": after(hours=2),
                "outcome": Outcome.ONLINE,
                "size": 0,
                "vantage": "direct",
            }
            for n in numbers
        ]
        session.execute(insert(Observation), looks)
    found = read(home)
    assert found.notice.tolist() == [seconds(START)] * 3
    assert found.known.tolist() == [seconds(after(hours=2))] * 3


def test_columns_are_read_in_one_order_and_by_case_and_episode(home: Home) -> None:
    number = removed(home)
    other = notified(home, "http://other.example/b.png")
    later(home, days=3)
    seen(home, number, look(home.now()))
    found = read(home)
    assert list(zip(found.case_id.tolist(), found.ordinal.tolist(), strict=True)) == [
        (number, 1),
        (number, 2),
        (other, 1),
    ]
    assert (found.gone > 0).tolist() == [True, False, False]


def test_a_home_without_cases_has_no_courses(home: Home) -> None:
    assert len(read(home)) == 0
    with home.reading() as session:
        for by in (None, *groupings.GROUPS):
            assert len(groupings.grouping(home, session, read(home), by).places) == 0


def test_the_first_answer_of_a_host_starts_its_clock(home: Home) -> None:
    from hotline.records import NoticeCase

    number = notified(home)
    unanswered = notified(home, "http://other.example/b.png")
    with home.session() as session:
        link = session.exec(select(NoticeCase).where(NoticeCase.case_id == number)).one()
        link.answer, link.answered_at = HostAnswer.NEED_TIME, after(hours=4)
        session.add(link)
    with home.reading() as session:
        found = courses.with_answers(session, courses.read(session))
    answers = dict(zip(found.case_id.tolist(), found.answer.tolist(), strict=True))
    assert answers == {number: seconds(after(hours=4)), unanswered: 0}


@pytest.mark.parametrize("by", ["language", "rung", "tld"])
def test_each_case_stands_in_one_group(home: Home, by: str) -> None:
    numbers = [notified(home), opened(home, "http://a.test/1")]
    put(home, numbers[0], rung=2)
    with home.reading() as session:
        found = courses.read(session)
        grouping = groupings.grouping(home, session, found, by)
    labels = [grouping.names[place] for place in grouping.places]
    expected = {"language": ["en", "unknown"], "rung": ["2", "0"], "tld": ["example", "test"]}
    assert labels == expected[by]


def test_what_was_there_before_is_taken_over(home: Home) -> None:
    """The migration's own filling, run again over cases that the triggers have kept: it comes to the same."""
    from importlib import import_module

    from sqlalchemy import text

    number = removed(home)
    later(home, days=3)
    seen(home, number, look(home.now()))
    notified(home, "http://other.example/b.png")
    before = [row.model_dump(exclude={"state", "known"}) for row in rows(home)]
    filling = import_module("hotline.migrations.versions.v0007_courses")._filling
    with home.session() as session:
        session.connection().execute(text("DELETE FROM course"))
        for statement in filling(home.engine.dialect.name):
            session.connection().execute(text(statement))
    assert [row.model_dump(exclude={"state", "known"}) for row in rows(home)] == before
