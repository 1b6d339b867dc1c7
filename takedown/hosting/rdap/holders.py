"""Whose network a record is: the organisation behind it, as each address registry says that in its own way."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from hotline.countries import country_code
from takedown.hosting.rdap.jcard import is_redacted
from takedown.hosting.rdap.objects import Autnum, Common, Entity, IpNetwork
from takedown.hosting.rdap.people import people

_PROSE: Final = re.compile(
    r"@|://|\bwww\.|abuse|\bspam\b|please|contact|\bremarks?\b|notif|transferred|registration"
    r"|(?:not |^)(?:allocated|assigned|fully)|\bnot managed|^managed (?:by|for)\b"
    r"|\b(?:ip|ipv4|ipv6|address|legacy) ?(?:block|space|range|pool|launch|addresses)|\b(?:customers?|project|pool)\b"
    r"|p\.?\s?o\.?\s?box|\b(?:street|road|avenue|floor|building|bldg)\b"
    r"|^(?:dedicated |virtual |cloud |shared |vps |web )?"
    r"(?:servers?|hosting|vps|infrastructure|colocation|network|static|dynamic)$"
    r"|:$|\.\.|^no\.? ?\d|^[^\w\"'«„“]|^\d+(?:[.,:/-]|$)"
    r"|^(?:this|these|for|see|if|in case|used|reserved|geofeed|routed)\b",
    re.IGNORECASE,
)
# Words that make a line a company's name although it ends with a country.
_FIRM: Final = re.compile(
    r"\b(?:ltd|limited|llc|inc|corp|corporation|company|gmbh|s\.?r\.?o|s\.?a|b\.?v|plc|pty|pvt"
    r"|telecom\w*|communications?|university|bank)\b",
    re.IGNORECASE,
)
# After a comma these are a company's form as well as a country: whichever the record's own country is not.
_FORMS: Final = frozenset({"AG", "AS", "CO", "KG", "PT", "SA", "SC", "SE", "SI", "SL"})
_LACNIC: Final = re.compile(r"([A-Z]{2})-[A-Z0-9]+-LACNIC$")
_CODED: Final = re.compile(r"[-\d]")
_SHORTEST_NAME: Final = 3
_LONGEST_NAME: Final = 100


@dataclass(frozen=True)
class Holder:
    """Who holds a network or AS.

    ``names``: every name and handle that stands for a holder, for telling registries from providers.
    """

    name: str = ""
    country: str | None = None
    names: tuple[str, ...] = ()


def holder_of(thing: Common) -> Holder:
    """The organisation named as registrant; else one without that role (AFRINIC); else the described one.

    APNIC and RIPE put the organisation of a network without one into its description.
    """
    holders = [each for each in people(thing.entities) if not is_maintainer(each) and not each.is_a("sponsor")]
    registrants = [each for each in holders if each.is_a("registrant")]
    organisations = [each for each in holders if each.card.kind == "org" and not each.is_a("abuse")]
    named = list(filter(name_of, registrants)) or list(filter(name_of, organisations))
    best = min(named, key=_unlikeliness, default=None)
    described = "" if best else _described(thing)
    said = [
        *([described] if described else []),
        *(each for one in registrants for each in (name_of(one), one.handle) if each),
    ]
    if best is None:
        return Holder(described, _country(registrants, holders), tuple(said))
    return Holder(name_of(best), _country([best, *registrants], holders), (name_of(best), *said))


def name_of(entity: Entity) -> str:
    """What an entity is called; a handle, or a word that only says that there is a name, is none."""
    names = (entity.card.name, entity.card.organisation)
    handle = entity.handle.upper() if _CODED.search(entity.handle) else ""
    return next((name for name in names if not is_redacted(name) and name.upper() != handle), "")


def is_maintainer(entity: Entity) -> bool:
    """Whether an entity is a key to a record rather than a holder: RIPE and APNIC list those as registrants."""
    handle = entity.handle.upper()
    if handle.endswith("-MNT") or handle.startswith(("MNT-", "MAINT-")):
        return True
    return bool(handle) and entity.card.kind == "individual" and entity.card.name.upper() == handle


def country_in(said: str, holder: Holder) -> str | None:
    """A network's country; where the record names none or only a region, that of its holder."""
    return country_code(said) or holder.country


def _country(registrants: Sequence[Entity], holders: Sequence[Entity]) -> str | None:
    """A holder's country by its address, by its handle (LACNIC), or as all of its people agree."""
    told = next((each.card.country for each in registrants if each.card.country), None)
    handles = (_LACNIC.match(each.handle.upper()) for each in registrants)
    told = told or next((code for each in handles if each and (code := country_code(each[1]))), None)
    shown = {each.card.country for each in holders if each.card.country}
    return told or (shown.pop() if len(shown) == 1 else None)


def _unlikeliness(holder: Entity) -> bool:
    """LACNIC lists the holder's people as registrants too: an organisation goes first."""
    return holder.card.kind not in ("org", "group", "")


def _described(thing: Common) -> str:
    country = country_code(thing.country) if isinstance(thing, Autnum | IpNetwork) else None
    return next((each for each in _descriptions(thing) if _is_name(each, country)), "")


def _descriptions(thing: Common) -> Iterator[str]:
    """The lines where a name would stand: APNIC titles them, RIPE leaves remarks without a title."""
    for title in ("description", ""):
        for remark in thing.remarks:
            if remark.title == title:
                yield from (" ".join(line.split()).rstrip(" ,;") for line in remark.lines[:1])


def _is_name(line: str, country: str | None) -> bool:
    if not _SHORTEST_NAME <= len(line) <= _LONGEST_NAME or _PROSE.search(line) or is_redacted(line):
        return False
    head, _, tail = line.rpartition(",")
    code = country_code(tail)  # "Town, Country" is a place
    return code is None or _FIRM.search(head) is not None or (tail.strip() in _FORMS and head != "" and code != country)
