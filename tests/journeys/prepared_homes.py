"""Homes at stages of the main job, made once and copied: most journeys differ only in what comes after."""

import csv
import io
from pathlib import Path

from hotline_shell import Shell, WarmStart
from little_pictures import Picture
from little_world import LittleWorld

COLUMNS = (
    "url", "page", "referrer", "sha256", "reference", "source", "reported_at", "confirmed_by", "confirmed_at",
    "classification", "embargo_until", "note",
)  # fmt: skip


def table(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> str:
    """A CSV file of these rows."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def report(world: LittleWorld, **changes: str) -> dict[str, str]:
    """The report of the seed, or another like it."""
    row = {
        "url": world.seed,
        "page": world.thread,
        "sha256": world.pictures["one"].sha256,
        "reference": "R-1",
        "source": "public",
        "reported_at": "2029-12-31T20:00:00Z",
        "confirmed_by": "ana;ben",
        "confirmed_at": "2029-12-31T23:00:00Z",
        "classification": "baseline",
    }
    return row | changes


def hash_table(*pictures: Picture) -> str:
    """A hash list of these pictures."""
    names = ("sha256", "sha1", "md5", "pdq", "length", "classification")
    rows = [
        {"sha256": p.sha256, "sha1": p.sha1, "md5": p.md5, "pdq": p.pdq, "length": str(len(p.data)),
         "classification": "baseline"}
        for p in pictures
    ]  # fmt: skip
    return table(*rows, columns=names)


def open_home(shell: Shell, world: LittleWorld) -> Shell:
    """A practice home with its staff and the list ``baseline``."""
    shell.say("init", "--practice")
    for name, country in (("ana", "NL"), ("ben", "SE")):
        shell.say("staff", "add", name, "--role", "analyst", "--country", country)
    shell.say("hashes", "import", shell.file("known.csv", hash_table(world.pictures["two"])), "--list", "baseline",
              "--as", "ana")  # fmt: skip
    return shell


def take_in(shell: Shell, *rows: dict[str, str]) -> Shell:
    """Imports confirmed reports."""
    shell.say("seeds", "import", shell.file("confirmed.csv", table(*rows)), "--as", "ana")
    return shell


class Prepared:
    """Makes each stage when it is first asked for."""

    def __init__(self, world: LittleWorld, warm: WarmStart, folder: Path) -> None:
        self._world = world
        self._maker = Shell.standing_in(world, folder, warm)
        self._folder = folder

    def opened(self, shell: Shell) -> Shell:
        """Staff and hash list are there."""
        return self._copied("opened", shell)

    def crawled(self, shell: Shell) -> Shell:
        """The seed is confirmed and the crawl is done: three cases, nobody asked yet."""
        return self._copied("crawled", shell)

    def notified(self, shell: Shell) -> Shell:
        """The notices are sent."""
        return self._copied("notified", shell)

    def _copied(self, stage: str, shell: Shell) -> Shell:
        kept = self._folder / stage
        if not kept.exists():
            maker = self._make(stage)
            maker.home.rename(kept)
            self._world.restore()
        shell.take_over(kept)
        return shell

    def _make(self, stage: str) -> Shell:
        if stage == "opened":
            return open_home(self._maker, self._world)
        before = {"crawled": self.opened, "notified": self.crawled}[stage](self._maker)
        if stage == "crawled":
            take_in(before, report(self._world)).say("crawl")
        else:
            before.say("notices", "send")
        return before
