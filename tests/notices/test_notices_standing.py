"""Every schedule of senders, deaths, answers and ledgers over the outbox's pure core, with a model of our server."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from notice_builders import ABSENT, ACCEPTS, DEFERS, SILENT

from hotline.words import NoticeState
from notices import standing
from notices.sending import Outcome
from notices.standing import Claim, Standing

START = datetime(2030, 1, 1, tzinfo=UTC)
LEASE = timedelta(seconds=90)
STEPS = ("claim", "mark", "text arrives", "answer", "killed", "take up", "reconcile", "minute", "hour")


@dataclass
class Sender:
    """A process with at most one attempt under way; ``text_out``: it may have been accepted."""

    name: str
    claim: Claim | None = None
    marked: bool = False
    text_out: bool = False


@dataclass
class World:
    """One notice, two senders, our server's acceptances, and a ledger that knows them or does not speak."""

    ledger: bool
    now: datetime = START
    row: Standing = field(default_factory=Standing)
    accepted: int = 0
    doubts: int = 0
    senders: list[Sender] = field(default_factory=lambda: [Sender("a"), Sender("b")])
    names: int = 0

    def take(self, step: str, who: int, outcome: Outcome) -> None:
        sender = self.senders[who]
        match step:
            case "claim" if sender.claim is None:
                self.claim(sender)
            case "mark" if sender.claim is not None and not sender.marked:
                self.mark(sender, sender.claim)
            case "text arrives" if sender.marked and not sender.text_out:
                sender.text_out = True
                self.accepted += 1
            case "answer" if sender.claim is not None:
                self.answer(sender, sender.claim, outcome)
            case "killed":
                self.names += 1
                self.senders[who] = Sender(f"{sender.name[0]}{self.names}")
            case "take up":
                self.take_up()
            case "reconcile":
                self.reconcile()
            case "minute":
                self.pass_time(timedelta(minutes=1))
            case "hour":
                self.pass_time(timedelta(hours=1))

    def pass_time(self, span: timedelta) -> None:
        self.now += span
        for sender in self.senders:  # no attempt outlives its deadline, which is shorter than any of these spans
            sender.claim, sender.marked, sender.text_out = None, False, False

    def claim(self, sender: Sender) -> None:
        after = standing.claimed(self.row, sender.name, self.now + LEASE, self.now)
        if after is not None:
            self.row = after
            sender.claim, sender.marked, sender.text_out = Claim(sender.name, after.attempts), False, False

    def mark(self, sender: Sender, claim: Claim) -> None:
        if self.ledger and self.accepted:  # what is asked before a doubtful text leaves
            self.settle(sender, claim, ACCEPTS)
            return
        after = standing.marked(self.row, claim, self.now, self.now)
        if after is None:
            sender.claim = None
        else:
            self.row, sender.marked = after, True

    def answer(self, sender: Sender, claim: Claim, outcome: Outcome) -> None:
        if sender.text_out:
            outcome = ACCEPTS if outcome is ACCEPTS else SILENT  # a server that took it never says no
        elif sender.marked and outcome is not DEFERS:
            outcome = SILENT
        elif not sender.marked:
            outcome = outcome if outcome is DEFERS else ABSENT
        self.settle(sender, claim, outcome)

    def settle(self, sender: Sender, claim: Claim, outcome: Outcome) -> None:
        step = standing.settled(self.row, claim, outcome, self.now)
        if step is not None:
            self.row = step.after
            self.doubts += step.after.state is NoticeState.UNKNOWN
        sender.claim, sender.marked, sender.text_out = None, False, False

    def take_up(self) -> None:
        alive = {sender.name for sender in self.senders if sender.claim is not None}
        if self.row.claim_by in alive:
            return
        step = standing.given_up(self.row, Claim(self.row.claim_by, self.row.attempts), self.now)
        if step is not None:
            self.row = step.after
            self.doubts += step.after.state is NoticeState.UNKNOWN

    def reconcile(self) -> None:
        if self.ledger and self.accepted:
            self.row = standing.reconciled(self.row, True, self.now) or self.row
        elif standing.waited_out(self.row, self.now):
            self.row = standing.reconciled(self.row, False, self.now) or self.row

    def finish(self) -> None:
        """The faults end: one sender works on for a day."""
        for _ in range(4):
            self.pass_time(timedelta(hours=5))
            for step in ("take up", "reconcile", "claim", "mark", "text arrives", "answer"):
                self.take(step, 0, ACCEPTS)


SCHEDULES = st.lists(
    st.tuples(st.sampled_from(STEPS), st.integers(0, 1), st.sampled_from([ACCEPTS, DEFERS, SILENT, ABSENT])),
    max_size=40,
)


def try_schedule(ledger: bool, schedule: list[tuple[str, int, Outcome]]) -> None:
    world = World(ledger)
    for step, who, outcome in schedule:
        world.take(step, who, outcome)
    world.finish()
    assert world.row.state is NoticeState.SENT, "lost"
    assert 1 <= world.accepted <= (1 if ledger else 1 + world.doubts)


@pytest.mark.parametrize("ledger", [True, False])
@settings(max_examples=1000)
@given(schedule=SCHEDULES)
def test_no_schedule_loses_a_notice_and_a_ledger_lets_none_be_doubled(
    ledger: bool, schedule: list[tuple[str, int, Outcome]]
) -> None:
    try_schedule(ledger, schedule)


@pytest.mark.prove
@pytest.mark.parametrize("ledger", [True, False])
@settings(max_examples=10_000)
@given(schedule=SCHEDULES)
def test_nor_does_one_of_twenty_thousand(ledger: bool, schedule: list[tuple[str, int, Outcome]]) -> None:
    try_schedule(ledger, schedule)
