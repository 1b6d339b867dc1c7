"""Mail addresses as strangers write them into cards and remarks."""

import pytest

from takedown.hosting.mailboxes import mailboxes, sounds_like_abuse, spelt_out


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("is 'abuse@north.example'", "abuse@north.example"),
        ("`abuse@north.example`", "abuse@north.example"),
        ("*abuse@north.example*", "abuse@north.example"),
        ("e-mail=abuse@north.example", "abuse@north.example"),
        ("noc/abuse@north.example", "abuse@north.example"),
        ("mailto:abuse@north.example", "abuse@north.example"),
        ("{abuse@north.example}", "abuse@north.example"),
        ("o'hara+desk@north.example.", "o'hara+desk@north.example"),
        ("_abuse@north.example", "_abuse@north.example"),
    ],
)
def test_what_stands_around_an_address_is_no_part_of_it(text: str, found: str) -> None:
    assert mailboxes(text) == (found,)


def test_two_addresses_with_a_slash_between_are_two() -> None:
    assert mailboxes("abuse@north.example/noc@north.example") == ("abuse@north.example", "noc@north.example")


@pytest.mark.parametrize("domain", ["example.com", "EXAMPLE.NET", "example.org", "north.invalid"])
def test_a_reserved_name_is_nobodys(domain: str) -> None:
    assert mailboxes(f"nobody@{domain}") == ()
    assert mailboxes(f"nobody@not{domain}.example") != ()


@pytest.mark.parametrize(
    "text",
    [
        "abuse (at) north (dot) example",
        "abuse[at]north[dot]example",
        "abuse<AT>north.example",
        "abuse {at} north{DOT}example",
    ],
)
def test_an_address_spelt_out_is_read(text: str) -> None:
    assert mailboxes(spelt_out(text)) == ("abuse@north.example",)


def test_words_in_a_sentence_spell_nothing() -> None:
    assert spelt_out("we work at north (see above) and dot the i") == "we work at north (see above) and dot the i"


@pytest.mark.parametrize(
    "local", ["abuse", "Network-Abuse", "netabuse", "abuso", "anti-spam", "antispam", "spam", "spam-report"]
)
def test_a_desks_mailbox_is_known_by_its_name(local: str) -> None:
    assert sounds_like_abuse(f"{local}@north.example")


@pytest.mark.parametrize("local", ["noc", "nospam", "no-spam", "spambot", "chinabusiness", "hostmaster", "sales"])
def test_another_mailbox_is_none(local: str) -> None:
    assert not sounds_like_abuse(f"{local}@abuse.example")
