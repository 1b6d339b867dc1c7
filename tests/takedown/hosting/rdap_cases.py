"""Networks by RDAP in a few words: our own minimal records, and what is to be read off them."""

from dataclasses import dataclass

from takedown.hosting.facts import NetworkFacts
from takedown.hosting.rdap.meaning import network_facts
from takedown.hosting.rdap.objects import parse_network
from tests.takedown.hosting.hosting_world import NOW, entity, network

EMPTY_ADR = ["", "", "", "", "", "", ""]
US_LABEL = ["adr", {"label": "1 Main Street\nSpringfield\nCA\n94043\nUNITED STATES"}, "text", EMPTY_ADR]


def read(*entities: object, **more: object) -> NetworkFacts:
    parsed = parse_network(network("198.51.100.0", "198.51.100.255", *entities, **more))
    assert parsed is not None
    return network_facts(parsed, NOW)


def marked(address: str, mark: str) -> list[object]:
    return ["email", {"type": mark}, "text", address]


def maintainer(handle: str) -> dict[str, object]:
    return entity(handle, "registrant", fn=handle, kind="individual")


@dataclass(frozen=True)
class Case:
    """What a seasoned analyst reads off a record: whom to ask, whose network, where."""

    entities: tuple[object, ...]
    desks: tuple[str, ...]
    provider: str = ""
    country: str | None = "NL"
    more: tuple[tuple[str, object], ...] = ()

    def holds(self) -> None:
        facts = read(*self.entities, **dict(self.more))
        assert tuple(desk.address for desk in facts.desks) == self.desks
        assert facts.organisation == self.provider
        assert facts.country == self.country
        assert not facts.allocation


def desc(*lines: str, title: str = "description") -> tuple[str, object]:
    return "remarks", [{"title": title, "description": list(lines)}] if title else [{"description": list(lines)}]
