"""Who may be asked about a case without harm to bystanders, and how long those below have first. Pure.

A registrar or registry takes away a whole name, an upstream a whole network. The name is asked for only where an
analyst marked the domain dedicated; on a platform that many sites share neither is asked: there the ladder is host,
platform, and the hotline or police of the country. An upstream comes only after those below were warned and had time:
the more the larger their network, for a large desk answers by queue and a cut there hits the most others.
"""

from collections.abc import Iterable
from datetime import timedelta
from ipaddress import ip_network
from typing import Any, Final

from hotline.words import Certainty, ContactRole
from takedown.escalation import DEADLINE

NOT_MARKED: Final = "no analyst has marked its domain dedicated (`hotline dedicated add`)"
SHARED: Final = "many sites share this platform"

_NAME_DESKS: Final = (ContactRole.REGISTRAR, ContactRole.REGISTRY)

# The announced network's prefix length, up to which the delay holds; IPv6 by what registries usually allocate (/32).
_DELAYS_4: Final = ((16, timedelta(hours=72)), (21, timedelta(hours=48)))
_DELAYS_6: Final = ((24, timedelta(hours=72)), (31, timedelta(hours=48)))


def why_not(role: ContactRole, certainty: Certainty, dedicated: bool) -> str | None:
    """Why a contact of this role is not asked about the case; ``None`` when it may be."""
    if certainty is Certainty.SHARED_PLATFORM and role in (*_NAME_DESKS, ContactRole.UPSTREAM):
        return f"the {role.value} is not asked, for {SHARED}"
    if role in _NAME_DESKS and not dedicated:
        return f"the {role.value} is not asked, for {NOT_MARKED}"
    return None


def wait_of(role: ContactRole, prefixes: Iterable[str | None]) -> timedelta:
    """How long those below a contact of this role have, from their first notice on."""
    if role is not ContactRole.UPSTREAM:
        return DEADLINE
    return max((_delay(each) for each in prefixes if each), default=DEADLINE)


def prefixes_in(snapshot: dict[str, Any]) -> list[str | None]:
    """The announced networks of a finding's addresses."""
    return [each.get("prefix") for each in snapshot.get("addresses") or []]


def _delay(prefix: str) -> timedelta:
    try:
        network = ip_network(prefix, strict=False)
    except ValueError:  # what a name server said of an origin need be no network
        return DEADLINE
    delays = _DELAYS_4 if network.version == 4 else _DELAYS_6
    return next((delay for length, delay in delays if network.prefixlen <= length), DEADLINE)
