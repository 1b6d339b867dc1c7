"""The table of moves, driven as one pure model with whatever may be seen or said."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from homes import START, later
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from takedown_builders import case, opened, put, rows

from hotline.errors import HotlineError
from hotline.facts import Look
from hotline.home import Home
from hotline.mandate import CountryRule, Way
from hotline.records import AuditLeaf, Case, Move
from hotline.words import CaseState, Classification, ContactRole, Content, Outcome
from takedown import clearance, rechecks, verdicts, workflow
from takedown.clearance import Cleared
from takedown.escalation import Ask, Asked, Exhausted, Rung, next_request
from takedown.verdicts import Known, Standing
from takedown.workflow import MOVES, Because, Stays, destination

GAP = timedelta(hours=6)
LADDER = (
    Rung("first@host.example", ContactRole.HOST),
    Rung("second@host.example", ContactRole.HOST),
    Rung("up@river.example", ContactRole.UPSTREAM),
)
LOOKS = {
    "the same": Look(START, status=200, content=Content.OTHER),
    "404": Look(START, status=404),
    "410": Look(START, status=410),
    "no such name": Look(START, fault="nxdomain", resolvers_asked=2, resolvers_denying=2),
    "no such name, says one": Look(START, fault="nxdomain", resolvers_asked=2, resolvers_denying=1),
    "403": Look(START, status=403),
    "503": Look(START, status=503),
    "moved": Look(START, status=404, moved_to="http://b.example/"),
    **{fault: Look(START, fault=fault) for fault in ("dns", "timeout", "tls", "refused", "broken", "unreachable")},
}
FAULTS = frozenset({"no such name, says one", "dns", "timeout", "tls", "refused", "broken", "unreachable"})


class CaseLife(RuleBasedStateMachine):
    """One case from its opening on: every move is one of the table, and has its cause."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.case = Standing(CaseState.CONFIRMED, 0)
        self.confirmed = True
        self.embargo: datetime | None = None
        self.rule: CountryRule | None = CountryRule(Way.DIRECT)
        self.asked: list[Asked] = []
        self.dead: set[str] = set()
        self.looks: list[tuple[datetime, str, Outcome]] = []
        self.notices = 0

    @initialize(state=st.sampled_from(workflow.OPENING))
    def open(self, state: CaseState) -> None:
        self.case = replace(self.case, state=state)

    def move(self, because: Because) -> bool:
        target = destination(self.case.state, because)
        if isinstance(target, Stays):
            return False
        assert self.case.state in MOVES[because][0]
        self.case = replace(self.case, state=target)
        return True

    def facts(self, contact_works: bool) -> clearance.Facts:
        return clearance.Facts(
            state=self.case.state, classification=Classification.BASELINE, confirmed=self.confirmed, rule=self.rule,
            country="NL", confirmed_at=START, embargo_until=self.embargo,
            gone_at_last_look=self.case.first_gone_at is not None, hosting_changed=False,
            contact_works=contact_works, already_asked=False,
        )  # fmt: skip

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def it_is_located(self) -> None:
        self.move(Because.LOCATED)

    @rule(hours=st.integers(1, 100))
    def an_embargo_is_set(self, hours: int) -> None:
        self.embargo = self.now + timedelta(hours=hours)

    @precondition(lambda self: self.embargo is not None and self.embargo <= self.now)
    @rule()
    def the_embargo_ends(self) -> None:
        self.embargo = None
        self.move(Because.EMBARGO_ENDED)

    @rule(way=st.sampled_from([*Way, None]), hours=st.sampled_from([0, 48]))
    def the_mandate_changes(self, way: Way | None, hours: int) -> None:
        self.rule = None if way is None else CountryRule(way, timedelta(hours=hours))

    @rule(confirmed=st.booleans())
    def people_stand_behind_it(self, confirmed: bool) -> None:
        self.confirmed = confirmed

    @rule(address=st.sampled_from([rung.address for rung in LADDER]), is_dead=st.booleans())
    def a_contact_dies_or_recovers(self, address: str, is_dead: bool) -> None:
        (self.dead.add if is_dead else self.dead.discard)(address)

    @rule()
    def somebody_is_asked(self) -> None:
        ladder = [replace(rung, alive=rung.address not in self.dead) for rung in LADDER]
        ask = next_request(ladder, self.asked, self.case.last_online_at, self.now)
        facts = self.facts(isinstance(ask, Ask))
        answer = clearance.clear(facts, self.now)
        if isinstance(ask, Exhausted):
            if not isinstance(answer, Cleared) and answer.reason == clearance.NOBODY_LEFT:
                self.move(Because.NOBODY_TO_ASK)
            return
        if isinstance(answer, clearance.Withheld):
            if answer.refer and isinstance(ask, Ask) and self.move(Because.REFERRED):
                self.case = replace(self.case, told=True, looks=0, due_at=self.now + rechecks.FIRST)
            return
        if isinstance(ask, Ask):
            self.a_notice_leaves(ask, facts)

    def a_notice_leaves(self, ask: Ask, facts: clearance.Facts) -> None:
        assert self.confirmed and facts.rule is not None and facts.rule.notify is Way.DIRECT
        assert self.embargo is None or self.embargo <= self.now, "a notice left during an embargo"
        assert ask.address not in self.dead
        assert self.case.state in clearance.ASKABLE
        assert self.case.first_gone_at is None
        self.asked.append(Asked(ask.address, ask.role, self.now))
        assert self.move(Because.SILENCE if ask.escalation else Because.NOTICE_SENT) or self.case.state is (
            CaseState.ESCALATED
        )
        self.case = replace(self.case, told=True, due_at=self.now + rechecks.FIRST)
        self.notices += 1

    @rule(name=st.sampled_from(sorted(LOOKS)))
    def it_is_looked_at(self, name: str) -> None:
        before = self.case
        self.now += timedelta(minutes=1)
        verdict = verdicts.judge(Known(), replace(LOOKS[name], at=self.now))
        if name == "the same":
            verdict = verdicts.Verdict(Outcome.ONLINE, "the same")
        if name in FAULTS:
            assert verdict.outcome is Outcome.UNCLEAR
        self.take(before, name, verdict.outcome)

    @rule()
    def other_content_is_there(self) -> None:
        self.now += timedelta(minutes=1)
        self.take(self.case, "changed", Outcome.CHANGED)

    def take(self, before: Standing, name: str, outcome: Outcome) -> None:
        self.looks.append((self.now, name, outcome))
        after = verdicts.consequence(before, outcome, self.now, GAP)
        self.case = after.standing
        if after.because is not None:
            moved = self.move(after.because)
            assert moved or before.state is CaseState.REVIEW
        if after.because is Because.SEEN_AGAIN:
            self.asked = []
        if self.case.state is CaseState.REMOVED and before.state is not CaseState.REMOVED:
            self.the_removal_is_proven(name)

    def the_removal_is_proven(self, name: str) -> None:
        first = self.case.removed_at
        assert first is not None
        assert name not in FAULTS
        assert self.now - first >= GAP
        since = [outcome for at, _, outcome in self.looks if at >= first]
        assert since[0] is since[-1] is Outcome.GONE
        assert set(since) <= {Outcome.GONE, Outcome.UNCLEAR}

    @precondition(lambda self: self.case.state is CaseState.REVIEW)
    @rule(because=st.sampled_from([each for each in MOVES if MOVES[each][0] == (CaseState.REVIEW,)]))
    def an_analyst_decides(self, because: Because) -> None:
        assert self.move(because)
        if self.case.state in workflow.ENDED:
            self.case = replace(self.case, due_at=None)

    @rule()
    def it_is_reported_again(self) -> None:
        if self.move(Because.REPORTED_AGAIN):
            self.case = Standing(self.case.state, 0, last_online_at=self.case.last_online_at)
            self.asked = []

    @rule()
    def it_is_one_of_too_many(self) -> None:
        self.move(Because.FLOOD)

    @invariant()
    def a_removed_case_has_a_date_and_an_open_one_has_none(self) -> None:
        if self.case.state is CaseState.REMOVED:
            assert self.case.removed_at is not None and self.case.due_at is not None
        elif self.case.state is not CaseState.CLOSED:
            assert self.case.removed_at is None

    @invariant()
    def an_asked_case_is_looked_at(self) -> None:
        if self.case.state in (CaseState.NOTIFIED, CaseState.ESCALATED, CaseState.REFERRED) and self.case.told:
            assert self.case.due_at is not None


TestCaseLife = CaseLife.TestCase
TestCaseLife.settings = settings(max_examples=100, stateful_step_count=60, deadline=None)


@pytest.mark.parametrize("because", list(Because))
@pytest.mark.parametrize("source", list(CaseState))
def test_a_case_moves_by_the_table_and_otherwise_stays_with_a_reason(because: Because, source: CaseState) -> None:
    sources, target = MOVES[because]
    where = destination(source, because)
    if source in sources:
        assert where is target
    else:
        assert isinstance(where, Stays)
        assert because.value in where.reason and source.value in where.reason


def _reachable(start: Iterable[CaseState]) -> set[CaseState]:
    reached, fresh = set(start), set(start)
    while fresh:
        fresh = {target for sources, target in MOVES.values() if fresh & set(sources)} - reached
        reached |= fresh
    return reached


@pytest.mark.parametrize("opening", workflow.OPENING)
def test_every_state_is_reached_and_left_again(opening: CaseState) -> None:
    assert _reachable([opening]) == set(CaseState)
    for state in CaseState:
        assert any(state in sources and target is not state for sources, target in MOVES.values()), state


def test_every_reason_stands_in_the_table_once() -> None:
    assert set(MOVES) == set(Because)


def test_only_looks_remove_and_only_two() -> None:
    assert [because for because, (_, target) in MOVES.items() if target is CaseState.REMOVED] == [Because.GONE_TWICE]


def test_a_move_is_recorded_and_audited(practice_home: Home) -> None:
    number = opened(practice_home)
    later(practice_home, hours=1)
    with practice_home.session() as session:
        row = session.get_one(Case, number)
        assert workflow.move(practice_home, session, row, Because.LOCATED, actor="ana")
        assert not workflow.move(practice_home, session, row, Because.LOCATED)
    assert case(practice_home, number).version == 1
    with practice_home.reading() as session:
        first, second = rows(session, Move, case_id=number)
        deeds = [leaf.deed for leaf in rows(session, AuditLeaf)]
    assert (first.from_state, first.to_state) == (None, CaseState.CONFIRMED)
    assert (second.from_state, second.to_state, second.actor) == (CaseState.CONFIRMED, CaseState.READY, "ana")
    assert second.at == START + timedelta(hours=1)
    assert deeds.count("case:state:ready") == 1


def test_a_case_opens_only_where_the_table_says(practice_home: Home) -> None:
    number = opened(practice_home)
    put(practice_home, number, state=CaseState.NOTIFIED)
    with practice_home.session() as session, pytest.raises(HotlineError, match="cannot be opened"):
        workflow.opened(practice_home, session, session.get_one(Case, number), "because")
