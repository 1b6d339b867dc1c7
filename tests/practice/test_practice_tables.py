"""The tables keep to reserved names and documentation addresses, and to what is promised of them."""

from ipaddress import ip_network

from practice.addresses import literal_address, network_of, places
from practice.desks import DESKS
from practice.hosts import HOSTS, hosts_of
from practice.networks import (
    CARRIERS,
    NETWORKS,
    SERVICES,
    Style,
    carrier_named,
    network_named,
    registrar_named,
)
from practice.reports import REPORTS

DOCUMENTATION = [ip_network(block) for block in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")]
RESERVED = (".example", ".test")


def test_every_name_is_reserved_or_a_documentation_address() -> None:
    names = [*places(), *(host.alias for host in HOSTS if host.alias)]
    assert all(name.endswith(RESERVED) or literal_address(name) is not None for name in names)
    assert all(mailbox.endswith(RESERVED) for mailbox in DESKS)


def test_every_address_is_a_documentation_address() -> None:
    addresses = [address for place in places().values() for address in place.all]
    assert all(any(address in block for block in DOCUMENTATION) for address in addresses)


def test_every_address_lies_in_its_own_network_alone() -> None:
    for place in places().values():
        assert all(network_of(address) == place.network for address in place.all)


def test_no_two_networks_overlap() -> None:
    blocks = [*(network.block for network in NETWORKS), SERVICES]
    assert not any(a.overlaps(b) for a in blocks for b in blocks if a is not b)


def test_the_world_is_as_large_as_promised() -> None:
    assert len(HOSTS) >= 30
    assert len(hosts_of("small")) == 10
    assert len({host.network for host in HOSTS}) == len(NETWORKS) == 8
    assert len({network.country for network in NETWORKS}) >= 6
    assert {network.style for network in NETWORKS} == set(Style)


def test_every_row_names_what_is_there() -> None:
    names = {host.name for host in HOSTS}
    assert len(names) == len(HOSTS)
    for host in HOSTS:
        assert host.network in network_named
        assert host.registrar is None or host.registrar in registrar_named
        assert {what.rpartition("@")[2] for what in (*host.shows.split(), *host.links.split())} <= names
    assert {report.what.rpartition("@")[2] for report in REPORTS} <= names
    assert all(network.carrier in carrier_named for network in NETWORKS)
    assert len(CARRIERS) == 2


def test_reported_and_shown_pictures_are_held_where_the_row_says() -> None:
    holds = {host.name: set(host.holds.split()) for host in HOSTS}
    shown = [what for host in HOSTS for what in (*host.shows.split(), *host.links.split()) if "@" in what]
    for what in (*shown, *(report.what.removeprefix("page:") for report in REPORTS)):
        label, _, name = what.partition("@")
        assert label in holds[name], what
