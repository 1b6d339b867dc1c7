"""The one decision before every connection: may this address be dialled, and where does the call go?

Pure, so that it can be tested with every address there is; ``connecting`` opens sockets to nothing but a
``Target``.
"""

from dataclasses import dataclass

from hotline.network.dialmap import DialMap
from hotline.network.guard import IPAddress, refusal_of, unmapped
from hotline.words import HomeKind


@dataclass(frozen=True)
class Target:
    """A permitted call: dial ``ip`` and ``port``; ``meant`` is the address that the host goes by."""

    ip: IPAddress
    port: int
    meant: IPAddress


@dataclass(frozen=True)
class Refusal:
    """No call, and why, in words that repeat no address."""

    reason: str


def decide(ip: IPAddress, port: int, kind: HomeKind, dial_map: DialMap) -> Target | Refusal:
    """Decides about an address that was learnt from an answer or a URL.

    In a practice home only what the dial map lists is reached, at its loopback target; documentation ranges
    count as public there. In earnest only public addresses are reached, as they are.
    """
    ip = unmapped(ip)
    practice = kind is HomeKind.PRACTICE
    refusal = refusal_of(ip, documentation_counts=practice)
    if refusal is not None:
        return Refusal(refusal)
    if not 0 < port < 65536:
        return Refusal("not a port")
    if not practice:
        return Target(ip, port, meant=ip)
    place = dial_map.target_of(ip, port)
    if place is None:
        remedy = "" if dial_map.places else "; set HOTLINE_DIAL_MAP"
        return Refusal(f"the dial map of this practice home does not list the address and port{remedy}")
    return Target(*place, meant=ip)


def decide_as_given(ip: IPAddress, port: int, kind: HomeKind) -> Target | Refusal:
    """Decides about an IP literal that the operator configured: no guard, no dial map, but practice stays
    at home."""
    if kind is HomeKind.PRACTICE and not ip.is_loopback:
        return Refusal("a practice home dials configured addresses only on loopback")
    return Target(ip, port, meant=ip)
