"""How registries' servers are asked: at what rate, how long, and when no longer."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from hotline.address import parse_url
from hotline.network.faults import TooLarge
from takedown.hosting.rdap.client import DEADLINE, MOST_REDIRECTS, RdapClient
from takedown.hosting.rdap.replies import retry_after
from takedown.hosting.servers import Servers
from tests.takedown.hosting.hosting_world import FakeAnswer, World, network
from tests.takedown.hosting.slow_time import Time

BASE = "https://rdap.registry.example/"
OTHER = "https://rdap.other.example/"
RECORD = network("198.51.100.0", "198.51.100.255")
DATE = "Tue, 01 Jan 2030 00:00:00 GMT"


def client(world: World, time: Time, **bucket: float) -> RdapClient:
    return RdapClient(world, time.servers(**bucket))


async def test_a_burst_is_free_and_then_each_question_waits_for_its_token() -> None:
    time = Time()
    servers = time.servers(burst=3, refill=2)
    assert [await servers.admitted("one", 100.0) for _ in range(5)] == [True] * 5
    assert time.waits == [0.5, 0.5]
    time.at += 60
    assert [await servers.admitted("one", 100.0) for _ in range(3)] == [True] * 3
    assert time.waits == [0.5, 0.5]


async def test_questions_at_the_same_time_do_not_take_the_same_token() -> None:
    time = Time()
    servers = time.servers(burst=1, refill=1)
    await asyncio.gather(*(servers.admitted("one", 100.0) for _ in range(4)))
    assert len(time.waits) == 3
    assert time.at >= 3


async def test_a_token_that_comes_too_late_is_not_waited_for_and_not_taken() -> None:
    time = Time()
    servers = time.servers(burst=1, refill=0.1)
    assert await servers.admitted("one", 100.0)
    assert [await servers.admitted("one", 5.0) for _ in range(9)] == [False] * 9
    assert time.waits == []
    assert await servers.admitted("one", 11.0)


async def test_each_server_has_a_bucket_of_its_own() -> None:
    time = Time()
    servers = time.servers(burst=1, refill=0.1)
    assert await servers.admitted("one", 5.0) and await servers.admitted("two", 5.0)


async def test_hops_of_redirects_take_tokens_too_and_waiting_counts_against_the_deadline() -> None:
    world, time = World(), Time()
    world.serves(BASE + "ip/a", b"", 302, Location=BASE + "ip/b")
    world.serves(BASE + "ip/b", RECORD)
    asking = client(world, time, burst=1, refill=0.5)
    assert (await asking.ask(BASE + "ip/a")).body
    assert time.waits == [2.0]
    late = await asking.ask(BASE + "ip/b", deadline=1.0)
    assert late.failed
    assert "may not be asked so often" in str(late.problem)
    assert time.waits == [2.0]


async def test_the_operators_own_mirror_on_this_machine_is_asked_without_counting() -> None:
    world, time = World(), Time()
    mirror = "http://127.0.0.1:8080"
    world.serves(mirror + "/ip/a", RECORD)
    asking = RdapClient(world, time.servers(burst=1, refill=0.01), {mirror})
    assert all([(await asking.ask(mirror + "/ip/a")).body for _ in range(50)])
    assert time.waits == []


async def test_two_hundred_networks_at_once_wait_for_nothing() -> None:
    world, time = World(), Time()
    asking = client(world, time)
    await asyncio.gather(*(asking.ask(f"{BASE}ip/{each}") for each in range(200)))
    assert time.waits == []


async def test_at_most_four_questions_to_one_server_are_under_way() -> None:
    busiest = 0
    servers = Time().servers()
    inside: set[int] = set()

    async def ask(each: int) -> None:
        nonlocal busiest
        async with servers.seat("one"):
            inside.add(each)
            busiest = max(busiest, len(inside))
            await asyncio.sleep(0)
            inside.discard(each)

    await asyncio.gather(*(ask(each) for each in range(50)))
    assert busiest == 4


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ({"retry-after": "120"}, 120.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "Tue, 01 Jan 2030 00:00:30 GMT", "date": DATE}, 30.0),
        ({"retry-after": "Mon, 31 Dec 2029 23:00:00 GMT", "date": DATE}, 0.0),
        ({"retry-after": "Tue, 01 Jan 2030 00:00:30 -0000", "date": DATE}, 30.0),
        ({"retry-after": "Tue, 01 Jan 2030 00:00:30 GMT"}, None),
        ({"retry-after": "Tue, 01 Jan 2030 00:00:30 GMT", "date": "today"}, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_moment_of_the_servers_own_clock(
    said: dict[str, str], wait: float | None
) -> None:
    assert retry_after(said) == wait


@pytest.mark.parametrize(
    "odd",
    ["-5", "NaN", "inf", "1e9", "9" * 400, "", " ", "soon", "٣", "Xyz, 99 Foo 99999 99:99:99 GMT", "\udc80"],
)
@pytest.mark.parametrize("status", [429, 503])
async def test_an_odd_retry_after_is_no_wait_but_a_rest(odd: str, status: int) -> None:
    world, time = World(), Time()
    world.serves(BASE + "ip/a", {}, status, Retry_After=odd, Date=DATE)
    asking = client(world, time)
    assert (await asking.ask(BASE + "ip/a")).failed
    await asking.ask(BASE + "ip/a")
    assert (world.asked[BASE + "ip/a"], time.waits) == (1, [])
    time.at += 61
    await asking.ask(BASE + "ip/a")
    assert world.asked[BASE + "ip/a"] == 2


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("wait", ["3", "Tue, 01 Jan 2030 00:00:03 GMT"])
async def test_a_short_wait_is_waited_for_within_the_deadline(status: int, wait: str) -> None:
    world, time = World(), Time()
    world.serves(BASE + "ip/a", {}, status, Retry_After=wait, Date=DATE)
    answer = await client(world, time).ask(BASE + "ip/a")
    assert (time.waits, world.asked[BASE + "ip/a"], answer.failed) == ([3.0], 2, True)


async def test_while_a_server_wants_to_be_left_alone_others_questions_wait_as_well() -> None:
    time = Time()
    servers = time.servers()
    servers.pause("one", 4.0)
    assert not await servers.admitted("one", 3.0)
    assert await servers.admitted("one", 10.0)
    assert time.waits == [4.0]


async def test_a_rest_is_never_longer_than_an_hour() -> None:
    world, time = World(), Time()
    world.serves(BASE + "ip/a", {}, 429, Retry_After="999999")
    asking = client(world, time)
    first, second = await asking.ask(BASE + "ip/a"), await asking.ask(BASE + "ip/b")
    assert "rate limited" in str(first.problem) and "rate limited" in str(second.problem)
    time.at += 3599
    assert (await asking.ask(BASE + "ip/b")).failed
    time.at += 2
    assert (await asking.ask(BASE + "ip/b")).missing


@pytest.mark.parametrize(
    "body",
    [
        {"errorCode": 429, "title": "slow down"},
        {"notices": [{"title": "Rate Limit Exceeded"}]},
        {"title": "Too many requests", "description": ["x"]},
        {"description": "Quota exceeded"},
    ],
)
async def test_a_limit_told_with_status_200_rests_the_server(body: dict[str, Any]) -> None:
    world, time = World(), Time()
    world.serves(BASE + "ip/a", body)
    asking = client(world, time)
    assert "rate limited" in str((await asking.ask(BASE + "ip/a")).problem)
    await asking.ask(BASE + "ip/b")
    assert world.asked[BASE + "ip/b"] == 0


async def test_a_record_that_talks_about_rate_limits_is_a_record() -> None:
    world = World()
    world.serves(BASE + "ip/a", {**RECORD, "notices": [{"title": "Terms", "description": ["A rate limit applies"]}]})
    assert (await client(world, Time()).ask(BASE + "ip/a")).body


async def test_a_redirect_to_another_registry_tells_who_answered() -> None:
    world = World()
    world.serves(BASE + "ip/a", b"", 301, Location=OTHER + "ip/a")
    world.serves(OTHER + "ip/a", RECORD)
    assert (await client(world, Time()).ask(BASE + "ip/a")).url == OTHER + "ip/a"


@pytest.mark.parametrize("hops", [MOST_REDIRECTS, MOST_REDIRECTS + 1])
async def test_five_redirects_are_followed_and_no_sixth(hops: int) -> None:
    world = World()
    for hop in range(hops):
        world.serves(f"{BASE}{hop}", b"", 307, Location=f"{hop + 1}")
    world.serves(f"{BASE}{hops}", RECORD)
    answer = await client(world, Time()).ask(BASE + "0")
    assert bool(answer.body) == (hops == MOST_REDIRECTS)


@pytest.mark.parametrize("target", ["http://rdap.registry.example/ip/b", "//[", "http:b", "javascript:1", "file:///x"])
async def test_from_https_a_redirect_leads_nowhere_but_to_https(target: str) -> None:
    world = World()
    world.serves(BASE + "ip/a", b"", 302, Location=target)
    answer = await client(world, Time()).ask(BASE + "ip/a")
    assert answer.problem
    assert list(world.asked) == [BASE + "ip/a"]


async def test_a_server_that_a_slow_one_left_no_time_is_not_blamed() -> None:
    world, time = World(), Time()
    world.serves(BASE + "ip/a", {}, 429, Retry_After="9")

    async def slow(seconds: float) -> None:
        await Time.sleep(time, seconds)
        world.serves(BASE + "ip/a", b"", 302, Location=OTHER + "ip/a")

    servers = Servers(time.elapsed, slow)
    world.silent.add(OTHER)
    assert (await RdapClient(world, servers).ask(BASE + "ip/a")).failed
    assert world.asked[OTHER + "ip/a"] == 1
    assert servers.rests("rdap.other.example") is None


class Unhurried(World):
    """Its answers take three seconds each."""

    time: Time

    @asynccontextmanager
    async def request(self, *args: Any, **kind: Any) -> AsyncIterator[FakeAnswer]:
        async with super().request(*args, **kind) as answer:
            self.time.at += 3.0
            yield answer


async def test_standing_in_line_behind_our_own_questions_is_no_fault_of_the_server() -> None:
    world, time = Unhurried(), Time()
    world.time = time
    world.serves(BASE + "ip/a", RECORD)
    asking = client(world, time)
    answers = await asyncio.gather(*(asking.ask(BASE + "ip/a", deadline=20.0) for _ in range(40)))
    assert all(answer.body for answer in answers)
    assert time.at > 100


class Drip(FakeAnswer):
    ending: Exception | None = None

    async def read(self, limit: int) -> bytes:
        if self.ending:
            raise self.ending
        return await asyncio.sleep(3600, b"")


class Dripping(World):
    """Its servers begin an answer and never end it, or only in a fault."""

    ending: Exception | None = None

    @asynccontextmanager
    async def request(self, *args: Any, **kind: Any) -> AsyncIterator[FakeAnswer]:
        async with super().request(*args, **kind) as answer:
            drip = Drip(answer.status, answer.headers, answer.body)
            drip.ending = self.ending
            yield drip


async def test_a_body_that_drips_for_ever_ends_with_the_deadline_and_rests_the_server() -> None:
    world = Dripping()
    world.serves(BASE + "ip/a", RECORD)
    servers = Servers()
    began = servers.elapsed()
    answer = await RdapClient(world, servers).ask(BASE + "ip/a", deadline=2.1)
    assert servers.elapsed() - began < 4
    assert answer.problem == "rdap.registry.example did not answer in time"
    assert (await RdapClient(world, servers).ask(BASE + "ip/b")).failed


async def test_a_server_that_is_down_costs_those_in_line_one_deadline_and_others_nothing() -> None:
    world = Dripping()
    world.serves(BASE + "ip/a", RECORD)
    servers = Servers()
    asking = RdapClient(world, servers)
    began = servers.elapsed()
    answers = await asyncio.gather(*(asking.ask(BASE + "ip/a", deadline=2.1) for _ in range(40)))
    assert servers.elapsed() - began < 4
    assert all(answer.failed for answer in answers)
    assert world.asked[BASE + "ip/a"] == 4
    assert servers.rests("rdap.other.example") is None


async def test_a_body_beyond_the_limit_costs_its_question_and_not_the_server() -> None:
    world = Dripping()
    world.ending = TooLarge("the body is larger than allowed")
    world.serves(BASE + "ip/a", RECORD)
    servers = Time().servers()
    answer = await RdapClient(world, servers).ask(BASE + "ip/a")
    assert answer.problem == "rdap.registry.example: the body is larger than allowed"
    assert servers.rests("rdap.registry.example") is None


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>", b"null", b"3", b"[]", b"[1, 2]", b'"text"', b"{", b"\xff\xfe{\x00}\x00",
        b"\x1f\x8b\x08\x00junk",
        b"[" * 200_000, b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    ],
    ids=range(12),
)  # fmt: skip
async def test_a_body_that_cannot_be_read_is_a_problem_in_words(body: bytes) -> None:
    world = World()
    world.serves(BASE + "ip/a", body)
    answer = await client(world, Time()).ask(BASE + "ip/a")
    assert answer.problem == "rdap.registry.example gave an answer that cannot be read"


@pytest.mark.parametrize(
    "body",
    [
        b'\xef\xbb\xbf{"handle": "A"}',
        b'[{"handle": "A"}]',
        b'{"handle": "A", "port": ' + b"9" * 9000 + b"}",
        b'{"handle": "A", "x": [NaN, -Infinity, 1e999]}',
        b'{"handle": "A", "errorCode": 0}',
        b'{"handle": "A", "errorCode": "NaN", "name": "\\ud800 and \\u0000"}',
        b'{"handle": "A", "name": "\xff"}',
    ],
    ids=range(7),
)
async def test_an_odd_body_is_read_as_far_as_it_goes(body: bytes) -> None:
    world = World()
    world.serves(BASE + "ip/a", body, Content_Type="text/html; charset=klingon")
    read = (await client(world, Time()).ask(BASE + "ip/a")).body
    assert read and read["handle"] == "A"
    json.dumps(read, ensure_ascii=False).encode()


async def test_three_useless_answers_in_a_row_rest_a_server_and_one_does_not() -> None:
    world, time = World(), Time()
    for page in "abc":
        world.serves(BASE + page, b"<html>", 500)
    world.serves(BASE + "ok", RECORD)
    asking = client(world, time)
    for page in ("a", "b", "ok", "c", "a"):
        await asking.ask(BASE + page)
    assert (await asking.ask(BASE + "ok")).body
    for page in "abc":
        await asking.ask(BASE + page)
    assert (await asking.ask(BASE + "ok")).failed


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_gateway_without_its_server_rests_at_once(status: int) -> None:
    world = World()
    world.serves(BASE + "a", b"<html>", status)
    asking = client(world, Time())
    assert (await asking.ask(BASE + "a")).failed
    await asking.ask(BASE + "b")
    assert world.asked[BASE + "b"] == 0


class Strict(World):
    """Refuses what is no web address, as the real door does."""

    def request(self, method: str, url: str, *args: Any, **kind: Any) -> Any:
        return super().request(method, parse_url(url).text, *args, **kind)


@pytest.mark.parametrize(
    "url", ["", "x", "https://", "https://rdap.registry.example:99999/", "ftp://a.example/", "//["]
)
async def test_a_link_that_is_no_url_blames_nobody(url: str) -> None:
    world = Strict()
    asking = RdapClient(world, Time().servers())
    for _ in range(4):
        answer = await asking.ask(url)
        assert answer.problem and not answer.failed
    assert not world.asked


def test_the_deadline_of_a_question_is_a_matter_of_seconds() -> None:
    assert DEADLINE <= 15
