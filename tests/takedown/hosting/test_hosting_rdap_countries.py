"""Where a network is: countries in addresses without parts, under the names that people give their country."""

import pytest

from hotline.countries import country_code
from tests.takedown.hosting.hosting_world import card, entity
from tests.takedown.hosting.rdap_cases import EMPTY_ADR, read


def country(label: str) -> str | None:
    lines = ["adr", {"label": label}, "text", EMPTY_ADR]
    return read(entity("O1", "registrant", card=card(lines, fn="North", kind="org")), country=None).country


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("1 Road\nTown\n1000\nKYRGYZSTAN", "KG"),
        ("1 Road, Town, Armenia, 0001", "AM"),
        ("No.1, Road, Tehran, Iran.", "IR"),
        ("Ward\nTokyo 101-0047,Japan", "JP"),
        ("1 Street\nTown\nSouth Africa\nPostal Code 2066", "ZA"),
        ("1 Street\nAtlanta\nGeorgia\n30303", None),
        ("1 Street, Atlanta, Georgia, 30303", None),
        ("1 Rustaveli\nTbilisi\nGEORGIA", "GE"),
        ("1 Street\nTown\nCA\n94043", None),
    ],
)
def test_an_address_without_parts_tells_its_country(label: str, code: str | None) -> None:
    assert country(label) == code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Republic of Serbia", "RS"),
        ("Federal Republic of Germany", "DE"),
        ("Republic of China", "TW"),
        ("NETHERLANDS, THE", "NL"),
        ("VIRGIN ISLANDS (BRITISH)", "VG"),
        ("中国大陆", "CN"),
        ("Luxemburg", "LU"),
    ],
)
def test_a_country_is_known_by_its_long_name(name: str, code: str) -> None:
    assert country_code(name) == code
