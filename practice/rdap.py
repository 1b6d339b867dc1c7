"""RDAP (RFC 9083) by name through the web ports: networks, autonomous systems, entities and domains; and the
bootstrap files (RFC 9224) that say which server knows what.

One block stands in the bootstrap under a registry that has since handed it on: that server redirects.
"""

import json
from collections.abc import Callable
from functools import partial
from ipaddress import ip_network

from aiohttp import web

from practice.addresses import host_of_domain, registrable
from practice.clock import written
from practice.hosts import Host
from practice.networks import (
    NAME_REGISTRIES,
    NETWORKS,
    NameRegistry,
    Network,
    Style,
    carrier_named,
    rdap_server,
    registrar_named,
    whois_server,
)
from practice.registries import ENTITIES, Holder, Json, entity, link, lone_entity, remarks
from practice.world import World

HANDED_ON = {"haven": Style.ARIN}
"""network: the registry that the bootstrap still names."""
Service = Callable[[str, str], web.Response]


def services(world: World) -> dict[str, Service]:
    """Every RDAP server of the world by name."""
    regional: dict[str, Service] = {rdap_server(style): partial(_regional, style) for style in Style}
    names: dict[str, Service] = {registry.rdap: partial(_names, world, registry) for registry in NAME_REGISTRIES}
    return regional | names


def bootstrap() -> dict[str, Json]:
    """file name: content."""
    v4 = [[[str(n.block)], [_base(n)]] for n in NETWORKS]
    v6 = [[[str(n.block6)], [_base(n)]] for n in NETWORKS]
    asn = [[[f"{n.asn}-{n.asn}"], [f"https://{rdap_server(n.style)}/"]] for n in NETWORKS]
    tlds = [[[registry.tld], [f"https://{registry.rdap}/"]] for registry in NAME_REGISTRIES]
    named = {"ipv4.json": v4, "ipv6.json": v6, "asn.json": asn, "dns.json": tlds}
    return {
        name: {"version": "1.0", "publication": "2020-01-01T00:00:00Z", "services": served}
        for name, served in named.items()
    }


def _base(network: Network) -> str:
    return f"https://{rdap_server(HANDED_ON.get(network.key, network.style))}/"


def holder_of(network: Network) -> Holder:
    """The provider itself."""
    return Holder(network.key, network.organisation, network.country, network.desk)


def upstream_of(network: Network) -> Holder:
    """The carrier behind it, who holds the parent block and looks after the AS."""
    carrier = carrier_named[network.carrier]
    return Holder(carrier.key, carrier.organisation, carrier.country, carrier.desk)


# ---------------------------------------------------------------------- regional registries


def _regional(style: Style, server: str, path: str) -> web.Response:
    kind, _, rest = path.strip("/").partition("/")
    match kind:
        case "ip":
            return _ip(style, rest)
        case "autnum":
            return _autnum(style, rest)
        case "entity":
            holders = [holder for n in NETWORKS if n.style is style for holder in (holder_of(n), upstream_of(n))]
            found = [made for holder in holders if (made := lone_entity(style, holder, rest))]
            return _said(found[0], server) if found else _nothing()
        case _:
            return _nothing()


def _ip(style: Style, asked: str) -> web.Response:
    try:
        wanted = ip_network(asked, strict=False)
    except ValueError:
        return _said({"errorCode": 400, "title": "no address"}, "", 400)
    for network in NETWORKS:
        block = network.block if wanted.version == 4 else network.block6
        parent = block.supernet(new_prefix=24 if wanted.version == 4 else 32)
        is_child = wanted[0] in block and wanted[-1] in block
        if is_child and network.style is not style and HANDED_ON.get(network.key) is style:
            return web.Response(status=302, headers={"Location": f"https://{rdap_server(network.style)}/ip/{asked}"})
        if network.style is style and (is_child or (wanted[0] in parent and wanted.prefixlen <= block.prefixlen)):
            return _said(_block(network, str(block if is_child else parent), is_child), rdap_server(style))
    return _nothing()


def _block(network: Network, prefix: str, is_child: bool) -> Json:
    """A network object: the provider's own block, or the carrier's parent block."""
    block = ip_network(prefix)
    holder = holder_of(network) if is_child else upstream_of(network)
    base = f"https://{rdap_server(network.style)}"
    parent = block.supernet(new_prefix=24 if block.version == 4 else 32) if is_child else None
    up: Json = {"parentHandle": _handle(str(parent))} if parent else {}
    links = [link("self", f"{base}/ip/{block}")] + ([link("up", f"{base}/ip/{parent}")] if parent else [])
    return up | {
        "objectClassName": "ip network",
        "handle": _handle(prefix),
        "startAddress": str(block[0]),
        "endAddress": str(block[-1]),
        "ipVersion": f"v{block.version}",
        "name": f"{holder.key.upper()}-NET",
        "type": "ASSIGNED PA" if is_child else "ALLOCATED PA",
        "country": holder.country,
        "status": ["active"],
        "cidr0_cidrs": [{f"v{block.version}prefix": str(block[0]), "length": block.prefixlen}],
        "entities": ENTITIES[network.style](holder),
        "remarks": remarks(network.style, holder),
        "links": links,
        "port43": whois_server(network.style),
        "events": _events(),
    }


def _handle(prefix: str) -> str:
    return "NET-" + prefix.replace(".", "-").replace(":", "-").replace("/", "-")


def _autnum(style: Style, asked: str) -> web.Response:
    for network in (n for n in NETWORKS if n.style is style and str(n.asn) == asked):
        upstream = upstream_of(network)
        url = f"https://{rdap_server(style)}/autnum/{asked}"
        return _said(
            {
                "objectClassName": "autnum",
                "handle": f"AS{asked}",
                "startAutnum": network.asn,
                "endAutnum": network.asn,
                "name": f"{network.key.upper()}-AS",
                "country": network.country,
                "status": ["active"],
                "entities": ENTITIES[style](upstream),
                "remarks": remarks(style, upstream),
                "links": [link("self", url)],
                "port43": whois_server(style),
                "events": _events(),
            },
            rdap_server(style),
        )
    return _nothing()


# ---------------------------------------------------------------------- name registries


def _names(world: World, registry: NameRegistry, server: str, path: str) -> web.Response:
    kind, _, domain = path.strip("/").lower().partition("/")
    host = host_of_domain(domain)
    if kind != "domain" or registrable(domain) != domain or not domain.endswith("." + registry.tld) or host is None:
        return _nothing()
    if any(registrable(name) == domain for name in world.vanished):
        return _nothing()
    return _said(_domain(registry, domain, host, written(world.clock.now())), server)


def _domain(registry: NameRegistry, domain: str, host: Host, now: str) -> Json:
    registrar = registrar_named[str(host.registrar)]
    desk = entity(
        f"{registrar.iana_id}-ABUSE",
        ["abuse"],
        "Abuse contact",
        mail=None if registry.reticent else registrar.desk,
    )
    sold = entity(str(registrar.iana_id), ["registrar"], registrar.name, kind="org", within=[desk])
    sold["publicIds"] = [{"type": "IANA Registrar ID", "identifier": str(registrar.iana_id)}]
    owner = entity("OWNER", ["registrant"], "A customer", mail=f"owner@{domain}", kind="individual")
    return {
        "objectClassName": "domain",
        "handle": f"D-{domain.upper()}",
        "ldhName": domain,
        "status": ["active"],
        "entities": [sold, owner],
        "links": [link("self", f"https://{registry.rdap}/domain/{domain}")],
        "secureDNS": {"delegationSigned": False},
        "port43": registry.whois,
        "events": [*_events(), {"eventAction": "last update of RDAP database", "eventDate": now}],
    }


# ---------------------------------------------------------------------- answers


def _events() -> list[Json]:
    return [{"eventAction": action, "eventDate": "2020-01-01T00:00:00Z"} for action in ("registration", "last changed")]


def _said(content: Json, server: str, status: int = 200) -> web.Response:
    about = {
        "rdapConformance": ["rdap_level_0", "cidr0"],
        "lang": "en",
        "notices": [{"title": "Terms", "description": [f"Practice data of {server}"]}],
    }
    return web.Response(text=json.dumps(about | content), content_type="application/rdap+json", status=status)


def _nothing() -> web.Response:
    return _said({"errorCode": 404, "title": "not found"}, "this server", 404)
