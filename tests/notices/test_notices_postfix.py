"""The outbox and a real mail server: Debian's Postfix, its own queue, log and killing."""

import asyncio
from collections.abc import Iterator

import pytest
from homes import with_settings
from notice_builders import Told, later, notice, queue_one
from postfix_server import Postfix, running_postfix

from hotline import settings_parsing as parse
from hotline.home import Home
from hotline.words import NoticeState
from notices import outbox
from notices.channels.smtp import sender_of
from notices.mail_ledger import accepted


@pytest.fixture(scope="module")
def postfix() -> Iterator[Postfix]:
    with running_postfix() as server:
        yield server


@pytest.fixture
def mailing(home: Home, postfix: Postfix) -> Home:
    return with_settings(home, smtp=parse.smtp(postfix.url), smtp_ledger=postfix.log)


def send(home: Home, told: Told) -> outbox.Sent:
    return asyncio.run(outbox.send_due(home, sender_of(home), told))


def test_what_postfix_accepts_is_sent_once_as_it_was_frozen_and_stands_in_its_log(
    mailing: Home, postfix: Postfix, told: Told
) -> None:
    numbers = [queue_one(mailing) for _ in range(3)]
    assert send(mailing, told) == outbox.Sent(sent=3)
    assert send(mailing, told) == outbox.Sent()
    postfix.settle()
    got = postfix.accepted()
    for number in numbers:
        row = notice(mailing, number)
        frozen = mailing.vault.text(row, "bytes").encode("latin-1").replace(b"\r\n", b"\n")
        assert [text.rstrip(b"\n") for text in got[row.message_id or ""].values()] == [frozen.rstrip(b"\n")]
        assert accepted(postfix.log, frozenset({row.message_id or ""})) == {row.message_id}


def test_a_server_that_was_killed_takes_what_waited_once_it_is_back(
    mailing: Home, postfix: Postfix, told: Told
) -> None:
    number = queue_one(mailing)
    postfix.kill()
    assert send(mailing, told) == outbox.Sent(waiting=1)
    postfix.start()

    later(mailing, minutes=15)
    assert send(mailing, told) == outbox.Sent(sent=1)
    postfix.settle()
    assert len(postfix.accepted()[notice(mailing, number).message_id or ""]) == 1
    assert notice(mailing, number).state is NoticeState.SENT
