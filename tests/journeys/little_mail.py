"""The mail server of the small world: keeps what it takes, refuses on demand; and writes answers into a maildir."""

import asyncio
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from itertools import count
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

_COUNT = count(1)


@dataclass(frozen=True)
class Letter:
    """A message that was taken, or of which all bytes had come before the line went dead (``kept`` is false)."""

    sender: str
    recipient: str
    data: bytes
    kept: bool = True

    @property
    def message(self) -> Message:
        return message_from_bytes(self.data, policy=default)

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def text(self) -> str:
        """The text part, as a host reads it."""
        part: Any = self.message.get_body(("plain",))  # type: ignore[attr-defined]
        return str(part.get_content())

    @property
    def table(self) -> str:
        """The attached list."""
        part: Any = next(part for part in self.message.walk() if part.get_content_type() == "text/csv")
        return str(part.get_content())


@dataclass
class Post:
    """aiosmtpd's handler. ``refusals``: recipient (or ``*``) to a reply for RCPT. ``drops``: no word after the dot.

    ``unwanted``: a reply for MAIL. ``stalls``: whose text is taken, and whose sender then hears nothing while the line
    stays up.
    """

    letters: list[Letter] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    drops: set[str] = field(default_factory=set)
    stalls: set[str] = field(default_factory=set)
    unwanted: str | None = None

    @property
    def kept(self) -> list[Letter]:
        """What was taken, in order."""
        return [each for each in self.letters if each.kept]

    def to(self, recipient: str) -> list[Letter]:
        """What was taken for one recipient."""
        return [each for each in self.kept if each.recipient == recipient]

    async def handle_MAIL(  # the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.unwanted:
            return self.unwanted
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = self.refusals.get(address) or self.refusals.get("*")
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        recipient = envelope.rcpt_tos[0]
        dropped = recipient in self.drops or "*" in self.drops
        data = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        self.letters.append(Letter(str(envelope.mail_from), recipient, data, not dropped))
        if dropped:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        if recipient in self.stalls:
            await asyncio.sleep(60)
        return "250 OK"


async def serve_mail(post: Post) -> asyncio.Server:
    """Starts the server."""
    return await asyncio.get_running_loop().create_server(
        lambda: SMTP(post, enable_SMTPUTF8=False, timeout=20), "127.0.0.1", 0
    )


def make_maildir(folder: Path) -> Path:
    """An empty maildir."""
    for part in ("tmp", "new", "cur"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    return folder


def put(folder: Path, message: Message) -> None:
    """Delivers a message to a maildir."""
    (folder / "new" / f"{next(_COUNT):06d}.little").write_bytes(message.as_bytes())


def bounce(letter: Letter) -> Message:
    """The report that a letter did not arrive (RFC 3464)."""
    from email.mime.message import MIMEMessage
    from email.mime.multipart import MIMEMultipart
    from email.mime.text import MIMEText

    report = MIMEMultipart("report", report_type="delivery-status")
    report["From"] = "Mail Delivery System <MAILER-DAEMON@mx.little.example>"
    report["To"] = letter.sender
    report["Delivered-To"] = letter.sender
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Auto-Submitted"] = "auto-replied"
    report.attach(MIMEText("The message could not be delivered."))
    status = Message()
    status["Reporting-MTA"] = "dns; mx.little.example"
    block = Message()
    block["Final-Recipient"] = f"rfc822; {letter.recipient}"
    block["Action"] = "failed"
    block["Status"] = "5.1.1"
    block["Diagnostic-Code"] = "smtp; 550 5.1.1 User unknown"
    told = MIMEMessage(status)
    told.replace_header("Content-Type", "message/delivery-status")
    told.set_payload([status, block])
    report.attach(told)
    return report


def answer(letter: Letter, text: str, **headers: str) -> EmailMessage:
    """A person's answer to a letter."""
    message = EmailMessage()
    message["From"] = f"Desk <{letter.recipient}>"
    message["To"] = letter.sender
    message["Subject"] = f"Re: {letter.message['Subject']}"
    message["In-Reply-To"] = letter.message_id
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message
