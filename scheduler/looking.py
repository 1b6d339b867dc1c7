"""The job that looks again, and what its looks lead to."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from sqlmodel import Session

from crawler.decoding import Decoder
from crawler.fetcher import Fetcher
from crawler.hashlists.index import ListIndex
from crawler.looks import glance_all, look_all
from hotline.address import parse_url
from hotline.facts import Digests, FoundMedia, Look, LookOrder, Match
from hotline.home import Home
from hotline.network import Network
from hotline.records import Case
from hotline.words import Content, DigestKind, ListKind, Outcome
from scheduler.canary import Canary
from scheduler.progress import Progress, silence
from takedown import cases, embargoes, looking


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
    async with Network.open(home.settings, home.kind, home.clock) as network, Decoder.open() as decoder:
        fetchers = tuple(Fetcher(network, decoder, vantage=name) for name in network.vantages)
        url = parse_url(home.settings.canary) if home.settings.canary else None
        yield Eyes(network, fetchers, Canary(url, home.clock.elapsed))


@dataclass
class LookedAgain:
    """What a run of looks saw. ``deaf``: vantages from which our own canary could not be seen."""

    outcomes: list[Outcome] = field(default_factory=list)
    size: int = 0
    deaf: tuple[str, ...] = ()


async def look_again(home: Home, progress: Progress = silence) -> LookedAgain:
    """Looks at every case that is due, and lets what it sees happen to the case."""
    with home.session() as session:
        embargoes.end_the_past(home, session)
    with home.reading() as session:
        orders = looking.due(home, session)
        index = ListIndex.load(session)
    if not orders:
        return LookedAgain()
    async with opened_eyes(home) as eyes:
        return await look_at(home, eyes, index, orders, progress)


async def look_at(
    home: Home, eyes: Eyes, index: ListIndex, orders: Sequence[LookOrder], progress: Progress
) -> LookedAgain:
    """Looks at these cases, each from every vantage that works; at none where no vantage does."""
    result = LookedAgain()
    if not orders:
        return result
    result.deaf = await deaf_vantages(eyes)
    if len(result.deaf) == len(eyes.fetchers):
        return result
    looks: dict[int, list[Look]] = {order.case_id: [] for order in orders}
    async for order, look in glance_all(orders, eyes.direct, home.now()):
        result.size += look.size
        if look.by is not None:
            result.outcomes.append(_take(home, order.case_id, [look]))
            del looks[order.case_id]
            progress("looking", len(result.outcomes), len(orders))
    whole = [order for order in orders if order.case_id in looks]
    for fetcher in eyes.fetchers:
        async for order, seen in look_all(whole, fetcher, index, home.now()):
            look = replace(seen, control=await eyes.canary.sings(fetcher))
            looks[order.case_id].append(look)
            result.size += look.size
            if len(looks[order.case_id]) == len(eyes.fetchers):
                result.outcomes.append(_take(home, order.case_id, looks.pop(order.case_id)))
                progress("looking", len(result.outcomes), len(orders))
    return result


async def deaf_vantages(eyes: Eyes) -> tuple[str, ...]:
    """The vantages from which our own canary cannot be seen now."""
    return tuple([each.vantage for each in eyes.fetchers if await eyes.canary.sings(each) is False])


def _take(home: Home, case_id: int, looks: Sequence[Look]) -> Outcome:
    with home.session() as session:
        case = session.get_one(Case, case_id)
        looked = looking.record(home, session, case, *looks)
        if looked.moved_to is not None and (case.sha256 or case.assessed_sha256):
            cases.open_found(home, session, _moved(home, session, case, looks[0], looked.moved_to))
        return looked.verdict.outcome


def _moved(home: Home, session: Session, case: Case, look: Look, target: str) -> FoundMedia:
    """The same file at another address: a case of its own, chained to this one, held as long as this one is."""
    return FoundMedia(
        url=target,
        page=None,
        digests=Digests(
            case.sha256 or case.assessed_sha256 or "", case.sha1 or "", case.md5 or "", case.length or 0, case.pdq
        ),
        match=Match("the case it moved from", ListKind.ILLEGAL, DigestKind.SHA256, 0, True, case.classification),
        content=case.content or Content.MEDIA,
        parent_case_id=case.number,
        crawl_key=case.crawl_key or case.key,
        embargo_until=embargoes.embargo_until(session, home, case),
        seen_at=look.at,
        peer=look.peer,
    )
