"""WHOIS texts as paragraphs of ``key: value`` lines, the shape that nearly all of them have. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_LINE: Final = re.compile(r"[ \t]*(?P<key>[A-Za-z][\w /;'.-]{0,60}?)[ \t.]*:[ \t]*(?P<value>.*)")
_NUMBERED: Final = re.compile(r"(?:[a-z]\. )?\[(?P<key>[^\]]{2,40})\][ \t]+(?P<value>.+)")
_HEADING: Final = re.compile(r"\[ (?P<heading>[^\]]{2,80}?) \]")
_RWHOIS: Final = ("network", "contact")
_MOST_LINES: Final = 6000
_CLASSES: Final = frozenset({"inetnum", "inet6num", "organisation", "role", "person", "irt", "route", "route6"})
_ENDS: Final = frozenset({"source", "last-modified", "parent"})


@dataclass(frozen=True)
class Paragraph:
    """Lines between blank lines; the first key tells what it is about (``inetnum``, ``role``…).

    ``heading``: what stands above it in brackets, in lower case; KRNIC tells so whose mailbox follows.
    """

    lines: tuple[tuple[str, str], ...]
    heading: str = ""

    @property
    def kind(self) -> str:
        """The first key."""
        return self.lines[0][0] if self.lines else ""

    def all(self, *keys: str) -> tuple[str, ...]:
        """The values of these keys, in the order of the keys."""
        return tuple(value for key in keys for name, value in self.lines if name == key and value)

    def first(self, *keys: str) -> str:
        """The first value of these keys, or empty."""
        return next(iter(self.all(*keys)), "")


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """The paragraphs of a text, comments left out; keys in lower case, continuation lines joined."""
    found: list[Paragraph] = []
    lines: list[tuple[str, str]] = []
    heading = ""
    for line in [*_spaced(_readable(text).splitlines()[:_MOST_LINES]), ""]:
        above = _HEADING.match(line)
        if above or not line.strip():
            if lines:
                found.append(Paragraph(tuple(lines), heading))
            lines, heading = [], above["heading"].lower() if above else ""
        elif line.lstrip()[0] in "%#>":
            continue
        elif (pair := _pair(line)) is not None:
            lines.append(pair)
        elif lines and line[0] in " \t+":
            key, value = lines[-1]
            lines[-1] = (key, f"{value} {line.strip(' +')}".strip())
    return tuple(found)


def _readable(text: str) -> str:
    """JPNIC answers in ISO-2022-JP, which passes for ASCII."""
    if "\x1b$" not in text:
        return text
    return text.encode("ascii", "replace").decode("iso2022_jp", "replace")


def _spaced(lines: Sequence[str]) -> Iterator[str]:
    """The lines, with a blank one between two objects where a copy has lost it."""
    last = ""
    for line in lines:
        key = line.partition(":")[0].strip().lower()
        if key in _CLASSES and last in _ENDS:
            yield ""
        yield line
        last = key


def comments(text: str) -> Iterator[str]:
    """The lines that a server adds for people."""
    lines = (line.lstrip() for line in text.splitlines()[:_MOST_LINES])
    return (line for line in lines if line.startswith(("%", "#")))


def _pair(line: str) -> tuple[str, str] | None:
    match = _NUMBERED.match(line) or _LINE.match(line[:2000])
    if match is None:
        return None
    key, value = match["key"].strip().lower(), match["value"].strip()
    if key in _RWHOIS and ":" in value:  # rwhois writes network:Key;I:value
        inner, _, value = value.partition(":")
        key = inner.partition(";")[0].strip().lower()
    return key, value.strip()
