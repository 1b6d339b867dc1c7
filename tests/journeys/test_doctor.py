"""``hotline doctor``: what is set is tried, and what does not answer is named with its remedy."""

from pathlib import Path
from typing import Any

import pytest
from hotline_shell import Shell
from little_world import LittleWorld

NOBODY = "127.0.0.1:1"
"""A port on which nobody listens."""


def rows(shell: Shell, status: int) -> dict[str, Any]:
    """What the doctor says, by part."""
    return {row["part"]: row for row in shell.json("doctor", status=status)}


def test_all_servers_of_a_world_that_works_are_well(opened: Shell) -> None:
    tried = {part: row["state"] for part, row in rows(opened, 0).items() if part.startswith("try ")}
    assert len(tried) == 6, "two name servers, WHOIS, RDAP, AS origins, the mail server"
    assert set(tried.values()) == {"ok"}


@pytest.mark.parametrize(
    ("settings", "part", "state", "words"),
    [
        ({"RESOLVERS": NOBODY}, f"try name server {NOBODY}", "silent", "HOTLINE_RESOLVERS"),
        ({"RESOLVERS": "192.0.2.53"}, "try name server 192.0.2.53:53", "silent", "only name servers on loopback"),
        ({"WHOIS": NOBODY}, "try WHOIS", "silent", "HOTLINE_WHOIS"),
        ({"RDAP_BOOTSTRAP": "./nowhere"}, "try RDAP", "wrong", "put IANA's files there"),
        ({"RDAP_BOOTSTRAP": f"http://{NOBODY}/"}, "try RDAP", "silent", "HOTLINE_RDAP_BOOTSTRAP"),
        ({"ASN_ORIGIN": "./nowhere.txt"}, "try AS origins", "wrong", "give the path of one"),
        ({"SMTP": f"smtp://{NOBODY}"}, "try mail server", "silent", "HOTLINE_SMTP"),
        ({"SMTP": "smtps://192.0.2.25"}, "try mail server", "wrong", "on loopback only"),
        ({"INBOX": "maildir:./nowhere"}, "inbox", "wrong", "is no maildir"),
        ({"INBOX": f"imap://notice:word@{NOBODY}/INBOX"}, "try inbox", "silent", "HOTLINE_INBOX"),
        ({"INBOX": "imaps://notice:word@192.0.2.25/INBOX"}, "try inbox", "silent", "on loopback only"),
        ({"SMTP_LEDGER": "./nowhere"}, "ledger", "wrong", "cannot be read"),
        ({"DIAL_MAP": "./nowhere"}, "network", "wrong", "HOTLINE_DIAL_MAP"),
    ],
)
def test_what_does_not_answer_is_named_with_its_remedy(
    opened: Shell, settings: dict[str, str], part: str, state: str, words: str
) -> None:
    row = rows(opened.having(**settings), 1)[part]
    assert row["state"] == state
    assert words in row["remedy"]


@pytest.mark.parametrize("name", ["WHOIS", "RDAP_BOOTSTRAP"])
def test_a_practice_home_tries_no_server_that_is_not_set(opened: Shell, name: str) -> None:
    found = rows(opened.having(**{name: None}), 0)
    (row,) = [row for row in found.values() if f"set HOTLINE_{name}" in row["remedy"]]
    assert row["state"] == "unset"


def test_a_variable_that_is_no_setting_is_told_and_is_no_fault(opened: Shell) -> None:
    assert "HOTLINE_SMPT is no setting" in rows(opened.having(SMPT="x"), 0)["settings"]["remedy"]


def test_without_a_home_no_server_is_tried(opened: Shell, world: LittleWorld, tmp_path: Path) -> None:
    found = rows(opened.having(HOME=str(tmp_path / "none")), 1)
    assert found["home"]["state"] == "missing"
    assert not any(part.startswith("try ") for part in found)


@pytest.mark.parametrize("number", ["99999999999999999999", "4294967296"])
def test_a_number_that_no_record_can_have_is_refused_in_one_line(opened: Shell, number: str) -> None:
    for command in ("case {}", "notices show {}", "told accept {} --reason x --as ana"):
        assert opened.say(*command.format(number).split(), status=2).complaint
    assert "write the whole address" in opened.say("resolve", "pics.shelf.example", status=2).complaint
