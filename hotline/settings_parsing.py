"""How the text of each setting is read. Every function raises ``ValueError`` with what was expected."""

import ipaddress
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from hotline.address import BadUrl, parse_url
from hotline.clock import parse_time
from hotline.countries import is_country

_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True)
class Endpoint:
    """An IP address and a port that the operator wrote down."""

    ip: ipaddress.IPv4Address | ipaddress.IPv6Address
    port: int

    def __str__(self) -> str:
        host = f"[{self.ip}]" if self.ip.version == 6 else str(self.ip)
        return f"{host}:{self.port}"


@dataclass(frozen=True)
class Vantage:
    """A further place to look from: a proxy that the hotline or a covered partner runs."""

    name: str
    scheme: str
    host: str
    port: int


@dataclass(frozen=True)
class SmtpServer:
    """The hotline's own mail server. ``security`` is ``none``, ``starttls`` or ``tls``."""

    host: str
    port: int
    security: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class ImapServer:
    """A mailbox by IMAP. ``security`` is ``tls``, ``starttls`` or, on loopback alone, ``none``."""

    host: str
    port: int
    security: str
    user: str = field(repr=False)
    password: str = field(repr=False)
    folder: str = "INBOX"


@dataclass(frozen=True)
class Inbox:
    """Where answers arrive. ``kind`` is ``maildir``, with the folder in ``place``, or ``imap``, with its ``server``."""

    kind: str
    place: str = field(default="", repr=False)
    server: ImapServer | None = None


@dataclass(frozen=True)
class SigningKeyFile:
    """Where the key is that signs notices. ``kind`` is ``openpgp`` or ``smime``."""

    kind: str
    file: Path


def words(text: str) -> str:
    """Plain text without control characters: it may become a mail header."""
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in text):
        raise ValueError("control characters are not allowed; write one plain line")
    return text.strip()


def path(text: str) -> Path:
    """A path, ``~`` expanded."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise ValueError(f"{text!r} is in the home folder of nobody whom this machine knows") from None


def signing_key(text: str) -> SigningKeyFile:
    """``openpgp:/path/key.asc``; or ``smime:/path/key.pem``, with the key and its certificates in one file."""
    kind, _, rest = text.partition(":")
    if kind not in ("openpgp", "smime") or not rest.strip():
        raise ValueError("expected openpgp:/path/key.asc or smime:/path/key-and-certificates.pem")
    return SigningKeyFile(kind, path(rest))


def password(text: str) -> str:
    """As it stands: a space may be a part of it."""
    return text


def database_url(text: str) -> str:
    """The two kinds of database that are supported and tested."""
    if not text.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("expected sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME")
    return text


def endpoints(text: str) -> tuple[Endpoint, ...]:
    """``ip:port,ip:port``; the port is 53 where none is given."""
    return tuple(_endpoint(part.strip()) for part in text.split(",") if part.strip())


def _endpoint(text: str) -> Endpoint:
    host, port = text, "53"
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        port = rest.lstrip(":") or "53"
    elif text.count(":") == 1:
        host, port = text.split(":")
    try:
        return Endpoint(ipaddress.ip_address(host), _port(port))
    except ValueError:
        raise ValueError(f"{text!r} is not ip:port, e.g. 192.0.2.53:53") from None


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise ValueError(f"{text!r} is not a port")
    return int(text)


def host_and_port(text: str) -> str:
    """``host:port`` as it stands; the port may be left out, and IPv6 stands in brackets."""
    plain = words(text)
    match = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)(?::([0-9]{1,5}))?", plain)
    if match is None or not 0 < int(match[2] or 43) < 65536:
        raise ValueError(f"{plain[:60]!r} is not host:port, such as whois.iana.org:43")
    return plain


def vantages(text: str) -> tuple[Vantage, ...]:
    """``name=http://host:port`` or ``name=socks5://host:port``, comma-separated."""
    return tuple(_vantage(part.strip()) for part in text.split(",") if part.strip())


def _vantage(text: str) -> Vantage:
    name, _, url = text.partition("=")
    parts = urlsplit(url)
    if not re.fullmatch(r"[a-z0-9-]{1,32}", name) or name == "direct":
        raise ValueError("a vantage is named in small letters, digits and dashes, and not 'direct'")
    if parts.scheme not in ("http", "socks5") or not parts.hostname or not parts.port:
        raise ValueError(f"vantage {name}: expected http://host:port or socks5://host:port")
    return Vantage(name, parts.scheme, parts.hostname, parts.port)


def web_address(text: str) -> str:
    """One http or https URL."""
    try:
        return parse_url(text.strip()).text
    except BadUrl as wrong:
        raise ValueError(
            f"no web address ({wrong.reason}); give one such as https://canary.hotline.example/ok"
        ) from None


def yes_or_no(text: str) -> bool:
    """``yes`` or ``no``."""
    if text not in ("yes", "no"):
        raise ValueError("write yes or no")
    return text == "yes"


def duration(text: str) -> timedelta:
    """``90s``, ``15m``, ``6h``, ``2d``."""
    match = re.fullmatch(r"\s*(\d+)\s*([smhd])\s*", text)
    if match is None:
        raise ValueError(f"{text!r} is not a length of time such as 6h, 90m or 2d")
    try:
        return timedelta(**{_UNITS[match[2]]: int(match[1])})
    except OverflowError:
        raise ValueError(f"{text!r} is longer than the calendar") from None


def smtp(text: str) -> SmtpServer:
    """``smtp://``, ``smtp+starttls://``, ``smtps://`` with ``user:password@host:port``."""
    kinds = {"smtp": ("none", 25), "smtp+starttls": ("starttls", 587), "smtps": ("tls", 465)}
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:  # its text may hold a part of the password
        raise ValueError("the port is no number; write / and : in a password as %2F and %3A") from None
    if parts.scheme not in kinds or not parts.hostname:
        raise ValueError("expected smtp://, smtp+starttls:// or smtps:// with host:port")
    security, usual_port = kinds[parts.scheme]
    if security == "none" and not is_loopback(parts.hostname):
        raise ValueError("TLS is required unless the server is on loopback; use smtp+starttls:// or smtps://")
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    return SmtpServer(parts.hostname, port or usual_port, security, user, password)


def is_loopback(host: str) -> bool:
    """Whether this name or address is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def mail_address(text: str) -> str:
    """One plain address, ASCII, without a display name: each notice's return path is made from it."""
    if not re.fullmatch(r"[A-Za-z0-9._%=/-]{1,40}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", text.strip()):
        raise ValueError("expected a plain address such as notice@hotline.example, without a + in it")
    return text.strip()


_IMAP: Final = {"imaps": ("tls", 993), "imap+starttls": ("starttls", 143), "imap": ("none", 143)}


def inbox(text: str) -> Inbox:
    """``maildir:/path``; or ``imaps://``, ``imap+starttls://`` with ``user:password@host[:port]/[folder]``."""
    kind, _, rest = text.partition(":")
    if kind == "maildir" and rest:
        return Inbox("maildir", rest)
    if kind in _IMAP:
        return Inbox("imap", server=_imap(text))
    raise ValueError("expected maildir:/path or imaps://user:password@host/folder")


def _imap(text: str) -> ImapServer:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:  # its text may hold a part of the password
        raise ValueError("the port is no number; write / : and @ in a password as %2F %3A %40") from None
    if parts.query or parts.fragment:
        raise ValueError("write ? and # in a password or a folder as %3F and %23")
    if not parts.hostname or not parts.username or parts.password is None:
        raise ValueError("expected imaps://user:password@host/folder, with user and password")
    security, usual_port = _IMAP[parts.scheme]
    if security == "none" and not is_loopback(parts.hostname):
        raise ValueError("TLS is required unless the server is on loopback; use imaps:// or imap+starttls://")
    user, password, folder = (unquote(each) for each in (parts.username, parts.password, parts.path[1:]))
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in user + password + folder):
        raise ValueError("user, password and folder hold no control characters")
    return ImapServer(parts.hostname, port or usual_port, security, user, password, folder or "INBOX")


def base_url(text: str) -> str:
    """The start of a link, without a slash at its end."""
    if urlsplit(text).scheme not in ("http", "https") or not urlsplit(text).hostname:
        raise ValueError("expected http://host or https://host")
    return text.rstrip("/")


def country(text: str) -> str:
    """ISO 3166-1 alpha-2, upper case."""
    if not re.fullmatch(r"[A-Za-z]{2}", text.strip()):
        raise ValueError(f"{text!r} is not a country code of two letters, such as NL")
    code = text.strip().upper()
    if not is_country(code):
        raise ValueError(f"{text!r} is no country's code by ISO 3166-1 (the United Kingdom's is GB)")
    return code


def moment(text: str) -> datetime:
    """ISO 8601."""
    try:
        return parse_time(text)
    except ValueError:
        raise ValueError(f"{text!r} is not an ISO 8601 time such as 2030-01-01T00:00:00Z") from None
