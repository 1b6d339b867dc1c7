"""The ladder of contacts: climbed by silence, and past the dead."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from homes import START
from hypothesis import assume, given
from hypothesis import strategies as st
from takedown_builders import after

from hotline.words import ContactRole
from takedown.escalation import DEADLINE, REMIND, Ask, Asked, Exhausted, NotYet, Rung, next_request

HOST = Rung("abuse@host.example", ContactRole.HOST)
DESK = Rung("desk@host.example", ContactRole.HOST)
RIVER = Rung("abuse@river.example", ContactRole.UPSTREAM)
NAMES = Rung("abuse@names.example", ContactRole.REGISTRAR)
LADDER = (HOST, DESK, RIVER, NAMES)


def dead(rung: Rung) -> Rung:
    return replace(rung, alive=False)


def asked(rung: Rung, at: datetime = START, *, pending: bool = False, failed: bool = False) -> Asked:
    return Asked(rung.address, rung.role, at, pending, failed)


def ask(
    ladder: Sequence[Rung], *before: Asked, now: datetime = START, seen: datetime | None = None
) -> Ask | NotYet | Exhausted:
    return next_request(ladder, before, seen or now, now)


def test_the_first_contact_is_asked_first() -> None:
    assert ask(LADDER) == Ask(HOST.address, ContactRole.HOST, 1, 0, ())


def test_silence_climbs_the_ladder_rung_by_rung() -> None:
    before: list[Asked] = []
    climbed = []
    now = START
    for _ in LADDER:
        answer = ask(LADDER, *before, now=now)
        assert isinstance(answer, Ask)
        climbed.append((answer.address, answer.escalation))
        assert [each.at for each in answer.asked_before] == [each.at for each in before]
        before.append(Asked(answer.address, answer.role, now))
        assert isinstance(ask(LADDER, *before, now=now + DEADLINE - timedelta(seconds=1)), NotYet)
        now += DEADLINE
    assert climbed == [(HOST.address, 0), (DESK.address, 0), (RIVER.address, 1), (NAMES.address, 2)]


def test_two_addresses_of_one_host_are_one_rung() -> None:
    answer = ask(LADDER, asked(HOST), now=START + DEADLINE)
    assert isinstance(answer, Ask)
    assert (answer.address, answer.escalation) == (DESK.address, 0)


def test_nobody_is_asked_again_unless_it_was_seen_online_since() -> None:
    answer = ask(LADDER, asked(HOST), now=after(days=2), seen=START)
    assert isinstance(answer, NotYet) and "not seen online" in answer.reason
    never = next_request(LADDER, [asked(HOST)], None, after(days=2))
    assert isinstance(never, NotYet)


def test_a_dead_contact_is_passed_over_at_once() -> None:
    answer = ask((dead(HOST), DESK, RIVER))
    assert isinstance(answer, Ask) and answer.address == DESK.address
    bounced = ask(LADDER, asked(HOST, failed=True), now=START)
    assert isinstance(bounced, Ask)
    assert (bounced.address, bounced.asked_before) == (DESK.address, ())


def test_a_bounce_further_up_leads_on_to_the_next_without_waiting_again() -> None:
    before = (asked(HOST), asked(DESK, after(hours=24), failed=True))
    answer = ask(LADDER, *before, now=after(hours=24))
    assert isinstance(answer, Ask) and answer.address == RIVER.address


def test_while_a_notice_is_on_its_way_nobody_is_asked() -> None:
    assert isinstance(ask(LADDER, asked(HOST, pending=True), now=after(days=30)), NotYet)


def test_the_last_rung_is_reminded() -> None:
    before = [asked(rung, after(days=day)) for day, rung in enumerate(LADDER)]
    end = after(days=3)
    assert isinstance(ask(LADDER, *before, now=end + REMIND - timedelta(seconds=1)), NotYet)
    answer = ask(LADDER, *before, now=end + REMIND)
    assert isinstance(answer, Ask)
    assert (answer.address, answer.round, answer.escalation) == (NAMES.address, 2, 2)


def test_a_ladder_on_which_nobody_can_be_reached_is_exhausted() -> None:
    assert ask(()) == Exhausted("no contact is known")
    assert ask((dead(HOST), dead(RIVER))) == Exhausted("no contact can be reached")
    assert isinstance(ask((HOST,), asked(HOST, failed=True)), Exhausted)


def test_a_host_that_was_given_time_is_neither_reminded_nor_passed_over_until_then() -> None:
    before, until = (asked(HOST),), START + DEADLINE * 2
    for moment in (START + DEADLINE, until - timedelta(seconds=1)):
        waiting = next_request(LADDER, before, moment, moment, grace_until=until)
        assert isinstance(waiting, NotYet) and "the host said that it acts by 2030-01-03" in waiting.reason
    answer = next_request(LADDER, before, until, until, grace_until=until)
    assert isinstance(answer, Ask) and answer.address == DESK.address


def test_time_that_was_given_keeps_nobody_from_being_asked_first() -> None:
    answer = next_request(LADDER, (), None, START, grace_until=START + DEADLINE)
    assert isinstance(answer, Ask) and answer.address == HOST.address


def test_where_whoever_was_asked_can_be_reached_no_more_one_that_came_back_is_asked() -> None:
    ladder = (HOST, dead(DESK))
    before = (asked(DESK),)
    assert isinstance(ask(ladder, *before, now=START + REMIND - timedelta(seconds=1)), NotYet)
    answer = ask(ladder, *before, now=START + REMIND)
    assert isinstance(answer, Ask) and answer.address == HOST.address


@pytest.mark.parametrize("spelling", ["ABUSE@host.example", "Abuse@Host.Example"])
def test_an_address_in_capitals_is_the_same_contact(spelling: str) -> None:
    capitals = Asked(spelling, ContactRole.HOST, START)
    answer = ask(LADDER, capitals, now=START + DEADLINE)
    assert isinstance(answer, Ask) and answer.address == DESK.address
    bounced = ask(LADDER, replace(capitals, failed=True))
    assert isinstance(bounced, Ask) and bounced.address == DESK.address


rungs = st.lists(
    st.builds(Rung, st.sampled_from([each.address for each in LADDER]), st.sampled_from(ContactRole), st.booleans()),
    max_size=4, unique_by=lambda rung: rung.address,
)  # fmt: skip
askings = st.lists(
    st.builds(
        Asked,
        st.sampled_from([each.address for each in LADDER]),
        st.sampled_from(ContactRole),
        st.integers(0, 200).map(lambda hours: after(hours=hours)),
        st.booleans(),
        st.booleans(),
    ),
    max_size=5,
)


@given(rungs, askings, st.none() | st.integers(0, 300), st.integers(0, 300))
def test_nobody_dead_or_pending_is_asked_and_nobody_twice_within_the_deadline(
    ladder: list[Rung], before: list[Asked], seen: int | None, hours: int
) -> None:
    now = after(hours=hours)
    assume(all(each.at <= now for each in before))
    answer = next_request(ladder, before, None if seen is None else after(hours=seen), now)
    if not isinstance(answer, Ask):
        assert answer.reason
        return
    assert not any(each.pending for each in before)
    assert next(rung for rung in ladder if rung.address == answer.address).alive
    assert not any(each.failed and each.address == answer.address for each in before)
    lately = [each for each in before if not each.failed and now - each.at < DEADLINE]
    assert not lately
    again = [each for each in before if each.address == answer.address and not each.failed]
    assert answer.round == len(again) + 1


@given(rungs, st.lists(st.booleans(), min_size=12, max_size=12))
def test_a_silent_ladder_is_asked_in_its_order_to_its_end(ladder: list[Rung], answers: list[bool]) -> None:
    usable = [rung.address for rung in ladder if rung.alive]
    before: list[Asked] = []
    now, reached = START, []
    for bounces in answers:
        answer = next_request(ladder, before, now, now)
        if isinstance(answer, Ask):
            before.append(Asked(answer.address, answer.role, now, failed=bounces))
            reached.append(answer.address)
        if isinstance(answer, Exhausted):
            break
        now += REMIND
    first_times = list(dict.fromkeys(reached))
    assert first_times == [address for address in usable if address in first_times]
