"""The one decision: what may be dialled in a practice home and in earnest."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.network.dialler import Refusal, Target, decide, decide_as_given
from hotline.network.dialmap import DialMap
from hotline.network.guard import refusal_of
from hotline.words import HomeKind

LOOPBACK = ip_address("127.0.0.1")
LISTED = [
    "198.51.100.7",
    "2001:db8::7",
    "192.31.196.1",
    "10.0.0.1",
    "127.0.0.1",
    "::1",
    "169.254.169.254",
    "fe80::1",
]
DIAL_MAP = DialMap({(ip_address(address), 80): (LOOPBACK, 18080) for address in LISTED})


@pytest.mark.parametrize("address", ["198.51.100.7", "2001:db8::7", "192.31.196.1", "::ffff:198.51.100.7"])
def test_practice_diverts_what_is_listed_and_remembers_what_was_meant(address: str) -> None:
    decision = decide(ip_address(address), 80, HomeKind.PRACTICE, DIAL_MAP)
    assert isinstance(decision, Target)
    assert (decision.ip, decision.port) == (LOOPBACK, 18080)
    assert str(decision.meant) == address.removeprefix("::ffff:")


@pytest.mark.parametrize("address", ["10.0.0.1", "127.0.0.1", "::1", "169.254.169.254", "fe80::1", "::ffff:10.0.0.1"])
def test_practice_refuses_private_addresses_even_where_listed(address: str) -> None:
    assert isinstance(decide(ip_address(address), 80, HomeKind.PRACTICE, DIAL_MAP), Refusal)


@given(st.ip_addresses(), st.integers(0, 70_000))
def test_practice_never_dials_anything_but_loopback(ip: IPv4Address | IPv6Address, port: int) -> None:
    decision = decide(ip, port, HomeKind.PRACTICE, DIAL_MAP)
    assert isinstance(decision, Refusal) or decision.ip.is_loopback


@given(st.ip_addresses(), st.integers(1, 65_535))
def test_earnest_dials_public_addresses_as_they_are_and_no_others(ip: IPv4Address | IPv6Address, port: int) -> None:
    decision = decide(ip, port, HomeKind.EARNEST, DialMap())
    if refusal_of(ip) is None:
        assert isinstance(decision, Target)
        assert decision.ip == decision.meant
        assert decision.port == port
    else:
        assert isinstance(decision, Refusal)


def test_configured_literals_skip_the_guard_but_practice_stays_on_loopback() -> None:
    private = ip_address("10.0.0.1")
    assert decide_as_given(LOOPBACK, 43, HomeKind.PRACTICE) == Target(LOOPBACK, 43, LOOPBACK)
    assert isinstance(decide_as_given(private, 43, HomeKind.PRACTICE), Refusal)
    assert decide_as_given(private, 43, HomeKind.EARNEST) == Target(private, 43, private)
