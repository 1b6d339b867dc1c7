"""Finding out who hosts the cases that are to be asked about: one look-up a host, however many cases it has."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from ipaddress import ip_address
from itertools import islice
from typing import Any, Final

from sqlmodel import Session, col, select

from hotline.address import Url, parse_url
from hotline.home import Home
from hotline.network import Network
from hotline.progress import Progress, silence
from hotline.records import Case
from hotline.words import CaseState, ContactKind, ContactRole
from takedown import findings, told
from takedown.hosting import locate as hosting
from takedown.hosting.edge_table import Shows
from takedown.hosting.finding import HostingFinding
from takedown.hosting.gateways import shape_of
from takedown.hosting.told_origin import ToldOrigin
from takedown.kept_answers import KeptAnswers

_AT_ONCE: Final = 8
_IN_ONE_QUESTION: Final = 5_000
"""Cases; SQLite takes at most 32,766 parameters."""
_IN_ONE_TRANSACTION: Final = 20
"""Findings: the disk is waited for less often, and others who write wait for a moment only."""
_OWN_ROLES: Final = (ContactRole.HOST, ContactRole.CDN, ContactRole.PLATFORM)


class Locator:
    """Looks hosts up; each is looked up once a run."""

    def __init__(self, home: Home, network: Network) -> None:
        self._home = home
        self._answers = KeptAnswers(home)
        self._hosting = hosting.Locator(network, home.settings, self._answers)
        self._looking = 0
        self._found: dict[tuple[str, Shows | None, ToldOrigin | None], asyncio.Task[HostingFinding]] = {}
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def finding(self, url: Url, origin: ToldOrigin | None = None) -> HostingFinding:
        """Where the URL is hosted now; faults of registries are problems in it, never exceptions."""
        # Of a URL nothing but its host and the shape of a gateway's address makes a difference to the finding.
        host = (url.host, shape_of(url), origin)
        if host not in self._found:
            self._found[host] = asyncio.create_task(self._locate(url, origin))
        return replace(await self._found[host], url=url.text)

    async def _locate(self, url: Url, origin: ToldOrigin | None) -> HostingFinding:
        self._looking += 1
        try:
            async with self._slots:
                return await self._hosting.locate(url, self._home.now(), origin)
        finally:
            self._looking -= 1
            if not self._looking:
                self._answers.flush()


async def locate_cases(
    home: Home, locator: Locator, case_ids: Sequence[int], progress: Progress = silence
) -> frozenset[int]:
    """Locates cases and keeps what was found; returns the cases whose hosting differs from what was known."""
    changed: set[int] = set()
    urls, origins = _urls(home, case_ids), told_origins(home, case_ids)
    await asyncio.gather(*(locator.finding(url, origins.get(case_id)) for case_id, url in urls.items()))
    done = 0
    for some in _portions(urls, _IN_ONE_TRANSACTION):
        found = {number: (await locator.finding(urls[number], origins.get(number))).as_kept() for number in some}
        with home.session() as session:
            for number, snapshot in found.items():
                if findings.keep(home, session, session.get_one(Case, number), snapshot):
                    changed.add(number)
        done += len(some)
        progress("locating", done, len(urls))
    return frozenset(changed)


def _urls(home: Home, case_ids: Iterable[int]) -> dict[int, Url]:
    found: dict[int, Url] = {}
    with home.reading() as session:
        for some in _portions(case_ids, _IN_ONE_QUESTION):
            rows = session.exec(select(Case).where(col(Case.id).in_(some)).order_by(col(Case.id)))
            found |= {row.number: parse_url(home.vault.text(row, "url")) for row in rows}
    return found


def _portions(case_ids: Iterable[int], most: int) -> Iterator[list[int]]:
    numbers = iter(sorted(case_ids))
    while some := list(islice(numbers, most)):
        yield some


def told_origins(home: Home, case_ids: Iterable[int]) -> dict[int, ToldOrigin]:
    """The origins that a person has accepted, each with who announces its case's host as far as is known."""
    found: dict[int, ToldOrigin] = {}
    with home.reading() as session:
        for some in _portions(case_ids, _IN_ONE_QUESTION):
            for number, ip in told.accepted_origins(home, session, some).items():
                found[number] = ToldOrigin(ip_address(ip), _asns(home, session, number))
    return found


def _asns(home: Home, session: Session, case_id: int) -> frozenset[int]:
    finding = findings.newest(home, session, session.get_one(Case, case_id))
    return finding.asns if finding else frozenset()


def not_located(home: Home) -> list[int]:
    """The cases that are confirmed and not located yet."""
    with home.reading() as session:
        rows = session.exec(select(Case.id).where(Case.state == CaseState.CONFIRMED).order_by(col(Case.id)))
        return [number for number in rows if number is not None]


def behind_fronts(home: Home) -> list[int]:
    """The located cases of which it has been accepted since then where the files lie."""
    with home.reading() as session:
        waiting = told.origins_to_look_up(session)
    never = set(not_located(home)) if waiting else set()
    return [number for number in waiting if number not in never]


async def hosted_by(
    locator: Locator, address: str, pages: Iterable[str], kind: ContactKind = ContactKind.EMAIL
) -> tuple[str, ...]:
    """Those of the pages that the owner of this contact address hosts too: a notice names no other (CONTRACT)."""
    kept = []
    for page in pages:
        finding: dict[str, Any] = (await locator.finding(parse_url(page))).as_json()
        own = [
            contact["address"].lower()
            for contact in finding["contacts"]
            if contact["kind"] == kind and contact["role"] in _OWN_ROLES
        ]
        if address.lower() in own:
            kept.append(page)
    return tuple(kept)
