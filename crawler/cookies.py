"""Cookies of one journey, in memory: what an entry page sets is shown again with its media, and is then forgotten."""

from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from typing import Final

from hotline.address import Url, is_ip_literal, registrable_domain

_MOST_A_SITE: Final = 50
_LONGEST: Final = 4096


class Jar:
    """Name and value by the domain they are for. Paths and expiry are ignored: a journey is short."""

    def __init__(self) -> None:
        self._cookies: dict[str, dict[str, str]] = {}

    def remember(self, url: Url, lines: Iterable[str]) -> None:
        """Takes the ``Set-Cookie`` lines of an answer."""
        for line in lines:
            for name, value, domain, ended in _parsed(line[:_LONGEST]):
                place = self._cookies.setdefault(_allowed_domain(url.host, domain), {})
                if ended:
                    place.pop(name, None)
                elif len(place) < _MOST_A_SITE:
                    place[name] = value

    def header(self, url: Url) -> str | None:
        """The ``Cookie`` header for a request, if there is one."""
        values = {**self._cookies.get(url.host, {})}
        labels = url.host.split(".")
        for at in range(len(labels) - 1):
            values = {**self._cookies.get("." + ".".join(labels[at:]), {}), **values}
        return "; ".join(f"{name}={value}" for name, value in values.items()) or None


def _parsed(line: str) -> list[tuple[str, str, str, bool]]:
    try:
        cookie = SimpleCookie(line)
    except CookieError:
        return []
    return [
        (name, morsel.coded_value, morsel["domain"], morsel["max-age"] in ("0", "-1"))
        for name, morsel in cookie.items()
    ]


def _allowed_domain(host: str, wanted: str) -> str:
    """``.domain`` for a cookie of the whole domain; the host itself where no such domain is asked for or allowed."""
    domain = wanted.strip().lower().lstrip(".")
    if not domain or is_ip_literal(host) or registrable_domain(domain) is None:
        return host
    return "." + domain if host == domain or host.endswith("." + domain) else host
