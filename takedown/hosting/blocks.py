"""Networks as ranges of addresses: registries write them as ranges, prefixes or both."""

from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
    summarize_address_range,
)
from typing import Final

Address = IPv4Address | IPv6Address
Block = IPv4Network | IPv6Network

_MOST_BLOCKS: Final = 64
_DOCUMENTATION: Final = tuple(
    ip_network(each) for each in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20")
)


def is_local(address: Address) -> bool:
    """Whether an address is of this machine or a private network.

    Documentation ranges play the public internet.
    """
    return not address.is_global and not any(address in each for each in _DOCUMENTATION)


def block(text: str) -> Block | None:
    """One prefix, host bits forgiven.

    LACNIC's short form (``198.51.100/24``) too. ``None`` when it is none.
    """
    head, slash, length = text.strip().partition("/")
    if slash and ":" not in head and head.count(".") < 3:
        head += ".0" * (3 - head.count("."))
    try:
        return ip_network(f"{head}{slash}{length}".strip(), strict=False)
    except ValueError:
        return None


def span(first: str, last: str) -> tuple[Block, ...]:
    """The prefixes that a range is made of; empty when the range is none, or absurdly ragged."""
    try:
        start, end = ip_address(first.strip()), ip_address(last.strip())
    except ValueError:
        return ()
    return _summary(start, end)


def blocks(text: str) -> tuple[Block, ...]:
    """Prefixes and ranges as WHOIS writes them: ``a - b``, ``prefix``, ``prefix, prefix``."""
    first, dash, last = text.partition("-")
    if dash:
        return span(first, last.split()[0] if last.split() else "")
    found = (block(part) for part in text.replace(",", " ").split())
    return tuple(each for each in found if each)


def holds(networks: Iterable[Block], address: Address) -> bool:
    """Whether one of the networks contains the address."""
    return any(address in network for network in networks)


def tightest(networks: Iterable[Block], address: Address) -> Block | None:
    """The longest prefix that contains the address."""
    return max((each for each in networks if address in each), key=lambda each: each.prefixlen, default=None)


def size(networks: Iterable[Block]) -> int:
    """How many addresses the networks span together."""
    return sum(network.num_addresses for network in networks)


def covering(address: Address) -> Iterable[str]:
    """Every prefix that could contain the address, longest first, as text.

    The keys that a cache is asked for.
    """
    kind, number, longest = type(address), int(address), address.max_prefixlen
    for spare in range(longest + 1):  # by numbers: a network of the library's for each costs five times as much
        yield f"{kind(number >> spare << spare)}/{longest - spare}"


def _summary(start: Address, end: Address) -> tuple[Block, ...]:
    try:
        if isinstance(start, IPv4Address) and isinstance(end, IPv4Address):
            return tuple(summarize_address_range(start, end))[:_MOST_BLOCKS]
        if isinstance(start, IPv6Address) and isinstance(end, IPv6Address):
            return tuple(summarize_address_range(start, end))[:_MOST_BLOCKS]
    except ValueError:
        pass
    return ()
