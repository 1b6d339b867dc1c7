"""The paragraphs of law that a notice names: ours, and over them those of ``laws.toml`` in the home.

A notice that stands on a mistyped file would say something that nobody meant, so a fault in it refuses the file, and
nothing is composed until it is mended.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from hotline.countries import is_country
from hotline.errors import HotlineError
from hotline.notice_policy import policy_of
from notices.plain import one_paragraph

FILE: Final = "laws.toml"
_LONGEST: Final = 400


@dataclass(frozen=True)
class Law:
    """What makes the material punishable in a country, as it is quoted there and in English.

    ``duty``: what that law wants of a provider, where it says so. ``source``: where the reader finds it.
    """

    law: str
    english: str
    duty: str = ""
    english_duty: str = ""
    source: str = ""


@dataclass(frozen=True)
class Laws:
    """The laws of all countries that are known; ``of_operator``: which of them the home's own file says."""

    by_country: Mapping[str, Law] = field(default_factory=dict)
    of_operator: frozenset[str] = frozenset()

    def of(self, country: str | None) -> Law | None:
        """The law of a country, where it is known."""
        return self.by_country.get(country or "")


def laws_of(home: Path) -> Laws:
    """Ours, with those of ``laws.toml`` in the home in their place, a country at a time.

    Raises:
        HotlineError: the home's file cannot be read, or says something that is no law of a country.
    """
    file = home / FILE
    if not file.exists():
        return Laws(ours())
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise HotlineError(f"{FILE} in the home cannot be read: {getattr(wrong, 'strerror', None) or wrong}") from None
    theirs = {country: _law(country, row) for country, row in table.items()}
    return Laws({**ours(), **theirs}, frozenset(theirs))


def what_is_wrong(home: Path) -> str | None:
    """Why no notice can be written in this home, by the files that it stands on; ``None``: nothing hinders it."""
    try:
        laws_of(home)
        policy_of(home)
    except HotlineError as fault:
        return str(fault)
    return None


@cache
def ours() -> Mapping[str, Law]:
    """The laws that come with the program."""
    table = tomllib.loads((files("notices") / FILE).read_text(encoding="utf-8"))
    return {country: Law(**row) for country, row in table.items()}


def _law(country: str, row: Any) -> Law:
    where = f"{FILE} in the home: [{country}]"
    if not is_country(country):
        raise HotlineError(f"{where} is no country; write its ISO 3166-1 code in capitals, such as [NL]")
    if not isinstance(row, Mapping):
        raise HotlineError(f'{where} is no table; write law = "…" and english = "…" below [{country}]')
    known = [each.name for each in fields(Law)]
    for name, value in row.items():
        if name not in known:
            raise HotlineError(f"{where} has an unknown key {name}; known are: {', '.join(known)}")
        if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST or value != one_paragraph(value):
            raise HotlineError(f"{where} {name}: expected one line of text, at most {_LONGEST} signs")
    missing = [name for name in ("law", "english") if name not in row]
    if missing:
        raise HotlineError(f"{where} has no {missing[0]}; a law needs law and english")
    return Law(**row)
