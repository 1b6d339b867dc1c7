"""Answers of registries kept for later look-ups, found by what they cover.

``Cache`` is what a database can offer too: exact keys, texts, a time. Networks are found by asking for
every prefix that could have been kept around an address, all at once, so that a blind index serves as well as a
dictionary.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network
from itertools import islice
from typing import Final, Protocol

from takedown.hosting.blocks import Address, Block, covering

FRESH: Final = timedelta(hours=24)
FRESH_NEGATIVE: Final = timedelta(hours=1)
STALE: Final = timedelta(days=90)
"""How old an answer may be that serves while its server does not.

Networks and their desks seldom change within a season, and a notice to last month's desk is better than none.
After that the space may be somebody else's, and a notice tells whoever gets it where to look.
"""


@dataclass(frozen=True)
class Kept:
    """An answer and when it was given."""

    text: str
    at: datetime


class Cache(Protocol):
    """Keeps answers.

    ``kind`` names the sort of question, ``key`` what it was about (an address: never log it).
    """

    def get(self, kind: str, keys: Sequence[str]) -> dict[str, Kept]:
        """The answers that there are for these keys, however old."""

    def put(self, kind: str, key: str, text: str, at: datetime) -> None:
        """Keeps an answer, in place of an older one."""


class MemoryCache:
    """Keeps answers as long as the process lives."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Kept] = {}

    def get(self, kind: str, keys: Sequence[str]) -> dict[str, Kept]:
        """The answers that there are for these keys, however old."""
        return {key: kept for key in keys if (kept := self._kept.get((kind, key)))}

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
        return self._first((key,), now, stale=False)

    def find_around(self, address: Address, now: datetime) -> Found | None:
        """A fresh answer for the longest prefix around an address."""
        return self._first(_keys_around(address), now, stale=False)

    def find_old(self, key: str, now: datetime) -> Found | None:
        """The last answer for this key, for when nobody gives a new one; at most ``STALE`` old.

        An absence that is no longer fresh is none: it would only hide what others know.
        """
        return self._first((key,), now, stale=True)

    def find_old_around(self, address: Address, now: datetime) -> Found | None:
        """The last answer for the longest prefix around an address, as ``find_old``."""
        return self._first(_keys_around(address), now, stale=True)

    def keep(self, key: str, value: object, now: datetime) -> None:
        """Keeps an answer, or ``None`` for an absence. What is nested too deep to be written is not kept."""
        try:
            written = json.dumps(value)
        except (ValueError, RecursionError):
            return
        self._cache.put(self._kind, key, written, now)

    def keep_around(self, address: Address, blocks: Iterable[Block], value: object, now: datetime) -> None:
        """Keeps an answer for the networks that it covers.

        Of a network larger than a /16 (/32 in IPv6) only the /24 (/48) around the address: inside such space
        somebody else's smaller network is likely, and asking again is better than asking the wrong desk. An
        answer that covers nothing, an absence for example, is kept for the address alone.
        """
        for each in [each for each in blocks if address in each] or [ip_network(address)]:
            self.keep(str(_bounded(each, address)), value, now)

    def _first(self, keys: Sequence[str], now: datetime, *, stale: bool) -> Found | None:
        kept = self._cache.get(self._kind, keys)
        read = (_read(kept[key]) for key in keys if key in kept)
        return next((found for found in read if found and _serves(found, now, stale)), None)


def around(address: Address) -> Block:
    """What lies so near that one answer, or absence, likely counts for all of it: the /24, or the /48."""
    return ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False)


def region(address: Address) -> Block:
    """The widest prefix that an answer is kept for; addresses of different regions share no answer."""
    return ip_network(f"{address}/{_widest(address)}", strict=False)


def in_words(age: timedelta) -> str:
    """An age for people: ``3 days``."""
    hours = max(0, int(age.total_seconds() // 3600))
    count, unit = (hours, "hour") if hours < 48 else (hours // 24, "day")
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def _keys_around(address: Address) -> tuple[str, ...]:
    return tuple(islice(covering(address), address.max_prefixlen - _widest(address) + 1))


def _widest(address: Address) -> int:
    return 16 if address.version == 4 else 32


def _read(kept: Kept) -> Found | None:
    try:
        return Found(json.loads(kept.text), kept.at)
    except (ValueError, RecursionError):
        return None


def _serves(found: Found, now: datetime, stale: bool) -> bool:
    if stale:
        return found.value is not None and abs(now - found.at) <= STALE
    return abs(now - found.at) <= (FRESH_NEGATIVE if found.value is None else FRESH)


def _bounded(network: Block, address: Address) -> Block:
    if network.prefixlen >= _widest(address):
        return network
    return around(address)
