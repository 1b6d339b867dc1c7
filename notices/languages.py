"""In which language somebody is written to, and where they are: by the country of the provider.

Data lies in ``languages.toml``. English stands beside every other language, and serves all other countries.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from hotline.words import ContactRole

ENGLISH: Final = "en"

_NOT_THERE: Final = frozenset({ContactRole.REGISTRAR, ContactRole.REGISTRY})
"""Who sells and keeps names, and may be in another country than the machines."""


def recipient_country(role: ContactRole, provider_country: str | None, address: str) -> str | None:
    """Where the recipient is, as ISO 3166-1 alpha-2; ``None`` where nothing says it.

    Whoever hosts, carries or answers for the network is in its country. A registrar or a registry need not be: of
    theirs, the address tells it where it ends in the domain of a country.
    """
    if role not in _NOT_THERE:
        return provider_country
    ending = address.rpartition(".")[2].upper()
    code = "GB" if ending == "UK" else ending
    return code if len(code) == 2 and code.isalpha() and code not in _data()["domains"]["of_everybody"] else None


def language_for(country: str | None) -> str:
    """The language in which a provider of this country is written to."""
    return _by_country().get(country or "", ENGLISH)


def languages() -> tuple[str, ...]:
    """All that we write in, English first."""
    return (ENGLISH, *sorted(_data()["languages"]))


def is_in_union(country: str | None) -> bool:
    """Whether hosts of this country have duties under Regulation (EU) 2022/2065."""
    return country in _data()["union"]["members"]


@cache
def _by_country() -> Mapping[str, str]:
    return {country: language for language, theirs in _data()["languages"].items() for country in theirs}


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads((files("notices") / "languages.toml").read_text(encoding="utf-8"))
