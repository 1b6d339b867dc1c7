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

from hotline.errors import HotlineError
from hotline.settings import NOTICES

TABLE: Final = NOTICES
"""The table of ``hotline.toml`` that this module reads."""

_DIGESTS: Final = ("sha256", "sha1", "md5")


@dataclass(frozen=True)
class NoticePolicy:
    """What the operator decided about notices.

    ``digests``: kinds of digest that a notice may carry; none unless the operator says so. ``group_for``: how long
    the scheduler gathers what goes to one recipient. ``messages_a_day``: no recipient gets more; the rest is folded
    into the next one. ``signing_key``: a file with an S/MIME certificate and key, or an OpenPGP key.
    """

    digests: tuple[str, ...] = ()
    group_for: timedelta = timedelta(hours=1)
    messages_a_day: int = 12
    signing_key: Path | None = None


def policy_of(home: Path) -> NoticePolicy:
    """The policy of a home; the defaults where nothing is said.

    Raises:
        HotlineError: names the key and what it should be.
    """
    file = home / "hotline.toml"
    if not file.is_file():
        return NoticePolicy()
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8")).get(TABLE, {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise HotlineError(f"hotline.toml in the home is not valid TOML: {wrong}") from None
    return parse_policy(table, home)


def parse_policy(table: Any, home: Path) -> NoticePolicy:
    """Reads the table; a relative path is one in the home.

    Raises:
        HotlineError: names the key and what it should be.
    """
    if not isinstance(table, Mapping):
        raise HotlineError(f"hotline.toml: write [{TABLE}] as a table")
    strangers = sorted(set(table) - set(_READ))
    if strangers:
        raise HotlineError(f"hotline.toml: [{TABLE}] has an unknown key {strangers[0]}; known are: {', '.join(_READ)}")
    values: dict[str, Any] = {}
    for key, value in table.items():
        attribute, read = _READ[key]
        try:
            values[attribute] = read(value)
        except ValueError as wrong:
            raise HotlineError(f"hotline.toml: [{TABLE}] {key}: {wrong}") from None
    key_file = values.get("signing_key")
    return NoticePolicy(**values | ({"signing_key": home / key_file} if key_file else {}))


def _digests(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(each in _DIGESTS for each in value):
        raise ValueError(f"expected a list of: {', '.join(_DIGESTS)}")
    return tuple(dict.fromkeys(value))


def _minutes(value: Any) -> timedelta:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 1440:
        raise ValueError("expected whole minutes, 0 to 1440")
    return timedelta(minutes=value)


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 1000:
        raise ValueError("expected a whole number, 1 to 1000")
    return value


def _path(value: Any) -> Path:
    if not isinstance(value, str) or not value:
        raise ValueError("expected the path of a file")
    return Path(value).expanduser()


_READ: Final[dict[str, tuple[str, Callable[[Any], Any]]]] = {
    "digests": ("digests", _digests),
    "group_minutes": ("group_for", _minutes),
    "messages_a_day": ("messages_a_day", _count),
    "signing_key": ("signing_key", _path),
}
"""Each key of the table: the field it sets, and how its value is read."""
