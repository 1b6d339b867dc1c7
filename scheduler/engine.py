"""APScheduler as the alarm clock: it wakes the jobs of the timetable in one process, one at a time but for
those that wait for nobody.

APScheduler 3 cannot share a job store between processes (both fire); nothing is stored in it. A job that fails is
told by its name alone and comes again at its next time: the database still holds what is due.
"""

import asyncio
import logging
import signal
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Final

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from hotline.home import Home
from scheduler.timetable import TIMETABLE, Job

log: Final = logging.getLogger("hotline.scheduler")


async def run(home: Home, stopped: asyncio.Event | None = None) -> None:
    """Runs the timetable until somebody stops it (SIGINT, SIGTERM, or the event)."""
    stopped = stopped or _on_signals()
    one_at_a_time = asyncio.Lock()
    scheduler = AsyncIOScheduler(timezone=UTC)
    for job in TIMETABLE:
        scheduler.add_job(
            _wake,
            "interval",
            seconds=job.every.total_seconds(),
            args=[home, job, one_at_a_time],
            next_run_time=datetime.now(UTC),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
    scheduler.start()
    try:
        await stopped.wait()
    finally:
        scheduler.shutdown(wait=False)
        async with one_at_a_time:
            home.seal_audit()


async def _wake(home: Home, job: Job, one_at_a_time: asyncio.Lock) -> None:
    async with one_at_a_time if job.alone else nullcontext():
        try:
            await job.work(home)
        except Exception as fault:
            # The text of a fault may hold an address; its kind does not.
            log.error("job %s failed (%s); it comes again", job.name, type(fault).__name__)


def _on_signals() -> asyncio.Event:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    return stopped
