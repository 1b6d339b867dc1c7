"""Hosts that move and registries that fail while a notice waits: what leaves, what stays, and what the case says."""

from typing import Any

from hotline_shell import Shell
from little_world import LittleWorld
from prepared_homes import report, take_in

from takedown import findings

SOUTH, NORTH = "abuse@south-net.example", "abuse@north-net.example"
AT_NORTH = "198.51.100.90"


def _case(shell: Shell, url: str) -> Any:
    return shell.json("case", str(shell.cases()[url]["id"]))


def test_a_host_that_moves_while_its_notice_waits_is_not_asked_and_the_next_one_is(
    crawled: Shell, world: LittleWorld
) -> None:
    crawled.having(SMTP=None).say("notices", "send")
    waiting = next(each for each in crawled.notices() if each["to"] == SOUTH)
    assert (waiting["state"], set(waiting["cases"])) == ("queued", {crawled.cases()[u]["id"] for u in _at_south(world)})
    world.names.addresses[world.host("pics")] = AT_NORTH
    sent = crawled.json("notices", "send")
    assert sent["failed"] == 0
    assert [(world.seed in x.text, world.twin in x.text) for x in world.post.to(SOUTH)] == [(False, True)]
    assert [world.seed in letter.text for letter in world.post.to(NORTH)] == [True]
    stopped = next(each for each in crawled.notices() if each["id"] == waiting["id"])
    assert stopped["state"] == "withheld"
    assert f"case {crawled.cases()[world.seed]['id']}" in stopped["problem"]
    told = _case(crawled, world.seed)
    assert [each["provider"]["name"] for each in told["findings"]] == ["South Pictures", "North Hosting"]
    assert told["state"] == "notified"


def test_registries_that_fail_stop_no_notice_to_a_known_contact(crawled: Shell, world: LittleWorld) -> None:
    crawled.having(SMTP=None).say("notices", "send")
    broken = crawled.having(
        RDAP_BOOTSTRAP="http://127.0.0.1:9/", WHOIS="127.0.0.1:9", RESOLVERS="127.0.0.1:9,127.0.0.1:9"
    ).at("2030-01-03T00:00:00Z")
    assert broken.json("notices", "send")["sent"] >= 2
    assert [world.seed in letter.text for letter in world.post.to(SOUTH)] == [True]


def test_registries_that_fail_stop_no_crawl(opened: Shell, world: LittleWorld) -> None:
    shell = opened.having(RDAP_BOOTSTRAP="http://127.0.0.1:9/", WHOIS="127.0.0.1:9")
    take_in(shell, report(world))
    assert shell.json("crawl")["cases_opened"] == 2
    assert shell.json("notices", "send")["sent"] == 0
    case = _case(shell, world.seed)
    assert case["state"] == "review", "nobody is known who could be asked"
    assert case["findings"][-1]["problems"], "what could not be learnt is said in words"


def test_while_our_name_servers_are_silent_a_case_waits_and_no_person_is_asked(
    crawled: Shell, world: LittleWorld
) -> None:
    deaf = crawled.having(RESOLVERS="127.0.0.1:9,127.0.0.1:9")
    first = deaf.json("notices", "send")
    assert first["sent"] == 0
    assert {each["reason"] for each in first["withheld"]} == {findings.UNHEARD}
    assert {case["state"] for case in crawled.cases().values()} == {"confirmed"}
    assert crawled.at("2030-01-01T00:05:00Z").json("notices", "send")["sent"] == 2, "they are back"
    assert {case["state"] for case in crawled.cases().values()} == {"notified"}


def test_after_a_day_of_silence_a_person_is_asked(crawled: Shell, world: LittleWorld) -> None:
    deaf = crawled.having(RESOLVERS="127.0.0.1:9,127.0.0.1:9")
    deaf.say("notices", "send")
    deaf.at("2030-01-02T00:00:00Z").say("notices", "send")
    assert {case["state"] for case in crawled.cases().values()} == {"review"}


def _at_south(world: LittleWorld) -> tuple[str, str]:
    return world.seed, world.twin
