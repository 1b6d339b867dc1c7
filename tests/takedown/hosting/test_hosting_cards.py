"""Cards as registries write them: jCard (RFC 7095) well formed or not, JSContact (RFC 9553), addresses."""

from typing import Any

import pytest

from takedown.hosting.rdap.jcard import parse_card
from takedown.hosting.rdap.jscontact import parse_jscontact
from takedown.hosting.rdap.objects import parse_entity

MAIL = "abuse@north.example"
EMPTY = ["", "", "", "", "", "", ""]


def line(name: str, value: object, **parameters: object) -> list[object]:
    return [name, parameters, "text", value]


CARDS: dict[str, object] = {
    "as the RFC has it": ["vcard", [["version", {}, "text", "4.0"], line("email", MAIL)]],
    "without a version": ["vcard", [line("email", MAIL)]],
    "version as a number": ["vcard", [["version", {}, "text", 4], line("email", MAIL)]],
    "lines not wrapped": ["vcard", line("fn", "x"), line("email", MAIL)],
    "without its name": [[line("email", MAIL)]],
    "in capitals": ["VCARD", [["EMAIL", {}, "TEXT", MAIL]]],
    "in a group": ["vcard", [["item1.EMAIL", {}, "text", MAIL]]],
    "as an address to write to": ["vcard", [["email", {}, "uri", f"mailto:{MAIL}"]]],
    "as a contact address": ["vcard", [["contact-uri", {}, "uri", f"mailto:{MAIL}"]]],
    "the value in a list": ["vcard", [line("email", [MAIL])]],
    "the value in lists of lists": ["vcard", [line("email", [[[MAIL]]])]],
    "the type left out": ["vcard", [["email", {}, MAIL]]],
    "parameters and type left out": ["vcard", [["email", MAIL]]],
    "parameters as text": ["vcard", [["email", "{}", "text", MAIL]]],
    "nested too deep": ["vcard", [[[[line("email", MAIL)]]]]],
    "an object": {"fn": "x", "email": MAIL},
    "an object with lists": {"EMAIL": [MAIL, None]},
    "lines as objects": ["vcard", [{"name": "email", "parameters": {}, "type": "text", "value": MAIL}]],
    "with a display name": ["vcard", [line("email", f"North Abuse <{MAIL}>")]],
    "with rubbish around": [
        "vcard",
        [None, 7, [], [[]], ["email"], [{}], line("email", None), line("email", MAIL), "x"],
    ],
}


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS.keys())
def test_an_address_is_found_however_the_card_is_written(card: object) -> None:
    assert parse_card(card).emails == (MAIL,)


@pytest.mark.parametrize(
    "mark",
    [
        {"type": "abuse"},
        {"type": ["work", "abuse"]},
        {"TYPE": "ABUSE"},
        {"type": "abuse-mailbox"},
        {"type": [["abuse"]]},
    ],
)
def test_a_marked_address_goes_first(mark: dict[str, object]) -> None:
    card = parse_card(["vcard", [line("email", "noc@north.example"), ["email", mark, "text", "desk@north.example"]]])
    assert card.emails == ("desk@north.example", "noc@north.example")
    assert card.abuse_emails == ("desk@north.example",)


@pytest.mark.parametrize(
    "pref", [{"pref": 1}, {"pref": "1"}, {"PREF": ["1"]}, {"type": "pref"}, {"type": ["work", "pref"]}]
)
def test_a_preferred_address_goes_first(pref: dict[str, object]) -> None:
    card = parse_card(["vcard", [line("email", "a@north.example"), ["email", pref, "text", "b@north.example"]]])
    assert card.emails == ("b@north.example", "a@north.example")


def test_of_equal_addresses_the_one_that_sounds_like_the_desk_goes_first() -> None:
    card = parse_card(["vcard", [line("email", "noc@north.example"), line("email", MAIL), line("email", MAIL)]])
    assert card.emails == (MAIL, "noc@north.example")


@pytest.mark.parametrize(
    ("lines", "name", "organisation"),
    [
        ([line("fn", "North")], "North", ""),
        ([line("fn", ""), line("org", "North B.V.")], "", "North B.V."),
        ([line("org", ["North B.V.", "Abuse desk"])], "", "North B.V."),
        ([line("org", [["North B.V."], "x"])], "", "North B.V."),
        ([line("fn", "REDACTED FOR PRIVACY"), line("org", "North")], "", "North"),
        ([line("fn", "  North\n B.V. ")], "North B.V.", ""),
        ([line("n", ["North", "", ""])], "North", ""),
        ([line("fn", {"a": 1}), line("fn", None), line("fn", True)], "", ""),
    ],
)
def test_names_are_read_and_redactions_are_none(lines: list[object], name: str, organisation: str) -> None:
    card = parse_card(["vcard", lines])
    assert (card.name, card.organisation) == (name, organisation)


ADDRESSES: dict[str, tuple[list[object], str | None]] = {
    "a code in its place": (["adr", {}, "text", ["", "", "1 Weg", "Town", "", "1000", "NL"]], "NL"),
    "a name in its place": (["adr", {}, "text", ["", "", ["a", "b"], "Oslo", "", "0186", "NORWAY"]], "NO"),
    "in a list in its place": (["adr", {}, "text", ["", "", "", "", "", "", ["", "Kenya"]]], "KE"),
    "a parameter (RFC 8605)": (["adr", {"cc": "nl"}, "text", EMPTY], "NL"),
    "a label": (["adr", {"label": "1 Weg\nTown\nNetherlands"}, "text", EMPTY], "NL"),
    "a label as a list": (["adr", {"label": ["1 Weg\r\nTown\r\nNetherlands\r\n"]}, "text", None], "NL"),
    "a label whose lines end with two letters": (
        ["adr", {"label": "1 Road\\nTokyo 101-0047,Japan"}, "text", EMPTY],
        "JP",
    ),
    "a label that ends with a telephone's country": (["adr", {"label": "1 Road\nKenya\n+254 1"}, "text", EMPTY], "KE"),
    "a label that ends with a state": (["adr", {"label": "1 Road\nSpringfield\nCA\n94043"}, "text", EMPTY], None),
    "a state where no country stands": (["adr", {}, "text", ["", "", "", "", "CA", "", ""]], None),
    "components as values": (["adr", {}, "text", "", "", "1 Road", "Town", "", "1", "US"], "US"),
    "too few components": (["adr", {}, "text", ["1 Road", "Town", "Region", "101", "IS"]], "IS"),
    "too few, without a country": (["adr", {}, "text", ["1 Road", "Phoenix", "Arizona", "85034"]], None),
    "an object": (["adr", {}, "text", {"country-name": "Germany", "locality": "x"}], "DE"),
    "a code in an object": (["adr", {}, "text", {"cc": "DE"}], "DE"),
    "one text": (["adr", {}, "text", "1 Road, Town\nKenya"], "KE"),
    "a line of its own": (["ISO-3166-1-alpha-2", {}, "text", "us"], "US"),
    "a region": (["adr", {}, "text", ["", "", "", "", "", "", "EU"]], None),
    "a number": (["adr", {}, "text", 7], None),
    "nothing": (["adr"], None),
}


@pytest.mark.parametrize(("address", "country"), ADDRESSES.values(), ids=ADDRESSES.keys())
def test_only_what_must_be_the_country_is_it(address: list[object], country: str | None) -> None:
    assert parse_card(["vcard", [address]]).country == country


def test_a_contact_page_is_a_form_and_a_page_for_reports_is_kept_apart() -> None:
    card = parse_card(
        [
            "vcard",
            [
                ["contact-uri", {"pref": "1"}, "uri", "https://north.example/form"],
                ["url", {}, "uri", "https://north.example/"],
                ["url", {}, "uri", "https://north.example/abuse"],
                ["contact-uri", {}, "uri", "javascript:alert(1)"],
            ],
        ]
    )
    assert card.forms == ("https://north.example/form",)
    assert card.reports == ("https://north.example/abuse",)


def contact(**more: Any) -> dict[str, Any]:
    return {"@type": "Card", "version": "1.0", **more}


def test_a_modern_card_says_the_same() -> None:
    card = parse_jscontact(
        contact(
            kind="org",
            name={"full": "North Abuse"},
            organizations={"o": {"name": "North B.V."}},
            emails={"a": {"address": "noc@north.example"}, "b": {"address": MAIL, "pref": 1}},
            addresses={"x": {"countryCode": "nl"}},
            links={
                "l": {"kind": "contact", "uri": "https://north.example/form"},
                "m": {"uri": "https://north.example/"},
            },
        )
    )
    assert (card.name, card.organisation, card.kind, card.country) == ("North Abuse", "North B.V.", "org", "NL")
    assert card.emails == (MAIL, "noc@north.example")
    assert card.forms == ("https://north.example/form",)


@pytest.mark.parametrize(
    "value", [None, [], "x", {}, contact(emails=[MAIL]), contact(name="x", addresses={"a": 1}, links=3)]
)
def test_a_modern_card_that_is_none_says_nothing(value: object) -> None:
    assert parse_jscontact(value).emails == ()


def test_where_both_cards_stand_the_older_is_read_unless_it_is_empty() -> None:
    modern = contact(emails={"a": {"address": MAIL}})
    assert parse_entity({"jscontact_card": modern}).card.emails == (MAIL,)
    both = {"jscontact_card": modern, "vcardArray": ["vcard", [line("email", "old@north.example")]]}
    assert parse_entity(both).card.emails == ("old@north.example",)
    assert parse_entity({"jscontact_card": modern, "vcardArray": ["vcard", []]}).card.emails == (MAIL,)
