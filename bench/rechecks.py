"""How many bytes do rechecks fetch while a picture stays online, beside fetching it whole each time?

The ten hosts of the practice internet, whose clock stands still, so that no host ever acts; the hotline's own clock
goes on for a day by the recheck plan, through the command line. What whole looks would have cost is reckoned from the
longest look at each picture. Ends with 1 when glances save less than ten times.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

LEAST: Final = 10.0
"""How many times fewer bytes are asked for."""

_START: Final = datetime(2030, 1, 1, tzinfo=UTC)
_DAY: Final = timedelta(hours=24)


def main() -> int:
    """Prints the table; 1 when less is saved than asked for."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        world = Path(folder) / "world"
        command = [sys.executable, "-m", "practice", "--folder", str(world), "--hosts", "small"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as practice:
            assert practice.stdin and practice.stdout
            practice.stdout.readline()
            began = time.monotonic()
            cases = _day(Path(folder), world)
            practice.stdin.close()
    return _show(cases, time.monotonic() - began)


def _day(folder: Path, world: Path) -> list[dict[str, Any]]:
    settings = json.loads((world / "env.json").read_text(encoding="utf-8"))
    environment = {**os.environ, **settings, "HOTLINE_HOME": str(folder / "home")}
    _say(environment, "init", "--practice")
    for name, country in (("ana", "NL"), ("ben", "SE")):
        _say(environment, "staff", "add", name, "--role", "analyst", "--country", country)
    _say(environment, "hashes", "import", str(world / "known.csv"), "--list", "known", "--as", "ana")
    _say(environment, "seeds", "import", str(world / "confirmed.csv"), "--as", "ana")
    _say(environment, "crawl")
    _say(environment, "notices", "send")
    now, gap = _START, timedelta(minutes=15)
    while now + gap <= _START + _DAY:
        now, gap = now + gap, gap * 1.25
        _say({**environment, "HOTLINE_NOW": now.isoformat()}, "recheck")
    numbers = [case["id"] for case in json.loads(_say(environment, "cases", "--json"))]
    return [json.loads(_say(environment, "case", str(number), "--json")) for number in numbers]


def _say(environment: Mapping[str, str], *argv: str) -> str:
    hotline = str(Path(sys.executable).with_name("hotline"))
    return subprocess.run([hotline, *argv], env=environment, capture_output=True, text=True, check=True).stdout


def _show(cases: list[dict[str, Any]], seconds: float) -> int:
    table = Table(title="Rechecks of a day, while every picture stays online; bytes of bodies")
    for name in ("case", "looks", "at a glance", "fetched", "whole each time", "times fewer"):
        table.add_column(name, justify="right")
    sums = [0, 0, 0, 0]
    for case in cases:
        looks = (
            [each for each in case["observations"] if each["at"] > case["first_notice_at"]] if case["notices"] else []
        )
        if (
            not looks
            or {each["outcome"] for each in looks} != {"online"}
            or not any(each["pdq"] for each in case["observations"])
        ):
            continue
        whole = len(looks) * max(each["bytes"] for each in case["observations"])
        figures = [len(looks), sum(not each["sha256"] for each in looks), sum(each["bytes"] for each in looks), whole]
        sums = [one + other for one, other in zip(sums, figures, strict=True)]
        table.add_row(str(case["id"]), *(f"{figure:,}" for figure in figures), f"{whole / figures[2]:.1f}")
    fewer = sums[3] / sums[2] if sums[2] else 0.0
    table.add_row("all", *(f"{figure:,}" for figure in sums), f"{fewer:.1f}")
    Console().print(table)
    print(f"{fewer:.1f} times fewer bytes (asked for: {LEAST:g}); {seconds:.0f} s")
    return int(fewer < LEAST)


if __name__ == "__main__":
    sys.exit(main())
