"""A run of locating: one look-up a host, a few at once, and what differs between URLs of one host is told apart."""

import asyncio
from typing import Any

import pytest
from takedown_builders import opened

from hotline.address import parse_url
from hotline.home import Home
from hotline.network.answers import NameAnswers
from hotline.records import Case
from hotline.words import Certainty
from scheduler import locating
from scheduler.locating import Locator, locate_cases
from takedown import findings
from tests.takedown.hosting.hosting_world import World

CID = "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi"


class Busy(World):
    """Name servers that take a moment, and know how many asked at once."""

    def __init__(self, *hosts: str) -> None:
        super().__init__(hosts=dict.fromkeys(hosts, ("198.51.100.7",)))
        self.asking = self.most = 0

    async def addresses(self, host: str) -> NameAnswers:
        self.asking += 1
        self.most = max(self.most, self.asking)
        await asyncio.sleep(0)
        self.asking -= 1
        return await super().addresses(host)


def locator(home: Home, world: World) -> Locator:
    network: Any = world
    return Locator(home, network)


async def test_a_host_is_looked_up_once_however_many_of_its_urls_are_asked_about(practice_home: Home) -> None:
    world = Busy("img.site.example")
    looking = locator(practice_home, world)
    urls = [parse_url(f"http://img.site.example/{number}.png") for number in range(50)]
    found = await asyncio.gather(*(looking.finding(url) for url in urls))
    assert [each.url for each in found] == [url.text for url in urls]
    assert world.asked["A img.site.example"] == 1


async def test_a_few_hosts_are_looked_up_at_once_and_not_all(practice_home: Home) -> None:
    hosts = [f"h{number}.example" for number in range(40)]
    world = Busy(*hosts)
    looking = locator(practice_home, world)
    await asyncio.gather(*(looking.finding(parse_url(f"http://{host}/")) for host in hosts))
    assert 1 < world.most <= 8


async def test_a_gateways_address_is_judged_apart_from_other_urls_of_its_host(practice_home: Home) -> None:
    world = Busy("gate.example")
    world.txt["7.100.51.198.origin.asn.cymru.com"] = ("64500 | 198.51.100.0/24 | NL | ripencc |",)
    looking = locator(practice_home, world)
    plain, gateway = [
        await looking.finding(parse_url(f"http://gate.example/{path}")) for path in ("a.png", f"ipfs/{CID}/a.png")
    ]
    assert (plain.certainty, gateway.certainty) == (Certainty.ORIGIN, Certainty.SHARED_PLATFORM)


async def test_more_cases_are_located_than_fit_into_one_question_and_one_transaction(
    practice_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locating, "_IN_ONE_QUESTION", 3)
    monkeypatch.setattr(locating, "_IN_ONE_TRANSACTION", 2)
    numbers = [opened(practice_home, f"http://h{number}.example/a.png") for number in range(5)]
    world = Busy(*(f"h{number}.example" for number in range(5)))
    seen: list[tuple[int, int]] = []
    await locate_cases(
        practice_home, locator(practice_home, world), numbers, lambda _, done, total: seen.append((done, total))
    )
    assert seen == [(2, 5), (4, 5), (5, 5)]
    with practice_home.reading() as session:
        kept = {number: findings.newest(practice_home, session, session.get_one(Case, number)) for number in numbers}
    hosts = [each.snapshot["host"] for each in kept.values() if each]
    assert hosts == [f"h{number}.example" for number in range(5)]
