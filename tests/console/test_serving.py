"""The site beside the scheduler in one process: a word on the page becomes a look, and both end cleanly."""

import asyncio
import socket
from datetime import timedelta

import httpx
import pytest
from homes import later
from host_scenes import case_of, make_notice, token_of
from sqlmodel import select

from console.public.site import public_site
from console.serving import listen, served
from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import Observation
from hotline.words import CaseState
from scheduler import engine, jobs
from scheduler.asking import CasesMove
from scheduler.timetable import TIMETABLE, Job

URL = "http://meadow.example/a.png"


def looks(home: Home) -> int:
    with home.reading() as session:
        return len(session.exec(select(Observation)).all())


def test_what_is_due_is_noticed_within_a_minute() -> None:
    recheck = next(job for job in TIMETABLE if job.work is jobs.look_again_at_what_is_due)
    assert recheck.every <= timedelta(minutes=1)


async def test_removed_on_the_page_is_looked_at_by_the_next_recheck(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    often = Job("recheck", timedelta(seconds=0.1), jobs.look_again_at_what_is_due)
    monkeypatch.setattr(engine, "TIMETABLE", (often,))
    token, stopped = token_of(home, make_notice(home, URL)), asyncio.Event()
    later(home, minutes=3)
    listening = listen("127.0.0.1", 0)
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    with served(public_site(home, CasesMove(home)), listening):
        running = asyncio.create_task(engine.run(home, stopped))
        await asyncio.sleep(0)
        assert looks(home) == 0
        async with httpx.AsyncClient(base_url=base) as visitor:
            said = await visitor.post("/answer/items", json={"token": token, "items": [1], "answer": "removed"})
            assert said.status_code == 200
            while not looks(home):
                await asyncio.wait_for(asyncio.sleep(0.05), 30)
        stopped.set()
        await asyncio.wait_for(running, 30)
    assert case_of(home, 1).state is CaseState.NOTIFIED  # nothing could be seen here, and a word removes nothing
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(base.rpartition(":")[2]))) != 0


def test_a_port_that_is_taken_is_named_with_the_remedy() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(HotlineError, match=f"port {port} on 127.0.0.1 cannot be used.*choose another"):
            listen("127.0.0.1", port)
