"""No two looks at one host at once, whoever looks; and nobody waits for the dead."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from homes import Homes
from sqlmodel import Session, select

from crawler.tickets import worker_name
from hotline.home import Home
from hotline.records import HostTurn, new_key
from scheduler import turns
from scheduler.batches import in_batches
from scheduler.turns import Turns

MEADOW, RIVER = b"meadow" * 6, b"river" * 6


def rows(home: Home) -> list[HostTurn]:
    with home.reading() as session:
        return list(session.exec(select(HostTurn)))


def put(session: Session, holder: str, **more: datetime) -> None:
    until = more.get("until", datetime.now(UTC) + timedelta(minutes=1))
    session.add(HostTurn(key=new_key(), host_bi=MEADOW, holder=holder, until=until))


def test_a_host_is_one_run_s_at_a_time(home_on: Home) -> None:
    one, other = Turns(home_on), Turns(home_on)
    assert one.take([MEADOW, MEADOW]) == {MEADOW}
    assert one.take([MEADOW]) == set(), "not even twice in one run"
    assert other.take([MEADOW, RIVER]) == {RIVER}
    one.give_back()
    assert other.take([MEADOW]) == {MEADOW}
    other.give_back()
    assert rows(home_on) == []


def test_whoever_died_on_this_machine_holds_nobody_up(home_on: Home) -> None:
    machine = worker_name().split(":")[0]
    with home_on.session() as session:
        put(session, f"{machine}:999999999:1#ab")
    assert Turns(home_on).take([MEADOW]) == {MEADOW}


def test_another_machine_s_turn_ends_with_its_lease(home_on: Home) -> None:
    with home_on.session() as session:
        put(session, "elsewhere:7:1#ab")
    assert Turns(home_on).take([MEADOW]) == set()
    with home_on.session() as session:
        for row in session.exec(select(HostTurn)):
            row.until = datetime.now(UTC) - timedelta(seconds=1)
            session.add(row)
    assert Turns(home_on).take([MEADOW]) == {MEADOW}


def test_a_turn_that_is_renewed_lasts_longer(practice_home: Home) -> None:
    mine = Turns(practice_home)
    mine.take([MEADOW])
    (before,) = rows(practice_home)
    mine.renew()
    (after,) = rows(practice_home)
    assert after.until > before.until


async def test_nothing_is_held_after_the_run_however_it_ends(practice_home: Home) -> None:
    async def fails() -> None:
        async with turns.opened(practice_home) as mine:
            mine.take([MEADOW])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fails()
    assert rows(practice_home) == []


def test_two_programs_on_one_home_share_the_turns(homes: Homes) -> None:
    one, other = Turns(homes.build()), Turns(homes.open())
    assert (one.take([MEADOW]), other.take([MEADOW])) == ({MEADOW}, set())


# ---------------------------------------------------------------------- batches


async def numbers(count: int, hold_after: int | None = None) -> AsyncIterator[int]:
    for number in range(count):
        if number == hold_after:
            await asyncio.Event().wait()
        yield number


async def test_what_is_there_is_taken_together_and_nothing_is_lost() -> None:
    assert [batch async for batch in in_batches(numbers(7), 3, 10.0)] == [[0, 1, 2], [3, 4, 5], [6]]
    assert [batch async for batch in in_batches(numbers(0), 3, 10.0)] == []


async def test_what_is_there_does_not_wait_for_what_takes_long() -> None:
    batches = in_batches(numbers(9, hold_after=2), 5, 0.0)
    got: list[int] = []
    async for batch in batches:
        got += batch
        if len(got) == 2:
            break
    await batches.aclose()  # type: ignore[attr-defined]
    assert got == [0, 1]
