"""Countries as records write them: codes, names in several languages, regions that are nobody's."""

import pytest

from hotline.countries import country_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("NL", "NL"),
        (" nl ", "NL"),
        ("UNITED STATES", "US"),
        ("U.S.A.", "US"),
        ("u.s.", "US"),
        ("Korea, Republic of", "KR"),
        ("Bosnia and Herzegovina", "BA"),
        ("Viet Nam", "VN"),
        ("P.R. China", "CN"),
        ("Taiwan, Province of China", "TW"),
        ("Österreich", "AT"),
        ("РОССИЯ", "RU"),
        ("日本", "JP"),
        ("Brasil", "BR"),
        ("UK", "GB"),
        ("EU", None),
        ("AP", None),
        ("ZZ", None),
        ("XX", None),
        ("Europe", None),
        ("94043", None),
        ("Springfield", None),
        ("", None),
        (".", None),
    ],
)
def test_a_country_is_known_by_code_or_name(text: str, code: str | None) -> None:
    assert country_code(text) == code
