"""How ARIN, RIPE, LACNIC and AFRINIC write a network by RDAP.

Every record is our own and minimal: one for each known quirk.
"""

import pytest

from tests.takedown.hosting.hosting_world import card, entity
from tests.takedown.hosting.rdap_cases import EMPTY_ADR, US_LABEL, Case, desc, maintainer, marked

ARIN = {
    "the abuse contact is nested in the organisation": Case(
        (
            entity(
                "NORTH-1",
                "registrant",
                card=card(US_LABEL, fn="North Hosting LLC", kind="org"),
                entities=[
                    entity("NOC1-ARIN", "technical", "noc", fn="NOC", email="noc@north.example"),
                    entity("ABUSE1-ARIN", "abuse", fn="Abuse", email="reports@north.example"),
                ],
            ),
        ),
        ("reports@north.example",),
        "North Hosting LLC",
        "US",
        (("country", None),),
    ),
    "a desk for abuse alone goes before people of many roles": Case(
        (
            entity(
                "NORTH-1",
                "registrant",
                fn="North LLC",
                entities=[entity("ABUSE1-ARIN", "abuse", email="network-abuse@north.example")],
            ),
            entity("ALL1-ARIN", "noc", "technical", "abuse", email="arin-contact@north.example"),
        ),
        ("network-abuse@north.example", "arin-contact@north.example"),
        "North LLC",
    ),
    "the network's own desk goes before the organisation's": Case(
        (
            entity(
                "NORTH-1",
                "registrant",
                fn="North LLC",
                entities=[entity("A1-ARIN", "abuse", email="abuse@north.example")],
            ),
            entity("A2-ARIN", "abuse", email="abuse@south.example"),
        ),
        ("abuse@south.example", "abuse@north.example"),
        "North LLC",
    ),
    "a customer's reassignment names the customer and the parent's desk": Case(
        (
            entity("C01234567", "registrant", fn="East Shop Inc", kind="org"),
            entity("ABUSE1-ARIN", "abuse", email="abuse@north.example"),
        ),
        ("abuse@north.example",),
        "East Shop Inc",
        more=(("type", "REASSIGNMENT"), ("parentHandle", "NET-198-51-0-0-1")),
    ),
    "a mailbox at a reserved name is nobody's": Case(
        (entity("N0-ARIN", "abuse", fn="No, Contact Known", email="nobody@example.com"),), ()
    ),
    "an organisation whose handle is its name": Case(
        (entity("NORTH", "registrant", fn="North", kind="org"),), (), "North"
    ),
    "a customer's reassignment with nobody to ask names nobody": Case(
        (entity("C01234567", "registrant", fn="East Shop Inc", kind="org"),), (), "East Shop Inc"
    ),
    "origin AS numbers and related links do no harm": Case(
        (entity("A1-ARIN", "abuse", email="abuse@north.example"),),
        ("abuse@north.example",),
        more=(
            ("arin_originas0_originautnums", [64500, "AS64501", None]),
            ("links", [{"rel": "related", "href": "https://north.example/"}, {"rel": None}, 7]),
        ),
    ),
    "registration comments of the organisation name the desk": Case(
        (
            entity(
                "NORTH-1",
                "registrant",
                fn="North LLC",
                remarks=[
                    {
                        "title": "Registration Comments",
                        "description": ["For spam and abuse please contact:\r", "* help@north.example\r", "Routing:"],
                    }
                ],
            ),
        ),
        ("help@north.example",),
        "North LLC",
    ),
    "a label that ends lines with two letters still tells the country": Case(
        (
            entity(
                "N",
                "registrant",
                card=card(["adr", {"label": "1 Main\\nTown\\nUnited States"}, "text", EMPTY_ADR], fn="North"),
            ),
        ),
        (),
        "North",
        "US",
        (("country", None),),
    ),
}

RIPE = {
    "the abuse role stands at the top, the organisation among maintainers": Case(
        (
            maintainer("lir-nl-north-1-MNT"),
            entity("ORG-N1-RIPE", "registrant", fn="North Hosting B.V.", kind="org"),
            entity(
                "RIPE-NCC-HM-MNT",
                "registrant",
                card=card(["org", {}, "text", "ORG-NCC1-RIPE"], fn="RIPE-NCC-HM-MNT", kind="individual"),
            ),
            entity("T1-RIPE", "administrative", "technical", fn="Support", kind="group"),
            entity(
                "AR1-RIPE", "abuse", card=card(marked("abuse@north.example", "abuse"), fn="Abuse-C Role", kind="group")
            ),
        ),
        ("abuse@north.example",),
        "North Hosting B.V.",
    ),
    "a maintainer without the ending is no provider either": Case(
        (maintainer("north"), entity("AR1-RIPE", "abuse", email="abuse@north.example")), ("abuse@north.example",), ""
    ),
    "without an organisation the description names the provider": Case(
        (maintainer("NORTH-MNT"), entity("AR1-RIPE", "abuse", email="abuse@north.example")),
        ("abuse@north.example",),
        "North Hosting B.V.",
        more=(desc("North Hosting B.V.", "Amsterdam", title=""),),
    ),
    "a place, a sentence or a purpose is no provider": Case(
        (maintainer("NORTH-MNT"),), (), "", more=(desc("Amsterdam, Netherlands", title=""),)
    ),
    "mail marked as email and as abuse is one address": Case(
        (
            entity(
                "AR1-RIPE",
                "abuse",
                card=card(marked("noc@north.example", "email"), marked("abuse@north.example", "abuse")),
            ),
        ),
        ("abuse@north.example", "noc@north.example"),
    ),
    "the abuse address stands only in remarks": Case(
        (maintainer("NORTH-MNT"),),
        ("abuse@north.example",),
        more=(desc("******", "Abuse: abuse@north.example", "NOC: noc@north.example", title=""),),
    ),
    "an address that remarks advise against goes last": Case(
        (),
        ("abuse@south.example", "abuse@north.example"),
        more=(desc("do not use abuse@north.example; use abuse@south.example", title=""),),
    ),
    "remarks that forbid an address do not offer it": Case(
        (), (), more=(desc("Do not send abuse reports to noc@north.example", title=""),)
    ),
    "an entity that is a handle only, beside an abuse role": Case(
        (entity("ORG-N1-RIPE", "registrant"), entity("AR1-RIPE", "abuse", email="abuse@north.example")),
        ("abuse@north.example",),
    ),
    "a company's form after a comma is no country": Case(
        (maintainer("NORTH-MNT"),), (), "North Hosting, SA", more=(desc("North Hosting, SA", title=""),)
    ),
    "a town and the record's own country are a place": Case(
        (maintainer("NORTH-MNT"),), (), "", "SE", (("country", "SE"), desc("Stockholm, SE", title=""))
    ),
    "remarks that begin as a sentence are no provider": Case(
        (maintainer("NORTH-MNT"),), (), "", more=(desc("This space is used by many", title=""),)
    ),
    "a sponsoring registry is not the provider, the described one is": Case(
        (maintainer("NORTH-MNT"), entity("ORG-S1-RIPE", "sponsor", fn="Sponsor B.V.", kind="org")),
        (),
        "North Hosting B.V.",
        more=(desc("North Hosting B.V.", title=""),),
    ),
    "an address in quotes or spelt out stands in remarks": Case(
        (maintainer("NORTH-MNT"),),
        ("abuse@north.example", "abuse@south.example"),
        more=(desc("******", "Abuse: 'abuse@north.example'", "or abuse (at) south [dot] example", title=""),),
    ),
    "a region is no country, the organisation's is": Case(
        (
            entity(
                "ORG-N1-RIPE",
                "registrant",
                card=card(
                    ["adr", {"label": "Weg 1\n1000\nBRNO\nCZECH REPUBLIC"}, "text", EMPTY_ADR], fn="North", kind="org"
                ),
            ),
        ),
        (),
        "North",
        "CZ",
        (("country", "EU"),),
    ),
}

LACNIC = {
    "one person is administrator, technician and abuse desk": Case(
        (
            entity(
                "NOR1",
                "administrative",
                "technical",
                "abuse",
                card=card(
                    ["org", {}, "text", "North S.A."], fn="A Person", kind="individual", email="redes@NORTH.example"
                ),
            ),
            entity(
                "MX-NORT-LACNIC",
                "registrant",
                fn="North S.A. de C.V.",
                kind="org",
                entities=[entity("NOR1", "administrative", "registrant", fn="A Person", kind="individual")],
            ),
        ),
        ("redes@north.example",),
        "North S.A. de C.V.",
    ),
    "the owner is its own desk, asked last": Case(
        (
            entity("NOR1", "registrant", "abuse", fn="North SA", email="dueno@north.example"),
            entity("NOR2", "technical", "abuse", fn="NOC", email="noc@north.example"),
        ),
        ("noc@north.example", "dueno@north.example"),
        "North SA",
    ),
    "the abuse role refers by handle to a person told elsewhere": Case(
        (entity("NOR2", "technical", fn="NOC", email="noc@north.example"), entity("NOR2", "abuse")),
        ("noc@north.example",),
    ),
    "no country anywhere but in the organisation's handle": Case(
        (entity("AR-NORT-LACNIC", "registrant", fn="Norte S.A."),), (), "Norte S.A.", "AR", (("country", None),)
    ),
    "the name of the network is the organisation": Case((), (), "", more=(("name", "North S.A. de C.V."),)),
    "addresses by component, the country last": Case(
        (
            entity(
                "N",
                "registrant",
                card=card(["adr", {}, "text", ["", "", "Calle 1", "Lima", "", "15001", "PE"]], fn="Norte"),
            ),
        ),
        (),
        "Norte",
        "PE",
        (("country", None),),
    ),
}

AFRINIC = {
    "entities without roles, organisation by its kind": Case(
        (entity("T1-AFRINIC", email="ceo@north.example"), entity("ORG-N1-AFRINIC", fn="North Ltd", kind="org")),
        (),
        "North Ltd",
    ),
    "an organisation named after its handle has no name": Case(
        (entity("ORG-N1-AFRINIC", fn="ORG-N1-AFRINIC", kind="org", email="a@north.example"),), (), ""
    ),
    "a holder by handle only, beside an organisation by name": Case(
        (entity("ORG-N1-AFRINIC", "registrant"), entity("ORG-N2-AFRINIC", "technical", fn="North Ltd", kind="org")),
        (),
        "North Ltd",
    ),
    "the abuse address stands only in a remark": Case(
        (entity("N1-AFRINIC", kind="group", email="ip-maint@north.example"),),
        ("abuse@north.example",),
        more=(desc("please send abuse reports to abuse@north.example", title="Remark"),),
    ),
    "the organisation itself names its mailbox for abuse, its other mail is not asked": Case(
        (
            entity(
                "ORG-N1-AFRINIC",
                "registrant",
                card=card(*(["email", {}, "text", f"{each}@north.example"] for each in ("noc", "abuse")), kind="org"),
            ),
            entity("N1-AFRINIC", "technical", email="tech@north.example"),
        ),
        ("abuse@north.example",),
    ),
    "a remark goes before the organisation's own mailbox": Case(
        (entity("ORG-N1-AFRINIC", "registrant", kind="org", email="abuse@north.example"),),
        ("abuse@south.example",),
        more=(desc("abuse reports to abuse@south.example", title="Remark"),),
    ),
    "a person who holds a network is not asked at any mailbox": Case(
        (entity("P1-AFRINIC", "registrant", kind="individual", email="abuse@north.example"),), ()
    ),
    "the people's country where all agree and nothing else tells": Case(
        (
            entity("O", "registrant", fn="North"),
            entity(
                "P", "technical", card=card(["adr", {"label": "1 Road\nTown\nSouth Africa"}, "text", EMPTY_ADR], fn="P")
            ),
        ),
        (),
        "North",
        "ZA",
        (("country", None),),
    ),
    "people in two countries tell none": Case(
        (
            entity("O", "registrant", fn="North"),
            *(
                entity(each, "technical", card=card(["adr", {"label": f"1 Road\n{each}"}, "text", EMPTY_ADR], fn=each))
                for each in ("Kenya", "Ghana")
            ),
        ),
        (),
        "North",
        None,
        (("country", None),),
    ),
    "a mailbox that sounds like it counts without a role": Case(
        (entity("N1-AFRINIC", email="abuse@north.example"), entity("N2-AFRINIC", email="x@north.example")),
        ("abuse@north.example",),
    ),
    "the country stands in full in the address": Case(
        (
            entity(
                "O",
                "registrant",
                card=card(["adr", {}, "text", ["Plot 1", "Road", "", "", "", "", "Kenya"]], fn="North"),
            ),
        ),
        (),
        "North",
        "KE",
        (("country", None),),
    ),
}

CASES = {
    f"{registry}: {quirk}": case
    for registry, table in (
        ("ARIN", ARIN),
        ("RIPE", RIPE),
        ("LACNIC", LACNIC),
        ("AFRINIC", AFRINIC),
    )
    for quirk, case in table.items()
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_network_is_read_as_its_registry_means_it(case: Case) -> None:
    case.holds()
