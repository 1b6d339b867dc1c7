"""Who may crawl now: leases that end with their holder, and budgets that bind."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from crawler_world import confirm, rows

from crawler import tickets
from crawler.tickets import LeaseLost
from hotline.home import Home
from hotline.records import Ticket
from hotline.words import TicketState

URL = "http://forum.example/1"


def hold(home: Home, by: str, until: datetime) -> None:
    with home.session() as session:
        row = session.get_one(Ticket, 1)
        row.lease_by, row.lease_until = by, until
        session.add(row)


def test_one_key_for_the_crawl_and_the_same_when_it_is_resumed(home: Home) -> None:
    confirm(home, URL)
    first = tickets.claim(home, True)
    assert first is not None
    confirm(home, URL + "1")
    again = tickets.claim(home, True)
    assert again is not None
    assert again.crawl_key == first.crawl_key
    assert again.ticket_ids == [1, 2]
    assert len(again.crawl_key) == 16


def test_a_living_worker_s_lease_holds_and_a_past_one_does_not(home: Home) -> None:
    confirm(home, URL)
    hold(home, "elsewhere:1:1", datetime.now(UTC) + timedelta(seconds=60))
    assert tickets.claim(home, True) is None
    hold(home, "elsewhere:1:1", datetime.now(UTC) - timedelta(seconds=1))
    assert tickets.claim(home, True) is not None


def test_a_worker_that_died_on_this_machine_holds_nothing(home: Home) -> None:
    confirm(home, URL)
    code = "from crawler.tickets import worker_name; print(worker_name())"
    dead = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    hold(home, dead, datetime.now(UTC) + timedelta(seconds=60))
    assert tickets.claim(home, True) is not None


def test_another_process_with_the_same_number_is_another(home: Home) -> None:
    confirm(home, URL)
    host = tickets.worker_name().split(":")[0]
    hold(home, f"{host}:{os.getpid()}:1", datetime.now(UTC) + timedelta(seconds=60))
    assert tickets.claim(home, True) is not None


def test_whoever_lost_the_lease_writes_nothing(home: Home) -> None:
    confirm(home, URL)
    held = tickets.claim(home, True)
    assert held is not None
    tickets.renew(home, held)
    hold(home, "elsewhere:1:1", datetime.now(UTC) + timedelta(seconds=60))
    with pytest.raises(LeaseLost):
        tickets.renew(home, held)
    with home.session() as session, pytest.raises(LeaseLost):
        tickets.use(session, held, 1, pages=1, media=0, size=9)
    assert rows(home, Ticket)[0].pages == 0


def test_an_expired_ticket_ends(home: Home) -> None:
    confirm(home, URL, expires_at=home.now())
    assert tickets.claim(home, True) is None
    assert rows(home, Ticket)[0].state is TicketState.EXPIRED


def test_nothing_is_left_when_it_is_used_up(home: Home) -> None:
    confirm(home, URL, page_budget=3, byte_budget=100)
    held = tickets.claim(home, True)
    assert held is not None
    purse = held.purses[1]
    assert purse.refusal(home.now(), page=True) is None
    purse.reserved = 3
    assert "pages" in str(purse.refusal(home.now(), page=True))
    assert purse.refusal(home.now(), page=False) is None
    purse.size = 100
    assert "bytes" in str(purse.refusal(home.now(), page=False))
    assert "expired" in str(purse.refusal(home.now() + timedelta(days=8), page=False))
