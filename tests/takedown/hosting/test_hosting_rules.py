"""Operators' rules over a look-up: what a finding says of them, and that they hide nothing that was learnt."""

import asyncio
import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from hotline.address import parse_url
from hotline.errors import HotlineError
from takedown.hosting.finding import HostingFinding, LocatedAddress
from takedown.hosting.locate import Locator, locate
from takedown.hosting.ruled import read_back
from takedown.hosting.tree import render
from tests.takedown.hosting.hosting_world import NOW, Settings, World, bootstrap, entity, network

RDAP, DOMAINS = "https://rdap.registry.example/", "https://rdap.nic.example/"
URL = "http://img.site.example/a.png"
DESK = entity("AD1", "abuse", fn="Abuse desk", email="abuse@north.example")
HOLDER = "somebody@mailbox.example"


@pytest.fixture
def world() -> World:
    made = World(hosts={"img.site.example": ("198.51.100.7",)})
    made.txt["7.100.51.198.origin.asn.origins.example"] = ("64500 | 198.51.100.0/24 | NL | ripencc | 2001-01-01",)
    made.serves(RDAP + "ip/198.51.100.7", network("198.51.100.0", "198.51.100.255", DESK))
    domain = {
        "objectClassName": "domain", "ldhName": "site.example",
        "entities": [entity("H", "registrant", email=HOLDER)],
    }  # fmt: skip
    made.serves(DOMAINS + "domain/site.example", domain)
    return made


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    services = {"ipv4": [[["198.51.0.0/16"], [RDAP]]], "dns": [[["example"], [DOMAINS]]]}
    return Settings(tmp_path, bootstrap(tmp_path / "bootstrap", **services))


def find(world: World, settings: Settings, rule: str = "", on: str = 'domain = "site.example"') -> HostingFinding:
    if rule:
        words = 'author = "ana"\nreason = "agreed by telephone"'
        (settings.home / "hotline.toml").write_text(f"[[rule]]\n{words}\n{on}\n{rule}\n")
    return asyncio.run(locate(parse_url(URL), world, settings, NOW))


@pytest.mark.parametrize("on", ['domain = "site.example"', 'network = "198.51.100.0/24"', "asn = 64500"])
def test_a_rule_speaks_by_domain_network_and_number(world: World, settings: Settings, on: str) -> None:
    finding = find(world, settings, 'contact = "abuse@desk.example"', on)
    assert [each.address for each in finding.contacts][:2] == ["abuse@desk.example", "abuse@north.example"]
    assert finding.contacts[0].object == "rule 1"
    assert [each.author for each in finding.rules] == ["ana"]


def test_the_tree_names_rule_author_and_reason(world: World, settings: Settings) -> None:
    screen = io.StringIO()
    finding = find(world, settings, 'do_not_notify = ["abuse@north.example"]')
    Console(file=screen, width=200).print(render(finding))
    assert "rule 1 (ana): do_not_notify; agreed by telephone" in screen.getvalue()
    assert "abuse@north.example" not in screen.getvalue()


def test_what_was_learnt_stays_behind_the_rules(world: World, settings: Settings) -> None:
    plain = find(world, settings)
    told = find(world, settings, 'contact = "a@desk.example"\nprovider = { name = "Lane" }')
    assert told.as_found.as_json() == plain.as_json()
    assert told.provider is not None
    assert (told.provider.name, told.provider.country) == ("Lane", "NL")
    assert replace(told, url="http://img.site.example/b").as_found.url == "http://img.site.example/b"


@pytest.mark.parametrize("address", [HOLDER, HOLDER.upper(), "me@site.example"])
def test_the_holder_is_asked_by_a_contact_alone(world: World, settings: Settings, address: str) -> None:
    also = find(world, settings, f'also_notify = ["{address}"]')
    assert any("the site's holder is not told by rule 1" in problem for problem in also.problems)
    assert also.rules == ()
    forced = find(world, settings, f'contact = "{address}"')
    assert forced.contacts[0].address.lower() == address.lower()


def test_a_finding_in_the_contracts_form_can_be_read_back(world: World, settings: Settings) -> None:
    several = LocatedAddress("198.51.100.7", 64500, "A", "198.51.100.0/24", "N", "NL", (64500, 64501))
    finding = replace(find(world, settings), addresses=(several,), told_origin="198.51.100.7")
    assert read_back(finding.as_json()).as_json() == finding.as_json()
    assert read_back(finding.as_kept()).as_kept() == finding.as_kept()
    assert HOLDER in str(finding.as_kept())
    assert HOLDER not in str(finding.as_json())
    nothing = replace(finding, provider=None, registrar=None, contacts=(), addresses=())
    assert read_back(nothing.as_json()).as_json() == nothing.as_json()


def test_a_look_up_refuses_broken_rules_before_anybody_is_asked(world: World, settings: Settings) -> None:
    (settings.home / "hotline.toml").write_text("[[rule]]\n")
    with pytest.raises(HotlineError, match="rule 1: author must be there"):
        Locator(world, settings)
    assert not world.asked
