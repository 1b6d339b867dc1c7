"""What a message says, and that nobody whose words it carries can make it say anything else."""

import csv
import io
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage, MIMEPart
from email.policy import default
from email.utils import getaddresses, parsedate_to_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from notice_builders import START, item, order

from hotline.facts import AskedBefore, NoticeOrder, Warned
from hotline.words import Classification, ContactRole
from notices.composition import BadRecipient, compose
from notices.listing import csv_of
from notices.plain import one_line, one_token
from notices.text import Frame, text_of
from notices.wording import wording

FRAME = Frame(
    mail_from="notice@hotline.example",
    return_path="notice+" + "ab" * 16 + "@hotline.example",
    message_id="<" + "0f" * 20 + "@hotline.example>",
    organisation="Practice hotline",
    country="NL",
    public_url="http://127.0.0.1:8001",
    answer_token="c" * 64,
    now=START,
    language="en",
)
HEADERS = {
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
}  # fmt: skip


def parsed(wanted: NoticeOrder, frame: Frame = FRAME) -> EmailMessage:
    message = message_from_bytes(compose(wanted, frame), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def table(message: EmailMessage) -> list[dict[str, str]]:
    (attached,) = [part for part in message.walk() if part.get_content_type() == "text/csv"]
    assert isinstance(attached, MIMEPart) and attached.get_filename() == "notice.csv"
    return list(csv.DictReader(io.StringIO(attached.get_content())))


def text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_the_subject_says_classification_number_and_provider() -> None:
    one = parsed(order())["Subject"]
    two = parsed(order(item(), item(8, "http://meadow.example/b.png")))["Subject"]
    assert one == "Child-protection notice [baseline]: disable 1 URL at Meadow Hosting"
    assert two == "Child-protection notice [baseline]: disable 2 URLs at Meadow Hosting"


def test_the_headers_are_those_of_a_machine_that_can_be_answered() -> None:
    message = parsed(order())
    assert str(message["From"]) == "Practice hotline <notice@hotline.example>"
    assert message["To"] == "abuse@meadow.example"
    assert message["Reply-To"] == FRAME.return_path
    assert message["Message-ID"] == FRAME.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert parsedate_to_datetime(message["Date"]) == START
    assert set(message.keys()) == HEADERS


def test_the_text_says_what_where_by_when_and_how_to_answer() -> None:
    seen = item(7, pages=("http://meadow.example/thread",))
    said = text(parsed(order(seen)))
    for needed in (
        "http://meadow.example/a.png",
        "IP 198.51.100.7",
        "2030-01-01 00:00 UTC",
        "http://meadow.example/thread",
        "2030-01-02 00:00 UTC",
        "http://127.0.0.1:8001/answer#" + "c" * 64,
        FRAME.return_path,
        "disable access",
        "preserve the files",
        "report to your authority",
        "open, download, copy",
        "tell the customer",
        "our case 7",
        "Practice hotline, NL",
    ):
        assert needed in said


def test_the_attachment_has_a_row_for_each_url() -> None:
    rows = table(parsed(order(item(7), item(8, "http://meadow.example/b,c.png", ip=None))))
    assert rows == [
        {
            "case": "7", "url": "http://meadow.example/a.png", "ip": "198.51.100.7", "seen_at": "2030-01-01T00:00:00Z",
            "classification": "baseline",
        },
        {
            "case": "8", "url": "http://meadow.example/b,c.png", "ip": "", "seen_at": "2030-01-01T00:00:00Z",
            "classification": "baseline",
        },
    ]  # fmt: skip


@pytest.mark.parametrize("role", list(ContactRole))
def test_each_role_is_asked_in_its_own_words(role: ContactRole) -> None:
    said = text_of(order(role=role), FRAME)
    others = [wording("en").asks[other] for other in ContactRole if other is not role]
    assert wording("en").openings[role] in said and wording("en").asks[role] in said
    assert not any(asked in said for asked in others)
    assert "$" not in said


def test_a_content_delivery_network_is_asked_for_the_origin() -> None:
    assert "origin server" in text_of(order(role=ContactRole.CDN), FRAME)


def test_an_escalation_says_who_was_asked_before_and_when() -> None:
    before = (AskedBefore(ContactRole.HOST, START), AskedBefore(ContactRole.UPSTREAM, START.replace(day=3)))
    said = text_of(order(role=ContactRole.REGISTRAR, escalation=2, asked_before=before), FRAME)
    assert "- the hosting provider, on 2030-01-01 00:00 UTC" in said
    assert "- the upstream provider, on 2030-01-03 00:00 UTC" in said


def test_whoever_is_passed_over_was_warned_by_whom_and_when() -> None:
    warned = text(parsed(order(warns=Warned(ContactRole.UPSTREAM, START + timedelta(days=2)))))
    assert "If it is still online on 2030-01-03 00:00 UTC, we ask the upstream provider to" in " ".join(warned.split())
    assert "still online on" not in text(parsed(order()))


def test_a_second_round_says_that_it_is_one() -> None:
    assert "message number 2" in text_of(order(round=2), FRAME)
    assert "message number" not in text_of(order(), FRAME)


def test_the_gravest_classification_stands_in_the_subject() -> None:
    national = item(8, "http://meadow.example/b.png", classification=Classification.NATIONAL)
    assert "[national]" in parsed(order(national))["Subject"]
    assert "[baseline]" in parsed(order(national, item()))["Subject"]


def test_the_same_order_gives_the_same_bytes() -> None:
    assert compose(order(), FRAME) == compose(order(), FRAME)
    assert compose(order(), FRAME).isascii()


def test_a_thousand_urls_make_one_message() -> None:
    items = [item(n, f"http://meadow.example/{n}.png") for n in range(1, 1001)]
    message = parsed(order(*items))
    assert len(table(message)) == 1000
    assert "1000 URLs" in message["Subject"]


def test_long_and_foreign_addresses_arrive_whole() -> None:
    long = "http://meadow.example/" + "a" * 5000
    message = parsed(order(item(7, long)))
    assert long in text(message)
    assert table(message)[0]["url"] == long
    assert all(len(line) <= 998 for line in compose(order(item(7, long)), FRAME).split(b"\r\n"))


def test_a_name_in_another_script_is_kept() -> None:
    message = parsed(order(provider_name="Луг Хостинг"), replace(FRAME, organisation="Линия доверия"))
    assert message["Subject"].endswith("Луг Хостинг")
    assert "Линия доверия" in str(message["From"])


@pytest.mark.parametrize(
    "address",
    [
        "", "no at", "a@b@c.example", "a b@c.example", "a@c.example\r\nBcc: x@y.example", "a@c.example, x@y.example",
        "<a@c.example>", "ä@c.example", "a@-c.example", "x" * 65 + "@c.example", "a@c.example\x00",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_not_written_to(address: str) -> None:
    with pytest.raises(BadRecipient):
        compose(order(to=address), FRAME)


ATTACKS = st.sampled_from(
    [
        "\r\nBcc: x@evil.example",
        "\n\nbody",
        "\r",
        "\x00",
        "\u2028X: y",
        "\x85",
        "=?utf-8?q?=0D=0ABcc:_x?=",
        "$link",
        "\u202e",
    ]
)
HOSTILE = st.lists(st.one_of(ATTACKS, st.text(max_size=20)), max_size=5).map("".join)


@example(name="", organisation="\r\nBcc: x@evil.example" * 4)  # long enough to be folded, which loses quotes
@given(name=HOSTILE, organisation=HOSTILE)
def test_no_name_adds_a_header_or_a_recipient(name: str, organisation: str) -> None:
    raw = compose(order(provider_name=name), replace(FRAME, organisation=organisation))
    message = message_from_bytes(raw, policy=default)
    head = raw.partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0].decode() for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))]
    assert sorted(names) == sorted(HEADERS)
    assert getaddresses([str(message["To"])]) == [("", "abuse@meadow.example")]
    assert [address.addr_spec for address in message["From"].addresses] == ["notice@hotline.example"]
    assert b"\n" not in raw.replace(b"\r\n", b"") and b"\r" not in raw.replace(b"\r\n", b"")


@given(to=HOSTILE)
def test_a_recipient_is_one_or_none(to: str) -> None:
    try:
        raw = compose(order(to=f"abuse{to}@meadow.example"), FRAME)
    except BadRecipient:
        return
    assert len(message_from_bytes(raw, policy=default)["To"].addresses) == 1


@given(url=HOSTILE, page=HOSTILE)
def test_no_address_starts_a_line_of_its_own(url: str, page: str) -> None:
    hostile = order(item(7, "http://meadow.example/" + url, pages=("http://meadow.example/" + page,)))
    assert text_of(hostile, FRAME).count("\n") == text_of(order(item(pages=("http://x.example/",))), FRAME).count("\n")
    assert len(list(csv.reader(io.StringIO(csv_of(hostile))))) == 2


@given(
    url=st.one_of(HOSTILE, st.sampled_from("=+-@＝＋－＠\t\r\n").flatmap(lambda s: HOSTILE.map(s.__add__))), ip=HOSTILE
)
def test_no_cell_is_a_formula(url: str, ip: str) -> None:
    _, row = csv.reader(io.StringIO(csv_of(order(item(7, url, ip=ip)))))
    assert not any(value.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")) for value in row)


@given(HOSTILE)
def test_plain_text_has_one_line_and_keeps_its_words(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1
    assert one_token(text).isascii() and not any(sign.isspace() for sign in one_token(text))
    assert one_line("Meadow Hosting, B.V.") == "Meadow Hosting, B.V."
