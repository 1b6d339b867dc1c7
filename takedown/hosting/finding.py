"""A hosting finding: where a URL was hosted at one moment, who can remove it, how sure that is."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from hotline.clock import utc_text
from hotline.facts import RuleMark
from hotline.words import Certainty
from takedown.contacts import Contact


@dataclass(frozen=True)
class LocatedAddress:
    """One address of the host.

    ``prefix`` is the announced one; ``network`` the registry's name for its network.
    """

    ip: str
    asn: int | None = None
    as_name: str | None = None
    prefix: str | None = None
    network: str | None = None
    country: str | None = None
    asns: tuple[int, ...] = ()
    """All AS numbers that announce the prefix, where several do."""


@dataclass(frozen=True)
class HostingProvider:
    """The organisation of the most specific network, who announces it, and that network's country."""

    name: str | None
    asn: int | None
    country: str | None


@dataclass(frozen=True)
class Registrar:
    """Who registered the domain for its holder."""

    name: str | None
    iana_id: int | None
    abuse_email: str | None


@dataclass(frozen=True)
class HostingFinding:
    """The contract's hosting finding.

    ``url`` and ``host`` are secrets: the value does not show them in a log.
    """

    url: str = field(repr=False)
    host: str = field(repr=False)
    registrable_domain: str | None = field(repr=False)
    names: tuple[str, ...] = field(repr=False)
    addresses: tuple[LocatedAddress, ...]
    certainty: Certainty
    provider: HostingProvider | None
    registrar: Registrar | None
    contacts: tuple[Contact, ...]
    observed_at: datetime
    problems: tuple[str, ...] = ()
    why_certain: str = ""
    """Why the certainty is what it is, in words for people."""
    told_origin: str | None = field(default=None, repr=False)
    """The first address, where no name server but a recipient told it and a person accepted it."""
    holders: frozenset[str] = field(default=frozenset(), repr=False)
    """The mail addresses of whoever holds the domain, in small letters: no rule has them told by the way."""
    unheard: bool = False
    """No name server answered anything."""
    rules: tuple[RuleMark, ...] = ()
    """The operator's rules that spoke."""
    unruled: "HostingFinding | None" = None
    """What was learnt, where rules changed it."""

    @property
    def as_found(self) -> "HostingFinding":
        """What was learnt, without the operator's rules."""
        return replace(self.unruled, url=self.url) if self.unruled else self

    @property
    def identity(self) -> str:
        """What must stay the same until a notice leaves.

        The provider, how it is known, and whom it names first.
        """
        provider = self.provider or HostingProvider(None, None, None)
        first = self.contacts[0].address.lower() if self.contacts else ""
        parts = (provider.name, provider.asn, provider.country, self.certainty.value, first)
        return "|".join("" if part is None else str(part) for part in parts)

    def as_kept(self) -> dict[str, object]:
        """What is kept of it: what was learnt, with the holders, who are shown to nobody."""
        learnt = self.as_found
        holders = {"holders": sorted(learnt.holders)} if learnt.holders else {}
        return learnt.as_json() | holders | ({"unheard": True} if learnt.unheard else {})

    def as_json(self) -> dict[str, object]:
        """The contract's form."""
        told: dict[str, object] = {
            "url": self.url,
            "host": self.host,
            "registrable_domain": self.registrable_domain,
            "names": list(self.names),
            "addresses": [_address(each) for each in self.addresses],
            "certainty": self.certainty.value,
            "provider": vars(self.provider).copy() if self.provider else None,
            "registrar": vars(self.registrar).copy() if self.registrar else None,
            "contacts": [each.as_json() for each in self.contacts],
            "observed_at": utc_text(self.observed_at),
            "problems": list(self.problems),
            **({"told_origin": self.told_origin} if self.told_origin else {}),
        }
        return told | {"rules": [each.as_json() for each in self.rules]} if self.rules else told


def _address(address: LocatedAddress) -> dict[str, object]:
    found: dict[str, object] = dict(vars(address))
    asns = found.pop("asns")
    return {**found, "asns": list(address.asns)} if asns and len(address.asns) > 1 else found
