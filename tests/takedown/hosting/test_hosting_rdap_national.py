"""How APNIC writes a network by RDAP, and the national registries below it and LACNIC.

Every record is our own and minimal: one for each known quirk.
"""

import pytest

from tests.takedown.hosting.hosting_world import card, entity
from tests.takedown.hosting.rdap_cases import Case, desc, marked

APNIC = {
    "an incident response team is the desk, its preferred mailbox first": Case(
        (
            entity(
                "IRT-NORTH-AU",
                "abuse",
                card=card(
                    ["email", {}, "text", "irt@north.example"], ["email", {"pref": "1"}, "text", "abuse@north.example"]
                ),
            ),
            entity("NA1-AP", "administrative", "technical", email="noc@north.example"),
        ),
        ("abuse@north.example", "irt@north.example"),
    ),
    "a mailbox against spam is the desk where the team is the registry's": Case(
        (
            entity("IRT-CNNIC-CN", "abuse", email="ipas@cnnic.cn"),
            entity("NH1-AP", "administrative", email="ip@north.example"),
            entity("NH2-AP", "technical", email="anti-spam@north.example"),
        ),
        ("anti-spam@north.example",),
    ),
    "the mailbox is marked in the parameters": Case(
        (entity("IRT-NORTH-AU", "abuse", card=card(marked("safe@north.example", "abuse-mailbox"))),),
        ("safe@north.example",),
    ),
    "the description holds the organisation": Case(
        (entity("IRT-NORTH-AU", "abuse", email="abuse@north.example"),),
        ("abuse@north.example",),
        "North Corp.",
        more=(desc("North Corp.", "Internet leased-line service", "1 Main Street"),),
    ),
    "an organisation object goes before the description": Case(
        (entity("ORG-NORTH1-AP", "registrant", fn="North Pty Ltd", kind="org"),),
        (),
        "North Pty Ltd",
        more=(desc("Something else"),),
    ),
    "a street in the description is no organisation": Case((), (), "", more=(desc("No.31, Main Street", "100032"),)),
    "remarks send to another company's desk when the team is the registry's": Case(
        (entity("IRT-LABS-AU", "abuse", email="helpdesk@apnic.net"),),
        ("resolver-abuse@north.example",),
        more=(desc("------", "All abuse reporting can be done via", "resolver-abuse@north.example", title="remarks"),),
    ),
}

NATIONAL = {
    "JPNIC: the member is not named, and the registry is not mailed": Case(
        (
            entity(
                "JNIC1-AP",
                "technical",
                "administrative",
                fn="Japan Network Information Center",
                email="hostmaster@nic.ad.jp",
            ),
        ),
        (),
        "",
        "JP",
        (("country", "JP"), desc("Japan Network Information Center")),
    ),
    "JPNIC: a member with a desk of its own": Case(
        (
            entity("ORG-JNIC1-AP", "registrant", fn="Japan Network Information Center", kind="org"),
            entity("IRT-NORTH-JP", "abuse", email="abuse@north.example"),
        ),
        ("abuse@north.example",),
        "",
        "JP",
        (("country", "JP"),),
    ),
    "KRNIC: its team stands before the member's role": Case(
        (
            entity(
                "NB1-AP",
                "technical",
                "administrative",
                card=card(["email", {}, "text", "ip@north.example"], ["email", {}, "text", "abuse@north.example"]),
            ),
            entity("IRT-KRNIC-KR", "abuse", fn="IRT-KRNIC-KR", email="irt@nic.or.kr"),
        ),
        ("abuse@north.example",),
        "North Corp.",
        more=(desc("North Corp."),),
    ),
    "KRNIC: its team is known by its handle, whatever mailbox it has": Case(
        (
            entity("IM1-KR", "technical", "administrative", fn="IP Manager", email="noc@north.example"),
            entity("IRT-KRNIC-KR", "abuse", email="irt@another.example"),
        ),
        (),
        "",
        more=(desc("KRNIC", "Korea Network Information Center", "Allocated to KRNIC Member."),),
    ),
    "TWNIC": Case(
        (entity("IRT-TWNIC-AP", "abuse", email="hostmaster@twnic.tw"),),
        (),
        "",
        more=(desc("Taiwan Network Information Center"),),
    ),
    "CNNIC: a member's team": Case(
        (
            entity("IRT-NORTH-CN", "abuse", email="anti-spam@north.example"),
            entity("IRT-CNNIC-CN", "abuse", email="ipas@cnnic.cn"),
        ),
        ("anti-spam@north.example",),
    ),
    "CNNIC: only its own team": Case((entity("IRT-CNNIC-CN", "abuse", email="ipas@cnnic.cn"),), ()),
    "VNNIC": Case(
        (
            entity("IRT-VNNIC-AP", "abuse", email="hm-changed@vnnic.vn"),
            entity("N1-AP", "technical", email="abuse@north.example"),
        ),
        ("abuse@north.example",),
    ),
    "IDNIC": Case((entity("IRT-IDNIC-ID", "abuse", email="abuse@idnic.net"),), ()),
    "IRINN": Case(
        (
            entity("IRT-NORTH-IN", "abuse", email="abuse@north.example"),
            entity("IH1-AP", "technical", email="helpdesk@irinn.in"),
        ),
        ("abuse@north.example",),
    ),
    "NIC.br: the owner's people at the top, the national team left out": Case(
        (
            entity("01234567000189", "registrant", fn="North Telecom Ltda", kind="org", legalRepresentative="A Person"),
            entity("ABC12", "abuse", fn="NOC North", email="abuse@north.example"),
            entity("CGB", "abuse", email="cert@cert.br"),
        ),
        ("abuse@north.example",),
        "North Telecom Ltda",
        "BR",
        (("country", "BR"), ("nicbr_autnum", 64500)),
    ),
}

CASES = {
    f"{registry}: {quirk}": case
    for registry, table in (
        ("APNIC", APNIC),
        ("NATIONAL", NATIONAL),
    )
    for quirk, case in table.items()
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_network_is_read_as_its_registry_means_it(case: Case) -> None:
    case.holds()
