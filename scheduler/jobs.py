"""The jobs, each a sentence over what is due in the database. The command line says the same sentences."""

import asyncio
from typing import Final

from crawler.running import CrawlReport
from hotline.home import Home
from notices.outbox import take_up
from scheduler.asking import Asked, CasesMove, ask
from scheduler.crawling import crawl
from scheduler.looking import LookedAgain, look_again

_PATIENCE: Final = 60.0
"""Seconds after which a run of looks leaves the rest to the next."""


async def crawl_what_is_confirmed(home: Home) -> CrawlReport:
    """Runs every open ticket to its end."""
    return await crawl(home)


async def ask_who_can_remove(home: Home) -> Asked:
    """Locates, clears, queues and sends."""
    return await ask(home, gather=True)


async def take_up_what_dead_senders_left(home: Home) -> int:
    """Finds what is being sent by nobody any more; returns how many notices became unknown."""
    return take_up(home)


async def look_again_at_what_is_due(home: Home) -> LookedAgain:
    """Looks at every case that is due; where they are very many, the other jobs get their turn in between."""
    return await look_again(home, patience=_PATIENCE)


async def read_what_came_back(home: Home) -> dict[str, int]:
    """Takes in bounces and answers, where an inbox is set."""
    from notices.inbox import read

    if home.settings.inbox is None:
        return {}
    taken = await asyncio.to_thread(read, home, CasesMove(home))  # a mail server may be slow
    return taken.as_json()


async def seal_the_audit_log(home: Home) -> None:
    """Gives positions to new entries and signs the head."""
    home.seal_audit()
