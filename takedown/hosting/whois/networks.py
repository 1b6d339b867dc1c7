"""What an address registry's WHOIS text means: networks around an address, holders, abuse desks. Pure.

The parsing of ranges and names is ipwhois's where it helps (``ipwhois_fields``); roles, references between
objects and the fields that name an abuse desk are read here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, pairwise
from typing import Final

from hotline.words import ContactSource
from takedown.hosting.blocks import Address, Block, blocks, holds, size
from takedown.hosting.countries import country_code
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
    "ip-network",
    "ip-network-block",
    "netblock",
)
_MOST_NETWORKS: Final = 40
_MOST_RANGES: Final = 8
_NAMES: Final = ("netname", "network name", "network-name", "service name", "id")
_HOLDERS: Final = (
    "custname",
    "orgname",
    "org-name",
    "owner",
    "organization name",
    "organization",
    "organisation",
    "org name",
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
    """Handles in a list of networks without details (ARIN answers so when several match), narrowest last."""
    handles = []
    for line in text.splitlines():
        _, mark, rest = line.rpartition("(NET")
        handle = "NET" + rest.partition(")")[0]
        if mark and ")" in rest and handle.replace("-", "").isalnum():
            handles.append(handle)
    return tuple(dict.fromkeys(handles))


def _sections(text: str) -> list[Section]:
    """Each network object with the objects that follow it up to the next one, and the text's comments."""
    everything = paragraphs(text)
    starts = list(islice((index for index, each in enumerate(everything) if _ranges(each)), _MOST_NETWORKS))
    bounds = [*starts, len(everything)]
    return [
        Section(everything[start], everything[start + 1 : end], everything, text) for start, end in pairwise(bounds)
    ]


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
    name = network.first(*_NAMES) or reading.name
    holder = _holder(section)
    organisation = holder.name or network.first("descr") or reading.description
    country = country_code(network.first("country", "country-code")) or holder.country or reading.country
    allocation = known_registries().only_allocates(name, (holder.name, network.first("org")), ranges)
    return NetworkFacts(
        source=ContactSource.WHOIS,
        blocks=ranges,
        observed_at=observed_at,
        handle=network.first("nethandle", "inetnum", "inet6num", *_RANGES),
        name=name,
        organisation=organisation,
        country=country,
        desks=() if allocation else abuse_desks(section, address),
        colleagues=() if allocation else colleagues(section),
        allocation=allocation,
    )


def _holder(section: Section) -> _Holder:
    own = section.network.first(*_HOLDERS)
    organisation = section.object(section.network.first("org", "organisation"))
    candidates = [each for each in (organisation, *section.objects) if each is not None]
    said = next((each for each in candidates if each.first(*_HOLDERS[:4])), None)
    if organisation is None and own:
        return _Holder(own, _country(said))
    return _Holder(said.first("org-name", *_HOLDERS[:4]), _country(said)) if said else _Holder(own, None)


def _country(paragraph: Paragraph | None) -> str | None:
    return country_code(paragraph.first("country")) if paragraph else None


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
