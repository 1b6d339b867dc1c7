"""Address registries' own desks and blocks, which are nobody's hosting provider."""

import functools
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib import resources

from takedown.hosting.blocks import Block
from takedown.hosting.mailboxes import domain_of


@dataclass(frozen=True)
class Registries:
    """The table of ``data/registries.toml``."""

    domains: frozenset[str]
    addresses: frozenset[str]
    blocks: tuple[str, ...]
    organisations: tuple[str, ...]
    mailbox_providers: frozenset[str]

    def own(self, address: str) -> bool:
        """Whether a mail address is a registry's own, and so must never be mailed about what others host."""
        domain = domain_of(address)
        return address.lower() in self.addresses or any(
            domain == each or domain.endswith("." + each) for each in self.domains
        )

    def only_allocates(self, name: str, holders: Sequence[str], networks: Sequence[Block]) -> bool:
        """Whether a network is space that a registry only hands out.

        By its name, its holder, or its sheer size.
        """
        if any(network.prefixlen < (8 if network.version == 4 else 16) for network in networks):
            return True
        return _matches(name, self.blocks) or any(_matches(each, self.organisations) for each in holders)


@functools.cache
def known_registries() -> Registries:
    """The shipped table, read once."""
    text = resources.files("takedown.hosting.data").joinpath("registries.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return Registries(
        domains=frozenset(table["domains"]),
        addresses=frozenset(table["addresses"]),
        blocks=tuple(each.upper() for each in table["blocks"]),
        organisations=tuple(each.upper() for each in table["organisations"]),
        mailbox_providers=frozenset(table["mailbox_providers"]),
    )


def _matches(text: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(text.upper(), pattern) for pattern in patterns)
