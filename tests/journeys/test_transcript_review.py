"""The transcript where people and law have a word: near matches, vetoes, embargoes and mandates."""

from typing import Any

import pytest
from hotline_shell import Shell
from little_world import LittleWorld
from prepared_homes import hash_table, report, take_in

SOUTH, EAST = "abuse@south-net.example", "abuse@east-net.example"
LATER = "2030-01-05T00:00:00Z"


def _decide(shell: Shell, case: dict[str, int], decision: str) -> dict[str, object]:
    told: dict[str, object] = shell.json(
        "decide", str(case["id"]), "--decision", decision, "--reason", "looked at it", "--as", "ana"
    )
    return told


def _urls_withheld(shell: Shell, sent: dict[str, Any]) -> set[str]:
    withheld = {row["case"] for row in sent["withheld"]}
    return {url for url, case in shell.cases().items() if case["id"] in withheld}


def _near(opened: Shell, world: LittleWorld) -> Shell:
    world.sites.put(world.twin, world.pictures["two again"])
    home = take_in(opened, report(world))
    assert home.json("crawl")["cases_opened"] == 2
    return home


def test_a_near_match_waits_for_a_person_and_goes_on_when_confirmed(opened: Shell, world: LittleWorld) -> None:
    home = _near(opened, world)
    near = home.cases()[world.twin]
    assert (near["state"], near["match"]["kind"], near["match"]["list"]) == ("review", "pdq", "baseline")
    assert 0 <= near["match"]["distance"] <= 31
    home.say("notices", "send")
    assert not any(world.twin.encode() in letter.data for letter in world.post.letters), "nobody is asked yet"
    assert _decide(home, near, "confirm") == {"case": near["id"], "state": "confirmed"}
    assert home.json("notices", "send")["sent"] == 1
    assert world.twin in world.post.to(SOUTH)[-1].text
    assert world.seed not in world.post.to(SOUTH)[-1].text, "it was asked about before"
    assert home.cases()[world.twin]["state"] == "notified"


def test_a_near_match_that_is_rejected_is_never_asked_about(opened: Shell, world: LittleWorld) -> None:
    home = _near(opened, world)
    _decide(home, home.cases()[world.twin], "reject")
    home.say("notices", "send")
    assert home.cases()[world.twin]["state"] == "rejected"
    assert not any(world.twin.encode() in letter.data for letter in world.post.letters)
    assert home.at("2030-01-02T00:00:00Z").json("recheck")["looked"] == 2


def test_a_harmless_list_vetoes_an_exact_match(opened: Shell, world: LittleWorld) -> None:
    home = opened
    harmless = home.file("harmless.csv", hash_table(world.pictures["two"]))
    home.say("hashes", "import", harmless, "--list", "ordinary", "--kind", "harmless", "--as", "ana")
    take_in(home, report(world))
    assert home.json("crawl")["cases_opened"] == 1
    assert set(home.cases()) == {world.seed, world.copy}


def test_an_embargo_of_the_report_holds_all_that_came_of_it_until_its_end(opened: Shell, world: LittleWorld) -> None:
    home = take_in(opened, report(world, embargo_until=LATER))
    home.say("crawl")
    assert {case["embargo_until"] for case in home.cases().values()} == {LATER}, "inherited"
    sent = home.json("notices", "send")
    assert sent["sent"] == 0
    assert sorted(row["case"] for row in sent["withheld"]) == [1, 2, 3]
    assert all("embargo" in row["reason"] for row in sent["withheld"])
    assert home.at("2030-01-04T23:59:00Z").json("notices", "send")["sent"] == 0
    assert world.post.letters == []
    at_the_end = home.at(LATER)
    assert at_the_end.json("notices", "send")["sent"] == 0
    assert {case["state"] for case in home.cases().values()} == {"review"}
    assert world.post.letters == []
    for case in home.cases().values():
        _decide(at_the_end, case, "continue")
    assert at_the_end.json("notices", "send")["sent"] == 2


@pytest.mark.parametrize(
    ("scope", "held"), [("url", "seed"), ("host", "seed"), ("domain", "seed twin"), ("digest", "seed copy")]
)
def test_an_embargo_holds_what_its_scope_covers_until_it_is_lifted(
    crawled: Shell, world: LittleWorld, scope: str, held: str
) -> None:
    urls = {getattr(world, name) for name in held.split()}
    crawled.say("embargo", "1", "--scope", scope, "--until", LATER, "--as", "ana")
    withheld = {row["case"] for row in crawled.json("notices", "send")["withheld"]}
    assert {url for url, case in crawled.cases().items() if case["id"] in withheld} == urls
    assert {url for url, case in crawled.cases().items() if not case["notices"]} == urls
    assert not any(world.seed.encode() in letter.data for letter in world.post.letters)
    crawled.say("embargo", "1", "--lift", "--as", "ana")
    crawled.say("notices", "send")
    assert {case["state"] for case in crawled.cases().values()} == {"notified"}
    assert {case["embargo_until"] for case in crawled.cases().values()} == {None}


def test_an_embargo_by_url_binds_before_the_report_comes(opened: Shell, world: LittleWorld) -> None:
    home = opened
    home.say("embargo", world.seed, "--scope", "domain", "--until", LATER, "--as", "ana")
    take_in(home, report(world)).say("crawl")
    sent = home.json("notices", "send")
    assert all("embargo" in row["reason"] for row in sent["withheld"])
    assert not world.post.to(SOUTH)


def test_an_embargo_that_comes_after_the_notice_stops_its_escalation(notified: Shell, world: LittleWorld) -> None:
    notified.say("embargo", world.copy, "--until", LATER, "--as", "ana")
    notified.at("2030-01-02T00:10:00Z").say("recheck")
    sent = notified.at("2030-01-02T00:10:00Z").json("notices", "send")
    assert _urls_withheld(notified, sent) == {world.copy}
    assert not any(world.copy.encode() in letter.data for letter in world.post.letters)


def _mandate(shell: Shell, rule: str) -> None:
    text = f'[crawl]\nfollow_links = true\nlegal_basis = "practice"\nexpires = 2031-01-01\n{rule}\n'
    shell.say("mandate", "import", shell.file("mandate.toml", text), "--as", "ana")


def test_a_mandate_of_none_withholds_the_notices_to_that_country(crawled: Shell, world: LittleWorld) -> None:
    _mandate(crawled, '[country.SE]\nnotify = "none"\n[country."*"]\nnotify = "direct"')
    sent = crawled.json("notices", "send")
    assert (sent["sent"], _urls_withheld(crawled, sent)) == (1, {world.seed, world.twin})
    assert [letter.recipient for letter in world.post.kept] == [EAST]
    assert crawled.cases()[world.seed]["state"] == "ready"


def test_a_country_without_a_rule_gets_no_notice(crawled: Shell, world: LittleWorld) -> None:
    _mandate(crawled, '[country.DE]\nnotify = "direct"')
    assert _urls_withheld(crawled, crawled.json("notices", "send")) == {world.seed, world.twin}
    assert [letter.recipient for letter in world.post.kept] == [EAST]


def test_a_mandate_of_referral_refers_and_the_case_is_still_looked_at(crawled: Shell, world: LittleWorld) -> None:
    _mandate(crawled, '[country.SE]\nnotify = "referral"\n[country."*"]\nnotify = "direct"')
    sent = crawled.json("notices", "send")
    assert (sent["sent"], _urls_withheld(crawled, sent)) == (1, {world.seed, world.twin})
    case = crawled.cases()[world.seed]
    assert (case["state"], case["notices"], case["first_notice_at"]) == ("referred", 0, None)
    assert not world.post.to(SOUTH)
    world.sites.remove(world.seed)
    crawled.at("2030-01-01T12:00:00Z").say("recheck")
    crawled.at("2030-01-01T19:00:00Z").say("recheck")
    assert crawled.cases()[world.seed]["state"] == "removed"


def test_the_police_come_first_for_as_long_as_the_mandate_says(crawled: Shell, world: LittleWorld) -> None:
    _mandate(crawled, '[country.SE]\nnotify = "direct"\npolice_first_hours = 4\n[country."*"]\nnotify = "direct"')
    early = crawled.at("2030-01-01T02:59:00Z").json("notices", "send")
    assert 1 in [row["case"] for row in early["withheld"]], "confirmed at 23:00, so until 03:00"
    assert not any(world.seed.encode() in letter.data for letter in world.post.letters)
    crawled.at("2030-01-01T03:00:00Z").say("notices", "send")
    assert world.seed in world.post.to(SOUTH)[-1].text


def test_without_the_right_to_follow_links_only_the_confirmed_url_is_looked_at(
    opened: Shell, world: LittleWorld
) -> None:
    home = opened
    text = '[crawl]\nfollow_links = false\n[country."*"]\nnotify = "direct"\n'
    home.say("mandate", "import", home.file("mandate.toml", text), "--as", "ana")
    take_in(home, report(world))
    assert home.json("crawl")["cases_opened"] == 0
    followed = world.sites.asked_for(world.hosts) - world.sites.asked_for([world.host("pics")])
    assert set(followed) <= {world.thread}, "at most the page of the report itself"
    home.say("notices", "send")
    assert home.cases()[world.seed]["state"] == "notified"


def test_what_an_analyst_calls_a_placeholder_proves_removals_from_then_on(notified: Shell, world: LittleWorld) -> None:
    world.sites.put(world.seed, world.pictures["gone"])
    assert notified.at("2030-01-01T00:20:00Z").json("recheck")["changed"] == 1
    case = notified.cases()[world.seed]
    assert case["state"] == "review"
    words = ("--reason", "their sign for what is removed", "--as", "ana")
    shell = notified.at("2030-01-01T01:00:00Z")
    refused = shell.say("decide", str(case["id"]), "--decision", "close", "--placeholder", *words, status=2)
    assert "--decision continue" in refused.complaint
    shell.say("decide", str(case["id"]), "--decision", "continue", "--placeholder", *words)
    assert shell.json("recheck")["gone"] == 1
    assert notified.at("2030-01-01T08:00:00Z").json("recheck")["gone"] == 1
    assert notified.cases()[world.seed]["state"] == "removed"
