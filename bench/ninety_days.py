"""Do 90 virtual days of 5,000 cases fit into five minutes on two cores?

The looks are made up; what is due, how closely it must be looked at, verdicts, moves, sealed observations, the audit
log and its sequencer are the product's own. Exits with 1 when it takes longer than ``MOST``, or when a case is
called removed that was not.
"""

import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table
from sqlalchemy import func
from sqlmodel import col, select
from stand.ninety import Host, fill, host_of

from hotline import settings
from hotline.clock import MovableClock
from hotline.facts import Look, LookOrder
from hotline.home import Home, create_home, open_home
from hotline.records import AuditLeaf, Case, Observation
from hotline.words import CaseState, HomeKind
from takedown import look_orders, looking

CASES: Final = 5000
DAYS: Final = 90
MOST: Final = 300.0
"""Seconds."""
START: Final = datetime(2030, 1, 1, tzinfo=UTC)
_GRID: Final = timedelta(hours=1)
_FIRST_GRID: Final = timedelta(minutes=15)
_FINE: Final = timedelta(days=4)
"""Until then a run of looks comes each quarter of an hour, afterwards each hour."""


class Days:
    """The days, and what they cost."""

    def __init__(self, home: Home, clock: MovableClock, hosts: dict[int, Host], count: int) -> None:
        self._home, self._clock, self._hosts, self.count = home, clock, hosts, count
        self.seconds: Counter[str] = Counter()
        self.proofs: Counter[str] = Counter()
        self.bytes = Counter[str]()
        self.runs = 0

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Counts real time."""
        begun = time.perf_counter()
        yield
        self.seconds[stage] += time.perf_counter() - begun

    def live(self) -> None:
        """From one moment at which looks are due to the next."""
        end, sealed = START + timedelta(days=self.count), START
        while (moment := self._next()) is not None and moment <= end:
            self._clock.move_to(moment)
            self._look()
            if moment - sealed >= timedelta(days=1):
                sealed = moment
                self._seal()
        self._seal()

    def _seal(self) -> None:
        with self.timed("sequencer of the audit log"):
            self._home.seal_audit()

    def _next(self) -> datetime | None:
        with self.timed("what is due, and what is known of it"), self._home.reading() as session:
            due = session.exec(select(func.min(Case.due_at))).one()
        if due is None:
            return None
        step = _FIRST_GRID if due - START < _FINE else _GRID
        return max(self._clock.now(), START - (START - due) // step * step)

    def _look(self) -> None:
        self.runs += 1
        with self.timed("what is due, and what is known of it"), self._home.reading() as session:
            orders = look_orders.due(self._home, session)
        for start in range(0, len(orders), look_orders.BATCH):
            self._write(orders[start : start + look_orders.BATCH])

    def _write(self, orders: Sequence[LookOrder]) -> None:
        with self.timed("making the looks up"):
            looks = [(order.case_id, [self._made_up(order)]) for order in orders]
        with self.timed("verdicts, moves and records"), self._home.session() as session:
            looking.record_all(self._home, session, looks)

    def _made_up(self, order: LookOrder) -> Look:
        host = self._hosts[order.case_id]
        seen = host.look(order, self._clock.now())
        self.proofs[f"by their {seen.by}" if seen.by else "whole"] += 1
        if seen.content is not None and seen.status != 404:
            self.bytes["cheapest proof first"] += seen.size
            self.bytes["everything"] += host.length
        return seen


def main(count: int) -> int:
    """Lives through so many days; prints the tables; the exit status."""
    clock = MovableClock(START)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        chosen = settings.load({"HOTLINE_HOME": str(Path(folder) / "home")})
        create_home(chosen, HomeKind.PRACTICE)
        home = open_home(chosen, clock)
        chance = random.Random(7)
        hosts = {number: host_of(chance, number, START) for number in range(1, CASES + 1)}
        fill(home, hosts)
        days = Days(home, clock, hosts, count)
        begun = time.perf_counter()
        days.live()
        seconds = time.perf_counter() - begun
        wrong, counted = _wrong(home, hosts), _counted(home)
        home.engine.dispose()
    _show(days, seconds, counted)
    return _judge(seconds, wrong, counted)


def _wrong(home: Home, hosts: dict[int, Host]) -> list[int]:
    """Cases that were called removed while the file was there."""
    with home.reading() as session:
        rows = session.exec(select(Case).where(col(Case.removed_at).is_not(None))).all()
        return [row.number for row in rows if row.removed_at and hosts[row.number].is_up(row.removed_at)]


def _counted(home: Home) -> dict[str, int]:
    with home.reading() as session:
        states = dict(session.exec(select(Case.state, func.count()).group_by(col(Case.state))).all())
        looks = select(func.count()).select_from(AuditLeaf).where(col(AuditLeaf.deed).startswith("case:look:"))
        unsealed = select(func.count()).select_from(AuditLeaf).where(col(AuditLeaf.position).is_(None))
        return {
            "observations": session.exec(select(func.count()).select_from(Observation)).one(),
            "entries": session.exec(looks).one(),
            "unsealed": session.exec(unsealed).one(),
            **{state.value: states.get(state, 0) for state in CaseState},
        }


def _show(days: Days, seconds: float, counted: dict[str, int]) -> None:
    looks = counted["observations"]
    title = f"{days.count} days of {CASES:,} cases: {looks:,} looks in {days.runs:,} runs, {seconds:.0f} s"
    table = Table("where the time goes", title=title)
    for column in ("seconds", "share", "µs a look"):
        table.add_column(column, justify="right")
    for stage, spent in days.seconds.most_common():
        table.add_row(stage, f"{spent:.1f}", f"{spent / seconds:.0%}", f"{spent / looks * 1e6:.0f}")
    Console().print(table)
    print(f"{looks / seconds:,.0f} looks a second, each with its verdict, sealed observation and audit entry.")
    shares = ", ".join(f"{count / looks:.0%} {proof}" for proof, count in days.proofs.most_common())
    print(f"Looks: {shares}.")
    ratio = days.bytes["everything"] / max(1, days.bytes["cheapest proof first"])
    print(f"Bytes of looks that found it online, over all the days: {ratio:.2f} times fewer than fetching everything.")
    print("Cases at the end:", ", ".join(f"{counted[state]:,} {state}" for state in CaseState if counted[state]))


def _judge(seconds: float, wrong: list[int], counted: dict[str, int]) -> int:
    faults = []
    if seconds > MOST:
        faults.append(f"it took {seconds:.0f} s; {MOST:.0f} are allowed")
    if wrong:
        faults.append(f"{len(wrong)} cases were called removed while the file was there")
    if counted["observations"] != counted["entries"] or counted["unsealed"]:
        faults.append("observations and entries of the audit log do not agree")
    for each in faults:
        print(each, file=sys.stderr)
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else DAYS))
