"""A crawl in a process of its own, to be killed: ``python crawl_process.py HOME PORT DIGEST…``."""

import asyncio
import sys

from crawler_world import START, CaseDesk, LittleWeb

from crawler import running, tickets
from crawler.decoding import Decoder
from crawler.fetcher import Fetcher
from crawler.hashlists.index import ListIndex
from crawler.hashlists.matching import Entry
from hotline import settings
from hotline.clock import MovableClock
from hotline.home import open_home
from hotline.words import ListKind


async def main() -> None:
    """Crawls whatever can be claimed."""
    home = open_home(settings.load({"HOTLINE_HOME": sys.argv[1]}), MovableClock(START))
    claim = tickets.claim(home, True)
    if claim is None:
        sys.exit(3)
    index = ListIndex(Entry("known", ListKind.ILLEGAL, sha256=digest) for digest in sys.argv[3:])
    async with LittleWeb().network(int(sys.argv[2])) as network, Decoder.open(1) as decoder:
        await running.crawl(home, Fetcher(network, decoder), index, CaseDesk(home), claim)


asyncio.run(main())
