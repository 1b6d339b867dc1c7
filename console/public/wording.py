"""The words of the public pages: one file a language, chosen by the notice, else by what the browser asks for."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any, Final

LANGUAGES: Final = ("en", "es", "fr", "de", "pt", "nl", "ru")
ENGLISH: Final = "en"


@dataclass(frozen=True)
class Words:
    """All words of one language."""

    code: str
    table: Mapping[str, Any]

    def __call__(self, name: str, **values: object) -> str:
        """A phrase, filled in once; what is filled in is never searched for places to fill."""
        return Template(str(self.table[name])).substitute(values)

    def number(self, name: str, count: int) -> str:
        """A phrase that has a form for one and a form for many."""
        return self(f"{name}_{'one' if count == 1 else 'many'}", count=count)

    def state(self, word: str) -> str:
        """The state of an item, for people."""
        return str(self.table["states"][word])


@cache
def words(language: str) -> Words:
    """The words of a language; English for one that we do not have."""
    code = language if language in LANGUAGES else ENGLISH
    text = (files("console.public") / "words" / f"{code}.toml").read_text(encoding="utf-8")
    return Words(code, tomllib.loads(text))


def preferred(accept_language: str) -> str:
    """The first language of a browser's header that we have (RFC 9110, section 12.5.4), by its weights."""
    weighed = []
    for place, part in enumerate(accept_language[:500].split(",")):
        name, _, weight = part.strip().partition(";q=")
        weighed.append((-_weight(weight), place, name.strip().lower()[:2]))
    return next((name for weight, _, name in sorted(weighed) if weight < 0 and name in LANGUAGES), ENGLISH)


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
