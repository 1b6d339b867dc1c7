"""Who hosts what in the small world: three networks, one registry that speaks RDAP, one that speaks WHOIS.

The registry of domains answers by RDAP for ``.example``; for ``.test`` there is only WHOIS, with a referral by name.
"""

import json
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, ip_address, ip_network
from pathlib import Path
from typing import Any, Final

RDAP_HOST: Final = "rdap.numbers.example"
WHOIS_HOST: Final = "whois.names.example"
REGISTRAR_DESK: Final = "abuse@registrar-one.example"
WHOIS_DESK: Final = "abuse@registrar-two.example"
REGISTRAR_ID: Final = 9994


@dataclass(frozen=True)
class Network:
    """A provider: its addresses, its desks in the order in which they stand in the registry, and its carrier's."""

    key: str
    block: IPv4Network
    asn: int
    country: str
    organisation: str
    desks: tuple[str, ...]
    upstream: str


NORTH: Final = Network(
    "north", ip_network("198.51.100.0/24"), 64500, "NL", "North Hosting", ("abuse@north-net.example",),
    "noc-abuse@carrier-one.example",
)  # fmt: skip
SOUTH: Final = Network(
    "south", ip_network("203.0.113.0/25"), 64501, "SE", "South Pictures",
    ("abuse@south-net.example", "abuse-second@south-net.example"), "noc-abuse@carrier-two.example",
)  # fmt: skip
EAST: Final = Network(
    "east", ip_network("203.0.113.128/25"), 64502, "DE", "East Racks", ("abuse@east-net.example",),
    "noc-abuse@carrier-two.example",
)  # fmt: skip
NETWORKS: Final = (NORTH, SOUTH, EAST)

Json = dict[str, Any]


def network_of(address: str) -> Network:
    """The provider of an address."""
    return next(each for each in NETWORKS if ip_address(address) in each.block)


def write_bootstrap(folder: Path) -> None:
    """The four files of RFC 9224; the domains of ``.test`` stand in none."""
    folder.mkdir(exist_ok=True)
    base = [f"http://{RDAP_HOST}/"]
    services = {
        "ipv4.json": [[[str(each.block) for each in NETWORKS], base]],
        "ipv6.json": [],
        "asn.json": [[[f"{each.asn}-{each.asn}" for each in NETWORKS], base]],
        "dns.json": [[["example"], base]],
    }
    for name, served in services.items():
        (folder / name).write_text(json.dumps({"version": "1.0", "services": served}), encoding="utf-8")


def origin_records(addresses: list[str], suffix: str) -> dict[str, str]:
    """TXT records that say who announces each address, and who each AS is."""
    found = {}
    for address in addresses:
        if not any(ip_address(address) in each.block for each in NETWORKS):
            continue
        network = network_of(address)
        name = f"{IPv4Address(address).reverse_pointer.removesuffix('.in-addr.arpa')}.{suffix}"
        found[name] = f"{network.asn} | {network.block} | {network.country} | practice | 2020-01-01"
        found[f"as{network.asn}.{suffix.partition('.')[2]}"] = (
            f"{network.asn} | {network.country} | practice | 2020-01-01 | {network.key.upper()}-AS, {network.country}"
        )
    return found


def rdap(path: str) -> Json | None:
    """The registry's answer to ``ip/…``, ``autnum/…`` or ``domain/…``; ``None``: not found."""
    kind, _, asked = path.strip("/").partition("/")
    if kind == "ip":
        return next((_block(each) for each in NETWORKS if ip_address(asked) in each.block), None)
    if kind == "autnum":
        return next((_autnum(each) for each in NETWORKS if str(each.asn) == asked), None)
    if kind == "domain" and asked.endswith(".example") and asked.count(".") == 1:
        return _domain(asked)
    return None


def whois(question: str, *, root: bool) -> str:
    """The answer of the root, which refers by name, or of the registry of ``.test``. Addresses the root knows too."""
    if question[:1].isdigit():
        return _inetnum(next(each for each in NETWORKS if ip_address(question) in each.block))
    if not question.endswith(".test"):
        return "% nothing is known of it\r\n"
    if root:
        return f"domain: TEST\r\nrefer: {WHOIS_HOST}\r\n"
    return (
        f"Domain Name: {question.upper()}\r\nRegistrar: Registrar Two\r\nRegistrar IANA ID: {REGISTRAR_ID + 1}\r\n"
        f"Registrar Abuse Contact Email: {WHOIS_DESK}\r\nRegistrant Email: owner@{question}\r\n"
    )


def _inetnum(network: Network) -> str:
    lines = (
        f"inetnum: {network.block[0]} - {network.block[-1]}",
        f"netname: {network.key.upper()}-NET",
        f"descr: {network.organisation}",
        f"country: {network.country}",
        f"abuse-mailbox: {network.desks[0]}",
        "source: PRACTICE",
    )
    return "\r\n".join(lines) + "\r\n"


def _card(name: str, mail: str | None = None) -> list[Any]:
    lines: list[Any] = [["version", {}, "text", "4.0"], ["fn", {}, "text", name]]
    return ["vcard", lines + ([["email", {}, "text", mail]] if mail else [])]


def _entity(handle: str, role: str, name: str, mail: str | None = None, within: list[Json] | None = None) -> Json:
    return {
        "objectClassName": "entity",
        "handle": handle,
        "roles": [role],
        "vcardArray": _card(name, mail),
        "entities": within or [],
    }


def _block(network: Network) -> Json:
    desks = [
        _entity(f"{network.key.upper()}-ABUSE-{n}", "abuse", "Abuse desk", desk)
        for n, desk in enumerate(network.desks, 1)
    ]
    return {
        "objectClassName": "ip network",
        "handle": f"NET-{network.key.upper()}",
        "startAddress": str(network.block[0]),
        "endAddress": str(network.block[-1]),
        "ipVersion": "v4",
        "name": f"{network.key.upper()}-NET",
        "country": network.country,
        "entities": [_entity(f"ORG-{network.key.upper()}", "registrant", network.organisation, None, desks)],
    }


def _autnum(network: Network) -> Json:
    desk = _entity(f"CARRIER-{network.asn}", "abuse", "Carrier's desk", network.upstream)
    return {
        "objectClassName": "autnum",
        "handle": f"AS{network.asn}",
        "startAutnum": network.asn,
        "endAutnum": network.asn,
        "name": f"{network.key.upper()}-AS",
        "country": network.country,
        "entities": [desk],
    }


def _domain(name: str) -> Json:
    desk = _entity("REG-ABUSE", "abuse", "Registrar's desk", REGISTRAR_DESK)
    registrar = _entity(str(REGISTRAR_ID), "registrar", "Registrar One", None, [desk])
    registrar["publicIds"] = [{"type": "IANA Registrar ID", "identifier": str(REGISTRAR_ID)}]
    owner = _entity("OWNER", "registrant", "A customer", f"owner@{name}")
    return {"objectClassName": "domain", "handle": name.upper(), "ldhName": name, "entities": [registrar, owner]}
