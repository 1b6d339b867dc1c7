"""What a domain's WHOIS texts mean: the registrar, its number, its abuse desk. Pure.

python-whois knows how some fifty registries write the registrar's name; the abuse desk it does not know.
The holder's own addresses are read only in order to be never mailed.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from whois.parser import WhoisEntry

from hotline.words import ContactSource
from takedown.hosting.facts import Desk, RegistrarFacts
from takedown.hosting.mailboxes import mailboxes, sounds_like_abuse
from takedown.hosting.rdap.jcard import is_redacted
from takedown.hosting.whois.client import Text

_LONGEST: Final = 24 * 1024
_KEY: Final = re.compile(r"[ \t*]*\[?(?P<key>[^:\]\n]{2,60}?)[ \t.]*(?:[:\]]|$)[ \t]*(?P<value>.*)")
_NAME: Final = re.compile(
    r"(?:current |sponsoring )?registrar(?:[ _-]?(?:name|organi[sz]ation))?|registration service provider"
    r"|authorized agency|domain support",
)
_INSIDE: Final = re.compile(r"(?:name|organi[sz]ation(?:[ -]?(?:name|loc))?|registrar)")
_NOT_NAMES: Final = re.compile(r"(?:url|website|web|phone|tel|e-?mail|address|handle|nic handle|abuse.*)")
_HOLDER: Final = re.compile(r"registrant|holder|owner|admin|tech|billing")


def registrar_in(texts: Sequence[Text], domain: str, observed_at: datetime) -> RegistrarFacts | None:
    """Who registered a domain.

    A later text (the registrar's own) goes before an earlier one, field by field.
    """
    name, iana_id = "", None
    desks: tuple[Desk, ...] = ()
    registrants: list[str] = []
    for each in texts:
        if _speaks_of_the_suffix(each.text):
            continue
        lines = _lines(each.text)
        name = _name(lines) or _by_library(domain, each.text) or name
        iana_id = _iana_id(lines) or iana_id
        desks = tuple(_desks(lines, each.server)) or desks
        registrants += _registrants(lines)
    if not (name or iana_id or desks or registrants):
        return None
    return RegistrarFacts(ContactSource.WHOIS, observed_at, name, iana_id, desks, tuple(dict.fromkeys(registrants)))


Line = tuple[str, str]


def _lines(text: str) -> list[Line]:
    """Key in lower case and value; a line without a key has an empty one, a heading an empty value."""
    found: list[Line] = []
    for line in text[: _LONGEST * 4].splitlines():
        match = _KEY.fullmatch(line[:1000])
        if line.startswith(("%", "#", ">>>")) and "[" not in line[:3]:
            continue
        mark = match is not None and (":" in line or line.lstrip().startswith("["))
        found.append((match["key"].strip().lower(), match["value"].strip()) if match and mark else ("", line.strip()))
    return found


def _speaks_of_the_suffix(text: str) -> bool:
    """IANA's word on a top-level domain, whose contacts are the registry's."""
    return "source:       IANA" in text or re.search(r"^source:\s*IANA\s*$", text, re.MULTILINE) is not None


def _name(lines: Sequence[Line]) -> str:
    for index, (key, value) in enumerate(lines):
        if _NAME.fullmatch(key or value.lower().rstrip(":")):
            name = _clean(value if key else "") or _clean(_below(lines[index + 1 : index + 9]))
            if name:
                return name
    return ""


def _below(lines: Sequence[Line]) -> str:
    """The name in the lines under a heading: a named one, else the first that is not something else."""
    block: list[Line] = []
    for key, value in lines:
        if not key and not value:
            if block:
                break
            continue
        block.append((key, value))
    named = next((value for key, value in block if _INSIDE.fullmatch(key) and value), "")
    plain = next((value for key, value in block[:1] if not key and not mailboxes(value)), "")
    return named or plain


def _clean(name: str) -> str:
    plain = re.sub(r"\s*\[Tag = [^\]]*\]|\s*\( ?https?://[^)]*\)", "", name).strip(" ,")
    if is_redacted(plain) or plain.lower().startswith(("http://", "https://")) or len(plain) > 200:
        return ""
    return "" if _NOT_NAMES.fullmatch(plain.lower()) else plain


def _iana_id(lines: Sequence[Line]) -> int | None:
    for key, value in lines:
        if key.endswith("iana id") or key == "registrar-iana-id":
            digits = value.split()[0] if value.split() else ""
            if digits.isascii() and digits.isdigit() and len(digits) < 10:
                return int(digits)
    return None


def _desks(lines: Sequence[Line], server: str) -> Iterator[Desk]:
    seen: set[str] = set()
    for index, (key, value) in enumerate(lines):
        of_registrar = key.startswith("registrar") and "mail" in key and sounds_like_abuse(value)
        if not of_registrar and ("abuse" not in key or _HOLDER.search(key)):
            continue
        below = "" if value else " ".join(each for _, each in lines[index + 1 : index + 4])
        for address in mailboxes(value or below):
            if address.lower() not in seen:
                seen.add(address.lower())
                yield Desk(address, server, 0.85)


def _registrants(lines: Sequence[Line]) -> Iterator[str]:
    for key, value in lines:
        if key.startswith(("registrant", "holder", "owner")):
            yield from mailboxes(value)


def _by_library(domain: str, text: str) -> str:
    """The registrar's name by python-whois, whose patterns are cut short on long texts."""
    try:
        entry = WhoisEntry.load(domain, "\n".join(line[:400] for line in text[:_LONGEST].splitlines()))
        name = entry.get("registrar")
    except Exception:
        return ""  # the library raises for missing domains, dates it does not know, and more
    return _clean(name.strip()) if isinstance(name, str) and ":" not in name and "\n" not in name.strip() else ""
