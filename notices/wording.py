"""The words of a message: templates by language, filled in once and never twice.

Every text lies in ``templates/<language>/``, so that a further language is a folder and no code. What is filled in is
never searched for places to fill: a provider that calls itself ``$link`` stays one.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any, Final

from hotline.words import ContactRole

ENGLISH: Final = "en"


@dataclass(frozen=True)
class Wording:
    """All texts of one language. ``openings`` and ``asks`` are by the role of the recipient."""

    language: str
    notice: str
    openings: Mapping[ContactRole, str]
    asks: Mapping[ContactRole, str]
    words: Mapping[str, Mapping[str, Any]]

    def say(self, table: str, name: str, **values: object) -> str:
        """A phrase of ``words.toml``, filled in."""
        return fill(str(self.words[table][name]), **values)

    def number(self, table: str, count: int, **values: object) -> str:
        """A phrase that has a form for one and a form for many."""
        return self.say(table, "one" if count == 1 else "many", count=count, **values)


def language_for(country: str | None) -> str:
    """The language in which a provider of this country is written to. English is the only one so far."""
    return ENGLISH


def fill(text: str, **values: object) -> str:
    """Fills ``$name`` places; a missing value is a bug and raises ``KeyError``."""
    return Template(text).substitute(values)


@cache
def wording(language: str) -> Wording:
    """The texts of a language."""
    folder = files("notices") / "templates" / language
    roles = {role: folder.joinpath(f"{role.value}.txt").read_text(encoding="utf-8") for role in ContactRole}
    halves = {role: text.split("\n--\n", 1) for role, text in roles.items()}
    return Wording(
        language=language,
        notice=folder.joinpath("notice.txt").read_text(encoding="utf-8"),
        openings={role: half[0].strip("\n") for role, half in halves.items()},
        asks={role: half[1].strip("\n") for role, half in halves.items()},
        words=tomllib.loads(folder.joinpath("words.toml").read_text(encoding="utf-8")),
    )
