"""RFC 9224: which RDAP server is responsible for an address, an AS number or a domain.

A bootstrap file is ``{"services": [[["192.0.2.0/24", …], ["https://rdap.example/"]], …]}``. The longest
prefix wins; entries that make no sense are passed over. A file is read into tables once, for it has thousands
of entries and is asked as often.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from takedown.hosting.blocks import Address, block
from takedown.hosting.rdap.shapes import listed, number, record, text, texts

FILES: Final = {"ip4": "ipv4.json", "ip6": "ipv6.json", "asn": "asn.json", "domain": "dns.json"}
Urls = tuple[str, ...]


@dataclass(frozen=True)
class Service:
    """Entries (prefixes, ranges or domains) and the base URLs that answer for them, https first."""

    entries: tuple[str, ...]
    urls: Urls


@dataclass(frozen=True)
class Services:
    """All services of a file. Each table is made when it is first asked; of two equal entries the first counts."""

    every: tuple[Service, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.every)

    @cached_property
    def prefixes(self) -> dict[tuple[int, int], dict[int, Urls]]:
        """By version and length, the longest first: the network's number to its URLs."""
        found: dict[tuple[int, int], dict[int, Urls]] = {}
        for entry, urls in self._pairs():
            if prefix := block(entry):
                same = found.setdefault((prefix.version, prefix.prefixlen), {})
                same.setdefault(int(prefix.network_address), urls)
        return dict(sorted(found.items(), reverse=True))

    @cached_property
    def ranges(self) -> tuple[tuple[int, int, Urls], ...]:
        """Ranges of AS numbers, first and last, the narrowest first."""
        found = ((*_range(entry), urls) for entry, urls in self._pairs())
        real = [(low, high, urls) for low, high, urls in found if low <= high]
        return tuple(sorted(real, key=lambda each: each[1] - each[0]))

    @cached_property
    def suffixes(self) -> dict[str, Urls]:
        """Ends of domains in lower case, without dots around."""
        found: dict[str, Urls] = {}
        for entry, urls in self._pairs():
            found.setdefault(entry.strip(".").lower(), urls)
        return found

    def _pairs(self) -> Iterator[tuple[str, Urls]]:
        return ((entry, service.urls) for service in self.every for entry in service.entries)


def parse_services(value: object) -> Services | None:
    """The services of a bootstrap file; ``None`` when the document is no bootstrap at all."""
    services = record(value).get("services")
    if not isinstance(services, list):
        return None
    return Services(tuple(made for each in services if (made := _service(each))))


def for_address(services: Services, address: Address) -> Urls:
    """The base URLs of the longest prefix around an address; empty when there is none."""
    number_of = int(address)
    for (version, length), networks in services.prefixes.items():
        if version == address.version:
            host_bits = address.max_prefixlen - length
            if urls := networks.get(number_of >> host_bits << host_bits):
                return urls
    return ()


def for_autnum(services: Services, asn: int) -> Urls:
    """The base URLs of the narrowest range around an AS number."""
    return next((urls for low, high, urls in services.ranges if low <= asn <= high), ())


def for_domain(services: Services, domain: str) -> Urls:
    """The base URLs of the longest run of labels at the end of a domain."""
    labels = domain.strip(".").lower().split(".")
    ends = (".".join(labels[start:]) for start in range(len(labels) + 1))
    return next((services.suffixes[end] for end in ends if end in services.suffixes), ())


def _range(entry: str) -> tuple[int, int]:
    """First and last; an empty range where the entry is none."""
    first, dash, last = entry.partition("-")
    low, high = number(first), number(last if dash else first)
    return (1, 0) if low is None or high is None else (low, high)


def _service(value: object) -> Service | None:
    parts = listed(value)
    if len(parts) < 2:
        return None
    *_, entries, urls = parts  # object tags (RFC 8521) carry a contact before both
    usable = [url if url.endswith("/") else url + "/" for url in texts(urls) if _is_web(url)]
    if not usable or not texts(entries):
        return None
    ordered = sorted(usable, key=lambda url: not url.lower().startswith("https:"))
    return Service(texts(entries), tuple(ordered))


def _is_web(url: object) -> bool:
    return text(url).lower().startswith(("https://", "http://"))
