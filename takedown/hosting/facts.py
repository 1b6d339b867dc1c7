"""What registries' records mean, whatever protocol they came by. Frozen values, no addresses dialled here."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from hotline.words import ContactKind, ContactSource
from takedown.hosting.blocks import Address, Block, tightest

Facts = TypeVar("Facts", covariant=True)


@dataclass(frozen=True)
class Told(Generic[Facts]):
    """What a source told: facts, or none, and what went wrong in words (both may be)."""

    facts: Facts | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Desk:
    """Somebody who can be asked.

    A mail address or a form, the record's handle for it, and how sure that is (0 to 1).
    """

    address: str
    object: str
    confidence: float
    kind: ContactKind = ContactKind.EMAIL


@dataclass(frozen=True)
class NetworkFacts:
    """A network as one source tells it.

    ``desks``: abuse desks, best first. ``colleagues``: other mail addresses of the network's own people
    (never its registrant), good for nothing but the provider's domain. ``allocation``: a registry only
    hands this space out. ``up``: where the registry tells the parent network.
    """

    source: ContactSource
    blocks: tuple[Block, ...]
    observed_at: datetime
    handle: str = ""
    name: str = ""
    organisation: str = ""
    country: str | None = None
    desks: tuple[Desk, ...] = ()
    colleagues: tuple[str, ...] = ()
    allocation: bool = False
    up: str = ""

    def prefix_of(self, address: Address) -> Block | None:
        """The tightest of its prefixes around an address."""
        return tightest(self.blocks, address)


@dataclass(frozen=True)
class AutnumFacts:
    """An autonomous system as its registry tells it."""

    asn: int
    observed_at: datetime
    handle: str = ""
    name: str = ""
    organisation: str = ""
    country: str | None = None
    desks: tuple[Desk, ...] = ()
    colleagues: tuple[str, ...] = ()


@dataclass(frozen=True)
class OriginFacts:
    """Who announces an address.

    The AS numbers (several where several do), the announced prefix, the name as published.
    """

    asns: tuple[int, ...] = ()
    prefix: Block | None = None
    country: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class RegistrarFacts:
    """Who registered a domain for its holder.

    ``registrants``: mail addresses of the holder and the holder's people, kept only so that they are never
    mailed. ``handle``: what stands for a name where the record gives none.
    """

    source: ContactSource
    observed_at: datetime
    name: str = ""
    iana_id: int | None = None
    desks: tuple[Desk, ...] = ()
    registrants: tuple[str, ...] = ()
    handle: str = ""


@dataclass(frozen=True)
class AddressFacts:
    """One address of a host and all that was learnt about it, most specific network first."""

    ip: Address
    origin: OriginFacts = field(default_factory=OriginFacts)
    networks: tuple[NetworkFacts, ...] = ()
    parents: tuple[NetworkFacts, ...] = ()
    autnums: tuple[AutnumFacts, ...] = ()

    @property
    def network(self) -> NetworkFacts | None:
        """The most specific network that is somebody's, not merely handed out by a registry."""
        return next((each for each in self.networks if not each.allocation), None)
