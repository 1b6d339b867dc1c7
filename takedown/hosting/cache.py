"""Answers of registries kept for later look-ups, found by what they cover.

``Cache`` is what a database can offer too: exact keys, texts, a time. Networks are found by asking for
every prefix that could contain an address, so that a blind index serves as well as a dictionary.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Final, Protocol

from takedown.hosting.blocks import Address, Block, block, covering

FRESH: Final = timedelta(hours=24)
FRESH_NEGATIVE: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Kept:
    """An answer and when it was given."""

    text: str
    at: datetime


class Cache(Protocol):
    """Keeps answers.

    ``kind`` names the sort of question, ``key`` what it was about (an address: never log it).
    """

    def get(self, kind: str, key: str) -> Kept | None:
        """The answer, however old."""

    def put(self, kind: str, key: str, text: str, at: datetime) -> None:
        """Keeps an answer, in place of an older one."""


class MemoryCache:
    """Keeps answers as long as the process lives."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Kept] = {}

    def get(self, kind: str, key: str) -> Kept | None:
        """The answer, however old."""
        return self._kept.get((kind, key))

    def put(self, kind: str, key: str, text: str, at: datetime) -> None:
        """Keeps an answer, in place of an older one."""
        self._kept[kind, key] = Kept(text, at)


@dataclass(frozen=True)
class Found:
    """A kept answer, read; ``value`` is ``None`` for a known absence."""

    value: object
    at: datetime


class Shelf:
    """One kind of answers in a cache, as JSON, with their age watched."""

    def __init__(self, cache: Cache, kind: str) -> None:
        self._cache = cache
        self._kind = kind

    def find(self, key: str, now: datetime) -> Found | None:
        """A fresh answer for exactly this key.

        A known absence is believed for an hour, an answer for a day.
        """
        kept = self._cache.get(self._kind, key)
        if kept is None:
            return None
        try:
            value: object = json.loads(kept.text)
        except ValueError:
            return None
        longest = FRESH_NEGATIVE if value is None else FRESH
        return Found(value, kept.at) if kept.at - longest <= now <= kept.at + longest else None

    def find_around(self, address: Address, now: datetime) -> Found | None:
        """A fresh answer for the longest prefix around an address."""
        return next((found for key in covering(address) if (found := self.find(key, now))), None)

    def keep(self, key: str, value: object, now: datetime) -> None:
        """Keeps an answer, or ``None`` for an absence."""
        self._cache.put(self._kind, key, json.dumps(value), now)

    def keep_around(self, address: Address, blocks: Iterable[Block], value: object, now: datetime) -> None:
        """Keeps an answer for the networks that it covers.

        Of a network larger than a /16 (/32 in IPv6) only the /24 (/48) around the address: inside such space
        somebody else's smaller network is likely, and asking again is better than asking the wrong desk.
        """
        for each in [each for each in blocks if address in each] or [ip_network(address)]:
            self.keep(str(_bounded(each, address)), value, now)


def _bounded(network: Block, address: Address) -> Block:
    widest, narrow = (16, 24) if network.version == 4 else (32, 48)
    if network.prefixlen >= widest:
        return network
    return block(f"{address}/{narrow}") or network
