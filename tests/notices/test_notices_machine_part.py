"""What a message is made of, and that nothing which others wrote adds a part, a header, a field, a URL or a formula."""

import csv
import io
import re
from dataclasses import replace
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any

import pytest
from hostile_words import ATTACKS, FRAME, HOSTILE, fields_of, kinds, leaves, names_in, parsed
from hypothesis import example, given
from notice_builders import START, item, order

from hotline.facts import NoticeOrder
from hotline.words import DigestKind
from notices.composition import BadRecipient, compose
from notices.exports import xarf_in
from notices.listing import csv_of
from notices.plain import one_token

ONE = ["text/plain", "message/feedback-report", "application/json", "text/csv"]
ONCE = ["From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]
FIELDS = ["Feedback-Type", "User-Agent", "Version", "Arrival-Date", "Incidents"]


def test_a_message_is_an_abuse_report_with_its_documents_and_a_table() -> None:
    message = parsed(compose(order(), FRAME))
    assert message.get_content_type() == "multipart/report"
    assert message.get_param("report-type") == "feedback-report"
    assert kinds(message) == ONE
    assert kinds(parsed(compose(order(item(7), item(8)), FRAME))) == [*ONE[:3], *ONE[2:]]


def test_the_report_s_fields_are_those_that_programs_look_for() -> None:
    other = item(8, "https://files.meadow.example/b%20c.png")
    fields = fields_of(parsed(compose(order(item(), other), FRAME)))
    assert fields == [
        ("Feedback-Type", "xarf"),
        ("User-Agent", "hotline"),
        ("Version", "1"),
        ("Arrival-Date", "Tue, 01 Jan 2030 00:00:00 +0000"),
        ("Incidents", "2"),
        ("Source-IP", "198.51.100.7"),
        ("Reported-Domain", "meadow.example"),
        ("Reported-Domain", "files.meadow.example"),
        ("Reported-URI", "http://meadow.example/a.png"),
        ("Reported-URI", "https://files.meadow.example/b%20c.png"),
    ]


@pytest.mark.parametrize("ip", [None, "198.51.100.8", "not an address"])
def test_an_address_is_told_only_where_all_share_it(ip: str | None) -> None:
    names = [name for name, _ in fields_of(parsed(compose(order(item(), item(8, ip=ip)), FRAME)))]
    assert "Source-IP" not in names


def test_a_url_that_fits_on_no_line_of_mail_is_told_whole_elsewhere() -> None:
    long = "http://meadow.example/" + "a" * 3000
    raw = compose(order(item(url=long)), FRAME)
    assert "Reported-URI" not in [name for name, _ in fields_of(parsed(raw))]
    assert [document["url"] for document in xarf_in(raw)] == [long]


def test_the_language_of_the_text_is_said_where_the_text_stands() -> None:
    text = leaves(parsed(compose(order(), replace(FRAME, language="en"))))[0]
    assert text["Content-Language"] == "en"


def test_digests_that_are_let_out_have_a_column_each() -> None:
    one = item(digests=((DigestKind.SHA256, "c" * 64),))
    rows = list(csv.reader(io.StringIO(csv_of(order(one, item(8))))))
    assert [row[5:] for row in rows] == [["sha256"], ["c" * 64], [""]]


def test_a_message_can_be_signed_by_the_mail_server_as_it_is() -> None:
    """DKIM (RFC 6376): what is signed must be there once, and nothing may have to be changed on the way."""
    long = item(8, "http://meadow.example/" + "é" * 700)
    for wanted in (order(), order(item(), long), order(provider_name="Луг Хостинг")):
        raw = compose(wanted, replace(FRAME, organisation="Линия доверия " * 8))
        assert sorted(names_in(raw)) == sorted(ONCE)
        assert raw.isascii() and b"\x00" not in raw and raw.endswith(b"\r\n")
        assert b"\n" not in raw.replace(b"\r\n", b"") and b"\r" not in raw.replace(b"\r\n", b"")
        assert max(map(len, raw.split(b"\r\n"))) < 998
        assert not spaced(raw)
        message = parsed(raw)
        assert {str(part.get("Content-Transfer-Encoding", "7bit")) for part in message.walk()} <= {
            "7bit", "quoted-printable",
        }  # fmt: skip
        sender = message["From"].addresses[0].domain
        assert str(message["Message-ID"]).endswith(f"@{sender}>") and message["Reply-To"].addresses[0].domain == sender
        assert parsedate_to_datetime(message["Date"]) == START
        assert message["Auto-Submitted"] == "auto-generated"


def spaced(raw: bytes) -> list[bytes]:
    """Lines of the body that end with a space, which may not survive (RFC 3156, section 5)."""
    return [line for line in raw.partition(b"\r\n\r\n")[2].split(b"\r\n") if line != line.rstrip()]


def crossed(wanted: NoticeOrder, organisation: str = "Practice hotline") -> list[str]:
    """What a message says beyond what it was told to: nothing, if nothing crosses."""
    raw = compose(wanted, replace(FRAME, organisation=organisation))
    message = parsed(raw)
    fields = fields_of(message)
    url = one_token(wanted.items[0].url)
    wrong = {
        "headers": sorted(names_in(raw)) != sorted(ONCE),
        "line ends": b"\n" in raw.replace(b"\r\n", b"") or b"\r" in raw.replace(b"\r\n", b""),
        "signs": not raw.isascii() or b"\x00" in raw,
        "line lengths": max(map(len, raw.split(b"\r\n"))) > 998,
        "spaces at line ends": spaced(raw) != [],
        "recipients": getaddresses([str(message["To"])]) != [("", "abuse@meadow.example")],
        "senders": [each.addr_spec for each in message["From"].addresses] != ["notice@hotline.example"],
        "parts": kinds(message) != ONE,
        "defects": any(part.defects for part in message.walk()),
        "fields": [name for name, _ in fields if name in FIELDS] != FIELDS or fields[4][1] != "1",
        "uris": [value for name, value in fields if name == "Reported-URI"] not in ([url], []),
        "documents": [each["url"] for each in xarf_in(raw)] != [url],
        "bidi": re.search("[\u202a-\u202e\u2066-\u2069]", leaves(message)[0].get_content()) is not None,
        "formulas": any(_is_formula(cell) for cell in _row(message)),
    }
    return [name for name, is_wrong in wrong.items() if is_wrong]


def _row(message: Any) -> list[str]:
    _, row = csv.reader(io.StringIO(leaves(message)[-1].get_content()))
    assert len(row) == 5
    return row


def _is_formula(value: str) -> bool:
    return value.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


@pytest.mark.parametrize("attack", ATTACKS, ids=[f"{n}" for n in range(len(ATTACKS))])
@pytest.mark.parametrize("place", ["url", "whole url", "ip", "page", "provider", "organisation"])
def test_no_attack_crosses(place: str, attack: str) -> None:
    plain = "http://meadow.example/"
    wanted = {
        "url": order(item(url=plain + attack)),
        "whole url": order(item(url=attack)),
        "ip": order(item(ip=attack)),
        "page": order(item(pages=(plain + attack,))),
        "provider": order(provider_name="Meadow" + attack),
        "organisation": order(),
    }[place]
    assert crossed(wanted, attack if place == "organisation" else "Practice hotline") == []


@example(url="", ip="", page="", provider="", organisation="\r\nBcc: x@evil.example" * 4)
@given(url=HOSTILE, ip=HOSTILE, page=HOSTILE, provider=HOSTILE, organisation=HOSTILE)
def test_no_text_of_anybody_crosses(url: str, ip: str, page: str, provider: str, organisation: str) -> None:
    wanted = order(item(url=url, ip=ip, pages=(page,)), provider_name=provider)
    assert crossed(wanted, organisation) == []


@pytest.mark.parametrize("attack", ATTACKS, ids=[f"{n}" for n in range(len(ATTACKS))])
def test_an_attack_in_a_recipient_s_address_goes_nowhere(attack: str) -> None:
    for address in (f"abuse{attack}@meadow.example", f"abuse@meadow{attack}.example", attack):
        try:
            raw = compose(order(to=address), FRAME)
        except BadRecipient:
            continue
        assert sorted(names_in(raw)) == sorted(ONCE) and len(parsed(raw)["To"].addresses) == 1
