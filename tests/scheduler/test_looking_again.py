"""The job that looks again: each due case once, at one host one after the other, whoever else is at work."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from crawler_world import LittleWeb, picture
from homes import later
from sqlmodel import select
from takedown_builders import notified

from crawler.decoding import Decoder
from crawler.fetcher import Fetcher
from crawler.hashlists.index import ListIndex
from hotline.home import Home
from hotline.progress import silence
from hotline.records import Case, HostTurn, Observation
from hotline.words import Outcome
from scheduler import looking as job
from scheduler.canary import Canary
from scheduler.looking import Eyes, LookedAgain, look_at
from takedown import look_orders

SITE = "http://host.example"


@pytest.fixture
async def seeing() -> AsyncIterator[tuple[LittleWeb, Eyes]]:
    little_web = LittleWeb()
    async with little_web.serving() as network, Decoder.open(1) as decoder:
        yield little_web, Eyes(network, (Fetcher(network, decoder),), Canary(None, lambda: 0.0))


def due_cases(home: Home, little_web: LittleWeb, *urls: str) -> None:
    for url in urls:
        notified(home, url)
        little_web.sites[url] = picture(1)
    later(home, minutes=15)


def orders(home: Home) -> Any:
    with home.reading() as session:
        return look_orders.due(home, session)


def observed(home: Home) -> list[int]:
    with home.reading() as session:
        return sorted(session.exec(select(Observation.case_id)).all())


async def test_two_runs_at_once_look_at_each_case_once_and_never_together_at_a_host(
    practice_home: Home, seeing: tuple[LittleWeb, Eyes], monkeypatch: pytest.MonkeyPatch
) -> None:
    little_web, eyes = seeing
    monkeypatch.setattr(job, "_NEXT_TRY", 0.01)
    due_cases(practice_home, little_web, *(f"{SITE}/{number}.png" for number in range(6)))
    both = [look_at(practice_home, eyes, ListIndex(), orders(practice_home), silence) for _ in range(2)]
    results = await asyncio.gather(*both)
    assert sorted(len(result.outcomes) for result in results) == [0, 6]
    assert observed(practice_home) == [1, 2, 3, 4, 5, 6]
    assert little_web.most_at_once == 1
    with practice_home.reading() as session:
        assert session.exec(select(HostTurn)).all() == []


async def test_a_run_that_is_cut_off_keeps_what_was_written_and_the_rest_is_due(
    practice_home: Home, seeing: tuple[LittleWeb, Eyes], monkeypatch: pytest.MonkeyPatch
) -> None:
    little_web, eyes = seeing
    monkeypatch.setattr(job, "LINGER", 0.0)
    due_cases(practice_home, little_web, f"{SITE}/1.png", "http://slow.example/2.png")
    reached = asyncio.Event()

    async def never(request: web.BaseRequest) -> web.Response:
        reached.set()
        await asyncio.Event().wait()
        return web.Response()

    little_web.sites["http://slow.example/2.png"] = never
    told = asyncio.Event()
    run = asyncio.create_task(look_at(practice_home, eyes, ListIndex(), orders(practice_home), lambda *_: told.set()))
    await reached.wait()
    await told.wait()
    run.cancel()
    await asyncio.gather(run, return_exceptions=True)
    assert observed(practice_home) == [1]
    assert [order.case_id for order in orders(practice_home)] == [2]


async def test_a_host_is_free_for_others_as_soon_as_all_its_looks_are_written(
    practice_home: Home, seeing: tuple[LittleWeb, Eyes], monkeypatch: pytest.MonkeyPatch
) -> None:
    little_web, eyes = seeing
    monkeypatch.setattr(job, "LINGER", 0.0)
    due_cases(practice_home, little_web, f"{SITE}/1.png", "http://other.example/2.png")
    held: list[int] = []
    one_is_done = asyncio.Event()

    def count(*_: object) -> None:
        with practice_home.reading() as session:
            held.append(len(session.exec(select(HostTurn)).all()))
        one_is_done.set()

    async def waits(request: web.BaseRequest) -> web.Response:
        await one_is_done.wait()
        return web.Response(body=picture(1))

    little_web.sites["http://other.example/2.png"] = waits
    await look_at(practice_home, eyes, ListIndex(), orders(practice_home), count)
    assert held == [1, 0]


async def test_of_a_large_host_some_at_a_time_until_all_are_done(
    practice_home: Home, seeing: tuple[LittleWeb, Eyes], monkeypatch: pytest.MonkeyPatch
) -> None:
    little_web, eyes = seeing
    due_cases(practice_home, little_web, *(f"{SITE}/{n}.png" for n in range(5)), "http://other.example/1.png")
    with practice_home.reading() as session:
        assert [order.case_id for order in look_orders.due(practice_home, session, most_a_host=2)] == [1, 2, 6]
    monkeypatch.setattr(job, "MOST_A_HOST", 2)
    monkeypatch.setattr(job, "opened_eyes", lambda home: _open(eyes))
    result = await job.look_again(practice_home)
    assert result.outcomes == [Outcome.ONLINE] * 6
    assert observed(practice_home) == [1, 2, 3, 4, 5, 6]


async def test_a_run_without_patience_leaves_what_is_due(practice_home: Home) -> None:
    notified(practice_home)
    later(practice_home, minutes=15)
    assert (await job.look_again(practice_home, patience=0.0)).outcomes == []
    assert len(orders(practice_home)) == 1


async def test_a_case_that_somebody_else_looked_at_meanwhile_is_left_alone(
    practice_home: Home, seeing: tuple[LittleWeb, Eyes]
) -> None:
    little_web, eyes = seeing
    due_cases(practice_home, little_web, f"{SITE}/1.png")
    stale = orders(practice_home)
    await look_at(practice_home, eyes, ListIndex(), stale, silence)
    result = await look_at(practice_home, eyes, ListIndex(), stale, silence, LookedAgain())
    assert result.outcomes == []
    with practice_home.reading() as session:
        assert session.get_one(Case, 1).looks == 1


class _open:  # noqa: N801
    """Eyes that are open already."""

    def __init__(self, eyes: Eyes) -> None:
        self._eyes = eyes

    async def __aenter__(self) -> Eyes:
        return self._eyes

    async def __aexit__(self, *_: object) -> None:
        pass
