"""The tables that are data, what the operator may add, and how a finding is shown to people."""

import io
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from rich.console import Console

from hotline.address import parse_url
from hotline.countries import country_code
from hotline.errors import HotlineError
from hotline.words import Certainty, ContactSource
from takedown.hosting.edge_table import Edge, load_edges
from takedown.hosting.edges import Fronts, judge
from takedown.hosting.facts import AddressFacts, NetworkFacts, OriginFacts
from takedown.hosting.last_desks import load_desks
from takedown.hosting.locate import locate
from takedown.hosting.registries import known_registries
from takedown.hosting.tree import render
from tests.takedown.hosting.hosting_world import NOW, Settings, World


def addressed(ip: str = "198.51.100.7", network: str = "", asn: int = 64500) -> AddressFacts:
    """An address whose registry and origin are known."""
    block = ip_network(f"{ip}/32")
    known = NetworkFacts(ContactSource.RDAP, (block,), NOW, name=network or "SOME-NET")
    return AddressFacts(ip_address(ip), OriginFacts((asn,)), (known,))


def fronts(edges: tuple[Edge, ...], url: str, *addresses: AddressFacts, names: tuple[str, ...] = ()) -> Fronts:
    return judge(edges, parse_url(url), names, addresses)


def test_every_entry_says_whence_and_when_it_is_known(tmp_path: Path) -> None:
    edges = load_edges(tmp_path)
    assert len(edges) > 10
    assert all(each.source and each.noted for each in edges)
    assert all(each.suffixes or each.networks or each.asns or each.ranges for each in edges)
    assert len({each.name for each in edges}) == len(edges)


def test_the_operators_entries_go_first_and_a_broken_file_is_named(tmp_path: Path) -> None:
    entry = 'name="Own"\ncertainty="shared_platform"\nsource="s"\nnoted=2030-01-01\nsuffixes=["own.example"]\n'
    (tmp_path / "edges.toml").write_text(f"[[edge]]\n{entry}")
    found = fronts(load_edges(tmp_path), "http://a.own.example/", addressed())
    assert found.overall.certainty is Certainty.SHARED_PLATFORM
    (tmp_path / "edges.toml").write_text('[[edge]]\nname="x"\n')
    with pytest.raises(HotlineError, match=r"edges\.toml"):
        load_edges(tmp_path)


def test_an_edge_is_known_by_network_name_or_number_and_never_by_likeness(tmp_path: Path) -> None:
    edges = load_edges(tmp_path)
    for address in (addressed(network="CLOUDFLARENET"), addressed(asn=13335), addressed("173.245.48.1")):
        assert fronts(edges, "http://a.example/", address).overall.certainty is Certainty.CDN_EDGE
    other = fronts(edges, "http://notcdn.cloudflare.net.example/", addressed(network="MY-CDN"))
    assert other.overall.certainty is Certainty.ORIGIN


def test_registries_own_desks_are_known_by_address_and_by_domain() -> None:
    registries = known_registries()
    assert registries.own("Abuse@RIPE.net")
    assert registries.own("anything@db.ripe.net")
    assert not registries.own("abuse@notripe.net")


@pytest.mark.parametrize(
    ("text", "code"),
    [("nl", "NL"), ("United States", "US"), ("NL # Netherlands", None), ("EU", None), ("", None)],
)
def test_countries_are_codes_or_names_and_regions_are_none(text: str, code: str | None) -> None:
    assert country_code(text) == code


def test_the_operator_names_the_last_desks_and_takes_shipped_ones_away(tmp_path: Path) -> None:
    assert load_desks(tmp_path).hotline == {}
    own = '[hotline]\nnl = "desk@hotline.example"\n[registry]\n".Test" = "abuse@registry.example"\norg = false\n'
    (tmp_path / "desks.toml").write_text(own)
    desks = load_desks(tmp_path)
    assert desks.hotline == {"NL": "desk@hotline.example"}
    assert desks.registry["test"] == "abuse@registry.example"
    assert "org" not in desks.registry and "org" in load_desks(tmp_path / "another").registry


def test_hotlines_of_homes_of_the_first_version_still_count(tmp_path: Path) -> None:
    (tmp_path / "hotlines.toml").write_text('NL = "first@hotline.example"\nSE = "old@hotline.example"\n')
    (tmp_path / "desks.toml").write_text('[hotline]\nNL = "desk@hotline.example"\n')
    assert load_desks(tmp_path).hotline == {"NL": "desk@hotline.example", "SE": "old@hotline.example"}
    (tmp_path / "hotlines.toml").write_text("NL = nobody")
    with pytest.raises(HotlineError, match=r"hotlines\.toml"):
        load_desks(tmp_path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[hotline", "not valid TOML"),
        ("[hotlines]", "hotlines is no section"),
        ("hotline = 1", "hotline must be a section"),
        ('[cert]\nNL = "nobody"', r"\[cert\] NL must be one mail address"),
        ("[cert]\nNL = 3", r"\[cert\] NL must be one mail address"),
        ('[hotline]\nNLD = "a@b.example"', r"\[hotline\] NLD is no country code of two letters"),
        ('[hotline]\nuk = "a@b.example"', r"\[hotline\] uk is written GB"),
        ('[registry]\n"shop.example" = "a@b.example"', r"\[registry\] shop.example is no top-level domain"),
    ],
)
def test_a_table_of_last_desks_with_a_fault_is_refused_by_name(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "desks.toml").write_text(text)
    with pytest.raises(HotlineError, match=rf"desks\.toml.*{words}"):
        load_desks(tmp_path)


async def test_a_finding_is_shown_as_a_tree_and_strangers_words_stay_plain(tmp_path: Path) -> None:
    world = World(hosts={"a.example": ("198.51.100.7",)})
    text = "inetnum: 198.51.100.0/24\nnetname: [red]NET\norg-name: \x1b[31mN\nabuse-mailbox: abuse@n.example\n"
    world.whois["127.0.0.1:4343"] = {"*": text}
    finding = await locate(parse_url("http://a.example/"), world, Settings(tmp_path, str(tmp_path)), NOW)
    page = io.StringIO()
    Console(file=page, width=200).print(render(finding))
    assert "1. abuse@n.example (host, named by the registry (WHOIS)" in page.getvalue()
    assert "[red]NET" in page.getvalue()
    assert "\x1b" not in page.getvalue()
    hidden = io.StringIO()
    Console(file=hidden, width=200).print(render(finding, show_address=False))
    assert "a.example" not in hidden.getvalue()
