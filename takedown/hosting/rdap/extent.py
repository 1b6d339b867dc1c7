"""Which addresses a network object covers: prefixes, a range, or only the handle, as each registry likes."""

import re
from typing import Final

from takedown.hosting.blocks import Block, block, blocks, span
from takedown.hosting.rdap.shapes import listed, record, text

_ZEROS: Final = re.compile(r"(?<![\d.])0+(?=\d)|(?<=\.)0+(?=\d)")


def extent(body: dict[str, object]) -> tuple[Block, ...]:
    """The prefixes of a network; empty when it names none."""
    start, end = _address(body.get("startAddress")), _address(body.get("endAddress"))
    found = _prefixes(body) or span(start.partition("/")[0], end.partition("/")[0])
    if found:
        return found
    for each in (start, _address(body.get("handle"))):  # some registries write the prefix only there
        if found := blocks(each) if "/" in each or "-" in each else ():
            return found
    return ()


def _prefixes(body: dict[str, object]) -> tuple[Block, ...]:
    """``cidr0_cidrs`` of the NRO's profile."""
    found = []
    for each in listed(body.get("cidr0_cidrs")):
        prefix = record(each)
        start = _address(prefix.get("v4prefix")) or _address(prefix.get("v6prefix"))
        made = block(f"{start}/{text(prefix.get('length'))}") if start else None
        found += [made] if made else []
    return tuple(found)


def _address(value: object) -> str:
    """An address without the leading zeros that ARIN once wrote (``074.125.000.000``)."""
    said = text(value)
    return said if ":" in said else _ZEROS.sub("", said)
