"""The mail server: takes every message, logs it as Postfix does, hands it to the recipient's desk, and puts
the desk's answers into the hotline's maildir when their time has come.
"""

import asyncio
import email
import email.policy
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from email.message import EmailMessage, Message
from functools import partial
from itertools import count
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from practice.desks import DESKS, Letter, receive
from practice.letters import written_back
from practice.networks import MAIL_EXCHANGER, Manner
from practice.world import World


class Maildir:
    """The hotline's inbox: a message is written whole in tmp/ and then appears in new/."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = count(1)
        for name in ("tmp", "new", "cur"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def put(self, message: Message, at: datetime) -> None:
        """Deliver one message."""
        name = f"{int(at.timestamp())}.{next(self._count):06d}.practice"
        (self._folder / "tmp" / name).write_bytes(message.as_bytes())
        (self._folder / "tmp" / name).rename(self._folder / "new" / name)


class Ledger:
    """The mail log, in Postfix's words; times are virtual."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.touch()

    def write(self, at: datetime, queue_id: str, letter: Letter, size: int) -> None:
        """All lines of one message, from its arrival to the end of its delivery."""
        fate = "status=sent (250 2.0.0 Ok)"
        if _bounces(letter.recipient):
            fate = f"status=bounced (host {MAIL_EXCHANGER} said: 550 5.1.1 User unknown)"
        dsn = "2.0.0" if "sent" in fate else "5.1.1"
        lines = (
            f"smtpd[101]: {queue_id}: client=localhost[127.0.0.1]",
            f"cleanup[102]: {queue_id}: message-id={letter.message_id}",
            f"qmgr[103]: {queue_id}: from=<{letter.sender}>, size={size}, nrcpt=1 (queue active)",
            f"smtp[104]: {queue_id}: to=<{letter.recipient}>, relay={MAIL_EXCHANGER}[192.0.2.203]:25, "
            f"delay=0.1, delays=0.05/0/0.01/0.04, dsn={dsn}, {fate}",
            f"qmgr[103]: {queue_id}: removed",
        )
        stamp = at.isoformat(timespec="microseconds")
        with self._path.open("a", encoding="utf-8") as log:
            log.writelines(f"{stamp} practice postfix/{line}\n" for line in lines)


def _bounces(mailbox: str) -> bool:
    desk = DESKS.get(mailbox.lower())
    return desk is None or desk.manner is Manner.BOUNCES


class Post:
    """aiosmtpd's handler: what happens to a message after its final dot."""

    def __init__(self, world: World, folder: Path) -> None:
        self._world = world
        self._inbox = Maildir(folder / "inbox")
        self._ledger = Ledger(folder / "maillog")
        self._taken, self._answered = count(1), count(1)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        """Take a message for each of its recipients."""
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        number = next(self._taken)
        queue_id = f"{zlib.crc32(str(number).encode()):08X}{number:03X}"
        for recipient in envelope.rcpt_tos:
            letter = read(content, str(envelope.mail_from or ""), recipient)
            self._ledger.write(self._world.clock.now(), queue_id, letter, len(content))
            self._deliver(letter)
        return f"250 2.0.0 Ok: queued as {queue_id}"

    def _deliver(self, letter: Letter) -> None:
        for answer in receive(self._world, letter):
            if letter.sender:
                self._world.clock.plan(answer.after, partial(self._answer, answer.kind, letter))

    def _answer(self, kind: str, letter: Letter) -> None:
        now = self._world.clock.now()
        self._inbox.put(written_back(kind, letter, next(self._answered), now), now)


def read(content: bytes, sender: str, recipient: str) -> Letter:
    """A message as its reader sees it: headers, and every part that is text, tables included."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)  # the policy's type
    texts = [_text(part) for part in message.walk() if not part.is_multipart()]
    return Letter(
        sender,
        recipient,
        str(message["Message-ID"] or "").strip(),
        str(message["Subject"] or ""),
        str(message["Reply-To"] or message["From"] or sender),
        "\n".join(texts),
    )


def _text(part: Message) -> str:
    readable = part.get_content_maintype() == "text" or part.get_content_type() == "application/json"
    table = (part.get_filename() or "").lower().endswith((".csv", ".json", ".txt"))
    payload = part.get_payload(decode=True) if readable or table else None
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


@asynccontextmanager
async def posting(world: World, folder: Path) -> AsyncIterator[int]:
    """The SMTP port."""
    post = Post(world, folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(post, hostname=MAIL_EXCHANGER, loop=loop), "127.0.0.1", 0)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
