"""What stands in front of the files: CDN, platform, gateway; by names, by addresses, for each address apart."""

from datetime import date
from ipaddress import ip_address, ip_network

import pytest

from hotline.address import parse_url
from hotline.words import Certainty, ContactSource
from takedown.hosting.edge_table import Edge, Shows
from takedown.hosting.edges import Fronts, judge, judge_origin
from takedown.hosting.facts import AddressFacts, NetworkFacts, OriginFacts
from takedown.hosting.gateways import about, shape_of
from tests.takedown.hosting.hosting_world import NOW

DAY = date(2030, 1, 1)
CID = "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi"
ONION = "a" * 56


def edge(name: str, certainty: Certainty, **signs: object) -> Edge:
    return Edge(name, certainty, "the tests", DAY, **signs)  # type: ignore[arg-type]


CDN = edge("Cdn", Certainty.CDN_EDGE, suffixes=("cdn.example",), ranges=(ip_network("203.0.113.0/24"),))
BLOGS = edge("Blogs", Certainty.SHARED_PLATFORM, suffixes=("blogs.example",), asns=(64510,))
FILES = edge("Files", Certainty.SHARED_PLATFORM, suffixes=("files.blogs.example", "s3-*.stores.example"))
NAMES = edge("Names", Certainty.ORIGIN, suffixes=("dyn.example",))
TABLE = (CDN, BLOGS, FILES, NAMES)


def at(ip: str, asn: int = 64500, network: str = "SOME-NET") -> AddressFacts:
    facts = NetworkFacts(ContactSource.RDAP, (ip_network(f"{ip}/32"),), NOW, name=network)
    return AddressFacts(ip_address(ip), OriginFacts((asn,)), (facts,))


OWN = at("198.51.100.7")


def fronts(host: str, *addresses: AddressFacts, names: tuple[str, ...] = ()) -> Fronts:
    return judge(TABLE, parse_url(f"http://{host}/"), names, addresses or (OWN,))


@pytest.mark.parametrize(
    ("host", "names", "certainty", "name"),
    [
        ("www.site.example", (), Certainty.ORIGIN, None),
        ("www.site.example", ("www.site.cdn.example",), Certainty.CDN_EDGE, "Cdn"),
        ("me.blogs.example", (), Certainty.SHARED_PLATFORM, "Blogs"),
        ("me.files.blogs.example", (), Certainty.SHARED_PLATFORM, "Files"),
        ("bucket.s3-eu.stores.example", (), Certainty.SHARED_PLATFORM, "Files"),
        ("evilcdn.example", (), Certainty.ORIGIN, None),
        ("me.dyn.example", (), Certainty.ORIGIN, "Names"),
        ("me.dyn.example", ("me.blogs.example",), Certainty.SHARED_PLATFORM, "Names"),
        ("someone.github.io", (), Certainty.SHARED_PLATFORM, None),
    ],
)
def test_names_tell_most_and_the_longest_suffix_decides(
    host: str, names: tuple[str, ...], certainty: Certainty, name: str | None
) -> None:
    found = fronts(host, names=names)
    assert found.overall.certainty is certainty
    assert [each.name for each in found.edges][:1] == ([name] if name else [])


def test_each_address_has_its_own_front() -> None:
    found = fronts("www.site.example", OWN, at("203.0.113.5"), at("198.51.100.9", asn=64510))
    assert [found.is_edge(place) for place in range(3)] == [False, True, False]
    assert [each.name for each in found.edges] == ["Cdn", "Blogs"]
    assert found.overall.certainty is Certainty.ORIGIN, "as with the provider, the first address speaks"


def test_without_an_address_nothing_is_known() -> None:
    found = judge(TABLE, parse_url("http://www.site.cdn.example/"), (), ())
    assert found.overall.certainty is Certainty.UNKNOWN


def test_a_published_range_tells_though_no_registry_answers() -> None:
    silent = AddressFacts(ip_address("203.0.113.5"))
    assert fronts("www.site.example", silent).overall.certainty is Certainty.CDN_EDGE
    nothing = AddressFacts(ip_address("198.51.100.5"))
    assert fronts("www.site.example", nothing).overall.certainty is Certainty.UNKNOWN


@pytest.mark.parametrize(
    ("url", "shows"),
    [
        (f"https://gate.example/ipfs/{CID}", Shows.IPFS),
        (f"https://gate.example/ipfs/{CID}/a.png", Shows.IPFS),
        ("https://gate.example/ipfs/QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG", Shows.IPFS),
        (f"https://{CID}.ipfs.gate.example/", Shows.IPFS),
        ("https://gate.example/ipfs/about.html", None),
        ("https://gate.example/ipfs/", None),
        (f"https://{ONION}.onion.gate.example/", Shows.ONION),
        (f"https://www.{ONION}.tor2web.example/", Shows.ONION),
        (f"http://{ONION}.onion/", None),
        ("https://onion.gate.example/", None),
    ],
)
def test_a_gateway_is_known_by_the_shape_of_its_urls(url: str, shows: Shows | None) -> None:
    assert shape_of(parse_url(url)) is shows


def test_a_finding_says_that_a_gateway_only_shows_what_lies_elsewhere() -> None:
    found = judge(TABLE, parse_url(f"https://gate.example/ipfs/{CID}"), (), (OWN,))
    assert found.overall.certainty is Certainty.SHARED_PLATFORM
    assert found.problems == (about(Shows.IPFS),)
    listed = edge("Gate", Certainty.SHARED_PLATFORM, suffixes=("gate.example",), shows=Shows.IPFS)
    named = judge((listed,), parse_url(f"https://gate.example/ipfs/{CID}"), (), (OWN,))
    assert (named.problems, [each.name for each in named.edges]) == ((about(Shows.IPFS),), ["Gate"])


def test_a_told_origin_may_be_a_front_again() -> None:
    assert judge_origin(TABLE, OWN).overall.certainty is Certainty.ORIGIN
    again = judge_origin(TABLE, at("203.0.113.5"))
    assert (again.overall.certainty, again.is_edge(0)) == (Certainty.CDN_EDGE, True)
