"""Dated holds: what each scope covers, who inherits, how they end."""

import pytest
from homes import START, later
from takedown_builders import (
    admitted,
    after,
    case,
    confirmed,
    found,
    look,
    number_of,
    opened,
    put,
    rows,
    seen,
    staff,
    state,
)

from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import AuditLeaf, Case, Embargo
from hotline.words import CaseState, EmbargoScope
from takedown import cases, embargoes, holding

HERE = "http://a.meadow.example/1.png"
SAME_HOST = "http://a.meadow.example/2.png"
SAME_DOMAIN = "http://b.meadow.example/3.png"
ELSEWHERE = "http://river.example/1.png"
UNTIL = "2030-01-08T00:00:00Z"


@pytest.fixture
def home(practice_home: Home) -> Home:
    return practice_home


def hold(home: Home, subject: str, scope: EmbargoScope = EmbargoScope.URL, until: str | None = UNTIL) -> int:
    return holding.hold(home, subject, scope, until, "the police ask for time", staff(home, "ana"))


def lift(home: Home, subject: str) -> int:
    return holding.lift(home, subject, staff(home, "ana"))


def held(home: Home, *urls: str) -> list[bool]:
    with home.reading() as session:
        found_cases = [session.get_one(Case, number_of(home, url)) for url in urls]
        return [embargoes.embargo_until(session, home, row) is not None for row in found_cases]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (EmbargoScope.URL, [True, False, False, False]),
        (EmbargoScope.HOST, [True, True, False, False]),
        (EmbargoScope.DOMAIN, [True, True, True, False]),
    ],
)
@pytest.mark.parametrize("by", ["url", "case"])
def test_a_hold_covers_its_scope(home: Home, scope: EmbargoScope, expected: list[bool], by: str) -> None:
    urls = (HERE, SAME_HOST, SAME_DOMAIN, ELSEWHERE)
    for url in urls:
        opened(home, url)
    hold(home, HERE if by == "url" else str(number_of(home, HERE)), scope)
    assert held(home, *urls) == expected
    lift(home, HERE)
    assert held(home, *urls) == [False] * 4


def test_a_hold_on_a_digest_covers_every_copy_wherever_it_lies(home: Home) -> None:
    number = opened(home, HERE, sha256="ab" * 32)
    opened(home, SAME_HOST)
    opened(home, ELSEWHERE)
    put(home, number_of(home, ELSEWHERE), sha256="ab" * 32)
    hold(home, str(number), EmbargoScope.DIGEST)
    assert held(home, HERE, SAME_HOST, ELSEWHERE) == [True, False, True]
    put(home, number_of(home, ELSEWHERE), assessed_sha256="cd" * 32)
    assert held(home, ELSEWHERE) == [True]


def test_a_hold_on_a_url_that_is_no_case_yet_holds_the_case_that_comes(home: Home) -> None:
    hold(home, HERE + "#part", EmbargoScope.HOST)
    opened(home, SAME_HOST)
    assert held(home, SAME_HOST) == [True]


@pytest.mark.parametrize(
    ("subject", "scope", "until", "words"),
    [
        ("99", EmbargoScope.URL, UNTIL, "there is no case 99"),
        ("9" * 40, EmbargoScope.URL, UNTIL, "there is no case"),
        ("²", EmbargoScope.URL, UNTIL, "not a URL"),
        ("meadow", EmbargoScope.URL, UNTIL, "not a URL"),
        (ELSEWHERE, EmbargoScope.DIGEST, UNTIL, "through a case"),
        (HERE, EmbargoScope.DIGEST, UNTIL, "has no digest yet"),
        (HERE, EmbargoScope.URL, None, "an embargo has an end"),
        (HERE, EmbargoScope.URL, "soon", "not an ISO 8601 time"),
        (HERE, EmbargoScope.URL, "0001-01-01T00:00:00+20:00", "not an ISO 8601 time"),
        (HERE, EmbargoScope.URL, "2029-12-31T00:00:00Z", "lies in the past"),
        (HERE, EmbargoScope.URL, "2030-01-01T00:00:00Z", "lies in the past"),
    ],
)
def test_a_hold_that_cannot_be_set_is_refused(
    home: Home, subject: str, scope: EmbargoScope, until: str | None, words: str
) -> None:
    opened(home, HERE)
    with pytest.raises(HotlineError, match=words):
        hold(home, subject, scope, until)
    with home.reading() as session:
        assert rows(session, Embargo) == []


def test_lifting_what_nobody_set_is_told(home: Home) -> None:
    opened(home, HERE)
    with pytest.raises(HotlineError, match="nothing was lifted"):
        lift(home, HERE)


def test_setting_and_lifting_are_audited(home: Home) -> None:
    opened(home, HERE)
    hold(home, HERE)
    lift(home, HERE)
    with home.reading() as session:
        deeds = [leaf.deed for leaf in rows(session, AuditLeaf)]
        (row,) = rows(session, Embargo)
        assert home.vault.read(row, "reason") == "the police ask for time"
    assert deeds.count("embargo:hold:set") == deeds.count("embargo:hold:lifted") == 1


def end(home: Home) -> int:
    with home.session() as session:
        return embargoes.end_the_past(home, session)


@pytest.mark.parametrize(
    "before",
    [CaseState.CONFIRMED, CaseState.READY, CaseState.NOTIFIED, CaseState.ESCALATED, CaseState.REFERRED,
     CaseState.REAPPEARED],
)  # fmt: skip
def test_at_its_end_what_it_held_goes_to_review(home: Home, before: CaseState) -> None:
    number = opened(home, HERE)
    hold(home, HERE)
    put(home, number, state=before)
    later(home, days=6.99)
    assert end(home) == 0
    assert held(home, HERE) == [True]
    later(home, days=0.01)
    assert held(home, HERE) == [False]
    assert end(home) == 1
    assert state(home, number) is CaseState.REVIEW
    assert end(home) == 0


def test_a_removed_case_stays_removed_at_the_end_of_its_embargo(home: Home) -> None:
    number = opened(home, HERE)
    hold(home, HERE)
    put(home, number, state=CaseState.REMOVED, removed_at=START)
    later(home, days=8)
    assert end(home) == 0
    assert state(home, number) is CaseState.REMOVED


def test_of_two_holds_the_later_one_counts(home: Home) -> None:
    number = opened(home, HERE)
    hold(home, HERE)
    hold(home, HERE, EmbargoScope.DOMAIN, "2030-01-20T00:00:00Z")
    later(home, days=8)
    assert end(home) == 0
    assert held(home, HERE) == [True]
    later(home, days=12)
    assert end(home) == 1
    assert state(home, number) is CaseState.REVIEW


def test_a_lifted_hold_lets_the_case_go_on(home: Home) -> None:
    number = opened(home, HERE)
    hold(home, HERE)
    assert lift(home, str(number)) == 1
    later(home, days=8)
    assert end(home) == 0
    assert state(home, number) is CaseState.CONFIRMED


def test_with_a_hold_ends_what_was_inherited_from_it(home: Home) -> None:
    number = opened(home, HERE)
    hold(home, HERE)
    child, grandchild = "http://river.example/child.png", "http://lake.example/grandchild.png"
    with home.session() as session:
        cases.open_found(home, session, found(child, number, embargo_until=after(days=7)))
    parent = number_of(home, child)
    with home.session() as session:
        cases.open_found(home, session, found(grandchild, parent, embargo_until=after(days=7)))
    hold(home, grandchild, until="2030-03-01T00:00:00Z")
    assert held(home, HERE, child, grandchild) == [True, True, True]
    assert lift(home, HERE) == 1
    assert held(home, HERE, child, grandchild) == [False, False, True]


def test_what_was_inherited_stays_while_another_hold_stands_on_its_origin(home: Home) -> None:
    number = opened(home, HERE)
    hold(home, HERE, EmbargoScope.HOST)
    opened(home, SAME_HOST)
    child = "http://river.example/child.png"
    with home.session() as session:
        cases.open_found(home, session, found(child, number, embargo_until=after(days=7)))
    with home.session() as session:
        subjects = {EmbargoScope.URL: session.get_one(Case, number).url_bi}
        assert embargoes.lift(home, session, subjects, "ana") == 0
    assert held(home, HERE, child) == [True, True]


def test_what_is_inherited_ends_in_review_too(home: Home) -> None:
    number = opened(home, HERE)
    hold(home, HERE)
    child = "http://river.example/child.png"
    with home.session() as session:
        cases.open_found(home, session, found(child, number, embargo_until=after(days=7)))
    later(home, days=7)
    assert end(home) == 2
    assert state(home, number_of(home, child)) is CaseState.REVIEW


def test_a_hold_that_came_with_a_report_counts_like_any_other(home: Home) -> None:
    admitted(home, confirmed(HERE, embargo_until=after(days=2)))
    assert held(home, HERE) == [True]
    later(home, days=2)
    assert end(home) == 1


def test_looks_go_on_during_an_embargo(home: Home) -> None:
    number = opened(home, HERE)
    hold(home, HERE)
    seen(home, number, look())
    assert case(home, number).last_online_at == START
