"""The hotline of a hosting country, as the operator has agreed with it. None is shipped."""

import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from hotline.errors import HotlineError
from takedown.hosting.mailboxes import mailboxes


def load_hotlines(home: Path) -> Mapping[str, str]:
    """Mail addresses by country code, from ``hotlines.toml`` in the home, else the shipped (empty) table.

    Raises:
        HotlineError: the operator's file cannot be read.
    """
    own = home / "hotlines.toml"
    shipped = resources.files("takedown.hosting.data").joinpath("hotlines.toml")
    text = own.read_text(encoding="utf-8", errors="replace") if own.is_file() else shipped.read_text("utf-8")
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise HotlineError(f"hotlines.toml in the home is not valid TOML: {wrong}") from None
    found = {country.upper(): mailboxes(str(address)) for country, address in table.items()}
    return {country: addresses[0] for country, addresses in found.items() if addresses}
