"""The table ``[notices]`` of ``hotline.toml``: what an operator decides about notices."""

from datetime import timedelta
from pathlib import Path

import pytest

from hotline.errors import HotlineError
from hotline.notice_policy import NoticePolicy, policy_of
from hotline.settings import load
from hotline.words import DigestKind


def written(home: Path, text: str) -> Path:
    (home / "hotline.toml").write_text(text, encoding="utf-8")
    return home


def test_without_a_word_the_defaults_hold(tmp_path: Path) -> None:
    assert policy_of(tmp_path) == NoticePolicy(timedelta(hours=1), 12)
    assert policy_of(written(tmp_path, 'country = "NL"\n')) == NoticePolicy()


def test_what_is_written_holds_and_is_no_unknown_setting(tmp_path: Path) -> None:
    home = written(tmp_path, "[notices]\ngroup_minutes = 0\nmessages_a_day = 3\n")
    assert policy_of(home) == NoticePolicy(timedelta(0), 3)
    assert load({"HOTLINE_HOME": str(home)}).home == home


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ('"none"', ()),
        ("[]", ()),
        ('"md5"', (DigestKind.MD5,)),
        ('["sha256", "md5", "md5"]', (DigestKind.MD5, DigestKind.SHA256)),
    ],
)
def test_digests_leave_the_house_by_kind_and_only_by_the_operators_word(
    tmp_path: Path, text: str, allowed: tuple[DigestKind, ...]
) -> None:
    assert NoticePolicy().digests == ()
    assert policy_of(written(tmp_path, f"[notices]\ndigests = {text}\n")).digests == allowed


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[notices]\ngroup = 3", "unknown key group; known are: group_minutes, messages_a_day"),
        ("[notices]\ngroup_minutes = -1", "group_minutes: expected whole minutes"),
        ("[notices]\ngroup_minutes = true", "group_minutes: expected whole minutes"),
        ("[notices]\nmessages_a_day = 0", "messages_a_day: expected a whole number"),
        ('[notices]\nmessages_a_day = "many"', "messages_a_day: expected a whole number"),
        ('[notices]\ndigests = ["pdq"]', 'digests: expected "none", or a list of md5, sha1, sha256'),
        ('[notices]\ndigests = ["md5", "none"]', "digests: expected"),
        ("[notices]\ndigests = true", "digests: expected"),
        ("[notices]\ndigests = [[]]", "digests: expected"),
        ("notices = 3", r"write \[notices\] as a table"),
        ("notices = [", "not valid TOML"),
    ],
)
def test_a_slip_of_the_pen_is_refused_by_name(tmp_path: Path, text: str, word: str) -> None:
    with pytest.raises(HotlineError, match=word):
        policy_of(written(tmp_path, text))
