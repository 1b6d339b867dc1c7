"""Asking name servers whether mail can reach those who are about to be asked: each domain at most once a day."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Final

from hotline.home import Home
from hotline.words import ContactHealth, MailRoute
from takedown import contact_health
from takedown.hosting.doors import Names
from takedown.hosting.mailboxes import domain_of
from takedown.mail_routes import route_to

_AT_ONCE: Final = 16
_SECONDS: Final = 15.0
"""How long notices wait for name servers in all; whose way is not known by then is asked all the same."""


async def check_mail(home: Home, names: Names, addresses: Iterable[str], seconds: float = _SECONDS) -> int:
    """Learns how mail goes to these contacts where that is not known yet; returns how many are dead by it."""
    asked = _not_known(home, addresses)
    if not asked:
        return 0
    return _note(home, asked, await _routes(names, {domain_of(each): each for each in asked}, seconds))


def _not_known(home: Home, addresses: Iterable[str]) -> list[str]:
    with home.session() as session:
        rows = {each: contact_health.contact_of(home, session, each) for each in {each.lower() for each in addresses}}
        return [each for each, row in rows.items() if not contact_health.is_route_known(row, home.now())]


async def _routes(names: Names, by_domain: Mapping[str, str], seconds: float) -> dict[str, MailRoute]:
    slots = asyncio.Semaphore(_AT_ONCE)

    async def look(address: str) -> MailRoute:
        async with slots:
            return await route_to(address, names)

    tasks = {domain: asyncio.create_task(look(address)) for domain, address in by_domain.items()}
    done, late = await asyncio.wait(tasks.values(), timeout=seconds)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    well = {task for task in done if task.exception() is None}
    return {domain: task.result() if task in well else MailRoute.UNKNOWN for domain, task in tasks.items()}


def _note(home: Home, addresses: Iterable[str], routes: Mapping[str, MailRoute]) -> int:
    dead = 0
    with home.session() as session:
        for address in addresses:
            row = contact_health.contact_of(home, session, address)
            contact_health.note_route(home, session, row, routes[domain_of(address)])
            dead += row.health is ContactHealth.DEAD
    return dead
