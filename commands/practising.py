"""``practice``: the practice internet and the main job on it, days in a minute; then how long removal took, and what
fell short.
"""

import asyncio
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Final

from rich.console import Console

from commands.charts import draw_metrics, metrics_table
from commands.glimpse import Watcher
from commands.live_view import in_words, opened_view
from commands.practice_desk import set_up
from commands.practice_folder import PracticeFolder, begun_anew
from commands.practice_pages import host_pages
from commands.virtual_days import PracticeRun
from commands.world_process import World, started
from hotline.clock import MovableClock, utc_text
from hotline.errors import HotlineError
from hotline.home import Home, create_home, open_home
from hotline.settings import load
from hotline.words import HomeKind
from takedown import figures

_HOSTS: Final = ("all", "small")
_TERMINATED: Final = 128 + signal.SIGTERM
_SAID_AGAIN: Final = 2.0
"""Seconds of real time after which a termination that was not heard is said again."""


def practise(days: int, leave: bool, hosts: str) -> int:
    """Runs the practice internet and the main job on it; returns the exit status.

    ``leave``: ends when done, with 0 only if every removal that the world holds was reached, and no other. Else it
    stays up, with the world answering, until Ctrl-C.

    Raises:
        HotlineError: an argument makes no sense, the folder is not ours, or the practice internet does not start.
    """
    if days < 1 or hosts not in _HOSTS:
        raise HotlineError("--days is 1 or more, and --hosts is all or small")
    console = Console(highlight=False)
    beside = Path(os.environ.get("HOTLINE_HOME") or "./var")
    with begun_anew(beside) as folder, started(folder.world, hosts) as world, ending_cleanly():
        fell_short, settings = _run(console, folder, world, days)
        if leave:
            return 1 if fell_short else 0
        with host_pages(console, settings):
            _stay(console, folder, world)
    return 0


@contextmanager
def ending_cleanly() -> Iterator[None]:
    """A termination ends the block as Ctrl-C does: the world with it, and the terminal as it was.

    An exception that a signal raises while a finalizer happens to run is dropped by Python. So the ending is said again
    until it has been heard, which is when the block is left; what cleans up around it is not disturbed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: FrameType | None) -> None:
        signal.setitimer(signal.ITIMER_REAL, _SAID_AGAIN, _SAID_AGAIN)
        sys.exit(_TERMINATED)

    before = {sign: signal.signal(sign, end) for sign in (signal.SIGTERM, signal.SIGALRM)}
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for sign, handler in before.items():
            signal.signal(sign, handler)


def _run(console: Console, folder: PracticeFolder, world: World, days: int) -> tuple[list[str], dict[str, str]]:
    """What fell short, and the settings with which commands work on this home now."""
    begun = time.monotonic()
    home, clock, given = _home(folder, world)
    try:
        set_up(home, folder.world)
        end = clock.now() + timedelta(days=days)
        with opened_view(console, clock.now(), days) as view:
            run = PracticeRun(home, world, clock, view, end)
            asyncio.run(run.live_through())
        fell_short = run.shortfall()
        _tell(console, run, time.monotonic() - begun, fell_short)
        settings = given | {"HOTLINE_NOW": utc_text(clock.now()) or "", "HOTLINE_STAFF": "ana"}
        folder.write_env(settings)
    finally:
        home.engine.dispose()
    return fell_short, settings


def _home(folder: PracticeFolder, world: World) -> tuple[Home, MovableClock, dict[str, str]]:
    """A practice home on this internet; of the user's own settings none has a say in it."""
    given = world.settings | {"HOTLINE_HOME": str(folder.home)}
    settings = load(given)
    if settings.now is None:
        raise HotlineError("the practice internet did not say what time it is there")
    create_home(settings, HomeKind.PRACTICE)
    shutil.copy(folder.world / "edges.toml", folder.home / "edges.toml")
    clock = MovableClock(settings.now)
    return open_home(settings, clock), clock, given


def _tell(console: Console, run: PracticeRun, seconds: float, fell_short: list[str]) -> None:
    home = run.home
    console.print(f"\n{in_words(Watcher(home).look())}", soft_wrap=True)
    with home.reading() as session:
        overall, by_country = figures.metrics(home, session), figures.metrics(home, session, "country")
    console.print()
    draw_metrics(overall, console)
    console.print("\nby country", style="bold")
    console.print(metrics_table(by_country["groups"]))
    for line in _verdict(fell_short):
        console.print(line, soft_wrap=True, markup=False)
    console.print(_times(run, seconds), style="dim", soft_wrap=True)


def _verdict(fell_short: list[str]) -> list[str]:
    if not fell_short:
        return ["Every removal that the world holds was reached, and no other; no decoy was touched."]
    return [f"{len(fell_short)} things fell short:", *(f"  - {each}" for each in fell_short)]


def _times(run: PracticeRun, seconds: float) -> str:
    jobs = sorted(run.spent.items(), key=lambda job: -job[1])
    parts = ", ".join(f"{name} {spent:.1f} s" for name, spent in jobs if spent >= 0.05)
    days = (run.clock.now() - run.started) / timedelta(days=1)
    return f"{days:.1f} days passed in {seconds:.0f} s, in {run.moments} steps: {parts}"


def _stay(console: Console, folder: PracticeFolder, world: World) -> None:
    """Stays up until Ctrl-C, with the world answering, for commands in another terminal."""
    console.print("\nThe world goes on answering. In another terminal, from this folder or any:")
    console.print(f"  . {folder.env_file}", soft_wrap=True, markup=False)
    console.print("or the same lines by hand:")
    console.print(folder.env_file.read_text(encoding="utf-8").rstrip(), soft_wrap=True, markup=False)
    console.print("and then, for example: hotline cases, hotline case 1, hotline metrics --by provider")
    console.print("Ctrl-C ends it.")
    try:
        world.wait()
    except KeyboardInterrupt:
        return
    raise HotlineError("the practice internet ended by itself; its log is world.log in the practice folder")
