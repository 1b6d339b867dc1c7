"""Where the bootstrap files come from: the operator's folder, a base URL, or IANA's kept in the home.

IANA's are fetched once a day; when that fails the old ones serve, and the finding says how old they are.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from takedown.hosting.blocks import Address, is_local
from takedown.hosting.rdap.bootstrap import (
    FILES,
    Service,
    for_address,
    for_autnum,
    for_domain,
    parse_services,
)
from takedown.hosting.rdap.client import RdapClient, origin_of
from takedown.hosting.rdap.shapes import record, text

IANA: Final = "https://data.iana.org/rdap/"
YOUNG: Final = timedelta(days=1)
_LONGEST_FILE: Final = 16 * 1024 * 1024


@dataclass(frozen=True)
class Responsible:
    """The base URLs to ask, best first, and what was wrong while finding them."""

    urls: tuple[str, ...] = ()
    problem: str | None = None


@dataclass(frozen=True)
class _Loaded:
    services: tuple[Service, ...] = ()
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
        self._reading = asyncio.Lock()
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

    async def _find(
        self, kind: str, choose: Callable[[tuple[Service, ...]], tuple[str, ...]], now: datetime
    ) -> Responsible:
        async with self._reading:
            loaded = self._loaded.get(kind) or await self._load(FILES[kind], now)
            if loaded.services or loaded.everything:
                self._loaded[kind] = loaded
        return Responsible(choose(loaded.services) or loaded.everything, loaded.problem)

    async def _load(self, name: str, now: datetime) -> _Loaded:
        if self._setting is None:
            return await self._from_iana(name, now)
        if _is_url(self._setting):
            return await self._from_url(self._setting.rstrip("/") + "/", name)
        return self._from_folder(Path(self._setting), name)

    def _from_folder(self, folder: Path, name: str) -> _Loaded:
        services = _services_in(folder / name)
        if services is None:
            return _Loaded(problem=f"the bootstrap file {name} is missing or cannot be read")
        urls = (url for service in services for url in service.urls)
        self._as_given.update(origin_of(url) for url in urls if _is_local(url))
        return _Loaded(services)

    async def _from_url(self, base: str, name: str) -> _Loaded:
        answer = await self._client.ask(base + name)
        services = parse_services(answer.body)
        if services is not None:
            return _Loaded(services)
        if answer.problem and "cannot be read" not in answer.problem and "refused the question" not in answer.problem:
            return _Loaded(problem=answer.problem)
        # No bootstrap files there: the URL is that of one server for everything.
        return _Loaded(everything=(base,))

    async def _from_iana(self, name: str, now: datetime) -> _Loaded:
        kept = self._home / "rdap" / name
        old, fetched_at = _kept(kept)
        if old is not None and fetched_at is not None and timedelta(0) <= now - fetched_at <= YOUNG:
            return _Loaded(old)
        answer = await self._client.ask(IANA + name)
        services = parse_services(answer.body)
        if services:
            _keep(kept, answer.body, now)
            return _Loaded(services)
        why = answer.problem or "the list of registries cannot be read"
        if old is not None and fetched_at is not None:
            return _Loaded(old, problem=f"{why}; a list that is {(now - fetched_at).days} days old was used")
        return _Loaded(problem=f"no list of registries: {why}")


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


def _read_json(file: Path) -> object:
    try:
        return json.loads(file.read_bytes()[:_LONGEST_FILE].decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return None


def _services_in(file: Path) -> tuple[Service, ...] | None:
    return parse_services(_read_json(file))


def _kept(file: Path) -> tuple[tuple[Service, ...] | None, datetime | None]:
    document = record(_read_json(file))
    try:
        fetched_at = datetime.fromisoformat(text(document.get("fetched_at")))
    except ValueError:
        return None, None
    return (parse_services(document.get("document")), fetched_at) if fetched_at.tzinfo else (None, None)


def _keep(file: Path, document: object, now: datetime) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"fetched_at": now.isoformat(), "document": document}), encoding="utf-8")
    except OSError:
        return  # a home that cannot be written costs a fetch, not a finding
