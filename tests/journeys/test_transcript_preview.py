"""What a notice would say is looked at before it is: ``notices preview`` and ``notices check``."""

import pytest
from hotline_shell import Shell

pytestmark = pytest.mark.journey


def test_a_case_s_message_is_looked_at_in_any_language_and_nothing_happens(notified: Shell) -> None:
    before = notified.json("notices", "list")
    case = before[0]["cases"][0]
    shown = notified.json("notices", "preview", str(case), "--language", "de")
    assert (shown["case"], shown["language"], shown["due"]) == (case, "de", False)
    assert "WIR BITTEN SIE" in shown["message"] and "WE ASK YOU TO" in shown["message"]
    url = notified.json("case", str(case))["url"]
    assert url in shown["message"] and shown["to"] == before[0]["to"]
    assert "/answer#" + "0" * 64 in shown["message"], "a link that opens nothing"
    assert "preview@hotline.example" in shown["message"]
    for wrong in (("--language", "xx"), ("--role", "registry"), ("--role", "nobody")):
        refused = notified.say("notices", "preview", str(case), *wrong, status=2)
        assert len(refused.err.strip().splitlines()) == 1 or "Usage" in refused.err
    assert "no case 999" in notified.say("notices", "preview", "999", status=2).err
    assert notified.json("notices", "list") == before


def test_the_check_says_what_can_be_written_and_what_is_missing(notified: Shell) -> None:
    told = notified.json("notices", "check")
    assert told["composed"] == 49 and told["languages"][0] == "en" and told["own_law"] is True
    (notified.home / "laws.toml").write_text('[NL]\nlaw = "artikel 9"\n', encoding="utf-8")
    for command in (("check",), ("preview", "1")):
        refused = notified.say("notices", *command, status=2)
        assert "laws.toml in the home: [NL] has no english" in refused.err
    assert any("no notice is written: laws.toml" in each for each in notified.json("status")["problems"])
    assert "nothing is written: laws.toml" in notified.say("doctor", status=1).out
    (notified.home / "laws.toml").unlink()
    assert not any("laws.toml" in each for each in notified.json("status")["problems"])
