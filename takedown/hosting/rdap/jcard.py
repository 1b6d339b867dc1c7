"""jCard (RFC 7095), well formed or not: names, mail addresses, forms and country of an entity.

Registries nest lists too deep, leave out types, write one property as several values or the whole card as
an object; whatever looks like a property is read as one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from takedown.hosting.mailboxes import mailboxes, sounds_like_abuse
from takedown.hosting.rdap.postal import country_of
from takedown.hosting.rdap.shapes import DEEPEST, number, text, texts, words

_UNRANKED: Final = 101
_FORMS: Final = ("contact-uri", "contact_uri")
_SAYS_REPORT: Final = re.compile(r"abuse|report|complain", re.IGNORECASE)
_REDACTED: Final = re.compile(
    r"redacted|withheld|hidden upon|(?:statutory|gdpr|data|email|name) (?:mask|redact|protect)"
    r"|(?:not|non)[- ](?:disclosed|shown|available|applicable|public)"
    r"|(?:personal data|private|privacy protected|confidential|anonymi[sz]ed)\W*$"
    r"|(?:n/?a|none|null|undefined|unknown|individual|org|group|-+|\.+)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Property:
    """One line of a card: lower-case name, parameters, the values flattened to strings."""

    name: str
    parameters: dict[str, object]
    values: tuple[str, ...]
    raw: object = None

    def words(self, parameter: str) -> tuple[str, ...]:
        """The values of a parameter in lower case."""
        return words(self.parameters.get(parameter))

    @property
    def is_for_abuse(self) -> bool:
        """Whether it is marked as the abuse desk's: ``abuse`` (RIPE), ``abuse-mailbox`` (APNIC)."""
        return any("abuse" in each for each in self.words("type"))


@dataclass(frozen=True)
class Card:
    """What a card says.

    ``emails`` stand best first; ``abuse_emails`` are those marked as the abuse desk's. ``reports`` are web
    pages that only their address shows to be for reports.
    """

    name: str = ""
    organisation: str = ""
    kind: str = ""
    emails: tuple[str, ...] = ()
    abuse_emails: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    country: str | None = None
    role: str = ""


def parse_card(value: object) -> Card:
    """Reads ``vcardArray``; what cannot be read is left out."""
    lines = tuple(properties(value))
    return Card(
        name=_first(lines, "fn") or _first(lines, "n"),
        organisation=_first(lines, "org"),
        kind=next((value.lower() for line in lines if line.name == "kind" for value in line.values if value), ""),
        emails=_emails(lines),
        abuse_emails=tuple(
            dict.fromkeys(
                address
                for line in lines
                if line.name == "email" and line.is_for_abuse
                for value in line.values
                for address in mailboxes(value)
            )
        ),
        forms=tuple(dict.fromkeys(_pages(lines, _FORMS))),
        reports=tuple(dict.fromkeys(each for each in _pages(lines, ("url",)) if _SAYS_REPORT.search(each))),
        country=country_of(lines),
        role=_first(lines, "role"),
    )


def is_redacted(name: str) -> bool:
    """Whether a name only says that there is one."""
    return not name or _REDACTED.match(name.strip(" *<[(")) is not None


def properties(value: object, depth: int = 0) -> Iterator[Property]:
    """Every property in a card, wherever the registry put it."""
    if depth > DEEPEST:
        return
    if isinstance(value, dict):
        yield from _from_object(value)
        return
    if not isinstance(value, list) or not value:
        return
    if isinstance(value[0], str) and value[0].lower() != "vcard":
        yield _property(value)
        return
    for inner in value:
        yield from properties(inner, depth + 1)


def _from_object(card: dict[str, object]) -> Iterator[Property]:
    """A line as an object with name and value, or a whole card with a member for each property."""
    members = {str(key).lower(): inner for key, inner in card.items()}
    if isinstance(members.get("name"), str) and "value" in members:
        parameters = members.get("parameters", members.get("params"))
        yield _property([members["name"], parameters, text(members.get("type")), members["value"]])
        return
    for name, inner in members.items():
        yield Property(_plain(name), {}, texts(inner), inner)


def _property(line: list[object]) -> Property:
    parameters = next((each for each in line[1:] if isinstance(each, dict)), {})
    rest = line[3:] if len(line) > 3 else line[-1:] if len(line) > 1 else []
    if len(line) < 4 and len(rest) == 1 and isinstance(rest[0], dict):
        rest = []
    return Property(
        _plain(text(line[0])), {str(key).lower(): each for key, each in parameters.items()}, texts(rest), rest
    )


def _plain(name: str) -> str:
    """A property's name without its group (``item1.EMAIL``)."""
    return name.rpartition(".")[2].lower()


def _first(lines: tuple[Property, ...], name: str) -> str:
    found = (" ".join(value.split()) for line in lines if line.name == name for value in line.values)
    return next((value for value in found if value and not is_redacted(value)), "")


def _emails(lines: tuple[Property, ...]) -> tuple[str, ...]:
    ranked: list[tuple[int, bool, str]] = []
    for line in lines:
        if line.name not in ("email", "e-mail", *_FORMS):
            continue
        rank = next((found for each in texts(line.parameters.get("pref")) if (found := number(each))), _UNRANKED)
        rank = 1 if "pref" in line.words("type") else rank
        abuse = line.is_for_abuse
        ranked += [
            (0 if abuse else rank, not sounds_like_abuse(address), address)
            for value in line.values
            for address in mailboxes(value)
        ]
    return tuple(dict.fromkeys(address for _, _, address in sorted(ranked, key=lambda each: each[:2])))


def _pages(lines: tuple[Property, ...], names: tuple[str, ...]) -> Iterator[str]:
    for line in lines:
        if line.name in names:
            yield from (value for value in line.values if value.lower().startswith(("https://", "http://")))
