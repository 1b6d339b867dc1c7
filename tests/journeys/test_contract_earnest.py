"""Every command of the contract in an earnest home: credentials, withheld addresses, no mandate, no way out.

Its settings are those of an earnest hotline, but the name servers and the mail server are on loopback; all names lead
to documentation addresses, which an earnest home refuses to dial. So nothing can be reached, and nothing is.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import contract_shapes as shapes
import pytest
from contract_shapes import faults
from hotline_shell import Shell, WarmStart
from little_world import LittleWorld
from prepared_homes import hash_table, report, table

from hotline.home import open_home
from hotline.settings import load
from hotline.staff import who_acts
from takedown.revealing import A_DAY, reveal


@dataclass(frozen=True)
class Earnest:
    """An earnest home and the credentials of its staff."""

    shell: Shell
    tokens: dict[str, str]

    def by(self, name: str | None) -> Shell:
        """Commands by this person; ``None``: by nobody."""
        return self.shell.having(STAFF_TOKEN=self.tokens[name] if name else None)


@pytest.fixture(scope="module")
def made(running_world: LittleWorld, warm_start: WarmStart, tmp_path_factory: pytest.TempPathFactory) -> Earnest:
    running_world.restore()
    place = tmp_path_factory.mktemp("earnest")
    shell = Shell.standing_in(running_world, place, warm_start).having(DIAL_MAP=None).at(None)
    shell.say("init")
    tokens: dict[str, str] = {}
    for name, role in (("root", "administrator"), ("ana", "analyst"), ("ben", "analyst"), ("cara", "coordinator")):
        by_root = shell.having(STAFF_TOKEN=tokens.get("root"))
        tokens[name] = by_root.json("staff", "add", name, "--role", role, "--country", "NL")["token"]
    earnest = Earnest(shell, tokens)
    known = shell.file("known.csv", hash_table(running_world.pictures["two"]))
    earnest.by("ana").say("hashes", "import", known, "--list", "baseline")
    confirmed = shell.file("confirmed.csv", table(_report(running_world)))
    assert earnest.by("ana").json("seeds", "import", confirmed, status=1)["accepted"] == 0
    assert earnest.by("ben").json("seeds", "import", confirmed)["accepted"] == 1
    return earnest


def _report(world: LittleWorld) -> dict[str, str]:
    return report(world) | {"confirmed_at": "2024-01-01T00:00:00Z", "reported_at": "2024-01-01T00:00:00Z"}


@pytest.fixture
def earnest(made: Earnest, world: LittleWorld, tmp_path: Path) -> Earnest:
    """A copy, so that tests do not meet."""
    shell = Shell.standing_in(world, tmp_path, made.shell.warm).having(DIAL_MAP=None).at(None)
    shutil.copytree(made.shell.home, shell.home)
    return Earnest(shell, made.tokens)


def test_domains_that_are_marked_are_withheld_until_somebody_entitled_reveals_them(earnest: Earnest) -> None:
    mark = ("dedicated", "add", "shelf.example", "--reason", "all of it")
    assert "is for: analyst" in earnest.by("cara").say(*mark, status=2).complaint
    earnest.by("ana").say(*mark)
    (row,) = earnest.by("ana").json("dedicated")
    assert (row["domain"], row["reason"], row["by"]) == (None, None, "ana")
    assert "is for: analyst or coordinator" in earnest.by("root").say("dedicated", "--reveal", status=2).complaint
    (row,) = earnest.by("cara").json("dedicated", "--reveal")
    assert (row["domain"], row["reason"]) == ("shelf.example", "all of it")


def test_the_first_member_of_staff_is_an_administrator_and_the_next_need_their_word(
    world: LittleWorld, shell: Shell
) -> None:
    home = shell.having(DIAL_MAP=None).at(None)
    home.say("init")
    add = ("staff", "add", "ana", "--country", "NL", "--role")
    assert "administrator" in home.say(*add, "analyst", status=2).complaint
    token = home.json(*add, "administrator")["token"]
    other = ("staff", "add", "ben", "--country", "SE", "--role", "analyst")
    assert "HOTLINE_STAFF_TOKEN" in home.say(*other, status=2).complaint
    assert home.say(*other, "--as", "ana", status=2).complaint
    assert home.having(STAFF_TOKEN="wrong").say(*other, status=2).complaint
    bens = home.having(STAFF_TOKEN=token).json(*other)["token"]
    third = ("staff", "add", "cara", "--country", "SE", "--role", "analyst")
    assert "administrator" in home.having(STAFF_TOKEN=bens).say(*third, status=2).complaint


def test_a_name_alone_acts_for_nobody(earnest: Earnest, world: LittleWorld) -> None:
    confirmed = earnest.shell.file("more.csv", table(_report(world) | {"url": world.beyond, "reference": "R-2"}))
    for command in (
        ["seeds", "import", confirmed], ["hashes", "import", confirmed, "--list", "x"],
        ["mandate", "import", confirmed],
        ["decide", "1", "--decision", "close", "--reason", "x"], ["embargo", "1", "--until", "2040-01-01"],
        ["reconcile", "1", "--stored", "yes"], ["crawl"], ["recheck"], ["notices", "send"], ["keys", "rotate"],
        ["case", "1", "--reveal", "--reason", "x"], ["inbox", "read"],
    ):  # fmt: skip
        assert "HOTLINE_STAFF_TOKEN" in earnest.by(None).say(*command, "--as", "ana", status=2).complaint, command
    assert "not that of ben" in earnest.by("ana").say("seeds", "import", confirmed, "--as", "ben", status=2).complaint
    assert "analyst" in earnest.by("cara").say("seeds", "import", confirmed, status=2).complaint


def test_a_baseline_report_needs_two_credentials_whatever_names_its_file_holds(
    earnest: Earnest, world: LittleWorld
) -> None:
    row = _report(world) | {"url": world.beyond, "reference": "R-2"}
    confirmed = earnest.shell.file("more.csv", table(row))
    first = earnest.by("ana").say("seeds", "import", confirmed, "--json", status=1)
    assert faults(shapes.SEEDS, first.json) == []
    assert first.json["accepted"] == 0
    again = earnest.by("ana").json("seeds", "import", confirmed, status=1)
    assert again["accepted"] == 0, "the same credential twice is one"
    assert earnest.by("ben").json("seeds", "import", confirmed) == {"accepted": 1, "joined": 0, "rejected": []}
    national = earnest.shell.file("national.csv", table(row | {
        "url": world.url("next", "/x"), "reference": "R-3", "classification": "national", "confirmed_by": "ana",
    }))  # fmt: skip
    assert earnest.by("ana").json("seeds", "import", national)["accepted"] == 1


def test_practice_settings_are_refused(earnest: Earnest, world: LittleWorld, tmp_path: Path) -> None:
    for command in ("cases", "crawl", "audit verify", "init"):
        now = earnest.by("ana").at("2030-01-01T00:00:00Z").say(*command.split(), status=2)
        assert "HOTLINE_NOW" in now.complaint
        mapped = earnest.by("ana").having(DIAL_MAP=str(world.folder / "dial.json")).say(*command.split(), status=2)
        assert "HOTLINE_DIAL_MAP" in mapped.complaint
    assert "earnest" in earnest.by("ana").say("init", "--practice", status=2).complaint


def test_without_a_mandate_nothing_is_followed_and_nobody_is_notified(earnest: Earnest, world: LittleWorld) -> None:
    crawled = earnest.by("ana").json("crawl")
    assert faults(shapes.CRAWLED, crawled) == []
    assert crawled["cases_opened"] == 0
    sent = earnest.by(None).json("notices", "send")
    assert faults(shapes.SENT, sent) == []
    assert sent["sent"] == 0
    assert [row["case"] for row in sent["withheld"]] == [1]
    assert "mandate" in sent["withheld"][0]["reason"]
    assert world.post.letters == []
    assert not world.sites.asked, "a documentation address is not dialled in earnest"


def test_links_may_not_be_followed_by_a_mandate_without_basis_or_end(earnest: Earnest) -> None:
    for text in ("[crawl]\nfollow_links = true\n", '[crawl]\nfollow_links = true\nlegal_basis = "law"\n'):
        file = earnest.shell.file("mandate.toml", text)
        assert "follow_links" in earnest.by("root").say("mandate", "import", file, status=2).complaint


TABLE: dict[str, Any] = {
    "settings": shapes.SETTINGS, "doctor": [dict], "cases": [shapes.CASE], "case 1": shapes.CASE_DETAIL,
    "notices list": [shapes.NOTICE], "metrics": shapes.METRICS, "metrics --by tld --clock report": shapes.METRICS,
    "audit verify": shapes.VERIFIED, "status": shapes.STATUS, "crawl": shapes.CRAWLED, "recheck": shapes.LOOKED,
    "notices send": shapes.SENT, "inbox read": shapes.INBOX, "init": dict,
    "staff list": [dict], "embargo 1 --until 2040-01-01": dict,
}  # fmt: skip


def test_each_command_prints_its_document_and_no_address(earnest: Earnest, world: LittleWorld) -> None:
    secrets = [name.partition(".")[2] for name in world.hosts] + ["south-net.example", "thread/1", "203.0.113.20"]
    for command, shape in TABLE.items():
        said = earnest.by("ana").say(*command.split(), "--json")
        assert faults(shape, said.json) == [], command
        shown = said.out + said.err + earnest.by("ana").say(*command.split()).out
        assert [secret for secret in secrets if secret in shown] == [], command
    assert earnest.by("ana").json("cases")[0]["url"] is None
    case = earnest.by("ana").json("case", "1")
    assert (case["url"], case["found_on"]) == (None, [])


def test_notices_in_earnest_are_shown_without_recipient_and_message(earnest: Earnest, world: LittleWorld) -> None:
    file = earnest.shell.file("mandate.toml", '[country."*"]\nnotify = "direct"\n')
    earnest.by("root").say("mandate", "import", file)
    assert earnest.by(None).json("notices", "send")["sent"] == 1
    assert [letter.recipient for letter in world.post.kept] == ["abuse@south-net.example"]
    shown = earnest.by("ana").say("notices", "show", "1", "--json")
    assert faults(shapes.NOTICE_SHOWN, shown.json) == []
    assert (shown.json["to"], shown.json["message"]) == (None, None)
    assert "south-net" not in earnest.by("ana").say("notices", "list").out


def test_a_reveal_needs_a_credential_and_a_reason_and_is_audited(earnest: Earnest, world: LittleWorld) -> None:
    entries = earnest.by("ana").json("audit", "verify")["entries"]
    assert "--reason" in earnest.by("ana").say("case", "1", "--reveal", status=2).complaint
    assert earnest.by(None).say("case", "1", "--reveal", "--reason", "to look", status=2).complaint
    assert earnest.by("root").say("case", "1", "--reveal", "--reason", "to look", status=2).complaint
    assert earnest.by("ana").json("audit", "verify")["entries"] == entries
    case = earnest.by("ana").json("case", "1", "--reveal", "--reason", "to assess it")
    assert faults(shapes.CASE_DETAIL, case) == []
    assert (case["url"], case["found_on"]) == (world.seed, [world.thread])
    assert earnest.by("ana").json("audit", "verify")["entries"] == entries + 1
    assert earnest.by("ana").json("case", "1")["url"] is None, "once is not for ever"


def test_reveals_are_capped_a_day(earnest: Earnest, world: LittleWorld) -> None:
    home = open_home(load(earnest.by("ana").environment))
    ana = who_acts(home, "ana")
    for _ in range(A_DAY - 1):  # as the command does it, without starting it so often
        reveal(home, 1, ana, "counted")
    home.seal_audit()
    home.engine.dispose()
    last = ("case", "1", "--reveal", "--reason", "the last of the day")
    assert earnest.by("ana").json(*last)["url"] == world.seed
    refused = earnest.by("ana").say(*last, "--json", status=2)
    assert "24 hours" in refused.complaint
    assert world.seed not in refused.out
    assert earnest.by("cara").json(*last)["url"] == world.seed, "each has their own"
