"""jCard (RFC 7095), well formed or not: names, mail addresses, forms and country of an entity.

Registries nest lists too deep, leave out types, write one property as several values or the whole card as
an object; whatever looks like a property is read as one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from takedown.hosting.countries import country_code
from takedown.hosting.mailboxes import mailboxes, sounds_like_abuse
from takedown.hosting.rdap.shapes import DEEPEST, listed, number, record, text, texts, words

_UNRANKED = 101
_REDACTED = re.compile(
    r"redacted|(?:statutory|gdpr) mask|not (?:disclosed|shown|available)|data protected"
    r"|withheld|hidden upon|n/?a$|none$|-+$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Property:
    """One line of a card: lower-case name, parameters, the values flattened to strings."""

    name: str
    parameters: dict[str, object]
    values: tuple[str, ...]
    raw: object = None


@dataclass(frozen=True)
class Card:
    """What a card says.

    ``emails`` stand best first; ``abuse_emails`` are those marked as the abuse desk's.
    """

    name: str = ""
    organisation: str = ""
    kind: str = ""
    emails: tuple[str, ...] = ()
    abuse_emails: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    country: str | None = None


def parse_card(value: object) -> Card:
    """Reads ``vcardArray``; what cannot be read is left out."""
    lines = tuple(properties(value))
    return Card(
        name=_first(lines, "fn") or _first(lines, "n"),
        organisation=_first(lines, "org"),
        kind=_first(lines, "kind").lower(),
        emails=_emails(lines),
        abuse_emails=tuple(
            dict.fromkeys(
                address
                for line in lines
                if line.name == "email" and "abuse" in words(line.parameters.get("type"))
                for value in line.values
                for address in mailboxes(value)
            )
        ),
        forms=_forms(lines),
        country=next((code for line in lines if line.name == "adr" if (code := _country(line))), None),
    )


def is_redacted(name: str) -> bool:
    """Whether a name only says that there is one."""
    return not name or _REDACTED.match(name.strip(" *<[(")) is not None


def properties(value: object, depth: int = 0) -> Iterator[Property]:
    """Every property in a card, wherever the registry put it."""
    if depth > DEEPEST:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            yield Property(str(name).lower(), {}, texts(inner), inner)
        return
    if not isinstance(value, list) or not value:
        return
    if isinstance(value[0], str) and value[0].lower() != "vcard":
        yield _property(value)
        return
    for inner in value:
        yield from properties(inner, depth + 1)


def _property(line: list[object]) -> Property:
    name = text(line[0]).lower()
    parameters = next((each for each in line[1:] if isinstance(each, dict)), {})
    rest = line[3:] if len(line) > 3 else line[-1:] if len(line) > 1 else []
    if len(rest) == 1 and isinstance(rest[0], dict):
        rest = []
    return Property(name, {str(key).lower(): each for key, each in parameters.items()}, texts(rest), rest)


def _first(lines: tuple[Property, ...], name: str) -> str:
    found = (value for line in lines if line.name == name for value in line.values)
    return next((value for value in found if value and not is_redacted(value)), "")


def _emails(lines: tuple[Property, ...]) -> tuple[str, ...]:
    ranked: list[tuple[int, bool, str]] = []
    for line in lines:
        if line.name not in ("email", "contact-uri"):
            continue
        rank = number(record(line.parameters).get("pref")) or _UNRANKED
        rank = 1 if "pref" in words(line.parameters.get("type")) else rank
        abuse = "abuse" in words(line.parameters.get("type"))
        ranked += [
            (0 if abuse else rank, not sounds_like_abuse(address), address)
            for value in line.values
            for address in mailboxes(value)
        ]
    return tuple(dict.fromkeys(address for _, _, address in sorted(ranked, key=lambda each: each[:2])))


def _forms(lines: tuple[Property, ...]) -> tuple[str, ...]:
    found = (value for line in lines if line.name == "contact-uri" for value in line.values)
    return tuple(dict.fromkeys(value for value in found if value.lower().startswith(("https://", "http://"))))


def _country(line: Property) -> str | None:
    coded = country_code(text(line.parameters.get("cc")))
    if coded:
        return coded
    label = text(line.parameters.get("label")).splitlines()
    parts = [text(each) for each in listed(line.raw)]
    inner = listed(listed(line.raw)[0]) if listed(line.raw) else []
    last = text(inner[6]) if len(inner) > 6 else ""
    candidates = [last, *reversed(label[-2:]), *reversed(parts[-1:])]
    return next((code for each in candidates if (code := country_code(each))), None)
