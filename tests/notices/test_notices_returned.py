"""A notice of ours that comes back, whole or in part, in every wrapping: it is never taken for a report itself."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default

import pytest
from notice_builders import FakeSender, Told, frozen, notice, queue_one

from hotline.home import Home
from hotline.words import NoticeState, ReplyKind
from notices import inbox, outbox, replies
from notices.mail_text import parse

THEM = "abuse@meadow.example"


@pytest.fixture
async def sent(home: Home, told: Told) -> tuple[Home, int]:
    number = queue_one(home, to=THEM)
    await outbox.send_due(home, FakeSender(), told)
    return home, number


def delivery_report(raw: bytes, action: str) -> bytes:
    """A standard report (RFC 3464) that brings the whole notice back."""
    head = f"""\
From: MAILER-DAEMON@mx.meadow.example
To: notice@hotline.example
Subject: Delivery report
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="outer"

--outer

This is the mail system.

--outer
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.meadow.example

Final-Recipient: rfc822; {THEM}
Action: {action}
Status: 5.1.1

--outer
Content-Type: message/rfc822

"""
    return head.replace("\n", "\r\n").encode() + raw + b"\r\n--outer--\r\n"


def passed_on(raw: bytes, words: str, *, subject: str = "Fwd: notice") -> bytes:
    """The notice as an attachment of somebody's mail."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = "Night shift <x@meadow.example>", "n@hotline.example", subject
    message.set_content(words)
    message.add_attachment(message_from_bytes(raw, policy=default))
    return message.as_bytes()


@pytest.mark.parametrize("action", ["failed", "delayed"])
async def test_a_delivery_report_with_the_whole_notice_finds_it(
    sent: tuple[Home, int], told: Told, action: str
) -> None:
    home, number = sent
    taken = inbox.take_in(home, told, delivery_report(frozen(home, number), action))
    kind = ReplyKind.BOUNCED if action == "failed" else ReplyKind.AUTOMATIC
    assert taken is kind
    assert notice(home, number).state is (NoticeState.BOUNCED if action == "failed" else NoticeState.SENT)


async def test_the_notice_s_own_report_is_none_of_a_delivery(sent: tuple[Home, int]) -> None:
    home, number = sent
    raw = frozen(home, number)
    for whole in (raw, passed_on(raw, ""), passed_on(raw, "Please see to it.")):
        mail = parse(whole)
        assert not mail.is_status_report and mail.blocks == () and mail.written == ()
        reading = replies.read(whole)
        assert not reading.is_report and reading.kind is not ReplyKind.BOUNCED and reading.failed == frozenset()


@pytest.mark.parametrize("words", ["", "Removed. The file was deleted.", "We cannot find it."])
async def test_a_notice_that_is_passed_back_finds_its_row(sent: tuple[Home, int], told: Told, words: str) -> None:
    home, number = sent
    inbox.take_in(home, told, passed_on(frozen(home, number), words))
    assert notice(home, number).state is NoticeState.SENT
    assert [of for of, *_ in (*told.words, *told.answers)][:1] == [number]


async def test_a_quoted_document_alone_says_nothing_and_harms_nothing(sent: tuple[Home, int], told: Told) -> None:
    home, number = sent
    (document,) = re.findall(rb"\{\r\n \"xarf_version\".*?\r\n\}", frozen(home, number), re.DOTALL)
    raw = b"From: x@meadow.example\r\nTo: n@hotline.example\r\nSubject: Re\r\n\r\n" + document
    reading = replies.read(raw)
    assert reading.kind is ReplyKind.REPLIED and reading.clues == ()


async def test_a_notice_that_loops_back_to_us_is_no_person_s_answer(sent: tuple[Home, int], told: Told) -> None:
    home, number = sent
    assert inbox.take_in(home, told, frozen(home, number)) is ReplyKind.AUTOMATIC
    assert notice(home, number).state is NoticeState.SENT
