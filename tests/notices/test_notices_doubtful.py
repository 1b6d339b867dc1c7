"""A notice that went unanswered once is asked after in the mail log again, before its text leaves a second time."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from notice_builders import SILENT, FakeSender, Told, later, make_home, notice, queue_one

from hotline.words import NoticeState
from notices import outbox
from notices.sending import BeforeDot, Envelope, Outcome


@dataclass
class LateLog(FakeSender):
    """A server that was down for the hour, and writes what it has found in its queue as it comes back."""

    log: Path = Path()
    message_id: str = ""

    async def hand_over(self, envelope: Envelope, before_dot: BeforeDot) -> Outcome:
        self.log.write_text(
            f"Jan  1 01:00:00 mx postfix/cleanup[9]: 4ABCDE1234: message-id={self.message_id}\n"
            "Jan  1 01:00:00 mx postfix/qmgr[8]: 4ABCDE1234: from=<a@hotline.example>, size=9, nrcpt=1 (queue active)\n"
        )
        return await super().hand_over(envelope, before_dot)


def test_a_server_that_speaks_of_it_as_it_comes_back_gets_no_second_copy(tmp_path: Path, told: Told) -> None:
    log = tmp_path / "maillog"
    log.touch()
    home = make_home(tmp_path / "home", HOTLINE_SMTP_LEDGER=str(log))
    number = queue_one(home)
    asyncio.run(outbox.send_due(home, FakeSender([SILENT]), told))
    assert notice(home, number).state is NoticeState.UNKNOWN
    later(home, hours=1)
    sender = LateLog(log=log, message_id=notice(home, number).message_id or "")
    assert asyncio.run(outbox.send_due(home, sender, told)).sent == 1
    assert (sender.asked, sender.accepted) == (1, [])
    assert notice(home, number).state is NoticeState.SENT
