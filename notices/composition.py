"""The message of a notice: what a host's night shift acts on in ten seconds.

Pure: the same order and frame give the same bytes, for the outbox freezes them and may have to send them twice. A
message names only what its recipient hosts; it carries no picture, no digest and no name of staff.
"""

import csv
import hashlib
import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final, Literal

from hotline.clock import utc_text
from hotline.errors import HotlineError
from hotline.facts import NoticeItem, NoticeOrder
from hotline.words import Classification
from notices.plain import cell, display_name, is_mail_address, one_line, one_token
from notices.wording import Wording, fill, wording

ACT_WITHIN: Final = timedelta(hours=24)
CSV_COLUMNS: Final = ("case", "url", "ip", "seen_at", "classification")

_POLICY: Final = SMTP.clone(cte_type="7bit")
_LONGEST_LINE: Final = 900


class BadRecipient(HotlineError):
    """The contact's address is none that a message can be sent to: another contact must be asked."""

    def __init__(self) -> None:
        super().__init__("the contact's address is not a plain mail address; choose another contact")


@dataclass(frozen=True)
class Frame:
    """What a message says of its sender, and the marks by which its answers find their way back.

    ``return_path`` is the notice's own address; ``message_id`` stands in angle brackets; ``answer_token`` opens the
    host's page; ``now`` dates the message.
    """

    mail_from: str
    return_path: str
    message_id: str
    organisation: str
    country: str
    public_url: str
    answer_token: str
    now: datetime
    language: str


def compose(order: NoticeOrder, frame: Frame) -> bytes:
    """The whole message, ASCII with CRLF.

    Raises:
        BadRecipient: the order's address cannot stand in a header.
    """
    if not is_mail_address(order.to):
        raise BadRecipient
    words = wording(frame.language)
    message = EmailMessage(policy=_POLICY)
    _write_headers(message, order, frame, words)
    _set_text(message, text_of(order, frame))
    _attach_csv(message, csv_of(order))
    message.set_boundary("=_" + hashlib.sha256(frame.message_id.encode()).hexdigest()[:40])
    return message.as_bytes()


def _write_headers(message: EmailMessage, order: NoticeOrder, frame: Frame, words: Wording) -> None:
    message["From"] = Address(display_name(frame.organisation), addr_spec=frame.mail_from)
    message["To"] = Address(addr_spec=order.to)
    message["Reply-To"] = Address(addr_spec=frame.return_path)
    message["Subject"] = subject_of(order, words)
    message["Date"] = format_datetime(frame.now.astimezone(UTC))
    message["Message-ID"] = frame.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = frame.language


def _set_text(message: EmailMessage, text: str) -> None:
    message.set_content(text, cte=_encoding_for(text))


def _attach_csv(message: EmailMessage, text: str) -> None:
    message.add_attachment(text, subtype="csv", filename="notice.csv", cte=_encoding_for(text))


def _encoding_for(text: str) -> str:
    # Plain where it can be: addresses stay readable and searchable in the host's ticket system as they are.
    short = all(len(line) <= _LONGEST_LINE for line in text.splitlines())
    return "7bit" if text.isascii() and short else "quoted-printable"


def gravest(order: NoticeOrder) -> Classification:
    """The classification that the message as a whole goes by."""
    found = {item.classification for item in order.items}
    return Classification.BASELINE if Classification.BASELINE in found else Classification.NATIONAL


def subject_of(order: NoticeOrder, words: Wording) -> str:
    """Classification, number of URLs, and whose they are."""
    provider = one_line(order.provider_name) or words.say("subject", "unnamed")
    code = words.say("codes", gravest(order).value)
    return words.number("subject", len(order.items), code=code, provider=provider)


def text_of(order: NoticeOrder, frame: Frame, way: Literal["mail", "form"] = "mail") -> str:
    """The text, by the wording of the recipient's role: as part of a message, or to be pasted into a form."""
    words = wording(frame.language)
    text = fill(
        words.notice,
        opening=words.openings[order.role],
        classification=words.say("classifications", gravest(order).value),
        count=words.number("count", len(order.items)),
        deadline=_time(frame.now + ACT_WITHIN),
        link=f"{frame.public_url}/answer#{frame.answer_token}",
        by_mail=words.say(way, "answer", reply_to=frame.return_path),
        attached=words.say(way, "attached"),
        again=words.say("asked", "again", round=order.round) + "\n" if order.round > 1 else "",
        asks=words.asks[order.role],
        where="\n\n".join(_item_text(n, item, words) for n, item in enumerate(order.items, 1)),
        asked_before=_asked_text(order, words),
        organisation=one_line(frame.organisation),
        country=frame.country,
    )
    return re.sub(r"\n{3,}", "\n\n", text)


def _item_text(number: int, item: NoticeItem, words: Wording) -> str:
    facts = words.say(
        "item",
        "facts",
        ip=one_token(item.ip) if item.ip else words.say("item", "no_ip"),
        seen_at=_time(item.seen_at),
        classification=words.say("codes", item.classification.value),
        case=item.case_id,
    )
    lines = [words.say("item", "address", number=number, url=one_token(item.url)), facts]
    if item.pages:
        lines.append(words.say("item", "pages"))
        lines.extend(words.say("item", "page", page=one_token(page)) for page in item.pages)
    return "\n".join(lines)


def _asked_text(order: NoticeOrder, words: Wording) -> str:
    if not order.asked_before:
        return ""
    asked = [
        words.say("asked", "line", role=words.say("roles", before.role.value), at=_time(before.at))
        for before in order.asked_before
    ]
    return "\n".join([words.say("asked", "heading"), *asked, ""])


def csv_of(order: NoticeOrder) -> str:
    """The same list for machines, with a header line; every cell quoted and safe against formulas."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for item in order.items:
        seen = utc_text(item.seen_at) or ""
        row = (str(item.case_id), one_token(item.url), item.ip or "", seen, item.classification.value)
        writer.writerow([cell(value) for value in row])
    return out.getvalue()


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
