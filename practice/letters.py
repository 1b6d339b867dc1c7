"""What desks write back, as messages: delivery status notifications (RFC 3464), automatic answers (RFC 3834),
a person's word.
"""

from datetime import datetime
from email.message import EmailMessage, Message
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime

from practice.desks import Letter
from practice.networks import MAIL_EXCHANGER

TEXTS = {
    "automatic": "Thank you for your message. We have received it and will look into it.\n",
    "removed": "Hello,\n\nremoved. The items that you named are no longer available.\n\nThe night shift\n",
}


def written_back(kind: str, letter: Letter, number: int, at: datetime) -> Message:
    """The answer of a kind (`bounce`, `automatic`, `removed`) to a letter; `number` makes its Message-ID."""
    message = _bounce(letter) if kind == "bounce" else _plain(kind, letter)
    message["Delivered-To"] = letter.sender
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<answer-{number}@{letter.recipient.rpartition('@')[2]}>"
    if letter.message_id:
        message["In-Reply-To"] = message["References"] = letter.message_id
    return message


def _plain(kind: str, letter: Letter) -> Message:
    message = EmailMessage()
    message["From"] = letter.recipient
    message["To"] = letter.sender if kind == "automatic" else letter.reply_to
    if kind == "automatic":
        message["Subject"] = f"Automatic reply: {letter.subject}"
        message["Auto-Submitted"] = "auto-replied"
        message["Precedence"] = "bulk"
    else:
        message["Subject"] = f"Re: {letter.subject}"
    message.set_content(TEXTS[kind])
    return message


def _bounce(letter: Letter) -> Message:
    """The three parts of a report: for people, for programs, and the headers of what did not arrive."""
    report = MIMEMultipart("report")
    report.set_param("report-type", "delivery-status")
    report["From"] = f"MAILER-DAEMON@{MAIL_EXCHANGER}"
    report["To"] = letter.sender
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Auto-Submitted"] = "auto-replied"
    report.attach(MIMEText(f"<{letter.recipient}>: 550 5.1.1 User unknown\n", "plain", "utf-8"))
    report.attach(_status(letter))
    original = Message()
    original["Message-ID"] = letter.message_id
    original["To"] = letter.recipient
    original["Subject"] = letter.subject
    headers = MIMEText(original.as_string(), "rfc822-headers", "utf-8")
    report.attach(headers)
    return report


def _status(letter: Letter) -> Message:
    server, recipient = Message(), Message()
    server["Reporting-MTA"] = f"dns; {MAIL_EXCHANGER}"
    server["X-Postfix-Sender"] = f"rfc822; {letter.sender}"
    for name, value in (
        ("Final-Recipient", f"rfc822; {letter.recipient}"),
        ("Action", "failed"),
        ("Status", "5.1.1"),
        ("Remote-MTA", f"dns; {MAIL_EXCHANGER}"),
        ("Diagnostic-Code", "smtp; 550 5.1.1 User unknown"),
    ):
        recipient[name] = value
    part = MIMEMessage(server, "delivery-status")
    part.set_payload([server, recipient])
    return part
