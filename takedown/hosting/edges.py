"""Whether an address is where the files lie, or only the edge of a network in front of it. Pure.

No guessing: the tables of ``data/``, what the operator adds in the home's ``edges.toml``, the private section of the
Public Suffix List, and the shape of a gateway's URL.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from hotline.address import Url, platform_domain
from hotline.words import Certainty
from takedown.hosting.blocks import Address
from takedown.hosting.edge_table import Edge, Shows, under
from takedown.hosting.facts import AddressFacts
from takedown.hosting.gateways import about, shape_of


@dataclass(frozen=True)
class Judgement:
    """How sure a finding is, the entry that decided it, and why in words. ``shows``: it is a gateway."""

    certainty: Certainty
    why: str
    edge: Edge | None = None
    shows: Shows | None = None


@dataclass(frozen=True)
class Fronts:
    """What stands in front of the files: by the URL's names in their order, and by each address of the host in turn.

    ``overall`` is the finding's certainty.
    """

    overall: Judgement
    by_names: tuple[Judgement, ...] = ()
    by_address: tuple[Judgement | None, ...] = ()

    def is_edge(self, place: int) -> bool:
        """Whether this address of the host is only the edge of a CDN."""
        return any(each.certainty is Certainty.CDN_EDGE for each in (*self.by_names, *self._at(place)))

    @property
    def edges(self) -> tuple[Edge, ...]:
        """The entries that speak, what the names say first."""
        return tuple(dict.fromkeys(each.edge for each in (*self.by_names, *self._at()) if each.edge))

    @property
    def problems(self) -> tuple[str, ...]:
        """What a person should know of a gateway."""
        return tuple(dict.fromkeys(about(each.shows) for each in self.by_names if each.shows))

    def _at(self, place: int | None = None) -> tuple[Judgement, ...]:
        asked = self.by_address if place is None else self.by_address[place : place + 1]
        return tuple(each for each in asked if each is not None)


def judge(edges: Sequence[Edge], url: Url, names: Iterable[str], addresses: Sequence[AddressFacts]) -> Fronts:
    """What is known of a URL, the aliases of its host, and its addresses. Names tell most, then addresses."""
    hosts = dict.fromkeys(each.lower().rstrip(".") for each in (url.host, *names))
    by_names = [found for each in hosts if (found := _by_name(edges, each))]
    shape = shape_of(url)
    if shape and not any(each.shows for each in by_names):
        why = f"its address has the shape of a gateway's ({shape.value})"
        by_names.insert(0, Judgement(Certainty.SHARED_PLATFORM, why, shows=shape))
    by_address = tuple(_by_address(edges, each) for each in addresses)
    return Fronts(_overall(by_names, by_address, addresses), tuple(by_names), by_address)


def judge_origin(edges: Sequence[Edge], address: AddressFacts) -> Fronts:
    """What is known of an address of which a front has told that the files lie there: it may be a front again."""
    judged = _by_address(edges, address)
    told = Judgement(Certainty.ORIGIN, "whoever stands in front of it has told so, and a person has accepted it")
    return Fronts(judged or told, (), (judged,))


def _overall(
    by_names: Iterable[Judgement], by_address: Sequence[Judgement | None], addresses: Sequence[AddressFacts]
) -> Judgement:
    """The first name that tells of an edge or platform; else, as with the provider, the first address that is known."""
    unknown = Judgement(Certainty.UNKNOWN, "nothing is known of where it is hosted")
    if not addresses:
        return unknown
    named = next((each for each in by_names if each.certainty is not Certainty.ORIGIN), None)
    if named:
        return named
    place = _speaker(addresses, by_address)
    if place is None:
        return unknown
    return by_address[place] or Judgement(Certainty.ORIGIN, "nothing says that its address is only an edge")


def _speaker(addresses: Sequence[AddressFacts], by_address: Sequence[Judgement | None]) -> int | None:
    tests = (lambda place: addresses[place].network, lambda place: addresses[place].origin.asns, by_address.__getitem__)
    return next((place for is_known in tests for place in range(len(addresses)) if is_known(place)), None)


def _by_name(edges: Sequence[Edge], host: str) -> Judgement | None:
    """The longest suffix decides; of equals the first, so that the operator's comes before the shipped one."""
    found = [(len(suffix), edge) for edge in edges for suffix in edge.suffixes if under(host, suffix)]
    if found:
        edge = max(found, key=lambda each: each[0])[1]
        does = "only hands out its name" if edge.certainty is Certainty.ORIGIN else "is where its names lead"
        return Judgement(edge.certainty, f"{edge.name} {does}", edge, edge.shows)
    if platform_domain(host):
        return Judgement(Certainty.SHARED_PLATFORM, "its name is one that a platform hands out to its customers")
    return None


def _by_address(edges: Sequence[Edge], facts: AddressFacts) -> Judgement | None:
    by_range = next((edge for edge in edges if _in_range(facts.ip, edge)), None)
    if by_range:
        return Judgement(by_range.certainty, f"{by_range.name} publishes its address as its own", by_range)
    networks = [network.name.upper() for network in facts.networks if network.name]
    asns = set(facts.origin.asns)
    for edge in edges:
        if any(fnmatchcase(name, pattern) for name in networks for pattern in edge.networks):
            return Judgement(edge.certainty, f"its network is {edge.name}'s", edge)
        if asns & set(edge.asns):
            return Judgement(edge.certainty, f"{edge.name} announces its network", edge)
    return None


def _in_range(ip: Address, edge: Edge) -> bool:
    return any(ip.version == each.version and ip in each for each in edge.ranges)
