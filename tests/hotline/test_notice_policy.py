"""The table ``[notices]`` of ``hotline.toml``: what an operator decides about notices."""

from datetime import timedelta
from pathlib import Path

import pytest

from hotline.errors import HotlineError
from hotline.notice_policy import NoticePolicy, policy_of
from hotline.settings import load


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
    ("text", "word"),
    [
        ("[notices]\ngroup = 3", "unknown key group; known are: group_minutes, messages_a_day"),
        ("[notices]\ngroup_minutes = -1", "group_minutes: expected whole minutes"),
        ("[notices]\ngroup_minutes = true", "group_minutes: expected whole minutes"),
        ("[notices]\nmessages_a_day = 0", "messages_a_day: expected a whole number"),
        ('[notices]\nmessages_a_day = "many"', "messages_a_day: expected a whole number"),
        ("notices = 3", r"write \[notices\] as a table"),
        ("notices = [", "not valid TOML"),
    ],
)
def test_a_slip_of_the_pen_is_refused_by_name(tmp_path: Path, text: str, word: str) -> None:
    with pytest.raises(HotlineError, match=word):
        policy_of(written(tmp_path, text))
