"""Whether an address is where the files lie, or only the edge of a network in front of it.

No guessing: the table of ``data/edges.toml``, what the operator adds in the home's ``edges.toml``, and the
private section of the Public Suffix List.
"""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib import resources
from pathlib import Path
from typing import Any

from hotline.address import platform_domain
from hotline.errors import HotlineError
from hotline.words import Certainty


@dataclass(frozen=True)
class Edge:
    """One entry: how a CDN or platform is known, whom it wants to be asked, whence and when we know it."""

    name: str
    certainty: Certainty
    source: str
    noted: str
    suffixes: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    asns: tuple[int, ...] = ()
    email: str | None = None
    form: str | None = None


@dataclass(frozen=True)
class Judgement:
    """How sure a finding is, the entry that decided it, and why in words."""

    certainty: Certainty
    why: str
    edge: Edge | None = None


def judge(
    edges: Sequence[Edge], host: str, names: Iterable[str], networks: Iterable[str], asns: Iterable[int]
) -> Judgement | None:
    """The edge or platform that a host's names, network names or AS numbers show; names tell most.

    ``None`` when nothing speaks for one.
    """
    hosts = [host.lower().rstrip("."), *(name.lower().rstrip(".") for name in names)]
    known_networks, known_asns = [name.upper() for name in networks if name], set(asns)
    for edge in edges:
        if any(_under(each, suffix) for each in hosts for suffix in edge.suffixes):
            return Judgement(edge.certainty, f"its names lead to {edge.name}", edge)
    platform = next((each for each in map(platform_domain, hosts) if each), None)
    if platform:
        return Judgement(Certainty.SHARED_PLATFORM, "its name is one that a platform hands out to its customers")
    for edge in edges:
        if any(fnmatchcase(name, pattern) for name in known_networks for pattern in edge.networks):
            return Judgement(edge.certainty, f"its network is {edge.name}'s", edge)
        if known_asns & set(edge.asns):
            return Judgement(edge.certainty, f"its network is announced by {edge.name}", edge)
    return None


def load_edges(home: Path) -> tuple[Edge, ...]:
    """The shipped table with the operator's additions, the operator's first.

    Raises:
        HotlineError: the operator's file cannot be read; the text says what is wrong with it.
    """
    shipped = resources.files("takedown.hosting.data").joinpath("edges.toml").read_text(encoding="utf-8")
    own = home / "edges.toml"
    added = _parsed(own.read_text(encoding="utf-8", errors="replace")) if own.is_file() else ()
    replaced = {edge.name for edge in added}
    return (*added, *(edge for edge in _parsed(shipped) if edge.name not in replaced))


def _parsed(text: str) -> tuple[Edge, ...]:
    try:
        return tuple(_edge(each) for each in tomllib.loads(text).get("edge", []))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise HotlineError(f"edges.toml: an entry cannot be read ({type(wrong).__name__}: {wrong})") from None


def _edge(entry: dict[str, Any]) -> Edge:
    return Edge(
        name=str(entry["name"]),
        certainty=Certainty(entry["certainty"]),
        source=str(entry["source"]),
        noted=str(entry["noted"]),
        suffixes=tuple(str(each).lower().strip(".") for each in entry.get("suffixes", [])),
        networks=tuple(str(each).upper() for each in entry.get("networks", [])),
        asns=tuple(int(each) for each in entry.get("asns", [])),
        email=entry.get("email"),
        form=entry.get("form"),
    )


def _under(host: str, suffix: str) -> bool:
    return host == suffix or host.endswith("." + suffix)
