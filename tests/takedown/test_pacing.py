"""How much goes to one recipient, and when."""

from datetime import datetime, timedelta

from homes import START
from hypothesis import given, settings
from hypothesis import strategies as st
from takedown_builders import after

from takedown.pacing import DAY, Paced, Waiting, pace

HOUR = timedelta(hours=1)
DESK = "abuse@host.example"


def paced(*waiting: Waiting, lately: tuple[datetime, ...] = (), now: datetime = START) -> Paced:
    return pace(waiting, {DESK: lately}, now, group_for=HOUR, a_day=3)


def case(number: int, minutes: int = 0, recipient: str = DESK) -> Waiting:
    return Waiting(number, recipient, after(minutes=minutes))


def test_what_goes_to_one_recipient_is_gathered_until_the_first_of_it_has_waited() -> None:
    early = paced(case(1), case(2, 40), now=after(minutes=59))
    assert (early.go, set(early.later)) == (frozenset(), {1, 2})
    assert early.later[1] == "gathered with others for the same recipient until 2030-01-01T01:00:00Z"
    assert paced(case(1), case(2, 40), now=after(minutes=60)).go == {1, 2}


def test_recipients_do_not_wait_for_each_other_and_capitals_are_the_same_mailbox() -> None:
    others = case(3, 50, DESK.upper()), case(4, 50, "b@host.example")
    assert paced(case(1), case(2, 50), *others, now=after(hours=1)).go == {1, 2, 3}


def test_when_the_days_share_is_used_up_the_rest_goes_with_the_next_message() -> None:
    three = tuple(after(hours=hour) for hour in (1, 5, 9))
    result = paced(case(1, 600), lately=three, now=after(hours=12))
    assert result.later[1].endswith("it goes with the next, 2030-01-02T01:00:00Z")
    assert paced(case(1, 600), case(2, 700), lately=three, now=after(hours=25)).go == {1, 2}


def test_each_role_of_a_recipient_takes_a_message_of_its_share() -> None:
    two = tuple(after(hours=hour) for hour in (1, 5))
    roles = [Waiting(number, DESK, after(hours=9), role) for number, role in ((1, "host"), (2, "registrar"))]
    assert paced(roles[0], lately=two, now=after(hours=12)).go == {1}
    both = paced(*roles, lately=two, now=after(hours=12))
    assert (both.go, set(both.later)) == (frozenset(), {1, 2})
    assert both.later[1].endswith("it goes with the next, 2030-01-02T01:00:00Z")


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 48 * 60), st.sampled_from([DESK, "b@host.example"])), max_size=40),
    st.integers(1, 4),
)
def test_every_case_goes_within_a_day_of_its_hour_and_nobody_gets_more_than_the_share(
    arrivals: list[tuple[int, str]], a_day: int
) -> None:
    waiting = {n: Waiting(n, to, after(minutes=minutes)) for n, (minutes, to) in enumerate(arrivals)}
    sent: dict[str, list[datetime]] = {}
    went: dict[int, datetime] = {}
    for tick in range(0, 75 * 60, 30):
        now = after(minutes=tick)
        here = [each for each in waiting.values() if each.case not in went and each.since <= now]
        result = pace(here, sent, now, group_for=HOUR, a_day=a_day)
        assert set(result.go) | set(result.later) == {each.case for each in here}
        for recipient in {waiting[number].recipient for number in result.go}:
            sent.setdefault(recipient, []).append(now)
        went |= dict.fromkeys(result.go, now)
    assert set(went) == set(waiting), "nothing is dropped"
    for number, at in went.items():
        assert at - waiting[number].since <= DAY + HOUR + timedelta(minutes=30)
    for times in sent.values():
        assert all(sum(timedelta(0) <= later - at < DAY for later in times) <= a_day for at in times)
