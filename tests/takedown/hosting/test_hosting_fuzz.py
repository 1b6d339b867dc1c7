"""Nothing that a registry sends raises: arbitrary JSON, arbitrary text, real shapes with parts replaced."""

from ipaddress import ip_address
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from takedown.hosting.mailboxes import mailboxes
from takedown.hosting.origin import origin_in
from takedown.hosting.rdap.bootstrap import Services, for_address, for_autnum, for_domain, parse_services
from takedown.hosting.rdap.desks import speechless
from takedown.hosting.rdap.jcard import parse_card
from takedown.hosting.rdap.meaning import autnum_facts, network_facts
from takedown.hosting.rdap.objects import parse_autnum, parse_domain, parse_network
from takedown.hosting.rdap.registrars import registrar_facts
from takedown.hosting.registries import known_registries
from takedown.hosting.summary import registrar_of
from takedown.hosting.whois.client import Text, decoded
from takedown.hosting.whois.domains import registrar_in
from takedown.hosting.whois.networks import networks_in
from takedown.hosting.whois.referrals import referral
from tests.takedown.hosting.hosting_world import NOW, card, entity, network
from tests.takedown.hosting.mutations import mutated

IP = ip_address("198.51.100.7")
scalar = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
words = st.sampled_from(
    [
        "abuse",
        "registrar",
        "registrant",
        "email",
        "fn",
        "vcard",
        "adr",
        "a@b.example",
        "198.51.100.0",
        "IRT-X",
        "24",
    ]
)
keys = st.sampled_from(
    [
        "entities",
        "roles",
        "vcardArray",
        "handle",
        "links",
        "publicIds",
        "remarks",
        "startAddress",
        "endAddress",
        "cidr0_cidrs",
        "v4prefix",
        "length",
        "objectClassName",
        "rel",
        "href",
        "name",
        "country",
        "description",
        "services",
    ]
)
anything: st.SearchStrategy[Any] = st.recursive(
    scalar | words,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(keys, inner, max_size=6),
    max_leaves=30,
)
lines = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "inetnum",
                "NetRange",
                "CIDR",
                "abuse-c",
                "nic-hdl",
                "abuse-mailbox",
                "e-mail",
                "org",
                "owner",
                "irt",
                "refer",
                "Registrar",
                "Registrar IANA ID",
                "Abuse Contact",
                "",
                "[Registrar]",
                "% Abuse contact for 'x' is 'y'",
                "Creation Date",
            ]
        ),
        words | st.text(max_size=20) | st.just("198.51.100.0 - 198.51.100.255"),
    ),
    max_size=12,
).map(lambda pairs: "\n".join(f"{key}: {value}" for key, value in pairs))


@settings(max_examples=150, deadline=None)
@given(anything)
def test_any_json_gives_facts_or_nothing(value: Any) -> None:
    parse_card(value)
    services = parse_services(value) or Services()
    for_address(services, IP)
    for_autnum(services, 64500)
    for_domain(services, "site.example")
    shape = {"startAddress": "198.51.100.0", "endAddress": "198.51.100.255", "objectClassName": "domain"}
    for body in (
        value,
        {**shape, "entities": value},
        {**shape, "entities": [{"roles": ["abuse"], "vcardArray": value}]},
    ):
        network, autnum, domain = parse_network(body), parse_autnum(body), parse_domain(body)
        for facts in (
            network_facts(network, NOW) if network else None,
            autnum_facts(64500, autnum, NOW) if autnum else None,
            registrar_facts(domain, NOW) if domain else None,
        ):
            assert facts is None or all("\n" not in desk.address for desk in facts.desks)


@settings(max_examples=150, deadline=None)
@given(lines | st.text(max_size=300))
def test_any_text_gives_facts_or_nothing(text: str) -> None:
    networks_in(text, IP, NOW)
    registrar_in([Text("whois.example", text)], "site.com", NOW)
    referral(text)
    decoded(text.encode("utf-8", "ignore"))


@given(st.text(max_size=80))
def test_a_mailbox_never_carries_what_an_envelope_must_not(text: str) -> None:
    for address in mailboxes(text + " <x" + text + "@north.example>"):
        assert address.isascii()
        assert address.isprintable()
        assert " " not in address
        assert address.count("@") == 1


@given(st.text(max_size=60))
def test_any_origin_answer_is_read(text: str) -> None:
    from hotline.network.answers import DnsReply

    origin_in((DnsReply("one", "answer", (text,)),), IP)


MAIL = ["email", {"type": "abuse", "pref": "1"}, "text", "abuse@north.example"]
ADR = ["adr", {"label": "1 Weg\\nTown\nNetherlands", "cc": "NL"}, "text", ["", "", ["1 Weg"], "Town", "", "1000", "NL"]]
NETWORKS: list[dict[str, Any]] = [
    network(
        "198.51.100.0",
        "198.51.100.255",
        entity("NORTH-MNT", "registrant", fn="NORTH-MNT", kind="individual"),
        entity(
            "ORG-N",
            "registrant",
            card=card(ADR, fn="North", kind="org"),
            entities=[entity("A1", "abuse", "noc", card=card(MAIL, fn="Desk"))],
            links=[{"rel": "self", "href": "https://rdap.north.example/entity/ORG-N", "type": "application/rdap+json"}],
        ),
        entity(
            "IRT-N-AP",
            email="irt@north.example",
            remarks=[{"title": "remarks", "description": ["abuse: x@north.example"]}],
        ),
        cidr0_cidrs=[{"v4prefix": "198.51.100.0", "length": 24}],
        remarks=[{"title": "description", "description": ["North Corp.", "spam: abuse@south.example"]}],
        links=[{"rel": "up", "href": "https://rdap.north.example/ip/198.51.0.0/16"}],
        type="ALLOCATED PA",
        handle="198.51.100.0 - 198.51.100.255",
    ),
    network(
        "2001:db8::/128",
        "2001:db8::ffff/128",
        entity("JNIC1-AP", "technical", "abuse", fn="Japan Network Information Center", email="hostmaster@nic.ad.jp"),
        name="NON-RIPE-NCC-MANAGED-ADDRESS-BLOCK",
        country="EU",
    ),
    {
        "objectClassName": "autnum",
        "startAutnum": 64500,
        "endAutnum": 64500,
        "entities": [entity("A", "abuse", card=card(MAIL))],
    },
]
DOMAINS: list[dict[str, Any]] = [
    {
        "objectClassName": "domain",
        "ldhName": "site.example",
        "publicIds": [{"type": "REGISTRAR ONE", "identifier": "292"}],
        "notices": [{"title": "x", "description": ["Registrar Abuse Contact Email: abuse@registrar.example"]}],
        "entities": [
            entity(
                "292",
                "registrar",
                fn="Registrar One",
                entities=[entity("D", "abuse", email="abuse@registrar.example")],
                publicIds=[{"type": "IANA Registrar ID", "identifier": "292"}],
                remarks=[{"description": ["abuse: desk@registrar.example"]}],
            ),
            entity(
                "H",
                "registrant",
                "abuse",
                email="owner@site.example",
                entities=[entity("P", "abuse", email="me@site.example")],
            ),
            entity("T", "technical", card=card(MAIL)),
            {
                "handle": "J",
                "roles": ["sponsor"],
                "jscontact_card": {"emails": {"a": {"address": "j@registrar.example"}}},
            },
        ],
    }
]


@settings(max_examples=400, deadline=None)
@given(mutated(NETWORKS))
def test_a_network_of_which_parts_are_spoilt_gives_facts_or_nothing(record: dict[str, Any]) -> None:
    parsed, autnum = parse_network(record), parse_autnum(record)
    found = [network_facts(parsed, NOW)] if parsed else []
    systems = [autnum_facts(64500, autnum, NOW)] if autnum else []
    for thing in (each for each in (parsed, autnum) if each):
        speechless(thing)
        hash(thing)
    for facts in (*found, *systems):
        hash(facts)
        assert facts.country is None or (len(facts.country) == 2 and facts.country.isupper())
        assert len(facts.desks) == len({desk.address.lower() for desk in facts.desks})
        for desk in facts.desks:
            assert 0 < desk.confidence < 1
            assert not known_registries().own(desk.address)
    assert all(facts.blocks and not (facts.allocation and facts.desks) for facts in found)


@settings(max_examples=400, deadline=None)
@given(mutated(DOMAINS))
def test_a_domain_of_which_parts_are_spoilt_never_offers_its_holder(record: dict[str, Any]) -> None:
    parsed = parse_domain(record)
    if parsed is None:
        return
    facts = registrar_facts(parsed, NOW)
    hash((parsed, facts, registrar_of(facts), speechless(parsed)))
    offered = {desk.address.lower() for desk in facts.desks}
    assert not offered & {each.lower() for each in facts.registrants}
    assert facts.iana_id is None or facts.iana_id > 0
