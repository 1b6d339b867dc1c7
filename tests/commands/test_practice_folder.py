"""The folder of a practice run: ours alone, and nothing of anybody else's is ever emptied."""

import stat
from pathlib import Path

import pytest

from commands.practice_folder import begun_anew
from hotline.errors import HotlineError


def test_each_run_begins_anew(tmp_path: Path) -> None:
    with begun_anew(tmp_path / "var") as folder:
        folder.home.mkdir()
        (folder.home / "hotline.db").write_text("old")
        (folder.path / "link").symlink_to(tmp_path)
    (tmp_path / "kept").write_text("kept")
    with begun_anew(tmp_path / "var") as folder:
        assert folder.path == tmp_path / "var" / "practice"
        assert [each.name for each in folder.path.iterdir()] == [".hotline-practice"]
    assert (tmp_path / "kept").read_text() == "kept"


def test_a_folder_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "practice").mkdir()
    (tmp_path / "practice" / "thesis.txt").write_text("years of work")
    with pytest.raises(HotlineError, match="was not made by"), begun_anew(tmp_path):
        pass
    assert (tmp_path / "practice" / "thesis.txt").read_text() == "years of work"


def test_a_link_to_elsewhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "practice").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(HotlineError, match="no folder of ours"), begun_anew(tmp_path):
        pass


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    with (
        begun_anew(tmp_path),
        pytest.raises(HotlineError, match="another practice run"),
        begun_anew(tmp_path),
    ):
        pass


def test_a_home_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HotlineError, match="set HOTLINE_HOME"), begun_anew(tmp_path / "file"):
        pass


def test_the_lines_for_another_terminal_unset_what_is_not_of_this_home(tmp_path: Path) -> None:
    with begun_anew(tmp_path) as folder:
        text = folder.write_env({"HOTLINE_HOME": "/a folder/home", "HOTLINE_NOW": "2030-01-01T00:00:00Z"})
        assert stat.S_IMODE(folder.env_file.stat().st_mode) == 0o600
        assert folder.env_file.read_text() == text
    first, *rest = text.splitlines()
    assert first.startswith("unset ") and "HOTLINE_DATABASE_URL" in first and "HOTLINE_HOME" not in first.split()
    assert rest == ["export HOTLINE_HOME='/a folder/home'", "export HOTLINE_NOW=2030-01-01T00:00:00Z"]
