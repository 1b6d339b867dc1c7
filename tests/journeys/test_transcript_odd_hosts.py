"""What each kind of host does after a notice, and what a correct hotline may make of it: no removal that is none."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hotline_shell import Shell, WarmStart
from odd import Odd
from odd_hosts import ODD
from odd_world import OddWorld, lists, rows, url_of
from prepared_homes import open_home, take_in

LOOKS = ("2030-01-01T00:20:00Z", "2030-01-01T07:00:00Z", "2030-01-01T14:00:00Z", "2030-01-01T21:00:00Z")
NEXT_DAY = ("2030-01-02T06:00:00Z", "2030-01-02T13:00:00Z")
CUT = {"cut-short", "broken-off", "stops-in-the-middle", "a-part-that-was-not-asked-for"}
QUICK = [odd for odd in ODD if not odd.slow]
Cases = dict[str, dict[str, Any]]


def lived_through(world: OddWorld, warm: WarmStart, folder: Path, *, seen_once: bool = False) -> Cases:
    """All hosts are confirmed, crawled, asked, changed and looked at for a day; the cases by URL, in full.

    ``seen_once``: they change after the first recheck, so that later ones may glance.
    """
    world.restore()
    shell = Shell.standing_in(world, folder, warm).having(**world.more_settings)
    open_home(shell, world)
    for name, kind, table in lists(world):
        shell.say("hashes", "import", shell.file(f"{name}.csv", table), "--list", name, "--kind", kind, "--as", "ana")
    take_in(shell, *rows(world))
    shell.say("crawl")
    shell.say("notices", "send")
    if seen_once:
        shell.at("2030-01-01T00:15:00Z").say("recheck")
    world.change()
    for at in LOOKS if not seen_once else (*LOOKS, *NEXT_DAY):
        shell.at(at).say("recheck")
    shell.say("audit", "verify")
    return {url: shell.json("case", str(case["id"])) for url, case in shell.cases().items()}


@pytest.fixture(scope="module")
def odd_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OddWorld]:
    with OddWorld.started(tmp_path_factory.mktemp("odd-world")) as world:
        assert isinstance(world, OddWorld)
        yield world


@pytest.fixture(scope="module")
def cases(odd_world: OddWorld, warm_start: WarmStart, tmp_path_factory: pytest.TempPathFactory) -> Cases:
    return lived_through(odd_world, warm_start, tmp_path_factory.mktemp("odd-home"))


def verdicts(case: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """What each visit after the change meant, with its reason, by time."""
    return {each["at"]: (each["outcome"], each["reason"]) for each in case["verdicts"] if each["at"] in LOOKS}


def is_unclear(case: dict[str, Any]) -> bool:
    """Whether a visit after the change could not tell."""
    return "unclear" in {outcome for outcome, _ in verdicts(case).values()}


def test_there_are_more_than_a_hundred_kinds_of_hosts() -> None:
    assert len(ODD) > 100 and len({odd.name for odd in ODD}) == len(ODD)


@pytest.mark.parametrize("odd", QUICK, ids=lambda odd: odd.name)
def test_a_kind_of_host_is_taken_for_what_it_is(cases: Cases, odd: Odd) -> None:
    case = cases[url_of(odd)]
    told = verdicts(case)
    assert told and {outcome for outcome, _ in told.values()} <= odd.allowed, told
    assert odd.gone or (case["removed_at"] is None and case["state"] != "removed"), told
    if odd.allowed == {"gone"}:
        assert (case["state"], case["removed_at"]) == ("removed", LOOKS[0])


def test_no_removal_is_false_and_few_of_the_true_ones_stay_unclear(
    cases: Cases, capsys: pytest.CaptureFixture[str]
) -> None:
    removed = {odd.name for odd in QUICK if cases[url_of(odd)]["state"] == "removed"}
    gone = {odd.name for odd in QUICK if odd.gone}
    unclear = {odd.name for odd in QUICK if odd.gone and is_unclear(cases[url_of(odd)])}
    told = f"\n{len(QUICK)} kinds of hosts; of {len(gone)} gone {len(removed)} called removed, {len(unclear)} unclear"
    with capsys.disabled():
        sys.stdout.write(told + "\n")
    assert removed <= gone, "a false removal"
    assert len(unclear) <= 0.15 * len(gone)


@dataclass
class SlowWorld(OddWorld):
    """With the hosts that cost real time."""

    slow: bool = True


@pytest.mark.prove
@pytest.mark.timeout(1800)
def test_the_same_when_hosts_change_between_glances_and_with_those_that_cost_time(
    warm_start: WarmStart, tmp_path: Path
) -> None:
    for folder in ("world", "home"):
        (tmp_path / folder).mkdir()
    with SlowWorld.started(tmp_path / "world") as world:
        assert isinstance(world, OddWorld)
        cases = lived_through(world, warm_start, tmp_path / "home", seen_once=True)
    for odd in ODD:
        told = verdicts(cases[url_of(odd)])
        allowed = odd.allowed | ({"online"} if odd.name in CUT else set())  # its beginning is there
        assert told and {outcome for outcome, _ in told.values()} <= allowed, (odd.name, told)
        assert odd.gone or cases[url_of(odd)]["removed_at"] is None, (odd.name, told)
        assert odd.allowed != {"gone"} or cases[url_of(odd)]["state"] == "removed", (odd.name, told)
