"""What an address registry's WHOIS text means: networks around an address, holders, abuse desks. Pure.

The parsing of ranges and names is ipwhois's where it helps (``ipwhois_fields``); roles, references between
objects and the fields that name an abuse desk are read here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, pairwise, takewhile
from typing import Final

from hotline.countries import country_code
from hotline.words import ContactSource
from takedown.hosting.blocks import Address, Block, blocks, holds, size
from takedown.hosting.facts import NetworkFacts
from takedown.hosting.registries import known_registries
from takedown.hosting.whois.desks import Section, abuse_desks, colleagues
from takedown.hosting.whois.ipwhois_fields import Reading, readings
from takedown.hosting.whois.rpsl import Paragraph, paragraphs

_RANGES: Final = (
    "cidr",
    "netrange",
    "inetnum",
    "inet6num",
    "ipv4 address",
    "ipv6 address",
    "network number",
    "ipネットワークアドレス",
    "ip-network",
    "ip-network-block",
    "netblock",
)
_MOST_NETWORKS: Final = 40
_LONGEST_NAME: Final = 120
_UNKNOWN: Final = 1 << 128
_MOST_RANGES: Final = 8
_NAMES: Final = ("netname", "network name", "ネットワーク名", "network-name", "service name", "id")
_ROUTES: Final = ("route", "route6")
# National registries leave out the country, but only each of them writes so.
_WRITTEN_IN: Final = {
    "ipv4 address": "KR",
    "ipv6 address": "KR",
    "network number": "JP",
    "ipネットワークアドレス": "JP",
    "netblock": "TW",
    "nic-hdl-br": "BR",
}
_COUNTRIES: Final = ("country", "country-code", "customer country code")
_HANDLE: Final = re.compile(r"\s*\([A-Z0-9-]{1,40}\)$")
_HOLDERS: Final = (
    "custname",
    "orgname",
    "org-name",
    "owner",
    "organization name",
    "organization",
    "organisation",
    "org name",
    "customer",
    "組織名",
)


def networks_in(text: str, address: Address, observed_at: datetime) -> tuple[NetworkFacts, ...]:
    """The networks of a text that contain an address, the most specific first."""
    by_library = readings(text)
    found = [_facts(section, by_library, observed_at, address) for section in _sections(text)]
    if not found:
        found = [_from_library(each, observed_at) for each in by_library]
    around = [each for each in found if holds(each.blocks, address)]
    return tuple(sorted(around, key=lambda each: size(each.blocks)))


def listed_networks(text: str) -> tuple[str, ...]:
    """Handles in a list of networks without details (ARIN answers so when several match), narrowest last.

    ARIN lists them in either order.
    """
    sizes: dict[str, int] = {}
    for line in text.splitlines():
        _, mark, rest = line[-400:].rpartition("(NET")
        number, _, ranges = rest.partition(")")
        handle = f"NET{number}"
        if mark and ranges and handle not in sizes and number.replace("-", "").isalnum():
            sizes[handle] = size(blocks(ranges))
        if len(sizes) >= _MOST_NETWORKS:
            break
    return tuple(sorted(sizes, key=lambda each: sizes[each] or _UNKNOWN, reverse=True))


def _sections(text: str) -> list[Section]:
    """Each network object with the objects that follow it up to the next one, and the text's comments.

    What stands before the first network belongs to it: ARIN once told the holder first.
    """
    everything = paragraphs(text)
    starts = list(islice((index for index, each in enumerate(everything) if _ranges(each)), _MOST_NETWORKS))
    bounds = [*starts, len(everything)]
    return [
        Section(
            everything[start],
            (*_up_to_routes(everything[start + 1 : end]), *(everything[:start] if start == bounds[0] else ())),
            everything,
            text,
        )
        for start, end in pairwise(bounds)
    ]


def _up_to_routes(objects: tuple[Paragraph, ...]) -> tuple[Paragraph, ...]:
    """The objects before a route: those behind it are of whoever announces the network."""
    return tuple(takewhile(lambda each: each.kind not in _ROUTES, objects))


def _ranges(paragraph: Paragraph) -> tuple[Block, ...]:
    for key in _RANGES:
        found = tuple(block for value in paragraph.all(key)[:_MOST_RANGES] for block in blocks(value.partition("(")[0]))
        if found:
            return found
    return ()


@dataclass(frozen=True)
class _Holder:
    name: str
    country: str | None


def _facts(section: Section, by_library: Sequence[Reading], observed_at: datetime, address: Address) -> NetworkFacts:
    network, ranges = section.network, _ranges(section.network)
    reading = next((each for each in by_library if set(each.blocks) == set(ranges)), Reading(ranges))
    name, holder = network.first(*_NAMES) or reading.name, _holder(section)
    desks = abuse_desks(section, address)
    allocation = _only_allocated(section, name, holder, bool(desks))
    return NetworkFacts(
        source=ContactSource.WHOIS,
        blocks=ranges,
        observed_at=observed_at,
        handle=network.first("nethandle", "inetnum", "inet6num", *_RANGES),
        name=name,
        organisation=_organisation(holder.name or _described(network) or reading.description),
        country=_country(network) or holder.country or reading.country or _dialect(section),
        desks=() if allocation else desks,
        colleagues=() if allocation else colleagues(section),
        allocation=allocation,
    )


def _only_allocated(section: Section, name: str, holder: _Holder, told: bool) -> bool:
    """Whether a registry only hands this space out; a national one's block counts so when it tells no desk."""
    network, registries = section.network, known_registries()
    holders, kind = (holder.name, network.first("org")), network.first("status", "nettype")
    if registries.only_allocates(name, holders, _ranges(network), kind):
        return True
    return not told and registries.keeps_for_members(name)


def _described(network: Paragraph) -> str:
    """The first line of a description that is a name: some begin with an ornament, some with a sermon."""
    lines = network.all("descr")
    return next((line for line in lines if len(line) <= _LONGEST_NAME and any(map(str.isalnum, line))), "")


def _organisation(name: str) -> str:
    """The holder's name, unless a national registry only stands for its member."""
    plain = _HANDLE.sub("", name)
    return "" if known_registries().stands_for_members(plain) else plain


def _holder(section: Section) -> _Holder:
    own = section.network.first(*_HOLDERS)
    organisation = section.object(section.network.first("org", "organisation"))
    candidates = [each for each in (organisation, *section.objects) if each is not None]
    said = next((each for each in candidates if each.first(*_HOLDERS[:4])), None)
    if organisation is None and own:
        return _Holder(own, _country(said))
    return _Holder(said.first("org-name", *_HOLDERS[:4]), _country(said)) if said else _Holder(own, None)


def _country(paragraph: Paragraph | None) -> str | None:
    if paragraph is None:
        return None
    return country_code(paragraph.first(*_COUNTRIES).partition("#")[0])


def _dialect(section: Section) -> str | None:
    about = (section.network, *section.objects)
    return next((country for key, country in _WRITTEN_IN.items() if any(each.first(key) for each in about)), None)


def _from_library(reading: Reading, observed_at: datetime) -> NetworkFacts:
    return NetworkFacts(
        source=ContactSource.WHOIS,
        blocks=reading.blocks,
        observed_at=observed_at,
        name=reading.name,
        organisation=reading.description,
        country=reading.country,
        allocation=known_registries().only_allocates(reading.name, (), reading.blocks),
    )
