"""The machine that plays behaviours, and the world under the virtual clock."""

from datetime import UTC, datetime, timedelta

import pytest

from practice.behaviours import (
    ESCALATION,
    Change,
    Condition,
    Moves,
    Role,
    Step,
    after_change,
    never,
    removes,
    steps_after_notice,
    steps_after_removal,
)
from practice.clock import ClockError, VirtualClock
from practice.world import Item, World

START = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    return World("all", START)


def item_of(world: World, label: str, host: str) -> Item:
    return next(i for i in world.items.values() if i.host.name == host and i.label == label and not i.moved_from)


def hours(n: float) -> datetime:
    return START + timedelta(hours=n)


def test_a_notice_sets_the_removal_going_once() -> None:
    assert steps_after_notice(removes(hours=6), Condition(), Role.HOST) == (Step(timedelta(hours=6), Change.REMOVE),)
    assert steps_after_notice(removes(hours=6), Condition(promised=True), Role.HOST) == ()
    assert steps_after_notice(removes(hours=6), Condition(up=False), Role.HOST) == ()


@pytest.mark.parametrize("role", Role)
def test_a_host_that_needs_escalation_heeds_those_above_it_alone(role: Role) -> None:
    assert bool(steps_after_notice(removes(heeds=ESCALATION), Condition(), role)) is (role in ESCALATION)
    assert steps_after_notice(never(), Condition(), role) == ()


def test_the_dark_comes_and_goes_before_the_removal() -> None:
    steps = steps_after_notice(removes(days=2, dark_hours=18), Condition(), Role.HOST)
    assert [step.change for step in steps] == [Change.GO_DARK, Change.COME_BACK, Change.REMOVE]


def test_a_file_is_uploaded_again_once() -> None:
    behaviour = removes(days=1, back_after_days=5)
    gone = after_change(Condition(promised=True), Change.REMOVE, START)
    assert gone == Condition(up=False, removed_at=START)
    assert steps_after_removal(behaviour, gone) == (Step(timedelta(days=5), Change.UPLOAD_AGAIN),)
    back = after_change(gone, Change.UPLOAD_AGAIN, START)
    assert back == Condition(up=True, reuploads=1)
    assert steps_after_removal(behaviour, back) == ()


def test_the_first_notice_moves_the_file_and_the_second_removes_it() -> None:
    first, second = removes(hours=7, moves=Moves.REDIRECTS), removes(hours=7)
    assert steps_after_notice(first, Condition(), Role.HOST)[0].change is Change.MOVE
    assert steps_after_notice(second, Condition(), Role.HOST)[0].change is Change.REMOVE


def test_the_clock_performs_in_order_of_time_and_never_runs_back() -> None:
    clock, seen = VirtualClock(START), list[datetime]()
    clock.plan(timedelta(hours=5), lambda: seen.append(clock.now()))
    clock.plan(timedelta(hours=2), lambda: seen.append(clock.plan(timedelta(hours=1), lambda: None)))
    assert clock.next() == hours(2)
    assert clock.advance(hours(4)) == 2
    assert seen == [hours(3)]
    assert clock.advance(hours(6)) == 1
    assert seen[-1] == hours(5)
    assert clock.next() is None
    with pytest.raises(ClockError, match="does not run back"):
        clock.advance(START)


def test_a_file_that_comes_back_needs_a_second_notice(world: World) -> None:
    item = item_of(world, "k08", "copper-stills.example")
    assert world.tell(item, Role.HOST) == hours(24)
    world.clock.advance(hours(25))
    assert not item.condition.up
    world.clock.advance(hours(24 * 7))
    assert item.condition.up
    assert item.condition.reuploads == 1
    world.tell(item, Role.HOST)
    world.clock.advance(hours(24 * 30))
    assert not item.condition.up


def test_a_file_that_moves_is_true_at_its_new_place(world: World) -> None:
    old = item_of(world, "k25", "orbit-pics.example")
    world.tell(old, Role.HOST)
    world.clock.advance(hours(8))
    rows = {str(row["url"]): row for row in world.truth()}
    assert old.moved_to is not None
    assert rows[old.moved_to.url]["moved_from"] == old.url
    assert rows[old.url]["up"]  # who follows the redirect finds it
    world.tell(old.moved_to, Role.HOST)
    world.clock.advance(hours(16))
    assert not any(row["up"] for row in world.truth() if row["host"] == "orbit-pics.example")


def test_a_name_that_is_taken_away_takes_all_its_files_and_the_second_resolver_sees_it_later(
    world: World,
) -> None:
    item = item_of(world, "k22", "velvet-prints.test")
    world.tell(item, Role.HOST)
    world.clock.advance(hours(49))
    assert (world.has_vanished("velvet-prints.test", 0), world.has_vanished("velvet-prints.test", 1)) == (
        True,
        False,
    )
    world.clock.advance(hours(51))
    assert world.has_vanished("velvet-prints.test", 1)


def test_every_removable_url_goes_in_the_end_when_everybody_is_told(world: World) -> None:
    for _ in range(4):
        for item in list(world.items.values()):
            world.tell(item, Role.UPSTREAM)
        world.clock.advance(world.clock.now() + timedelta(days=15))
    assert {row["up"] for row in world.truth() if row["removable"]} == {False}
    assert {row["up"] for row in world.truth() if not row["removable"]} == {True}
