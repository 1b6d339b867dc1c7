"""Origins and WHOIS: one question for those who ask at once, and the last answer when nobody gives a new one."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address

from hotline.network.answers import DnsReply
from takedown.hosting.blocks import Address
from takedown.hosting.cache import MemoryCache
from takedown.hosting.facts import OriginFacts, Told
from takedown.hosting.origin import Origins, origin_name
from takedown.hosting.servers import Servers
from takedown.hosting.whois.client import WhoisClient
from takedown.hosting.whois.registry import WhoisRegistry
from tests.takedown.hosting.hosting_world import NOW, World

SUFFIX = "origin.asn.origins.example"
LATER = NOW + timedelta(days=3)
FIRST, REGISTRY, SELLER = "127.0.0.1:4343", "whois.north.example", "whois.seller.example"
NETWORK = """inetnum: 198.51.100.0 - 198.51.100.255
netname: NORTH-NET
country: NL
abuse-mailbox: abuse@north.example
"""
DOMAIN = """Domain Name: SITE.EXAMPLE
Registrar: Registrar One
Registrar IANA ID: 292
Registrar Abuse Contact Email: abuse@registrar.example
"""


@dataclass
class Slow(World):
    """Name servers that take a moment, and may all be down."""

    down: bool = False

    async def lookup(self, name: str, rdtype: str) -> tuple[DnsReply, ...]:
        await asyncio.sleep(0)
        if self.down:
            self.asked[f"{rdtype} {name}"] += 1
            return (DnsReply("one", "timeout"), DnsReply("two", "servfail"))
        return await super().lookup(name, rdtype)

    def announces(self, *addresses: str, prefix: str = "198.51.100.0/24") -> None:
        for address in addresses:
            self.txt[origin_name(ip_address(address), SUFFIX)] = (f"64500 | {prefix} | NL | ripencc |",)
        self.txt["AS64500.asn.origins.example"] = ("64500 | NL | ripencc | 2001-01-01 | NORTH-AS, NL",)

    def origins_asked(self) -> int:
        return sum(count for question, count in self.asked.items() if question.endswith(SUFFIX))


@dataclass
class Asking:
    """What asks, over one cache; a new run begins with new servers."""

    world: Slow = field(default_factory=Slow)
    cache: MemoryCache = field(default_factory=MemoryCache)
    elapsed: float = 0.0

    def __post_init__(self) -> None:
        self.new_run()

    def new_run(self) -> None:
        servers = Servers(lambda: self.elapsed)
        self.origins = Origins(SUFFIX, self.world, self.cache, servers)
        self.whois = WhoisRegistry(WhoisClient(self.world, servers, FIRST), servers, self.cache)

    async def origin(self, address: str, now: datetime = NOW) -> Told[OriginFacts]:
        return await self.origins.look_up(ip_address(address), now)


def some(count: int) -> list[Address]:
    return [ip_address(f"198.51.100.{number}") for number in range(count)]


# ---------------------------------------------------------------------------------------------- origins


async def test_many_who_ask_at_once_inside_one_prefix_ask_one_question() -> None:
    asking = Asking()
    asking.world.announces(*map(str, some(20)))
    told = await asyncio.gather(*(asking.origin(str(each)) for each in some(20)))
    assert {each.facts.asns for each in told if each.facts} == {(64500,)}
    assert {each.facts.name for each in told if each.facts} == {"NORTH-AS, NL"}
    assert asking.world.origins_asked() == 1
    assert asking.world.asked["TXT AS64500.asn.origins.example"] == 1


async def test_the_name_of_an_as_is_asked_once_by_many_prefixes_at_once() -> None:
    asking = Asking()
    addresses = [f"203.0.{number}.1" for number in range(5)] + [f"198.{number}.100.1" for number in range(5)]
    for address in addresses:
        asking.world.announces(address, prefix=f"{address}/32")
    await asyncio.gather(*(asking.origin(each) for each in addresses))
    assert asking.world.origins_asked() == 10
    assert asking.world.asked["TXT AS64500.asn.origins.example"] == 1


async def test_that_nobody_announces_an_address_is_believed_for_an_hour() -> None:
    asking = Asking()
    for _ in range(3):
        assert (await asking.origin("198.51.100.7")).problems == ("nobody seems to announce the address",)
    assert asking.world.origins_asked() == 1
    await asking.origin("198.51.100.7", NOW + timedelta(hours=2))
    assert asking.world.origins_asked() == 2


async def test_an_old_origin_serves_with_its_age_when_no_name_server_answers() -> None:
    asking = Asking()
    asking.world.announces("198.51.100.7")
    await asking.origin("198.51.100.7")
    asking.world.down = True
    told = await asking.origin("198.51.100.8", LATER)
    assert told.facts is not None
    assert (told.facts.asns, told.facts.name) == ((64500,), "NORTH-AS, NL")
    (problem,) = told.problems
    assert "no name server answered" in problem
    assert "3 days old" in problem


async def test_an_old_origin_does_not_serve_where_the_name_servers_deny_it() -> None:
    asking = Asking()
    asking.world.announces("198.51.100.7")
    await asking.origin("198.51.100.7")
    asking.world.txt.clear()
    told = await asking.origin("198.51.100.7", LATER)
    assert told == Told(OriginFacts(), ("nobody seems to announce the address",))


async def test_silent_name_servers_without_an_old_answer_are_a_problem() -> None:
    asking = Asking()
    asking.world.down = True
    assert (await asking.origin("198.51.100.7")).facts == OriginFacts()
    asking.world.down = False
    asking.world.announces("198.51.100.7")
    assert (await asking.origin("198.51.100.7")).problems == ()


# ---------------------------------------------------------------------------------------------- WHOIS


async def test_many_who_ask_whois_at_once_inside_one_network_ask_each_server_once() -> None:
    asking = Asking()
    asking.world.whois = {FIRST: {"*": f"refer: {REGISTRY}\n"}, REGISTRY: {"*": NETWORK}}
    told = await asyncio.gather(*(asking.whois.networks(each, NOW) for each in some(20)))
    assert {each.facts[0].desks[0].address for each in told if each.facts} == {"abuse@north.example"}
    assert asking.world.asked.total() == 2


async def test_many_who_ask_whois_at_once_for_one_domain_ask_once() -> None:
    asking = Asking()
    asking.world.whois = {FIRST: {"*": DOMAIN}}
    await asyncio.gather(*(asking.whois.registrar("site.example", NOW) for _ in range(20)))
    assert asking.world.asked.total() == 1


async def test_an_old_network_serves_with_its_age_and_its_date_when_whois_is_down() -> None:
    asking = Asking()
    asking.world.whois = {FIRST: {"*": NETWORK}}
    await asking.whois.networks(ip_address("198.51.100.7"), NOW)
    asking.world.silent.add(FIRST)
    told = await asking.whois.networks(ip_address("198.51.100.9"), LATER)
    assert told.facts
    assert (told.facts[0].desks[0].address, told.facts[0].observed_at) == ("abuse@north.example", NOW)
    assert "3 days old" in told.problems[-1]


async def test_an_old_registrar_serves_when_only_the_first_server_still_answers() -> None:
    asking = Asking()
    asking.world.whois = {FIRST: {"*": f"refer: {SELLER}\n"}, SELLER: {"*": DOMAIN}}
    await asking.whois.registrar("site.example", NOW)
    asking.world.silent.add(SELLER)
    told = await asking.whois.registrar("site.example", LATER)
    assert told.facts is not None
    assert (told.facts.name, told.facts.observed_at) == ("Registrar One", NOW)
    assert SELLER in told.problems[-1]
    assert "3 days old" in told.problems[-1]


async def test_half_an_answer_is_neither_kept_for_the_next_run_nor_asked_for_again_in_this_one() -> None:
    asking = Asking()
    asking.world.whois = {FIRST: {"*": f"refer: {SELLER}\n"}, SELLER: {"*": DOMAIN}}
    asking.world.silent.add(SELLER)
    for _ in range(3):
        told = await asking.whois.registrar("site.example", NOW)
        assert told.facts is None
        assert SELLER in told.problems[-1]
    assert asking.world.asked[f"whois {FIRST} site.example"] == 1
    asking.world.silent.clear()
    asking.new_run()
    again = await asking.whois.registrar("site.example", NOW)
    assert again.facts is not None
    assert again.facts.name == "Registrar One"


async def test_half_an_answer_is_asked_for_again_after_a_while() -> None:
    asking = Asking()
    asking.world.whois = {FIRST: {"*": f"refer: {SELLER}\n"}, SELLER: {"*": DOMAIN}}
    asking.world.silent.add(SELLER)
    await asking.whois.registrar("site.example", NOW)
    asking.world.silent.clear()
    asking.elapsed = 601.0
    told = await asking.whois.registrar("site.example", NOW)
    assert told.facts is not None
    assert told.problems == ()


async def test_that_whois_knows_nothing_is_kept_for_an_hour() -> None:
    asking = Asking()
    asking.world.whois = {FIRST: {"*": "No match found.\n"}}
    for hours in (0, 0.5, 2):
        told = await asking.whois.registrar("site.example", NOW + timedelta(hours=hours))
        assert told == Told(None)
    assert asking.world.asked.total() == 2
