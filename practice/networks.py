"""The networks, carriers, registrars and registries of the practice internet, as tables.

A network is what a hosting provider runs: a block, an AS, a country, an abuse desk. Behind it stands a
carrier (its upstream), reachable through the AS and the parent block. Each of the five regional registries
words its answers in its own way (see `registries.py`), so that every way to find a desk is walked at least
once.
"""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network

from practice.behaviours import Role


class Style(StrEnum):
    """In whose manner a regional registry answers RDAP and WHOIS."""

    RIPE = "ripe"
    ARIN = "arin"
    APNIC = "apnic"
    LACNIC = "lacnic"
    AFRINIC = "afrinic"


class Manner(StrEnum):
    """How an abuse desk treats the mail that it gets; what happens to the files is the host's behaviour."""

    SILENT = "silent"
    ACKNOWLEDGES = "acknowledges"
    """An automatic answer within minutes, and no more."""
    ANSWERS = "answers"
    """The automatic answer, and a person's "removed" once it is so."""
    CLAIMS = "claims"
    """A person's "removed" at once, although it is not so yet: no answer removes a case."""
    BOUNCES = "bounces"
    """The mailbox does not exist: a delivery status notification comes back."""


@dataclass(frozen=True)
class Carrier:
    """The upstream of one or more networks."""

    key: str
    organisation: str
    country: str
    desk: str


@dataclass(frozen=True)
class Network:
    """One hosting provider's network."""

    key: str
    block: IPv4Network
    block6: IPv6Network
    asn: int
    organisation: str
    country: str
    style: Style
    desk: str
    manner: Manner
    carrier: str
    role: Role = Role.HOST

    @property
    def as_name(self) -> str:
        """As the origin look-up writes it: `ALPHA-AS Alpha Hosting, NL`."""
        return f"{self.key.upper()}-AS {self.organisation}, {self.country}"


@dataclass(frozen=True)
class Registrar:
    """Who sold a domain; `whois` is the name of its WHOIS server, which for one of them never says a word."""

    key: str
    name: str
    iana_id: int
    desk: str
    whois: str
    whois_answers: bool = True


@dataclass(frozen=True)
class NameRegistry:
    """Who runs a top-level domain; a reticent one gives no mail address in RDAP, only in WHOIS."""

    tld: str
    name: str
    rdap: str
    whois: str
    desk: str
    reticent: bool


def _network(
    key: str,
    block: str,
    asn: int,
    organisation: str,
    country: str,
    style: Style,
    desk: str,
    manner: Manner,
    carrier: str,
    role: Role = Role.HOST,
) -> Network:
    v4, v6 = IPv4Network(block), IPv6Network(f"2001:db8:{asn % 100 + 1:x}00::/40")
    return Network(key, v4, v6, asn, organisation, country, style, desk, manner, carrier, role)


# fmt: off
_R, _A, _P, _L, _F = Style.RIPE, Style.ARIN, Style.APNIC, Style.LACNIC, Style.AFRINIC

NETWORKS: tuple[Network, ...] = (
    #        key      block               AS     organisation    in    style  desk, manner, carrier (, role)
    _network("alpha", "198.51.100.0/25", 64500, "Alpha Hosting", "NL", _R, "abuse@alpha-hosting.example",
             Manner.ANSWERS, "north"),
    _network("bravo", "198.51.100.128/26", 64501, "Bravo Rooms", "DE", _R, "abuse@bravo-rooms.example",
             Manner.BOUNCES, "north"),
    _network("cedar", "203.0.113.0/26", 64502, "Cedar Edge", "US", _A, "abuse@cedar-edge.example",
             Manner.ACKNOWLEDGES, "south", Role.CDN),
    _network("delta", "203.0.113.64/26", 64503, "Delta Racks", "US", _A, "abuse@delta-racks.example",
             Manner.SILENT, "south"),
    _network("ember", "203.0.113.128/26", 64504, "Ember Cloud", "JP", _P, "abuse@ember-cloud.example",
             Manner.ACKNOWLEDGES, "south"),
    _network("fjord", "192.0.2.0/26", 64505, "Fjord Servidores", "BR", _L, "abuse@fjord-servidores.example",
             Manner.CLAIMS, "south"),
    _network("grove", "192.0.2.64/26", 64506, "Grove Online", "ZA", _F, "abuse@grove-online.example",
             Manner.SILENT, "north"),
    _network("haven", "192.0.2.128/26", 64507, "Haven Blogs", "SE", _R, "abuse@haven-blogs.example",
             Manner.ANSWERS, "north", Role.PLATFORM),
)

CARRIERS: tuple[Carrier, ...] = (
    Carrier("north", "Carrier North", "DE", "abuse@carrier-north.example"),
    Carrier("south", "Carrier South", "US", "abuse@carrier-south.example"),
)

REGISTRARS: tuple[Registrar, ...] = (
    Registrar("first", "First Names", 9995, "abuse@first-names.example", "whois.first-names.example"),
    Registrar("second", "Second Names", 9996, "abuse@second-names.example", "whois.second-names.example"),
    Registrar("third", "Third Names", 9997, "abuse@third-names.example", "whois.third-names.example",
              whois_answers=False),
)

NAME_REGISTRIES: tuple[NameRegistry, ...] = (
    NameRegistry("example", "Names One", "rdap.names-one.example", "whois.names-one.example",
                 "abuse@names-one.example", reticent=False),
    NameRegistry("test", "Names Two", "rdap.names-two.example", "whois.names-two.example",
                 "abuse@names-two.example", reticent=True),
)

# fmt: on

SERVICES = IPv4Network("192.0.2.192/26")
"""Where the registries, the first WHOIS server and the mail exchangers stand; no site is hosted here."""
SERVICES_ASN = 64510
FIRST_WHOIS = "whois.root.example"
MAIL_EXCHANGER = "mx.post.example"

network_named = {network.key: network for network in NETWORKS}
carrier_named = {carrier.key: carrier for carrier in CARRIERS}
registrar_named = {registrar.key: registrar for registrar in REGISTRARS}
registry_of_tld = {registry.tld: registry for registry in NAME_REGISTRIES}


def rdap_server(style: Style) -> str:
    """The name of a regional registry's RDAP server."""
    return f"rdap.{style}-like.example"


def whois_server(style: Style) -> str:
    """The name of a regional registry's WHOIS server."""
    return f"whois.{style}-like.example"


def service_names() -> tuple[str, ...]:
    """Every name that stands in SERVICES, in the order of their addresses."""
    regional = [name for style in Style for name in (rdap_server(style), whois_server(style))]
    names = [name for registry in NAME_REGISTRIES for name in (registry.rdap, registry.whois)]
    return (FIRST_WHOIS, MAIL_EXCHANGER, *regional, *names, *(registrar.whois for registrar in REGISTRARS))
