"""Which first line of a description names the provider: registries put names, places and sentences there alike."""

import pytest

from tests.takedown.hosting.rdap_cases import desc, maintainer, read


def provider(line: str, country: str = "NL") -> str:
    return read(maintainer("NORTH-MNT"), country=country, **dict([desc(line, title="")])).organisation


@pytest.mark.parametrize(
    "line",
    [
        "North Hosting B.V.",
        "North Hosting, SA",
        "North Hosting, AG",
        "North Limited, Australia",
        "University of North, Norway",
        '"NORTH" PJSC',
        "«Север»",
        'LLC "North"',
        "1&1 North SE",
        "23 North GmbH",
        "Managed North Ltd",
        "NorthSpamExperts B.V.",
        "Remarkable North Ltd",
    ],
)
def test_a_companys_name_is_the_provider(line: str) -> None:
    assert provider(line) == line


def test_a_comma_that_goes_on_in_the_next_line_is_no_part_of_the_name() -> None:
    assert provider("North Business Group,") == "North Business Group"


@pytest.mark.parametrize(
    "line",
    [
        "Town, Germany",
        "Germany",
        "Town, NL",
        "1-6 Main-cho",
        "12345",
        "(see below)",
        "-----",
        "Managed by North",
        "IPv4 block not managed by us",
        "This space is used by many",
        "In case of trouble",
        "Reserved for later",
        "Remarks: none",
        "mail spam reports to us",
        "North customers",
        "Dedicated servers",
    ],
)
def test_a_place_a_number_or_a_sentence_is_nobody(line: str) -> None:
    assert provider(line) == ""


def test_a_form_that_is_also_the_records_country_is_a_place() -> None:
    assert provider("Town, SE", country="SE") == ""
    assert provider("North, SE", country="DE") == "North, SE"
