"""How domain registries write the registrar, one minimal text of our own for each quirk."""

import pytest

from hotline.words import ContactKind
from takedown.hosting.facts import RegistrarFacts
from takedown.hosting.whois.client import Text
from takedown.hosting.whois.domains import registrar_in
from takedown.hosting.whois.referrals import Server, referral
from tests.takedown.hosting.hosting_world import NOW


def read(text: str) -> RegistrarFacts:
    facts = registrar_in([Text("whois.example", text)], "site.example", NOW)
    assert facts is not None
    return facts


SLOVAK = """Domain:      site.example
Registrar:   ONER-0002
Created:     2003-07-24

Registrar:   ONER-0002
Name:        One Registrar
Organization:  One Registrar s.r.o.

Contact:     HOLD-1
Name:        The Holder
Registrar:   ONER-0002
"""
UKRAINIAN = """domain:       site.example
registrar:    ua.one

% Registrar:
registrar:    ua.one
organization: One LLC
abuse-email:  abuse@one.example
"""
SERVERS = """   Server Name: SITE.EXAMPLE.ELSE.EXAMPLE
   Registrar: SOMEBODY ELSE
   Whois Server: whois.else.example

   Domain Name: SITE.EXAMPLE
   Registrar: ONE INC.
   Whois Server: whois.one.example
"""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Domain:\n     site.example\n\nRegistrar:\n     One Inc. (http://www.one.example)\n", "One Inc."),
        ("Domain name\tsite.example\n\nRegistrar\tOne Inc. \n\nDNSSEC\tno\n", "One Inc."),
        ("Domain   \t: site.example\nRegistrar\t: One Inc.\n", "One Inc."),
        ("Domain name:\nsite.example\n\nRegistrar:\nOne Inc.\n\n", "One Inc."),
        ("Sponsoring Registrar:One Inc. (R37-LROR)\n", "One Inc."),
        ("Domain: site\nAccount Name:   One Inc\nHolder-type: Billable\n", "One Inc"),
        ("Current Registar: ONE\n", "ONE"),
        ("** Registrar:\nNIC Handle\t\t: one1\nOrganization Name\t: One Ltd\n", "One Ltd"),
        ("   Registrar of Record: \n      One Inc.\n      Record created on 2007-11-19\n", "One Inc."),
        ("Registered through: One Inc. (http://www.one.example)\n", "One Inc."),
        ("Domain Registrar : One Inc.\n", "One Inc."),
        ("Authorized Agency           : One, Inc.(http://one.example)\n", "One, Inc."),
        ("Domain Managers\nName: Reseller - One Inc.\nAddress\n1 Street\nDomain Owners / Registrant\n", "One Inc."),
        ("Registered By:\n\tOne University\n", "One University"),
        (SLOVAK, "One Registrar s.r.o."),
        (UKRAINIAN, "One LLC"),
        (SERVERS, "ONE INC."),
    ],
)
def test_the_registrar_by_many_names(text: str, name: str) -> None:
    assert read(text).name == name


@pytest.mark.parametrize(
    "text",
    [
        "Registrar: hoster.one\nOrg: The Holder Ltd\n",
        "Registrar: ONER-0002\nOrg: The Holder Ltd\n\nContact: C\nOrganization: The Holder Ltd\n",
    ],
)
def test_a_holders_organisation_is_not_taken_for_the_registrars(text: str) -> None:
    assert "Holder" not in read(f"Domain: site.example\n{text}").name


@pytest.mark.parametrize("said", ["No registrar listed.  This domain is registered directly.", "1960108002", "n/a"])
def test_no_registrar_is_no_name(said: str) -> None:
    text = f"    Registrar:\n        {said}\n"
    assert registrar_in([Text("w", text)], "site.example", NOW) is None


def test_a_registrars_handle_stands_beside_the_name() -> None:
    facts = read("Registrar Handle...........: REG466-ONE\n")
    assert (facts.name, facts.handle) == ("", "REG466-ONE")


def test_the_record_of_a_host_with_the_domain_in_its_name_leads_nowhere() -> None:
    assert referral(SERVERS) == Server("whois.one.example")


@pytest.mark.parametrize(
    ("line", "desk"),
    [
        ("Registrar Abuse Contact: abuse@one.example", "abuse@one.example"),
        ("Registrar Contact Information: Email: abuse@one.example Hotline: +1.5550100", "abuse@one.example"),
        ("registrar_abuse_email: desk@one.example", "desk@one.example"),
        ("RegistrarAbuse Contact Email: desk@one.example", "desk@one.example"),
        ("Registrar Abuse Contact Email: abuse [at] one.example", "abuse@one.example"),
        ("abuse-mailbox: desk@one.example", "desk@one.example"),
        ("Registrar Abuse Contact: https://one.example/report", "https://one.example/report"),
    ],
)
def test_the_registrars_desk_in_many_fields(line: str, desk: str) -> None:
    assert [each.address for each in read(f"Registrar: One\n{line}\n").desks] == [desk]


@pytest.mark.parametrize("key", ["Registrar Whois", "Whois TCP URI"])
def test_the_registrars_server_by_other_names(key: str) -> None:
    text = f"Registrar: One\n{key}: whois.one.example\nWhois Web URL: http://www.one.example/whois\n"
    assert referral(text) == Server("whois.one.example")


def test_a_page_for_reports_is_a_form() -> None:
    desks = read("Registrar: One\nRegistrar Abuse Contact: https://one.example/report\n").desks
    assert [desk.kind for desk in desks] == [ContactKind.FORM]


@pytest.mark.parametrize(
    "text",
    [
        "Registrar Abuse Contact Email:\nRegistrant Email: owner@site.example\n",
        "Registrar Abuse Contact Email:\n\nowner@site.example\n",
        "Registry Abuse Contact Email: abuse@registry.example\n",
        "To report abuse of this service write to: abuse@registry.example\n",
        "Tech Abuse Email: tech@site.example\n",
        "Registrar Email: info@one.example\n",
        "Registrar Abuse Contact Phone: https:\n",
    ],
)
def test_what_is_not_the_registrars_desk(text: str) -> None:
    assert read(f"Registrar: One\n{text}").desks == ()


@pytest.mark.parametrize(
    "text",
    [
        "Registrant:\n   The Holder\n   (owner [at] site.example)\n\nTechnical Contact:\n   t@one.example\n",
        "   Owner contact:\n      Name: X\n      E-mail: owner@site.example\n\n   Tech contact:\n      t@one.example\n",
        "holder-c: H1\ntech-c: T1\n\nnic-hdl: T1\ne-mail: t@one.example\n\nnic-hdl: H1\ne-mail: owner@site.example\n",
        "Domain registrant: H1\nEmail: owner@site.example\n\nTech: T1\nEmail: t@one.example\n",
        "Titular / Registrant\n   X\n   Email: owner@site.example\n\nTech Contact\n   Email: t@one.example\n",
        "[Holder]\nEmail: owner@site.example\n\n[Tech]\nEmail: t@one.example\n",
    ],
)
def test_the_holder_in_many_places_is_known_to_be_refused(text: str) -> None:
    assert read(f"Domain: site.example\n\n{text}").registrants == ("owner@site.example",)


def test_the_registrars_desk_below_the_holders_line_is_not_the_holders() -> None:
    facts = read("Domain: s\nDomain Holder: X Ltd\nAccount Name: One\nRegistrar Abuse Contact: abuse@one.example\n")
    assert (facts.registrants, [each.address for each in facts.desks]) == ((), ["abuse@one.example"])


@pytest.mark.parametrize(("said", "iana_id"), [("292", 292), ("0", None), ("Not Applicable", None), ("", None)])
def test_the_registrars_number(said: str, iana_id: int | None) -> None:
    assert read(f"Registrar: One\nRegistrar IANA ID: {said}\n").iana_id == iana_id
