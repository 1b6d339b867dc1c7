"""Answers: each is understood, finds its notice, is kept sealed and taken in once."""

import base64
from datetime import timedelta
from pathlib import Path

import pytest
from answers import BOUNCED, TABLE, plain, report
from hypothesis import given
from hypothesis import strategies as st
from notice_builders import SILENT, FakeSender, Told, make_home, notice, problem, queue_one, with_settings
from sqlmodel import select

from hotline.errors import HotlineError
from hotline.facts import HostSays
from hotline.home import Home
from hotline.records import Reply
from hotline.settings import Inbox
from hotline.words import AnswerWay, HostAnswer, NoticeState, ReplyKind
from notices import inbox, outbox, replies, views
from notices.doubts import PASSED_ON

THEM = "abuse@meadow.example"


@pytest.fixture
def mailbox(tmp_path: Path) -> Path:
    for part in ("new", "cur", "tmp"):
        (tmp_path / "mail" / part).mkdir(parents=True)
    return tmp_path / "mail"


@pytest.fixture
async def sent(home: Home, told: Told, mailbox: Path) -> tuple[Home, int]:
    """A home whose inbox is the maildir, and a notice that was sent."""
    number = queue_one(home, to=THEM)
    await outbox.send_due(home, FakeSender(), told)
    told.of.clear()
    return with_settings(home, inbox=Inbox("maildir", str(mailbox))), number


def filled(home: Home, number: int, template: str) -> bytes:
    """A template with the notice's own marks."""
    row = notice(home, number)
    marks = {
        "RETURN": f"notice+{home.vault.return_token(row.key)}@hotline.example",
        "Message-ID: ID": f"Message-ID: {row.message_id}",
        ": ID": f": {row.message_id}",
        "THEM": THEM,
    }
    for mark, value in marks.items():
        template = template.replace(mark, value)
    return template.encode()


def drop(mailbox: Path, raw: bytes, name: str = "1", part: str = "new") -> Path:
    file = mailbox / part / name
    file.write_bytes(raw)
    return file


def stored(home: Home) -> list[Reply]:
    with home.reading() as session:
        return list(session.exec(select(Reply)))


@pytest.mark.parametrize("shape", list(TABLE))
async def test_each_shape_is_what_it_is(sent: tuple[Home, int], told: Told, mailbox: Path, shape: str) -> None:
    home, number = sent
    template, kind = TABLE[shape]
    file = drop(mailbox, filled(home, number, template))
    assert inbox.read(home, told) == inbox.Taken(**{kind.value: 1})
    assert not file.exists()
    assert [(reply.kind, reply.notice_id) for reply in stored(home)] == [(kind, number)]
    assert notice(home, number).state is (NoticeState.BOUNCED if kind is BOUNCED else NoticeState.SENT)
    assert told.of == ([("bounced", number)] if kind is BOUNCED else [])


async def test_a_bounce_says_why_without_an_address(sent: tuple[Home, int], told: Told, mailbox: Path) -> None:
    home, number = sent
    drop(mailbox, filled(home, number, report("failed", "5.1.1", diagnostic="550 5.1.1 <THEM> unknown")))
    inbox.read(home, told)
    assert problem(home, number) == "it came back as undeliverable (5.1.1)"
    assert stored(home)[0].permanent


async def test_time_that_ran_out_is_a_bounce_but_not_a_refusal(
    sent: tuple[Home, int], told: Told, mailbox: Path
) -> None:
    home, number = sent
    drop(mailbox, filled(home, number, report("failed", "4.4.7")))
    assert inbox.read(home, told).bounced == 1
    assert not stored(home)[0].permanent


THIRD_PARTY = report("failed", "5.1.1", final="carol@away.example")


async def test_what_comes_back_from_behind_our_recipient_is_a_bounce_that_says_so(
    sent: tuple[Home, int], told: Told, mailbox: Path
) -> None:
    home, number = sent
    drop(mailbox, filled(home, number, THIRD_PARTY))
    assert inbox.read(home, told) == inbox.Taken(bounced=1)
    assert (told.of, told.doubts) == ([("bounced", number)], [PASSED_ON])
    assert problem(home, number) == f"it came back as undeliverable (5.1.1; {PASSED_ON})"


async def test_one_dead_mailbox_behind_a_reader_who_has_answered_changes_nothing(
    sent: tuple[Home, int], told: Told, mailbox: Path
) -> None:
    home, number = sent
    drop(mailbox, filled(home, number, f"To: RETURN\n{ORDINARY}"), "1")
    drop(mailbox, filled(home, number, THIRD_PARTY), "2")
    assert inbox.read(home, told) == inbox.Taken(bounced=1, replied=1)
    assert notice(home, number).state is NoticeState.SENT
    drop(mailbox, filled(home, number, report("failed", "5.1.1")), "3")
    inbox.read(home, told)
    assert notice(home, number).state is NoticeState.BOUNCED, "its own mailbox is gone"


ORDINARY = "Subject: answer\n\nremoved"


@pytest.mark.parametrize(
    "found_by",
    [
        f"Delivered-To: RETURN\nTo: somebody@hotline.example\n{ORDINARY}",
        f"X-Original-To: RETURN\n{ORDINARY}",
        f"Envelope-To: RETURN\n{ORDINARY}",
        f'To: "The hotline" <RETURN>\n{ORDINARY}',
        f"To: notice@hotline.example\nIn-Reply-To: ID\n{ORDINARY}",
        f"References: <a@b.example>\n : ID\n{ORDINARY}".replace("\n : ID", "\n ID"),
        "Subject: answer\n\nremoved\n\n> Message-ID: ID\n",
        "Subject: answer\n\nremoved\n\n> or simply reply to this message: RETURN\n",
        'Subject: answer\nContent-Type: multipart/mixed; boundary="b"\n\n--b\n\nremoved\n--b\n'
        "Content-Type: message/rfc822\n\nMessage-ID: ID\nSubject: notice\n\nx\n--b--\n",
        "Subject: answer\nContent-Transfer-Encoding: base64\n\nB64",
    ],
)
async def test_an_answer_finds_its_notice(sent: tuple[Home, int], told: Told, mailbox: Path, found_by: str) -> None:
    home, number = sent
    row = notice(home, number)
    quoted = base64.b64encode(f"removed\n\nReply-To: <notice+{home.vault.return_token(row.key)}@x.example>".encode())
    text = found_by.replace("\n ID", f"\n {row.message_id}").replace("B64", quoted.decode())
    drop(mailbox, filled(home, number, text))
    assert inbox.read(home, told) == inbox.Taken(replied=1)
    assert stored(home)[0].notice_id == number


async def test_the_return_path_counts_before_what_is_quoted(sent: tuple[Home, int], told: Told, mailbox: Path) -> None:
    home, number = sent
    other = queue_one(home)
    drop(mailbox, filled(home, number, f"To: RETURN\nIn-Reply-To: {notice(home, other).message_id}\n{ORDINARY}"))
    inbox.read(home, told)
    assert stored(home)[0].notice_id == number


async def test_capital_letters_on_the_way_do_not_matter(sent: tuple[Home, int], told: Told, mailbox: Path) -> None:
    home, number = sent
    drop(mailbox, filled(home, number, f"To: RETURN\n{ORDINARY}").upper())
    assert inbox.read(home, told).replied == 1


async def test_what_belongs_to_no_notice_is_kept_and_named(sent: tuple[Home, int], told: Told, mailbox: Path) -> None:
    home, _ = sent
    drop(mailbox, b"To: notice@hotline.example\nSubject: hello\n\nhello")
    drop(mailbox, b"To: notice+" + b"0" * 32 + b"@hotline.example\n\nguessed", "2")
    assert inbox.read(home, told) == inbox.Taken(unmatched=2)
    assert [reply.notice_id for reply in stored(home)] == [None, None]


async def test_messages_already_seen_by_a_mail_program_are_read_too(
    sent: tuple[Home, int], told: Told, mailbox: Path
) -> None:
    home, number = sent
    drop(mailbox, filled(home, number, f"To: RETURN\n{ORDINARY}"), "1:2,S", "cur")
    drop(mailbox, filled(home, number, f"To: RETURN\n{ORDINARY} again"), "2", "new")
    (mailbox / "new" / ".hidden").write_bytes(b"x")
    assert inbox.read(home, told) == inbox.Taken(replied=2)


async def test_a_reader_killed_before_deleting_doubles_nothing(
    sent: tuple[Home, int], told: Told, mailbox: Path
) -> None:
    home, number = sent
    raw = filled(home, number, report("failed", "5.1.1"))
    assert inbox.take_in(home, told, raw) is ReplyKind.BOUNCED
    file = drop(mailbox, raw)
    assert inbox.read(home, told) == inbox.Taken()
    assert not file.exists()
    assert len(stored(home)) == 1 and told.of == [("bounced", number)]


async def test_a_message_that_cannot_be_stored_stays_and_the_rest_is_read(
    sent: tuple[Home, int], mailbox: Path
) -> None:
    class Breaks(Told):
        def bounced(self, *_: object, **__: object) -> None:
            raise RuntimeError("the workflow refuses")

    home, number = sent
    kept = drop(mailbox, filled(home, number, report("failed", "5.1.1")), "1")
    drop(mailbox, filled(home, number, f"To: RETURN\n{ORDINARY}"), "2")
    assert inbox.read(home, Breaks()) == inbox.Taken(replied=1, left=1)
    assert kept.exists()
    assert notice(home, number).state is NoticeState.SENT
    assert inbox.read(home, Told()) == inbox.Taken(bounced=1)


async def test_answers_are_kept_sealed_and_whole(sent: tuple[Home, int], told: Told, mailbox: Path) -> None:
    home, number = sent
    raw = filled(home, number, plain("abuse@meadow.example", "Re: notice", "Schl\u00fcssel")) + b"\xff\xfe"
    drop(mailbox, raw)
    inbox.read(home, told)
    assert (home.vault.read(stored(home)[0], "bytes") or "").encode("latin-1") == raw
    files = [file.read_bytes() for file in home.settings.home.iterdir() if file.is_file()]
    assert not any(b"meadow" in content for content in files)


async def test_no_picture_that_somebody_sends_us_is_kept(sent: tuple[Home, int], told: Told, mailbox: Path) -> None:
    home, number = sent
    picture = base64.b64encode(b"\x89PNG a shape").decode()
    drop(
        mailbox,
        filled(
            home,
            number,
            'To: RETURN\nContent-Type: multipart/mixed; boundary="b"\n\n--b\n\nremoved\n--b\nContent-Type: image/png\n'
            f"Content-Transfer-Encoding: base64\n\n{picture}\n--b--\n",
        ),
    )
    assert inbox.read(home, told).replied == 1
    kept = home.vault.read(stored(home)[0], "bytes") or ""
    assert picture not in kept and "removed" in kept and "12 bytes of image/png were not kept" in kept


async def test_an_answer_shows_that_an_unknown_notice_had_arrived(home: Home, told: Told, mailbox: Path) -> None:
    number = queue_one(home, to=THEM)
    await outbox.send_due(home, FakeSender([SILENT]), told)
    inbox.take_in(home, told, filled(home, number, f"To: RETURN\n{ORDINARY}"))
    assert notice(home, number).state is NoticeState.SENT
    assert told.of == [("sent", number)]


async def test_a_second_bounce_tells_nobody_again(sent: tuple[Home, int], told: Told, mailbox: Path) -> None:
    home, number = sent
    for code in ("5.1.1", "5.1.2"):
        inbox.take_in(home, told, filled(home, number, report("failed", code)))
    assert told.of == [("bounced", number)]


def test_an_inbox_that_cannot_be_read_says_why(home: Home, told: Told, tmp_path: Path) -> None:
    for wrong, said in (
        (None, "not set"),
        (Inbox("maildir", str(tmp_path / "nowhere")), "no maildir"),
    ):
        with pytest.raises(HotlineError, match=said):
            inbox.read(with_settings(home, inbox=wrong), told)


@given(st.binary(max_size=400))
def test_no_bytes_stop_the_reader(raw: bytes) -> None:
    for message in (raw, b"Content-Type: multipart/report; boundary=b\n\n--b\n" + raw, b"Subject: =?utf-8?b?" + raw):
        assert replies.read(message).kind in ReplyKind
        assert isinstance(replies.without_media(message), bytes)


BROKEN = [
    b"",
    b"\n",
    b"\x00" * 50,
    b"To: \xff\xfe\n\n\xff",
    b"Content-Type: text/plain; charset=nonsense\n\nx",
    b"Content-Type: multipart/mixed\n\nno boundary",
    b"Subject: =?utf-8?q?=ZZ?=\n\nx",
    b"Content-Type: message/delivery-status\n\n\n\n:\n",
    b"Content-Transfer-Encoding: base64\n\n!!!",
    b"From: <<<>>>\n\nx",
    b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 300,
]


def test_broken_messages_never_stop_the_rest(tmp_path: Path, mailbox: Path, told: Told) -> None:
    home = with_settings(make_home(tmp_path / "home"), inbox=Inbox("maildir", str(mailbox)))
    for place, raw in enumerate(BROKEN):
        drop(mailbox, raw, str(place))
    assert inbox.read(home, told) == inbox.Taken(unmatched=len(BROKEN))
    assert not list((mailbox / "new").iterdir())


async def test_what_an_answer_says_is_kept_and_told_with_the_urls_that_it_names(
    sent: tuple[Home, int], told: Told, mailbox: Path
) -> None:
    home, number = sent
    drop(mailbox, filled(home, number, plain(THEM, "Re: notice", "Hello,\n\nwe will remove it within 24 hours.\n\nJo")))
    inbox.read(home, told)
    assert [reply.says for reply in stored(home)] == [HostAnswer.NEED_TIME]
    until = home.now() + timedelta(hours=24)
    note = "we will remove it within 24 hours."
    assert told.said_of == [(number, HostSays(HostAnswer.NEED_TIME, AnswerWay.MAIL, note=note, until=until))]
    assert [reply["says"] for reply in views.show(home, number)["replies"]] == ["need_time"]


@pytest.mark.parametrize(
    ("text", "mark", "says"),
    [
        ("The ticket was resolved: the content has been removed.", "Auto-Submitted: auto-replied", None),
        ("Please use our abuse form at https://meadow.example/abuse", "Auto-Submitted: auto-replied", "use_form"),
        ("> the content has been removed", "X-Mailer: mail", None),
        ("We have not removed it.", "X-Mailer: mail", None),
    ],
)
async def test_a_program_and_a_quotation_say_nothing_of_the_material(
    sent: tuple[Home, int], told: Told, mailbox: Path, text: str, mark: str, says: str | None
) -> None:
    home, number = sent
    drop(mailbox, filled(home, number, plain(THEM, "Re: notice", text, mark)))
    inbox.read(home, told)
    assert [reply.says for reply in stored(home)] == [says]
    assert [each.answer for _, each in told.said_of] == ([says] if says else [])


async def test_a_report_says_nothing(sent: tuple[Home, int], told: Told, mailbox: Path) -> None:
    home, number = sent
    drop(mailbox, filled(home, number, report("failed", "5.1.1", text="The account was disabled.")))
    inbox.read(home, told)
    assert stored(home)[0].says is None and not told.said_of
