"""Which addresses may be dialled at all: the public ones, and nothing that hides another behind it.

Whoever controls a web page or a name server chooses the addresses that we are sent to. Were one of them
loopback, a private network or a cloud's metadata service, the crawler would carry a stranger's request
inside. The table follows IANA's special-purpose registries (RFC 6890 and its updates) instead of
``ipaddress.is_global``, which differs between Python versions (and between distributions' patches of one
version) and calls NAT64, site-local and reserved space global.
"""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

IPAddress = IPv4Address | IPv6Address

DOCUMENTATION: Final = (
    IPv4Network("192.0.2.0/24"),
    IPv4Network("198.51.100.0/24"),
    IPv4Network("203.0.113.0/24"),
    IPv6Network("2001:db8::/32"),
)
"""RFC 5737 and RFC 3849: stand for public addresses in a practice home, and are refused in earnest."""

_REFUSED_4: Final = tuple(
    (IPv4Network(network), why)
    for network, why in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared by carriers"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved for protocols"),
        ("192.88.99.0/24", "a retired relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "for benchmarks"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_REFUSED_6: Final = tuple(
    (IPv6Network(network), why)
    for network, why in (
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("64:ff9b:1::/48", "a local translation"),
        ("100::/64", "a black hole"),
        ("2001::/23", "reserved for protocols"),
        ("3fff::/20", "for documentation"),
        ("5f00::/16", "for segment routing"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
_NAT64: Final = IPv6Network("64:ff9b::/96")
_COMPATIBLE: Final = IPv6Network("::/96")
_TRANSLATED: Final = IPv6Network("::ffff:0:0:0/96")


def refusal_of(ip: IPAddress, *, documentation_counts: bool = False) -> str | None:
    """Why this address must not be dialled; ``None`` when it may be.

    Args:
        ip: what a resolver answered, or a literal in a URL.
        documentation_counts: take the documentation ranges for public ones (a practice home's dial map lists
            them).

    Returns:
        a few words that do not repeat the address.
    """
    if getattr(ip, "scope_id", None):
        return "the address has a zone, which only the local link knows"
    for inner in hidden_in(ip):
        inner_refusal = _refusal_of_one(inner, documentation_counts)
        if inner_refusal is not None:
            return f"{inner_refusal}, wrapped in another address"
    return _refusal_of_one(ip, documentation_counts)


def hidden_in(ip: IPAddress) -> Iterator[IPv4Address]:
    """The IPv4 addresses that a translator or tunnel would take out of this one."""
    if isinstance(ip, IPv4Address):
        return
    if ip.ipv4_mapped is not None:
        yield ip.ipv4_mapped
    if ip.sixtofour is not None:
        yield ip.sixtofour
    if ip.teredo is not None:
        yield from ip.teredo
    if any(ip in network for network in (_NAT64, _COMPATIBLE, _TRANSLATED)):
        yield IPv4Address(int(ip) & 0xFFFF_FFFF)


def unmapped(ip: IPAddress) -> IPAddress:
    """``::ffff:a.b.c.d`` as the IPv4 address that the kernel would dial; any other address unchanged."""
    return ip.ipv4_mapped or ip if isinstance(ip, IPv6Address) else ip


def _refusal_of_one(ip: IPAddress, documentation_counts: bool) -> str | None:
    if any(ip in network for network in DOCUMENTATION):
        return None if documentation_counts else "a documentation address"
    for network, why in _REFUSED_4 if isinstance(ip, IPv4Address) else _REFUSED_6:
        if ip in network:
            return f"not a public address ({why})"
    if isinstance(ip, IPv6Address) and (ip.ipv4_mapped is not None or ip in _NAT64):
        return None  # what it hides was looked at, and is all there is to it
    if isinstance(ip, IPv6Address) and ip not in _GLOBAL_UNICAST:
        return "not a public address (reserved)"
    return None
