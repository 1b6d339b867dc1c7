"""Every command of the contract in a practice home: exit status, one JSON document, its keys and types."""

import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import contract_shapes as shapes
import pytest
from contract_shapes import Maybe, faults
from hotline_shell import Said, Shell
from little_pictures import png
from little_world import LittleWorld
from prepared_homes import hash_table, report, table

LATER = "2030-01-05T00:00:00Z"
COMES_LATER = (
    "worker", "enqueue", "blocklist export --format rpz --release 1", "blocklist confirm bad.example",
    "blocklist add bad.example --case 1 --criteria real_child,under_13,severe", "referrals export --to partner",
    "release request blocklist", "release request hashes", "release approve 1",
    "hashes export --format csv --release 1", "staff sign-in ana",
)  # fmt: skip

REFUSED = (
    "case 99", "case x", "notices show 99", "reconcile 99 --stored yes --as ana", "reconcile 1 --stored no --as ana",
    "reconcile 1 --stored perhaps --as ana", "decide 99 --decision close --reason x --as ana",
    "decide 1 --decision close --reason x --as ana", "embargo 99 --until 2031-01-01 --as ana",
    "embargo 1 --lift --as ana", "metrics --by moon", "metrics --since yesterday", "nonsense",
)  # fmt: skip

Arguments = Callable[[Shell, LittleWorld], list[str | Path]]


def _words(text: str) -> Arguments:
    return lambda shell, world: list(text.split())


def _file(before: str, name: str, content: Callable[[LittleWorld], str], after: str) -> Arguments:
    return lambda shell, world: [*before.split(), shell.file(name, content(world)), *after.split()]


def _another(world: LittleWorld) -> dict[str, str]:
    return report(world, url=world.beyond, reference="R-2")


def _picture(shell: Shell, world: LittleWorld) -> list[str | Path]:
    file = shell.file("one.png", "")
    file.write_bytes(world.pictures["one"].data)
    return ["hashes", "compute", file]


TABLE: dict[str, tuple[Arguments, Any]] = {
    "init": (_words("init --practice"), dict),
    "settings": (_words("settings"), shapes.SETTINGS),
    "doctor": (_words("doctor"), [dict]),
    "staff add": (_words("staff add cara --role coordinator --country NL --organisation Hotline"), dict),
    "mandate import": (_file("mandate import", "m.toml", lambda _: "[crawl]\nfollow_links = false", "--as ana"), dict),
    "seeds import": (_file("seeds import", "more.csv", lambda world: table(_another(world)), "--as ana"), shapes.SEEDS),
    "hashes import": (
        _file("hashes import", "more-known.csv", lambda _: hash_table(png(41), png(42)), "--list more --as ana"),
        shapes.HASHES_IMPORTED,
    ),
    "hashes check": (
        _file("hashes check", "digests.txt", lambda world: f"md5:{world.pictures['two'].md5}\n{'0' * 64}\n", ""),
        shapes.HASHES_CHECKED,
    ),
    "hashes compute": (_picture, shapes.HASHES_COMPUTED),
    "crawl": (_words("crawl"), shapes.CRAWLED),
    "resolve": (lambda shell, world: ["resolve", world.seed], shapes.FINDING),
    "notices send": (_words("notices send"), shapes.SENT),
    "notices list": (_words("notices list"), [shapes.NOTICE]),
    "notices show": (_words("notices show 1"), shapes.NOTICE_SHOWN),
    "inbox read": (_words("inbox read"), shapes.INBOX),
    "recheck": (_words("recheck"), shapes.LOOKED),
    "cases": (_words("cases"), [shapes.CASE]),
    "case": (_words("case 1"), shapes.CASE_DETAIL),
    "embargo": (_words(f"embargo 1 --scope url --until {LATER} --as ana"), dict),
    "embargo by url": (lambda shell, world: ["embargo", world.beyond, "--until", LATER, "--as", "ana"], dict),
    "forms": (_words("forms --all"), [shapes.FORM]),
    "metrics": (_words("metrics"), shapes.METRICS),
    "metrics by provider": (_words("metrics --by provider --clock report"), shapes.METRICS),
    "metrics by asn": (_words("metrics --by asn --clock confirmation"), shapes.METRICS),
    "metrics by tld": (_words("metrics --by tld --clock authority --since 2029-01-01"), shapes.METRICS),
    "metrics until": (_words("metrics --by country --until 2031-01-01"), shapes.METRICS),
    "audit verify": (_words("audit verify"), shapes.VERIFIED),
    "status": (_words("status"), shapes.STATUS),
}


@pytest.mark.parametrize("name", TABLE)
def test_a_command_of_a_practice_home_prints_one_document_of_the_contracts_shape(
    name: str, notified: Shell, world: LittleWorld
) -> None:
    argv, shape = TABLE[name]
    words = argv(notified, world)
    said = notified.say(*words, "--json")
    assert faults(shape, said.json) == []
    assert said.err == "", "progress is for terminals"
    if name in ("cases", "case", "notices list", "metrics", "doctor", "settings", "status", "notices show", "resolve"):
        plain = notified.say(*words)
        assert plain.out, "and lines for people without --json"
        assert plain.err == ""


@pytest.mark.parametrize("command", COMES_LATER)
def test_a_command_that_comes_later_says_so_and_does_nothing(command: str, notified: Shell) -> None:
    said = notified.say(*command.split(), status=2)
    assert said.out == ""
    assert "later" in said.complaint


def test_numbers_that_nobody_knows_are_refused_in_one_line(notified: Shell) -> None:
    for command in REFUSED:
        said = notified.say(*command.split(), status=2)
        assert said.complaint, command
        assert said.out == ""


def test_who_acts_must_be_said_and_known(notified: Shell, world: LittleWorld) -> None:
    confirmed = notified.file("again.csv", table(report(world)))
    assert "--as" in notified.say("seeds", "import", confirmed, status=2).complaint
    assert "nobody" in notified.say("seeds", "import", confirmed, "--as", "nobody", status=2).complaint
    assert notified.having(STAFF="ana").json("seeds", "import", confirmed)["joined"] == 1
    assert notified.say("crawl", "--as", "nobody", status=2).complaint
    assert notified.json("crawl", "--as", "ana")["tickets"] == 0


def test_the_same_report_joins_and_the_same_reference_changes_nothing(notified: Shell, world: LittleWorld) -> None:
    entries = notified.json("audit", "verify")["entries"]
    same = notified.file("same.csv", table(report(world), report(world, url=world.url("pics", "/i/%6Fne.png#top"))))
    assert notified.json("seeds", "import", same, "--as", "ana") == {"accepted": 0, "joined": 2, "rejected": []}
    assert notified.json("audit", "verify")["entries"] >= entries
    fresh = notified.file("fresh.csv", table(report(world, reference="R-9", url=f"{world.seed}#fragment")))
    assert notified.json("seeds", "import", fresh, "--as", "ana")["joined"] == 1
    assert len(notified.cases()) == 3
    assert len(notified.json("case", "1")["assessments"]) >= 2


def test_digests_are_computed_as_libraries_compute_them_and_what_is_no_picture_is_named(
    notified: Shell, world: LittleWorld
) -> None:
    picture = world.pictures["two again"]
    file, text = notified.file("two.jpg", ""), notified.file("words.txt", "no picture")
    file.write_bytes(picture.data)
    said = notified.say("hashes", "compute", file, text, "--json", status=1)
    assert faults(shapes.HASHES_COMPUTED, said.json) == []
    good, bad = said.json
    assert (good["sha256"], good["sha1"], good["md5"]) == (picture.sha256, picture.sha1, picture.md5)
    assert (good["pdq"], good["media_type"], good["frames"], good["problem"]) == (picture.pdq, "image/jpeg", 1, None)
    assert (bad["pdq"], bool(bad["problem"])) == (None, True)
    lines = notified.file("lines.txt", f"{world.pictures['two'].sha256}\npdq:{picture.pdq}\nmd5:{'0' * 32}\n")
    exact, near, none = notified.json("hashes", "check", lines)
    assert {name: exact["match"][name] for name in ("list", "kind", "distance")} == {
        "list": "baseline", "kind": "sha256", "distance": 0,
    }  # fmt: skip
    assert near["match"]["distance"] <= 31
    assert none["match"] is None


def test_the_audit_log_tells_of_a_change(notified: Shell) -> None:
    import sqlite3

    with sqlite3.connect(notified.home / "hotline.db") as database:
        database.execute("UPDATE audit_leaf SET actor = 'somebody' WHERE position = 5")
    database.close()
    said = notified.say("audit", "verify", "--json", status=1)
    assert said.json["entry"] == 5
    assert "Traceback" not in said.err


def test_cases_are_listed_by_state_and_an_empty_list_says_so(notified: Shell) -> None:
    assert len(notified.json("cases", "--state", "notified", "--state", "review")) == len(notified.cases()) > 0
    assert notified.json("cases", "--state", "closed") == []
    assert "no such case" in notified.say("cases", "--state", "closed").out
    assert "'gone' is not one of" in notified.say("cases", "--state", "gone", status=2).complaint


def test_the_version_is_told_without_a_home(shell: Shell) -> None:
    assert shell.say("--version").out.split()[0] == "hotline"


def test_a_name_of_staff_is_used_once(notified: Shell) -> None:
    said = notified.say("staff", "add", "ana", "--role", "analyst", "--country", "NL", status=2)
    assert "choose another name" in said.complaint


def test_a_message_is_shown_whole(notified: Shell, world: LittleWorld) -> None:
    shown = notified.json("notices", "show", "1")
    assert world.seed in shown["message"]
    assert shown["message_id"] in shown["message"]


def test_a_staff_token_is_printed_once_as_the_last_word(notified: Shell) -> None:
    said = notified.say("staff", "token", "ana", "--scope", "read")
    assert len(said.out.split()[-1]) >= 32


def test_keys_are_rotated_and_everything_still_opens(notified: Shell, world: LittleWorld) -> None:
    before = notified.cases()
    notified.say("keys", "rotate", "--as", "ana")
    assert notified.cases() == before
    assert notified.json("notices", "show", "1")["message"]
    notified.say("audit", "verify")


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_scheduler_runs_until_it_is_stopped(crawled: Shell, world: LittleWorld, ending: signal.Signals) -> None:
    (crawled.home / "hotline.toml").write_text("[notices]\ngroup_minutes = 0\n", encoding="utf-8")
    running = crawled.begin("run", "--public-port", "0")
    deadline = time.monotonic() + 60
    while len(world.post.kept) < 2:
        assert time.monotonic() < deadline, "the scheduler never sent what was due"
        assert running.poll() is None
        time.sleep(0.05)
    running.send_signal(ending)
    assert running.wait(30) in (0, 130)
    assert {case["state"] for case in crawled.cases().values()} == {"notified"}
    crawled.say("audit", "verify")


def test_plain_output_and_documents_never_mix(notified: Shell) -> None:
    said: Said = notified.say("cases", "--json")
    assert said.out.lstrip().startswith("[")
    assert faults(Maybe([dict]), said.json) == []
