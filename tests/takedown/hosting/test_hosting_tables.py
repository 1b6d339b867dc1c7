"""The tables that are data, what the operator may add, and how a finding is shown to people."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from hotline.address import parse_url
from hotline.errors import HotlineError
from hotline.words import Certainty
from takedown.hosting.countries import country_code
from takedown.hosting.edges import judge, load_edges
from takedown.hosting.hotlines import load_hotlines
from takedown.hosting.locate import locate
from takedown.hosting.registries import known_registries
from takedown.hosting.tree import render
from tests.takedown.hosting.hosting_world import NOW, Settings, World


def test_every_entry_says_whence_and_when_it_is_known(tmp_path: Path) -> None:
    edges = load_edges(tmp_path)
    assert len(edges) > 10
    assert all(each.source and each.noted and (each.suffixes or each.networks or each.asns) for each in edges)
    assert len({each.name for each in edges}) == len(edges)


def test_the_operators_entries_go_first_and_a_broken_file_is_named(tmp_path: Path) -> None:
    entry = 'name="Own"\ncertainty="shared_platform"\nsource="s"\nnoted=2030-01-01\nsuffixes=["own.example"]\n'
    (tmp_path / "edges.toml").write_text(f"[[edge]]\n{entry}")
    found = judge(load_edges(tmp_path), "a.own.example", (), (), ())
    assert found is not None
    assert found.certainty is Certainty.SHARED_PLATFORM
    (tmp_path / "edges.toml").write_text('[[edge]]\nname="x"\n')
    with pytest.raises(HotlineError, match=r"edges\.toml"):
        load_edges(tmp_path)


def test_an_edge_is_known_by_network_name_or_number_and_never_by_likeness(tmp_path: Path) -> None:
    edges = load_edges(tmp_path)
    assert judge(edges, "a.example", (), ("CLOUDFLARENET",), ()) is not None
    assert judge(edges, "a.example", (), (), (13335,)) is not None
    assert judge(edges, "notcdn.cloudflare.net.example", (), ("MY-CDN",), (64500,)) is None


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


def test_the_operator_names_the_hotlines(tmp_path: Path) -> None:
    assert load_hotlines(tmp_path) == {}
    (tmp_path / "hotlines.toml").write_text('nl = "desk@hotline.example"\n')
    assert load_hotlines(tmp_path) == {"NL": "desk@hotline.example"}


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
