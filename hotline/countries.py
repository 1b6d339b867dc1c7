"""Countries as records write them, as ISO 3166-1 alpha-2 codes."""

import functools
import tomllib
from importlib import resources
from typing import Final

# Codes that registries use for "somewhere in our region": they are nobody's jurisdiction.
_REGIONS: Final = frozenset({"EU", "AP", "ZZ", "XX"})


def country_code(text: str) -> str | None:
    """The code for a code or an English name; ``None`` for regions and for what is no country."""
    plain = _plain(text)
    code = plain.split(" ")[0].upper() if plain else ""
    if plain.upper() == code and code in _codes():
        return code
    return _names().get(plain.lower())


def is_country(code: str) -> bool:
    """Whether this is the code of a country, in capitals."""
    return code in _codes()


def _plain(text: str) -> str:
    return " ".join(text.split()).strip(" .#")


@functools.cache
def _names() -> dict[str, str]:
    text = resources.files("hotline").joinpath("countries.toml").read_text(encoding="utf-8")
    return {_plain(name): str(code) for name, code in tomllib.loads(text).items()}


@functools.cache
def _codes() -> frozenset[str]:
    return frozenset(_names().values()) - _REGIONS
