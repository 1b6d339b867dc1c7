"""From facts to the few lines that a finding shows: addresses, provider, registrar. Pure."""

from collections.abc import Sequence

from hotline.words import ContactKind
from takedown.hosting.facts import AddressFacts, NetworkFacts, RegistrarFacts
from takedown.hosting.finding import HostingProvider, LocatedAddress, Registrar


def located(address: AddressFacts) -> LocatedAddress:
    """One address as the contract shows it. Where nobody announces it, the registry's prefix stands."""
    network, origin = address.network, address.origin
    registered = network.prefix_of(address.ip) if network else None
    prefix = origin.prefix or registered
    return LocatedAddress(
        ip=str(address.ip),
        asn=origin.asns[0] if origin.asns else None,
        as_name=origin.name or _as_name(address),
        prefix=str(prefix) if prefix else None,
        network=(network.name or network.handle or None) if network else None,
        country=_country(address),
        asns=origin.asns,
    )


def provider_of(addresses: Sequence[AddressFacts]) -> HostingProvider | None:
    """The provider by the first address whose network is somebody's, else by who announces the first one."""
    best = next((each for each in addresses if each.network), None)
    best = best or next((each for each in addresses if each.origin.asns), None)
    if best is None:
        return None
    asn = best.origin.asns[0] if best.origin.asns else None
    return HostingProvider(_organisation(best), asn, _country(best))


def registrar_of(facts: RegistrarFacts | None) -> Registrar | None:
    """The registrar, where anything is known of it."""
    if facts is None or not (facts.name or facts.handle or facts.iana_id is not None or facts.desks):
        return None
    mails = (desk.address for desk in facts.desks if desk.kind is ContactKind.EMAIL)
    name = facts.name or ("" if facts.handle.isdigit() else facts.handle)
    return Registrar(name or None, facts.iana_id, next(mails, None))


def _organisation(address: AddressFacts) -> str | None:
    same = _same_network(address)
    names = [
        *(each.organisation for each in same),
        *(each.name for each in same),
        *(each.handle for each in same),
    ]
    names += [each.organisation or each.name for each in address.autnums]
    return next((name for name in names if name), address.origin.name)


def _country(address: AddressFacts) -> str | None:
    """The network's country; where its record names none, that of the announced prefix."""
    said = (each.country for each in _same_network(address) if each.country)
    return next(said, address.origin.country)


def _same_network(address: AddressFacts) -> tuple[NetworkFacts, ...]:
    """The most specific network by each source that knows exactly it."""
    network = address.network
    if network is None:
        return ()
    return tuple(each for each in address.networks if set(each.blocks) == set(network.blocks))


def _as_name(address: AddressFacts) -> str | None:
    return next((each.name or each.organisation for each in address.autnums if each.name or each.organisation), None)
