"""RFC 9224: which RDAP server is responsible for an address, an AS number or a domain.

A bootstrap file is ``{"services": [[["192.0.2.0/24", …], ["https://rdap.example/"]], …]}``. The longest
prefix wins; entries that make no sense are passed over.
"""

from dataclasses import dataclass
from typing import Final

from takedown.hosting.blocks import Address, block
from takedown.hosting.rdap.shapes import listed, number, record, text, texts

FILES: Final = {"ip4": "ipv4.json", "ip6": "ipv6.json", "asn": "asn.json", "domain": "dns.json"}


@dataclass(frozen=True)
class Service:
    """Entries (prefixes, ranges or domains) and the base URLs that answer for them, https first."""

    entries: tuple[str, ...]
    urls: tuple[str, ...]


def parse_services(value: object) -> tuple[Service, ...] | None:
    """The services of a bootstrap file; ``None`` when the document is no bootstrap at all."""
    services = record(value).get("services")
    if not isinstance(services, list):
        return None
    return tuple(made for each in services if (made := _service(each)))


def for_address(services: tuple[Service, ...], address: Address) -> tuple[str, ...]:
    """The base URLs of the longest prefix around an address; empty when there is none."""
    best = -1
    found: tuple[str, ...] = ()
    for service in services:
        for entry in service.entries:
            prefix = block(entry)
            if prefix and address in prefix and prefix.prefixlen > best:
                best, found = prefix.prefixlen, service.urls
    return found


def for_autnum(services: tuple[Service, ...], asn: int) -> tuple[str, ...]:
    """The base URLs of the narrowest range around an AS number."""
    best: int | None = None
    found: tuple[str, ...] = ()
    for service in services:
        for entry in service.entries:
            first, dash, last = entry.partition("-")
            low, high = number(first), number(last if dash else first)
            if low is None or high is None or not low <= asn <= high:
                continue
            if best is None or high - low < best:
                best, found = high - low, service.urls
    return found


def for_domain(services: tuple[Service, ...], domain: str) -> tuple[str, ...]:
    """The base URLs of the longest run of labels at the end of a domain."""
    best = -1
    found: tuple[str, ...] = ()
    for service in services:
        for entry in service.entries:
            suffix = entry.strip(".").lower()
            labels = suffix.count(".") + 1 if suffix else 0
            if labels > best and (not suffix or domain == suffix or domain.endswith("." + suffix)):
                best, found = labels, service.urls
    return found


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
