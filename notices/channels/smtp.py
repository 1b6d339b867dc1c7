"""SMTP to the hotline's own mail server, by aiosmtplib driven step by step.

The library's ``sendmail`` does not tell whether the text had left when a connection broke, and that is the one thing
the outbox must know. So MAIL, RCPT and DATA are asked for singly, and everything after the first byte of the text that
is not a plain answer is ``unknown``. One session carries many messages; certificates are always verified.
"""

import asyncio
import contextlib
import re
import ssl
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Final

import aiosmtplib
from aiosmtplib.protocol import normalize_message_line_endings

from hotline.errors import HotlineError
from hotline.home import Home
from hotline.settings import SmtpServer
from hotline.words import DeliveryOutcome
from notices.plain import is_mail_address
from notices.sending import ENHANCED, BeforeDot, ClaimLost, Envelope, Outcome
from notices.settlement import NO_ANSWER
from notices.tokens import domain_of

DEADLINE: Final = 60.0
"""Seconds of real time for one message, connection included: well within the lease of a claim."""

SESSIONS: Final = 8
"""Sessions at once with our own server; Postfix allows 50 a client."""

_OURS: Final = frozenset({530, 534, 535, 538})
"""Codes that speak of our own credentials: they say nothing of the recipient, so the notice waits."""


def sender_of(home: Home, deadline: float = DEADLINE) -> "SmtpSender | None":
    """The channel that the settings name; ``None`` where no mail server is set. ``deadline`` in seconds.

    Raises:
        HotlineError: a practice home names a server that is not on loopback, or the extra certificates do not load.
    """
    server = home.settings.smtp
    if server is None:
        return None
    if home.practice and not _is_loopback(server.host):
        raise HotlineError("HOTLINE_SMTP: a practice home sends to a server on loopback only; name 127.0.0.1 or ::1")
    name = domain_of(home.settings.mail_from or "") or "localhost"
    return SmtpSender(server, name, ca_file=home.settings.ca_file, deadline=deadline)


def _is_loopback(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """Verifies names and certificates, by the system's authorities and the operator's extra ones."""
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError):
            raise HotlineError("HOTLINE_CA_FILE: the certificates cannot be read; give a PEM file") from None
    return context


class _Reused(Exception):
    """A connection that had served before was closed meanwhile: not this message's fault."""


class SmtpSender:
    """A ``notices.sending.Sender``. A session begins when a message comes that no idle one can take."""

    def __init__(
        self,
        server: SmtpServer,
        name: str,
        *,
        ca_file: Path | None = None,
        deadline: float = DEADLINE,
        sessions: int = SESSIONS,
    ) -> None:
        context = None if server.security == "none" else tls_context(ca_file)
        self._new = partial(_Line, server, name, context, deadline)
        self._most = sessions
        self._idle: list[_Line] = []
        self._busy: list[_Line] = []
        self._room = asyncio.Condition()

    @property
    def sessions(self) -> int:
        """How many messages may be handed over at once: as many as the server has let us so far."""
        return self._most

    async def hand_over(self, envelope: Envelope, before_dot: BeforeDot) -> Outcome:
        """Hands one message over; see ``Sender``."""
        while True:
            line = await self._take_line()
            try:
                outcome = await line.hand_over(envelope, before_dot)
            finally:
                await self._put_back(line)
            others = [each for each in (*self._busy, *self._idle) if each.is_open]
            if outcome.connected or not others:
                return outcome
            # The server wants no more sessions than it has: the message goes by one of those.
            self._most = max(1, min(self._most - 1, len(others)))

    async def _take_line(self) -> "_Line":
        async with self._room:
            await self._room.wait_for(lambda: len(self._busy) < self._most)
            self._idle.sort(key=lambda line: line.is_open)
            line = self._idle.pop() if self._idle else self._new()
            self._busy.append(line)
            return line

    async def _put_back(self, line: "_Line") -> None:
        self._busy.remove(line)
        if line.is_open:
            self._idle.append(line)
        async with self._room:
            self._room.notify_all()

    async def greet(self) -> str | None:
        """Opens a session of its own and ends it; nothing is sent. What went wrong, in words."""
        return await self._new().greet()

    async def close(self) -> None:
        """Says goodbye if anybody listens."""
        lines, self._idle = self._idle, []
        for line in lines:
            await line.close()


class _Line:
    """One session with the server, opened again when it broke."""

    def __init__(self, server: SmtpServer, name: str, context: ssl.SSLContext | None, deadline: float) -> None:
        self._server = server
        self._name = name
        self._deadline = deadline
        self._context = context
        self._session: aiosmtplib.SMTP | None = None
        self._served = 0

    @property
    def is_open(self) -> bool:
        """Whether there is a session."""
        return self._session is not None and self._session.is_connected

    async def hand_over(self, envelope: Envelope, before_dot: BeforeDot) -> Outcome:
        """Hands one message over; see ``Sender``."""
        transfer = _Transfer(envelope, before_dot, self._deadline)
        try:
            async with asyncio.timeout(self._deadline):
                return await self._hand_over(transfer)
        except TimeoutError:
            self._drop()
            return transfer.broken("the mail server did not answer in time")
        except BaseException:
            self._drop()
            raise

    async def _hand_over(self, transfer: "_Transfer") -> Outcome:
        for _ in range(2):
            if self._session is None or not self._session.is_connected:
                fault = await self._connect()
                if fault is not None:
                    return fault
            with contextlib.suppress(_Reused):
                return await self._try(transfer)
        return transfer.broken("the mail server closed the connection")

    async def _try(self, transfer: "_Transfer") -> Outcome:
        session, fresh = self._session, self._served == 0
        if session is None:
            raise _Reused
        self._served += 1
        try:
            outcome = await transfer.run(session)
        except (aiosmtplib.SMTPException, OSError) as broken:
            self._drop()
            if not fresh and not transfer.asked:
                raise _Reused from broken
            return transfer.broken(_plain(broken))
        if outcome.outcome is not DeliveryOutcome.SENT:
            await self._reset()
        return outcome

    async def _connect(self) -> Outcome | None:
        """Opens a session, or says why there is none. Whatever breaks here says nothing of the recipient."""
        self._drop()
        session = aiosmtplib.SMTP(
            hostname=self._server.host,
            port=self._server.port,
            username=self._server.user,
            password=self._server.password,
            local_hostname=self._name,
            timeout=self._deadline,
            use_tls=self._server.security == "tls",
            start_tls=self._server.security == "starttls",
            tls_context=self._context,
        )
        try:
            await session.connect()
        except aiosmtplib.SMTPResponseException as refused:
            return _no_session(f"the mail server refused us ({refused.code})", refused.code, refused.message)
        except (aiosmtplib.SMTPException, OSError, ValueError) as fault:
            return _no_session(f"no connection to the mail server ({_plain(fault)})")
        self._session, self._served = session, 0
        return None

    async def _reset(self) -> None:
        try:
            if self._session is not None and self._session.is_connected:
                await self._session.rset()
        except (aiosmtplib.SMTPException, OSError):
            self._drop()

    def _drop(self) -> None:
        if self._session is not None:
            self._session.close()
        self._session = None

    async def greet(self) -> str | None:
        """Opens a session, credentials included, and ends it; nothing is sent. What went wrong, in words."""
        try:
            async with asyncio.timeout(self._deadline):
                fault = await self._connect()
        except TimeoutError:
            self._drop()
            return "the mail server did not answer in time"
        await self.close()
        return fault.problem if fault else None

    async def close(self) -> None:
        """Says goodbye if anybody listens."""
        session, self._session = self._session, None
        if session is None or not session.is_connected:
            return
        with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
            await session.quit(timeout=min(self._deadline, 5.0))
        session.close()


class _Transfer:
    """One message through an open session. ``asked``: the server has answered something; ``began``: text has left."""

    def __init__(self, envelope: Envelope, before_dot: BeforeDot, deadline: float) -> None:
        self._envelope = envelope
        self._before_dot = before_dot
        self._deadline = deadline
        self.asked = False
        self.began = False

    async def run(self, session: aiosmtplib.SMTP) -> Outcome:
        if not is_mail_address(self._envelope.recipient):
            # The library would mend it by guessing, and write to somebody whom nobody has named.
            return Outcome(DeliveryOutcome.REFUSED, "the address cannot be used in SMTP")
        try:
            await session.mail(self._envelope.sender)
        except aiosmtplib.SMTPResponseException as refused:
            if refused.code == 421 and not self.asked:
                raise aiosmtplib.SMTPServerDisconnected("the server ended the session") from None
            self.asked = True
            return _of_us(refused.code, refused.message)
        self.asked = True
        try:
            await session.rcpt(self._envelope.recipient)
        except aiosmtplib.SMTPResponseException as refused:
            return _declined(refused.code, refused.message)
        start = await session.execute_command(b"DATA")
        if start.code != 354:
            return _declined(start.code, start.message)
        return await self._send_text(session)

    async def _send_text(self, session: aiosmtplib.SMTP) -> Outcome:
        protocol = session.protocol
        if protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        await self._before_dot()
        self.began = True
        protocol.write(_with_dot(self._envelope.message))
        answer = await protocol.read_response(timeout=self._deadline)
        return _answered(answer.code, answer.message)

    def broken(self, why: str) -> Outcome:
        """The outcome when the session broke instead of answering."""
        if self.began:
            return Outcome(DeliveryOutcome.UNKNOWN, NO_ANSWER)
        return Outcome(DeliveryOutcome.DEFERRED, f"no connection to the mail server ({why})")


def _with_dot(message: bytes) -> bytes:
    """The text as it goes over the line: dots at line starts doubled, and the final dot (RFC 5321, 4.5.2)."""
    return re.sub(rb"(?m)^\.", b"..", normalize_message_line_endings(message)) + b".\r\n"


def _answered(code: int, text: str) -> Outcome:
    """The outcome of the answer to the final dot."""
    if 200 <= code < 300:
        return Outcome(DeliveryOutcome.SENT, code=code, text=text)
    return _declined(code, text)


def _of_us(code: int, text: str) -> Outcome:
    """The outcome of a refusal before anything was said of the recipient: our server judges its own customer, us."""
    if 500 <= code < 600:
        why = f"the mail server does not take our sender address ({_said(code, text)}); check HOTLINE_MAIL_FROM"
        return Outcome(DeliveryOutcome.DEFERRED, why, code, text)
    return _declined(code, text)


def _declined(code: int, text: str) -> Outcome:
    """The outcome of a refusal at any step; another answer than a refusal breaks the session."""
    said = _said(code, text)
    if code in _OURS or 400 <= code < 500:
        return Outcome(DeliveryOutcome.DEFERRED, f"the mail server asks to wait ({said})", code, text)
    if 500 <= code < 600:
        return Outcome(DeliveryOutcome.REFUSED, f"the mail server refused it ({said})", code, text)
    raise aiosmtplib.SMTPException("an answer that is none")


def _said(code: int, text: str) -> str:
    enhanced = ENHANCED.match(text)
    return f"{code} {enhanced[1]}" if enhanced else str(code)


def _no_session(problem: str, code: int | None = None, text: str | None = None) -> Outcome:
    return Outcome(DeliveryOutcome.DEFERRED, problem, code, text, connected=False)


def _plain(fault: Exception) -> str:
    """Why, in words that name no host: the library's texts do."""
    if isinstance(fault, TimeoutError):
        return "it did not answer in time"
    causes = (fault, fault.__cause__, fault.__context__)
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return "its certificate or TLS was not accepted"
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return "connection refused"
    if isinstance(fault, aiosmtplib.SMTPServerDisconnected):
        return "it closed the connection"
    if isinstance(fault, aiosmtplib.SMTPNotSupported):
        return "it does not offer what the settings ask for"
    return "it cannot be reached"


__all__ = ["DEADLINE", "ClaimLost", "SmtpSender", "sender_of", "tls_context"]
