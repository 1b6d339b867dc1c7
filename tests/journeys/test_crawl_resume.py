"""A crawl that is killed goes on where it ended: nothing lost, nothing doubled, nothing waited for."""

import os
import random
import signal
import sqlite3
import time
from collections import Counter
from typing import Any

import pytest
from hotline_shell import Shell
from little_sites import link, page, picture_tag
from little_world import LittleWorld
from prepared_homes import report, take_in

PATIENCE = 60.0
AT_ONCE = 20
"""No more fetches than this can be under way when a crawl is killed."""

Found = set[tuple[str, str, str | None, tuple[str, ...]]]


def _extend(world: LittleWorld) -> None:
    """A longer forum, so that there is a middle to be killed in: twelve more pages, a copy on every third."""
    forum = [world.url("forum", f"/more/{number}") for number in range(12)]
    for number, url in enumerate(forum):
        shown = picture_tag(world.url("twin", f"/more/{number}.png"))
        ahead = link(forum[number + 1]) if number < 11 and number % 4 != 3 else "the end"
        world.sites.put(url, page(f"More {number}", f"part {number} of a long talk", shown, ahead))
        name = "two" if number % 3 == 0 else "plain"
        world.sites.put(world.url("twin", f"/more/{number}.png"), world.pictures[name])
    heads = [link(forum[number]) for number in (0, 4, 8)]
    world.sites.put(world.url("forum", "/thread/2"), page("Second thread", "colours", picture_tag(world.twin), *heads))


def _found(shell: Shell) -> Found:
    return {
        (case["url"], case["state"], (case["match"] or {}).get("list"), tuple(sorted(case["found_on"])))
        for case in shell.json("cases")
    }


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, Any]:
    """What a crawl finds that nobody disturbs; filled by the first test that needs it."""
    return {}


@pytest.fixture
def ready(opened: Shell, world: LittleWorld) -> Shell:
    _extend(world)
    return take_in(opened, report(world))


@pytest.fixture
def reference(undisturbed: dict[str, Any], ready: Shell, world: LittleWorld) -> dict[str, Any]:
    if not undisturbed:
        kept = ready.place / "kept"
        ready.home.rename(kept)
        ready.take_over(kept)
        assert ready.json("crawl")["unclear"] == 0
        undisturbed |= {"found": _found(ready), "asked": Counter(world.sites.asked_for(world.hosts))}
        world.sites.asked.clear()
        world.sites.answered.clear()
        ready.home.rename(ready.place / "crawled")
        ready.take_over(kept)
    return undisturbed


def _kill_after(shell: Shell, world: LittleWorld, answers: int, *, settled: bool = False) -> None:
    """Lets the crawl have so many answers and kills it while it waits for more."""
    assert shell.warm is not None
    world.sites.most = answers
    process = shell.warm.begin(("crawl",), shell._full(), shell.place / "work", shell.place / "streams")
    deadline = time.monotonic() + PATIENCE
    while len(world.sites.answered) < answers or not world.sites.waiting or (settled and not _settled(shell, world)):
        assert time.monotonic() < deadline, f"only {len(world.sites.answered)} answers of {answers} were asked for"
        time.sleep(0.02)
    os.kill(process, signal.SIGKILL)
    assert shell.warm.end() == -signal.SIGKILL
    world.sites.most = None


def _settled(shell: Shell, world: LittleWorld) -> bool:
    """Whether every answer has been written down: the frontier counts as many rows done as the crawl was answered."""
    with sqlite3.connect(f"file:{shell.home / 'hotline.db'}?mode=ro", uri=True) as database:
        (done,) = database.execute("SELECT count(*) FROM frontier WHERE state = 'done'").fetchone()
    database.close()
    looked_first = 1
    return bool(done >= len(world.sites.answered) - looked_first)


def _crawl_again(shell: Shell) -> None:
    begun = time.monotonic()
    shell.say("crawl")
    assert time.monotonic() - begun < PATIENCE, "it waited for a lease"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_crawl_killed_at_any_moment_ends_as_an_undisturbed_one(
    ready: Shell, reference: dict[str, Any], world: LittleWorld, seed: int
) -> None:
    dice = random.Random(seed)
    total = sum(reference["asked"].values())
    moments = sorted(dice.sample(range(1, total - 1), 2))
    for moment in moments:
        _kill_after(ready, world, moment)
    _crawl_again(ready)
    assert _found(ready) == reference["found"]
    again = sum((Counter(world.sites.answered) - reference["asked"]).values())
    assert again <= AT_ONCE * len(moments), "what was under way is fetched again, and nothing else"
    assert ready.json("crawl")["tickets"] == 0, "the ticket is used up"
    assert _frontier_rows(ready) == 0, "nothing of the frontier outlives the crawl"


def _frontier_rows(shell: Shell) -> int:
    with sqlite3.connect(f"file:{shell.home / 'hotline.db'}?mode=ro", uri=True) as database:
        (rows,) = database.execute("SELECT count(*) FROM frontier").fetchone()
    database.close()
    return int(rows)


def test_what_was_finished_before_the_kill_is_not_fetched_again(
    ready: Shell, reference: dict[str, Any], world: LittleWorld
) -> None:
    _kill_after(ready, world, sum(reference["asked"].values()) // 2, settled=True)
    finished = Counter(world.sites.answered)
    assert len(finished) > 5
    _crawl_again(ready)
    again = Counter(world.sites.answered) - finished
    assert {url for url in finished if again[url] > reference["asked"][url] - finished[url]} == set()
    assert Counter(world.sites.answered) == reference["asked"]
    assert _found(ready) == reference["found"]


def test_a_crawl_beside_another_one_that_lives_takes_nothing_from_it(
    ready: Shell, reference: dict[str, Any], world: LittleWorld
) -> None:
    """The second finds every ticket held, and does nothing; the first goes on to its end."""
    assert ready.warm is not None
    world.sites.most = 5
    first = ready.begin("crawl")
    deadline = time.monotonic() + PATIENCE
    while not world.sites.waiting:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert ready.json("crawl")["tickets"] == 0
    world.sites.most = None
    assert first.wait(PATIENCE) == 0
    assert _found(ready) == reference["found"]
    assert Counter(world.sites.answered) == reference["asked"]
