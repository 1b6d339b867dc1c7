"""Mail addresses in other people's records.

What a registry publishes ends up in the envelope of a message, so that only plain addresses pass: no
quoting, no address literals, no single labels, nothing but ASCII.
"""

import re
from typing import Final

# A quote or a slash before an address belongs to the sentence around it.
_LOCAL: Final = r"[A-Za-z0-9_][A-Za-z0-9_+&'~-]*(?:\.[A-Za-z0-9_+&'~-]+)*"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_PATTERN: Final = re.compile(rf"(?<![\w.@+-])({_LOCAL})@({_LABEL}(?:\.{_LABEL})+)(?![\w@-])", re.ASCII)
_DEAD: Final = (".invalid", ".localhost", ".localdomain", ".local", ".arpa")
# RFC 2606, section 3: what registries write where a mailbox is required and nobody knows one.
_NOBODYS: Final = frozenset({"example.com", "example.net", "example.org"})
_SPELT: Final = re.compile(r"\s*[\[({<]\s*(at|dot)\s*[\])}>]\s*", re.IGNORECASE)
_DESK: Final = re.compile(r"abuse|\babuso\b|anti-?spam|\bspam(?:report|desk|complaints?)?\b|\bmisuse\b")
_NO_DESK: Final = ("nospam", "no-spam", "no_spam")
LONGEST: Final = 2000


def mailboxes(text: str) -> tuple[str, ...]:
    """The usable addresses in a text, in order and without repeats, their domains in lower case."""
    found = (_usable(match[1], match[2]) for match in _PATTERN.finditer(text[:LONGEST]))
    return tuple(dict.fromkeys(address for address in found if address))


def sounds_like_abuse(address: str) -> bool:
    """Whether the part before the @ names the abuse desk, as ``anti-spam`` does in China."""
    local = address.partition("@")[0].lower()
    return _DESK.search(local) is not None and not local.startswith(_NO_DESK)


def spelt_out(text: str) -> str:
    """A text with ``abuse (at) provider [dot] example`` as the address that it means."""
    return _SPELT.sub(lambda found: "@" if found[1].lower() == "at" else ".", text)


def domain_of(address: str) -> str:
    """The part after the @."""
    return address.rpartition("@")[2].lower()


def _usable(local: str, domain: str) -> str | None:
    domain = domain.lower()
    local = local.removeprefix("mailto:")
    if len(local) > 64 or len(domain) > 253 or domain in _NOBODYS or domain.endswith(_DEAD):
        return None
    return None if domain.rpartition(".")[2].isdigit() else f"{local}@{domain}"
