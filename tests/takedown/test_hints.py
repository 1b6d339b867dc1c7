"""What an answer may tell: read as a stranger's words, and never more than a few."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.errors import HotlineError
from hotline.words import ToldKind
from takedown.hints import MOST, Hint, Known, hints_in, parsed

KNOWN = Known(frozenset({"host.example", "hotline.example"}), frozenset({"198.51.100.7"}))


def values(words: str) -> list[str]:
    return [hint.value for hint in hints_in(words, KNOWN)]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Write to Night-Desk@Reseller.example, please.", ["night-desk@reseller.example"]),
        ("<mailto:desk@reseller.example>", ["desk@reseller.example"]),
        ("the server is 203.0.113.9.", ["203.0.113.9"]),
        ("origin: 2001:db8::9, port 443", ["2001:db8::9"]),
        ("it lies at http://203.0.113.9/ as you wrote", []),
        ("Regards, Kim <kim@mail.host.example>", []),
        ("you wrote from notice+abc@hotline.example", []),
        ("198.51.100.7 is ours and was cleaned", []),
        ("version 1.2.3.4.5, at 10:11:12, 10.0.0.1, 127.0.0.1, ::1, 224.0.0.1, 999.1.1.1", []),
        ("", []),
    ],
)
def test_mail_addresses_and_origins_of_others_are_found_and_nothing_else(words: str, told: list[str]) -> None:
    assert values(words) == told


def test_a_list_is_nobodys_advice() -> None:
    many = "\n".join(f"a{n}@other{n}.example 203.0.113.{n}" for n in range(1, 50))
    assert len(values(many)) == 2 * MOST


@given(st.text(max_size=300), st.sampled_from(list(ToldKind)))
def test_no_words_stop_the_reader(words: str, kind: ToldKind) -> None:
    hints_in(words, KNOWN)
    with suppress(HotlineError):
        assert parsed(kind, words).kind is kind


@pytest.mark.parametrize("text", ["203.0.113.9", " 2001:DB8::9 "])
def test_staff_write_an_origin_as_an_address(text: str) -> None:
    assert parsed(ToldKind.ORIGIN, text) == Hint(ToldKind.ORIGIN, text.strip().lower())


@pytest.mark.parametrize("text", ["10.0.0.1", "::1", "203.0.113.9 203.0.113.10", "www.site.example", "203.0.113.9/24"])
def test_what_is_no_public_address_is_no_origin(text: str) -> None:
    with pytest.raises(HotlineError, match="public internet"):
        parsed(ToldKind.ORIGIN, text)
