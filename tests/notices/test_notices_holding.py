"""A person's hand on a single notice: held, let go, sent again where it surely did not arrive."""

import asyncio
from datetime import UTC, datetime

import pytest
from notice_builders import ACCEPTS, DEFERS, REFUSES, SILENT, FakeSender, Told, later, notice, problem, queue_one

from hotline.errors import HotlineError
from hotline.home import Home
from hotline.words import NoticeState
from notices import holding, outbox, views
from notices.sending import Outcome
from notices.standing import Standing, claimed


def send(home: Home, told: Told, *plans: Outcome) -> tuple[outbox.Sent, FakeSender]:
    sender = FakeSender(list(plans))
    return asyncio.run(outbox.send_due(home, sender, told)), sender


def test_a_held_notice_never_leaves_and_says_by_whom_and_why(home: Home, told: Told) -> None:
    number = queue_one(home)
    holding.hold(home, number, "asked by the police", "ana")
    later(home, days=30)
    result, sender = send(home, told)
    assert (result, sender.asked) == (outbox.Sent(waiting=1), 0)
    assert views.show(home, number)["problem"] == "held by ana: asked by the police"
    assert notice(home, number).state is NoticeState.QUEUED


def test_a_hold_that_comes_between_finding_and_claiming_still_holds() -> None:
    now = datetime(2030, 1, 1, tzinfo=UTC)
    free, held = Standing(), Standing(held_at=now)
    assert claimed(free, "a", now, now) is not None
    assert claimed(held, "a", now, now) is None


def test_what_is_let_go_leaves_with_the_next_run(home: Home, told: Told) -> None:
    number = queue_one(home)
    holding.hold(home, number, "a question", "ana")
    holding.unhold(home, number, "ben")
    assert send(home, told)[0] == outbox.Sent(sent=1)
    assert views.show(home, number)["problem"] is None


def test_what_was_refused_for_good_goes_again_as_it_was_on_a_persons_word(home: Home, told: Told) -> None:
    number = queue_one(home)
    frozen = notice(home, number).bytes_ct
    send(home, told, REFUSES)
    assert notice(home, number).state is NoticeState.FAILED
    holding.resend(home, number, "ana")
    assert send(home, told)[0] == outbox.Sent(sent=1)
    assert (notice(home, number).bytes_ct, notice(home, number).attempts) == (frozen, 2)


def test_what_waits_for_its_next_try_is_due_at_once(home: Home, told: Told) -> None:
    number = queue_one(home)
    send(home, told, DEFERS)
    holding.resend(home, number, "ana")
    assert problem(home, number) is None
    assert send(home, told)[0] == outbox.Sent(sent=1)


@pytest.mark.parametrize(("outcome", "word"), [(ACCEPTS, "our mail server has it"), (SILENT, "nobody knows")])
def test_of_what_our_server_has_or_may_have_no_copy_is_sent(
    home: Home, told: Told, outcome: Outcome, word: str
) -> None:
    number = queue_one(home)
    send(home, told, outcome)
    with pytest.raises(HotlineError, match=word):
        holding.resend(home, number, "ana")
    with pytest.raises(HotlineError, match="only one that is queued"):
        holding.hold(home, number, "too late", "ana")


def test_what_cannot_be_is_refused_in_words(home: Home, told: Told) -> None:
    number = queue_one(home)
    with pytest.raises(HotlineError, match="there is no notice 99"):
        holding.hold(home, 99, "why", "ana")
    with pytest.raises(HotlineError, match="--reason is empty"):
        holding.hold(home, number, "  ", "ana")
    with pytest.raises(HotlineError, match="it is not held"):
        holding.unhold(home, number, "ana")
    holding.hold(home, number, "why", "ana")
    with pytest.raises(HotlineError, match="unhold"):
        holding.resend(home, number, "ana")
    with pytest.raises(HotlineError, match="held already"):
        holding.hold(home, number, "twice", "ana")
