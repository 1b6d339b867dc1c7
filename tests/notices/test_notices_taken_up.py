"""What a dead sender was at is noticed within two minutes of real time, whatever else the scheduler is at."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from notice_builders import START, notice, queue_one

from hotline.home import Home
from hotline.words import NoticeState
from notices.claims import LEASE
from scheduler import engine, jobs
from scheduler.timetable import TIMETABLE, Job

LONG_AGO = START - timedelta(days=3650)

TAKES_UP = next(job for job in TIMETABLE if job.work is jobs.take_up_what_dead_senders_left)


def test_a_lease_and_the_time_until_somebody_looks_are_two_minutes() -> None:
    assert LEASE + TAKES_UP.every <= timedelta(minutes=2)


async def test_a_long_crawl_does_not_keep_a_dead_senders_notice(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, stopped = asyncio.Event(), asyncio.Event()

    async def crawls(_: Home) -> None:
        begun.set()
        await stopped.wait()

    number = queue_one(home)
    takes_up = replace(TAKES_UP, every=timedelta(seconds=0.05))
    monkeypatch.setattr(engine, "TIMETABLE", (Job("crawl", timedelta(hours=1), crawls), takes_up))
    running = asyncio.create_task(engine.run(home, stopped))
    await begun.wait()
    with home.session() as session:
        row = session.merge(notice(home, number))
        row.state, row.attempts, row.claim_by, row.claim_until = NoticeState.SENDING, 1, "elsewhere:1:1", LONG_AGO
    async with asyncio.timeout(30):
        while notice(home, number).state is not NoticeState.QUEUED:  # noqa: ASYNC110  # another task writes it
            await asyncio.sleep(0.02)
        stopped.set()
        await running
