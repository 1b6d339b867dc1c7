"""The five regional registries' manners of saying whose a network is and where its abuse desk reads mail
(RDAP).

Each of these five functions gives the entities of a network object. They differ as the real ones do, so
that a client that knows only the tidy case misses a desk here:

    RIPE     an entity with the role abuse
    ARIN     the abuse contact nested inside the organisation's entity
    APNIC    an incident response team (IRT) as entity with the role abuse
    LACNIC   one entity for several roles, without an address: its own object has to be fetched by its link
    AFRINIC  entities without roles; only a remark, or WHOIS, tells
"""

from collections.abc import Callable
from dataclasses import dataclass

from practice.networks import Style, rdap_server

Json = dict[str, object]


@dataclass(frozen=True)
class Holder:
    """Who holds a block or an AS, and the desk that reads its abuse mail."""

    key: str
    organisation: str
    country: str
    desk: str

    @property
    def handle(self) -> str:
        """`ORG-ALPHA`."""
        return f"ORG-{self.key.upper()}"


def entity(
    handle: str,
    roles: list[str] | None,
    name: str,
    *,
    mail: str | None = None,
    kind: str = "group",
    server: str | None = None,
    within: list[Json] | None = None,
) -> Json:
    """An RDAP entity (RFC 9083, 5.1) with its jCard (RFC 7095); `roles=None` leaves the member out."""
    card: list[object] = [
        ["version", {}, "text", "4.0"],
        ["fn", {}, "text", name],
        ["kind", {}, "text", kind],
    ]
    card += [["email", {}, "text", mail]] if mail else []
    made: Json = {"objectClassName": "entity", "handle": handle, "vcardArray": ["vcard", card]}
    made |= {"roles": roles} if roles is not None else {}
    made |= {"links": [link("self", f"https://{server}/entity/{handle}")]} if server else {}
    return made | ({"entities": within} if within else {})


def link(rel: str, url: str) -> Json:
    """A link to another RDAP object."""
    return {"rel": rel, "href": url, "value": url, "type": "application/rdap+json"}


def remark(text: str) -> Json:
    """A remark (RFC 9083, section 4.3)."""
    return {"title": "Remarks", "description": [text]}


def _noc(holder: Holder, roles: list[str] | None) -> Json:
    """The technical contact, who is not to be asked for removals."""
    mail = "noc@" + holder.desk.partition("@")[2] if roles else None
    return entity(f"NOC-{holder.key.upper()}", roles, f"{holder.organisation} network operations", mail=mail)


def _ripe(holder: Holder) -> list[Json]:
    server = rdap_server(Style.RIPE)
    return [
        entity(holder.handle, ["registrant"], holder.organisation, kind="org", server=server),
        _noc(holder, ["administrative", "technical"]),
        entity(
            f"AR-{holder.key.upper()}",
            ["abuse"],
            f"{holder.organisation} abuse",
            mail=holder.desk,
            server=server,
        ),
    ]


def _arin(holder: Holder) -> list[Json]:
    server = rdap_server(Style.ARIN)
    abuse = entity(f"ABUSE-{holder.key.upper()}", ["abuse"], "Abuse", mail=holder.desk, server=server)
    return [
        entity(
            holder.handle,
            ["registrant"],
            holder.organisation,
            kind="org",
            server=server,
            within=[_noc(holder, ["technical"]), abuse],
        )
    ]


def _apnic(holder: Holder) -> list[Json]:
    irt = f"IRT-{holder.key.upper()}-{holder.country}"
    return [
        _noc(holder, ["technical", "administrative"]),
        entity(irt, ["abuse"], irt, mail=holder.desk, server=rdap_server(Style.APNIC)),
        entity(holder.handle, ["registrant"], holder.organisation, kind="org"),
    ]


def shared_handle(holder: Holder) -> str:
    """The handle of the one entity that a LACNIC holder has for several roles."""
    return f"{holder.key[:3].upper()}12"


def _lacnic(holder: Holder) -> list[Json]:
    return [
        entity(holder.handle, ["registrant"], holder.organisation, kind="org"),
        entity(
            shared_handle(holder),
            ["administrative", "technical", "abuse"],
            holder.organisation,
            kind="individual",
            server=rdap_server(Style.LACNIC),
        ),
    ]


def _afrinic(holder: Holder) -> list[Json]:
    return [entity(holder.handle, None, holder.organisation, kind="org"), _noc(holder, None)]


ENTITIES: dict[Style, Callable[[Holder], list[Json]]] = {
    Style.RIPE: _ripe,
    Style.ARIN: _arin,
    Style.APNIC: _apnic,
    Style.LACNIC: _lacnic,
    Style.AFRINIC: _afrinic,
}


def remarks(style: Style, holder: Holder) -> list[Json]:
    """What a registry says in free text beside its entities."""
    if style is Style.AFRINIC:
        return [remark(f"Abuse reports: {holder.desk}")]
    return [remark(f"{holder.organisation}, {holder.country}")]


def lone_entity(style: Style, holder: Holder, handle: str) -> Json | None:
    """The object behind an entity's own link, where it says more than the network object did."""
    if style is Style.LACNIC and handle == shared_handle(holder):
        return entity(
            handle,
            ["administrative", "technical", "abuse"],
            holder.organisation,
            mail=holder.desk,
            kind="individual",
            server=rdap_server(style),
        )
    found = [whole for made in ENTITIES[style](holder) for whole in (made, *_within(made)) if whole["handle"] == handle]
    return found[0] if found else None


def _within(made: Json) -> list[Json]:
    nested = made.get("entities")
    return nested if isinstance(nested, list) else []
