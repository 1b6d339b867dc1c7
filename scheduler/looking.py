"""The job that looks again, and what its looks lead to."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from sqlmodel import Session

from crawler.decoding import EXACT, QUICK, Decoder
from crawler.fetcher import Fetcher
from crawler.glances import glance
from crawler.hashlists.index import ListIndex
from crawler.looks import host_of, look_all, visit
from hotline.address import parse_url
from hotline.facts import Digests, FoundMedia, Look, LookOrder, Match
from hotline.home import Home
from hotline.network import Network
from hotline.progress import Progress, silence
from hotline.records import Case
from hotline.words import Content, DigestKind, ListKind, Outcome
from scheduler import turns
from scheduler.batches import in_batches
from scheduler.canary import Canary
from scheduler.turns import Turns
from takedown import cases, embargoes, look_orders, looking, prints

MOST_A_ROUND: Final = 1_000
"""Cases that are looked at before whatever else has come due meanwhile."""

MOST_A_HOST: Final = 100
"""The most of them at one host."""

MOST_AT_ONCE: Final = 50
"""Looks that are written in one transaction."""

LINGER: Final = 0.1
"""Seconds for which a look that is done waits for others, to be written with them."""

_NEXT_TRY: Final = 1.0
"""Seconds after which it is tried again to get a turn."""


@dataclass(frozen=True)
class Eyes:
    """What looking needs, opened together: the network, and a fetcher for each place to look from, ``direct`` first."""

    network: Network
    fetchers: tuple[Fetcher, ...]
    canary: Canary

    @property
    def direct(self) -> Fetcher:
        """Looks from this machine."""
        return self.fetchers[0]


@asynccontextmanager
async def opened_eyes(home: Home) -> AsyncIterator[Eyes]:
    """Opens network, decoders and fetchers, and closes them again."""
    settings = home.settings
    async with (
        Network.open(settings, home.kind, home.clock) as network,
        Decoder.open(care=QUICK if settings.quick_pictures else EXACT) as decoder,
    ):
        fetchers = tuple(Fetcher(network, decoder, vantage=name) for name in network.vantages)
        url = parse_url(settings.canary) if settings.canary else None
        yield Eyes(network, fetchers, Canary(url, home.clock.elapsed))


@dataclass
class LookedAgain:
    """What a run of looks saw. ``deaf``: vantages from which our own canary could not be seen."""

    outcomes: list[Outcome] = field(default_factory=list)
    size: int = 0
    deaf: tuple[str, ...] = ()
    done: set[int] = field(default_factory=set)
    """The cases about which this run has nothing more to do."""


async def look_again(home: Home, progress: Progress = silence, patience: float | None = None) -> LookedAgain:
    """Looks at every case that is due, each once, and lets what it sees happen to the case.

    Of a host with very many cases some are looked at, then whatever has come due anywhere, then some more of it. After
    ``patience`` seconds no more are begun: what is left is still due.
    """
    with home.session() as session:
        embargoes.end_the_past(home, session)
    result = LookedAgain()
    begun = home.clock.elapsed()
    async with AsyncExitStack() as stack:
        eyes = None
        while patience is None or home.clock.elapsed() - begun < patience:
            with home.reading() as session:
                orders = look_orders.due(home, session, done=result.done, most=MOST_A_ROUND, most_a_host=MOST_A_HOST)
                index = ListIndex.load(home, session) if orders else ListIndex()
            if not orders:
                break
            if eyes is None:
                eyes = await stack.enter_async_context(opened_eyes(home))
            await look_at(home, eyes, index, orders, progress, result)
    return result


async def look_at(
    home: Home,
    eyes: Eyes,
    index: ListIndex,
    orders: Sequence[LookOrder],
    progress: Progress,
    result: LookedAgain | None = None,
) -> LookedAgain:
    """Looks at these cases from every vantage that works, at each host when it is our turn there.

    Where no vantage works, at none.
    """
    result = LookedAgain() if result is None else result
    if not orders:
        return result
    result.deaf = await deaf_vantages(eyes)
    if len(result.deaf) == len(eyes.fetchers):
        result.done |= {order.case_id for order in orders}
        return result
    total = max(len(result.done) + len(orders), _due(home))
    hosts = {order.case_id: home.vault.index("host", host_of(order)) for order in orders}
    waiting = list(orders)
    async with turns.opened(home) as held:
        while waiting:
            taken = held.take({hosts[order.case_id] for order in waiting})
            mine = _still_due(home, [order for order in waiting if hosts[order.case_id] in taken], result)
            waiting = [order for order in waiting if hosts[order.case_id] not in taken]
            left = Counter(hosts[order.case_id] for order in mine)
            seen = look_all(mine, lambda order: _see(order, eyes, index, home.now()))
            async for batch in in_batches(seen, MOST_AT_ONCE, LINGER):
                left.subtract(hosts[order.case_id] for order, _ in batch)
                result.outcomes += _take(home, batch, held, {host for host in left if not left[host]})
                result.size += sum(look.size for _, looks in batch for look in looks)
                progress("looking", len(result.outcomes), total)
            held.give_back()
            if not taken:
                await asyncio.sleep(_NEXT_TRY)  # others look there; they will have done so soon
    return result


async def deaf_vantages(eyes: Eyes) -> tuple[str, ...]:
    """The vantages from which our own canary cannot be seen now."""
    return tuple([each.vantage for each in eyes.fetchers if await eyes.canary.sings(each) is False])


async def _see(order: LookOrder, eyes: Eyes, index: ListIndex, now: datetime) -> tuple[Look, ...]:
    """The cheapest proof first; what it does not prove is looked at whole, from every vantage, in the same visit."""
    spent = 0
    if order.marks:
        glanced = await glance(order, eyes.direct, now)
        if glanced.by is not None:
            return (glanced,)
        spent = glanced.size
    looks = []
    for fetcher in eyes.fetchers:
        look = await visit(order, fetcher, index, now)
        looks.append(replace(look, control=await eyes.canary.sings(fetcher), size=look.size + spent))
        spent = 0
    return tuple(looks)


def _due(home: Home) -> int:
    with home.reading() as session:
        return look_orders.count_due(home, session)


def _still_due(home: Home, mine: Sequence[LookOrder], result: LookedAgain) -> list[LookOrder]:
    result.done |= {order.case_id for order in mine}
    with home.reading() as session:
        return look_orders.still_due(session, mine)


def _take(
    home: Home, batch: Sequence[tuple[LookOrder, Sequence[Look]]], held: Turns, finished: Collection[bytes]
) -> list[Outcome]:
    """Writes what a few looks saw, in one transaction: a kill loses these at most, and their cases are due again.

    At the hosts with which this run has ``finished`` it is the next one's turn.
    """
    with home.session() as session:
        held.give_back_these(session, finished)
        done = looking.record_all(home, session, [(order.case_id, looks) for order, looks in batch])
        for (order, looks), looked in zip(batch, done, strict=True):
            case = session.get_one(Case, order.case_id) if looked.moved_to else None
            if case is not None and looked.moved_to and (case.sha256 or case.assessed_sha256):
                cases.open_found(home, session, _moved(home, session, case, looks[0], looked.moved_to))
        return [looked.verdict.outcome for looked in done]


def _moved(home: Home, session: Session, case: Case, look: Look, target: str) -> FoundMedia:
    """The same file at another address: a case of its own, chained to this one, held as long as this one is."""
    sha256 = case.sha256 or case.assessed_sha256 or ""
    digests = Digests(sha256, case.sha1 or "", case.md5 or "", case.length or 0, case.pdq)
    return FoundMedia(
        url=target,
        page=None,
        digests=prints.onto(session, case, digests),
        match=Match("the case it moved from", ListKind.ILLEGAL, DigestKind.SHA256, 0, True, case.classification),
        content=case.content or Content.MEDIA,
        parent_case_id=case.number,
        crawl_key=case.crawl_key or case.key,
        embargo_until=embargoes.embargo_until(session, home, case),
        seen_at=look.at,
        peer=look.peer,
    )
