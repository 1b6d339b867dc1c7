"""Address registries' own desks and blocks, which are nobody's hosting provider.

Told in ``data/registries.toml``: a whole region's complaints sent to its registry end there unread.
"""

import functools
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from importlib import resources
from typing import Any, Final

from takedown.hosting.blocks import Block
from takedown.hosting.mailboxes import domain_of

# A registry's own office has assigned, not allocated, space.
_ASSIGNED: Final = ("ASSIGNED", "DIRECT ASSIGNMENT", "REASSIGNED")
_WIDEST: Final = {4: 8, 6: 16}


@dataclass(frozen=True)
class Registry:
    """One row of the table; patterns in upper case.

    ``national``: it hands space on to members and stands as holder of theirs too.
    """

    name: str
    national: bool
    domains: frozenset[str]
    addresses: frozenset[str]
    organisations: tuple[str, ...]
    blocks: tuple[str, ...]
    source: str
    noted: date

    def owns(self, address: str) -> bool:
        """Whether a mail address is this registry's."""
        domain = domain_of(address)
        return address.lower() in self.addresses or any(
            domain == each or domain.endswith("." + each) for each in self.domains
        )


@dataclass(frozen=True)
class Registries:
    """The table of ``data/registries.toml``."""

    registries: tuple[Registry, ...]
    mailbox_providers: frozenset[str]

    def own(self, address: str) -> bool:
        """Whether a mail address is a registry's own, and so must never be mailed about what others host."""
        return any(each.owns(address) for each in self.registries)

    def own_handle(self, handle: str) -> bool:
        """Whether a record's handle is a registry's role or team, whatever mailbox that has today."""
        return _any_holder((handle,), self.registries)

    def only_allocates(self, name: str, holders: Sequence[str], networks: Sequence[Block], kind: str = "") -> bool:
        """Whether a network is space that a registry only hands out: by its name, its holder, or its sheer size.

        Args:
            kind: the record's type or status; what a registry has *assigned* to itself it uses itself.
        """
        if any(network.prefixlen < _WIDEST[network.version] for network in networks):
            return True
        regional = [each for each in self.registries if not each.national]
        if any(_matches(name, each.blocks) for each in regional):
            return True
        own_use = kind.upper().startswith(_ASSIGNED)
        return not own_use and _any_holder(holders, regional)

    def keeps_for_members(self, name: str) -> bool:
        """Whether a block's name is that of space which a national registry keeps for its members."""
        return any(_matches(name, each.blocks) for each in self.registries if each.national)

    def stands_for_members(self, holder: str) -> bool:
        """Whether a holder is a national registry: it stands as holder of its members' networks too."""
        return _any_holder((holder,), [each for each in self.registries if each.national])


@functools.cache
def known_registries() -> Registries:
    """The shipped table, read once."""
    text = resources.files("takedown.hosting.data").joinpath("registries.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return Registries(
        registries=tuple(_registry(row) for row in table["registry"]),
        mailbox_providers=frozenset(table["mailbox_providers"]["domains"]),
    )


def _registry(row: dict[str, Any]) -> Registry:
    return Registry(
        name=row["name"],
        national=row.get("national", False),
        domains=frozenset(row["domains"]),
        addresses=frozenset(row.get("addresses", ())),
        organisations=tuple(each.upper() for each in row["organisations"]),
        blocks=tuple(each.upper() for each in row["blocks"]),
        source=row["source"],
        noted=row["noted"],
    )


def _any_holder(holders: Iterable[str], registries: Sequence[Registry]) -> bool:
    return any(_matches(holder, each.organisations) for holder in holders for each in registries)


def _matches(text: str, patterns: Sequence[str]) -> bool:
    plain = " ".join(text.upper().split())
    return any(fnmatchcase(plain, pattern) for pattern in patterns)
