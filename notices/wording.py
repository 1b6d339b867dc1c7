"""The words of a message: templates by language, filled in once and never twice.

Every text lies in ``templates/<language>/``, so that a further language is a folder and no code. What is filled in is
never searched for places to fill: a provider that calls itself ``$link`` stays one.
"""

import re
import textwrap
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any, Final

from hotline.words import ContactRole
from notices.languages import ENGLISH, language_for
from notices.laws import Law

WIDTH: Final = 78
"""Signs a line: what ticket systems and plain mail readers show without breaking it."""


@dataclass(frozen=True)
class Wording:
    """All texts of one language. ``openings`` and ``asks`` are by the role of the recipient.

    ``union`` is for hosts in the European Union.
    """

    language: str
    notice: str
    union: str
    openings: Mapping[ContactRole, str]
    asks: Mapping[ContactRole, str]
    words: Mapping[str, Mapping[str, Any]]

    def say(self, table: str, name: str, **values: object) -> str:
        """A phrase of ``words.toml``, filled in."""
        return fill(str(self.words[table][name]), **values)

    def number(self, table: str, count: int, **values: object) -> str:
        """A phrase that has a form for one and a form for many."""
        return self.say(table, "one" if count == 1 else "many", count=count, **values)

    def cited(self, law: Law, country: str | None) -> str:
        """The law of a country as its readers quote it where they read this language, else in English."""
        return law.law if self._is_of(country) else law.english

    def duty(self, law: Law, country: str | None) -> str:
        """What that law wants of a provider, likewise."""
        return law.duty if self._is_of(country) else law.english_duty or law.duty

    def _is_of(self, country: str | None) -> bool:
        return self.language != ENGLISH and language_for(country) == self.language


def fill(text: str, **values: object) -> str:
    """Fills ``$name`` places; a missing value is a bug and raises ``KeyError``."""
    return Template(text).substitute(values)


def fill_lines(text: str, **values: str) -> str:
    """The same, line by line: what fills a line alone is broken to its width, and a line that it leaves empty goes."""
    lines = (_filled(line, values) for line in text.splitlines())
    return "\n".join(line for line in lines if line is not None)


def _filled(line: str, values: Mapping[str, str]) -> str | None:
    alone = re.fullmatch(r"( *)\$([a-z_]+)", line)
    if alone is None:
        return fill(line, **values)
    indent, said = alone[1], values[alone[2]]
    if not said:
        return None
    return "\n".join(_wrapped(each, indent) for each in said.splitlines())


def _wrapped(said: str, indent: str) -> str:
    hanging = indent + ("  " if said.startswith("- ") else "")
    return textwrap.fill(
        said, WIDTH, initial_indent=indent, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False
    )


@cache
def wording(language: str) -> Wording:
    """The texts of a language."""
    folder = files("notices") / "templates" / language
    roles = {role: folder.joinpath(f"{role.value}.txt").read_text(encoding="utf-8") for role in ContactRole}
    halves = {role: text.split("\n--\n", 1) for role, text in roles.items()}
    return Wording(
        language=language,
        notice=folder.joinpath("notice.txt").read_text(encoding="utf-8"),
        union=folder.joinpath("dsa.txt").read_text(encoding="utf-8"),
        openings={role: half[0].strip("\n") for role, half in halves.items()},
        asks={role: half[1].strip("\n") for role, half in halves.items()},
        words=tomllib.loads(folder.joinpath("words.toml").read_text(encoding="utf-8")),
    )
