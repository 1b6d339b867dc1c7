"""Where a WHOIS text sends the asker next. Pure."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

PORT: Final = 43
_LINE: Final = re.compile(
    r"^[ \t>*]*(?P<key>referralserver|resourcelink|refer|whois server|registrar whois server"
    r"|registrar whois|whois tcp uri|whois)"
    r"[ \t.]*:[ \t]*(?P<value>\S+)",
    re.IGNORECASE | re.MULTILINE,
)
_RANKS: Final = (
    "referralserver",
    "refer",
    "registrar whois server",
    "registrar whois",
    "whois server",
    "whois tcp uri",
    "whois",
    "resourcelink",
)
_PAGE: Final = re.compile(r"https?://", re.IGNORECASE)
# A host that has the registry's domain in its name is no domain: its registrar is somebody else's.
_SERVER_RECORD: Final = re.compile(r"^[ \t]*server name:.*(?:\n[ \t]*\S.*)*", re.IGNORECASE | re.MULTILINE)
_REMARK: Final = re.compile(
    r"^remarks:(?:[^\n]{0,200}?\b(?:server at|queried at|query|whois at)[ \t]+|[ \t]*(?=\S+ for WHOIS client))"
    r"(?P<host>whois\.[a-z0-9.-]{3,100}[a-z0-9])",
    re.IGNORECASE | re.MULTILINE,
)
_DOMAIN: Final = re.compile(r"^domain:[ \t]*(\S+)[ \t]*$", re.IGNORECASE | re.MULTILINE)
_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")


@dataclass(frozen=True)
class Server:
    """A WHOIS server, by name or IP literal."""

    host: str
    port: int = PORT

    def __str__(self) -> str:
        return self.host if self.port == PORT else f"{self.host}:{self.port}"

    @property
    def is_literal(self) -> bool:
        """Whether the host is an IP literal."""
        try:
            ip_address(self.host)
        except ValueError:
            return False
        return True


def parse_server(text: str) -> Server | None:
    """``host``, ``host:port``, ``[v6]:port``, ``whois://host:port/``.

    ``None`` for rwhois and for nonsense.
    """
    plain = text.strip().lower().rstrip(".,;")
    scheme, mark, rest = plain.partition("://")
    if mark and scheme not in ("whois", "http", "https"):
        return None
    # Some registrars write their web page where their WHOIS server belongs; the host often serves both.
    plain = (rest if mark else plain).split("/")[0]
    host, port = _split(plain) if not (mark and scheme != "whois") else (_split(plain)[0], "")
    if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
        return None
    if not host or not (_HOST.fullmatch(host) or Server(host).is_literal):
        return None
    if "." not in host and not Server(host).is_literal:
        return None
    return Server(host, int(port) if port else PORT)


def referral(text: str) -> Server | None:
    """The next server that a text names, the most telling line first; ``None`` when it is the last word."""
    said = _SERVER_RECORD.sub("", text) if "erver name:" in text[:100_000].lower() else text
    found = [(match["key"].lower(), match["value"]) for match in _LINE.finditer(said)]
    for rank in _RANKS:
        for key, value in found:
            if key == rank and _is_server(key, value) and (server := parse_server(value)):
                return server
    return _remarked(said)


def suffix_of(question: str) -> str:
    """The top-level domain of a question; empty for an address."""
    suffix = question.rpartition(".")[2].lower()
    return "" if suffix.isdigit() or ":" in question else suffix


def speaks_of_suffix(text: str, question: str) -> bool:
    """Whether a text is the root's record of a question's top-level domain, so that it holds for all its domains."""
    suffix = suffix_of(question)
    return bool(suffix) and any(match[1].lower() == suffix for match in _DOMAIN.finditer(text))


def _is_server(key: str, value: str) -> bool:
    """Whether a value is no mere web page: registrars write theirs by mistake, others on purpose."""
    if key == "resourcelink":
        return value.lower().startswith(("whois://", "whois."))
    return key not in ("whois", "refer") or _PAGE.match(value) is None


def _remarked(text: str) -> Server | None:
    """The national registry's server that a copy of its record names; nothing when there are several."""
    hosts = {match["host"].lower() for match in _REMARK.finditer(text)}
    return parse_server(hosts.pop()) if len(hosts) == 1 else None


def _split(text: str) -> tuple[str, str]:
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        return host, rest.removeprefix(":")
    if text.count(":") > 1:
        return text, ""
    host, _, port = text.partition(":")
    return host.rstrip("."), port
