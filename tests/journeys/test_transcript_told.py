"""What recipients tell: another contact, an origin. It waits for a person, and is used on a person's word alone."""

from pathlib import Path

import pytest
from hotline_shell import Shell
from little_mail import answer, make_maildir, put
from little_world import LittleWorld

SOUTH, NORTH, TOLD = "abuse@south-net.example", "abuse@north-net.example", "night-desk@reseller.example"
WORDS = "We only resell this server.\nPlease write to night-desk@reseller.example.\nThe files lie on 198.51.100.77.\n"


@pytest.fixture
def told(crawled: Shell, world: LittleWorld) -> Shell:
    """The provider of the seed has answered, and the answer was read."""
    folder: Path = make_maildir(crawled.place / "inbox")
    shell = crawled.having(INBOX=f"maildir:{folder}")
    shell.say("notices", "send")
    put(folder, answer(world.post.to(SOUTH)[0], WORDS))
    assert shell.json("inbox", "read")["replied"] == 1
    return shell


def seed_of(shell: Shell, world: LittleWorld) -> int:
    number: int = shell.cases()[world.seed]["id"]
    return number


def hint(shell: Shell, case: int, kind: str) -> str:
    return next(str(each["id"]) for each in shell.json("told") if (each["case"], each["kind"]) == (case, kind))


def test_what_an_answer_names_waits_and_is_not_used(told: Shell, world: LittleWorld) -> None:
    case = seed_of(told, world)
    waiting = [(each["kind"], each["value"]) for each in told.json("told") if each["case"] == case]
    assert waiting == [("contact", TOLD), ("origin", "198.51.100.77")]
    assert any("wait for a person" in each for each in told.json("status")["problems"])
    later = told.at("2030-01-01T00:30:00Z")
    later.say("recheck")
    later.say("notices", "send")
    assert world.post.to(TOLD) == []
    assert later.cases()[world.seed]["state"] == "notified", "an answer holds up nothing"


def test_an_accepted_contact_is_asked_at_once_and_a_refused_one_never(told: Shell, world: LittleWorld) -> None:
    case = seed_of(told, world)
    told.say("told", "refuse", hint(told, case, "origin"), "--reason", "not theirs to know", "--as", "ana")
    told.say("told", "accept", hint(told, case, "contact"), "--reason", "known reseller", "--as", "ana")
    told.say("notices", "send")
    assert [world.seed in letter.text for letter in world.post.to(TOLD)] == [True]
    assert told.json("notices", "send")["sent"] == 0, "once"
    assert [each["decision"] for each in told.json("told", "--all") if each["case"] == case] == ["accepted", "refused"]
    assert told.json("audit", "verify")["entries"]


def test_an_accepted_origin_becomes_a_finding_of_its_own(told: Shell, world: LittleWorld) -> None:
    case = seed_of(told, world)
    told = told.at("2030-01-01T00:05:00Z")
    told.say("told", "accept", hint(told, case, "origin"), "--reason", "checked by telephone", "--as", "ana")
    before = len(world.post.to(NORTH))
    told.say("notices", "send")
    newest = told.json("case", str(case))["findings"][-1]
    assert (newest["addresses"][0]["ip"], newest["provider"]["name"]) == ("198.51.100.77", "North Hosting")
    assert newest["told_origin"] == "198.51.100.77"
    letters = world.post.to(NORTH)[before:]
    assert [world.seed in letter.text for letter in letters] == [True]
    later = told.at("2030-01-01T03:00:00Z")
    later.say("recheck")
    later.say("notices", "send")
    assert later.json("case", str(case))["provider"]["name"] == "North Hosting", (
        "it stays so when it is looked up again"
    )


def test_what_staff_write_down_waits_too_and_nonsense_is_refused(told: Shell, world: LittleWorld) -> None:
    case = str(seed_of(told, world))
    noted = told.json("told", "note", case, "--contact", "second@reseller.example", "--reason", "phone", "--as", "ana")
    assert noted["id"] in [each["id"] for each in told.json("told")]
    for wrong in (["--origin", "127.0.0.1"], ["--origin", "a.example"], ["--contact", "nobody"], []):
        refused = told.say("told", "note", case, *wrong, "--reason", "phone", "--as", "ana", status=2)
        assert refused.complaint
    twice = told.say("told", "note", case, "--contact", TOLD, "--reason", "phone", "--as", "ana", status=2)
    assert "is known" in twice.complaint
    unknown = told.say("told", "accept", "999", "--reason", "why", "--as", "ana", status=2)
    assert "nothing was told under the number 999" in unknown.complaint
