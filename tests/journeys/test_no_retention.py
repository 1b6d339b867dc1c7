"""No copy of the media, and no address in clear, exists anywhere after a fetch; nor after a kill in the middle."""

import os
import secrets
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hotline_shell import Shell, WarmStart
from leak_scanner import WINDOW, Leak, Surroundings, files_under, leaks_in, picture_patterns, scan, text_patterns
from little_world import LittleWorld
from prepared_homes import open_home, report, take_in

from practice.running import World

HOME_FILES = {"hotline.db", "hotline.db-wal", "hotline.db-shm", "keys.json", "audit-head.json"}
PATIENCE = 60.0


@pytest.fixture
def marked_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LittleWorld]:
    """A world whose every name carries a mark that no other file of this machine can hold."""
    with LittleWorld.started(tmp_path_factory.mktemp("marked-world"), secrets.token_hex(6)) as world:
        yield world


@pytest.fixture
def folder_of_all_tests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tests that run beside this one keep their worlds, of which some have the same names."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture
def marked(marked_world: LittleWorld, tmp_path: Path, warm_start: WarmStart) -> Shell:
    """A home with a confirmed seed. What fetches is said from cold, so that start and end are looked through too."""
    warm = Shell.standing_in(marked_world, tmp_path, warm_start)
    take_in(open_home(warm, marked_world), report(marked_world, note="seen by a neighbour", reference="R-77"))
    return replace(warm, warm=None)


def _patterns(world: LittleWorld) -> dict[bytes, str]:
    found: dict[bytes, str] = {}
    for name, picture in world.pictures.items():
        found |= picture_patterns(name, picture.data)
    assert all(world.mark in name for name in (*world.hosts, *world.sites.contents)), "so the mark stands for them all"
    return found | text_patterns([world.mark])


def _places(shell: Shell, surroundings: Surroundings) -> list[Path]:
    own = [file for name in ("home", "tmp", "work") for file in files_under(shell.place / name)]
    return own + surroundings.changed()


def _leaks(shell: Shell, surroundings: Surroundings, patterns: dict[bytes, str]) -> list[Leak]:
    said = "\n".join(shell.complaints).encode()
    return scan(_places(shell, surroundings), patterns) + leaks_in(said, "standard error", patterns)


def _surroundings(shell: Shell, *worlds: Path) -> Surroundings:
    """All shared folders, without what the operator wrote down and the worlds' own files."""
    return Surroundings([shell.place, *worlds])


def _names_in_home(shell: Shell) -> set[str]:
    return {str(file.relative_to(shell.home)) for file in files_under(shell.home)}


def test_after_the_whole_job_nothing_served_is_in_any_file(marked: Shell, marked_world: LittleWorld) -> None:
    surroundings = _surroundings(marked, marked_world.folder)
    assert marked.json("crawl")["cases_opened"] == 2
    marked.say("notices", "send")
    marked_world.sites.remove(marked_world.seed)
    marked.at("2030-01-01T12:00:00Z").say("recheck")
    patterns = _patterns(marked_world)
    assert len(patterns) > 50
    assert _leaks(marked, surroundings, patterns) == []
    told = text_patterns(["abuse@south-net.example", "a neighbour"])
    assert scan(files_under(marked.home), told) == [], "nor who was asked, nor what the report says"
    assert _names_in_home(marked) <= HOME_FILES
    assert files_under(marked.place / "tmp") == []
    assert files_under(marked.place / "work") == []


def test_after_a_kill_in_the_middle_nothing_served_is_in_any_file(marked: Shell, marked_world: LittleWorld) -> None:
    surroundings = _surroundings(marked, marked_world.folder)
    marked_world.sites.slow.add(marked_world.host("mirror"))
    crawl = marked.begin("crawl")
    try:
        _wait_for_a_request(marked_world, crawl)
        patterns = _patterns(marked_world)
        assert _leaks(marked, surroundings, patterns) == [], "while it runs"
    finally:
        crawl.send_signal(signal.SIGKILL)
        crawl.wait()
    assert marked_world.sites.asked[marked_world.seed], "pictures had been fetched"
    assert _leaks(marked, surroundings, patterns) == []
    assert _names_in_home(marked) <= HOME_FILES
    assert scan([marked.place / "streams" / "err"], patterns) == []


def _wait_for_a_request(world: LittleWorld, crawl: object) -> None:
    """Until the slow host is asked; by then the other hosts' pictures have gone by."""
    deadline = time.monotonic() + PATIENCE
    while not world.sites.waiting:
        assert time.monotonic() < deadline, "the crawl never came to the slow host"
        time.sleep(0.02)


def test_a_planted_leak_is_found(marked: Shell, marked_world: LittleWorld) -> None:
    """The search itself can fail: one window of a picture, or one host name, is enough, wherever it lies."""
    surroundings = _surroundings(marked, marked_world.folder)
    patterns = _patterns(marked_world)
    window = next(iter(picture_patterns("one", marked_world.pictures["one"].data)))
    assert len(window) == WINDOW
    shared = Path("/dev/shm") / f"planted-{marked_world.mark[:4]}"
    planted = {
        marked.place / "tmp" / "spooled": b"before " + window + b" after",
        marked.place / "work" / "core": marked_world.host("pics").encode(),
        shared: marked_world.seed.encode("utf-16-le"),
    }
    try:
        for file, content in planted.items():
            file.write_bytes(content)
        found = {Path(leak.where) for leak in _leaks(marked, surroundings, patterns)}
    finally:
        shared.unlink(missing_ok=True)
    assert found == set(planted)
    marked.complaints.append(f"could not fetch {marked_world.seed}")
    assert "standard error" in {leak.where for leak in _leaks(marked, surroundings, patterns)}


def test_after_a_crawl_of_the_practice_world_no_address_of_it_is_in_any_file(
    warm_start: WarmStart, tmp_path: Path, folder_of_all_tests: Path
) -> None:
    folder = tmp_path / "practice-world"
    folder.mkdir()
    with World.start(folder, hosts="small") as world:
        place = tmp_path / "hotline"
        place.mkdir()
        shell = Shell.standing_in(None, place, warm_start)
        shell.environment.update(world.env)
        surroundings = Surroundings([folder_of_all_tests])
        shell.say("init", "--practice")
        for name, country in (("ana", "NL"), ("ben", "SE")):
            shell.say("staff", "add", name, "--role", "analyst", "--country", country)
        shell.say("hashes", "import", folder / "known.csv", "--list", "baseline", "--as", "ana")
        shell.say("seeds", "import", folder / "confirmed.csv", "--as", "ana")
        shell.say("crawl")
        urls = {str(row["url"]) for row in world.truth()}
    assert len(urls) >= 5
    hosts = {url.split("/")[2] for url in urls}
    assert _leaks(shell, surroundings, text_patterns([*urls, *hosts])) == []
    assert _names_in_home(shell) <= HOME_FILES
