"""What an answer may tell about whom else to ask, and where the files really lie. Pure.

A reading of a stranger's words: good enough to lay before a person, and nothing that is ever used by itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from hotline.errors import HotlineError
from hotline.words import ToldKind
from takedown.hosting.blocks import is_local
from takedown.hosting.mailboxes import domain_of, mailboxes

MOST: Final = 5
"""How many hints of one kind are taken from one answer: more is a list, and nobody's advice."""

_LONGEST: Final = 20_000
_LINE: Final = 500
_ADDRESS: Final = re.compile(
    r"(?<![\w.:@/-])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7})(?![\w:@-]|\.\d)"
)


@dataclass(frozen=True)
class Hint:
    """One thing that was told: a mail address to write to, or the IP address of an origin."""

    kind: ToldKind
    value: str


@dataclass(frozen=True)
class Known:
    """What a hint must not repeat: mail domains of recipient, sender and ourselves; addresses that are known."""

    mail_domains: frozenset[str] = frozenset()
    ips: frozenset[str] = frozenset()


def hints_in(words: str, known: Known) -> tuple[Hint, ...]:
    """Mail addresses of others and public IP addresses that an answer's own words name, in their order."""
    lines = [line[:_LINE] for line in words[:_LONGEST].splitlines()]
    contacts = dict.fromkeys(mail.lower() for line in lines for mail in mailboxes(line) if _is_news(mail, known))
    origins = dict.fromkeys(ip for line in lines for ip in _public(line) if ip not in known.ips)
    return (
        *(Hint(ToldKind.CONTACT, each) for each in list(contacts)[:MOST]),
        *(Hint(ToldKind.ORIGIN, each) for each in list(origins)[:MOST]),
    )


def parsed(kind: ToldKind, text: str) -> Hint:
    """What a member of staff writes down, checked at the door.

    Raises:
        HotlineError: no plain mail address, or no IP address of the public internet.
    """
    plain = text.strip()
    if kind is ToldKind.CONTACT:
        found = mailboxes(plain)
        if len(found) != 1 or found[0].lower() != plain.lower():
            raise HotlineError("a contact is one plain mail address, such as abuse@host.example")
        return Hint(kind, found[0])
    origins = list(_public(plain))
    if len(origins) != 1 or not _ADDRESS.fullmatch(plain):
        raise HotlineError("an origin is the IP address of a server on the public internet, such as 198.51.100.7")
    return Hint(kind, origins[0])


def _is_news(mail: str, known: Known) -> bool:
    domain = domain_of(mail)
    return not any(domain == each or domain.endswith("." + each) for each in known.mail_domains)


def _public(line: str) -> Iterator[str]:
    for match in _ADDRESS.finditer(line):
        try:
            address = ip_address(match[0])
        except ValueError:
            continue
        if not is_local(address) and not address.is_multicast and not address.is_unspecified:
            yield str(address)
