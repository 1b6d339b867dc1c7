"""Our own outage told from theirs: a host of the operator's that is always there, asked from where looks are taken.

A captive portal, a filter of our carrier's or a lying resolver answers for everybody, and a thousand cases would seem
gone or unclear at once. So the canary (``HOTLINE_CANARY``) must answer, and must deny a random address beside it.
"""

from collections.abc import Callable
from typing import Final

from crawler.fetcher import Fetcher
from crawler.siblings import beside
from hotline.address import Url

FRESH: Final = 15.0
"""Seconds of real time for which a vantage that worked is believed to work."""

_DENIALS: Final = frozenset({404, 410})


class Canary:
    """Asks the canary, at most each 15 seconds from each vantage. ``None`` as URL: nothing is known of any vantage."""

    def __init__(self, url: Url | None, elapsed: Callable[[], float]) -> None:
        self._url = url
        self._elapsed = elapsed
        self._known: dict[str, tuple[float, bool]] = {}

    async def sings(self, fetcher: Fetcher) -> bool | None:
        """Whether what comes back by this vantage may be believed; ``None`` where no canary is set."""
        if self._url is None:
            return None
        at, sang = self._known.get(fetcher.vantage, (float("-inf"), False))
        if self._elapsed() - at > FRESH:
            sang = await _answers(fetcher, self._url)
            self._known[fetcher.vantage] = self._elapsed(), sang
        return sang


async def _answers(fetcher: Fetcher, url: Url) -> bool:
    there = await fetcher.fetch(url)
    if not there.served:
        return False
    return (await fetcher.fetch(beside(url))).status in _DENIALS
