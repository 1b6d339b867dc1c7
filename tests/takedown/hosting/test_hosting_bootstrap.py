"""Lists of registries (RFC 9224): the right server, kept whole on disk, and the old list where there is no new one."""

import asyncio
import json
import os
import time
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from takedown.hosting.rdap.bootstrap import Services, for_address, for_autnum, for_domain, parse_services
from takedown.hosting.rdap.client import RdapClient
from takedown.hosting.rdap.directory import IANA, Directory, Responsible
from tests.takedown.hosting.hosting_world import NOW, World
from tests.takedown.hosting.slow_time import Time

IP = ip_address("198.51.100.7")
BASE = "https://lists.example/rdap/"
GOOD = {"services": [[["198.51.100.0/24"], ["https://north.example/"]]]}
LATER = NOW + timedelta(days=9)


def parsed(*services: Any) -> Services:
    found = parse_services({"services": list(services)})
    assert found is not None
    return found


def test_the_longest_prefix_answers() -> None:
    services = parsed(
        [["198.51.100.0/24", "0.0.0.0/0"], ["https://narrow.example/"]],
        [["198.51.0.0/16", "2001:db8::/32"], ["https://wide.example/"]],
        [["198.51.100.0/24"], ["https://late.example/"]],
    )
    told = [
        for_address(services, ip_address(each)) for each in ("198.51.100.7", "198.51.9.1", "203.0.113.1", "3fff::1")
    ]
    assert told == [
        ("https://narrow.example/",),
        ("https://wide.example/",),
        ("https://narrow.example/",),
        (),
    ]
    assert for_address(services, ip_address("2001:db8::1")) == ("https://wide.example/",)


def test_the_narrowest_range_and_the_longest_suffix_answer() -> None:
    services = parsed(
        [["1-4294967295", "EXAMPLE."], ["https://wide.example/"]],
        [["64496-64511", "AS64500", "co.example"], ["https://narrow.example"]],
        [["9-5", "-", "x-y", "1-"], ["https://never.example/"]],
    )
    assert for_autnum(services, 64500) == for_domain(services, "a.CO.example.") == ("https://narrow.example/",)
    assert for_autnum(services, 7) == for_domain(services, "xco.example") == ("https://wide.example/",)
    assert for_autnum(services, 0) == for_domain(services, "example.test") == ()


def test_one_bad_service_among_good_ones_is_passed_over() -> None:
    bad: list[Any] = [None, 1, "x", [], [[]], [["10.0.0.0/8"]], [["10.0.0.0/8"], []], [["10.0.0.0/8"], ["ftp://x/"]]]
    bad += [
        [[None, {}], ["https://x.example/"]],
        [{"a": 1}, {"b": 2}],
        [["not a prefix", "300.1.1.1/99"], ["https://x/"]],
    ]
    services = parsed(*bad, *GOOD["services"], *bad)
    assert for_address(services, IP) == ("https://north.example/",)
    assert for_address(services, ip_address("10.1.1.1")) == ()


def test_https_goes_before_http_and_a_contact_before_both_is_no_entry() -> None:
    services = parsed([["people@x.example"], ["198.51.100.0/24"], ["http://a.example", "https://b.example"]])
    assert for_address(services, IP) == ("https://b.example/", "http://a.example/")


def test_thousands_of_questions_to_hundreds_of_services_take_no_time() -> None:
    services = parsed(
        *(
            [[f"{each % 223 + 1}.{each % 256}.{low}.0/24" for low in range(20)], [f"https://s{each}.example/"]]
            for each in range(500)
        )
    )
    began = time.perf_counter()
    for each in range(10_000):
        for_address(services, ip_address(f"198.51.100.{each % 256}"))
    assert time.perf_counter() - began < 2.0


class Stand:
    """A directory made anew for each question, as by another command; what was kept stays."""

    def __init__(self, home: Path, base: str) -> None:
        self.world, self.time, self.home, self.base = World(), Time(), home, base
        self.file = home / "rdap" / "ipv4.json"

    def directory(self) -> Directory:
        setting = None if self.base == IANA else self.base
        return Directory(setting, self.home, RdapClient(self.world, self.time.servers()), set())

    async def find(self, now: Any = NOW) -> Responsible:
        return await self.directory().for_address(IP, now)

    @property
    def fetches(self) -> int:
        return self.world.asked[self.base + "ipv4.json"]


@pytest.fixture(params=[IANA, BASE])
def stand(request: pytest.FixtureRequest, tmp_path: Path) -> Stand:
    made = Stand(tmp_path, request.param)
    made.world.serves(made.base + "ipv4.json", GOOD)
    return made


async def test_a_list_is_kept_for_a_day_whoever_asks(stand: Stand) -> None:
    assert await stand.find() == await stand.find(NOW + timedelta(hours=23)) == Responsible(("https://north.example/",))
    assert stand.fetches == 1
    await stand.find(NOW + timedelta(hours=25))
    assert stand.fetches == 2


async def test_a_job_that_runs_for_days_fetches_the_list_each_day(stand: Stand) -> None:
    directory = stand.directory()
    for hours in range(0, 72, 6):
        await directory.for_address(IP, NOW + timedelta(hours=hours))
    assert stand.fetches == 3


MALFORMED: list[object] = [
    b"", b"{", b"<html>Sorry</html>", b"[]", b"null", b"{" * 100_000, {}, {"services": None}, {"services": {}},
    {"services": []}, {"services": [1, [2], [[3], [4]]]}, {"services": "x"}, {"errorCode": 418},
]  # fmt: skip


@pytest.mark.parametrize("garbage", MALFORMED, ids=range(len(MALFORMED)))
async def test_after_a_malformed_list_the_one_before_serves_and_stays(stand: Stand, garbage: object) -> None:
    await stand.find()
    kept = stand.file.read_bytes()
    stand.world.serves(stand.base + "ipv4.json", garbage)
    told = await stand.find(LATER)
    assert told.urls == ("https://north.example/",)
    assert "; a list of registries that is 9 days old was used" in str(told.problem)
    assert stand.file.read_bytes() == kept


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_while_the_list_cannot_be_had_the_old_one_serves_and_is_tried_for_again(
    stand: Stand, status: int
) -> None:
    await stand.find()
    stand.world.serves(stand.base + "ipv4.json", b"", status)
    directory = stand.directory()
    told = [await directory.for_address(IP, LATER + timedelta(seconds=each)) for each in range(100)]
    assert all(each.urls and "9 days old" in str(each.problem) for each in told)
    assert stand.fetches == 2
    stand.world.serves(stand.base + "ipv4.json", GOOD)
    stand.time.at += 3601
    assert (await directory.for_address(IP, LATER + timedelta(minutes=6))).problem is None


async def test_a_hundred_questions_at_once_fetch_each_list_once_and_a_dead_server_costs_one_try(stand: Stand) -> None:
    directory = stand.directory()
    await asyncio.gather(*(directory.for_address(IP, NOW) for _ in range(100)))
    assert stand.fetches == 1
    stand.world.silent.add(stand.base)
    directory = stand.directory()
    await asyncio.gather(*(directory.for_domain("site.example", NOW) for _ in range(100)))
    assert stand.world.asked[stand.base + "dns.json"] == 1


async def test_a_list_kept_from_elsewhere_is_not_taken_for_this_one(stand: Stand) -> None:
    await stand.find()
    other = Stand(stand.home, "https://else.example/")
    other.world.serves("https://else.example/ipv4.json", {"services": [[["0.0.0.0/0"], ["https://else.example/"]]]})
    assert (await other.find()).urls == ("https://else.example/",)


@pytest.mark.parametrize("spoilt", [b"", b"{", b"[]", b"\xff", b'{"fetched_at": 5}', b'{"fetched_at": "2030-01-01"}'])
async def test_a_spoilt_file_in_the_home_costs_a_fetch(stand: Stand, spoilt: bytes) -> None:
    await stand.find()
    stand.file.write_bytes(spoilt)
    assert (await stand.find()).urls == ("https://north.example/",)
    assert stand.fetches == 2


async def test_a_list_is_written_whole_or_not_at_all(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    await stand.find()
    kept = stand.file.read_bytes()

    def full(self: Path, target: Path) -> Path:
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", full)
    assert (await stand.find(LATER)).problem is None
    assert stand.file.read_bytes() == kept
    assert os.listdir(stand.file.parent) == ["ipv4.json"]


async def test_a_home_that_cannot_be_written_costs_no_finding(stand: Stand) -> None:
    (stand.home / "rdap").write_text("a file where the folder belongs")
    assert (await stand.find()).urls == ("https://north.example/",)


async def test_a_url_without_lists_is_one_server_for_everything(tmp_path: Path) -> None:
    stand = Stand(tmp_path, BASE)
    directory = stand.directory()
    told = [await directory.for_address(IP, NOW) for _ in range(50)]
    assert told[-1] == Responsible((BASE,))
    assert stand.fetches == 1
    assert json.dumps([each.problem for each in told[:1]]) == "[null]"


async def test_a_clock_that_was_put_back_costs_a_fetch(stand: Stand) -> None:
    await stand.find(LATER)
    await stand.find(NOW)
    assert json.loads(stand.file.read_text())["fetched_at"] == NOW.isoformat()
