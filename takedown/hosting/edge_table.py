"""The table of CDNs, platforms and gateways: data with source and date, checked at the door.

An entry that is misread sends notices to the wrong desk for as long as nobody looks, so a table with a fault is refused
as a whole, by the number of the entry and what is wrong with it.
"""

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final

from hotline.address import BadUrl, parse_url
from hotline.errors import HotlineError
from hotline.words import Certainty
from takedown.hosting.blocks import Block
from takedown.hosting.mailboxes import mailboxes
from takedown.hosting.table_file import read_table

_OWN: Final = "edges.toml"
_SHIPPED: Final = ("edges.toml", "platforms.toml", "gateways.toml")
_LARGEST_ASN: Final = 2**32 - 1
_SHORTEST_PREFIX: Final = {4: 8, 6: 16}
"""No company has a larger range; one that were taken for a front would hide who hosts half the internet."""


class Shows(StrEnum):
    """What a gateway shows that lies elsewhere."""

    IPFS = "ipfs"
    ONION = "onion"
    ARCHIVE = "archive"
    TRANSLATION = "translation"


@dataclass(frozen=True)
class Edge:
    """One entry: how a CDN or platform is known, whom it wants to be asked, whence and when we know it.

    ``suffixes``: of host names; a label may be a pattern (``s3-*``). ``networks``: patterns of registries' names for
    networks, in capitals. ``ranges``: published prefixes. ``certainty`` origin: it hands out names and hosts nothing.
    ``shows``: it is a gateway to what lies elsewhere.
    """

    name: str
    certainty: Certainty
    source: str
    noted: date
    suffixes: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    asns: tuple[int, ...] = ()
    ranges: tuple[Block, ...] = ()
    email: str | None = None
    form: str | None = None
    shows: Shows | None = None


def load_edges(home: Path) -> tuple[Edge, ...]:
    """The shipped tables with the operator's ``edges.toml``, the operator's entries first.

    An entry of the operator's replaces the shipped one of its name.

    Raises:
        HotlineError: the operator's file cannot be read; the text says which entry is wrong and how.
    """
    own = read_table(home, _OWN)
    added = parse_edges(own, _OWN) if own is not None else ()
    replaced = {edge.name for edge in added}
    return (*added, *(edge for edge in shipped_edges() if edge.name not in replaced))


@cache
def shipped_edges() -> tuple[Edge, ...]:
    """The tables that come with the program, read once."""
    folder = resources.files("takedown.hosting.data")
    texts = ((name, folder.joinpath(name).read_text(encoding="utf-8")) for name in _SHIPPED)
    return tuple(edge for name, text in texts for edge in parse_edges(text, name))


def parse_edges(text: str, file: str) -> tuple[Edge, ...]:
    """Reads a table.

    Raises:
        HotlineError: no TOML, or an entry is wrong; names the file, the entry's number and name, and the fault.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise HotlineError(f"{file} is not valid TOML: {wrong}; mend that place") from None
    entries = table.get("edge", [])
    if set(table) - {"edge"} or not isinstance(entries, list):
        raise HotlineError(f"{file}: only [[edge]] entries may stand in it")
    found: list[Edge] = []
    for number, entry in enumerate(entries, 1):
        edge = _numbered(entry, number, file)
        if any(edge.name == each.name for each in found):
            raise HotlineError(f"{file}, entry {number} ({edge.name}): the name stands there twice")
        found.append(edge)
    return tuple(found)


def under(host: str, suffix: str) -> bool:
    """Whether a host is the suffix or below it; a label of the suffix may be a pattern."""
    if "*" not in suffix:
        return host == suffix or host.endswith("." + suffix)
    labels, wanted = host.split("."), suffix.split(".")
    tail = labels[-len(wanted) :]
    return len(tail) == len(wanted) and all(map(fnmatchcase, tail, wanted))


def _numbered(entry: Any, number: int, file: str) -> Edge:
    name = entry.get("name") if isinstance(entry, dict) else None
    try:
        return _edge(entry)
    except ValueError as wrong:
        title = f" ({name})" if isinstance(name, str) else ""
        raise HotlineError(f"{file}, entry {number}{title}: {wrong}") from None


def _edge(entry: Any) -> Edge:
    if not isinstance(entry, dict):
        raise ValueError("not a table; begin each entry with [[edge]]")
    unknown = sorted(set(entry) - set(Edge.__dataclass_fields__))
    if unknown:
        raise ValueError(f"{unknown[0]} is no key; there are {', '.join(Edge.__dataclass_fields__)}")
    edge = Edge(
        name=_text(entry, "name"),
        certainty=_word(entry, "certainty", Certainty),
        source=_text(entry, "source"),
        noted=_day(entry),
        suffixes=_each(entry, "suffixes", _suffix),
        networks=_each(entry, "networks", _pattern),
        asns=_each(entry, "asns", _asn),
        ranges=_each(entry, "ranges", _range),
        email=_optional(entry, "email", _email),
        form=_optional(entry, "form", _form),
        shows=_word(entry, "shows", Shows) if "shows" in entry else None,
    )
    if not (edge.suffixes or edge.networks or edge.asns or edge.ranges):
        raise ValueError("it needs a sign to be known by: suffixes, networks, asns or ranges")
    return edge


def _text(entry: dict[str, Any], key: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key} must be there, a text")
    return value.strip()


def _word(entry: dict[str, Any], key: str, words: type[Any]) -> Any:
    value = entry.get(key)
    if value not in [each.value for each in words]:
        raise ValueError(f"{key} must be one of {', '.join(each.value for each in words)}")
    return words(value)


def _day(entry: dict[str, Any]) -> date:
    value = entry.get("noted")
    if not isinstance(value, date):
        raise ValueError("noted must be there, a day without quotes: noted = 2030-01-31")
    return value


def _each(entry: dict[str, Any], key: str, read: Callable[[Any], Any]) -> tuple[Any, ...]:
    values = entry.get(key, [])
    if not isinstance(values, list):
        raise ValueError(f"{key} must be a list: {key} = [...]")
    return tuple(dict.fromkeys(read(value) for value in values))


def _optional(entry: dict[str, Any], key: str, read: Callable[[Any], str]) -> str | None:
    return read(entry[key]) if key in entry else None


def _suffix(value: Any) -> str:
    plain = value.lower().strip(".") if isinstance(value, str) else ""
    if not plain or not all(plain.split(".")) or not _is_plain(plain, "abcdefghijklmnopqrstuvwxyz0123456789-_.*"):
        raise ValueError("suffixes must be host names, without scheme or path")
    if "." not in plain or "*" in plain.rpartition(".")[2]:
        raise ValueError("a suffix must have at least two labels, the last one in full")
    if not plain.rpartition(".")[0].strip("*."):
        raise ValueError("a suffix needs a label before the last one that is more than *; name the company's domain")
    return plain


def _pattern(value: Any) -> str:
    if not isinstance(value, str) or not value.strip(" *?"):
        raise ValueError("networks must be names of networks, where * stands for anything")
    return value.strip().upper()


def _asn(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= _LARGEST_ASN:
        raise ValueError("asns must be plain numbers: asns = [64500]")
    return value


def _range(value: Any) -> Block:
    try:
        found = ip_network(str(value))
    except ValueError:
        raise ValueError('ranges must be prefixes without host bits: "198.51.100.0/24"') from None
    if found.prefixlen < _SHORTEST_PREFIX[found.version]:
        raise ValueError(f"a range is too wide; the shortest prefix is /{_SHORTEST_PREFIX[found.version]}")
    return found


def _email(value: Any) -> str:
    found = mailboxes(value) if isinstance(value, str) else ()
    if len(found) != 1 or found[0].lower() != value.strip().lower():
        raise ValueError("email must be one plain mail address")
    return found[0]


def _form(value: Any) -> str:
    try:
        return parse_url(value).text + _fragment(value)
    except (BadUrl, AttributeError):
        raise ValueError("form must be an address of the web: https://…") from None


def _fragment(url: str) -> str:
    """Some forms are a part of a page behind ``#``."""
    mark, name = url.partition("#")[1:]
    return mark + name


def _is_plain(text: str, signs: Iterable[str]) -> bool:
    return set(text) <= set(signs)
