"""From registries' records to a finding: who is asked first where records only point elsewhere."""

from pathlib import Path

import pytest

from hotline.address import parse_url
from takedown.hosting.finding import HostingFinding
from takedown.hosting.locate import locate
from tests.takedown.hosting.hosting_world import NOW, Settings, World, bootstrap, entity, network

RDAP = "https://rdap.registry.example/"
DOMAINS = "https://rdap.nic.example/"
WHOIS = "127.0.0.1:4343"
IP = "198.51.100.7"


@pytest.fixture
def world() -> World:
    return World(hosts={"img.site.example": (IP,)})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    folder = bootstrap(tmp_path / "b", ipv4=[[["198.51.100.0/24"], [RDAP]]], dns=[[["example"], [DOMAINS]]])
    return Settings(tmp_path, folder)


async def find(world: World, settings: Settings) -> HostingFinding:
    return await locate(parse_url("http://img.site.example/a.png"), world, settings, NOW)


def asked(finding: HostingFinding) -> list[tuple[str, str]]:
    return [(each.address, each.source.value) for each in finding.contacts]


def told(finding: HostingFinding) -> tuple[str | None, str | None]:
    assert finding.provider is not None
    return finding.provider.name, finding.provider.country


async def test_the_organisation_is_fetched_where_the_record_only_names_it(world: World, settings: Settings) -> None:
    bare = entity("ORG-N1", "registrant"), entity("NORTH-MNT", "registrant")
    world.serves(RDAP + f"ip/{IP}", network("198.51.100.0", "198.51.100.255", *bare))
    desk = entity("AR1", "abuse", email="abuse@north.example")
    world.serves(RDAP + "entity/ORG-N1", entity("ORG-N1", fn="North Hosting", kind="org", entities=[desk]))
    finding = await find(world, settings)
    assert asked(finding) == [("abuse@north.example", "rdap")]
    assert told(finding) == ("North Hosting", "NL")
    assert world.asked[RDAP + "entity/NORTH-MNT"] == 0


async def test_a_national_registrys_record_leads_to_its_whois(world: World, settings: Settings) -> None:
    stand_in = entity("JNIC1-AP", "technical", fn="Japan Network Information Center", email="hostmaster@nic.ad.jp")
    remarks = [{"title": "description", "description": ["Japan Network Information Center"]}]
    record = network("198.51.100.0", "198.51.100.255", stand_in, name="NORTH-JPNIC-JP", country="JP", remarks=remarks)
    world.serves(RDAP + f"ip/{IP}", record)
    assert told(await find(world, settings)) == ("NORTH-JPNIC-JP", "JP")
    world.whois[WHOIS] = {
        "*": "inetnum: 198.51.100.0/26\nnetname: NORTH\norg-name: North KK\nabuse-mailbox: abuse@north.example\n"
    }
    finding = await find(world, settings)
    assert asked(finding) == [("abuse@north.example", "whois")]
    assert told(finding)[0] == "North KK"


async def test_transferred_space_is_told_by_who_knows_it_and_not_by_the_placeholder(
    world: World, settings: Settings
) -> None:
    desk = entity("R", "abuse", email="abuse@south.example")
    record = network("198.0.0.0", "199.255.255.255", desk, name="NON-RIPE-NCC-MANAGED-ADDRESS-BLOCK", country="EU")
    world.serves(RDAP + f"ip/{IP}", record)
    world.whois[WHOIS] = {
        "*": "NetRange: 198.51.100.0 - 198.51.100.255\nNetName: NORTH\nOrgName: North LLC\nCountry: US\n"
        "OrgAbuseHandle: A1\nOrgAbuseEmail: abuse@north.example\n"
    }
    finding = await find(world, settings)
    assert asked(finding) == [("abuse@north.example", "whois")]
    assert told(finding) == ("North LLC", "US")
    assert finding.addresses[0].network == "NORTH"


async def test_a_customers_network_leads_to_the_parents_desk(world: World, settings: Settings) -> None:
    up = [{"rel": "up", "href": RDAP + "ip/198.51.0.0/16"}]
    customer = entity("C01234567", "registrant", fn="East Shop", kind="org")
    world.serves(RDAP + f"ip/{IP}", network("198.51.100.0", "198.51.100.63", customer, links=up))
    parent = entity("N1", "registrant", fn="North", entities=[entity("A1", "abuse", email="abuse@north.example")])
    world.serves(RDAP + "ip/198.51.0.0/16", network("198.51.0.0", "198.51.255.255", parent))
    finding = await find(world, settings)
    assert asked(finding) == [("abuse@north.example", "rdap")]
    assert told(finding) == ("East Shop", "NL")


async def test_a_registrar_by_handle_is_fetched_or_stands_by_its_handle(world: World, settings: Settings) -> None:
    world.serves(
        DOMAINS + "domain/site.example", {"ldhName": "site.example", "entities": [entity("REG-ONE", "registrar")]}
    )
    finding = await find(world, settings)
    assert finding.registrar is not None
    assert finding.registrar.name == "REG-ONE"
    world.whois[WHOIS] = {"*": "Domain Name: SITE.EXAMPLE\nRegistrar: Registrar One\n"}
    finding = await find(world, settings)
    assert finding.registrar is not None
    assert finding.registrar.name == "Registrar One"
    desk = entity("", "abuse", email="abuse@registrar.example")
    world.serves(DOMAINS + "entity/REG-ONE", entity("REG-ONE", fn="Registrar One Ltd", entities=[desk]))
    finding = await find(world, settings)
    assert finding.registrar is not None
    assert (finding.registrar.name, finding.registrar.abuse_email) == ("Registrar One Ltd", "abuse@registrar.example")


@pytest.mark.parametrize(
    "link", ["https://gone.example/entity/ABC12", "http://rdap.registry.example/entity/ABC12", "", "x"]
)
async def test_where_the_link_of_a_desk_leads_nowhere_its_registry_is_asked(
    world: World, settings: Settings, link: str
) -> None:
    bare = entity("ABC12", "abuse", links=[{"rel": "self", "href": link}])
    world.serves(RDAP + f"ip/{IP}", network("198.51.100.0", "198.51.100.255", bare))
    world.silent = {"https://gone.example/"}
    world.serves(RDAP + "entity/ABC12", entity("ABC12", email="abuse@north.example"))
    assert asked(await find(world, settings)) == [("abuse@north.example", "rdap")]


async def test_a_handle_is_no_path(world: World, settings: Settings) -> None:
    bare = entity("../ip/203.0.113.7?x=", "abuse")
    world.serves(RDAP + f"ip/{IP}", network("198.51.100.0", "198.51.100.255", bare))
    await find(world, settings)
    assert world.asked[RDAP + "entity/..%2Fip%2F203.0.113.7%3Fx%3D"] == 1
