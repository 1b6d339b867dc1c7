"""A sender that is told to end does so soon, even when the library that waits for answers loses the word."""

import asyncio
import contextlib
from collections import Counter
from datetime import datetime

import pytest
from notice_builders import FakeSender, Told, notice, queue_one

from hotline.home import Home
from hotline.words import NoticeState
from notices import outbox
from notices.claims import Claims
from notices.sending import BeforeDot, Envelope, Outcome


@pytest.mark.parametrize("sessions", [1, 8])
async def test_a_cancellation_that_comes_together_with_an_answer_is_not_lost(
    home: Home, told: Told, sessions: int
) -> None:
    waits = asyncio.Event()

    class Deaf(FakeSender):
        """Waits for its answers as ``asyncio.wait_for`` does before Python 3.12."""

        async def hand_over(self, envelope: Envelope, before_dot: BeforeDot) -> Outcome:
            if self.asked > 5:
                waits.set()
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.sleep(3600)
            return await super().hand_over(envelope, before_dot)

    numbers = [queue_one(home) for _ in range(60)]
    sender = Deaf(sessions=sessions)
    run = asyncio.create_task(outbox.send_due(home, sender, told))
    await waits.wait()
    run.cancel()
    done, _ = await asyncio.wait([run], timeout=5)
    assert done and run.cancelled()
    states = Counter(notice(home, number).state for number in numbers)
    assert states[NoticeState.SENT] <= len(sender.accepted) <= states[NoticeState.SENT] + states[NoticeState.UNKNOWN]
    assert states[NoticeState.QUEUED] > 60 - (6 + 2 * sessions), "what it had not begun waits"


async def test_a_notice_that_was_claimed_at_the_very_moment_of_the_word_is_let_go(home: Home, told: Told) -> None:
    class Ending(Claims):
        """Its sender is told to end while the claim is being committed."""

        def until(self) -> datetime:
            asyncio.get_running_loop().call_soon(run.cancel)
            return super().until()

    number = queue_one(home)
    run = asyncio.create_task(outbox.send_due(home, FakeSender(), told, Ending()))
    await asyncio.wait([run], timeout=5)
    assert run.cancelled()
    assert notice(home, number).state is NoticeState.QUEUED
