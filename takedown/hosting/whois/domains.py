"""What a domain's WHOIS texts mean: the registrar, its number, its abuse desk. Pure.

python-whois knows how some fifty registries write the registrar's name; the abuse desk it does not know.
The holder's own addresses are read only in order to be never mailed.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Final

from whois.parser import WhoisEntry

from hotline.words import ContactKind, ContactSource
from takedown.hosting.facts import Desk, RegistrarFacts
from takedown.hosting.mailboxes import mailboxes, sounds_like_abuse
from takedown.hosting.rdap.jcard import is_redacted
from takedown.hosting.whois.client import Text
from takedown.hosting.whois.desks import written_out

_LONGEST: Final = 24 * 1024
_KEY: Final = re.compile(r"[ \t*]*\[?(?P<key>[^:\]\n]{2,60}?)[ \t.]*(?:[:\]]|$)(?!//)[ \t]*(?P<value>.*)")
_NAME: Final = re.compile(
    r"(?:current |sponsoring |domain |authori[sz]ed )?regist(?:rar|ar)"
    r"(?:[ _-]?(?:name|organi[sz]ation|company name|of record))?"
    r"|registration service provider|registered (?:through|by)|authorized agency"
    r"|domain (?:support|managers?)|account name"
)
_STAND_INS: Final = re.compile(r"registrar[ -]handle")
_INSIDE: Final = tuple(
    map(re.compile, (r"organi[sz]ation(?:[ -]?name)?|org", r"name|registrar", r"organi[sz]ation-loc"))
)
_HANDLE: Final = re.compile(r"[A-Z]{2,6}-[0-9]{2,6}|[a-z]{2}\.[a-z0-9.-]{2,40}")
_NOT_NAMES: Final = re.compile(
    r"(?:url|website|web|phone|tel|e-?mail|address|handle|nic handle|abuse.*|no registrar.*|[0-9]+)"
)
_NOTES: Final = re.compile(
    r"^Reseller - |\s*\[Tag = [^\]]*\]|\s*\( ?https?://[^)]*\)|\s*\(?<?https?://.*|\s*\(R[0-9]{1,5}-[A-Z]{2,6}\)$"
)
_DESK: Final = re.compile(
    r"(?:sponsoring )?registrar.{0,40}?abuse.*|abuse(?:[ _-](?:contact|e-?mails?|mailbox|address|desk))*"
)
_HOLDER: Final = re.compile(r"registrant|holder|owner|admin|tech|billing|registry")
_HOLDERS: Final = re.compile(
    r"(?:domain |titular / )?(?:registrant|holder|owner|titular)(?:[ -]c|[ -]?contact)?(?: information)?"
)
_FORM: Final = re.compile(r"https?://[^\s/?#]{4,253}[/?#]\S{0,400}", re.IGNORECASE)
_HANDLES: Final = ("nic-hdl", "nic-hdl-br", "contact", "nic handle")


def registrar_in(texts: Sequence[Text], domain: str, observed_at: datetime) -> RegistrarFacts | None:
    """Who registered a domain.

    A later text (the registrar's own) goes before an earlier one, field by field.
    """
    name, handle, iana_id = "", "", None
    desks: tuple[Desk, ...] = ()
    registrants: list[str] = []
    for each in texts:
        if _speaks_of_the_suffix(each.text):
            continue
        lines = _lines(each.text)
        name = _name(lines) or _by_library(domain, each.text) or name
        handle = _name(lines, _STAND_INS) or handle
        iana_id = _iana_id(lines) or iana_id
        desks = tuple(_desks(lines, each.server)) or desks
        registrants += _registrants(lines)
    if not (name or handle or iana_id or desks or registrants):
        return None
    holders = tuple(dict.fromkeys(registrants))
    return RegistrarFacts(ContactSource.WHOIS, observed_at, name, iana_id, desks, holders, handle)


Line = tuple[str, str]


def _lines(text: str) -> list[Line]:
    """Key in lower case and value; a line without a key has an empty one, a heading an empty value."""
    found: list[Line] = []
    of_a_server = False
    for line in text[: _LONGEST * 4].splitlines():
        if line.startswith(("%", "#", ">>>")) and "[" not in line[:3]:
            continue
        key, value = _pair(line[:1000])
        # A host that has the domain in its name has a registrar of its own.
        of_a_server = key == "server name" or (of_a_server and bool(key or value))
        if not of_a_server:
            found.append((key, value))
    return found


def _pair(line: str) -> Line:
    before, tab, after = line.strip().partition("\t")
    if tab and ":" not in after[:3] and _NAME.fullmatch(before.lower()):  # .ch once parted them so
        return before.lower(), after.strip()
    match = _KEY.fullmatch(line)
    if match is None or not (":" in line or line.lstrip().startswith("[")):
        return "", line.strip()
    return match["key"].strip().lower(), match["value"].lstrip(":").strip()


def _speaks_of_the_suffix(text: str) -> bool:
    """IANA's word on a top-level domain, whose contacts are the registry's."""
    return "source:       IANA" in text or re.search(r"^source:\s*IANA\s*$", text, re.MULTILINE) is not None


def _name(lines: Sequence[Line], keys: re.Pattern[str] = _NAME) -> str:
    for index, (key, value) in enumerate(lines):
        if keys.fullmatch(key or value.lower().rstrip(":")):
            name = _clean(value if key else "") or _clean(_below(lines[index + 1 : index + 9]))
            if name:
                return _spelt_out(name, lines) if _HANDLE.fullmatch(name) else name
    return ""


def _spelt_out(handle: str, lines: Sequence[Line]) -> str:
    """The name in the registrar's own object, where the domain's names it by handle only."""
    for index, (key, value) in enumerate(lines):
        if value == handle and _begins(lines, index) and _NAME.fullmatch(key):
            named = _named(_block(lines[index + 1 : index + 20]))
            if named:
                return named
    return handle


def _begins(lines: Sequence[Line], index: int) -> bool:
    """Whether a line is the first of its paragraph."""
    return index == 0 or not any(lines[index - 1])


def _below(lines: Sequence[Line]) -> str:
    """The name in the lines under a heading: a named one, else the first that is not something else."""
    start = next((index for index, line in enumerate(lines) if any(line)), len(lines))
    block = _block(lines[start:])
    plain = next((value for key, value in block[:1] if not key and not mailboxes(value)), "")
    return _named(block) or plain


def _block(lines: Sequence[Line]) -> list[Line]:
    """The lines up to the next blank one."""
    return list(takewhile(any, lines))


def _named(block: Sequence[Line]) -> str:
    named = (value for keys in _INSIDE for key, value in block if keys.fullmatch(key) and value)
    return next(named, "")


def _clean(name: str) -> str:
    plain = _NOTES.sub("", name).strip(" ,")
    if is_redacted(plain) or len(plain) > 200:
        return ""
    return "" if _NOT_NAMES.fullmatch(plain.lower()) else plain


def _iana_id(lines: Sequence[Line]) -> int | None:
    for key, value in lines:
        if key.endswith(("registrar iana id", "registrar-iana-id")) or key == "iana id":
            digits = value.split()[0] if value.split() else ""
            if digits.isascii() and digits.isdigit() and 0 < len(digits) < 10:
                return int(digits) or None
    return None


def _desks(lines: Sequence[Line], server: str) -> Iterator[Desk]:
    seen: set[str] = set()
    for index, (key, value) in enumerate(lines):
        of_registrar = key.startswith("registrar") and sounds_like_abuse(value)
        if not of_registrar and (not _DESK.fullmatch(key) or _HOLDER.search(key)):
            continue
        below = "" if value else " ".join(line for _, line in takewhile(_is_plain, lines[index + 1 : index + 5]))
        for address in mailboxes(written_out(value or below)):
            if address.lower() not in seen:
                seen.add(address.lower())
                yield Desk(address, server, 0.85)
        if _FORM.fullmatch(value):
            yield Desk(value, server, 0.7, ContactKind.FORM)


def _is_plain(line: Line) -> bool:
    return not line[0] and bool(line[1])


def _registrants(lines: Sequence[Line]) -> Iterator[str]:
    """The holder's mailboxes: in its own lines, in the lines under it, in the object that it refers to."""
    handles: set[str] = set()
    for index, (key, value) in enumerate(lines):
        if key.startswith(("registrant", "holder", "owner")):
            yield from mailboxes(written_out(value))
        if _HOLDERS.fullmatch(key or value.lower().rstrip(":")):
            handles.add(value)
        if _HOLDERS.fullmatch(key or value.lower().rstrip(":")) and (_begins(lines, index) or not (key and value)):
            yield from _mail_in(_block(lines[index + 1 : index + 20]))
        if key in _HANDLES and value in handles:
            yield from _mail_in(_block(lines[index + 1 : index + 20]))


def _mail_in(block: Sequence[Line]) -> Iterator[str]:
    for value in filter(None, (value for _, value in block)):
        yield from mailboxes(written_out(value))


def _by_library(domain: str, text: str) -> str:
    """The registrar's name by python-whois, whose patterns are cut short on long texts."""
    try:
        entry = WhoisEntry.load(domain, "\n".join(line[:400] for line in text[:_LONGEST].splitlines()))
        name = entry.get("registrar")
    except Exception:
        return ""  # the library raises for missing domains, dates it does not know, and more
    return _clean(name.strip()) if isinstance(name, str) and ":" not in name and "\n" not in name.strip() else ""
