"""The hosts, networks and registries of the hosting benchmark, as tables made from numbers. Nothing here is asked."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Final

from practice.networks import Style, rdap_server, whois_server
from practice.registries import Holder

URLS, HOSTS, NETWORKS, ASES, DOMAINS = 10_000, 2_000, 200, 32, 1_000
_IN_IPV4: Final = 128
"""Networks of four documentation addresses each; the others are /48s of 2001:db8::/32."""
_SPACE: Final = [block for each in ("198.51.100.0/24", "203.0.113.0/24") for block in ip_network(each).subnets(6)]
_SPACE6: Final = ip_network("2001:db8::/32")
_STYLES: Final = tuple(Style)
ORIGIN: Final = "origin.asn.cymru.com"
"""ipwhois knows no other."""
RDAP_OF_NAMES: Final = "rdap.names.example"
WHOIS_OF_NAMES, WHOIS_OF_SELLER = "whois.names.test", "whois.seller.test"
RIR: Final = {"ripe": "ripencc", "arin": "arin", "apnic": "apnic", "lacnic": "lacnic", "afrinic": "afrinic"}


@dataclass(frozen=True)
class Network:
    """A hosting provider's network, announced as it is registered."""

    number: int
    block: IPv4Network | IPv6Network

    @property
    def style(self) -> Style:
        return _STYLES[self.number % len(_STYLES)]

    @property
    def asn(self) -> int:
        """One of the numbers for documentation (RFC 5398)."""
        number = self.number % ASES
        return 64_496 + number if number < 16 else 65_536 + number - 16

    @property
    def holder(self) -> Holder:
        key = f"{self.number:03d}x"
        return Holder(key, f"Provider {key}", "NL", f"abuse@{key}-net.example")


@dataclass(frozen=True)
class Host:
    """A name with one address; every tenth is the alias of another name."""

    number: int

    @property
    def domain(self) -> str:
        """Two hosts have a domain; the registry of .example speaks RDAP, that of .test has only WHOIS."""
        domain = self.number // 2
        return f"d{domain:04d}.{('example', 'test')[domain % 2]}"

    @property
    def name(self) -> str:
        return f"{('www', 'img')[self.number % 2]}.{self.domain}"

    @property
    def alias(self) -> str | None:
        return f"h{self.number}.nodes.example" if self.number % 10 == 0 else None

    @property
    def address(self) -> IPv4Address | IPv6Address:
        block = self.network.block
        return block[self.number % min(block.num_addresses, 256)]

    @property
    def network(self) -> Network:
        """Ten neighbours share a network, so that those who look them up at once ask about one and the same."""
        return networks[self.number // (HOSTS // NETWORKS)]


def _block(number: int) -> IPv4Network | IPv6Network:
    if number < _IN_IPV4:
        return _SPACE[number]
    return ip_network((int(_SPACE6[0]) + (number << 80), 48))


networks: Final = [Network(number, _block(number)) for number in range(NETWORKS)]
hosts: Final = [Host(number) for number in range(HOSTS)]
services: Final = {
    name: f"192.0.2.{number}"
    for number, name in enumerate(
        [f(style) for style in Style for f in (rdap_server, whois_server)]
        + [RDAP_OF_NAMES, WHOIS_OF_NAMES, WHOIS_OF_SELLER],
        1,
    )
}
"""Servers by name, and the documentation addresses that the dial map leads to loopback."""


def urls() -> list[str]:
    """All URLs, those of one host far from each other, as a list of reports has them."""
    return [f"http://{hosts[number % HOSTS].name}/p/{number // HOSTS}.jpg" for number in range(URLS)]


def network_of(address: IPv4Address | IPv6Address) -> Network | None:
    """The network around an address."""
    if isinstance(address, IPv6Address):
        number = (int(address) - int(_SPACE6[0])) >> 80
        return networks[number] if _IN_IPV4 <= number < NETWORKS else None
    return next((each for each in networks[:_IN_IPV4] if address in each.block), None)


def bootstrap() -> dict[str, object]:
    """The files of RFC 9224."""

    def regional(version: int) -> list[list[list[str]]]:
        return [[[str(n.block)], [f"http://{rdap_server(n.style)}/"]] for n in networks if n.block.version == version]

    asn = [[[f"{n.asn}-{n.asn}"], [f"http://{rdap_server(n.style)}/"]] for n in networks[:ASES]]
    names = [[["example"], [f"http://{RDAP_OF_NAMES}/"]]]
    files = {"ipv4.json": regional(4), "ipv6.json": regional(6), "asn.json": asn, "dns.json": names}
    return {name: {"version": "1.0", "services": served} for name, served in files.items()}
