"""Who stands behind a top-level domain or a country, for when nobody nearer has acted: data that operators replace."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

from hotline.errors import HotlineError
from takedown.hosting.mailboxes import mailboxes
from takedown.hosting.table_file import read_table

_FILE: Final = "desks.toml"
_EARLIER: Final = "hotlines.toml"
"""The name under which homes of the first version keep their hotlines, without a section."""
_SECTIONS: Final = ("registry", "cert", "hotline")
_ISO: Final = {"UK": "GB", "EL": "GR"}
"""Codes that people write and registries do not."""


@dataclass(frozen=True)
class LastDesks:
    """Mail addresses: of registries by top-level domain (``nl``), of the others by country code (``NL``)."""

    registry: Mapping[str, str] = field(default_factory=dict)
    cert: Mapping[str, str] = field(default_factory=dict)
    hotline: Mapping[str, str] = field(default_factory=dict)


def load_desks(home: Path) -> LastDesks:
    """The shipped table with the operator's ``desks.toml``, whose entries replace those of the same code.

    Raises:
        HotlineError: the operator's file cannot be read; the text names the entry.
    """
    added = _of_operator(home)
    merged = {section: {**_shipped()[section], **added.get(section, {})} for section in _SECTIONS}
    kept = {section: {code: mail for code, mail in table.items() if mail} for section, table in merged.items()}
    return LastDesks(**kept)


def _of_operator(home: Path) -> dict[str, dict[str, str]]:
    own, earlier = read_table(home, _FILE), read_table(home, _EARLIER)
    added = _parsed(own) if own is not None else {}
    if earlier is not None:
        hotlines = _parsed("[hotline]\n" + earlier, _EARLIER)
        added["hotline"] = hotlines["hotline"] | added.get("hotline", {})
    return added


@cache
def _shipped() -> dict[str, dict[str, str]]:
    text = resources.files("takedown.hosting.data").joinpath(_FILE).read_text(encoding="utf-8")
    return {section: {} for section in _SECTIONS} | _parsed(text)


def _parsed(text: str, file: str = _FILE) -> dict[str, dict[str, str]]:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise HotlineError(f"{file} is not valid TOML: {wrong}; mend that place") from None
    unknown = sorted(set(document) - set(_SECTIONS))
    if unknown:
        raise HotlineError(f"{file}: {unknown[0]} is no section; there are {', '.join(_SECTIONS)}")
    return {section: _section(file, section, table) for section, table in document.items()}


def _section(file: str, section: str, table: Any) -> dict[str, str]:
    if not isinstance(table, dict):
        raise HotlineError(f"{file}: {section} must be a section: [{section}]")
    return {_code(file, section, code): _address(file, section, code, value) for code, value in table.items()}


def _code(file: str, section: str, code: str) -> str:
    """The key as it is looked up; one that could never be met is refused, or its desk would never be asked."""
    if section == "registry":
        plain = code.lower().strip(".")
        if not plain or "." in plain:
            raise HotlineError(f"{file}: [registry] {code} is no top-level domain; write one label, such as nl")
        return plain
    plain = code.upper()
    if plain in _ISO:
        raise HotlineError(f"{file}: [{section}] {code} is written {_ISO[plain]} in ISO 3166")
    if not re.fullmatch(r"[A-Z]{2}", plain):
        raise HotlineError(f"{file}: [{section}] {code} is no country code of two letters, such as NL")
    return plain


def _address(file: str, section: str, code: str, value: Any) -> str:
    """A mail address; empty for ``false``, which takes a shipped one away."""
    if value is False:
        return ""
    found = mailboxes(value) if isinstance(value, str) else ()
    if len(found) != 1:
        raise HotlineError(f"{file}: [{section}] {code} must be one mail address, or false")
    return found[0]
