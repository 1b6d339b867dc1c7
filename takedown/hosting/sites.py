"""Whose domain a host name is: the site's own, or a platform's that hands names out to strangers.

A mail address on the domain of whoever put the site up may be the offender's. ``abuse@`` a platform, under whose name
he is one customer among many, is not.
"""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final

from hotline.address import is_ip_literal, platform_domain, registrable_domain
from takedown.hosting.edge_table import Edge, load_edges, under
from takedown.hosting.mailboxes import domain_of

_MOST_REMEMBERED: Final = 4096


class Sites:
    """Knows the platforms of a table and those of the Public Suffix List."""

    def __init__(self, edges: Iterable[Edge]) -> None:
        self._suffixes = tuple(suffix for edge in edges for suffix in edge.suffixes if "*" not in suffix)
        self._domains: dict[str, str | None] = {}

    def owner_domain(self, host: str) -> str | None:
        """The domain of whoever put a site up: ``a.site.example`` gives ``site.example``, ``me.blogs.example`` itself
        where ``blogs.example`` is a platform. ``None`` for IP literals and for a platform's own name.
        """
        if host not in self._domains:
            if len(self._domains) >= _MOST_REMEMBERED:
                self._domains.clear()
            self._domains[host] = self._owner_domain(host.lower().rstrip("."))
        return self._domains[host]

    def is_owner(self, address: str, host: str) -> bool:
        """Whether a mail address lies on the domain of whoever put the site at this host up."""
        owner = self.owner_domain(host)
        return owner is not None and self.owner_domain(domain_of(address)) == owner

    def _owner_domain(self, host: str) -> str | None:
        if is_ip_literal(host):
            return None
        suffix = self._platform_of(host)
        if suffix is None:
            return registrable_domain(host)
        label = host.removesuffix(suffix).rstrip(".").rpartition(".")[2]
        return f"{label}.{suffix}" if label else None

    def _platform_of(self, host: str) -> str | None:
        known = [suffix for suffix in self._suffixes if under(host, suffix)]
        return max([*known, platform_domain(host) or ""], key=len) or None


def sites_of(home: Path) -> Sites:
    """The platforms that are known in a home: the shipped tables and the operator's.

    Raises:
        HotlineError: the operator's table cannot be read.
    """
    own = home / "edges.toml"
    return _sites(home, own.stat().st_mtime_ns if own.exists() else 0)


@lru_cache(maxsize=8)
def _sites(home: Path, changed_at: int) -> Sites:
    return Sites(load_edges(home))
