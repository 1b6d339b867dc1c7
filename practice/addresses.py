"""Which address every name has: counted out from the tables, so that both worlds and every run agree."""

from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address

from practice.hosts import HOSTS, Host
from practice.networks import NETWORKS, SERVICES, Network, network_named, service_names

Address = IPv4Address | IPv6Address


@dataclass(frozen=True)
class Place:
    """Where a name is: its network and its addresses; services stand in no provider's network."""

    network: Network | None
    v4: IPv4Address
    v6: IPv6Address | None

    @property
    def all(self) -> tuple[Address, ...]:
        """Both families."""
        return (self.v4, self.v6) if self.v6 else (self.v4,)


@cache
def places() -> dict[str, Place]:
    """Every host's and service's place by name; hosts with the same alias share one."""
    found = {name: Place(None, SERVICES[10 + n], None) for n, name in enumerate(service_names())}
    for network in NETWORKS:
        found |= _places_in(network)
    return found


def _places_in(network: Network) -> dict[str, Place]:
    """Addresses in the order of the rows, from the tenth of the block on."""
    found: dict[str, Place] = {}
    shared: dict[str, Place] = {}
    for host in (host for host in HOSTS if host.network == network.key):
        key = host.alias or host.name
        nth = 10 + len(shared)
        place = Place(network, _v4(host, network, nth), network.block6[nth] if host.ipv6 else None)
        found[host.name] = shared.setdefault(key, place)
    return found


def _v4(host: Host, network: Network, nth: int) -> IPv4Address:
    literal = literal_address(host.name)
    return literal if isinstance(literal, IPv4Address) else network.block[nth]


def literal_address(name: str) -> Address | None:
    """The address that a host name is, None for real names."""
    try:
        return ip_address(name)
    except ValueError:
        return None


def network_of(address: Address) -> Network | None:
    """In whose block an address lies."""
    for network in NETWORKS:
        if address in network.block or address in network.block6:
            return network
    return None


def registrable(name: str) -> str:
    """The domain that was bought: the last two labels (no name here has a longer suffix)."""
    return ".".join(name.split(".")[-2:])


def host_of_domain(domain: str) -> Host | None:
    """The first row whose name lies under a bought domain."""
    named = (host for host in HOSTS if literal_address(host.name) is None)
    return next((host for host in named if registrable(host.name) == domain), None)


def network_of_host(host: Host) -> Network:
    """The row's network."""
    return network_named[host.network]
