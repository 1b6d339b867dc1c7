"""How the operator wants notices to be: the table ``[notices]`` of ``hotline.toml``, parsed at this door.

Every key has a default that suits a hotline on its first day; a key that is unknown, or a value that is none, refuses
the table by name, for a slip of the pen must not change what leaves the house.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from hotline.countries import is_country
from hotline.errors import HotlineError
from hotline.settings import NOTICES
from hotline.words import DigestKind

SHAREABLE: Final = (DigestKind.MD5, DigestKind.SHA1, DigestKind.SHA256)
"""Digests by which a host finds the very same file; a likeness (PDQ) stays in the house."""


@dataclass(frozen=True)
class NoticePolicy:
    """What the operator decided about notices.

    ``group_for``: how long the scheduler gathers what goes to one recipient. ``messages_a_day``: no recipient gets
    more in 24 hours; the rest is folded into the next one. ``trusted_flagger``: the country whose coordinator made
    the hotline one (Regulation (EU) 2022/2065, Article 22). ``digests``: kinds that a message may carry.
    """

    group_for: timedelta = timedelta(hours=1)
    messages_a_day: int = 12
    trusted_flagger: str | None = None
    digests: tuple[DigestKind, ...] = ()


def policy_of(home: Path) -> NoticePolicy:
    """The policy of a home; the defaults where nothing is said.

    Raises:
        HotlineError: names the key and what it should be.
    """
    file = home / "hotline.toml"
    if not file.is_file():
        return NoticePolicy()
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8")).get(NOTICES, {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise HotlineError(f"hotline.toml in the home is not valid TOML: {wrong}") from None
    return parse_policy(table)


def parse_policy(table: Any) -> NoticePolicy:
    """Reads the table.

    Raises:
        HotlineError: names the key and what it should be.
    """
    if not isinstance(table, Mapping):
        raise HotlineError(f"hotline.toml: write [{NOTICES}] as a table")
    strangers = sorted(set(table) - set(_READ))
    if strangers:
        known = ", ".join(_READ)
        raise HotlineError(f"hotline.toml: [{NOTICES}] has an unknown key {strangers[0]}; known are: {known}")
    values: dict[str, Any] = {}
    for key, value in table.items():
        attribute, read = _READ[key]
        try:
            values[attribute] = read(value)
        except ValueError as wrong:
            raise HotlineError(f"hotline.toml: [{NOTICES}] {key}: {wrong}") from None
    return NoticePolicy(**values)


def _minutes(value: Any) -> timedelta:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 1440:
        raise ValueError("expected whole minutes, 0 to 1440")
    return timedelta(minutes=value)


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 1000:
        raise ValueError("expected a whole number, 1 to 1000")
    return value


def _country(value: Any) -> str:
    if not isinstance(value, str) or not is_country(value):
        raise ValueError('expected the code of a country, such as "NL"')
    return value


def _digests(value: Any) -> tuple[DigestKind, ...]:
    names = [value] if isinstance(value, str) and value != "none" else value
    names = [] if names == "none" else names
    known = {kind.value: kind for kind in SHAREABLE}
    if not isinstance(names, list) or not all(isinstance(name, str) and name in known for name in names):
        raise ValueError(f'expected "none", or a list of {", ".join(known)}')
    return tuple(kind for kind in SHAREABLE if kind.value in names)


_READ: Final[dict[str, tuple[str, Callable[[Any], Any]]]] = {
    "group_minutes": ("group_for", _minutes),
    "messages_a_day": ("messages_a_day", _count),
    "trusted_flagger": ("trusted_flagger", _country),
    "digests": ("digests", _digests),
}
"""Each key of the table: the field it sets, and how its value is read."""
