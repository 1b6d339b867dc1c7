"""The outbox: nothing is lost, nothing is doubled as far as anybody can know, and the bytes never change."""

import asyncio
import contextlib
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from notice_builders import (
    ABSENT,
    ACCEPTS,
    DEFERS,
    REFUSES,
    SILENT,
    START,
    DeadClaims,
    FakeSender,
    Killed,
    Told,
    frozen,
    later,
    make_home,
    notice,
    order,
    problem,
    queue_one,
    with_settings,
)
from sqlmodel import col, select, update

from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import AuditLeaf, Delivery, Notice, NoticeCase
from hotline.vault import token_hash
from hotline.words import ContactRole, DeliveryOutcome, NoticeState
from notices import claims, outbox, queueing, reconciliation
from notices.sending import BeforeDot, ClaimLost, Envelope, Outcome
from notices.settlement import NO_SERVER


def send(home: Home, sender: FakeSender | None, told: Told, by: claims.Claims | None = None) -> outbox.Sent:
    return asyncio.run(outbox.send_due(home, sender, told, by))


def state(home: Home, number: int) -> NoticeState:
    return notice(home, number).state


def deliveries(home: Home, number: int) -> list[Delivery]:
    with home.reading() as session:
        rows = select(Delivery).where(Delivery.notice_id == number).order_by(col(Delivery.id))
        return list(session.exec(rows))


def deeds(home: Home) -> list[str]:
    with home.reading() as session:
        return list(session.exec(select(AuditLeaf.deed).order_by(col(AuditLeaf.id))))


# Queueing


def test_a_queued_notice_has_its_message_its_cases_and_its_marks(home: Home) -> None:
    number = queue_one(home, to="abuse@meadow.example")
    row = notice(home, number)
    assert row.state is NoticeState.QUEUED and row.queued_at == START and row.attempts == 0
    assert row.message_id is not None and row.message_id.encode() in frozen(home, number)
    assert row.token_hash == token_hash(home.vault.answer_token(row.key))
    assert f"notice+{home.vault.return_token(row.key)}@hotline.example".encode() in frozen(home, number)
    with home.reading() as session:
        assert len(session.exec(select(NoticeCase).where(NoticeCase.notice_id == number)).all()) == 1
    assert "notice:message:queued" in deeds(home)


def test_the_database_holds_neither_message_nor_recipient_in_clear(home: Home) -> None:
    queue_one(home, to="abuse@meadow.example")
    files = [file.read_bytes() for file in home.settings.home.iterdir() if file.is_file()]
    assert files and not any(b"meadow" in content for content in files)


@pytest.mark.parametrize("missing", ["mail_from", "organisation", "country"])
def test_nothing_is_queued_while_it_is_not_set_who_signs(home: Home, missing: str) -> None:
    unset = with_settings(home, **{missing: None})
    with pytest.raises(HotlineError, match=f"HOTLINE_{missing.upper()}"):
        queueing.demand_sender(unset.settings)
    with pytest.raises(HotlineError), unset.session() as session:
        outbox.queue(unset, session, order())
    with home.reading() as session:
        assert session.exec(select(Notice)).all() == []


def test_a_sender_whose_return_path_would_be_too_long_is_refused(home: Home) -> None:
    with pytest.raises(HotlineError, match="HOTLINE_MAIL_FROM"):
        queueing.demand_sender(with_settings(home, mail_from="n" * 40 + "@hotline.example").settings)


# Sending


def test_what_is_accepted_is_sent_once(home: Home, told: Told) -> None:
    number, sender = queue_one(home, to="abuse@meadow.example"), FakeSender()
    assert send(home, sender, told) == outbox.Sent(sent=1)
    assert send(home, sender, told) == outbox.Sent()
    row = notice(home, number)
    assert (row.state, row.sent_at, row.attempts, row.claim_by) == (NoticeState.SENT, START, 1, None)
    assert told.of == [("sent", number)]
    (envelope,) = sender.accepted
    assert envelope.recipient == "abuse@meadow.example"
    assert envelope.sender == f"notice+{home.vault.return_token(row.key)}@hotline.example"
    assert envelope.message == frozen(home, number)
    assert "notice:message:sent" in deeds(home)


def test_many_notices_go_in_one_run_and_the_channel_is_closed(home: Home, told: Told) -> None:
    numbers = [queue_one(home) for _ in range(3)]
    sender = FakeSender()
    assert send(home, sender, told).sent == 3
    assert told.of == [("sent", number) for number in numbers]
    assert sender.closed == 1


def test_what_several_sessions_did_is_counted_whole(home: Home, told: Told) -> None:
    numbers = [queue_one(home) for _ in range(60)]
    assert send(home, FakeSender(sessions=8), told) == outbox.Sent(sent=60)
    assert sorted(number for _, number in told.of) == numbers


def is_due_in_a_quarter(home: Home, number: int) -> bool:
    at = notice(home, number).next_try_at
    return at is not None and START + timedelta(minutes=14) < at <= START + timedelta(minutes=15)


def test_a_refusal_for_now_waits_and_says_why(home: Home, told: Told) -> None:
    number = queue_one(home)
    assert send(home, FakeSender([DEFERS]), told) == outbox.Sent(waiting=1)
    assert state(home, number) is NoticeState.QUEUED
    assert problem(home, number) == "the mail server asks to wait (451)"
    assert is_due_in_a_quarter(home, number)
    later(home, minutes=14)
    assert send(home, FakeSender(), told) == outbox.Sent(waiting=1)
    later(home, minutes=1)
    assert send(home, FakeSender(), told) == outbox.Sent(sent=1)
    assert problem(home, number) is None
    assert [row.outcome for row in deliveries(home, number)] == [DeliveryOutcome.DEFERRED, DeliveryOutcome.SENT]


def test_a_refusal_for_good_fails(home: Home, told: Told) -> None:
    number = queue_one(home)
    assert send(home, FakeSender([REFUSES]), told) == outbox.Sent(failed=1)
    later(home, days=30)
    assert send(home, FakeSender(), told) == outbox.Sent()
    assert told.of == [("failed", number)]
    assert problem(home, number) == "the mail server refused it (550)"


def test_what_the_server_said_is_kept_sealed(home: Home, told: Told) -> None:
    number = queue_one(home)
    send(home, FakeSender([DEFERS]), told)
    (row,) = deliveries(home, number)
    assert (row.code, row.attempt, row.at) == (451, 1, START)
    assert home.vault.read(row, "reply") == "later, abuse@meadow.example"


def test_without_a_mail_server_all_stays_queued_and_says_so(home: Home, told: Told) -> None:
    number = queue_one(home)
    assert send(home, None, told) == outbox.Sent(waiting=1)
    assert (state(home, number), problem(home, number)) == (NoticeState.QUEUED, NO_SERVER)
    assert send(home, FakeSender(), told) == outbox.Sent(sent=1)


def test_when_the_server_is_not_there_it_is_tried_once_and_all_wait(home: Home, told: Told) -> None:
    numbers, sender = [queue_one(home) for _ in range(3)], FakeSender([ABSENT])
    assert send(home, sender, told) == outbox.Sent(waiting=3)
    assert sender.asked == 1
    assert {problem(home, number) for number in numbers} == {"no connection to the mail server"}
    assert all(is_due_in_a_quarter(home, number) for number in numbers)


def test_the_cases_move_with_the_notice_or_not_at_all(home: Home) -> None:
    class Breaks(Told):
        def sent(self, *_: object) -> None:
            raise RuntimeError("the workflow refuses")

    number = queue_one(home)
    with pytest.raises(RuntimeError):
        send(home, FakeSender(), Breaks())
    assert state(home, number) is NoticeState.SENDING


# Two senders, and dead ones


def test_two_senders_at_once_send_each_notice_once(home: Home, told: Told) -> None:
    for _ in range(10):
        queue_one(home)
    one, other = FakeSender(), FakeSender()

    async def both() -> list[outbox.Sent]:
        runs = [outbox.send_due(home, sender, told) for sender in (one, other)]
        return await asyncio.gather(*runs)

    assert sum(sent.sent for sent in asyncio.run(both())) == 10
    assert len({envelope.message for envelope in one.accepted + other.accepted}) == 10
    assert len(one.accepted + other.accepted) == 10


def test_a_sender_killed_before_the_text_costs_nothing(home: Home, told: Told) -> None:
    number = queue_one(home)
    with pytest.raises(Killed):
        send(home, FakeSender(["killed before"]), told)
    assert state(home, number) is NoticeState.SENDING
    sender = FakeSender()
    assert send(home, sender, told, DeadClaims()) == outbox.Sent(sent=1)
    assert len(sender.accepted) == 1
    assert notice(home, number).attempts == 2


def test_a_sender_killed_after_the_text_leaves_it_unknown(home: Home, told: Told) -> None:
    number = queue_one(home)
    with pytest.raises(Killed):
        send(home, FakeSender(["killed after"]), told)
    sender = FakeSender()
    assert send(home, sender, told, DeadClaims()) == outbox.Sent(unknown=1)
    assert sender.accepted == []
    assert notice(home, number).unknown_at == START
    assert problem(home, number) == "the sender stopped while it handed the message over"


def test_a_living_senders_notice_is_left_to_it(home: Home, told: Told) -> None:
    number = queue_one(home)
    with pytest.raises(Killed):
        send(home, FakeSender(["killed before"]), told)
    assert send(home, FakeSender(), told) == outbox.Sent()  # this very process holds the claim, and lives
    assert state(home, number) is NoticeState.SENDING


def test_a_sender_elsewhere_is_given_up_when_its_lease_is_over(home: Home, told: Told) -> None:
    class Elsewhere(claims.Claims):
        behind = timedelta(0)

        def now(self):  # type: ignore[no-untyped-def]
            return super().now() + self.behind

    class Later(Elsewhere):
        behind = timedelta(seconds=91)

    number = queue_one(home)
    with pytest.raises(Killed):
        send(home, FakeSender(["killed before"]), told, Elsewhere(mine="another-machine:1:1"))
    assert send(home, FakeSender(), told) == outbox.Sent()
    assert send(home, FakeSender(), told, Later()) == outbox.Sent(sent=1)
    assert state(home, number) is NoticeState.SENT


def test_a_sender_that_was_given_up_does_not_begin_with_the_text(home: Home, told: Told) -> None:
    class Overtaken(FakeSender):
        async def hand_over(self, envelope: Envelope, before_dot: BeforeDot) -> Outcome:
            assert outbox.take_up(home, DeadClaims()) == 0
            await before_dot()
            raise AssertionError("the text left")

    number = queue_one(home)
    assert send(home, Overtaken(), told) == outbox.Sent(waiting=1)
    assert send(home, FakeSender(), told) == outbox.Sent(sent=1)
    assert notice(home, number).attempts == 2


def test_an_answer_that_comes_late_still_counts(home: Home, told: Told) -> None:
    class Slow(FakeSender):
        async def hand_over(self, envelope: Envelope, before_dot: BeforeDot) -> Outcome:
            await before_dot()
            assert outbox.take_up(home, DeadClaims()) == 1
            return ACCEPTS

    number = queue_one(home)
    assert send(home, Slow(), told) == outbox.Sent(sent=1)
    assert state(home, number) is NoticeState.SENT


def test_a_sender_that_is_told_to_end_says_where_it_stopped(home: Home, told: Told) -> None:
    class Cancelled(FakeSender):
        async def hand_over(self, envelope: Envelope, before_dot: BeforeDot) -> Outcome:
            if self.stores:
                await before_dot()
            raise asyncio.CancelledError

    first = queue_one(home)
    with pytest.raises(asyncio.CancelledError):
        send(home, Cancelled(stores=False), told)
    assert (state(home, first), notice(home, first).next_try_at) == (NoticeState.QUEUED, START)
    with pytest.raises(asyncio.CancelledError):
        send(home, Cancelled(), told)
    assert state(home, first) is NoticeState.UNKNOWN


def test_a_lost_claim_is_no_fault_of_the_run(home: Home, told: Told) -> None:
    class Loses(FakeSender):
        async def hand_over(self, envelope: Envelope, before_dot: BeforeDot) -> Outcome:
            raise ClaimLost

    queue_one(home)
    assert send(home, Loses(), told) == outbox.Sent()


# Unknown


def test_silence_after_the_final_dot_is_unknown_and_not_sent_again_at_once(home: Home, told: Told) -> None:
    number = queue_one(home)
    assert send(home, FakeSender([SILENT]), told) == outbox.Sent(unknown=1)
    later(home, minutes=59)
    assert send(home, FakeSender(), told) == outbox.Sent()
    assert state(home, number) is NoticeState.UNKNOWN
    assert told.of == []


def test_where_nobody_speaks_within_an_hour_the_same_bytes_go_again(home: Home, told: Told) -> None:
    number, sender = queue_one(home), FakeSender([SILENT])
    send(home, sender, told)
    later(home, hours=1)
    assert send(home, sender, told) == outbox.Sent(sent=1)
    first, second = sender.accepted
    assert first == second and first.message == frozen(home, number)


def ledger(home: Home, number: int, *lines: str) -> Home:
    file = home.settings.home / "mail.log"
    message_id = notice(home, number).message_id
    file.write_text("".join(f"Jan  1 00:00:01 mx postfix/{line}\n".replace("ID", str(message_id)) for line in lines))
    return with_settings(home, smtp_ledger=file)


def test_the_ledger_is_asked_before_anything_is_sent_again(home: Home, told: Told) -> None:
    number, sender = queue_one(home), FakeSender([SILENT])
    send(home, sender, told)
    told_by = ledger(
        home, number, "cleanup[7]: 4ABC123XYZ: message-id=ID",
        "qmgr[8]: 4ABC123XYZ: from=<notice@hotline.example>, size=1200, nrcpt=1 (queue active)",
    )  # fmt: skip
    later(home, hours=2)
    assert send(told_by, sender, told) == outbox.Sent(sent=1)
    assert len(sender.accepted) == 1
    assert told.of == [("sent", number)]
    assert notice(home, number).sent_at == START
    assert "notice:message:reconciled" in deeds(home)


def test_a_ledger_that_only_knows_the_headers_proves_nothing(home: Home, told: Told) -> None:
    number, sender = queue_one(home), FakeSender([SILENT])
    send(home, sender, told)
    told_by = ledger(
        home, number, "cleanup[7]: 4ABC123XYZ: message-id=ID", "smtpd[9]: lost connection after DATA from unknown",
    )  # fmt: skip
    assert reconciliation.reconcile(told_by, told) == reconciliation.Reconciled(waiting=1)
    later(home, hours=1)
    assert reconciliation.reconcile(told_by, told) == reconciliation.Reconciled(again=1)


def test_a_ledger_that_cannot_be_read_does_not_hold_the_notice_for_ever(home: Home, told: Told) -> None:
    queue_one(home)
    send(home, FakeSender([SILENT]), told)
    blind = with_settings(home, smtp_ledger=Path("/nowhere/mail.log"))
    assert "HOTLINE_SMTP_LEDGER" in str(reconciliation.reconcile(blind, told).problem)
    later(home, hours=1)
    assert reconciliation.reconcile(blind, told).again == 1


@pytest.mark.parametrize(("stored", "then"), [(True, NoticeState.SENT), (False, NoticeState.QUEUED)])
def test_a_persons_word_settles_an_unknown_notice(home: Home, told: Told, stored: bool, then: NoticeState) -> None:
    number = queue_one(home)
    send(home, FakeSender([SILENT]), told)
    reconciliation.reconcile_by_word(home, number, stored, "ana", told)
    assert state(home, number) is then
    assert told.of == ([("sent", number)] if stored else [])


def test_a_persons_word_is_for_unknown_notices_only(home: Home, told: Told) -> None:
    number = queue_one(home)
    with pytest.raises(HotlineError, match="is queued"):
        reconciliation.reconcile_by_word(home, number, True, "ana", told)
    with pytest.raises(HotlineError, match="no notice 99"):
        reconciliation.reconcile_by_word(home, 99, True, "ana", told)


# Any schedule at all

PLANS = st.sampled_from([ACCEPTS, DEFERS, REFUSES, SILENT, ABSENT, "killed before", "killed after"])
STEPS = st.tuples(PLANS, st.booleans(), st.sampled_from([0, 10, 20, 61, 241]))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=1, max_size=8))
def test_no_schedule_loses_a_notice_or_changes_its_bytes(
    shared_home: Home, steps: list[tuple[Outcome | str, bool, int]]
) -> None:
    told, sender = Told(), FakeSender()
    retire_all(shared_home)
    number = queue_one(shared_home)
    for plan, stores, minutes in steps:
        sender.plans, sender.stores = [plan], stores
        with contextlib.suppress(Killed):
            send(shared_home, sender, told, DeadClaims())
        later(shared_home, minutes=minutes)
    sender.plans = []
    for _ in range(3):
        later(shared_home, hours=5)
        send(shared_home, sender, told, DeadClaims())
    assert {envelope.message for envelope in sender.accepted} <= {frozen(shared_home, number)}
    last = state(shared_home, number)
    assert last in (NoticeState.SENT, NoticeState.FAILED)
    assert told.of == [(last.value, number)]
    if last is NoticeState.SENT:
        assert sender.accepted
    doubts = sum(row.outcome is DeliveryOutcome.UNKNOWN for row in deliveries(shared_home, number))
    assert len(sender.accepted) <= 1 + doubts


def retire_all(home: Home) -> None:
    with home.session() as session:
        session.exec(update(Notice).values(state=NoticeState.WITHHELD))


@pytest.fixture(scope="module")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return make_home(tmp_path_factory.mktemp("shared") / "home")


# Claims


def test_this_process_is_alive_and_a_number_used_again_is_not() -> None:
    mine = claims.Claims()
    machine, process, start = mine.mine.rsplit(":", 2)
    assert not mine.is_dead(mine.mine)
    assert mine.is_dead(f"{machine}:{process}:{int(start) + 1}")
    assert mine.is_dead(f"{machine}:4194305:1")
    assert not mine.is_dead("another-machine:4194305:1")
    assert mine.is_dead(None)


def test_roles_other_than_the_host_go_the_same_way(home: Home, told: Told) -> None:
    queue_one(home, role=ContactRole.REGISTRAR, escalation=1)
    assert send(home, FakeSender(), told).sent == 1
