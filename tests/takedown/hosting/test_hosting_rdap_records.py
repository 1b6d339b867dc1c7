"""The five address registries' ways of naming an abuse desk, and what must never be taken for one."""

from typing import Any

import pytest

from takedown.hosting.facts import NetworkFacts, RegistrarFacts
from takedown.hosting.rdap.desks import speechless
from takedown.hosting.rdap.meaning import network_facts
from takedown.hosting.rdap.objects import parse_domain, parse_network
from takedown.hosting.rdap.registrars import registrar_facts
from tests.takedown.hosting.hosting_world import NOW, card, entity, network


def read(*entities: object, **more: object) -> NetworkFacts:
    parsed = parse_network(network("198.51.100.0", "198.51.100.255", *entities, **more))
    assert parsed is not None
    return network_facts(parsed, NOW)


def addresses(facts: NetworkFacts | RegistrarFacts) -> list[str]:
    return [desk.address for desk in facts.desks]


def domain(*entities: object) -> RegistrarFacts:
    parsed = parse_domain({"objectClassName": "domain", "ldhName": "site.example", "entities": list(entities)})
    assert parsed is not None
    return registrar_facts(parsed, NOW)


def test_an_abuse_desk_nested_in_the_holder_is_found_and_the_holder_is_not_mailed() -> None:
    desk = entity("AD1", "abuse", fn="Abuse desk", email="abuse@north.example")
    facts = read(entity("ORG-N", "registrant", fn="North Hosting", email="owner@north.example", entities=[desk]))
    assert addresses(facts) == ["abuse@north.example"]
    assert facts.organisation == "North Hosting"
    assert facts.desks[0].object == "AD1"


def test_an_incident_response_team_is_an_abuse_desk_and_its_preferred_mailbox_goes_first() -> None:
    lines = (
        ["email", {}, "text", "noc@north.example"],
        ["email", {"pref": "1"}, "text", "abuse@north.example"],
    )
    facts = read(entity("IRT-NORTH-AP", "abuse", card=card(*lines, fn="IRT-NORTH-AP")))
    assert addresses(facts) == ["abuse@north.example", "noc@north.example"]


def test_an_incident_response_team_without_the_role_is_found_by_its_handle() -> None:
    assert addresses(read(entity("IRT-NORTH-AP", email="cert@north.example"))) == ["cert@north.example"]


def test_one_entity_for_everything_is_asked_with_less_trust() -> None:
    shared = entity("SHR", "registrant", "technical", "abuse", fn="North SA", email="abuse@north.example")
    facts = read(shared)
    assert addresses(facts) == ["abuse@north.example"]
    assert facts.desks[0].confidence < 0.8
    assert facts.organisation == "North SA"


def test_entities_without_roles_count_only_when_their_mailbox_is_the_abuse_desk() -> None:
    facts = read(entity("A1", email="ceo@north.example"), entity("A2", email="abuse@north.example"))
    assert addresses(facts) == ["abuse@north.example"]


def test_a_mailbox_marked_as_abuse_counts_without_a_role() -> None:
    marked = card(["email", {"type": "abuse"}, "text", "report@north.example"], fn="NOC")
    assert addresses(read(entity("N1", "technical", card=marked))) == ["report@north.example"]


def test_admin_and_technical_people_are_not_asked_but_show_the_providers_domain() -> None:
    facts = read(
        entity("P1", "administrative", "technical", email="noc@north.example"),
        entity("O1", "registrant", fn="North", email="boss@owner.example"),
    )
    assert facts.desks == ()
    assert facts.colleagues == ("noc@north.example",)


def test_a_role_without_an_address_is_known_to_need_fetching() -> None:
    parsed = parse_network(network("198.51.100.0", "198.51.100.255", entity("BRA1", "abuse")))
    assert parsed is not None
    assert [each.handle for each in speechless(parsed)] == ["BRA1"]


def test_a_role_that_only_refers_takes_the_card_of_the_same_handle() -> None:
    facts = read(entity("X1", "technical", fn="NOC", email="abuse@north.example"), entity("X1", "abuse"))
    assert addresses(facts) == ["abuse@north.example"]


def test_a_form_is_a_contact() -> None:
    facts = read(entity("F1", "abuse", card=card(["contact-uri", {}, "uri", "https://north.example/abuse"])))
    assert [(desk.address, desk.kind.value) for desk in facts.desks] == [("https://north.example/abuse", "form")]


@pytest.mark.parametrize(
    "vcard",
    [
        [["fn", {}, "text", "x"], ["email", {}, "text", "abuse@north.example"]],
        ["vcard", ["email", {}, "text", "abuse@north.example"]],
        {"fn": "x", "email": "abuse@north.example"},
        ["vcard", [["email", "abuse@north.example"]]],
        ["vcard", [["EMAIL", {}, "text", ["abuse@north.example"]]]],
        ["vcard", [["email", {"type": ["work", "abuse"]}, "text", "mailto:abuse@north.example"]]],
        ["vcard", [[["email", {}, "text", "Abuse Desk <abuse@North.Example>"]]]],
    ],
)
def test_a_malformed_card_is_read_as_far_as_it_goes(vcard: object) -> None:
    assert addresses(read(entity("M1", "abuse", card=vcard))) == ["abuse@north.example"]


@pytest.mark.parametrize(
    "bad",
    ["REDACTED FOR PRIVACY", "abuse@localhost", "a@b", "x@192.0.2.1", "abuse@north.example\r\nBcc: x@y", ""],
)
def test_what_is_no_plain_address_never_becomes_one(bad: str) -> None:
    found = addresses(read(entity("B1", "abuse", email=bad)))
    assert all(each == "abuse@north.example" for each in found)


def test_several_abuse_mailboxes_are_all_kept_in_order() -> None:
    two = card(["email", {}, "text", "abuse@north.example"], ["email", {}, "text", "abuse2@north.example"])
    assert addresses(read(entity("T1", "abuse", card=two))) == ["abuse@north.example", "abuse2@north.example"]


@pytest.mark.parametrize("address", ["abuse@ripe.net", "hostmaster@arin.net", "search-apnic-not-arin@apnic.net"])
def test_a_registrys_own_desk_is_never_taken(address: str) -> None:
    assert read(entity("R1", "abuse", email=address)).desks == ()


def test_a_block_that_a_registry_only_allocates_names_nobody() -> None:
    desk = entity("R1", "abuse", email="abuse@north.example")
    holder = entity("RIPE", "registrant", fn="RIPE Network Coordination Centre", entities=[desk])
    assert read(holder).allocation
    assert read(desk, name="NON-RIPE-NCC-MANAGED-ADDRESS-BLOCK").desks == ()
    assert read(desk, startAddress="196.0.0.0", endAddress="199.255.255.255").allocation


def test_maintainers_listed_as_registrants_do_not_name_the_provider() -> None:
    facts = read(
        entity("NORTH-MNT", "registrant", fn="NORTH-MNT", kind="individual"),
        entity("ORG-N", "registrant", fn="North Hosting", kind="org"),
    )
    assert facts.organisation == "North Hosting"


def test_the_country_may_stand_only_in_the_holders_address() -> None:
    adr = ["adr", {"label": "1 Street\nTown\nUnited States"}, "text", ["", "", "", "", "", "", ""]]
    assert read(entity("O", "registrant", card=card(adr, fn="North Inc")), country=None).country == "US"


@pytest.mark.parametrize(
    "shape",
    [
        {"cidr0_cidrs": [{"v4prefix": "198.51.100.64", "length": 26}]},
        {"startAddress": "198.51.100.64", "endAddress": "198.51.100.127"},
        {"startAddress": "198.51.100.64/26"},
        {"handle": "198.51.100.64/26"},
    ],
)
def test_a_networks_extent_is_read_however_it_is_written(shape: dict[str, Any]) -> None:
    parsed = parse_network({"objectClassName": "ip network", **shape})
    assert parsed is not None
    assert [str(each) for each in parsed.blocks] == ["198.51.100.64/26"]


def test_the_registrars_abuse_desk_is_nested_in_the_registrar() -> None:
    desk = entity("D", "abuse", email="abuse@registrar.example")
    registrar = entity(
        "292",
        "registrar",
        fn="Registrar One",
        entities=[desk],
        publicIds=[{"type": "IANA Registrar ID", "identifier": "292"}],
    )
    facts = domain(registrar, entity("H", "registrant", email="owner@site.example"))
    assert (facts.name, facts.iana_id, addresses(facts)) == (
        "Registrar One",
        292,
        ["abuse@registrar.example"],
    )
    assert facts.registrants == ("owner@site.example",)


def test_an_abuse_role_of_the_domains_holder_is_not_the_registrars() -> None:
    nested = entity("X", "abuse", email="abuse@site.example")
    shared = entity("Y", "registrant", "abuse", email="me@site.example", entities=[nested])
    assert domain(shared, entity("1", "registrar", fn="Registrar One")).desks == ()


def test_a_redacted_registrar_has_no_name() -> None:
    assert domain(entity("x", "registrar", fn="REDACTED FOR PRIVACY")).name == ""


def test_an_abuse_role_of_the_domains_holder_is_not_even_fetched() -> None:
    parsed = parse_domain({"ldhName": "site.example", "entities": [entity("H", "registrant", "abuse")]})
    assert parsed is not None
    assert speechless(parsed) == ()
