"""The message of a notice: what a host's night shift acts on in ten seconds, and its machines in none.

Pure: the same order and frame give the same bytes, for the outbox freezes them and may have to send them twice. A
message names only what its recipient hosts; it carries no picture and no name of staff, and digests only as the
operator lets them out. Its parts (decision 0023): the text; the abuse report's fields (RFC 5965); a XARF document for
each URL, or all of them as one file of lines; the same as a table.
"""

import binascii
import hashlib
from collections.abc import Iterator
from datetime import UTC
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from hotline.errors import HotlineError
from hotline.facts import NoticeOrder
from notices import feedback_report, xarf
from notices.listing import csv_of
from notices.plain import display_name, is_mail_address
from notices.text import Frame, content_language, subject_line, text_of

MOST_DOCUMENTS: Final = 100
"""URLs up to which each has an attachment of its own: mail systems refuse hundreds (Exchange Online: 250)."""

_POLICY: Final = SMTP.clone(cte_type="7bit")
_LONGEST_LINE: Final = 900


class BadRecipient(HotlineError):
    """The contact's address is none that a message can be sent to: another contact must be asked."""

    def __init__(self) -> None:
        super().__init__("the contact's address is not a plain mail address; choose another contact")


def compose(order: NoticeOrder, frame: Frame) -> bytes:
    """The whole message, ASCII with CRLF.

    Raises:
        BadRecipient: the order's address cannot stand in a header.
    """
    if not is_mail_address(order.to):
        raise BadRecipient
    message = EmailMessage(policy=_POLICY)
    _write_headers(message, order, frame)
    message["MIME-Version"] = "1.0"
    message["Content-Type"] = 'multipart/report; report-type="feedback-report"'
    message.set_boundary("=_" + hashlib.sha256(frame.message_id.encode()).hexdigest()[:40])
    message.set_payload(list(_parts(order, frame)))
    return message.as_bytes()


def _write_headers(message: EmailMessage, order: NoticeOrder, frame: Frame) -> None:
    message["From"] = Address(display_name(frame.organisation), addr_spec=frame.mail_from)
    message["To"] = Address(addr_spec=order.to)
    message["Reply-To"] = Address(addr_spec=frame.return_path)
    message["Subject"] = subject_line(order, frame)
    message["Date"] = format_datetime(frame.now.astimezone(UTC))
    message["Message-ID"] = frame.message_id
    message["Auto-Submitted"] = "auto-generated"


def _parts(order: NoticeOrder, frame: Frame) -> Iterator[MIMEPart]:
    text = _part("text/plain; charset=utf-8", text_of(order, frame))
    text["Content-Language"] = content_language(frame)
    yield text
    yield _report(feedback_report.report_of(order))
    yield from _documents(order, frame)
    yield _part("text/csv; charset=utf-8", csv_of(order), "notice.csv")


def _report(fields: str) -> MIMEPart:
    part = MIMEPart(_POLICY)
    part["Content-Type"] = "message/feedback-report"
    part.set_payload(fields)  # as lines: the library's own headers would be folded, and a folded URL is another one
    return part


def _documents(order: NoticeOrder, frame: Frame) -> Iterator[MIMEPart]:
    documents = (xarf.document_of(item, frame) for item in order.items)
    if len(order.items) > MOST_DOCUMENTS:
        yield _part("application/x-ndjson", "".join(map(xarf.as_line, documents)), "xarf.jsonl")
        return
    for number, document in enumerate(documents, 1):
        yield _part("application/json", xarf.as_text(document), f"xarf-{number}.json")


def _part(kind: str, text: str, name: str | None = None) -> MIMEPart:
    part = MIMEPart(_POLICY)
    part["Content-Type"] = kind
    if name is not None:
        part["Content-Disposition"] = f'attachment; filename="{name}"'
    plain = _is_plain(text)
    part["Content-Transfer-Encoding"] = "7bit" if plain else "quoted-printable"
    part.set_payload(text if plain else binascii.b2a_qp(text.encode(), istext=True).decode("ascii"))
    return part


def _is_plain(text: str) -> bool:
    # Plain where it can be: addresses stay readable and searchable in the host's ticket system as they are. A space at
    # the end of a line may get lost on the way, and with it the signature (RFC 3156, section 5).
    lines = text.split("\n")
    return text.isascii() and all(len(line) <= _LONGEST_LINE and line == line.rstrip() for line in lines)
