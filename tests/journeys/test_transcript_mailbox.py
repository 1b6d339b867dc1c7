"""A mailbox that was left alone for weeks: every shape of report and answer that we know, taken in at once."""

import itertools
from collections import Counter
from pathlib import Path

import pytest
from automatic_shapes import AWAY, MACHINES, PEOPLE
from hotline_shell import Shell
from little_mail import Letter, answer, make_maildir
from little_world import LittleWorld
from report_shapes import SHAPES

from hotline.words import ReplyKind

pytestmark = pytest.mark.journey

AUTOMATIC, REPLIED = ReplyKind.AUTOMATIC, ReplyKind.REPLIED


def _answered(letter: Letter, subject: str, text: str) -> bytes:
    message = answer(letter, text)
    message.replace_header("Subject", subject)
    return message.as_bytes()


def _shapes(letter: Letter) -> list[tuple[bytes, ReplyKind]]:
    marks = ((b"RETURN", letter.sender), (b"THEM", letter.recipient), (b": ID", f": {letter.message_id}"))
    reports = []
    for _, raw, kind in SHAPES:
        for mark, value in marks:
            raw = raw.replace(mark, value.encode())
        reports.append((raw, kind))
    answers = [
        (_answered(letter, subject, text), kind)
        for told, kind in ((AWAY, AUTOMATIC), (MACHINES, AUTOMATIC), (PEOPLE, REPLIED))
        for subject, text in told.values()
    ]
    return reports + answers


def test_some_seven_hundred_messages_are_each_told_apart_and_none_is_left(
    crawled: Shell, world: LittleWorld, tmp_path: Path
) -> None:
    folder = make_maildir(tmp_path / "inbox")
    shell = crawled.having(INBOX=f"maildir:{folder}")
    shell.say("notices", "send")
    shapes = list(itertools.chain.from_iterable(_shapes(letter) for letter in world.post.kept))
    for number, (raw, _) in enumerate(shapes):
        (folder / "new" / f"{number:06d}.little").write_bytes(raw)
    (folder / "new" / "empty").touch()
    (folder / "new" / "noise").write_bytes(bytes(range(256)) * 20_000)
    expected = Counter(str(kind) for _, kind in shapes)
    assert len(shapes) > 700
    read = shell.at("2030-01-01T00:05:00Z").json("inbox", "read")
    assert read == {"bounced": 0, "replied": 0, "automatic": 0, **expected, "unmatched": 2}
    assert list((folder / "new").iterdir()) == []
    assert {notice["state"] for notice in shell.notices()} == {"bounced"}
    replies = {len(shell.json("case", str(case["id"]))["replies"]) for case in shell.cases().values()}
    assert replies == {len(shapes) // len(world.post.kept)}, "each knows what came to its own notice"
    shell.say("audit", "verify")


def test_what_belongs_to_no_notice_can_be_found_and_read(crawled: Shell, world: LittleWorld, tmp_path: Path) -> None:
    folder = make_maildir(tmp_path / "inbox")
    shell = crawled.having(INBOX=f"maildir:{folder}")
    shell.say("notices", "send")
    letter = world.post.kept[0]
    (folder / "new" / "1").write_bytes(answer(letter, "We have removed the file.").as_bytes())
    (folder / "new" / "2").write_bytes(b"From: a@b.example\nTo: notice@hotline.example\n\nwords of a stranger\n")
    shell.say("inbox", "read")
    rows = shell.json("inbox", "list")
    assert [(row["kind"], row["notice"], row["says"]) for row in rows] == [
        ("replied", 1, "removed"), ("unmatched", None, None),
    ]  # fmt: skip
    (stray,) = shell.json("inbox", "list", "--unmatched")
    assert "words of a stranger" in shell.say("inbox", "show", str(stray["id"])).out
    assert "inbox list" in shell.say("inbox", "show", "99", status=2).complaint
    assert "An answer to notice 1 came. It says that it has removed it; a look decides." in shell.say("case", "1").out
