"""A table of announced prefixes as pyasn writes it: a prefix, white space, the AS number. Longest match.

A table of the whole internet has more than a million lines. So lines are read without a network object for each,
and prefixes lie in sorted arrays, twelve bytes each.
"""

import zlib
from array import array
from collections.abc import Iterable, Iterator
from ipaddress import ip_network
from pathlib import Path
from socket import AF_INET, AF_INET6, inet_pton
from typing import Final

import numpy as np

from hotline.errors import HotlineError
from takedown.hosting.blocks import Address, block
from takedown.hosting.facts import OriginFacts

_UNREADABLE: Final = "HOTLINE_ASN_ORIGIN names a prefix table that cannot be read"
_NOBODY: Final = "nobody seems to announce the address"
_WORD: Final = 64
"""Bits of a key in the arrays. IPv6 prefixes longer than that are few: they lie in a dictionary."""


class PrefixTable:
    """Announced prefixes by length, so that a look-up searches one array a length that there is.

    ``broken``: how many lines were passed over because they make no sense; ``first_broken``: the number of the first.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self.broken = self.first_broken = 0
        self._origins: list[tuple[int, ...]] = []
        self._numbers: dict[str, int] = {}
        self._arrays: dict[tuple[int, int], _Prefixes] = {}
        self._long: dict[tuple[int, int], list[int]] = {}
        for number, line in enumerate(lines, 1):
            if not self._read(line):
                self.broken += 1
                self.first_broken = self.first_broken or number
        for prefixes in self._arrays.values():
            prefixes.sort()
        self._numbers.clear()
        self._lengths = sorted({*self._arrays, *((6, length) for length, _ in self._long)}, reverse=True)

    @property
    def fault(self) -> str | None:
        """What is wrong with the table, in words."""
        if not self._lengths:
            return f"{_UNREADABLE}: no line of it tells a prefix and an AS number, such as 198.51.100.0/24 64500"
        if not self.broken:
            return None
        lines = "1 line" if self.broken == 1 else f"{self.broken} lines"
        where = "" if self.broken == 1 else "the first is "
        return f"{lines} of the prefix table in HOTLINE_ASN_ORIGIN made no sense ({where}line {self.first_broken})"

    @property
    def problem(self) -> str | None:
        """Its fault, to be told where the table does not know an address."""
        return self.fault if not self._lengths or self.fault is None else f"{_NOBODY}; {self.fault}"

    def look_up(self, address: Address) -> OriginFacts:
        """Who announces an address, all of them; empty when no prefix contains it."""
        for version, length in self._lengths:
            if version != address.version:
                continue
            numbers = self._found(version, length, int(address) >> (address.max_prefixlen - length))
            if numbers:
                asns = dict.fromkeys(asn for number in numbers for asn in self._origins[number])
                return OriginFacts(tuple(asns), ip_network(f"{address}/{length}", strict=False))
        return OriginFacts()

    def _found(self, version: int, length: int, key: int) -> list[int]:
        if length > _WORD:
            return self._long.get((length, key), [])
        return self._arrays[version, length].find(key)

    def _read(self, line: str) -> bool:
        """Takes one line in; whether it made sense."""
        fields = line.partition(";")[0].partition("#")[0].split(None, 1)
        if not fields:
            return True
        prefix = _prefix(fields[0])
        origin = self._number(fields[1].strip()) if len(fields) > 1 else None
        if prefix is None or origin is None:
            return False
        version, length, key = prefix
        if length > _WORD:
            self._long.setdefault((length, key), []).append(origin)
        else:
            self._arrays.setdefault((version, length), _Prefixes()).add(key, origin)
        return True

    def _number(self, text: str) -> int | None:
        """Which of ``_origins`` a text is; the few AS numbers that many lines share are read once."""
        number = self._numbers.get(text)
        if number is not None:
            return number
        asns = asns_in(text)
        if not asns:
            return None
        self._numbers[text] = len(self._origins)
        self._origins.append(asns)
        return self._numbers[text]


class _Prefixes:
    """The prefixes of one length as numbers, each with the number of its origin; some occur twice."""

    def __init__(self) -> None:
        self._keys, self._origins = array("Q"), array("I")

    def add(self, key: int, origin: int) -> None:
        self._keys.append(key)
        self._origins.append(origin)

    def sort(self) -> None:
        """Ends the adding. Equal prefixes keep the order of their lines."""
        keys = np.frombuffer(self._keys, dtype=np.uint64)
        order = np.argsort(keys, kind="stable")
        self._sorted = keys[order]
        self._sorted_origins = np.asarray(self._origins, dtype=np.uint32)[order]
        del self._keys, self._origins

    def find(self, key: int) -> list[int]:
        first, last = (int(np.searchsorted(self._sorted, np.uint64(key), side)) for side in ("left", "right"))
        return [int(each) for each in self._sorted_origins[first:last]]


def asns_in(text: str) -> tuple[int, ...]:
    """AS numbers written as ``64500``, ``AS64500``, ``64500_64501``, ``64500 64501`` or ``{64500,64501}``."""
    parts = text.translate(_MARKS).split()
    digits = [part.upper().removeprefix("AS") for part in parts]
    numbers = [int(each) for each in digits if each.isascii() and each.isdigit() and len(each) <= 10]
    return tuple(dict.fromkeys(each for each in numbers if 0 < each < 2**32))


_MARKS: Final = str.maketrans(dict.fromkeys("{}_,", " "))


def _prefix(text: str) -> tuple[int, int, int] | None:
    """Version, length and the leading bits of a prefix; ``None`` when it is none.

    Nearly all lines are plain, and libc reads those several times as fast as ``ipaddress``.
    """
    host, _, length = text.partition("/")
    version, bits, family = (6, 128, AF_INET6) if ":" in host else (4, 32, AF_INET)
    if not length.isdecimal():
        return _odd_prefix(text)
    try:
        number, wide = int.from_bytes(inet_pton(family, host)), int(length)
    except (OSError, ValueError):
        return _odd_prefix(text)
    return (version, wide, number >> (bits - wide)) if wide <= bits else None


def _odd_prefix(text: str) -> tuple[int, int, int] | None:
    """A lone address, a short form, a mask: forgiven as elsewhere."""
    odd = block(text)
    if odd is None:
        return None
    return odd.version, odd.prefixlen, int(odd.network_address) >> (odd.max_prefixlen - odd.prefixlen)


def read_prefix_table(file: Path) -> PrefixTable:
    """Reads a table, plain or gzipped (told by its first bytes, whatever its name).

    Raises:
        HotlineError: the file cannot be read.
    """
    try:
        return PrefixTable(_lines(file))
    except OSError as wrong:
        why = wrong.strerror or "it is packed and damaged"
        raise HotlineError(f"{_UNREADABLE} ({why}); give the path of one, or a DNS suffix") from None
    except (EOFError, zlib.error):
        raise HotlineError(f"{_UNREADABLE} (it is packed and damaged); give the path of a whole one") from None


def _lines(file: Path) -> Iterator[str]:
    import gzip

    with file.open("rb") as opened:
        packed = opened.read(2) == b"\x1f\x8b"
    with (
        gzip.open(file, "rt", encoding="utf-8-sig", errors="replace")
        if packed
        else file.open(encoding="utf-8-sig", errors="replace") as lines
    ):
        yield from lines
