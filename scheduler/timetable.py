"""Every job and its interval, on one screen.

The database holds what is due; a job only looks for it (DESIGN.md, decision 9). So a job that runs twice, late, or in
two processes does nothing twice: the interval says how soon something due is noticed, not whether it happens.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from hotline.home import Home
from scheduler import jobs


@dataclass(frozen=True)
class Job:
    """A sentence, and how often it is said. ``alone``: it waits until no other job is at work."""

    name: str
    every: timedelta
    work: Callable[[Home], Awaitable[object]]
    alone: bool = True


TIMETABLE: Final = (
    Job("crawl", timedelta(minutes=5), jobs.crawl_what_is_confirmed),
    Job("ask", timedelta(minutes=2), jobs.ask_who_can_remove),
    Job("take up", timedelta(seconds=30), jobs.take_up_what_dead_senders_left, alone=False),
    Job("recheck", timedelta(minutes=1), jobs.look_again_at_what_is_due),
    Job("inbox", timedelta(minutes=1), jobs.read_what_came_back),
    Job("audit", timedelta(minutes=1), jobs.seal_the_audit_log),
)
