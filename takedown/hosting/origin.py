"""Who announces an address: by the operator's prefix table, or by DNS origin look-ups.

The DNS convention is origin.asn.cymru.com's: the reversed address under the suffix, as TXT, answers ``64500
| 198.51.100.0/24 | NL | ripencc | 2001-01-01``; ``AS64500`` under the same parent answers with the name in
its last field.
"""

import asyncio
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from hotline.countries import country_code
from hotline.errors import HotlineError
from hotline.network.answers import DnsReply
from takedown.hosting.blocks import Address, block
from takedown.hosting.cache import Cache, Shelf, in_words, region
from takedown.hosting.doors import Names
from takedown.hosting.facts import OriginFacts, Told
from takedown.hosting.prefix_table import PrefixTable, asns_in, read_prefix_table
from takedown.hosting.rdap.shapes import record, text, texts
from takedown.hosting.servers import Servers

_NO_ORIGIN: Final = "nobody seems to announce the address"
_SILENCE: Final = "who announces the address could not be asked: no name server answered"


class Origins:
    """Finds the AS numbers of addresses; answers are kept by prefix, names by AS number.

    Those who ask about near addresses at the same time wait for the first one's answer.
    """

    def __init__(self, setting: str, resolver: Names, cache: Cache, servers: Servers | None = None) -> None:
        self._setting = setting.strip()
        self._resolver = resolver
        self._servers = servers or Servers()
        self._prefixes = Shelf(cache, "origin")
        self._asns = Shelf(cache, "asn-name")
        self._table: Told[PrefixTable] | None = None
        self._opening = asyncio.Lock()

    async def look_up(self, address: Address, now: datetime) -> Told[OriginFacts]:
        """The origin of an address; never raises for what servers or files do."""
        if is_table(self._setting):
            return await self._by_table(address)
        found = self._prefixes.find_around(address, now)
        if found is None:
            async with self._servers.turn(f"origin of {region(address)}"):
                found = self._prefixes.find_around(address, now)
                if found is None:
                    return await self._ask(address, now)
        facts = _restored(found.value)
        return Told(facts, () if facts.asns else (_NO_ORIGIN,))

    async def _ask(self, address: Address, now: datetime) -> Told[OriginFacts]:
        """A new answer, or the last one, marked as old, when no name server gives one."""
        replies = await self._resolver.lookup(origin_name(address, self._setting), "TXT")
        facts = origin_in(replies, address)
        if facts.asns:
            facts = replace(facts, name=await self._name(facts.asns[0], now))
            self._prefixes.keep_around(address, (facts.prefix,) if facts.prefix else (), _kept(facts), now)
            return Told(facts)
        if _answered(replies):
            self._prefixes.keep_around(address, (), None, now)
            return Told(OriginFacts(), (_NO_ORIGIN,))
        old = self._prefixes.find_old_around(address, now)
        if old is None:
            return Told(OriginFacts(), (_SILENCE,))
        return Told(_restored(old.value), (f"{_SILENCE}; an answer that is {in_words(now - old.at)} old was used",))

    async def _name(self, asn: int, now: datetime) -> str | None:
        """The name of an AS. An old one serves without a word: it is a label, and nobody is asked because of it."""
        async with self._servers.turn(f"name of AS{asn}"):
            found = self._asns.find(str(asn), now)
            if found is not None:
                return text(found.value) or None
            replies = await self._resolver.lookup(asn_name(asn, self._setting), "TXT")
            name = name_in(replies)
            if name is None and not _answered(replies):
                old = self._asns.find_old(str(asn), now)
                return text(old.value) or None if old else None
            self._asns.keep(str(asn), name, now)
            return name

    async def _by_table(self, address: Address) -> Told[OriginFacts]:
        async with self._opening:
            if self._table is None:
                self._table = await asyncio.to_thread(_opened, Path(self._setting))
            opened = self._table
        if opened.facts is None:
            return Told(OriginFacts(), opened.problems)
        facts = opened.facts.look_up(address)
        return Told(facts, () if facts.asns else (opened.facts.problem or _NO_ORIGIN,))


def _opened(file: Path) -> Told[PrefixTable]:
    """The operator's table, read once; a reading takes seconds when a whole internet stands in it."""
    try:
        return Told(read_prefix_table(file))
    except HotlineError as wrong:
        return Told(problems=(str(wrong),))


def is_table(setting: str) -> bool:
    """Whether the setting is the path of a file rather than a DNS suffix."""
    return "/" in setting or setting.endswith((".dat", ".gz", ".txt", ".tsv", ".csv")) or Path(setting).is_file()


def origin_name(address: Address, suffix: str) -> str:
    """The name to ask.

    Reversed octets under the suffix; reversed nibbles under its IPv6 twin (``origin6``).
    """
    if address.version == 4:
        return ".".join(reversed(str(address).split("."))) + "." + suffix.strip(".")
    nibbles = ".".join(reversed(address.exploded.replace(":", "")))
    first, dot, rest = suffix.strip(".").partition(".")
    return f"{nibbles}.{'origin6' if first == 'origin' else first}{dot}{rest}"


def asn_name(asn: int, suffix: str) -> str:
    """Where the name of an AS is told: ``AS64500.asn.…`` of the suffix's parent."""
    parent = suffix.strip(".").partition(".")[2]
    return f"AS{asn}.{parent}" if parent.startswith("asn.") else f"AS{asn}.asn.{parent}".rstrip(".")


def origin_in(replies: tuple[DnsReply, ...], address: Address) -> OriginFacts:
    """The most specific prefix around the address in the first answer that has one; all its AS numbers."""
    for reply in replies:
        facts = [each for line in reply.records if (each := _origin(line)) is not None]
        around = [each for each in facts if each.prefix is None or address in each.prefix]
        if around:
            best = max(around, key=lambda each: each.prefix.prefixlen if each.prefix else -1)
            same = [asn for each in around if each.prefix == best.prefix for asn in each.asns]
            return replace(best, asns=tuple(dict.fromkeys(same)))
    return OriginFacts()


def name_in(replies: tuple[DnsReply, ...]) -> str | None:
    """The last field of the first answer."""
    for reply in replies:
        for line in reply.records:
            fields = _fields(line)
            if len(fields) >= 5 and fields[-1]:
                return fields[-1]
    return None


def _fields(line: str) -> list[str]:
    return [field.strip() for field in line.replace('" "', "").strip().strip('"').split("|")]


def _origin(line: str) -> OriginFacts | None:
    fields = [*_fields(line), "", ""]
    asns = asns_in(fields[0])
    return OriginFacts(asns, block(fields[1]), country_code(fields[2])) if asns else None


def _answered(replies: tuple[DnsReply, ...]) -> bool:
    """Whether a name server said something, be it that there is nothing."""
    return any(reply.outcome in ("nxdomain", "empty", "answer") for reply in replies)


def _kept(facts: OriginFacts) -> dict[str, object]:
    return {
        "asns": list(facts.asns),
        "prefix": str(facts.prefix or ""),
        "country": facts.country or "",
        "name": facts.name or "",
    }


def _restored(value: object) -> OriginFacts:
    kept = record(value)
    asns = tuple(asn for each in texts(kept.get("asns")) for asn in asns_in(each))
    prefix = block(text(kept.get("prefix")))
    return OriginFacts(asns, prefix, text(kept.get("country")) or None, text(kept.get("name")) or None)
