"""The days of a practice run: the world's clock and the product's move together, from one moment at which something is
due to the next. Nothing sleeps; the jobs are those of the timetable.
"""

import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from sqlalchemy import func
from sqlmodel import Session, col, select

from commands.glimpse import Watcher
from commands.live_view import View
from commands.practice_desk import decide_what_is_in_review
from commands.shortfall import Stand, differences, is_reached, premature
from commands.world_process import World
from crawler.hashlists.index import ListIndex
from hotline.clock import MovableClock
from hotline.home import Home
from hotline.records import Case, Embargo, Move, Notice
from hotline.words import CaseState, NoticeState
from scheduler import jobs
from scheduler.asking import ask
from scheduler.crawling import crawl
from scheduler.looking import Eyes, look_at, opened_eyes
from takedown import look_orders

AT_LEAST_EVERY: Final = timedelta(hours=6)
"""However little is due, deadlines of silence are looked at so often."""

GRIDS: Final = (
    (timedelta(hours=3), timedelta(minutes=15)),
    (timedelta(hours=24), timedelta(hours=1)),
    (timedelta(days=4), timedelta(hours=2)),
    (timedelta.max, timedelta(hours=6)),
)
"""Up to which age of the run moments are rounded up to which grid: what is due close together is done together."""

Result = TypeVar("Result")


@dataclass
class PracticeRun:
    """One run: the product and the world, the clock that they share, and when it is over at the latest."""

    home: Home
    world: World
    clock: MovableClock
    view: View
    end: datetime
    spent: dict[str, float] = field(default_factory=dict)
    """Seconds of real time by job."""
    moments: int = 0
    started: datetime = field(init=False)
    _watcher: Watcher = field(init=False)
    _false_removals: list[str] = field(default_factory=list)
    _last_move: int = 0

    def __post_init__(self) -> None:
        self.started = self.clock.now()
        self._watcher = Watcher(self.home)

    async def live_through(self) -> None:
        """Goes from moment to moment until every removal is reached, or the days are over."""
        async with opened_eyes(self.home) as eyes:
            while True:
                self.moments += 1
                await self._do_what_is_due(eyes)
                self.view.show(self._watcher.look())
                if self.clock.now() >= self.end or self._is_done():
                    break
                self._go_to(min(self._next_moment(), self.end))
        self.home.seal_audit()

    def shortfall(self) -> list[str]:
        """What fell short, in words."""
        found = differences(self.world.truth(), self._cases(), self.world.faults())
        return list(dict.fromkeys([*self._false_removals, *found]))

    async def _do_what_is_due(self, eyes: Eyes) -> None:
        await self._timed("crawl", crawl(self.home, self.view))
        await self._timed("recheck", self._look_again(eyes))
        await self._timed("inbox", jobs.read_what_came_back(self.home))
        self._decide()
        await self._timed("ask", ask(self.home, self.view))
        await self._timed("audit", jobs.seal_the_audit_log(self.home))
        self._check_removals()

    async def _look_again(self, eyes: Eyes) -> None:
        """The job ``look_again`` with eyes that stay open: to start the decoders anew costs more than the looks."""
        with self.home.reading() as session:
            orders = look_orders.due(self.home, session)
            index = ListIndex.load(self.home, session)
        await look_at(self.home, eyes, index, orders, self.view)

    async def _timed(self, name: str, work: Awaitable[Result]) -> Result:
        begun = time.monotonic()
        try:
            return await work
        finally:
            self._spend(name, begun)

    def _decide(self) -> None:
        with self.home.reading() as session:
            waiting = session.exec(select(Case.id).where(Case.state == CaseState.REVIEW).limit(1)).first()
        if waiting is not None:
            decide_what_is_in_review(self.home, {row["url"]: row["up"] for row in self.world.truth()})

    def _check_removals(self) -> None:
        """Each removal is held against the truth when it is said, not only at the end, when it may have come true."""
        with self.home.reading() as session:
            moves = session.exec(
                select(Move).where(col(Move.id) > self._last_move, Move.to_state == CaseState.REMOVED)
            ).all()
        if not moves:
            return
        self._last_move = max(move.number for move in moves)
        fresh = {move.case_id for move in moves}
        truth = {row["url"]: row for row in self.world.truth()}
        for url, case in self._cases().items():
            words = premature(truth[url], case) if case.number in fresh and case.removed and url in truth else None
            self._false_removals += [words] if words else []

    def _cases(self) -> dict[str, Stand]:
        with self.home.reading() as session:
            return {
                self.home.vault.text(case, "url"): Stand(case.number, case.state, case.removed_at)
                for case in session.exec(select(Case).order_by(col(Case.id)))
            }

    def _is_done(self) -> bool:
        return self.world.next() is None and is_reached(self.world.truth(), self._cases())

    def _next_moment(self) -> datetime:
        now = self.clock.now()
        with self.home.reading() as session:
            due = [*_due(session), self.world.next()]
        soonest = min([now + AT_LEAST_EVERY, *(moment for moment in due if moment is not None)])
        return on_grid(max(soonest, now + timedelta(seconds=1)), self.started)

    def _go_to(self, moment: datetime) -> None:
        begun = time.monotonic()
        self.world.advance(moment)
        self.clock.move_to(moment)
        self._spend("world", begun)

    def _spend(self, name: str, begun: float) -> None:
        self.spent[name] = self.spent.get(name, 0.0) + time.monotonic() - begun


def _due(session: Session) -> list[datetime | None]:
    """When the product has something to do next: a look, another attempt to send, the end of an embargo."""
    stands = col(Embargo.lifted_at).is_(None) & col(Embargo.ended_at).is_(None)
    questions = (
        select(func.min(Case.due_at)),
        select(func.min(Notice.next_try_at)).where(Notice.state == NoticeState.QUEUED),
        select(func.min(Embargo.until)).where(stands),
    )
    return [session.exec(question).one() for question in questions]


def on_grid(moment: datetime, start: datetime) -> datetime:
    """The moment, rounded up to the grid that holds at this age of the run; a start off the hour shifts nothing."""
    step = next(step for until, step in GRIDS if moment - start <= until)
    origin = datetime(2000, 1, 1, tzinfo=UTC)
    steps = -((origin - moment) // step)
    return origin + steps * step
