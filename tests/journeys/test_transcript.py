"""The contract's transcript, word for word: from two files to a proven removal, by the command line from cold.

Every command is a start of ``hotline`` of its own, in the order and at the times of the contract.
"""

from dataclasses import replace
from typing import Any

import pytest
from contract_shapes import CASE, CASE_DETAIL, METRICS, NOTICE, faults
from hotline_shell import Shell
from little_world import LittleWorld
from postgres_cluster import Cluster
from prepared_homes import hash_table, report, table

MIDNIGHT, FIRST_LOOK = "2030-01-01T00:00:00Z", "2030-01-01T00:20:00Z"
NOON, EVENING = "2030-01-01T12:00:00Z", "2030-01-01T19:00:00Z"
SOUTH, EAST = "abuse@south-net.example", "abuse@east-net.example"


@pytest.fixture
def cold(world: LittleWorld, tmp_path: Any) -> Shell:
    return Shell.standing_in(world, tmp_path)


def test_a_url_goes_from_csv_to_a_proven_removal_by_the_command_line_alone(cold: Shell, world: LittleWorld) -> None:
    _set_up(cold, world)
    _find(cold, world)
    _ask(cold, world)
    _look_again(cold, world)
    _account(cold.at(EVENING), world)


def test_the_same_way_on_postgresql(shell: Shell, world: LittleWorld, postgresql: Cluster) -> None:
    with postgresql.fresh_database() as url:
        there = shell.having(DATABASE_URL=url)
        _set_up(there, world)
        _find(there, world)
        _ask(there, world)
        _look_again(there, world)
        _account(there.at(EVENING), world)
        assert not list(there.home.glob("*.db*")), "nothing is kept in SQLite"
        there.at(EVENING).say("keys", "rotate", "--as", "ana")
        assert {case["state"] for case in there.at(EVENING).cases().values()} == {"removed"}


def _set_up(shell: Shell, world: LittleWorld) -> None:
    shell.say("init", "--practice")
    shell.say("staff", "add", "ana", "--role", "analyst", "--country", "NL")
    shell.say("staff", "add", "ben", "--role", "analyst", "--country", "SE")
    known = shell.file("known.csv", hash_table(world.pictures["two"]))
    taken = shell.json("hashes", "import", known, "--list", "baseline", "--as", "ana")
    assert taken == {"added": 1, "known": 0, "rejected": []}


def _find(shell: Shell, world: LittleWorld) -> None:
    confirmed = shell.file("confirmed.csv", table(report(world)))
    assert shell.json("seeds", "import", confirmed, "--as", "ana") == {"accepted": 1, "joined": 0, "rejected": []}
    crawled = shell.json("crawl")
    assert (crawled["tickets"], crawled["cases_opened"], crawled["unclear"]) == (1, 2, 0)
    assert crawled["pages"] == 4, "two of the forum, the viewer, and the page beyond it"
    assert crawled["refused"] >= 1, "the search link is refused"
    assert set(crawled) == {"tickets", "pages", "media", "matched", "cases_opened", "refused", "unclear"}
    assert not world.sites.asked[world.search]
    assert not world.sites.asked[world.beyond]
    cases = shell.cases()
    assert set(cases) == {world.seed, world.copy, world.twin}
    assert cases[world.copy]["match"] == {"list": "confirmed", "kind": "sha256", "distance": 0}
    assert cases[world.twin]["match"] == {"list": "baseline", "kind": "sha256", "distance": 0}
    assert cases[world.copy]["found_on"] == [world.url("view", "/v/7")]


def _ask(shell: Shell, world: LittleWorld) -> None:
    sent = shell.json("notices", "send")
    assert sent == {"sent": 2, "withheld": [], "failed": 0, "unknown": 0}
    assert [letter.recipient for letter in world.post.kept] == [SOUTH, EAST]
    (south,), (east,) = world.post.to(SOUTH), world.post.to(EAST)
    for url in (world.seed, world.twin):
        assert url in south.text
        assert url in south.table
    assert world.copy in east.text
    assert "/v/7" in east.text, "the viewer is at the same provider"
    for name in ("mirror.", "view.", "forum.", "plain."):
        assert name.encode() not in south.data, "no URL of others"
    for name in ("pics.", "twin.", "forum.", "plain."):
        assert name.encode() not in east.data, "no URL of others"
    assert south.sender.startswith("notice+")
    assert south.sender.endswith("@hotline.example")
    assert {south.message["To"], east.message["To"]} == {SOUTH, EAST}
    assert shell.json("notices", "send") == {"sent": 0, "withheld": [], "failed": 0, "unknown": 0}
    assert len(world.post.letters) == 2, "nobody is asked twice"


def _look_again(shell: Shell, world: LittleWorld) -> None:
    looked = shell.at(FIRST_LOOK).json("recheck")
    assert (looked["looked"], looked["online"], looked["gone"]) == (3, 3, 0)
    assert looked["bytes"] >= 2 * len(world.pictures["one"].data)
    for url in (world.seed, world.copy, world.twin):
        world.sites.remove(url)
    gone = shell.at(NOON).json("recheck")
    assert (gone["looked"], gone["gone"]) == (3, 3)
    assert {case["state"] for case in shell.at(NOON).cases().values()} == {"notified"}, "one look is none"
    again = shell.at(EVENING).json("recheck")
    assert (again["looked"], again["gone"]) == (3, 3)
    assert set(looked) == {"looked", "online", "gone", "changed", "moved", "unclear", "bytes"}


def _account(shell: Shell, world: LittleWorld) -> None:
    rows = shell.json("cases")
    assert not [fault for row in rows for fault in faults(CASE, row)]
    for row in rows:
        assert (row["state"], row["removed_at"], row["episode"]) == ("removed", NOON, 1)
        assert (row["opened_at"], row["first_notice_at"], row["last_online_at"]) == (MIDNIGHT, MIDNIGHT, FIRST_LOOK)
        assert row["due_at"] > EVENING, "a removed case is watched"
        assert (row["notices"], row["escalation"], row["classification"]) == (1, 0, "baseline")
    seed = next(row for row in rows if row["url"] == world.seed)
    assert (seed["origin"], seed["match"], seed["found_on"]) == ("report", None, [world.thread])
    assert seed["provider"] == {"name": "South Pictures", "asn": 64501, "country": "SE"}
    assert {row["origin"] for row in rows if row is not seed} == {"crawl"}
    _check_history(shell.json("case", str(seed["id"])))
    _check_figures(shell)
    verified = shell.json("audit", "verify")
    assert verified["entries"] > 20
    assert len(bytes.fromhex(verified["root"])) == 32
    assert set(verified) == {"entries", "root"}


def _check_history(case: dict[str, Any]) -> None:
    assert not faults(CASE_DETAIL, case)
    assert [(look["at"], look["outcome"], look["status"]) for look in case["observations"]][-3:] == [
        (FIRST_LOOK, "online", 200), (NOON, "gone", 404), (EVENING, "gone", 404),
    ]  # fmt: skip
    assert [move["to"] for move in case["moves"]] == ["confirmed", "ready", "notified", "removed"]
    assert [(word["by"], word["decision"]) for word in case["assessments"]] == [("ana", "confirm"), ("ben", "confirm")]
    (notice,) = case["notices"]
    assert not faults(NOTICE, notice)
    assert (notice["to"], notice["state"], notice["round"], notice["attempts"]) == (SOUTH, "sent", 1, 1)


def _check_figures(shell: Shell) -> None:
    said = shell.say("metrics", "--json")
    assert said.err == ""
    assert not faults(METRICS, said.json)
    assert said.json["definition"] == "first notice sent to removal"
    (group,) = said.json["groups"]
    assert (group["group"], group["cases"], group["removed"], group["open"]) == ("all", 3, 3, 0)
    assert (group["reappeared"], group["unverifiable"], group["referred_unknown"]) == (0, 0, 0)
    assert (group["median_hours"], group["p90_hours"]) == (12.0, 12.0)
    assert group["within"] == {"24h": 1.0, "72h": 1.0, "7d": 1.0}
    assert group["survival"] == [[0.0, 1.0], [12.0, 0.0]]
    by_country = shell.json("metrics", "--by", "country")
    assert [(each["group"], each["cases"]) for each in by_country["groups"]] == [("DE", 1), ("SE", 2)]


def test_a_command_forked_from_a_warm_process_says_what_one_from_cold_says(notified: Shell) -> None:
    """The other journeys save the second of importing; this is why they may."""
    cold = replace(notified, warm=None)
    for words in (["cases"], ["case", "1"], ["metrics"], ["case", "99"]):
        warm, from_cold = notified.say(*words, "--json", status=None), cold.say(*words, "--json", status=None)
        assert (warm.status, warm.out, warm.err) == (from_cold.status, from_cold.out, from_cold.err)
