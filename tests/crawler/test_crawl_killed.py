"""Killed at any moment and started again: no case lost, none doubled, no finished page asked for twice."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from pathlib import Path

import pytest
from aiohttp import web
from crawler_world import LittleWeb, confirm, picture, rows

from crawler.digests import digests_of
from hotline.home import Home
from hotline.records import Case, Frontier, Ticket
from hotline.words import FrontierState, Origin, TicketState

FORUM = "http://forum.example"
KNOWN = [picture(seed, size=64) for seed in range(12)]


def lay_out(little_web: LittleWeb) -> None:
    pages = range(1, 13)
    little_web.sites |= {f"{FORUM}/": "".join(f'<a href="/t/{n}">t</a>' for n in pages)}
    little_web.sites |= {f"{FORUM}/t/{n}": f'<img src="/{n}.png"><img src="/{n % 3}.gif">' for n in pages}
    little_web.sites |= {f"{FORUM}/{n}.png": KNOWN[n - 1] for n in pages}


async def start(home: Home, port: int) -> Process:
    known = [digests_of(body).sha256 for body in KNOWN]
    script = str(Path(__file__).with_name("crawl_process.py"))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return await asyncio.create_subprocess_exec(
        sys.executable, script, str(home.settings.home), str(port), *known, env=environment
    )


@pytest.mark.parametrize("after", [2, 9, 20, 27])
async def test_goes_on_where_it_was_killed(home: Home, little_web: LittleWeb, after: int) -> None:
    confirm(home, f"{FORUM}/")
    lay_out(little_web)
    reached = asyncio.Event()
    plain = little_web._answer

    async def counting(request: web.BaseRequest, url: str) -> web.StreamResponse:
        if len(little_web.asked) >= after:
            reached.set()
        return await plain(request, url)

    little_web._answer = counting  # type: ignore[method-assign]
    async with little_web.listening() as port:
        first = await start(home, port)
        await asyncio.wait_for(reached.wait(), 60)
        first.send_signal(signal.SIGKILL)
        await first.wait()
        finished = {
            home.vault.text(row, "url") for row in rows(home, Frontier) if row.state is not FrontierState.QUEUED
        }
        little_web.asked.clear()
        second = await start(home, port)
        assert await asyncio.wait_for(second.wait(), 60) == 0
    assert finished.isdisjoint(little_web.asked)
    found = sorted(home.vault.text(row, "url") for row in rows(home, Case) if row.origin is Origin.CRAWL)
    assert found == sorted(f"{FORUM}/{n}.png" for n in range(1, 13))
    assert [row.state for row in rows(home, Ticket)] == [TicketState.DONE]
    assert rows(home, Frontier) == []
