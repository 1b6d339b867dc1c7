"""A table of announced prefixes as pyasn writes it: a prefix, white space, the AS number. Longest match."""

from collections.abc import Iterable
from pathlib import Path

from hotline.errors import HotlineError
from takedown.hosting.blocks import Address, Block, block
from takedown.hosting.facts import OriginFacts


class PrefixTable:
    """Announced prefixes by length, so that a look-up asks at most 129 dictionaries."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._by_length: dict[tuple[int, int], dict[int, list[int]]] = {}
        for line in lines:
            prefix, *rest = line.partition(";")[0].partition("#")[0].split()[:2] or [""]
            network = block(prefix)
            asns = asns_in(rest[0]) if rest else ()
            if network is not None and asns:
                self._add(network, asns)

    def look_up(self, address: Address) -> OriginFacts:
        """Who announces an address; empty when no prefix contains it."""
        for length in range(address.max_prefixlen, -1, -1):
            shift = address.max_prefixlen - length
            table = self._by_length.get((address.version, length))
            asns = table.get(int(address) >> shift) if table else None
            if asns:
                return OriginFacts(tuple(dict.fromkeys(asns)), block(f"{address}/{length}"))
        return OriginFacts()

    def _add(self, network: Block, asns: Iterable[int]) -> None:
        shift = network.max_prefixlen - network.prefixlen
        table = self._by_length.setdefault((network.version, network.prefixlen), {})
        table.setdefault(int(network.network_address) >> shift, []).extend(asns)


def asns_in(text: str) -> tuple[int, ...]:
    """AS numbers written as ``64500``, ``AS64500``, ``64500_64501`` or ``{64500,64501}``."""
    parts = text.strip("{}").replace("_", " ").replace(",", " ").split()
    digits = [part.upper().removeprefix("AS") for part in parts]
    return tuple(int(each) for each in digits if each.isascii() and each.isdigit() and len(each) <= 10 and int(each))


def read_prefix_table(file: Path) -> PrefixTable:
    """Reads a table, plain or gzipped.

    Raises:
        HotlineError: the file cannot be read.
    """
    import gzip

    try:
        if file.suffix == ".gz":
            with gzip.open(file, "rt", encoding="utf-8", errors="replace") as lines:
                return PrefixTable(lines)
        with file.open(encoding="utf-8", errors="replace") as lines:
            return PrefixTable(lines)
    except (OSError, EOFError):
        raise HotlineError("HOTLINE_ASN_ORIGIN names a prefix table that cannot be read") from None
