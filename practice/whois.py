"""WHOIS servers, each on a port of its own: the first one refers to the registries, those of names to the
registrars.

The texts are in each registry's own manner. One registrar's server closes the connection without a word.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from ipaddress import IPv4Address

from practice.addresses import Address, host_of_domain, literal_address, network_of, registrable
from practice.networks import (
    FIRST_WHOIS,
    NAME_REGISTRIES,
    NETWORKS,
    REGISTRARS,
    NameRegistry,
    Network,
    Registrar,
    Style,
    registrar_named,
    registry_of_tld,
    whois_server,
)
from practice.world import World

Server = Callable[[str], str]
NO_MATCH = "% No match found.\n"


def servers(world: World) -> dict[str, Server]:
    """name: what it says to a query, without the line ends."""
    regional: dict[str, Server] = {whois_server(style): partial(_regional, style) for style in Style}
    names: dict[str, Server] = {r.whois: partial(_names, world, r) for r in NAME_REGISTRIES}
    sellers: dict[str, Server] = {r.whois: partial(_registrar, world, r) for r in REGISTRARS}
    return {FIRST_WHOIS: _first} | regional | names | sellers


def _asked(query: str) -> str:
    """The object of a query; flags such as `n + ` or `-B ` before it are dropped."""
    return (query.split() or [""])[-1].lower().rstrip(".")


def _network(asked: str) -> Network | None:
    address: Address | None = literal_address(asked.partition("/")[0])
    if address is not None:
        return network_of(address)
    return next((n for n in NETWORKS if asked in (f"as{n.asn}", str(n.asn))), None)


def _first(query: str) -> str:
    asked = _asked(query)
    network, registry = _network(asked), registry_of_tld.get(asked.rpartition(".")[2])
    refer = whois_server(network.style) if network else registry.whois if registry else None
    return f"% Practice root\n\nrefer:        {refer}\n\nstatus:       ACTIVE\n" if refer else NO_MATCH


# ---------------------------------------------------------------------- addresses


def _regional(style: Style, query: str) -> str:
    asked = _asked(query)
    network = _network(asked)
    if network is None or network.style is not style:
        return NO_MATCH
    address = literal_address(asked.partition("/")[0])
    block = network.block if address is None or isinstance(address, IPv4Address) else network.block6
    fields = {
        "range": f"{block[0]} - {block[-1]}",
        "cidr": str(block),
        "key": network.key.upper(),
        "organisation": network.organisation,
        "country": network.country,
        "desk": network.desk,
        "as": f"AS{network.asn}",
    }
    return TEXTS[style].format(**fields)


TEXTS: dict[Style, str] = {
    Style.RIPE: """% Information related to '{range}'

% Abuse contact for '{range}' is '{desk}'

inetnum:        {range}
netname:        {key}-NET
country:        {country}
org:            ORG-{key}
abuse-c:        AR-{key}
status:         ASSIGNED PA
source:         RIPE

organisation:   ORG-{key}
org-name:       {organisation}
abuse-mailbox:  {desk}
source:         RIPE

route:          {cidr}
origin:         {as}
source:         RIPE
""",
    Style.ARIN: """# ARIN WHOIS data

NetRange:       {range}
CIDR:           {cidr}
NetName:        {key}-NET
NetType:        Direct Allocation
OriginAS:       {as}
Organization:   {organisation} (ORG-{key})

OrgName:        {organisation}
OrgId:          ORG-{key}
Country:        {country}

OrgAbuseHandle: ABUSE-{key}
OrgAbuseName:   Abuse
OrgAbuseEmail:  {desk}
""",
    Style.APNIC: """% Information related to '{range}'

inetnum:        {range}
netname:        {key}-NET
descr:          {organisation}
country:        {country}
mnt-irt:        IRT-{key}-{country}
status:         ALLOCATED PORTABLE
source:         APNIC

irt:            IRT-{key}-{country}
e-mail:         {desk}
abuse-mailbox:  {desk}
source:         APNIC
""",
    Style.LACNIC: """% Joint Whois

inetnum:     {cidr}
aut-num:     {as}
abuse-c:     {key}12
owner:       {organisation}
country:     {country}
owner-c:     {key}12

nic-hdl-br:  {key}12
person:      {organisation}
e-mail:      {desk}
country:     {country}
""",
    Style.AFRINIC: """% This is the AfriNIC-like Whois server.

inetnum:        {range}
netname:        {key}-NET
descr:          {organisation}
country:        {country}
org:            ORG-{key}
status:         ASSIGNED PA
remarks:        Abuse reports: {desk}
source:         AFRINIC

organisation:   ORG-{key}
org-name:       {organisation}
source:         AFRINIC
""",
}


# ---------------------------------------------------------------------- names


def _names(world: World, registry: NameRegistry, query: str) -> str:
    domain = registrable(_asked(query))
    host = host_of_domain(domain)
    if host is None or not domain.endswith("." + registry.tld) or _is_gone(world, domain):
        return NO_MATCH
    return _domain(domain, registrar_named[str(host.registrar)])


def _registrar(world: World, registrar: Registrar, query: str) -> str:
    domain = registrable(_asked(query))
    host = host_of_domain(domain)
    if not registrar.whois_answers:
        return ""
    if host is None or host.registrar != registrar.key or _is_gone(world, domain):
        return NO_MATCH
    return _domain(domain, registrar) + f"Registrant Name: A customer\nRegistrant Email: owner@{domain}\n"


def _is_gone(world: World, domain: str) -> bool:
    return any(registrable(name) == domain for name in world.vanished)


def _domain(domain: str, registrar: Registrar) -> str:
    return f"""Domain Name: {domain.upper()}
Registry Domain ID: D-{domain.upper()}
Registrar WHOIS Server: {registrar.whois}
Registrar URL: https://www.{registrar.desk.partition("@")[2]}
Updated Date: 2029-01-01T00:00:00Z
Creation Date: 2020-01-01T00:00:00Z
Registry Expiry Date: 2035-01-01T00:00:00Z
Registrar: {registrar.name}
Registrar IANA ID: {registrar.iana_id}
Registrar Abuse Contact Email: {registrar.desk}
Domain Status: ok
Name Server: NS1.POST.EXAMPLE
DNSSEC: unsigned
"""


# ---------------------------------------------------------------------- on the wire


async def _serve(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        query = (await reader.readline()).decode("utf-8", "replace").strip()
        writer.write(server(query).replace("\n", "\r\n").encode())
        await writer.drain()
    except (ConnectionError, ValueError):
        pass
    finally:
        writer.close()


@asynccontextmanager
async def telling(world: World) -> AsyncIterator[dict[str, int]]:
    """name of a WHOIS server: its port."""
    async with AsyncExitStack() as stack:
        ports = {}
        for name, server in servers(world).items():
            listener = await asyncio.start_server(partial(_serve, server), "127.0.0.1", 0)
            stack.callback(listener.close)
            ports[name] = int(listener.sockets[0].getsockname()[1])
        yield ports
