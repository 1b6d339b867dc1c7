"""How WHOIS servers are asked: the same manners as RDAP's, one deadline for all referrals together."""

import asyncio
from typing import Any

import pytest

from hotline.network.faults import TimedOut
from takedown.hosting.whois.client import DEADLINE, LONGEST, WhoisClient
from tests.takedown.hosting.hosting_world import Pen, World
from tests.takedown.hosting.slow_time import Time

FIRST = "whois.first.example"
TEXT = "inetnum: 198.51.100.0 - 198.51.100.255\n"


class Slow(World):
    """Its servers take their time; those in ``silent`` take what they are given and then time out."""

    def __init__(self, time: Time, takes: float) -> None:
        super().__init__()
        self.time, self.takes = time, takes

    async def stream(
        self, host: str, port: int, deadline: float, as_given: bool = False
    ) -> tuple[asyncio.StreamReader, Pen]:
        self.time.at += min(self.takes, deadline)
        if self.takes >= deadline or host in self.silent:
            self.asked[f"whois {host}"] += 1
            raise TimedOut("the answer took too long")
        return await super().stream(host, port, deadline, as_given)


async def test_all_referrals_together_have_one_deadline_and_the_earlier_texts_count() -> None:
    time = Time()
    world = Slow(time, 6.0)
    for each in range(9):
        world.whois[f"w{each}.example"] = {"*": f"{TEXT}refer: w{each + 1}.example\n"}
    servers = time.servers()
    said = await WhoisClient(world, servers, "w0.example").ask("198.51.100.7")
    assert time.at <= LONGEST
    assert len(said.texts) == 3
    assert said.problems == ("whois w3.example did not answer in time",)


async def test_a_server_that_was_left_no_time_is_not_blamed() -> None:
    time = Time()
    world = Slow(time, 9.5)
    for each in range(9):
        world.whois[f"w{each}.example"] = {"*": f"refer: w{each + 1}.example\n"}
    servers = time.servers()
    said = await WhoisClient(world, servers, "w0.example").ask("198.51.100.7")
    assert said.problems == ("whois w2.example did not answer in time",)
    assert servers.rests("whois w2.example") is None


async def test_a_server_that_is_silent_costs_one_deadline_and_then_rests() -> None:
    time = Time()
    world = Slow(time, 60.0)
    client = WhoisClient(world, time.servers(), FIRST)
    await asyncio.gather(*(client.ask(f"198.51.100.{each}") for each in range(50)))
    assert (time.at, world.asked[f"whois {FIRST}"]) == (DEADLINE, 1)


async def test_questions_beyond_the_burst_wait_for_their_token() -> None:
    world, time = World(), Time()
    world.whois[FIRST] = {"*": TEXT}
    client = WhoisClient(world, time.servers(burst=2, refill=1), FIRST)
    for _ in range(4):
        assert (await client.ask("198.51.100.7")).texts
    assert time.waits == [1.0, 1.0]


async def test_the_operators_own_server_on_this_machine_is_asked_without_counting() -> None:
    world, time = World(), Time()
    world.whois["127.0.0.1:4343"] = {"*": TEXT}
    client = WhoisClient(world, time.servers(burst=1, refill=0.001), "127.0.0.1:4343")
    assert all([(await client.ask("198.51.100.7")).texts for _ in range(20)])
    assert time.waits == []


@pytest.mark.parametrize("text", ["%ERROR:201: access denied", "Quota exceeded", "Too many requests, slow down"])
async def test_a_limit_rests_the_server_and_the_next_question_says_why(text: str) -> None:
    world, time = World(), Time()
    world.whois[FIRST] = {"*": text}
    client = WhoisClient(world, time.servers(), FIRST)
    first, second = await client.ask("198.51.100.7"), await client.ask("198.51.100.8")
    assert "rate limited" in first.problems[0] and "rate limited" in second.problems[0]
    assert world.asked[f"whois {FIRST} 198.51.100.8"] == 0


async def test_a_question_stays_on_its_line() -> None:
    world = World()
    world.whois[FIRST] = {"*": TEXT}
    await WhoisClient(world, Time().servers(), FIRST).follow_up(FIRST, "n ! NET-1\r\nhelp")
    assert list(world.asked) == [f"whois {FIRST} n ! NET-1 help"]


async def test_a_server_that_sends_without_end_is_cut_off() -> None:
    world: Any = World()
    world.whois[FIRST] = {"*": TEXT + "remarks: x\n" * 200_000}
    said = await WhoisClient(world, Time().servers(), FIRST).ask("198.51.100.7")
    assert len(said.texts[0].text) == 256 * 1024


async def test_the_root_is_asked_once_who_keeps_a_top_level_domain() -> None:
    world, servers = World(), Time().servers()
    world.whois[FIRST] = {"*": "refer: whois.nic.example\n\ndomain: EXAMPLE\norganisation: Names\n"}
    world.whois["whois.nic.example"] = {"*": "Domain Name: A.EXAMPLE\nRegistrar: One\n"}
    client = WhoisClient(world, servers, FIRST)
    for name in ("a.example", "b.example", "a.test"):
        said = await client.ask(name)
        assert said.texts[-1].server == "whois.nic.example"
    assert [asked for asked in world.asked if FIRST in asked] == [f"whois {FIRST} a.example", f"whois {FIRST} a.test"]


async def test_a_first_server_that_refers_for_one_domain_alone_is_asked_for_each() -> None:
    world, servers = World(), Time().servers()
    world.whois[FIRST] = {"*": "Domain: a.example\nRegistrar WHOIS Server: whois.one.example\n"}
    world.whois["whois.one.example"] = {"*": "Registrar: One\n"}
    client = WhoisClient(world, servers, FIRST)
    for name in ("a.example", "b.example"):
        assert len((await client.ask(name)).texts) == 2


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r\r\n", "\r"])
async def test_lines_end_as_each_server_ends_them(ends: str) -> None:
    world = World(whois={FIRST: {"*": f"inetnum: 198.51.100.0 - 198.51.100.255{ends}netname: A{ends}"}})
    said = await WhoisClient(world, Time().servers(), FIRST).ask("198.51.100.7")
    assert said.texts[0].text == "inetnum: 198.51.100.0 - 198.51.100.255\nnetname: A\n"


@pytest.mark.parametrize(
    "refusal",
    [
        "The IP address used to perform the query is not authorised or has exceeded the established limit for queries.",
        "You have exceeded your daily query limit.",
        "Query limit has been reached. Try tomorrow.",
        "Your address is blacklisted.",
    ],
)
async def test_a_refusal_in_words_is_a_problem_and_no_answer(refusal: str) -> None:
    world = World(whois={FIRST: {"*": refusal}})
    said = await WhoisClient(world, Time().servers(), FIRST).ask("site.example")
    assert said.texts == ()
    assert any("rate limited" in each for each in said.problems)


async def test_a_refusal_of_some_use_in_a_records_sermon_is_no_limit() -> None:
    sermon = "domain: site.example\nregistrar: North\n% Queries that are not authorised are forbidden.\n"
    world = World(whois={FIRST: {"*": sermon}})
    said = await WhoisClient(world, Time().servers(), FIRST).ask("site.example")
    assert (len(said.texts), said.problems) == (1, ())
