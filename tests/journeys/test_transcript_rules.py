"""The transcript with rules in ``hotline.toml``: whom a person wants asked, told as well, or left alone."""

import pytest
from hotline_shell import Shell
from little_world import LittleWorld
from prepared_homes import report, take_in

SOUTH, SECOND_DESK = "abuse@south-net.example", "abuse-second@south-net.example"
DESK, ALSO = "abuse@desk.example", "second@desk.example"
SHELF = 'domain = "shelf.example"'


def write(shell: Shell, *rules: str, on: str = SHELF) -> None:
    """Rules about the image host, each given as a line of TOML; settings stand before them."""
    words = 'author = "ana"\nreason = "agreed by telephone"\n'
    text = "".join(f"[[rule]]\n{words}{on}\n{each}\n" for each in rules)
    (shell.home / "hotline.toml").write_text(f'removal_gap = "6h"\n\n{text}', encoding="utf-8")


def recipients(shell: Shell) -> list[str]:
    return sorted(notice["to"] for notice in shell.notices())


def test_a_forced_contact_gets_the_notice_and_resolve_says_by_whose_word(crawled: Shell, world: LittleWorld) -> None:
    write(crawled, f'contact = "{DESK}"')
    finding = crawled.json("resolve", world.seed)
    assert [(each["address"], each["source"]) for each in finding["contacts"]][:2] == [
        (DESK, "override"), (SOUTH, "rdap"),
    ]  # fmt: skip
    (mark,) = finding["rules"]
    assert (mark["rule"], mark["author"], mark["reason"], mark["does"]) == (
        1,
        "ana",
        "agreed by telephone",
        ["contact"],
    )
    assert "rule 1 (ana): contact; agreed by telephone" in crawled.say("resolve", world.seed).out
    assert crawled.json("notices", "send")["sent"] == 2
    (letter,) = world.post.to(DESK)
    assert world.seed in letter.text
    assert world.twin in letter.text
    assert world.post.to(SOUTH) == []
    seed = crawled.json("case", str(crawled.cases()[world.seed]["id"]))
    assert seed["findings"][-1]["rules"] == finding["rules"]
    assert seed["notices"][0]["role"] == "host"
    crawled.say("audit", "verify")


def test_do_not_notify_sends_nothing_says_why_and_goes_on_looking(crawled: Shell, world: LittleWorld) -> None:
    write(crawled, "do_not_notify = true")
    sent = crawled.json("notices", "send")
    cases = crawled.cases()
    shelf = sorted(cases[url]["id"] for url in (world.seed, world.twin))
    reason = "rule 1 (ana): agreed by telephone"
    assert sent["withheld"] == [{"case": number, "reason": reason} for number in shelf]
    assert sent["sent"] == 1
    assert world.post.to(SOUTH) == []
    crawled.at("2030-01-01T00:20:00Z").say("recheck")
    assert crawled.cases()[world.seed]["last_online_at"] == "2030-01-01T00:20:00Z"
    later = crawled.at("2030-01-01T00:25:00Z")
    assert len(later.json("notices", "send")["withheld"]) == 2
    assert crawled.cases()[world.seed]["due_at"] is not None
    write(crawled)
    assert later.json("notices", "send")["sent"] == 1
    assert len(world.post.to(SOUTH)) == 1
    crawled.say("audit", "verify")


def test_also_notify_sends_the_same_twice_and_only_once(crawled: Shell, world: LittleWorld) -> None:
    write(crawled, f'also_notify = ["{ALSO}"]')
    assert crawled.json("notices", "send")["sent"] == 3
    (main,), (also,) = world.post.to(SOUTH), world.post.to(ALSO)
    for url in (world.seed, world.twin):
        assert url in main.text
        assert url in also.text
    assert crawled.json("notices", "send") == {"sent": 0, "withheld": [], "failed": 0, "unknown": 0}
    assert {notice["escalation"] for notice in crawled.notices()} == {0}
    crawled.say("audit", "verify")


def test_a_refusal_of_the_second_message_leaves_the_case_where_it_is(crawled: Shell, world: LittleWorld) -> None:
    write(crawled, f'also_notify = ["{ALSO}"]')
    world.post.refusals[ALSO] = "550 5.1.1 no such user"
    sent = crawled.json("notices", "send")
    assert (sent["sent"], sent["failed"]) == (2, 1)
    assert crawled.cases()[world.seed]["state"] == "notified"


def test_an_address_that_is_never_asked_is_passed_over(crawled: Shell, world: LittleWorld) -> None:
    write(crawled, f'do_not_notify = ["{SOUTH}"]', on="asn = 64501")
    crawled.say("notices", "send")
    assert world.post.to(SOUTH) == []
    assert len(world.post.to(SECOND_DESK)) == 1


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ('contct = "abuse@desk.example"', "contct is no key"),
        ('contact = "abuse@desk"', "contact must be one plain mail address"),
        ('do_not_notify = "yes"', "do_not_notify must be true"),
        ('country = "NL"', "settings stand before the first [[rule]]"),
    ],
)
def test_a_broken_rule_asks_nobody_and_changes_nothing(
    crawled: Shell, world: LittleWorld, rule: str, words: str
) -> None:
    write(crawled, "do_not_notify = true", rule)
    before, entries = crawled.cases(), crawled.json("audit", "verify")["entries"]
    for command in (("notices", "send"), ("resolve", world.seed), ("rules",), ("rules", "check")):
        complaint = crawled.say(*command, status=2).complaint
        assert complaint.startswith("hotline: hotline.toml, rule 2: ")
        assert words in complaint
    assert crawled.cases() == before
    assert crawled.notices() == []
    assert world.post.kept == []
    assert crawled.json("audit", "verify")["entries"] == entries
    assert any("rule 2" in problem for problem in crawled.json("status")["problems"])
    assert crawled.json("settings")


@pytest.mark.parametrize("name", ["edges.toml", "desks.toml"])
def test_a_broken_table_asks_nobody_and_is_named_where_operators_look(crawled: Shell, name: str) -> None:
    (crawled.home / name).write_text("[[\n")
    before = crawled.cases()
    assert crawled.say("notices", "send", status=2).complaint.startswith(f"hotline: {name} is not valid TOML")
    assert any(f"nobody is asked: {name}" in problem for problem in crawled.json("status")["problems"])
    tables = [row for row in crawled.say("doctor", "--json", status=1).json if row["part"] == "tables"]
    assert [(row["state"], name in row["remedy"]) for row in tables] == [("wrong", True)]
    assert crawled.cases() == before


def test_a_rule_does_not_outweigh_an_embargo(crawled: Shell, world: LittleWorld) -> None:
    write(crawled, f'contact = "{DESK}"', f'also_notify = ["{ALSO}"]')
    crawled.say("embargo", world.seed, "--scope", "domain", "--until", "2030-02-01", "--as", "ana")
    withheld = crawled.json("notices", "send")["withheld"]
    assert {each["reason"] for each in withheld} == {"embargo until 2030-02-01T00:00:00Z"}
    assert world.post.to(DESK) == []
    assert world.post.to(ALSO) == []


def test_rules_are_shown_as_they_are_understood(opened: Shell) -> None:
    assert "no rule is written" in opened.say("rules").out
    assert opened.json("rules") == []
    assert opened.json("rules", "check") == {"rules": 0, "digest": None, "problems": []}
    write(opened, 'provider = { name = "Lane Hosting" }', f'also_notify = ["{ALSO}"]')
    first, second = opened.json("rules")
    assert (first["rule"], first["on"], first["subject"], first["staff"]) == (1, "domain", "shelf.example", True)
    assert second["also_notify"] == [ALSO]
    assert "Lane Hosting" in opened.say("rules").out
    assert "2 rules can be read" in opened.say("rules", "check").out
    (opened.home / "hotline.toml").write_text(
        f'[[rule]]\nauthor = "nobody"\nreason = "x"\n{SHELF}\ndo_not_notify = true\n'
    )
    assert "no member of staff is or was named nobody" in opened.say("rules", "check", status=1).err


def test_resolve_says_that_a_rule_lets_nobody_be_told(opened: Shell, world: LittleWorld) -> None:
    write(opened, "do_not_notify = true")
    said = "nobody is asked or told of this URL, by rule 1 (ana): agreed by telephone"
    assert said in opened.json("resolve", world.seed)["problems"]


def test_a_rule_about_another_host_changes_nothing(opened: Shell, world: LittleWorld) -> None:
    write(opened, "do_not_notify = true", on='domain = "elf.example"')
    assert "rules" not in opened.json("resolve", world.seed)
    take_in(opened, report(world))
    opened.say("notices", "send")
    assert recipients(opened) == [SOUTH]
