"""Quirks of address registries' WHOIS texts, one minimal text of our own for each."""

from ipaddress import ip_address

import pytest

from takedown.hosting.facts import NetworkFacts
from takedown.hosting.whois.networks import listed_networks, networks_in
from takedown.hosting.whois.referrals import Server, referral
from tests.takedown.hosting.hosting_world import NOW

IP = ip_address("198.51.100.7")
NET = "inetnum: 198.51.100.0 - 198.51.100.255\nnetname: NORTH\n"


def read(text: str) -> NetworkFacts:
    return networks_in(text, IP, NOW)[0]


def first_desk(text: str) -> str | None:
    return next((desk.address for desk in read(text).desks), None)


def test_arin_writes_the_holders_handle_behind_its_name() -> None:
    text = "NetRange: 198.51.100.0 - 198.51.100.255\nOrganization: North (Holding) Inc (NO-1)\n"
    assert read(text).organisation == "North (Holding) Inc"


def test_a_customer_of_a_provider_is_the_holder() -> None:
    text = "NetRange: 198.51.100.0 - 198.51.100.255\nCustomer: Shop Ltd (C012)\n\nCustName: Shop Ltd\nCountry: CA\n"
    facts = read(text)
    assert (facts.organisation, facts.country) == ("Shop Ltd", "CA")


def test_arin_once_told_the_holder_before_the_network() -> None:
    text = "OrgName: North Inc\nCountry: US\n\nNetRange: 198.51.100.0 - 198.51.100.255\nNetName: N\n"
    facts = read(text)
    assert (facts.organisation, facts.country) == ("North Inc", "US")


def test_the_networks_own_desk_goes_before_the_organisations() -> None:
    text = (
        "NetRange: 198.51.100.0 - 198.51.100.255\n\nOrgAbuseHandle: O-ARIN\nOrgAbuseEmail: org@north.example\n\n"
        "RAbuseHandle: R-ARIN\nRAbuseEmail: net@north.example\n"
    )
    assert [(desk.address, desk.object) for desk in read(text).desks] == [
        ("net@north.example", "R-ARIN"),
        ("org@north.example", "O-ARIN"),
    ]


@pytest.mark.parametrize("turned", [False, True])
def test_a_list_of_networks_ends_with_the_narrowest_in_whatever_order_it_comes(turned: bool) -> None:
    lines = ["North N (NET-198-51-100-0-1) 198.51.100.0 - 198.51.100.255", "Up (NET-198-51-0-0-1) 198.51.0.0/16"]
    listed = listed_networks("\n".join(reversed(lines) if turned else lines))
    assert listed == ("NET-198-51-0-0-1", "NET-198-51-100-0-1")


def test_the_parent_line_of_a_record_is_no_list() -> None:
    assert listed_networks("NetRange: 198.51.100.0 - 198.51.100.255\nParent: UP (NET-198-51-0-0-1)\n") == ()


def test_objects_behind_a_route_are_of_whoever_announces_the_network() -> None:
    text = (
        f"{NET}country: NL\n\nroute: 198.51.100.0/24\norigin: AS64500\norg: ORG-T1\n\n"
        "organisation: ORG-T1\norg-name: Transit Ltd\n\nrole: Transit\nabuse-mailbox: abuse@transit.example\n"
    )
    facts = read(text)
    assert (facts.organisation, facts.desks) == ("", ())


def test_objects_are_kept_apart_where_a_copy_has_lost_the_blank_lines() -> None:
    text = f"{NET}org: ORG-N1\nsource: RIPE\norganisation: ORG-N1\norg-name: North B.V.\nsource: RIPE\n"
    facts = read(f"{text}person: Somebody\ne-mail: somebody@north.example\n")
    assert (facts.organisation, facts.name) == ("North B.V.", "NORTH")


def test_a_text_may_be_indented_as_a_whole() -> None:
    text = f"% Abuse contact for '198.51.100.0 - 198.51.100.255' is 'desk@north.example'\n\n{NET}"
    assert first_desk("".join(f"  {line}\n" for line in text.splitlines())) == "desk@north.example"


def test_a_comment_behind_the_country_is_no_part_of_it() -> None:
    assert read(f"{NET}country: NL # since 2019\n").country == "NL"


def test_a_registrys_own_team_is_no_colleague() -> None:
    team = "irt: IRT-CNNIC-CN\ne-mail: ipas@cnnic.cn\n"
    facts = read(f"{NET}mnt-irt: IRT-CNNIC-CN\n\n{team}\nperson: P\ne-mail: p@north.example\n")
    assert (facts.desks, facts.colleagues) == ((), ("p@north.example",))


def test_a_block_kept_for_members_names_nobody_unless_it_has_a_desk() -> None:
    block = "inetnum: 198.51.100.0 - 198.51.100.255\nnetname: KRNIC-KR\n"
    assert read(block).allocation
    assert not read(f"{block}remarks: abuse@member.example\n").allocation


def test_a_national_registry_stands_for_its_member() -> None:
    text = f"{NET}org: ORG-J1\n\norganisation: ORG-J1\norg-name: Japan Network Information Center\n"
    assert read(text).organisation == ""


def test_what_a_registry_assigned_to_itself_it_uses_itself() -> None:
    text = "inetnum: 198.51.100.0 - 198.51.100.255\nnetname: OFFICE\nstatus: {}\norganisation: RIPE NCC\n"
    assert not read(text.format("ASSIGNED PI")).allocation
    assert read(text.format("ALLOCATED PA")).allocation


KRNIC = """# ENGLISH

[ Network Information ]
IPv4 Address       : 198.51.100.0 - 198.51.100.255 (/24)
Organization Name  : North

[ Admin Contact Information ]
E-Mail             : admin@north.example

[ Network Abuse Contact Information ]
E-Mail             : report@north.example
"""
JPNIC = """[ JPNIC database provides information regarding IP address and ASN. Its use   ]
Network Information:            [ネットワーク情報]
a. [IPネットワークアドレス]     198.51.100.0/24
b. [ネットワーク名]             NORTH-JP
f. [組織名]                     北株式会社
g. [Organization]               North K.K.
o. [Abuse]                      desk@north.example
"""
TWNIC = """   Netname: NORTH-TW
   Netblock: 198.51.100.0/24

   Administrator contact:
      admin@north.example
"""
NICBR = """inetnum:     198.51.100.0/24
owner:       Norte Ltda
abuse-c:     ABC1

nic-hdl-br:  ABC1
person:      Mesa
e-mail:      mesa@norte.example
"""


@pytest.mark.parametrize(
    ("text", "organisation", "country", "desk"),
    [
        (KRNIC, "North", "KR", "report@north.example"),
        (JPNIC, "North K.K.", "JP", "desk@north.example"),
        (TWNIC, "", "TW", None),
        (NICBR, "Norte Ltda", "BR", "mesa@norte.example"),
    ],
)
def test_national_registries_dialects(text: str, organisation: str, country: str, desk: str | None) -> None:
    facts = read(text)
    assert (facts.organisation, facts.country, first_desk(text)) == (organisation, country, desk)


def test_jpnics_own_encoding_is_read() -> None:
    facts = read(JPNIC.replace("g. [Organization]               North K.K.\n", "").encode("iso2022_jp").decode("ascii"))
    assert (facts.name, facts.organisation) == ("NORTH-JP", "北株式会社")


@pytest.mark.parametrize(
    "first", ["*****", "This network is dynamic. All reports must include " + "this and that " * 9]
)
def test_an_ornament_or_a_sermon_is_no_holder(first: str) -> None:
    assert read(f"{NET}descr: {first}\ndescr: North Ltd\n").organisation == "North Ltd"


def test_rwhois_names_the_desk_in_a_contact() -> None:
    text = (
        "network:IP-Network:198.51.100.0/24\ncontact:Tech-Email:t@north.example\ncontact:Abuse-Email:a@north.example\n"
    )
    assert first_desk(text) == "a@north.example"


@pytest.mark.parametrize(
    "remarks",
    [
        "remarks: abuse (at) north.example",
        "remarks: abuse[at]north[dot]example",
        "remarks: write to abuse AT north DOT example",
        "remarks: noc@north.example for routing, abuse@north.example for abuse",
        "remarks: * For abuse please write to\nremarks: * abuse@north.example *",
        "remarks: report abuse:\nremarks: ---\nremarks: abuse@north.example",
    ],
)
def test_remarks_tell_the_desk_in_many_ways(remarks: str) -> None:
    assert first_desk(f"{NET}{remarks}\n") == "abuse@north.example"


def test_the_mailbox_below_a_word_of_abuse_is_not_the_one_for_something_else() -> None:
    text = f"{NET}remarks: abuse reports by phone only\nremarks: peering: peer@north.example\n"
    assert first_desk(text) is None


def test_a_role_that_is_called_abuse_is_the_desk_whatever_its_mailbox() -> None:
    team = "role: North Abuse Team\ne-mail: security@north.example\nnic-hdl: NA1\n"
    facts = read(f"{NET}\n{team}\nperson: P\ne-mail: p@north.example\n")
    assert [(desk.address, desk.object) for desk in facts.desks] == [("security@north.example", "NA1")]


def test_a_copy_of_a_national_registrys_record_leads_to_its_server() -> None:
    text = f"{NET}remarks: please use the\nremarks: KRNIC whois server at whois.north.example.\n"
    assert referral(text) == Server("whois.north.example")


def test_a_list_of_all_registries_servers_leads_nowhere() -> None:
    text = f"{NET}remarks: server at whois.north.example\nremarks: server at whois.south.example\n"
    assert referral(text) is None


@pytest.mark.parametrize(
    ("line", "server"),
    [
        ("ResourceLink:  whois://whois.north.example", Server("whois.north.example")),
        ("ResourceLink:  https://www.north.example/whois", None),
        ("whois: https://www.north.example/en/whois", None),
    ],
)
def test_a_web_page_is_no_server(line: str, server: Server | None) -> None:
    assert referral(f"{line}\n") == server


def test_no_more_desks_are_read_than_anybody_could_ask() -> None:
    text = NET + "".join(f"remarks: abuse a{number}@north.example\n" for number in range(5000))
    assert len(read(text).desks) <= 100


@pytest.mark.parametrize(
    ("remark", "server"),
    [
        ("whois.national.example for WHOIS client. (The WHOIS client", "whois.national.example"),
        ("National Whois at whois.national.example", "whois.national.example"),
        ("whois.national.example is a machine", None),
    ],
)
def test_a_mirrored_text_names_the_national_registry_in_a_remark(remark: str, server: str | None) -> None:
    found = referral(f"{NET}remarks:        {remark}\n")
    assert found == (Server(server) if server else None)
