"""The message of a notice: what a host's night shift acts on in ten seconds.

Pure: the same order and frame give the same bytes, for the outbox freezes them and may have to send them twice. A
message names only what its recipient hosts; it carries no picture, no digest and no name of staff.
"""

import hashlib
from datetime import UTC
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from hotline.errors import HotlineError
from hotline.facts import NoticeOrder
from notices.listing import csv_of
from notices.plain import display_name, is_mail_address
from notices.text import Frame, content_language, subject_line, text_of

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
    _set_text(message, text_of(order, frame))
    _attach_csv(message, csv_of(order))
    message.set_boundary("=_" + hashlib.sha256(frame.message_id.encode()).hexdigest()[:40])
    return message.as_bytes()


def _write_headers(message: EmailMessage, order: NoticeOrder, frame: Frame) -> None:
    message["From"] = Address(display_name(frame.organisation), addr_spec=frame.mail_from)
    message["To"] = Address(addr_spec=order.to)
    message["Reply-To"] = Address(addr_spec=frame.return_path)
    message["Subject"] = subject_line(order, frame)
    message["Date"] = format_datetime(frame.now.astimezone(UTC))
    message["Message-ID"] = frame.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = content_language(frame)


def _set_text(message: EmailMessage, text: str) -> None:
    message.set_content(text, cte=_encoding_for(text))


def _attach_csv(message: EmailMessage, text: str) -> None:
    message.add_attachment(text, subtype="csv", filename="notice.csv", cte=_encoding_for(text))


def _encoding_for(text: str) -> str:
    # Plain where it can be: addresses stay readable and searchable in the host's ticket system as they are.
    short = all(len(line) <= _LONGEST_LINE for line in text.splitlines())
    return "7bit" if text.isascii() and short else "quoted-printable"
