"""Whether an answer is one to the question that was put, and where it leads. Pure.

A server that lies or mistakes one thing for another is found out here, before its answer is kept.
"""

import re
from typing import Final
from urllib.parse import urljoin, urlsplit

from hotline.address import registrable_domain
from takedown.hosting.blocks import Address, blocks, holds
from takedown.hosting.facts import Desk
from takedown.hosting.mailboxes import domain_of
from takedown.hosting.rdap.client import downgrades, server_of
from takedown.hosting.rdap.objects import Domain, IpNetwork, parse_autnum, parse_domain, parse_network
from takedown.hosting.rdap.shapes import record, text

# What is wider is space that a registry hands out, and nobody's own.
_WIDEST: Final = {4: 9, 6: 19}


def other_network(body: object, address: Address) -> str | None:
    """What is wrong with an answer for an address, in words; ``None`` when nothing is."""
    network = parse_network(body)
    if network is None:
        return "the address registry gave an answer of another kind"
    return None if holds(network.blocks, address) else "the address registry answered for another network"


def other_autnum(body: object, asn: int) -> str | None:
    """What is wrong with an answer for an AS number."""
    autnum = parse_autnum(body)
    if autnum is None:
        return "the address registry gave an answer of another kind"
    first = asn if autnum.first is None else autnum.first
    last = max(first, asn) if autnum.last is None else autnum.last
    return None if first <= asn <= last else "the address registry answered for another AS number"


def other_domain(body: object, name: str) -> str | None:
    """What is wrong with an answer for a domain.

    A name written in letters beyond ASCII is believed; so is the domain that the one asked lies in.
    """
    if parse_domain(body) is None:
        return "the domain's registry gave an answer of another kind"
    told = text(record(body).get("ldhName")).strip(".").lower()
    fits = not told or not told.isascii() or f".{name}".endswith(f".{told}")
    return None if fits else "the domain's registry answered for another domain"


def link_up(network: IpNetwork, here: str) -> str:
    """Where the registry tells of the network around this one: its link, else the range that it names as parent.

    Never to http where the answer came by https.
    """
    links = (link.href for link in network.links if link.rel in ("up", "rdap-up"))
    targets = (at_its_door(here, _joined(here, each)) for each in links)
    return next((each for each in targets if each and not downgrades(here, each)), "") or _by_parent(network, here)


def registrars_own(domain: Domain, here: str) -> str:
    """Where the registry of a domain links to the registrar's record of it; empty where it does not."""
    links = (link for link in domain.links if link.rel == "related" and "/domain/" in link.href.lower())
    targets = (_joined(here, each.href) for each in links if not each.type.startswith("text/"))
    return next((each for each in targets if each and not downgrades(here, each)), "")


def at_its_door(here: str, link: str) -> str:
    """A link to the very server that answered, by the way in which it was reached.

    A mirror that the operator reaches by plain HTTP still writes the links of the public server.
    """
    try:
        said, reached = urlsplit(link), urlsplit(here)
        same = said.hostname == reached.hostname and reached.scheme == "http"
    except ValueError:
        return link
    return said._replace(scheme=reached.scheme, netloc=reached.netloc).geturl() if same else link


def _by_parent(network: IpNetwork, here: str) -> str:
    """RIPE, APNIC and AFRINIC write no link, but the parent's range as its handle."""
    parent, base = blocks(network.parent), base_of(here)
    if len(parent) != 1 or not base or parent[0].prefixlen < _WIDEST[parent[0].version]:
        return ""
    wider = all(each.version == parent[0].version and each.prefixlen > parent[0].prefixlen for each in network.blocks)
    return f"{base}ip/{parent[0]}" if wider else ""


def _joined(here: str, link: str) -> str:
    try:
        return urljoin(here, link)
    except ValueError:
        return ""


def base_of(url: str) -> str:
    """The base URL of a server by one of its answers; empty when it cannot be told."""
    found = re.match(r"(.*/)(?:ip|autnum|domain)/", url.partition("?")[0])
    return found[1] if found else ""


def without_the_registry(desks: tuple[Desk, ...], asked: str) -> tuple[Desk, ...]:
    """Without desks on the domain of the registry's own server: those take complaints about the registry."""
    own = registrable_domain(server_of(asked).partition(":")[0]) if asked else None
    return tuple(each for each in desks if own is None or registrable_domain(domain_of(each.address)) != own)
