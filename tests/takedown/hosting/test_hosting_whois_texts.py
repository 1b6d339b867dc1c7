"""WHOIS texts of address and domain registries, as their services write them."""

from ipaddress import ip_address

import pytest

from takedown.hosting.whois.client import Text
from takedown.hosting.whois.domains import registrar_in
from takedown.hosting.whois.networks import listed_networks, networks_in
from takedown.hosting.whois.referrals import Server, parse_server, referral
from tests.takedown.hosting.hosting_world import NOW

IP = ip_address("198.51.100.7")

RIPE = """% This is a database query service.
% Abuse contact for '198.51.100.0 - 198.51.100.255' is 'abuse@north.example'

inetnum:        198.51.100.0 - 198.51.100.255
netname:        NORTH-NET
country:        NL
org:            ORG-N1-RIPE
admin-c:        AA1-RIPE
status:         ASSIGNED PA

organisation:   ORG-N1-RIPE
org-name:       North Hosting B.V.
abuse-c:        AR1-RIPE
e-mail:         owner@north.example

role:           Abuse desk
nic-hdl:        AR1-RIPE
abuse-mailbox:  abuse@north.example

route:          198.51.100.0/24
origin:         AS64500
"""
APNIC = """inetnum:        198.51.100.0 - 198.51.100.255
netname:        NORTH-AP
descr:          North Networks Pty Ltd
country:        AU
mnt-irt:        IRT-NORTH-AP

irt:            IRT-NORTH-AP
e-mail:         noc@north.example
abuse-mailbox:  report@north.example

person:         A Person
nic-hdl:        AP1-AP
e-mail:         person@north.example
"""
ARIN = """#
# ARIN WHOIS data
#

# start

NetRange:       198.51.0.0 - 198.51.255.255
CIDR:           198.51.0.0/16
NetName:        UPSTREAM-NET
NetHandle:      NET-198-51-0-0-1
Organization:   Upstream Inc (UP-1)

OrgName:        Upstream Inc
OrgId:          UP-1
Country:        US

OrgAbuseHandle: UAB-ARIN
OrgAbuseEmail:  abuse@upstream.example

# end

# start

NetRange:       198.51.100.0 - 198.51.100.255
CIDR:           198.51.100.0/24
NetName:        NORTH-INC
NetHandle:      NET-198-51-100-0-1
Parent:         UPSTREAM-NET (NET-198-51-0-0-1)

OrgName:        North Inc
OrgId:          NO-1
Country:        CA

OrgTechHandle: T1-ARIN
OrgTechEmail:  noc@north.example

OrgAbuseHandle: NAB-ARIN
OrgAbuseEmail:  abuse@north.example
"""
LACNIC = """% Copyright LACNIC

inetnum:     198.51.100/24
status:      assigned
owner:       Norte S.A.
ownerid:     XX-NOSA-LACNIC
responsible: Somebody
country:     UY
owner-c:     OWN
abuse-c:     ABU

nic-hdl:     OWN
person:      Owner
e-mail:      owner@norte.example

nic-hdl:     ABU
person:      Desk
e-mail:      seguridad@norte.example
"""
KRNIC = """IPv4 Address       : 198.51.100.0 - 198.51.100.255 (/24)
Organization Name  : North Korea Telecom Test
Network Type       : CUSTOMER
Service Name       : NORTHSVC

Name               : IP Manager
E-Mail             : abuse@north.example
"""
RWHOIS = """network:Class-Name:network
network:IP-Network:198.51.100.0/24
network:Org-Name;I:North Colo
network:Abuse-Contact;I:abuse@north.example
"""


@pytest.mark.parametrize(
    ("text", "organisation", "country", "first", "handle"),
    [
        (RIPE, "North Hosting B.V.", "NL", "abuse@north.example", None),
        (APNIC, "North Networks Pty Ltd", "AU", "report@north.example", "IRT-NORTH-AP"),
        (ARIN, "North Inc", "CA", "abuse@north.example", "NAB-ARIN"),
        (LACNIC, "Norte S.A.", "UY", "seguridad@norte.example", "ABU"),
        (KRNIC, "North Korea Telecom Test", "KR", "abuse@north.example", None),
        (RWHOIS, "North Colo", None, "abuse@north.example", None),
    ],
)
def test_each_registrys_text_names_holder_country_and_desk(
    text: str, organisation: str, country: str | None, first: str, handle: str | None
) -> None:
    facts = networks_in(text, IP, NOW)[0]
    assert (facts.organisation, facts.country, facts.desks[0].address) == (organisation, country, first)
    assert [str(each) for each in facts.blocks] == ["198.51.100.0/24"]
    if handle:
        assert facts.desks[0].object == handle
    assert not any("owner" in desk.address for desk in facts.desks)


def test_the_parent_network_follows_the_most_specific_one() -> None:
    found = networks_in(ARIN, IP, NOW)
    assert [each.desks[0].address for each in found] == ["abuse@north.example", "abuse@upstream.example"]


def test_networks_that_do_not_hold_the_address_are_left_out() -> None:
    assert networks_in(RIPE, ip_address("203.0.113.9"), NOW) == ()


def test_a_registrys_own_allocation_names_nobody() -> None:
    text = "inetnum: 198.0.0.0 - 198.255.255.255\norganisation: RIPE NCC\nremarks: abuse@x.example\n"
    facts = networks_in(text, IP, NOW)[0]
    assert facts.allocation
    assert facts.desks == ()


def test_an_abuse_address_in_remarks_is_better_than_none() -> None:
    text = "inetnum: 198.51.100.0/24\nnetname: N\nremarks: abuse reports to complaints@north.example\n"
    assert networks_in(text, IP, NOW)[0].desks[0].address == "complaints@north.example"


def test_a_bare_list_of_networks_gives_handles() -> None:
    text = "Up U (NET-198-51-0-0-1) 198.51.0.0 - 198.51.255.255\nNorth N (NET-198-51-100-0-1) 198.51.100.0\n"
    assert listed_networks(text) == ("NET-198-51-0-0-1", "NET-198-51-100-0-1")


@pytest.mark.parametrize(
    ("line", "server"),
    [
        ("refer:        whois.north.example", Server("whois.north.example")),
        ("whois: whois.north.example:4343", Server("whois.north.example", 4343)),
        ("   Registrar WHOIS Server: whois.registrar.example", Server("whois.registrar.example")),
        ("ReferralServer:  whois://whois.north.example:4343", Server("whois.north.example", 4343)),
        ("ReferralServer:  whois://whois.north.example/", Server("whois.north.example")),
        ("Registrar WHOIS Server: https://whois.registrar.example/lookup", Server("whois.registrar.example")),
        ("refer: [2001:db8::1]:4343", Server("2001:db8::1", 4343)),
        ("ReferralServer: rwhois://rwhois.north.example:4321", None),
        ("Registrar WHOIS Server:", None),
        ("whois: none", None),
    ],
)
def test_referrals_in_every_spelling(line: str, server: Server | None) -> None:
    assert referral(f"% hello\n{line}\n\nother: x\n") == server


def test_a_port_out_of_range_is_no_server() -> None:
    assert parse_server("whois.north.example:99999") is None


def registrar(text: str, domain: str = "site.example") -> tuple[str, int | None, list[str]]:
    facts = registrar_in([Text("whois.example", text)], domain, NOW)
    assert facts is not None
    return facts.name, facts.iana_id, [desk.address for desk in facts.desks]


GTLD = """Domain Name: SITE.EXAMPLE
Registrar WHOIS Server: whois.registrar.example
Registrar URL: http://registrar.example
Registrar: Registrar One, LLC
Registrar IANA ID: 292
Registrar Abuse Contact Email: abuse@registrar.example
Registrar Abuse Contact Phone: +1.5550100
Registrant Email: owner@site.example
Admin Email: abuse@site.example
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GTLD, ("Registrar One, LLC", 292, ["abuse@registrar.example"])),
        (
            "Domain name: x\n\nRegistrar:\n   Registrar Two B.V.\n   Street 1\n\nAbuse Contact:\n   +31.1\n"
            "   abuse@two.example\n",
            ("Registrar Two B.V.", None, ["abuse@two.example"]),
        ),
        (
            "    Domain name:\n        x\n\n    Registrar:\n        Three Ltd [Tag = THREE]\n        URL:\n",
            ("Three Ltd", None, []),
        ),
        ("domain: site\nregistrar:     Four AB\n", ("Four AB", None, [])),
        ("Registrar:\n\tName:\tFive NV\n\tWebsite: https://five.example\n", ("Five NV", None, [])),
        ("Registrar\n  Organization:     Six s.r.l.\n  Name:  SIX-REG\n", ("Six s.r.l.", None, [])),
        ("[Registrar]\nType: Legal person\nName: Seven SIA\n", ("Seven SIA", None, [])),
        ("Sponsoring Registrar: Eight\nSponsoring Registrar IANA ID: 8\n", ("Eight", 8, [])),
        (
            "registrar name: Nine\nregistrar-abuse-email: abuse@nine.example\n",
            ("Nine", None, ["abuse@nine.example"]),
        ),
    ],
)
def test_registries_styles_of_naming_the_registrar(text: str, expected: tuple[str, int | None, list[str]]) -> None:
    assert registrar(text) == expected


def test_the_holder_is_known_only_to_be_refused() -> None:
    facts = registrar_in([Text("w", GTLD)], "site.example", NOW)
    assert facts is not None
    assert facts.registrants == ("owner@site.example",)


def test_the_registrars_own_text_goes_before_the_registrys_field_by_field() -> None:
    own = "Registrar: Registrar One\nRegistrar Abuse Contact Email: desk@registrar.example\n"
    facts = registrar_in([Text("registry", GTLD), Text("registrar", own)], "site.example", NOW)
    assert facts is not None
    assert (facts.iana_id, facts.desks[0].address) == (292, "desk@registrar.example")


def test_the_suffixs_own_record_is_not_the_domains() -> None:
    text = "domain: EXAMPLE\norganisation: Registry\nregistrar: x\nabuse: abuse@registry.example\nsource: IANA\n"
    assert registrar_in([Text("w", text)], "site.example", NOW) is None
