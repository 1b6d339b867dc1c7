"""RDAP answers (RFC 9083) as frozen types.

Only shapes are decided here; ``rdap.meaning`` says what they are worth.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from takedown.hosting.blocks import Block
from takedown.hosting.rdap.extent import extent
from takedown.hosting.rdap.jcard import Card, parse_card
from takedown.hosting.rdap.jscontact import parse_jscontact
from takedown.hosting.rdap.shapes import DEEPEST, listed, number, record, text, texts, words

_MOST_ENTITIES: Final = 200
_MOST_NESTED: Final = 40
_MOST_REMARKS: Final = 50
_MOST_LINES: Final = 200
_LONGEST_LINE: Final = 500
# Roles as some servers write them, and the words of RFC 9083, section 10.2.4.
_ROLES: Final = {
    **dict.fromkeys(("abuse contact", "abuse-c", "registrar abuse", "registrar abuse contact", "irt"), "abuse"),
    **dict.fromkeys(("sponsoring registrar", "registrar of record"), "registrar"),
    **dict.fromkeys(("owner", "holder", "domain holder", "registrant contact"), "registrant"),
    **dict.fromkeys(("tech", "technical contact", "tech-c"), "technical"),
    **dict.fromkeys(("admin", "administrative contact", "admin-c"), "administrative"),
}
_KNOWN: Final = frozenset(
    {"registrant", "technical", "administrative", "abuse", "billing", "registrar", "reseller", "sponsor", "noc"}
)
_CARDS: Final = ("vcardarray", "vcard", "vcards", "jcard")


@dataclass(frozen=True)
class Link:
    """A link of a record: relation, target, media type."""

    rel: str
    href: str
    type: str = ""


@dataclass(frozen=True)
class Remark:
    """A remark or notice: its title in lower case, its lines."""

    title: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entity:
    """A person, role or organisation of a record, with those nested in it."""

    handle: str = ""
    roles: tuple[str, ...] = ()
    card: Card = field(default_factory=Card)
    entities: tuple["Entity", ...] = ()
    links: tuple[Link, ...] = ()
    public_ids: tuple[tuple[str, str], ...] = ()
    remarks: tuple[Remark, ...] = ()

    def is_a(self, role: str) -> bool:
        """Whether it holds the role."""
        return role in self.roles


@dataclass(frozen=True)
class Common:
    """What every object has."""

    handle: str = ""
    name: str = ""
    entities: tuple[Entity, ...] = ()
    links: tuple[Link, ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class IpNetwork(Common):
    """An IP network. ``parent``: the handle of the network around it."""

    blocks: tuple[Block, ...] = ()
    country: str = ""
    type: str = ""
    parent: str = ""


@dataclass(frozen=True)
class Autnum(Common):
    """A range of AS numbers."""

    first: int | None = None
    last: int | None = None
    country: str = ""


@dataclass(frozen=True)
class Domain(Common):
    """A domain name. Some registrars write their own public ids on the domain instead of on themselves."""

    public_ids: tuple[tuple[str, str], ...] = ()
    notices: tuple[Remark, ...] = ()
    ldh_name: str = ""


def parse_network(value: object) -> IpNetwork | None:
    """An IP network, or ``None`` when the answer names no addresses."""
    body = record(value)
    found = extent(body)
    if not found:
        return None
    return IpNetwork(
        *_common(body),
        blocks=found,
        country=text(body.get("country")),
        type=text(body.get("type")),
        parent=text(body.get("parentHandle")),
    )


def parse_autnum(value: object) -> Autnum | None:
    """A range of AS numbers, or ``None`` when the answer is none."""
    body = record(value)
    first, last = number(body.get("startAutnum")), number(body.get("endAutnum"))
    kind = text(body.get("objectClassName")).lower()
    if kind != "autnum" and first is None and last is None:
        return None
    return Autnum(*_common(body), first=first, last=last, country=text(body.get("country")))


def parse_domain(value: object) -> Domain | None:
    """A domain, or ``None`` when the answer is none."""
    body = record(value)
    kind = text(body.get("objectClassName")).lower()
    if kind != "domain" and not body.get("ldhName") and not body.get("unicodeName"):
        return None
    return Domain(
        *_common(body),
        public_ids=_public_ids(body),
        notices=_remarks(body.get("notices")),
        ldh_name=text(body.get("ldhName")).lower().rstrip("."),
    )


def parse_entity(value: object, depth: int = 0) -> Entity:
    """An entity with all that is nested in it."""
    body = record(value)
    card = _card(body)
    return Entity(
        handle=text(body.get("handle")),
        # Some registrars write the role into the card alone, where others have a person's job.
        roles=_roles(body.get("roles", body.get("role")))
        or tuple(each for each in _roles(card.role) if each in _KNOWN),
        card=card,
        entities=_entities(body.get("entities"), depth + 1),
        # A page for people (JPNIC links its WHOIS gateway) is no place to fetch the entity from.
        links=tuple(each for each in _links(body.get("links")) if not each.type.startswith("text/")),
        public_ids=_public_ids(body),
        remarks=_remarks(body.get("remarks")),
    )


def _common(
    body: dict[str, object],
) -> tuple[str, str, tuple[Entity, ...], tuple[Link, ...], tuple[Remark, ...]]:
    return (
        text(body.get("handle")),
        text(body.get("name")),
        _entities(body.get("entities"), 0),
        _links(body.get("links")),
        _remarks(body.get("remarks")),
    )


def _card(body: dict[str, object]) -> Card:
    """The jCard; where a server went over to JSContact (RFC 9553), that."""
    members = {str(name).lower(): member for name, member in body.items()}
    card = next((members[name] for name in _CARDS if name in members), None)
    modern = next((body[each] for each in ("jscontact_card", "jscard") if body.get(each)), None)
    found = parse_card(card)
    return found if found != Card() or modern is None else parse_jscontact(modern)


def _remarks(value: object) -> tuple[Remark, ...]:
    found = (record(each) if isinstance(each, dict) else {"description": each} for each in listed(value))
    return tuple(
        Remark(text(each.get("title")).lower(), tuple(_lines(each.get("description")))[:_MOST_LINES])
        for each in islice(found, _MOST_REMARKS)
    )


def _lines(value: object) -> Iterator[str]:
    for block in texts(value)[:_MOST_LINES]:
        yield from (line[:_LONGEST_LINE] for line in block[: _MOST_LINES * _LONGEST_LINE].splitlines())


def _public_ids(body: dict[str, object]) -> tuple[tuple[str, str], ...]:
    found = ({str(key).lower(): value for key, value in record(each).items()} for each in listed(body.get("publicIds")))
    return tuple((text(each.get("type")).lower(), text(each.get("identifier"))) for each in found)


def _entities(value: object, depth: int) -> tuple[Entity, ...]:
    if depth > DEEPEST:
        return ()
    most = _MOST_NESTED if depth else _MOST_ENTITIES
    return tuple(parse_entity(each, depth) for each in listed(value)[:most] if isinstance(each, dict))


def _links(value: object) -> tuple[Link, ...]:
    found = (record(each) for each in listed(value))
    return tuple(
        Link(text(each.get("rel")).lower(), text(each.get("href")), text(each.get("type")).lower())
        for each in found
        if text(each.get("href"))
    )


def _roles(value: object) -> tuple[str, ...]:
    roles = (role for each in words(value) for role in each.split(","))
    plain = (" ".join(role.split()) for role in roles)
    return tuple(dict.fromkeys(_ROLES.get(role, role) for role in plain if role))
