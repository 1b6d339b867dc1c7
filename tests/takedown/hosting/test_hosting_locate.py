"""From a URL to a finding over a small internet in memory: the ladder, its sources, faults in words."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hotline.address import parse_url
from takedown.hosting.cache import MemoryCache
from takedown.hosting.finding import HostingFinding
from takedown.hosting.locate import Locator, locate
from takedown.hosting.servers import Servers
from tests.takedown.hosting.hosting_world import NOW, Settings, World, bootstrap, card, entity, network

RDAP = "https://rdap.registry.example/"
DOMAINS = "https://rdap.nic.example/"
DESK = entity("AD1", "abuse", fn="Abuse desk", email="abuse@north.example")
HOLDER = entity("ORG-N", "registrant", fn="North Hosting", kind="org", email="ceo@north.example")
REGISTRAR = entity(
    "292",
    "registrar",
    fn="Registrar One",
    publicIds=[{"type": "IANA Registrar ID", "identifier": "292"}],
    entities=[entity("RA", "abuse", email="abuse@registrar.example")],
)
DOMAIN = {
    "objectClassName": "domain",
    "ldhName": "site.example",
    "entities": [REGISTRAR, entity("H", "registrant", email="owner@site.example")],
}


class Time:
    """Real time that stands still until it is moved; waits are only written down."""

    def __init__(self) -> None:
        self.at = 0.0
        self.waits: list[float] = []

    def elapsed(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.at += seconds

    def servers(self) -> Servers:
        return Servers(self.elapsed, self.sleep)


@pytest.fixture
def world() -> World:
    made = World(hosts={"img.site.example": ("198.51.100.7",)})
    made.txt["7.100.51.198.origin.asn.origins.example"] = ("64500 | 198.51.100.0/24 | NL | ripencc | 2001-01-01",)
    made.txt["AS64500.asn.origins.example"] = ("64500 | NL | ripencc | 2001-01-01 | NORTH-AS, NL",)
    made.serves(RDAP + "ip/198.51.100.7", network("198.51.100.0", "198.51.100.255", HOLDER, DESK))
    made.serves(DOMAINS + "domain/site.example", DOMAIN)
    return made


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    folder = bootstrap(
        tmp_path / "bootstrap",
        ipv4=[[["198.51.0.0/16", "203.0.113.0/24"], [RDAP]]],
        asn=[[["64496-64511"], [RDAP]]],
        dns=[[["example"], [DOMAINS]]],
    )
    return Settings(tmp_path, folder)


async def find(world: World, settings: Settings, url: str = "http://img.site.example/a.png") -> HostingFinding:
    return await locate(parse_url(url), world, settings, NOW)


def rungs(finding: HostingFinding) -> list[tuple[str, str, str]]:
    return [(each.role.value, each.address, each.source.value) for each in finding.contacts]


async def test_a_host_is_found_with_its_network_as_registrar_and_ladder(world: World, settings: Settings) -> None:
    finding = await find(world, settings)
    assert finding.as_json() == {
        "url": "http://img.site.example/a.png",
        "host": "img.site.example",
        "registrable_domain": "site.example",
        "names": [],
        "addresses": [
            {
                "ip": "198.51.100.7",
                "asn": 64500,
                "as_name": "NORTH-AS, NL",
                "prefix": "198.51.100.0/24",
                "network": "NORTH-NET",
                "country": "NL",
            }
        ],
        "certainty": "origin",
        "provider": {"name": "North Hosting", "asn": 64500, "country": "NL"},
        "registrar": {"name": "Registrar One", "iana_id": 292, "abuse_email": "abuse@registrar.example"},
        "contacts": [
            {
                "role": "host",
                "address": "abuse@north.example",
                "kind": "email",
                "source": "rdap",
                "object": "AD1",
                "confidence": 0.95,
                "observed_at": "2030-01-01T00:00:00Z",
            },
            {
                "role": "registrar",
                "address": "abuse@registrar.example",
                "kind": "email",
                "source": "rdap",
                "object": "RA",
                "confidence": 0.95,
                "observed_at": "2030-01-01T00:00:00Z",
            },
        ],
        "observed_at": "2030-01-01T00:00:00Z",
        "problems": [],
    }
    assert not any(each.startswith("whois") for each in world.asked)


async def test_an_address_has_no_registrar(world: World, settings: Settings) -> None:
    finding = await find(world, settings, "http://198.51.100.7/a.png")
    assert (finding.registrar, finding.registrable_domain) == (None, None)
    assert finding.contacts[0].address == "abuse@north.example"


async def test_where_rdap_names_nobody_whois_is_asked_by_referral(world: World, settings: Settings) -> None:
    world.serves(RDAP + "ip/198.51.100.7", network("198.51.100.0", "198.51.100.255", HOLDER))
    world.whois["127.0.0.1:4343"] = {"*": "refer: whois.north.example:4300\n"}
    text = "inetnum: 198.51.100.0 - 198.51.100.255\nnetname: X\n\nrole: R\nabuse-mailbox: abuse@w.example\n"
    world.whois["whois.north.example:4300"] = {"198.51.100.7": text}
    finding = await find(world, settings)
    assert rungs(finding)[0] == ("host", "abuse@w.example", "whois")
    assert finding.provider is not None
    assert finding.provider.name == "North Hosting"


async def test_the_smaller_network_names_the_provider_when_registries_disagree(
    world: World, settings: Settings
) -> None:
    world.serves(RDAP + "ip/198.51.100.7", network("198.51.0.0", "198.51.255.255", HOLDER))
    text = "inetnum: 198.51.100.0 - 198.51.100.63\nnetname: SMALL\norg-name: Small Host\ncountry: SE\n"
    world.whois["127.0.0.1:4343"] = {"*": text + "abuse-mailbox: abuse@small.example\n"}
    finding = await find(world, settings)
    assert finding.provider is not None
    assert (finding.provider.name, finding.provider.country) == ("Small Host", "SE")
    assert finding.contacts[0].address == "abuse@small.example"


async def test_a_network_without_a_desk_leads_to_its_parent_then_to_its_as(world: World, settings: Settings) -> None:
    up = [{"rel": "up", "href": RDAP + "ip/198.51.0.0/16"}]
    world.serves(RDAP + "ip/198.51.100.7", network("198.51.100.0", "198.51.100.255", HOLDER, links=up))
    parent = entity("P1", "abuse", email="abuse@parent.example")
    world.serves(RDAP + "ip/198.51.0.0/16", network("198.51.0.0", "198.51.255.255", parent, name="PARENT"))
    world.serves(
        RDAP + "autnum/64500",
        {
            "objectClassName": "autnum",
            "handle": "AS64500",
            "name": "NORTH-AS",
            "entities": [entity("A5", "abuse", email="abuse@carrier.example")],
        },
    )
    finding = await find(world, settings)
    assert rungs(finding) == [
        ("host", "abuse@parent.example", "rdap"),
        ("upstream", "abuse@carrier.example", "rdap"),
        ("registrar", "abuse@registrar.example", "rdap"),
    ]
    del world.pages[RDAP + "ip/198.51.0.0/16"]
    assert rungs(await find(world, settings))[0] == ("host", "abuse@carrier.example", "rdap")


async def test_with_nobody_named_the_providers_own_domain_is_guessed(world: World, settings: Settings) -> None:
    people = entity("T", "technical", email="noc@mail.north.example")
    world.serves(RDAP + "ip/198.51.100.7", network("198.51.100.0", "198.51.100.255", HOLDER, people))
    first = (await find(world, settings)).contacts[0]
    assert (first.address, first.source.value, first.confidence < 0.3) == (
        "abuse@north.example",
        "rfc2142",
        True,
    )


@pytest.mark.parametrize("address", ["noc@site.example", "someone@gmail.com", "hostmaster@ripe.net"])
async def test_no_guess_at_the_sites_own_domain_a_mailbox_provider_or_a_registry(
    world: World, settings: Settings, address: str
) -> None:
    world.serves(
        RDAP + "ip/198.51.100.7",
        network("198.51.100.0", "198.51.100.255", HOLDER, entity("T", "technical", email=address)),
    )
    assert [each[0] for each in rungs(await find(world, settings))] == ["registrar"]


async def test_the_domains_holder_is_never_asked_even_as_abuse_desk_of_the_network(
    world: World, settings: Settings
) -> None:
    own = entity("AD9", "abuse", email="owner@site.example")
    world.serves(RDAP + "ip/198.51.100.7", network("198.51.100.0", "198.51.100.255", HOLDER, own))
    finding = await find(world, settings)
    assert "owner@site.example" not in [each.address for each in finding.contacts]
    assert any("domain holder" in each for each in finding.problems)


async def test_a_desk_on_the_sites_own_domain_is_pointed_out(world: World, settings: Settings) -> None:
    own = entity("AD9", "abuse", email="abuse@site.example")
    world.serves(RDAP + "ip/198.51.100.7", network("198.51.100.0", "198.51.100.255", HOLDER, own))
    assert any("own domain" in each for each in (await find(world, settings)).problems)


async def test_an_abuse_role_without_address_is_fetched_by_its_link(world: World, settings: Settings) -> None:
    bare = entity("BRA1", "abuse", links=[{"rel": "self", "href": RDAP + "entity/BRA1"}])
    world.serves(RDAP + "ip/198.51.100.7", network("198.51.100.0", "198.51.100.255", HOLDER, bare))
    world.serves(RDAP + "entity/BRA1", {"handle": "BRA1", "vcardArray": card(email="abuse@norte.example")})
    finding = await find(world, settings)
    assert rungs(finding)[0] == ("host", "abuse@norte.example", "rdap")
    assert finding.contacts[0].object == "BRA1"


async def test_a_redirect_is_followed_but_never_from_https_to_http(world: World, settings: Settings) -> None:
    there = "https://rdap.other.example/ip/198.51.100.7"
    world.pages[there] = world.pages[RDAP + "ip/198.51.100.7"]
    world.serves(RDAP + "ip/198.51.100.7", b"", 302, Location=there)
    assert (await find(world, settings)).contacts[0].role.value == "host"
    world.serves(RDAP + "ip/198.51.100.7", b"", 302, Location=there.replace("https", "http"))
    finding = await find(world, settings)
    assert finding.contacts[0].role.value == "registrar"
    assert any("https to http" in each for each in finding.problems)


async def test_redirects_in_a_circle_end(world: World, settings: Settings) -> None:
    world.serves(RDAP + "ip/198.51.100.7", b"", 302, Location=RDAP + "b")
    world.serves(RDAP + "b", b"", 302, Location=RDAP + "ip/198.51.100.7")
    assert any("in a circle" in each for each in (await find(world, settings)).problems)


async def test_a_chain_of_redirects_ends_after_five(world: World, settings: Settings) -> None:
    world.serves(RDAP + "ip/198.51.100.7", b"", 302, Location="/0")
    for hop in range(9):
        world.serves(f"{RDAP}{hop}", b"", 302, Location=f"/{hop + 1}")
    assert any("more than 5 times" in each for each in (await find(world, settings)).problems)
    assert sum(world.asked[f"{RDAP}{hop}"] for hop in range(9)) == 5


async def test_a_short_retry_after_is_waited_for_and_a_long_one_told(world: World, settings: Settings) -> None:
    time = Time()
    world.serves(RDAP + "ip/198.51.100.7", {}, 429, Retry_After="3")
    finding = await Locator(world, settings, servers=time.servers()).locate(parse_url("http://198.51.100.7/"), NOW)
    assert time.waits == [3.0]
    assert any("rate limited" in each for each in finding.problems)
    world.serves(RDAP + "ip/198.51.100.7", {}, 429, Retry_After="300")
    finding = await Locator(world, settings, servers=time.servers()).locate(parse_url("http://198.51.100.7/"), NOW)
    assert time.waits == [3.0]


async def test_a_limit_told_with_status_200_is_a_limit(world: World, settings: Settings) -> None:
    notice = {"notices": [{"title": "Rate limit exceeded", "description": ["Slow down"]}]}
    world.serves(RDAP + "ip/198.51.100.7", notice)
    assert any("rate limited" in each for each in (await find(world, settings)).problems)


async def test_a_server_that_failed_is_left_alone_for_a_minute(world: World, settings: Settings) -> None:
    time = Time()
    world.silent.add(RDAP)
    locator = Locator(world, settings, servers=time.servers())
    for last in ("7", "8", "9"):
        await locator.locate(parse_url(f"http://198.51.100.{last}/"), NOW)
    assert sum(count for url, count in world.asked.items() if url.startswith(RDAP)) == 1
    time.at += 61
    await locator.locate(parse_url("http://198.51.100.10/"), NOW)
    assert world.asked[RDAP + "ip/198.51.100.10"] == 1


async def test_one_query_a_network_one_a_domain_even_when_asked_at_once(world: World, settings: Settings) -> None:
    record = network("198.51.100.0", "198.51.100.255", HOLDER, DESK)
    for last in range(1, 40):
        world.hosts[f"h{last}.site.example"] = (f"198.51.100.{last}",)
        world.serves(f"{RDAP}ip/198.51.100.{last}", record)
    locator = Locator(world, settings, MemoryCache())
    urls = [parse_url(f"http://h{last}.site.example/") for last in range(1, 40)]
    findings = await asyncio.gather(*(locator.locate(url, NOW) for url in urls))
    assert all(each.contacts[0].address == "abuse@north.example" for each in findings)
    assert sum(count for url, count in world.asked.items() if url.startswith(RDAP + "ip/")) == 1
    assert sum(count for url, count in world.asked.items() if url.startswith(DOMAINS)) == 1


async def test_everything_down_still_gives_a_finding_in_words(world: World, settings: Settings) -> None:
    world.silent |= {"https://", "127.0.0.1:4343"}
    world.txt.clear()
    finding = await find(world, settings)
    assert finding.certainty.value == "unknown"
    assert finding.contacts == ()
    assert finding.provider is None
    assert finding.addresses[0].ip == "198.51.100.7"
    assert len(finding.problems) >= 4


async def test_an_unknown_name_still_asks_the_registrar(world: World, settings: Settings) -> None:
    world.hosts.clear()
    finding = await find(world, settings)
    assert (finding.certainty.value, [each[0] for each in rungs(finding)]) == ("unknown", ["registrar"])


async def test_an_edge_by_its_alias_is_a_cdn_and_a_platform_by_the_list(world: World, settings: Settings) -> None:
    world.aliases["img.site.example"] = ("x.edge.cdn-one.example",)
    finding = await find(world, settings)
    assert (finding.certainty.value, finding.contacts[0].role.value) == ("cdn_edge", "cdn")
    world.hosts["alice.github.io"] = ("198.51.100.7",)
    assert (await find(world, settings, "http://alice.github.io/")).certainty.value == "shared_platform"


async def test_a_registry_that_answers_for_another_network_is_not_believed(world: World, settings: Settings) -> None:
    world.serves(RDAP + "ip/198.51.100.7", network("203.0.113.0", "203.0.113.255", HOLDER, DESK))
    finding = await find(world, settings)
    assert finding.contacts[0].role.value == "registrar"
    assert any("another network" in each for each in finding.problems)


async def test_the_registrars_silence_leaves_the_registrys_text(world: World, settings: Settings) -> None:
    world.serves(DOMAINS + "domain/site.example", {}, 404)
    world.whois["127.0.0.1:4343"] = {
        "site.example": "Registrar WHOIS Server: whois.dead.example\nRegistrar: Two\nRegistrar IANA ID: 2\n"
        "Registrar Abuse Contact Email: abuse@two.example\n"
    }
    finding = await find(world, settings)
    assert finding.registrar is not None
    assert vars(finding.registrar) == {"name": "Two", "iana_id": 2, "abuse_email": "abuse@two.example"}
    assert rungs(finding)[-1] == ("registrar", "abuse@two.example", "whois")
    assert any("whois.dead.example" in each for each in finding.problems)


async def test_whois_referrals_in_a_circle_end(world: World, settings: Settings) -> None:
    world.serves(DOMAINS + "domain/site.example", {}, 404)
    world.whois["127.0.0.1:4343"] = {"*": "refer: whois.a.example\n"}
    world.whois["whois.a.example"] = {"*": "whois: whois.b.example\n"}
    world.whois["whois.b.example"] = {"*": "refer: whois.a.example\nRegistrar: Two\n"}
    finding = await find(world, settings)
    assert finding.registrar is not None
    assert world.asked["whois whois.a.example site.example"] == 1


async def test_a_prefix_table_gives_the_origin_by_longest_match(world: World, settings: Settings) -> None:
    table = settings.home / "table.dat"
    table.write_text(
        "; comment\n198.51.0.0/16\t64499\n198.51.100.0/24 64500\n198.51.100.0/24 64501\n2001:db8::/32\t1\n"
    )
    finding = await find(world, replace(settings, asn_origin=str(table)))
    assert finding.addresses[0].asns == (64500, 64501)
    assert finding.addresses[0].prefix == "198.51.100.0/24"


async def test_several_origins_are_kept(world: World, settings: Settings) -> None:
    world.txt["7.100.51.198.origin.asn.origins.example"] = (
        "64499 | 198.51.0.0/16 | NL | ripencc |",
        "64501 64502 | 198.51.100.0/24 | NL | ripencc | 2001-01-01",
    )
    assert (await find(world, settings)).addresses[0].asns == (64501, 64502)


async def test_a_base_url_serves_bootstrap_files_or_is_the_server_itself(world: World, settings: Settings) -> None:
    base = "http://127.0.0.1:8080/"
    world.serves(base + "ip/198.51.100.7", network("198.51.100.0", "198.51.100.255", HOLDER, DESK))
    finding = await find(world, replace(settings, rdap_bootstrap=base))
    assert finding.contacts[0].address == "abuse@north.example"
    assert base + "ip/198.51.100.7" in world.as_given
    world.serves(base + "ipv4.json", {"services": [[["198.51.100.0/24"], [RDAP]]]})
    world.as_given.clear()
    await find(world, replace(settings, rdap_bootstrap=base))
    assert RDAP + "ip/198.51.100.7" not in world.as_given


async def test_a_list_of_registries_is_kept_in_the_home_and_used_when_old(world: World, settings: Settings) -> None:
    from datetime import timedelta

    iana = replace(settings, rdap_bootstrap=None)
    for name, entries in (("ipv4", "198.51.0.0/16"), ("dns", "example"), ("asn", "64500-64500")):
        url = RDAP if name != "dns" else DOMAINS
        world.serves(f"https://data.iana.org/rdap/{name}.json", {"services": [[[entries], [url]]]})
    assert (await find(world, iana)).problems == ()
    world.silent.add("https://data.iana.org/")
    later = await locate(parse_url("http://img.site.example/"), world, iana, NOW + timedelta(days=9))
    assert later.contacts[0].address == "abuse@north.example"
    assert any("9 days old" in each for each in later.problems)


@pytest.mark.parametrize("garbage", [b"<html>", b"[]", b"\xff\xfe", b"{" * 100_000, {"services": [1, [2], [[3], [4]]]}])
async def test_a_malformed_bootstrap_is_survived(world: World, settings: Settings, garbage: Any) -> None:
    import json

    file = Path(str(settings.rdap_bootstrap)) / "ipv4.json"
    file.write_bytes(garbage if isinstance(garbage, bytes) else json.dumps(garbage).encode())
    assert (await find(world, settings)).contacts[0].role.value == "registrar"


async def test_an_address_that_is_not_public_is_asked_of_nobody(world: World, settings: Settings) -> None:
    world.hosts["img.site.example"] = ("10.0.0.1",)
    finding = await find(world, settings)
    assert any("not one of the public internet" in each for each in finding.problems)
    assert not any("10.0.0.1" in each for each in world.asked)


async def test_an_address_that_no_registry_knows_is_said_to_be_such(world: World, settings: Settings) -> None:
    world.hosts["far.example"] = ("2001:db8::7",)
    world.whois = {"127.0.0.1:4343": {"*": "No match found."}}
    finding = await find(world, settings, "http://far.example/")
    assert finding.addresses[0].network is None
    assert "no registry knows a network around the address" in finding.problems


async def test_registry_response_team_and_hotline_come_last_in_this_order(world: World, settings: Settings) -> None:
    hotlines, registries = '[hotline]\nNL = "desk@hotline.example"\n', '[registry]\nexample = "abuse@tld.example"\n'
    text = f'{hotlines}[cert]\nNL = "desk@team.example"\n{registries}'
    (settings.home / "desks.toml").write_text(text)
    finding = await find(world, settings)
    assert rungs(finding)[-4:] == [
        ("registrar", "abuse@registrar.example", "rdap"),
        ("registry", "abuse@tld.example", "override"),
        ("hotline", "desk@team.example", "override"),
        ("hotline", "desk@hotline.example", "override"),
    ]
    literal = await find(world, settings, "http://198.51.100.7/")
    assert "registry" not in [each.role.value for each in literal.contacts], "an address has no top-level domain"
