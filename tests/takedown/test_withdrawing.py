"""What is queued is looked at before it leaves: all that leaves now, and of what waits for a later try what is next."""

import pytest
from homes import later
from takedown_builders import START, URL, after, contact, located, opened, put, queued

from hotline.home import Home
from hotline.records import Notice
from hotline.words import CaseState, NoticeState
from scheduler import withdrawing
from takedown import asking

ELSEWHERE = {
    "provider": {"name": "Harbour", "asn": 64501, "country": "SE"},
    "addresses": [{"ip": "203.0.113.9", "asn": 64501, "as_name": "HARBOUR", "prefix": "203.0.113.0/24",
                   "network": "HARBOUR-NET", "country": "SE"}],
}  # fmt: skip


@pytest.fixture
def home(practice_home: Home) -> Home:
    return practice_home


def waiting(home: Home, count: int, **until: float) -> list[int]:
    """So many notices about a case each that has gone to a person since; they are tried after so long."""
    numbers = []
    for each in range(count):
        case = opened(home, f"{URL}?{until['hours']}-{each}")
        located(home, case)
        numbers.append(queued(home, case))
        put(home, case, state=CaseState.REMOVED)
        with home.session() as session:
            session.get_one(Notice, numbers[-1]).next_try_at = after(**until)
    return numbers


def states(home: Home, numbers: list[int]) -> list[NoticeState]:
    with home.reading() as session:
        return [session.get_one(Notice, number).state for number in numbers]


def test_everything_that_leaves_now_and_what_leaves_next_is_looked_at(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withdrawing, "_WAITING", 1)
    monkeypatch.setattr(withdrawing, "_PAGE", 2)
    last, then, now = waiting(home, 1, hours=2), waiting(home, 1, hours=1), waiting(home, 5, hours=0)
    assert withdrawing.withdraw(home) == 6
    assert set(states(home, now + then)) == {NoticeState.WITHHELD}
    assert states(home, last) == [NoticeState.QUEUED]


def test_one_that_a_person_holds_is_looked_at_too(home: Home) -> None:
    (number,) = waiting(home, 1, hours=0)
    with home.session() as session:
        session.get_one(Notice, number).held_at = START
    assert withdrawing.withdraw(home) == 1


def test_who_waits_for_a_notice_on_its_way_is_no_candidate_until_the_material_moves(home: Home) -> None:
    case = opened(home)
    located(home, case)
    queued(home, case)
    with home.reading() as session:
        assert asking.candidates(session) == []
    later(home, hours=1)
    assert located(home, case, contact("abuse@harbour.example"), **ELSEWHERE)
    with home.reading() as session:
        assert [row.number for row in asking.candidates(session)] == [case]
