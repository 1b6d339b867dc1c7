"""Nothing that a registry sends raises: arbitrary JSON, arbitrary text, real shapes with parts replaced."""

from ipaddress import ip_address
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from takedown.hosting.mailboxes import mailboxes
from takedown.hosting.origin import origin_in
from takedown.hosting.rdap.bootstrap import for_address, for_autnum, for_domain, parse_services
from takedown.hosting.rdap.jcard import parse_card
from takedown.hosting.rdap.meaning import autnum_facts, network_facts
from takedown.hosting.rdap.objects import parse_autnum, parse_domain, parse_network
from takedown.hosting.rdap.registrars import registrar_facts
from takedown.hosting.whois.client import Text, decoded
from takedown.hosting.whois.domains import registrar_in
from takedown.hosting.whois.networks import networks_in
from takedown.hosting.whois.referrals import referral
from tests.takedown.hosting.hosting_world import NOW

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
    services = parse_services(value) or ()
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
