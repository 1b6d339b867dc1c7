"""Only public addresses may be dialled, however they are dressed up."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.network.guard import refusal_of, unmapped

REFUSED = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.9", "192.0.0.170", "192.0.2.1", "192.88.99.1",
    "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1",
    "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "::7f00:1", "::808:808",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:0:127.0.0.1", "::ffff:0:808:808", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "64:ff9b:1::808:808", "100::1", "2001::1", "2001:0:7f00:1::",
    "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::1", "2002:a00:1::1",
    "2002:c0a8:101::", "3fff::1", "4000::1", "5f00::1", "8000::1", "e000::1", "fc00::1", "fdff::1",
    "fe80::1", "fe80::1%1", "fec0::1", "ff02::1", "ff0e::1", "1::1",
]  # fmt: skip
PUBLIC = [
    "192.31.196.1", "192.175.48.1", "2620:4f:8000::1", "64:ff9b::c01f:c401", "2002:c01f:c401::1",
    "::ffff:192.31.196.1",
]  # fmt: skip


@pytest.mark.parametrize("address", REFUSED)
def test_what_is_not_public_is_refused_with_a_reason_that_does_not_repeat_it(address: str) -> None:
    reason = refusal_of(ip_address(address))
    assert reason
    assert address not in reason


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_dialled(address: str) -> None:
    assert refusal_of(ip_address(address)) is None


@pytest.mark.parametrize("address", ["192.0.2.1", "198.51.100.7", "203.0.113.9", "2001:db8::1", "::ffff:198.51.100.7"])
def test_documentation_addresses_count_as_public_only_when_told(address: str) -> None:
    assert refusal_of(ip_address(address)) is not None
    assert refusal_of(ip_address(address), documentation_counts=True) is None


@pytest.mark.parametrize("address", sorted(set(REFUSED) - {"192.0.2.1", "198.51.100.7", "203.0.113.9", "2001:db8::1"}))
def test_nothing_else_becomes_public_by_that(address: str) -> None:
    assert refusal_of(ip_address(address), documentation_counts=True) is not None


def test_a_public_address_with_a_zone_is_refused() -> None:
    assert refusal_of(IPv6Address("2620:4f:8000::1%eth0")) is not None


def wrappings(inner: IPv4Address) -> list[IPv6Address]:
    number = int(inner)
    return [
        IPv6Address(0xFFFF << 32 | number),
        IPv6Address(number),
        IPv6Address(0xFFFF << 48 | number),
        IPv6Address(int(IPv6Address("64:ff9b::")) | number),
        IPv6Address(int(IPv6Address("64:ff9b:1::")) | number),
        IPv6Address(0x2002 << 112 | number << 80 | 1),
        IPv6Address(0x20010000 << 96 | number << 64),
        IPv6Address(0x20010000 << 96 | 0xC01FC401 << 64 | (number ^ 0xFFFFFFFF)),
    ]


@given(st.ip_addresses(v=4))
def test_whatever_hides_an_address_that_is_refused_is_refused_too(inner: IPv4Address) -> None:
    if refusal_of(inner) is not None:
        assert all(refusal_of(outer) is not None for outer in wrappings(inner))


SIX_TO_FOUR = IPv6Network("2002::/16")


@given(st.ip_addresses())
def test_nothing_that_python_calls_private_passes(ip: IPv4Address | IPv6Address) -> None:
    """Our table is not behind the library's. 6to4 is looked into; some versions of the library refuse all of it."""
    if refusal_of(ip) is None and ip not in SIX_TO_FOUR:
        assert ip.is_global
        assert not (ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_unspecified)


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_judged_as_the_address_itself(inner: IPv4Address) -> None:
    outer = IPv6Address(0xFFFF << 32 | int(inner))
    assert unmapped(outer) == inner
    assert (refusal_of(outer) is None) == (refusal_of(inner) is None)
