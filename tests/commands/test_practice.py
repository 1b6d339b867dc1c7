"""``hotline practice``, on the real practice internet, as a person starts it."""

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from commands.world_process import started
from hotline.errors import HotlineError

HOTLINE = [sys.executable, "-c", "from commands.app import main; main()"]
OTHERS = {"HOTLINE_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/none", "HOTLINE_KEY_FILE": "/nowhere/keys"}
ROOT = Path(__file__).resolve().parents[2]


def environment(home: Path) -> dict[str, str]:
    """A user's environment, with settings of another home in it that must not leak in."""
    return dict(os.environ) | OTHERS | {"HOTLINE_HOME": str(home), "COLUMNS": "100"}


@contextmanager
def practising(home: Path, *options: str) -> Iterator["subprocess.Popen[str]"]:
    """The command as a process; ended at the latest with the block."""
    process = subprocess.Popen(
        [*HOTLINE, "practice", "--hosts", "small", *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(home), cwd=ROOT,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def read_until(process: "subprocess.Popen[str]", words: str) -> str:
    """What it says, up to the line with these words."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if words in line:
            return said
    raise AssertionError(f"it ended without saying {words!r}: {said}")


def world_of(process: "subprocess.Popen[str]") -> psutil.Process:
    """The practice internet that the command started."""
    children = psutil.Process(process.pid).children(recursive=True)
    return next(child for child in children if "practice" in child.cmdline())


@pytest.mark.journey
def test_every_removal_of_the_small_world_is_reached_and_no_other(tmp_path: Path) -> None:
    with practising(tmp_path, "--exit") as process:
        said, complaints = process.communicate()
    assert process.returncode == 0, said + complaints
    assert "Every removal that the world holds was reached, and no other" in said
    assert "Time to removal: first notice sent to removal" in said
    assert "share still online" in said
    assert complaints == ""


@pytest.mark.journey
def test_it_stays_up_for_other_terminals_until_it_is_interrupted(tmp_path: Path) -> None:
    with practising(tmp_path, "--days", "1") as process:
        said = read_until(process, "Ctrl-C ends it.")
        world = world_of(process)
        lines = tmp_path / "practice" / "env.sh"
        assert stat.S_IMODE(lines.stat().st_mode) == 0o600
        assert "things fell short" in said
        assert "was not removed: silo-files.example (removes after 72 h" in said
        assert "export HOTLINE_NOW=2030-01-02T00:00:00Z" in said
        shell = f". {lines}; {sys.executable} -c 'from commands.app import main; main()' cases --json"
        shown = subprocess.run(
            ["bash", "-c", shell], env=environment(tmp_path), cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert {case["state"] for case in json.loads(shown.stdout)} >= {"removed"}
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert psutil.wait_procs([world], timeout=30)[1] == []


@pytest.mark.prove
def test_days_that_are_too_few_end_with_one_and_name_what_fell_short(tmp_path: Path) -> None:
    with practising(tmp_path, "--days", "1", "--exit") as process:
        said, _ = process.communicate()
    assert process.returncode == 1
    assert "things fell short" in said
    assert "was not removed: silo-files.example (removes after 72 h" in said


@pytest.mark.parametrize(
    ("sign", "status"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGTERM, 128 + signal.SIGTERM)]
)
def test_the_world_ends_with_whoever_started_it(tmp_path: Path, sign: signal.Signals, status: int) -> None:
    with practising(tmp_path) as process:
        read_until(process, "day 0")
        world = world_of(process)
        process.send_signal(sign)
        assert process.wait(30) == status
        assert psutil.wait_procs([world], timeout=30)[1] == []


LOST = """
import os, signal, time
from commands.practising import ending_cleanly
class Thing:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        print("asked to end")
with ending_cleanly():
    thing = Thing()
    del thing
    print("not heard", flush=True)
    time.sleep(60)
"""


def test_a_termination_that_a_finalizer_swallows_is_said_again(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LOST], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )
    assert ended.stdout == "not heard\n", "the first word was not lost, so that this shows nothing"
    assert ended.returncode == 128 + signal.SIGTERM


@pytest.mark.parametrize("options", [("--days", "0"), ("--hosts", "many")])
def test_an_argument_that_makes_no_sense_is_refused_in_one_line(tmp_path: Path, options: tuple[str, str]) -> None:
    with practising(tmp_path, *options) as process:
        said, complaints = process.communicate()
    assert (process.returncode, said) == (2, "")
    assert len(complaints.splitlines()) == 1


def test_a_world_that_does_not_start_says_why_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "world").mkdir()
    (tmp_path / "world" / "dial.json").mkdir()
    with pytest.raises(HotlineError, match=r"did not start: .*dial\.json"), started(tmp_path / "world", "small"):
        pass


def test_the_world_is_moved_and_asked_over_its_socket(tmp_path: Path) -> None:
    with started(tmp_path / "world", "small") as world:
        assert world.next() is None
        assert world.faults() == []
        assert all(row["up"] for row in world.truth())
        assert world.settings["HOTLINE_NOW"].startswith("2030-01-01")
