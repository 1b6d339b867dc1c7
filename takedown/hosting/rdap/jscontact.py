"""JSContact cards (RFC 9553), which RDAP servers begin to send where a jCard stood, as the same frozen ``Card``."""

from collections.abc import Iterator

from hotline.countries import country_code
from takedown.hosting.mailboxes import mailboxes, sounds_like_abuse
from takedown.hosting.rdap.jcard import Card, is_redacted
from takedown.hosting.rdap.shapes import number, record, text

_UNRANKED = 101


def parse_jscontact(value: object) -> Card:
    """Reads ``jscontact_card``; what cannot be read is left out."""
    card = record(value)
    names = [text(record(card.get("name")).get("full")), text(card.get("fullName"))]
    units = [text(each.get("name")) for each in _members(card.get("organizations"))]
    links = [each for each in _members(card.get("links")) if text(each.get("kind")).lower() == "contact"]
    return Card(
        name=next((each for each in names if not is_redacted(each)), ""),
        organisation=next((each for each in units if not is_redacted(each)), ""),
        kind=text(card.get("kind")).lower(),
        emails=_emails(card),
        forms=tuple(dict.fromkeys(uri for each in links if (uri := text(each.get("uri"))).lower().startswith("http"))),
        country=next((code for each in _countries(card) if (code := country_code(each))), None),
    )


def _emails(card: dict[str, object]) -> tuple[str, ...]:
    ranked = [
        (number(each.get("pref")) or _UNRANKED, not sounds_like_abuse(address), address)
        for each in _members(card.get("emails"))
        for address in mailboxes(text(each.get("address", each.get("email"))))
    ]
    return tuple(dict.fromkeys(address for _, _, address in sorted(ranked, key=lambda each: each[:2])))


def _countries(card: dict[str, object]) -> Iterator[str]:
    for each in _members(card.get("addresses")):
        yield text(each.get("countryCode"))
        yield text(each.get("country"))


def _members(value: object) -> list[dict[str, object]]:
    return [record(each) for each in record(value).values()]
