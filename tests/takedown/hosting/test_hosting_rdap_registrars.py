"""How domain registries and registrars write who registered a domain, by RDAP.

The keys name the registry or kind of registrar whose habit it is; the records are our own and minimal.
"""

from dataclasses import dataclass
from typing import Any

import pytest

from takedown.hosting.facts import RegistrarFacts
from takedown.hosting.rdap.desks import speechless
from takedown.hosting.rdap.objects import parse_domain
from takedown.hosting.rdap.registrars import registrar_facts
from takedown.hosting.summary import registrar_of
from tests.takedown.hosting.hosting_world import NOW, card, entity

IANA = {"publicIds": [{"type": "IANA Registrar ID", "identifier": "292"}]}
DESK = entity("", "abuse", fn="", email="abuse@registrar.example")
ONE = "Registrar One"


def read(*entities: object, **more: object) -> RegistrarFacts:
    parsed = parse_domain({"objectClassName": "domain", "ldhName": "site.example", "entities": list(entities), **more})
    assert parsed is not None
    return registrar_facts(parsed, NOW)


def registrar(**more: Any) -> dict[str, object]:
    return entity("292", "registrar", **{"fn": ONE, **IANA, **more})


def holder(email: str = "owner@site.example", *roles: str) -> dict[str, object]:
    return entity("H1", "registrant", *roles, fn="A Person", email=email)


@dataclass(frozen=True)
class Case:
    entities: tuple[object, ...]
    name: str | None = ONE
    iana_id: int | None = 292
    abuse: str | None = "abuse@registrar.example"
    more: tuple[tuple[str, object], ...] = ()


def property_(name: str, value: object, **parameters: object) -> list[object]:
    return [name, parameters, "text", value]


CASES = {
    "com: thin, the desk nested in the registrar with an empty name": Case((registrar(entities=[DESK]),)),
    "com: reserved names have a registrar without a desk": Case(
        (registrar(entities=[entity("", "abuse", card=card(property_("fn", ""), property_("email", "")))]),), abuse=None
    ),
    "net: the answer is the registry's, the registrar's own is linked": Case(
        (registrar(entities=[DESK]),),
        more=(
            ("links", [{"rel": "related", "href": "https://rdap.registrar.example/", "type": "application/rdap+json"}]),
        ),
    ),
    "org: the handle is the IANA id and nothing else tells it": Case(
        (entity("292", "registrar", fn=ONE, entities=[DESK]),)
    ),
    "fr: sponsor and registrar in one, contact pages but no desk": Case(
        (
            entity(
                "R1-FRNIC",
                "sponsor",
                "registrar",
                card=card(property_("url", "https://registrar.example/contact"), fn=ONE),
                **IANA,
            ),
            holder(),
        ),
        abuse=None,
    ),
    "no: ids of its own kind, customer service only": Case(
        (
            entity(
                "reg1-NORID",
                "registrar",
                fn=ONE,
                email="kundeservice@registrar.example",
                publicIds=[
                    {"type": "Norwegian organization number", "identifier": "976769678"},
                    {"type": "Norid registrar ID", "identifier": "42"},
                ],
            ),
        ),
        iana_id=None,
        abuse=None,
    ),
    "a country's registry numbers its registrars itself": Case(
        (entity("292", "registrar", fn=ONE, entities=[DESK]),), iana_id=None, more=(("ldhName", "site.aa"),)
    ),
    "cx: only the desk within the registrar has a name": Case(
        (entity("R1", "registrar", entities=[entity("D1", "abuse", fn=ONE, email="abuse@registrar.example")], **IANA),)
    ),
    "nl: a desk that is called by its address names nobody": Case(
        (
            entity(
                "R1",
                "registrar",
                entities=[entity("D1", "abuse", fn="abuse@registrar.example", email="abuse@registrar.example")],
                **IANA,
            ),
        ),
        "R1",
    ),
    "the roles stand in the cards alone": Case(
        (
            entity("o1", card=card(property_("role", "registrant"), fn="A Person", email="abuse@registrar.example")),
            entity("r1", card=card(property_("role", "registrar"), fn=ONE, email="abuse@registrar.example"), **IANA),
        ),
        abuse=None,
    ),
    "a job in a card is no role": Case(
        (
            registrar(entities=[DESK]),
            entity("p1", card=card(property_("role", "Head of Abuse"), fn="A Person", email="head@registrar.example")),
        )
    ),
    "the card stands under another name": Case(
        (
            {
                "roles": ["registrar"],
                "vcards": card(fn=ONE),
                "entities": [{"roles": ["abuse"], "VcardArray": card(email="abuse@registrar.example")}],
                **IANA,
            },
        )
    ),
    "is: a list where parameters belong": Case(
        (
            registrar(
                card=["vcard", [["version", [], "text", "4.0"], ["fn", [], "text", ONE]]],
                entities=[entity("", "abuse", card=card(["email", [], "text", "abuse@registrar.example"]))],
            ),
        )
    ),
    "cz: the registrar is a handle": Case(
        (entity("REG-ONE", "registrar"), entity("SB:X", "registrant")), "REG-ONE", None, None
    ),
    "br: the registry is the registrar, people by handle only": Case(
        (entity("01234567000189", "registrant", legalRepresentative="A Person"), entity("ABC12", "technical")),
        None,
        None,
        None,
    ),
    "pw: no formatted name, the organisation has it": Case(
        (entity("292", "registrar", card=card(property_("org", ONE, type="work")), entities=[DESK], **IANA),)
    ),
    "top: remarks without title, handles that say nothing": Case(
        (
            entity("", "registrant", card=card(property_("org", "A Person")), remarks=[{"description": ["Removed."]}]),
            registrar(
                entities=[entity("not applicable", "abuse", email="abuse@registrar.example")],
                email="domain@registrar.example",
            ),
        )
    ),
    "xyz: the registry is its own registrar": Case(
        (
            entity(
                "9999",
                "registrar",
                fn=ONE,
                publicIds=[{"type": "IANA Registrar ID", "identifier": "9999"}],
                entities=[DESK],
            ),
        ),
        iana_id=9999,
    ),
    "moscow: mail marked as work, several numbers": Case(
        (
            registrar(
                entities=[entity("", "abuse", card=card(property_("email", "abuse@registrar.example", type="work")))]
            ),
        )
    ),
    "tube: removed people before the registrar": Case(
        (
            *(
                {"objectClassName": "entity", "roles": [each], "status": ["removed"]}
                for each in ("registrant", "billing")
            ),
            registrar(entities=[DESK]),
        )
    ),
    "a registrar: the desk beside it, ids on the domain, roles with capitals": Case(
        (
            {"roles": ["abuse"], "vcardArray": card(fn=ONE, email="abuse@registrar.example")},
            {"roles": ["Registrar"], "vcardArray": card(fn=ONE, email="support@registrar.example")},
            entity("ixyi", "Registrant", fn="Withheld for Privacy", email="8e7a.protect@proxy.example"),
        ),
        more=(("publicIds", [{"type": ONE.upper(), "identifier": "292"}]),),
    ),
    "a registrar: card lines not wrapped, its registrar within the registrar": Case(
        (
            {
                "roles": ["Registrar"],
                "vcardArray": [["version", "{}", "text", "4.0"]],
                **IANA,
                "entities": {
                    "roles": ["Registrar"],
                    "objectClassName": "abuse",
                    "vcardArray": [
                        "vcard",
                        ["org", "{}", "text", ONE],
                        ["fn", "{}", "text", "individual"],
                        ["email", "{}", "text", "abuse@registrar.example"],
                    ],
                },
            },
            {"roles": ["registrant"], "vcardArray": ["vcard", ["email", "{}", "text", "owner@site.example"]]},
        )
    ),
    "a registrar: the reseller stands first, with a desk of its own": Case(
        (
            entity("RS", "reseller", fn="Corner Shop", entities=[entity("", "abuse", email="abuse@shop.example")]),
            registrar(entities=[DESK]),
        )
    ),
    "a registrar: only the reseller has a desk": Case(
        (entity("RS", "reseller", fn="Shop", entities=[entity("", "abuse", email="abuse@shop.example")]), registrar()),
        abuse=None,
    ),
    "a registrar: the desk is marked on its own card": Case(
        (
            registrar(
                card=card(
                    property_("email", "x@registrar.example"),
                    property_("email", "abuse@registrar.example", type=["abuse"]),
                    fn=ONE,
                )
            ),
        )
    ),
    "a registrar: its only mailbox sounds like the desk": Case((registrar(email="abuse@registrar.example"),)),
    "a registrar: the desk in its remarks": Case(
        (
            registrar(
                remarks=[{"title": "Abuse", "description": ["Registrar Abuse Contact Email: abuse@registrar.example"]}]
            ),
        )
    ),
    "a registry: the desk in its notices": Case(
        (registrar(),),
        more=(
            (
                "notices",
                [
                    {"title": "Terms", "description": "Abuse of this service: abuse@registry.example"},
                    {"description": ["Registrar Abuse Contact Email: abuse@registrar.example"]},
                ],
            ),
        ),
    ),
    "a registry: a terms notice alone is no desk": Case(
        (registrar(),),
        abuse=None,
        more=(("notices", [{"description": ["Report abuse of WHOIS to abuse@registry.example"]}]),),
    ),
    "a registry: sponsor is the only role": Case(
        (entity("292", "sponsor", fn=ONE, entities=[DESK], **IANA),), abuse="abuse@registrar.example"
    ),
    "a registry: an empty registrar before the real one": Case((entity("x", "registrar"), registrar(entities=[DESK]))),
    "roles in words of its own": Case(
        (
            entity("O", "Domain holder", email="owner@site.example"),
            entity(
                "292",
                "Sponsoring Registrar",
                fn=ONE,
                entities=[entity("", "Abuse contact", email="abuse@registrar.example")],
                **IANA,
            ),
        )
    ),
    "roles as one text": Case(
        ({"roles": "registrar, abuse", "vcardArray": card(fn=ONE, email="abuse@registrar.example"), **IANA},)
    ),
    "redacted (RFC 9537), name emptied": Case(
        (registrar(fn="", card=card(property_("fn", "")), entities=[DESK]),),
        None,
        more=(("redacted", [{"name": {"description": "Registrar Name"}, "method": "emptyValue", "postPath": "$"}]),),
    ),
    "redacted by words": Case((entity("", "registrar", fn="REDACTED FOR PRIVACY"),), None, None, None),
    "the holder is a privacy proxy": Case(
        (registrar(entities=[DESK]), holder("x.protect@proxy.example", "administrative"))
    ),
    "nameservers and keys with entities of their own": Case(
        (registrar(entities=[DESK]),),
        more=(
            ("nameservers", [{"ldhName": "ns.x.example", "entities": [entity("9", "registrar", fn="Other")]}, "BOOM"]),
            ("secureDNS", {"dsData": "junk", "delegationSigned": "maybe"}),
            ("status", {"a": 1}),
        ),
    ),
    "an internationalised name": Case(
        (registrar(entities=[DESK]),), more=(("ldhName", None), ("unicodeName", "bücher.example"))
    ),
    "nothing at all": Case((), None, None, None),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_domain_is_read_as_its_registry_means_it(case: Case) -> None:
    found = registrar_of(read(*case.entities, **dict(case.more)))
    told = (found.name, found.iana_id, found.abuse_email) if found else (None, None, None)
    assert told == (case.name, case.iana_id, case.abuse)


@pytest.mark.parametrize(
    ("public_ids", "expected"),
    [
        ([{"type": "IANA Registrar ID", "identifier": 292}], 292),
        ([{"type": "iana registrar id", "identifier": " 292 "}], 292),
        ([{"Type": "Registrar IANA ID", "Identifier": "292"}], 292),
        ({"type": "IANA Registrar ID", "identifier": "292"}, 292),
        ([{"type": "VAT", "identifier": "7"}, {"type": "IANA Registrar ID", "identifier": "292"}], 292),
        ([{"type": "IANA Registrar ID", "identifier": "IANA:292"}], 292),
        ([{"type": "IANA Registrar ID", "identifier": "none"}], None),
        ([{"type": "IANA Registrar ID", "identifier": "0"}], None),
        ([{"type": "IANA Registrar ID", "identifier": "9" * 30}], None),
        ([{"type": "VAT", "identifier": "7"}], None),
        (["292"], None),
        (None, None),
    ],
)
def test_public_ids_come_in_variants(public_ids: object, expected: int | None) -> None:
    assert read(entity("R", "registrar", fn=ONE, publicIds=public_ids)).iana_id == expected


@pytest.mark.parametrize(
    "name",
    [
        "REDACTED FOR PRIVACY",
        "Data Protected",
        "Not Disclosed",
        "GDPR Masked",
        "Statutory Masking Enabled",
        "Non-Public Data",
        "Not Available From Registry",
        "Withheld for Privacy",
        "Hidden upon user request",
        "N/A",
        "-",
        "null",
        "individual",
        "",
    ],
)
def test_a_redacted_registrar_is_not_a_name(name: str) -> None:
    assert read(entity("", "registrar", fn=name)).name == ""


@pytest.mark.parametrize(
    "name", ["Private Layer Registrar", "Unknown Worlds", "None Such Ltd", "Organic Names", "Groupe Nord"]
)
def test_a_name_that_begins_like_a_redaction_is_a_name(name: str) -> None:
    assert read(entity("", "registrar", fn=name)).name == name


def test_the_holders_address_is_never_a_desk_whatever_names_it() -> None:
    facts = read(registrar(entities=[entity("", "abuse", email="Me@site.example")]), holder("me@site.example"))
    assert facts.desks == ()
    assert facts.registrants == ("me@site.example",)


def test_an_abuse_role_among_the_holders_people_is_never_a_desk() -> None:
    people = entity("H", "registrant", fn="A Person", entities=[entity("", "abuse", email="abuse@site.example")])
    facts = read(people, registrar())
    assert facts.desks == ()
    assert "abuse@site.example" in facts.registrants


def test_a_form_is_a_desk_of_the_registrar_but_not_its_address() -> None:
    form = entity("", "abuse", card=card(["contact-uri", {}, "uri", "https://registrar.example/report"]))
    found = read(registrar(entities=[form]))
    assert [(desk.address, desk.kind.value) for desk in found.desks] == [("https://registrar.example/report", "form")]
    told = registrar_of(found)
    assert told is not None
    assert told.abuse_email is None


def test_a_registrar_that_is_only_a_handle_is_fetched_and_its_own_record_read() -> None:
    bare = entity("REG-ONE", "registrar")
    parsed = parse_domain({"ldhName": "site.example", "entities": [bare]})
    assert parsed is not None
    assert [each.handle for each in speechless(parsed)] == ["REG-ONE"]
    fetched = entity("REG-ONE", "registrar", fn=ONE, entities=[DESK])
    facts = read(bare, fetched)
    assert (facts.name, facts.desks[0].address) == (ONE, "abuse@registrar.example")


@pytest.mark.parametrize("value", [None, [], {}, "domain", {"objectClassName": "entity"}, {"entities": []}])
def test_what_is_no_domain_is_none(value: object) -> None:
    assert parse_domain(value) is None
