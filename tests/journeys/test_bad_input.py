"""Whatever is wrong with what comes in: one clear line, the contract's status, good rows kept, nothing lost."""

import json
import os
import sqlite3
from pathlib import Path

import pytest
from contract_shapes import HASHES_IMPORTED, SEEDS, faults
from hotline_shell import Shell
from little_world import LittleWorld
from prepared_homes import hash_table, report, table

BROKEN = {
    "bad url": {"url": "http://"},
    "no address": {"url": "see the forum"},
    "another scheme": {"url": "ftp://files.nook.example/a.png"},
    "a script": {"url": "javascript:alert(1)"},
    "data": {"url": "data:image/png;base64,AAAA"},
    "credentials": {"url": "http://user:swordfish@pics.shelf.example/a.png"},
    "credentials on the page": {"page": "http://user:swordfish@forum.nook.example/"},
    "loopback": {"url": "http://127.0.0.1/a.png"},
    "loopback as a number": {"url": "http://2130706433/a.png"},
    "private": {"url": "http://10.0.0.7/a.png"},
    "link-local": {"url": "http://[fe80::1]/a.png"},
    "mapped": {"url": "http://[::ffff:192.168.0.1]/a.png"},
    "this machine": {"url": "http://localhost/a.png"},
    "empty url": {"url": ""},
    "unknown staff": {"confirmed_by": "ana;zoe"},
    "one person": {"confirmed_by": "ana"},
    "one person twice": {"confirmed_by": "ana;ana"},
    "nobody": {"confirmed_by": ""},
    "no classification": {"classification": ""},
    "unknown classification": {"classification": "grave"},
    "short digest": {"sha256": "abc"},
    "bad time": {"reported_at": "last week"},
    "bad end of embargo": {"embargo_until": "soon"},
}


def _rows(world: LittleWorld, *changes: dict[str, str]) -> list[dict[str, str]]:
    return [
        report(world, **{"url": world.url("pics", f"/n/{number}.png"), "reference": f"N-{number}"} | change)
        for number, change in enumerate(changes)
    ]


def test_each_broken_row_is_named_by_line_and_reason_and_the_good_ones_are_kept(
    opened: Shell, world: LittleWorld
) -> None:
    text = table(*_rows(world, {}, *BROKEN.values(), {}))
    said = opened.say("seeds", "import", opened.file("mixed.csv", text), "--as", "ana", "--json", status=1)
    assert faults(SEEDS, said.json) == []
    assert (said.json["accepted"], said.json["joined"]) == (2, 0)
    named = {row["line"]: row["reason"] for row in said.json["rejected"]}
    lines = dict(zip(range(3, 3 + len(BROKEN)), BROKEN, strict=True))
    assert set(named) == set(lines), [lines[line] for line in set(lines) ^ set(named)]
    assert all(named.values())
    assert "swordfish" not in said.out + said.err, "no credential is repeated"
    assert len(opened.cases()) == 2
    plain = opened.say("seeds", "import", opened.file("mixed.csv", text), "--as", "ana", status=1)
    assert len(plain.err.splitlines()) == len(BROKEN)
    assert len(opened.cases()) == 2


def test_when_all_rows_are_broken_nothing_is_done(opened: Shell, world: LittleWorld) -> None:
    text = table(*_rows(world, *list(BROKEN.values())[:3]))
    said = opened.say("seeds", "import", opened.file("broken.csv", text), "--as", "ana", "--json", status=2)
    assert [row["line"] for row in said.json["rejected"]] == [2, 3, 4]
    assert said.complaint
    assert opened.cases() == {}


@pytest.mark.parametrize("missing", ["url", "confirmed_by", "classification"])
def test_a_missing_column_is_named(opened: Shell, world: LittleWorld, missing: str) -> None:
    row = report(world)
    columns = tuple(name for name in row if name != missing)
    text = table({name: row[name] for name in columns}, columns=columns)
    said = opened.say("seeds", "import", opened.file("missing.csv", text), "--as", "ana", "--json", status=2)
    assert missing in said.complaint
    assert opened.cases() == {}


def test_an_unknown_column_is_named(opened: Shell, world: LittleWorld) -> None:
    row = report(world) | {"urgency": "high"}
    said = opened.say(
        "seeds", "import", opened.file("strange.csv", table(row, columns=tuple(row))), "--as", "ana", status=2
    )
    assert "urgency" in said.complaint
    strange = opened.file("strange.jsonl", json.dumps(row) + "\n")
    assert "urgency" in opened.say("seeds", "import", strange, "--as", "ana", status=2).complaint
    assert opened.cases() == {}


def test_json_lines_marks_and_line_breaks_within_cells_are_read_by_physical_line(
    opened: Shell, world: LittleWorld
) -> None:
    good, bad = _rows(world, {"note": 'two\nlines, and "quotes"'}, {"classification": "grave"})
    text = "\ufeff" + table(good, bad).replace("\n", "\r\n")
    file = opened.file("marked.csv", "")
    file.write_bytes(text.encode())
    taken = opened.json("seeds", "import", file, "--as", "ana", status=1)
    assert taken["accepted"] == 1
    assert [row["line"] for row in taken["rejected"]] == [4], "the good row takes two lines"
    lines = [json.dumps(row) for row in _rows(world, {}, {}, {"url": "nonsense"})[1:]]
    file.write_text("\n".join([lines[0], "", "{not json", lines[1]]))
    taken = opened.json("seeds", "import", file, "--as", "ana", status=1)
    assert ([row["line"] for row in taken["rejected"]], taken["accepted"]) == ([3, 4], 1)


def test_a_quote_that_is_never_closed_costs_its_own_row_alone(opened: Shell, world: LittleWorld) -> None:
    first, second, third = table(*_rows(world, {}, {}, {})).splitlines()[1:]
    header = table().strip()
    file = opened.file("quote.csv", "\n".join([header, first, '"' + second, third]) + "\n")
    taken = opened.json("seeds", "import", file, "--as", "ana", status=1)
    assert (taken["accepted"], [row["line"] for row in taken["rejected"]]) == (2, [3])


def test_broken_rows_of_a_hash_list_are_named_and_the_others_kept(opened: Shell, world: LittleWorld) -> None:
    good = hash_table(world.pictures["one"])
    text = good + "abc,,,,,\n,,,,,\n" + f"{'g' * 64},,,,,\n" + f",,{'0' * 32},,x,\n" + f",{'1' * 40},,,,\n"
    words = ("hashes", "import", opened.file("list.csv", text), "--list", "more", "--as", "ana")
    said = opened.say(*words, "--json", status=1)
    assert faults(HASHES_IMPORTED, said.json) == []
    assert (said.json["added"], [row["line"] for row in said.json["rejected"]]) == (2, [3, 4, 5, 6])
    again = opened.json(*words, status=1)
    assert (again["added"], again["known"]) == (0, 2)
    none = opened.file("none.csv", "sha256\nabc\n\n")
    assert opened.say("hashes", "import", none, "--list", "more", "--as", "ana", status=2).err
    for change in (["--format", "excel"], ["--format", "vics"], ["--kind", "strange"]):
        assert opened.say("hashes", "import", none, "--list", "more", "--as", "ana", *change, status=2).complaint


NOISE = (os.urandom(4096), b"", b"\n\n", b"\x00" * 100, b"\xff\xfe" + "url".encode("utf-16-le"))


@pytest.mark.parametrize("content", NOISE, ids=("noise", "empty", "blank", "zeros", "wide"))
def test_a_file_that_is_no_table_is_refused_in_one_line(opened: Shell, content: bytes) -> None:
    file = opened.file("noise.csv", "")
    file.write_bytes(content)
    for command in (["seeds", "import"], ["hashes", "import", "--list", "noise"], ["mandate", "import"]):
        said = opened.say(*command, file, "--as", "ana", status=None)
        if command[0] == "mandate" and not content.strip():
            continue  # an empty mandate is one that allows nothing
        assert said.status == 2, (command, said.err)
        assert "a fault of ours" not in said.err
        assert said.err.strip()
    assert opened.cases() == {}


def test_a_file_that_is_not_there_is_named(opened: Shell) -> None:
    for command in (["seeds", "import"], ["hashes", "import", "--list", "x"], ["mandate", "import"]):
        assert "gone.csv" in opened.say(*command, "gone.csv", "--as", "ana", status=2).complaint
    assert opened.say("hashes", "check", "gone.csv", status=2).complaint
    (row,) = opened.json("hashes", "compute", "gone.png", status=1)
    assert (row["sha256"], bool(row["problem"])) == (None, True)


@pytest.mark.parametrize(
    "text",
    ["[crawl]\nfollow_link = true", "[crawl]\nfollow_links = 'yes'", "[country.Holland]\nnotify = 'direct'",
     "[country.NL]\nnotify = 'perhaps'", "[country.NL]\nnotify = 'direct'\npolice_first_hours = -1", "not toml ["],
)  # fmt: skip
def test_a_mandate_with_anything_unknown_is_refused(opened: Shell, text: str) -> None:
    assert opened.say("mandate", "import", opened.file("m.toml", text), "--as", "ana", status=2).complaint


def test_a_second_init_changes_nothing(notified: Shell) -> None:
    before = notified.cases()
    keys = (notified.home / "keys.json").read_bytes()
    notified.say("init", "--practice")
    assert notified.cases() == before
    assert (notified.home / "keys.json").read_bytes() == keys
    refused = notified.at(None).having(DIAL_MAP=None).say("init", status=2)
    assert "practice" in refused.complaint
    assert notified.cases() == before


def test_a_key_file_that_others_can_read_is_refused(notified: Shell) -> None:
    keys = notified.home / "keys.json"
    for mode in (0o644, 0o640, 0o604):
        keys.chmod(mode)
        said = notified.say("cases", "--json", status=2)
        assert "chmod 600" in said.complaint
        assert said.out == ""
    keys.chmod(0o600)
    assert notified.cases()


def test_a_key_file_that_is_gone_broken_or_anothers_is_refused_and_not_replaced(notified: Shell, shell: Shell) -> None:
    keys = notified.home / "keys.json"
    kept = keys.read_bytes()
    keys.unlink()
    assert "key" in notified.say("cases", status=2).complaint
    assert "key" in notified.say("init", "--practice", status=None).err or not keys.exists()
    for content in (b"", b"{}", kept[:-30]):
        keys.write_bytes(content)
        keys.chmod(0o600)
        assert "damaged" in notified.say("cases", status=2).complaint
    ring = json.loads(kept)
    ring["data"]["1"] = ring["index"]
    keys.write_text(json.dumps(ring))
    assert notified.say("cases", status=2).complaint
    keys.write_bytes(kept)
    assert notified.cases()


def test_a_database_of_a_newer_schema_is_left_alone(notified: Shell) -> None:
    file = notified.home / "hotline.db"
    with sqlite3.connect(file) as database:
        database.execute("UPDATE alembic_version SET version_num = 'v9999'")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    database.close()
    before = file.read_bytes()
    for command in (["cases"], ["crawl"], ["init", "--practice"], ["audit", "verify"]):
        assert "newer" in notified.say(*command, status=2).complaint
    assert file.read_bytes() == before


def test_what_is_no_database_is_refused(shell: Shell) -> None:
    shell.home.mkdir()
    (shell.home / "hotline.db").write_bytes(os.urandom(8192))
    assert "database" in shell.say("cases", status=2).complaint
    assert "database" in shell.say("init", "--practice", status=2).complaint
    assert not (shell.home / "keys.json").exists()


def test_a_home_that_cannot_be_made_or_is_not_there_is_named(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    inside = shell.having(HOME=str(tmp_path / "file" / "home"))
    assert "HOTLINE_HOME" in inside.say("init", "--practice", status=2).complaint
    assert "HOTLINE_HOME" in shell.having(HOME="/proc/hotline").say("init", "--practice", status=2).complaint
    assert "hotline init" in shell.say("cases", status=2).complaint


def test_time_may_not_run_backwards(notified: Shell) -> None:
    yesterday = notified.at("2029-12-31T00:00:00Z")
    entries = notified.json("audit", "verify")["entries"]
    for command in ("crawl", "recheck", "notices send", "inbox read", "staff add x --role analyst --country NL",
                    "embargo 1 --until 2031-01-01 --as ana", "keys rotate --as ana"):  # fmt: skip
        assert "HOTLINE_NOW" in yesterday.say(*command.split(), status=2).complaint
    assert len(yesterday.cases()) == 3, "reading is allowed"
    assert notified.json("audit", "verify")["entries"] == entries


GARBAGE = {
    "DATABASE_URL": ("mysql://db.example/x", "cases"),
    "KEY_FILE": ("/proc/none", "cases"),
    "RESOLVERS": ("dns.example", "cases"),
    "DIAL_MAP": ("/proc/none", "crawl"),
    "CA_FILE": ("/proc/none", "crawl"),
    "VANTAGES": ("home=ftp://proxy.example", "cases"),
    "REMOVAL_GAP": ("soon", "cases"),
    "SMTP": ("smtp://mail.example:25", "cases"),
    "MAIL_FROM": ("not an address", "cases"),
    "INBOX": ("mbox:/tmp/x", "cases"),
    "PUBLIC_URL": ("javascript:alert(1)", "cases"),
    "ORGANISATION": ("two\nlines", "cases"),
    "COUNTRY": ("Holland", "cases"),
    "NOW": ("yesterday", "cases"),
    "STAFF": ("nobody", "embargo 1 --until 2031-01-01"),
}


@pytest.mark.parametrize("name", GARBAGE)
def test_a_setting_that_cannot_be_is_named(opened: Shell, world: LittleWorld, name: str) -> None:
    value, command = GARBAGE[name]
    if command == "crawl":
        opened.say("seeds", "import", opened.file("one.csv", table(report(world))), "--as", "ana")
    shell = opened.at(value) if name == "NOW" else opened.having(**{name: value})
    complaint = shell.say(*command.split(), status=2).complaint
    assert value in complaint if name == "STAFF" else f"HOTLINE_{name}" in complaint or "key ring" in complaint
    if command == "crawl":
        assert opened.json("crawl")["tickets"] == 1, "nothing was lost"


def test_settings_that_only_answers_depend_on_are_problems_of_the_finding(opened: Shell, world: LittleWorld) -> None:
    astray = opened.having(RDAP_BOOTSTRAP="/proc/none", WHOIS="127.0.0.1:9", ASN_ORIGIN="/proc/none.txt")
    finding = astray.json("resolve", world.seed)
    assert finding["problems"]
    assert finding["addresses"][0]["ip"] == "203.0.113.20"


def test_the_settings_file_is_read_and_its_faults_are_named(opened: Shell) -> None:
    file = opened.home / "hotline.toml"
    file.write_text('country = "SE"\n')
    rows = {row["name"]: row for row in opened.having(COUNTRY=None).json("settings")}
    assert (rows["HOTLINE_COUNTRY"]["value"], rows["HOTLINE_COUNTRY"]["origin"]) == ("SE", "hotline.toml")
    for text in ("country = ", 'countries = "SE"\n', 'country = "Holland"\n'):
        file.write_text(text)
        assert opened.having(COUNTRY=None).say("cases", status=2).complaint


def test_who_signs_must_be_known_before_a_notice_is_queued(crawled: Shell) -> None:
    said = crawled.having(ORGANISATION=None, MAIL_FROM=None).say("notices", "send", status=2)
    assert "HOTLINE_ORGANISATION" in said.complaint
    assert crawled.notices() == []
    assert crawled.json("notices", "send")["sent"] == 2


def test_an_inbox_that_is_not_there_is_named(crawled: Shell) -> None:
    assert "HOTLINE_INBOX" in crawled.having(INBOX="maildir:/proc/none").say("inbox", "read", status=2).complaint
    assert "HOTLINE_INBOX" in crawled.having(INBOX=None).say("inbox", "read", status=2).complaint
