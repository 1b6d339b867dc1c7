"""Where the bootstrap files come from: the operator's folder, a base URL, or IANA's.

What comes by the web is kept in the home and fetched once a day; when that fails the old ones serve, and the
finding says how old they are.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from takedown.hosting.blocks import Address, is_local
from takedown.hosting.cache import in_words
from takedown.hosting.rdap.bootstrap import (
    FILES,
    Services,
    for_address,
    for_autnum,
    for_domain,
    parse_services,
)
from takedown.hosting.rdap.client import RdapClient, origin_of
from takedown.hosting.rdap.kept_lists import keep, read_json, read_kept

IANA: Final = "https://data.iana.org/rdap/"
YOUNG: Final = timedelta(days=1)
SOON: Final = timedelta(minutes=5)
"""When a list that could not be had is tried again."""


@dataclass(frozen=True)
class Responsible:
    """The base URLs to ask, best first, and what was wrong while finding them."""

    urls: tuple[str, ...] = ()
    problem: str | None = None


@dataclass(frozen=True)
class _Loaded:
    """A list as it was read. ``until``: when it is looked at again."""

    until: datetime
    services: Services = field(default_factory=Services)
    everything: tuple[str, ...] = ()
    problem: str | None = None


class Directory:
    """Finds the RDAP server in charge.

    ``as_given`` receives the origins that may be dialled as they stand: an IP-literal base URL, and local
    servers that the operator's own folder names by address.
    """

    def __init__(self, setting: str | None, home: Path, client: RdapClient, as_given: set[str]) -> None:
        self._setting = setting.strip() if setting else None
        self._home = home
        self._client = client
        self._as_given = as_given
        self._loaded: dict[str, _Loaded] = {}
        self._reading: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        if self._setting and _is_url(self._setting) and _literal(self._setting):
            as_given.add(origin_of(self._setting))

    async def for_address(self, address: Address, now: datetime) -> Responsible:
        """Who answers for an address."""
        kind = "ip4" if address.version == 4 else "ip6"
        return await self._find(kind, lambda services: for_address(services, address), now)

    async def for_autnum(self, asn: int, now: datetime) -> Responsible:
        """Who answers for an AS number."""
        return await self._find("asn", lambda services: for_autnum(services, asn), now)

    async def for_domain(self, domain: str, now: datetime) -> Responsible:
        """Who answers for a domain."""
        return await self._find("domain", lambda services: for_domain(services, domain), now)

    async def _find(self, kind: str, choose: Callable[[Services], tuple[str, ...]], now: datetime) -> Responsible:
        async with self._reading[kind]:
            loaded = self._loaded.get(kind)
            if loaded is None or not loaded.until - YOUNG <= now <= loaded.until:
                loaded = self._loaded[kind] = await self._load(FILES[kind], now)
        return Responsible(choose(loaded.services) or loaded.everything, loaded.problem)

    async def _load(self, name: str, now: datetime) -> _Loaded:
        if self._setting is None:
            return await self._from_web(IANA, name, now)
        if _is_url(self._setting):
            return await self._from_web(self._setting.rstrip("/") + "/", name, now)
        return self._from_folder(Path(self._setting), name, now)

    def _from_folder(self, folder: Path, name: str, now: datetime) -> _Loaded:
        services = parse_services(read_json(folder / name))
        if services is None:
            problem = f"HOTLINE_RDAP_BOOTSTRAP: in its folder {name} is missing or cannot be read"
            return _Loaded(now + SOON, problem=problem)
        urls = (url for service in services.every for url in service.urls)
        self._as_given.update(origin_of(url) for url in urls if _is_local(url))
        return _Loaded(now + YOUNG, services)

    async def _from_web(self, base: str, name: str, now: datetime) -> _Loaded:
        """A list by its URL. One that was kept serves while it is young, and while no proper one can be had,
        however old: servers move seldom, and one that is no longer in charge says so or redirects.
        """
        file = self._home / "rdap" / name
        kept = read_kept(file, base)
        if kept and timedelta(0) <= now - kept.fetched_at <= YOUNG:
            return _Loaded(kept.fetched_at + YOUNG, kept.services)
        answer = await self._client.ask(base + name)
        services = parse_services(answer.body)
        if services:
            keep(file, base, answer.body, now)
            return _Loaded(now + YOUNG, services)
        if base != IANA and (answer.missing or not kept) and not answer.failed:
            # No bootstrap files there: the URL is that of one server for everything.
            return _Loaded(now + SOON, everything=() if services is not None else (base,))
        why = answer.problem or "the list of registries cannot be read"
        if kept is None:
            return _Loaded(now + SOON, problem=f"no list of registries: {why}")
        age = in_words(now - kept.fetched_at)
        return _Loaded(now + SOON, kept.services, problem=f"{why}; a list of registries that is {age} old was used")


def _is_url(setting: str) -> bool:
    return setting.lower().startswith(("http://", "https://"))


def _literal(url: str) -> Address | None:
    try:
        return ip_address(urlsplit(url).hostname or "")
    except ValueError:
        return None


def _is_local(url: str) -> bool:
    """An address that no guard would let pass, written by the operator.

    Documentation addresses have the dial map.
    """
    address = _literal(url)
    return address is not None and is_local(address)
