"""Space that is nobody's, extents as registries write them, what must be fetched, autonomous systems."""

from typing import Any

import pytest

from takedown.hosting.rdap.desks import speechless
from takedown.hosting.rdap.meaning import autnum_facts, network_facts
from takedown.hosting.rdap.objects import parse_autnum, parse_network
from takedown.hosting.rdap.people import people
from tests.takedown.hosting.hosting_world import NOW, card, entity, network
from tests.takedown.hosting.rdap_cases import US_LABEL, read


@pytest.mark.parametrize("region", ["EU", "AP", "ZZ", "XX", "", None, "europe", 7])
def test_a_region_is_nobodys_country(region: object) -> None:
    assert read(country=region).country is None


PARENTS: dict[str, dict[str, Any]] = {
    "RIPE's placeholder": {"name": "NON-RIPE-NCC-MANAGED-ADDRESS-BLOCK", "country": "EU"},
    "RIPE's region": {"name": "EU-ZZ-198"},
    "an early registration seen from RIPE": {"name": "LACNIC-ERX"},
    "an early registration seen from APNIC": {"name": "ERX-NETBLOCK"},
    "APNIC's in Africa": {"name": "AFRINIC-ERX-198"},
    "IANA's": {"name": "IANA-BLK"},
    "a stub of transferred space": {"name": "STUB-198-51SLASH16"},
    "by size": {"startAddress": "196.0.0.0", "endAddress": "199.255.255.255"},
    "all there is": {"handle": "0.0.0.0 - 255.255.255.255", "startAddress": "0.0.0.0", "endAddress": "255.255.255.255"},
    "by size in IPv6": {"startAddress": "2000::", "endAddress": "2fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
}


@pytest.mark.parametrize("parent", PARENTS.values(), ids=PARENTS.keys())
def test_a_whole_registrys_block_never_names_a_desk(parent: dict[str, Any]) -> None:
    facts = read(entity("X1", "abuse", email="abuse@north.example"), **parent)
    assert facts.allocation
    assert facts.desks == facts.colleagues == ()


@pytest.mark.parametrize(
    ("handle", "name"),
    [
        ("RIPE", "RIPE Network Coordination Centre"),
        ("APNIC", "Asia Pacific Network Information Centre"),
        ("LACNIC", "Latin American and Caribbean IP address Regional Registry"),
        ("AFRINIC", "African Network Information Center"),
        ("ARIN", "American Registry for Internet Numbers"),
    ],
)
def test_space_that_one_registry_handed_to_another_names_nobody(handle: str, name: str) -> None:
    desk = entity("D", "abuse", email="abuse@north.example")
    facts = read(entity(handle, "registrant", fn=name, kind="org", entities=[desk]), type="ALLOCATED TO ANOTHER")
    assert facts.allocation
    assert facts.desks == ()


def test_a_registrys_own_office_is_a_provider_but_its_desk_is_still_not_mailed() -> None:
    office = entity("ORG-X", "registrant", fn="RIPE Network Coordination Centre", kind="org")
    facts = read(office, entity("OPS", "abuse", email="abuse@ripe.net"), name="RIPE-NCC", type="ASSIGNED PA")
    assert not facts.allocation
    assert facts.organisation == "RIPE Network Coordination Centre"
    assert facts.desks == ()


@pytest.mark.parametrize("name", ["KRNIC-KR", "JPNIC-NET-JP", "CNNIC-CN", "TWNIC-TW"])
def test_a_national_registrys_block_is_handed_on_unless_a_member_has_a_desk(name: str) -> None:
    assert read(entity("P", "technical", email="hostmaster@nic.or.kr"), name=name).allocation
    member = read(entity("IRT-N", "abuse", email="abuse@north.example"), name=name)
    assert not member.allocation
    assert [desk.address for desk in member.desks] == ["abuse@north.example"]


@pytest.mark.parametrize(
    ("shape", "prefixes"),
    [
        ({"startAddress": "198.51.100.0/32", "endAddress": "198.51.100.255/32"}, ["198.51.100.0/24"]),
        ({"startAddress": "2001:db8::/128", "endAddress": "2001:db8::ffff:ffff:ffff:ffff/128"}, ["2001:db8::/64"]),
        ({"startAddress": "198.051.100.000", "endAddress": "198.051.100.255"}, ["198.51.100.0/24"]),
        ({"handle": "198.51.100.0 - 198.51.100.255"}, ["198.51.100.0/24"]),
        ({"handle": "198.51.100/24"}, ["198.51.100.0/24"]),
        ({"cidr0_cidrs": [{"v4prefix": "198.51.100.0", "length": "25"}]}, ["198.51.100.0/25"]),
        ({"cidr0_cidrs": {"v6prefix": "2001:db8::", "length": 32}}, ["2001:db8::/32"]),
        ({"startAddress": "198.51.100.0", "endAddress": "198.51.101.127"}, ["198.51.100.0/24", "198.51.101.0/25"]),
    ],
)
def test_the_extent_is_read_however_a_registry_writes_it(shape: dict[str, Any], prefixes: list[str]) -> None:
    parsed = parse_network({"objectClassName": "ip network", **shape})
    assert parsed is not None
    assert [str(each) for each in parsed.blocks] == prefixes


@pytest.mark.parametrize("shape", [{}, {"handle": "NET-198-51-100-0-1"}, {"startAddress": "x", "endAddress": []}, []])
def test_a_record_without_addresses_is_no_network(shape: object) -> None:
    assert parse_network(shape) is None


def test_where_nobody_is_named_the_holder_is_fetched_first() -> None:
    bare = [entity("T1-RIPE", "technical"), entity("NORTH-MNT", "registrant"), entity("ORG-N1-RIPE", "registrant")]
    parsed = parse_network(network("198.51.100.0", "198.51.100.255", *bare))
    assert parsed is not None
    assert [each.handle for each in speechless(parsed)] == ["ORG-N1-RIPE", "T1-RIPE"]


def test_a_page_for_people_is_no_link_to_fetch_an_entity_from() -> None:
    pages = [
        {"rel": "related", "href": "http://gateway.north.example/?key=N1", "type": "text/html"},
        {"rel": "self", "href": "https://rdap.north.example/entity/N1", "type": "application/rdap+json"},
    ]
    parsed = parse_network(network("198.51.100.0", "198.51.100.255", entity("N1", "technical", links=pages)))
    assert parsed is not None
    assert [[link.rel for link in each.links] for each in speechless(parsed)] == [["self"]]


def test_where_somebody_is_named_nobody_is_fetched() -> None:
    named = entity("AR1-RIPE", "abuse", email="abuse@north.example")
    parsed = parse_network(network("198.51.100.0", "198.51.100.255", entity("ORG-N1-RIPE", "registrant"), named))
    assert parsed is not None
    assert speechless(parsed) == ()


def test_an_autonomous_system_is_read_like_a_network() -> None:
    body = {
        "objectClassName": "autnum",
        "handle": "AS64500",
        "startAutnum": 64500,
        "endAutnum": 64500,
        "name": "NORTH-AS",
        "entities": [
            entity(
                "ORG-N",
                "registrant",
                card=card(US_LABEL, fn="North LLC"),
                entities=[entity("A", "abuse", email="abuse@north.example")],
            )
        ],
    }
    autnum = parse_autnum(body)
    assert autnum is not None
    facts = autnum_facts(64500, autnum, NOW)
    assert (facts.organisation, facts.country, facts.name) == ("North LLC", "US", "NORTH-AS")
    assert [desk.address for desk in facts.desks] == ["abuse@north.example"]


@pytest.mark.parametrize("more", [{"startAutnum": 64000, "endAutnum": 64511}, {"name": "APNIC-ASNBLOCK-AP"}])
def test_a_block_of_as_numbers_names_nobody(more: dict[str, Any]) -> None:
    desk = entity("A", "abuse", email="abuse@north.example")
    autnum = parse_autnum(
        {"objectClassName": "autnum", "startAutnum": 64500, "endAutnum": 64500, "entities": [desk], **more}
    )
    assert autnum is not None
    assert autnum_facts(64500, autnum, NOW).desks == ()


def test_mail_to_the_same_network_goes_before_a_form_that_waits_for_a_person() -> None:
    form = entity("F", "abuse", card=card(["contact-uri", {}, "uri", "https://north.example/report"]))
    facts = read(form, entity("T", "technical", email="abuse@north.example"))
    assert [(desk.address, desk.kind.value) for desk in facts.desks] == [
        ("abuse@north.example", "email"),
        ("https://north.example/report", "form"),
    ]


def test_a_page_that_only_sounds_like_a_form_counts_where_the_desk_says_nothing_else() -> None:
    page = ["url", {}, "uri", "https://north.example/report-abuse"]
    assert [desk.address for desk in read(entity("A", "abuse", card=card(page))).desks] == [page[3]]
    mail = read(entity("A", "abuse", card=card(page, email="abuse@north.example")))
    assert [desk.address for desk in mail.desks] == ["abuse@north.example"]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["Abuse reports, please, to desk@north.example"], ["desk@north.example"]),
        (["ops is not for spam complaint,please send spam complaint to desk@north.example"], ["desk@north.example"]),
        (["Do not send abuse reports to noc@north.example, noc2@north.example"], []),
        (["Never mail noc@north.example about abuse; illegal content: desk@north.example"], ["desk@north.example"]),
        (["For abuse please write to", "desk@north.example"], ["desk@north.example"]),
        (
            ["For abuse please write to:\r", "* desk@north.example\r", "Peering:", "bgp@north.example"],
            ["desk@north.example"],
        ),
        (["abuse@north.example is invalid"], ["abuse@north.example"]),
        (["Peering: bgp@north.example", "Abuse: see our page"], []),
    ],
)
def test_remarks_are_read_clause_by_clause(lines: list[str], found: list[str]) -> None:
    assert [desk.address for desk in read(remarks=[{"title": "remarks", "description": lines}]).desks] == found


def test_a_record_of_thousands_of_people_and_words_is_read_in_moments() -> None:
    crowd = [
        entity(f"H{i}", "technical", entities=[entity(f"X{i}-{j}", "noc") for j in range(100)]) for i in range(100)
    ]
    words = [{"description": ["abuse x@north.example " * 1000] * 100}] * 100
    desk = entity("A1", "abuse", email="abuse@north.example")
    parsed = parse_network(network("198.51.100.0", "198.51.100.255", desk, *crowd, remarks=words))
    assert parsed is not None
    assert len(people(parsed.entities)) == 200
    assert max(len(line) for remark in parsed.remarks for line in remark.lines) <= 500
    assert [each.address for each in network_facts(parsed, NOW).desks] == ["abuse@north.example"]
    assert speechless(parsed) == ()
