"""A small internet in memory: name servers, RDAP and WHOIS as dictionaries, every question counted."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

from hotline.network.answers import DnsReply, NameAnswers
from hotline.network.faults import TimedOut, Unreachable

NOW = datetime(2030, 1, 1, tzinfo=UTC)


@dataclass
class FakeAnswer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    async def read(self, limit: int) -> bytes:
        return self.body[:limit]


@dataclass
class World:
    """``pages``: URL to (status, headers, JSON or bytes). ``whois``: server to texts by question."""

    hosts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    aliases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    txt: dict[str, tuple[str, ...]] = field(default_factory=dict)
    pages: dict[str, tuple[int, dict[str, str], object]] = field(default_factory=dict)
    whois: dict[str, dict[str, str]] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    asked: Counter[str] = field(default_factory=Counter)
    as_given: list[str] = field(default_factory=list)

    @property
    def resolver(self) -> "World":
        return self

    @property
    def http(self) -> "World":
        return self

    async def lookup(self, name: str, rdtype: str) -> tuple[DnsReply, ...]:
        self.asked[f"{rdtype} {name}"] += 1
        records = self.txt.get(name, ())
        return (DnsReply("one", "answer" if records else "nxdomain", records),)

    async def addresses(self, host: str) -> NameAnswers:
        self.asked[f"A {host}"] += 1
        found = tuple(ip_address(each) for each in self.hosts.get(host, ()))
        problem = None if found else "the name does not exist"
        return NameAnswers(found, self.aliases.get(host, ()), nxdomain=not found, problem=problem)

    @asynccontextmanager
    async def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        deadline: float = 30.0,
        as_given: bool = False,
    ) -> AsyncIterator[FakeAnswer]:
        await asyncio.sleep(0)
        self.asked[url] += 1
        if as_given:
            self.as_given.append(url)
        if any(url.startswith(each) for each in self.silent):
            raise TimedOut("the answer took too long")
        status, more, content = self.pages.get(url, (404, {}, b""))
        yield FakeAnswer(status, more, content if isinstance(content, bytes) else json.dumps(content).encode())

    async def stream(
        self, host: str, port: int, deadline: float, as_given: bool = False
    ) -> tuple[asyncio.StreamReader, "Pen"]:
        server = host if port == 43 else f"{host}:{port}"
        if server in self.silent or server not in self.whois:
            self.asked[f"whois {server}"] += 1
            raise Unreachable("nobody answers there")
        reader = asyncio.StreamReader()
        return reader, Pen(self, server, reader)

    def serves(self, url: str, body: object, status: int = 200, **headers: str) -> None:
        """Puts a page into the world; ``Retry_After`` becomes ``Retry-After``."""
        self.pages[url] = (status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


@dataclass
class Pen:
    world: World
    server: str
    reader: asyncio.StreamReader

    def write(self, question: bytes) -> None:
        asked = question.decode().strip()
        self.world.asked[f"whois {self.server} {asked}"] += 1
        texts = self.world.whois[self.server]
        self.reader.feed_data(texts.get(asked, texts.get("*", "")).encode())
        self.reader.feed_eof()

    async def drain(self) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Settings:
    home: Path
    rdap_bootstrap: str | None
    whois: str = "127.0.0.1:4343"
    asn_origin: str = "origin.asn.origins.example"


def bootstrap(folder: Path, **files: list[list[list[str]]]) -> str:
    """Writes bootstrap files: ``ipv4=[[["198.51.100.0/24"], ["https://rdap.north.example/"]]]``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("ipv4", "ipv6", "asn", "dns"):
        document = {"version": "1.0", "services": files.get(name, [])}
        (folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    return str(folder)


def card(*lines: object, fn: str = "", email: str = "", kind: str = "") -> list[object]:
    """A jCard."""
    made: list[object] = [["version", {}, "text", "4.0"]]
    made += [["fn", {}, "text", fn]] if fn else []
    made += [["kind", {}, "text", kind]] if kind else []
    made += [["email", {}, "text", email]] if email else []
    return ["vcard", [*made, *lines]]


def entity(handle: str, *roles: str, entities: list[object] | None = None, **kind: object) -> dict[str, object]:
    """An entity; ``fn``, ``email`` and ``card`` fill it."""
    made: dict[str, object] = {"objectClassName": "entity", "handle": handle, "roles": list(roles)}
    if "card" in kind:
        made["vcardArray"] = kind.pop("card")
    elif kind:
        fields = {name: str(kind.pop(name)) for name in ("fn", "email", "kind") if name in kind}
        if fields:
            made["vcardArray"] = card(**fields)
    if entities:
        made["entities"] = entities
    return {**made, **kind}


def network(first: str, last: str, *entities: object, **more: object) -> dict[str, object]:
    """An IP network."""
    return {
        "objectClassName": "ip network",
        "handle": f"NET-{first}",
        "startAddress": first,
        "endAddress": last,
        "name": "NORTH-NET",
        "country": "NL",
        "entities": list(entities),
        **more,
    }
