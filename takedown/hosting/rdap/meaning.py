"""What an RDAP record of a network or an AS is worth: whose it is, where, and which desk takes complaints."""

from datetime import datetime
from typing import Final

from hotline.words import ContactSource
from takedown.hosting.facts import AutnumFacts, NetworkFacts
from takedown.hosting.rdap.desks import abuse_desks, colleagues
from takedown.hosting.rdap.holders import country_in, holder_of
from takedown.hosting.rdap.objects import Autnum, IpNetwork
from takedown.hosting.registries import known_registries

_WIDEST_RANGE: Final = 64


def network_facts(network: IpNetwork, observed_at: datetime) -> NetworkFacts:
    """Reads a network. The desks of space that a registry only allocates are left out."""
    holder, registries = holder_of(network), known_registries()
    desks = abuse_desks(network)
    allocation = registries.only_allocates(network.name, holder.names, network.blocks, network.type)
    allocation = allocation or (not desks and registries.keeps_for_members(network.name))
    return NetworkFacts(
        source=ContactSource.RDAP,
        blocks=network.blocks,
        observed_at=observed_at,
        handle=network.handle,
        name=network.name,
        # Whom a national registry stands for, its own WHOIS tells; until then the network's name says more.
        organisation="" if registries.stands_for_members(holder.name) else holder.name,
        country=country_in(network.country, holder),
        desks=() if allocation else desks,
        colleagues=() if allocation else colleagues(network),
        allocation=allocation,
    )


def autnum_facts(asn: int, autnum: Autnum, observed_at: datetime) -> AutnumFacts:
    """Reads an autonomous system; a range of many numbers is only an allocation and has no desks."""
    holder, registries = holder_of(autnum), known_registries()
    wide = autnum.first is not None and autnum.last is not None and autnum.last - autnum.first > _WIDEST_RANGE
    desks = abuse_desks(autnum)
    handed_out = wide or registries.only_allocates(autnum.name, holder.names, ())
    handed_out = handed_out or (not desks and registries.keeps_for_members(autnum.name))
    return AutnumFacts(
        asn=asn,
        observed_at=observed_at,
        handle=autnum.handle or f"AS{asn}",
        name=autnum.name,
        organisation="" if registries.stands_for_members(holder.name) else holder.name,
        country=country_in(autnum.country, holder),
        desks=() if handed_out else desks,
        colleagues=() if handed_out else colleagues(autnum),
    )
