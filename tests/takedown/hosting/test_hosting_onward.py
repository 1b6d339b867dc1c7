"""Where an RDAP answer leads when it names nobody to ask: the parent network, the registrar's own record."""

from datetime import timedelta
from pathlib import Path

import pytest

from hotline.address import parse_url
from takedown.hosting.cache import MemoryCache
from takedown.hosting.finding import HostingFinding
from takedown.hosting.locate import locate
from takedown.hosting.rdap.judging import at_its_door, link_up, registrars_own
from takedown.hosting.rdap.objects import IpNetwork, parse_domain, parse_network
from tests.takedown.hosting.hosting_world import NOW, Settings, World, bootstrap, entity, network

HERE = "http://rdap.north.example/rdap/ip/198.51.100.7"
NORTH = "https://rdap.north.example/"
REGISTRY = "https://rdap.registry.example/"
OWN = "https://rdap.registrar.example/domain/SITE.EXAMPLE"


def small(**more: object) -> IpNetwork:
    parsed = parse_network(network("198.51.100.0", "198.51.100.255", **more))
    assert parsed is not None
    return parsed


def test_a_link_to_the_server_that_answered_is_asked_at_the_door_that_was_open() -> None:
    up = [{"rel": "up", "href": "https://rdap.north.example/rdap/ip/198.51.0.0/16"}]
    assert link_up(small(links=up), HERE) == "http://rdap.north.example/rdap/ip/198.51.0.0/16"
    assert at_its_door(HERE, "https://rdap.south.example/ip/1") == "https://rdap.south.example/ip/1"


@pytest.mark.parametrize(
    ("parent", "expected"),
    [
        ("198.51.96.0 - 198.51.111.255", "http://rdap.north.example/rdap/ip/198.51.96.0/20"),
        ("198.51.96.0/20", "http://rdap.north.example/rdap/ip/198.51.96.0/20"),
        ("198.0.0.0 - 198.255.255.255", ""),  # a registry's own block
        ("198.51.100.0 - 198.51.100.255", ""),  # itself
        ("2001:db8::/32", ""),
        ("NET-198-51-96-0-1", ""),
        ("", ""),
    ],
)
def test_the_parent_is_found_by_its_range_where_no_link_leads_there(parent: str, expected: str) -> None:
    assert link_up(small(parentHandle=parent), HERE) == expected


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ({"rel": "related", "href": OWN, "type": "application/rdap+json"}, OWN),
        ({"rel": "related", "href": OWN, "type": "text/html"}, ""),
        ({"rel": "related", "href": "http://rdap.registrar.example/domain/SITE.EXAMPLE"}, ""),
        ({"rel": "related", "href": "https://registrar.example/terms"}, ""),
        ({"rel": "self", "href": OWN}, ""),
    ],
)
def test_a_registry_links_to_the_registrars_own_record(link: dict[str, object], expected: str) -> None:
    domain = parse_domain({"objectClassName": "domain", "ldhName": "site.example", "links": [link]})
    assert domain is not None
    assert registrars_own(domain, REGISTRY + "domain/site.example") == expected


def thin(*people: object) -> dict[str, object]:
    links = [{"rel": "related", "href": OWN, "type": "application/rdap+json"}]
    return {"objectClassName": "domain", "ldhName": "SITE.EXAMPLE", "entities": list(people), "links": links}


async def located(world: World, folder: Path) -> HostingFinding:
    base = bootstrap(folder / "bootstrap", dns=[[["example"], [REGISTRY]]])
    return await locate(parse_url("http://site.example/"), world, Settings(folder, base), NOW)


async def test_the_registrars_own_record_names_the_desk_that_the_registry_leaves_out(tmp_path: Path) -> None:
    world = World()
    known = entity(
        "9101", "registrar", fn="North Names", publicIds=[{"type": "IANA Registrar ID", "identifier": "9101"}]
    )
    world.serves(REGISTRY + "domain/site.example", thin(known))
    desk = entity("A", "abuse", email="abuse@registrar.example")
    world.serves(OWN, thin(entity("9101", "registrar", fn="North Names", entities=[desk])))
    found = await located(world, tmp_path)
    assert found.registrar is not None
    assert (found.registrar.name, found.registrar.iana_id, found.registrar.abuse_email) == (
        "North Names",
        9101,
        "abuse@registrar.example",
    )


async def test_a_registrars_server_that_is_down_leaves_the_registrys_word(tmp_path: Path) -> None:
    world = World(silent={"https://rdap.registrar.example/"})
    world.serves(REGISTRY + "domain/site.example", thin(entity("9101", "registrar", fn="North Names")))
    found = await located(world, tmp_path)
    assert found.registrar is not None
    assert found.registrar.name == "North Names"
    assert any("rdap.registrar.example" in each for each in found.problems)


async def test_the_registrar_is_not_asked_when_the_registry_names_its_desk(tmp_path: Path) -> None:
    world = World()
    desk = entity("A", "abuse", email="abuse@registrar.example")
    world.serves(REGISTRY + "domain/site.example", thin(entity("9101", "registrar", fn="N", entities=[desk])))
    await located(world, tmp_path)
    assert world.asked[OWN] == 0


async def test_a_mirrors_entity_is_fetched_from_the_mirror(tmp_path: Path) -> None:
    world = World(hosts={"site.example": ("198.51.100.7",)}, silent={"https://rdap.north.example/"})
    link = {"rel": "self", "href": "https://rdap.north.example/rdap/entity/A"}
    bare = {"objectClassName": "entity", "handle": "A", "roles": ["abuse"], "links": [link]}
    world.serves(HERE, network("198.51.100.0", "198.51.100.255", bare))
    world.serves("http://rdap.north.example/rdap/entity/A", entity("A", email="abuse@north.example"))
    base = bootstrap(tmp_path / "bootstrap", ipv4=[[["198.51.100.0/24"], ["http://rdap.north.example/rdap/"]]])
    found = await locate(parse_url("http://site.example/"), world, Settings(tmp_path, base), NOW)
    assert found.contacts[0].address == "abuse@north.example"


async def test_an_entity_that_cannot_be_fetched_is_told_and_asked_for_again_soon(tmp_path: Path) -> None:
    nobody = entity("BR-1", "abuse", links=[{"rel": "self", "href": f"{NORTH}entity/BR-1"}])
    world = World(hosts={"a.example": ("198.51.100.7",)})
    world.serves(f"{NORTH}ip/198.51.100.7", network("198.51.100.0", "198.51.100.255", entities=[nobody]))
    world.serves(f"{NORTH}entity/BR-1", {}, 429)
    settings = Settings(tmp_path, bootstrap(tmp_path / "b", ipv4=[[["198.51.100.0/24"], [NORTH]]]))
    cache, url = MemoryCache(), parse_url("http://a.example/")
    limited = await locate(url, world, settings, NOW, cache)
    assert any("rate limited" in each for each in limited.problems)
    world.serves(f"{NORTH}entity/BR-1", entity("BR-1", "abuse", email="abuse@south.example"))
    soon = await locate(url, world, settings, NOW + timedelta(minutes=9), cache)
    assert any("rate limited" in each for each in soon.problems), "what is missing is said as long as it is missing"
    later = await locate(url, world, settings, NOW + timedelta(minutes=11), cache)
    assert [each.address for each in later.contacts] == ["abuse@south.example"]
    assert not any("rate limited" in each for each in later.problems)
