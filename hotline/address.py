"""Addresses of the web, read as browsers read them (the WHATWG URL standard).

The same page must be the same case however its address was typed, and the guard must see the host that a
browser would dial: ``http://0x7f.1/`` is loopback. Anything that is not a plain web address is refused with a
reason.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, Final

import ada_url

from hotline.errors import HotlineError

if TYPE_CHECKING:
    import tldextract

_SPACE_AND_CONTROLS: Final = "".join(map(chr, range(0x21)))
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_USUAL_PORTS: Final = {"http": 80, "https": 443}
_LONGEST_URL: Final = 32_768


class BadUrl(HotlineError):
    """The text is no web address that we may ask for; ``reason`` says why and does not repeat it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Url:
    """A web address in canonical form. Two with the same ``text`` are the same case."""

    text: str
    """The WHATWG serialisation without fragment; the query is untouched."""
    scheme: str
    """``http`` or ``https``."""
    host: str
    """Small ASCII (IDN as punycode), without a last dot; an IP literal without brackets."""
    port: int
    path: str
    ip: IPv4Address | IPv6Address | None
    """The address, where the host is an IP literal in any spelling."""

    @property
    def is_onion(self) -> bool:
        """A Tor service: no name server may ever be asked for it (RFC 7686)."""
        return self.host == "onion" or self.host.endswith(".onion")

    def __repr__(self) -> str:
        return "Url(…)"  # a traceback or log that shows a value must not tell an address


def parse_url(text: str, base: "Url | str | None" = None) -> Url:
    """Reads an absolute address, or one relative to ``base``, as a browser would.

    Raises:
        BadUrl: no URL, another scheme, credentials, no host, a host too long or malformed, control
            characters.
    """
    wanted = text.strip(_SPACE_AND_CONTROLS)
    if _CONTROLS.search(wanted):
        raise BadUrl("control characters in the URL")
    if len(wanted) > _LONGEST_URL:
        raise BadUrl("the URL is too long")
    base_text = base.text if isinstance(base, Url) else base
    try:
        parsed = ada_url.URL(wanted, base_text)
    except ValueError:
        raise BadUrl("not a URL") from None
    return _checked(parsed)


def _checked(parsed: ada_url.URL) -> Url:
    scheme = parsed.protocol.removesuffix(":")
    if scheme not in _USUAL_PORTS:
        raise BadUrl("another scheme than http or https")
    if parsed.username or parsed.password:
        raise BadUrl("credentials in the URL")
    literal = parsed.host_type != ada_url.HostType.DEFAULT
    host = parsed.hostname.strip("[]") if literal else _checked_name(parsed.hostname)
    parsed.hash = ""
    return Url(
        text=parsed.href,
        scheme=scheme,
        host=host,
        port=int(parsed.port) if parsed.port else _USUAL_PORTS[scheme],
        path=parsed.pathname,
        ip=ip_address(host) if literal else None,
    )


def _checked_name(hostname: str) -> str:
    host = hostname.removesuffix(".")
    if not host:
        raise BadUrl("no host")
    labels = host.split(".")
    if len(host) > 253 or any(len(label) > 63 for label in labels):
        raise BadUrl("the host name is too long")
    if not all(labels):
        raise BadUrl("the host name has an empty part")
    return host


@cache
def _suffixes(private: bool) -> "tldextract.TLDExtract":
    import tldextract  # a slow import that most commands do not need

    # The list that the library ships: nothing is fetched and nothing is written.
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=private)


@lru_cache(maxsize=4096)
def registrable_domain(host: str) -> str | None:
    """The domain that somebody registered: ``a.b.example`` gives ``b.example``.

    By the ICANN section of the Public Suffix List with its default rule (an unlisted last label is a suffix).
    ``None`` for IP literals and for hosts that are themselves a suffix.
    """
    host = _plain(host)
    if is_ip_literal(host):
        return None
    found = _suffixes(False)(host)
    if found.suffix:
        return found.top_domain_under_public_suffix or None
    labels = host.split(".")
    return ".".join(labels[-2:]) if len(labels) > 1 and all(labels[-2:]) else None


def platform_domain(host: str) -> str | None:
    """The platform that hands out names to strangers and of which this host is one, by the list's private
    section.

    ``someone.github.io`` and ``github.io`` give ``github.io``; ``None`` where the list knows no platform.
    """
    host = _plain(host)
    if is_ip_literal(host):
        return None
    found = _suffixes(True)(host)
    return found.suffix if found.is_private else None


def tld(host: str) -> str | None:
    """The last label, ``None`` for IP literals."""
    host = _plain(host)
    return None if is_ip_literal(host) or not host else host.rpartition(".")[2]


def is_ip_literal(host: str) -> bool:
    """Whether the host is an address rather than a name (canonical spelling, with or without brackets)."""
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def defang(text: str) -> str:
    """A URL or host that no mail program or terminal turns into a link: ``hxxp://a[.]example``."""
    scheme, mark, rest = text.partition("://")
    if not mark:
        return text.replace(".", "[.]")
    host, slash, path = rest.partition("/")
    return f"{scheme.replace('tt', 'xx')}{mark}{host.replace('.', '[.]')}{slash}{path}"


def _plain(host: str) -> str:
    return host.lower().removesuffix(".")
