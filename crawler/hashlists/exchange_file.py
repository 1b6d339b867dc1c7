"""Which hash exchanges the operator may read: ``exchanges.toml`` in the home, which its owner alone can read.

It holds the credentials, so it is refused when others can read it, as the key ring is. No text here repeats an address
or a credential.
"""

import os
import stat
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from hotline.address import BadUrl, Url, parse_url
from hotline.errors import HotlineError
from hotline.settings_parsing import is_loopback
from hotline.words import ListKind

FILE: Final = "exchanges.toml"
_CREDENTIALS: Final = {"ncmec": ("user", "password"), "threatexchange": ("token",)}
"""Each shape of exchange, and what it knows us by."""
_KEYS: Final = ("list", "shape", "url", "kind", "user", "password", "token")


@dataclass(frozen=True)
class Exchange:
    """One exchange: where it is, how it speaks, and the list that its entries go to."""

    list_name: str
    shape: str
    url: Url
    kind: ListKind | None = None
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)


def exchange_of(home: Path, list_name: str) -> Exchange:
    """The exchange that a list comes from.

    Raises:
        HotlineError: there is none, others can read the file, or an entry is wrong; the text says how to mend it.
    """
    exchanges = parse_exchanges(_text(home / FILE))
    for exchange in exchanges:
        if exchange.list_name == list_name:
            return exchange
    known = ", ".join(repr(exchange.list_name) for exchange in exchanges) or "none"
    raise HotlineError(
        f"no exchange for the list {list_name!r}: {FILE} in the home has {known}; write an [[exchange]] for it"
    )


def _text(file: Path) -> str:
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK)
    except FileNotFoundError:
        return ""
    except OSError as wrong:
        raise HotlineError(f"{FILE} in the home cannot be read: {wrong.strerror}; make it a file of yours") from None
    with os.fdopen(descriptor, "rb") as source:
        mode = os.fstat(source.fileno()).st_mode
        if not stat.S_ISREG(mode):
            raise HotlineError(f"{FILE} in the home is no file; make it one")
        if mode & 0o077:
            raise HotlineError(f"{FILE} in the home holds credentials, and others can read it; run: chmod 600 {FILE}")
        return source.read().decode("utf-8", errors="replace")


def parse_exchanges(text: str) -> tuple[Exchange, ...]:
    """Reads the file.

    Raises:
        HotlineError: names the entry and what it should be.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise HotlineError(f"{FILE} in the home is not valid TOML: {wrong}; mend that place") from None
    entries = table.pop("exchange", [])
    if table or not isinstance(entries, list):
        raise HotlineError(f"{FILE}: begin each entry with [[exchange]], in double brackets; nothing else stands there")
    found: list[Exchange] = []
    for number, entry in enumerate(entries, 1):
        try:
            exchange = _exchange(entry)
            if exchange.list_name in {each.list_name for each in found}:
                raise ValueError("another entry has the same list; one list comes from one exchange")
        except ValueError as wrong:
            raise HotlineError(f"{FILE}, exchange {number}: {wrong}") from None
        found.append(exchange)
    return tuple(found)


def _exchange(entry: Any) -> Exchange:
    if not isinstance(entry, dict):
        raise ValueError("not a table; begin each entry with [[exchange]]")
    for key, value in entry.items():
        if key not in _KEYS:
            raise ValueError(f"{key[:40]} is no key; there are {', '.join(_KEYS)}")
        if not isinstance(value, str) or not value.strip() or any(ord(sign) < 32 or ord(sign) == 127 for sign in value):
            raise ValueError(f"{key} must be a text of one line, in quotes")
    shape = entry.get("shape")
    if shape not in _CREDENTIALS:
        raise ValueError(f"shape must be one of {', '.join(_CREDENTIALS)}")
    missing = [key for key in ("list", "url", *_CREDENTIALS[shape]) if key not in entry]
    if missing:
        raise ValueError(f"{missing[0]} is missing; {shape} needs list, url, {', '.join(_CREDENTIALS[shape])}")
    return Exchange(
        entry["list"],
        shape,
        _url(entry["url"]),
        _kind(entry.get("kind")),
        **{key: entry[key] for key in _CREDENTIALS[shape]},
    )


def _url(text: str) -> Url:
    try:
        url = parse_url(text.rstrip("/"))
    except BadUrl as wrong:
        raise ValueError(f"url is no web address ({wrong.reason})") from None
    if "?" in url.text or "#" in text:
        raise ValueError("url must end before any ? or #: what is asked there is added")
    if url.scheme != "https" and not is_loopback(url.host):
        raise ValueError("url must begin with https://, for the credentials go there")
    return url


def _kind(text: str | None) -> ListKind | None:
    try:
        return None if text is None else ListKind(text)
    except ValueError:
        raise ValueError(f"kind must be one of {', '.join(ListKind)}") from None
