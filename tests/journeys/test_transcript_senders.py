"""Several senders of one home, and senders that die: by the command line from cold, in real time."""

import time
from collections import Counter
from collections.abc import Callable

import pytest
from hotline_shell import Shell
from little_world import LittleWorld
from prepared_homes import report, take_in

SOUTH = "abuse@south-net.example"


def queued(shell: Shell, world: LittleWorld, count: int) -> list[str]:
    """A home in which so many notices wait for a mail server; their Message-IDs."""
    alone = shell.having(SMTP=None)
    alone.say("notices", "send")
    for number in range(count - len(alone.notices())):
        take_in(alone, report(world, url=f"{world.seed}?{number}", sha256="", reference=f"R-{number + 2}"))
        alone.say("notices", "send")
    waiting = alone.notices()
    assert len(waiting) == count and {row["state"] for row in waiting} == {"queued"}
    return sorted(str(row["message_id"]) for row in waiting)


def wait_for(what: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("other", [("notices", "send"), ("run", "--public-port", "0")], ids=" ".join)
def test_two_senders_at_once_send_each_notice_once(crawled: Shell, world: LittleWorld, other: tuple[str, ...]) -> None:
    expected = queued(crawled, world, 6)
    later = crawled.at("2030-01-01T00:10:00Z")
    both = [later.begin(*other), later.begin("notices", "send")]
    assert both[1].wait(60) == 0
    wait_for(lambda: {row["state"] for row in later.notices()} == {"sent"})
    both[0].terminate()
    assert both[0].wait(30) in (0, 130, -15)
    assert sorted(letter.message_id for letter in world.post.letters) == expected


def test_what_a_killed_sender_was_at_is_taken_up_at_once_and_not_lost(crawled: Shell, world: LittleWorld) -> None:
    world.post.stalls.add(SOUTH)
    sender = crawled.begin("notices", "send")
    wait_for(lambda: any(letter.recipient == SOUTH for letter in world.post.letters))
    sender.kill()
    sender.wait()
    assert {row["state"] for row in crawled.notices() if row["to"] == SOUTH} == {"sending"}
    world.post.stalls.clear()
    begun = time.monotonic()
    crawled.at("2030-01-01T00:01:00Z").say("notices", "send")
    assert time.monotonic() - begun < 60, "nobody waits for a lease of the dead"
    assert {row["state"] for row in crawled.notices() if row["to"] == SOUTH} == {"unknown"}
    crawled.at("2030-01-01T01:01:00Z").say("notices", "send")
    assert {row["state"] for row in crawled.notices()} == {"sent"}
    assert max(Counter(letter.recipient for letter in world.post.letters).values()) == 2
    assert len({letter.data for letter in world.post.letters if letter.recipient == SOUTH}) == 1


def test_a_refusal_for_now_is_tried_again_at_pauses_that_double_to_four_hours(
    crawled: Shell, world: LittleWorld
) -> None:
    world.post.refusals["*"] = "451 4.3.0 later"
    crawled.say("notices", "send")
    minutes = 0
    for attempt, pause in enumerate((15, 30, 60, 120, 240, 240), 2):
        before, minutes = minutes + pause - 1, minutes + pause
        for at, attempts in ((before, attempt - 1), (minutes, attempt)):
            now = f"2030-01-01T{at // 60:02d}:{at % 60:02d}:00Z"
            assert crawled.at(now).json("notices", "send")["sent"] == 0
            assert {row["attempts"] for row in crawled.notices()} == {attempts}, now
    assert {row["state"] for row in crawled.notices()} == {"queued"}
