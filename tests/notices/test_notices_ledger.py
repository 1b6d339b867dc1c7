"""The mail log: what proves an acceptance, what does not, and no line missed when it is rotated."""

import gzip
from pathlib import Path

import pytest

from hotline.errors import HotlineError
from notices.mail_ledger import accepted

WANTED = frozenset({"<a@hotline.example>"})
NAMED = "cleanup[7]: 4ABC123XYZ: message-id=<a@hotline.example>"
TAKEN = "qmgr[8]: 4ABC123XYZ: from=<notice@hotline.example>, size=1200, nrcpt=1 (queue active)"


def text(*lines: str, instance: str = "postfix") -> str:
    return "".join(f"Jan  1 00:00:01 mx {instance}/{line}\n" for line in lines)


def known(tmp_path: Path, *lines: str) -> bool:
    (tmp_path / "maillog").write_text(text(*lines))
    return bool(accepted(tmp_path / "maillog", WANTED))


def test_the_queue_managers_word_proves_it(tmp_path: Path) -> None:
    assert known(tmp_path, NAMED, TAKEN)
    assert not known(tmp_path, NAMED)
    assert not known(tmp_path, NAMED, "cleanup[7]: 4ABC123XYZ: milter-reject: END-OF-MESSAGE from localhost")


@pytest.mark.parametrize(
    "between",
    [
        "cleanup[7]: 4ABC123XYZ: message-id=<b@hotline.example>",
        "cleanup[7]: 4ABC123XYZ: message-id=<>",
        "smtpd[7]: 4ABC123XYZ: client=localhost[127.0.0.1]",
    ],
)
def test_a_queue_number_that_is_used_again_stands_for_the_new_message(tmp_path: Path, between: str) -> None:
    assert not known(tmp_path, NAMED, between, TAKEN)


def test_words_of_strangers_in_a_line_prove_nothing(tmp_path: Path) -> None:
    assert not known(tmp_path, NAMED, f"smtpd[9]: improper command pipelining from unknown: postfix/{TAKEN}")
    assert not known(tmp_path, "cleanup[7]: 4ABC123XYZ: resent-message-id=<a@hotline.example>", TAKEN)


def test_two_instances_may_use_one_number(tmp_path: Path) -> None:
    file = tmp_path / "maillog"
    file.write_text(text(NAMED, instance="postfix-out") + text(TAKEN, instance="postfix-in"))
    assert not accepted(file, WANTED)
    file.write_text(text(NAMED, instance="postfix-out") + text(TAKEN, instance="postfix-out"))
    assert accepted(file, WANTED) == WANTED


@pytest.mark.parametrize("older", ["maillog.1", "maillog-20300101", "maillog.1.gz", "maillog.20300101-000000.gz"])
def test_a_message_may_stand_on_both_sides_of_a_rotation(tmp_path: Path, older: str) -> None:
    before = text(NAMED).encode()
    (tmp_path / older).write_bytes(gzip.compress(before) if older.endswith("gz") else before)
    assert known(tmp_path, TAKEN)


def test_an_archive_that_is_being_written_hides_nothing(tmp_path: Path) -> None:
    (tmp_path / "maillog.1.gz").write_bytes(gzip.compress(text(NAMED, TAKEN).encode())[:20])
    (tmp_path / "maillog.1").write_text(text(NAMED))
    assert known(tmp_path, TAKEN)


def test_a_log_that_cannot_be_read_is_named_with_its_setting(tmp_path: Path) -> None:
    for wrong in (tmp_path, tmp_path / "none"):
        with pytest.raises(HotlineError, match="HOTLINE_SMTP_LEDGER"):
            accepted(wrong, WANTED)
