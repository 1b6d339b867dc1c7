"""Answers that are kept: one question a network, and the last answer where a registry gives none."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from takedown.hosting.cache import STALE, Cache, MemoryCache, Shelf, in_words
from takedown.hosting.facts import Told
from takedown.hosting.rdap.client import RdapClient
from takedown.hosting.rdap.directory import Directory
from takedown.hosting.rdap.registry import RdapRegistry
from tests.takedown.hosting.hosting_world import NOW, World, bootstrap, card, entity, network
from tests.takedown.hosting.slow_time import Time

RDAP = "https://rdap.registry.example/"
IP = ip_address("198.51.100.7")
DESK = entity("AD1", "abuse", email="abuse@north.example")
RECORD = network("198.51.100.0", "198.51.100.255", DESK, links=[{"rel": "up", "href": RDAP + "ip/198.51.0.0/16"}])
PARENT = network("198.51.0.0", "198.51.255.255", entity("P1", "abuse", email="abuse@parent.example"))
AUTNUM = {"objectClassName": "autnum", "startAutnum": 64500, "endAutnum": 64500, "entities": [DESK]}
DOMAIN = {"objectClassName": "domain", "ldhName": "site.example", "entities": [entity("292", "registrar", fn="One")]}
LATER = NOW + timedelta(days=3)


class Stand:
    """One registry for everything, asked anew by each ``registry()``, with the answers kept."""

    def __init__(self, folder: Path) -> None:
        self.world = World()
        self.time = Time()
        self.cache: Cache = MemoryCache()
        self.home = folder
        everything = {"ipv4": ["0.0.0.0/0"], "ipv6": ["::/0"], "asn": ["1-4294967295"], "dns": ["example"]}
        self.setting = bootstrap(folder / "b", **{name: [[each, [RDAP]]] for name, each in everything.items()})
        self.world.serves(RDAP + "ip/198.51.100.7", RECORD)
        self.world.serves(RDAP + "ip/198.51.0.0/16", PARENT)
        self.world.serves(RDAP + "autnum/64500", AUTNUM)
        self.world.serves(RDAP + "domain/site.example", DOMAIN)

    def registry(self) -> RdapRegistry:
        servers = self.time.servers()
        client = RdapClient(self.world, servers)
        return RdapRegistry(client, Directory(self.setting, self.home, client, set()), servers, self.cache)

    async def everything(self, now: datetime) -> dict[str, Told[Any]]:
        registry = self.registry()
        found: dict[str, Told[Any]] = {"network": await registry.network(IP, now)}
        if facts := found["network"].facts:
            found["parent"] = await registry.parent(facts, IP, now)
        return {
            **found,
            "autnum": await registry.autnum(64500, now),
            "domain": await registry.domain("site.example", now),
        }

    def asked(self, path: str) -> int:
        return sum(count for url, count in self.world.asked.items() if url.startswith(RDAP + path))


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    return Stand(tmp_path)


def silent(stand: Stand) -> None:
    stand.world.silent.add(RDAP)


def every_page(status: int, body: object, **headers: str) -> Callable[[Stand], None]:
    def spoil(stand: Stand) -> None:
        for url in stand.world.pages:
            stand.world.serves(url, body, status, **headers)

    return spoil


SPOILT = {
    "did not answer": (silent, "did not answer in time"),
    "limited": (every_page(429, {}, Retry_After="500"), "rate limited"),
    "limited with status 200": (every_page(200, {"notices": [{"title": "Rate limit exceeded"}]}), "rate limited"),
    "unavailable": (every_page(503, b""), "status 503"),
    "broken": (every_page(500, b""), "status 500"),
    "forbidden": (every_page(403, b""), "status 403"),
    "not JSON": (every_page(200, b"<html>"), "cannot be read"),
    "another kind": (every_page(200, {"objectClassName": "help"}), "another kind"),
    "a circle": (every_page(302, b"", Location=RDAP + "ip/198.51.100.7"), "in a circle"),
}


@pytest.mark.parametrize("fault", SPOILT)
async def test_the_last_answer_serves_and_says_how_old_it_is(stand: Stand, fault: str) -> None:
    before = await stand.everything(NOW)
    assert [told.problems for told in before.values()] == [()] * 4
    spoil, words = SPOILT[fault]
    spoil(stand)
    after = await stand.everything(LATER)
    for what, told in after.items():
        assert told.facts == before[what].facts, what
        assert told.facts.observed_at == NOW
        assert told.problems[-1].endswith("; an answer that is 3 days old was used"), what
    assert words in after["network"].problems[-1]


@pytest.mark.parametrize(
    ("page", "lie", "what", "words"),
    [
        ("ip/198.51.100.7", network("203.0.113.0", "203.0.113.255"), "network", "another network"),
        ("autnum/64500", {**AUTNUM, "startAutnum": 1, "endAutnum": 2}, "autnum", "another AS number"),
        ("autnum/64500", {**AUTNUM, "startAutnum": 0, "endAutnum": 0}, "autnum", "another AS number"),
        ("domain/site.example", {**DOMAIN, "ldhName": "other.example"}, "domain", "another domain"),
    ],
)
async def test_an_answer_about_something_else_is_not_kept_and_the_last_one_serves(
    stand: Stand, page: str, lie: object, what: str, words: str
) -> None:
    before = await stand.everything(NOW)
    stand.world.serves(RDAP + page, lie)
    for _ in range(2):
        told = (await stand.everything(LATER))[what]
        assert told.facts == before[what].facts
        assert words in told.problems[-1] and "3 days old" in told.problems[-1]


@pytest.mark.parametrize("said", ["SITE.EXAMPLE", "site.example.", "example", "bücher.example", None, 7e9])
async def test_a_domain_written_in_other_ways_is_still_the_domain(stand: Stand, said: Any) -> None:
    stand.world.serves(RDAP + "domain/site.example", {**DOMAIN, "ldhName": said})
    assert (await stand.everything(NOW))["domain"].facts


async def test_an_answer_older_than_a_season_is_not_used(stand: Stand) -> None:
    await stand.everything(NOW)
    silent(stand)
    assert (await stand.everything(NOW + STALE))["network"].facts
    told = (await stand.everything(NOW + STALE + timedelta(hours=1)))["network"]
    assert told.facts is None
    assert "old" not in told.problems[-1]


async def test_a_server_that_rests_leaves_the_last_answer_too(stand: Stand) -> None:
    await stand.everything(NOW)
    silent(stand)
    registry = stand.registry()
    await registry.network(ip_address("203.0.113.9"), LATER)
    told = await registry.network(IP, LATER)
    assert told.facts and "failed a moment ago and was not asked again; an answer that is" in told.problems[-1]
    assert stand.asked("ip/198.51.100.7") == 1


async def test_an_old_absence_says_nothing_and_a_young_one_is_believed_for_an_hour(stand: Stand) -> None:
    del stand.world.pages[RDAP + "ip/198.51.100.7"]
    assert (await stand.registry().network(IP, NOW)).facts is None
    await stand.registry().network(IP, NOW + timedelta(minutes=59))
    assert stand.asked("ip/") == 1
    silent(stand)
    told = await stand.registry().network(IP, NOW + timedelta(hours=2))
    assert [("did not answer in time" in each, "old" in each) for each in told.problems] == [(True, False)]
    assert stand.asked("ip/") == 2


async def test_that_a_registry_no_longer_knows_is_an_answer_and_no_failure(stand: Stand) -> None:
    await stand.everything(NOW)
    del stand.world.pages[RDAP + "ip/198.51.100.7"]
    assert (await stand.registry().network(IP, LATER)).facts is None


async def test_without_a_list_of_registries_the_last_answers_serve(stand: Stand) -> None:
    before = await stand.everything(NOW)
    stand.setting = str(stand.home / "gone")
    silent(stand)
    after = await stand.everything(LATER)
    assert {what: told.facts for what, told in after.items()} == {what: told.facts for what, told in before.items()}
    assert "ipv4.json is missing or cannot be read; an answer that is 3 days old" in after["network"].problems[0]


@pytest.mark.parametrize("status", [200, 404, 500])
async def test_five_hundred_at_once_in_five_networks_are_five_questions(stand: Stand, status: int) -> None:
    addresses = [ip_address(f"198.51.{net}.{last}") for last in range(100) for net in range(100, 105)]
    for each in addresses:
        first = str(each).rpartition(".")[0]
        body = network(f"{first}.0", f"{first}.255", DESK) if status == 200 else b""
        stand.world.serves(f"{RDAP}ip/{each}", body, status)
    registry = stand.registry()
    told = await asyncio.gather(*(registry.network(each, NOW) for each in addresses))
    assert all(bool(each.facts) == (status == 200) for each in told)
    assert stand.asked("ip/") == (5 if status != 500 else 3)


async def test_a_network_written_as_several_prefixes_is_one_question(stand: Stand) -> None:
    addresses = [ip_address(f"198.51.{net}.9") for net in range(100, 107)]
    for each in addresses:
        stand.world.serves(f"{RDAP}ip/{each}", network("198.51.100.0", "198.51.106.255", DESK))
    registry = stand.registry()
    await registry.network(addresses[0], NOW)
    found = [await registry.network(each, NOW) for each in addresses]
    assert all(each.facts for each in found)
    assert stand.asked("ip/") <= 3


@pytest.mark.parametrize("ask", ["autnum", "domain", "parent"])
async def test_the_same_asked_a_hundred_times_at_once_is_one_question(stand: Stand, ask: str) -> None:
    registry = stand.registry()
    facts = (await registry.network(IP, NOW)).facts
    assert facts
    questions: dict[str, Callable[[], Any]] = {
        "autnum": lambda: registry.autnum(64500, NOW),
        "domain": lambda: registry.domain("site.example", NOW),
        "parent": lambda: registry.parent(facts, IP, NOW),
    }
    await asyncio.gather(*(questions[ask]() for _ in range(100)))
    assert stand.asked({"autnum": "autnum/", "domain": "domain/", "parent": "ip/198.51.0.0/16"}[ask]) == 1


async def test_nonsense_about_one_network_is_asked_for_once_and_the_others_are_answered(stand: Stand) -> None:
    for last in range(20):
        stand.world.serves(f"{RDAP}ip/203.0.113.{last}", {"objectClassName": "help"})
    registry = stand.registry()
    await asyncio.gather(*(registry.network(ip_address(f"203.0.113.{last}"), NOW) for last in range(20)))
    assert stand.asked("ip/203") == 1
    assert (await registry.network(IP, NOW)).facts


async def test_of_a_redirected_question_the_server_that_answered_counts(stand: Stand) -> None:
    there = "https://rdap.other.example/x/"
    bare = entity("BRA1", "abuse")
    own = entity("O", "abuse", email="abuse@other.example")
    stand.world.serves(RDAP + "ip/198.51.100.7", b"", 302, Location=there + "ip/198.51.100.7")
    up = [{"rel": "up", "href": "../up/1"}]
    stand.world.serves(there + "ip/198.51.100.7", network("198.51.100.0", "198.51.100.255", bare, own, links=up))
    stand.world.serves(there + "entity/BRA1", {"handle": "BRA1", "vcardArray": card(email="abuse@norte.example")})
    facts = (await stand.registry().network(IP, NOW)).facts
    assert facts
    assert [each.address for each in facts.desks] == ["abuse@norte.example"]
    assert facts.up == there + "up/1"


@pytest.mark.parametrize("href", ["http://rdap.registry.example/ip/198.51.0.0/16", "javascript:x", "//[", ""])
async def test_a_link_to_the_parent_never_leaves_https(stand: Stand, href: str) -> None:
    stand.world.serves(
        RDAP + "ip/198.51.100.7", network("198.51.100.0", "198.51.100.255", links=[{"rel": "up", "href": href}])
    )
    facts = (await stand.registry().network(IP, NOW)).facts
    assert facts and facts.up == ""


async def test_a_server_of_entities_that_is_silent_is_asked_once(stand: Stand) -> None:
    bare = [entity(f"B{each}", "abuse") for each in range(9)]
    stand.world.serves(RDAP + "ip/198.51.100.7", network("198.51.100.0", "198.51.100.255", *bare))
    stand.world.silent.add(RDAP + "entity/")
    assert (await stand.registry().network(IP, NOW)).facts
    assert stand.asked("entity/") == 1


class Slow(World):
    """Its entities take six seconds each and are not there."""

    time: Time

    def request(self, method: str, url: str, *args: Any, **kind: Any) -> Any:
        self.time.at += 6.0 if "/entity/" in url else 0.0
        return super().request(method, url, *args, **kind)


async def test_all_entities_of_a_record_are_fetched_within_one_deadline(stand: Stand) -> None:
    bare = [
        entity(f"B{each}", "abuse", links=[{"rel": "self", "href": f"https://s{each}.example/entity/B"}])
        for each in range(4)
    ]
    world = Slow()
    world.time = stand.time
    world.serves(RDAP + "ip/198.51.100.7", network("198.51.100.0", "198.51.100.255", *bare))
    stand.world = world
    assert (await stand.registry().network(IP, NOW)).facts
    assert sum(count for url, count in world.asked.items() if "/entity/" in url) == 2


class Broken(MemoryCache):
    def put(self, kind: str, key: str, text: str, at: datetime) -> None:
        """Forgets."""


async def test_a_cache_that_keeps_nothing_costs_questions_and_no_answers(stand: Stand) -> None:
    stand.cache = Broken()
    assert all(told.facts for told in (await stand.everything(NOW)).values())


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000])
def test_what_is_kept_and_cannot_be_read_is_none(text: str) -> None:
    cache = MemoryCache()
    cache.put("kind", "key", text, NOW)
    assert Shelf(cache, "kind").find("key", NOW) is None


def test_a_value_too_deep_to_be_written_is_not_kept() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    shelf = Shelf(MemoryCache(), "kind")
    shelf.keep("key", deep, NOW)
    assert shelf.find("key", NOW) is None


def test_a_smaller_network_goes_before_the_one_around_it_and_an_absence_before_neither() -> None:
    shelf = Shelf(MemoryCache(), "kind")
    shelf.keep("198.51.0.0/16", "wide", NOW)
    shelf.keep("198.51.100.0/24", "narrow", NOW)
    assert getattr(shelf.find_around(IP, NOW), "value", None) == "narrow"
    shelf.keep("198.51.100.0/24", None, NOW)
    assert getattr(shelf.find_old_around(IP, LATER), "value", None) == "wide"


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(minutes=5), "0 hours"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=47), "47 hours"),
        (timedelta(days=3, hours=5), "3 days"),
        (timedelta(days=-3), "0 hours"),
    ],
)
def test_an_age_is_told_in_hours_and_then_in_days(age: timedelta, words: str) -> None:
    assert in_words(age) == words
