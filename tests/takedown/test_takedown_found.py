"""Cases that the crawl opens: exact or near, never twice, held as long as what led to them; and the flood."""

from dataclasses import replace

import pytest
from homes import START, later
from takedown_builders import (
    EXACT,
    NEAR,
    URL,
    after,
    case,
    digests,
    found,
    located,
    look,
    number_of,
    opened,
    put,
    rows,
    seen,
    state,
    told,
)

from hotline.address import parse_url
from hotline.facts import FoundMedia
from hotline.home import Home
from hotline.records import AuditLeaf, Case, Episode, Move, Observation, Sighting
from hotline.words import CaseState, Classification, Content, DigestKind, Origin, Outcome
from takedown import cases, embargoes, flood, look_orders

COPY = "http://images.example/copy.png"


@pytest.fixture
def home(practice_home: Home) -> Home:
    return practice_home


@pytest.fixture
def parent(home: Home) -> int:
    return opened(home, URL)


def take(home: Home, media: FoundMedia, *, automatic: bool = True) -> bool:
    with home.session() as session:
        return cases.open_found(home, session, media, automatic=automatic)


def test_an_exact_match_goes_its_way_without_a_person(home: Home, parent: int) -> None:
    assert take(home, found(COPY, parent, digests=digests("a", length=77)))
    row = case(home, number_of(home, COPY))
    assert (row.state, row.origin, row.parent_id, row.content) == (
        CaseState.CONFIRMED, Origin.CRAWL, parent, Content.MEDIA,
    )  # fmt: skip
    assert (row.match_list, row.match_kind, row.match_distance) == ("baseline", "sha256", 0)
    assert (row.sha256, row.length) == (digests("a").sha256, 77)
    assert (row.confirmed_at, row.last_online_at, row.due_at) == (START, START, None)
    with home.reading() as session:
        (observation,) = rows(session, Observation, case_id=row.number)
        assert (observation.outcome, observation.sha256) == (Outcome.ONLINE, row.sha256)
        assert cases.pages_of(home, session, row) == ["http://forum.example/thread"]
        assert len(rows(session, Episode, case_id=row.number)) == 1


def test_a_near_match_opens_in_review_and_nobody_has_confirmed_it(home: Home, parent: int) -> None:
    assert take(home, found(COPY, parent, match=NEAR))
    row = case(home, number_of(home, COPY))
    assert (row.state, row.match_kind, row.match_distance) == (CaseState.REVIEW, "pdq", 12)
    assert row.confirmed_at is None
    with home.reading() as session:
        assert rows(session, Observation, case_id=row.number)[0].distance == 12


def test_an_exact_match_that_is_not_automatic_opens_in_review(home: Home, parent: int) -> None:
    take(home, found(COPY, parent), automatic=False)
    assert state(home, number_of(home, COPY)) is CaseState.REVIEW


def test_the_classification_is_the_entrys_else_that_of_the_case_that_led_there(home: Home) -> None:
    parent = opened(home, URL, classification=Classification.NATIONAL)
    take(home, found(COPY, parent))
    take(home, found(COPY + "?2", parent, match=replace(EXACT, classification=None)))
    assert case(home, number_of(home, COPY)).classification is Classification.BASELINE
    assert case(home, number_of(home, COPY + "?2")).classification is Classification.NATIONAL


def test_the_same_url_never_opens_two_cases(home: Home, parent: int) -> None:
    assert take(home, found(COPY, parent))
    assert not take(home, found(COPY + "#again", parent, page="http://forum.example/another"))
    assert not take(home, found(URL, parent))
    with home.reading() as session:
        assert len(rows(session, Case)) == 2
        copy = session.get_one(Case, number_of(home, COPY))
        assert cases.pages_of(home, session, copy) == ["http://forum.example/thread", "http://forum.example/another"]
        assert len(rows(session, Sighting, case_id=parent)) == 1


def test_a_page_is_not_found_on_itself_nor_twice_on_the_same(home: Home, parent: int) -> None:
    with home.session() as session:
        row = session.get_one(Case, parent)
        assert not cases.sight(home, session, row, parse_url(URL))
        assert cases.sight(home, session, row, parse_url("http://forum.example/1"))
        assert not cases.sight(home, session, row, parse_url("http://forum.example/1#x"))


def test_what_is_found_inherits_the_embargo(home: Home, parent: int) -> None:
    take(home, found(COPY, parent, embargo_until=after(days=3)))
    number = number_of(home, COPY)
    with home.reading() as session:
        assert embargoes.embargo_until(session, home, session.get_one(Case, number)) == after(days=3)
        assert embargoes.embargo_until(session, home, session.get_one(Case, parent)) is None


def test_a_case_of_which_somebody_was_told_inherits_nothing_any_more(home: Home, parent: int) -> None:
    located(home, parent)
    told(home, parent)
    take(home, found(URL, parent, embargo_until=after(days=3)))
    with home.reading() as session:
        assert embargoes.embargo_until(session, home, session.get_one(Case, parent)) is None


def test_a_removed_case_that_the_crawl_sees_is_looked_at_at_once(home: Home, parent: int) -> None:
    put(home, parent, state=CaseState.REMOVED, removed_at=START, due_at=after(days=5))
    later(home, hours=1)
    take(home, found(URL, parent))
    row = case(home, parent)
    assert (row.state, row.due_at) == (CaseState.REMOVED, after(hours=1))


def test_a_case_that_was_closed_after_its_watch_comes_back_when_the_crawl_sees_it(home: Home, parent: int) -> None:
    put(home, parent, state=CaseState.CLOSED, removed_at=START, first_gone_at=START)
    take(home, found(URL, parent, match=NEAR))
    assert state(home, parent) is CaseState.CLOSED
    take(home, found(URL, parent, seen_at=after(hours=2)))
    row = case(home, parent)
    assert (row.state, row.episode, row.removed_at) == (CaseState.REAPPEARED, 2, None)
    assert (row.first_gone_at, row.last_online_at) == (None, after(hours=2))


@pytest.mark.parametrize("ended", [CaseState.CLOSED, CaseState.REJECTED])
def test_the_crawl_does_not_overrule_an_analyst(home: Home, parent: int, ended: CaseState) -> None:
    put(home, parent, state=ended)
    take(home, found(URL, parent))
    assert state(home, parent) is ended


def test_a_picture_in_a_pages_own_text_is_looked_for_on_that_page(home: Home, parent: int) -> None:
    take(home, found(COPY, parent, content=Content.PAGE, page=None, digests=digests("inlined")))
    with home.reading() as session:
        row = session.get_one(Case, number_of(home, COPY))
        assert look_orders.order(home, session, row).media == {digests("inlined").sha256}


def test_after_a_hundred_automatic_cases_at_one_provider_the_rest_waits_for_a_person(
    home: Home, parent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert flood.LIMIT == 100
    monkeypatch.setattr(flood, "LIMIT", 3)
    here = {"name": "Meadow Hosting", "asn": 64500, "country": "NL"}
    there = {"name": "River", "asn": 64501, "country": "SE"}
    for i in range(7):
        url = f"{COPY}?{i}"
        take(home, found(url, parent, match=NEAR if i == 0 else EXACT))
        located(home, number_of(home, url), provider=here if i < 5 else there)
    with home.session() as session:
        assert flood.hold_surplus(home, session, b"k" * 16) == 1
        assert flood.hold_surplus(home, session, b"k" * 16) == 0
    states = [state(home, number_of(home, f"{COPY}?{i}")) for i in range(7)]
    review, ready = CaseState.REVIEW, CaseState.READY
    assert states == [review, ready, ready, ready, review, ready, ready]


def test_an_entry_of_weaker_digests_is_told_as_it_is(home: Home, parent: int) -> None:
    take(home, found(COPY, parent, match=replace(EXACT, kind=DigestKind.MD5)))
    assert case(home, number_of(home, COPY)).match_kind == "md5"
    with home.reading() as session:
        (move,) = rows(session, Move, case_id=number_of(home, COPY))
        assert move.from_state is None
        assert "case:state:confirmed" in [leaf.deed for leaf in rows(session, AuditLeaf)]


def test_what_was_found_is_compared_with_what_later_looks_see(home: Home, parent: int) -> None:
    take(home, found(COPY, parent, digests=digests("a")))
    assert seen(home, number_of(home, COPY), look()).verdict.outcome is Outcome.ONLINE
