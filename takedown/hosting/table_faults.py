"""What is wrong with the rules and tables of a home, all at once: for ``hotline status`` and ``hotline doctor``."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from hotline.errors import HotlineError
from takedown.hosting.edge_table import load_edges
from takedown.hosting.last_desks import load_desks
from takedown.hosting.rule_file import rules_of

_READERS: Final[tuple[Callable[[Path], Any], ...]] = (rules_of, load_edges, load_desks)
_NOT_READ: Final = ("platforms.toml", "gateways.toml")
"""Names of shipped tables. In a home what they are for stands in ``edges.toml``."""


def faults(home: Path) -> tuple[str, ...]:
    """One text for each file that cannot be read; nobody is asked until they are mended."""
    return tuple(fault for read in _READERS if (fault := _fault(read, home)))


def strays(home: Path) -> tuple[str, ...]:
    """One text for each table that lies in the home under a name that is never read."""
    found = (name for name in _NOT_READ if (home / name).exists())
    return tuple(f"{name} in the home is not read; write its entries into edges.toml" for name in found)


def _fault(read: Callable[[Path], Any], home: Path) -> str | None:
    try:
        read(home)
    except HotlineError as wrong:
        return str(wrong)
    return None
