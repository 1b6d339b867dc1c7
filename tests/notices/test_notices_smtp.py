"""The SMTP channel against a small server on loopback that can misbehave at every step."""

import asyncio
import contextlib
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope as SmtpEnvelope
from notice_builders import FakeSender, Told, make_home, notice, queue_one, with_settings

from hotline.errors import HotlineError
from hotline.home import Home
from hotline.settings import SmtpServer
from hotline.words import DeliveryOutcome, NoticeState
from notices import outbox
from notices.channels.smtp import SmtpSender, sender_of
from notices.sending import ClaimLost, Envelope, Outcome

ENVELOPE = Envelope("notice+1@hotline.example", "abuse@meadow.example", b"Subject: a\r\n\r\nfirst\r\n.second\r\n")


async def at_once() -> None:
    """Nothing to commit."""


@dataclass
class Server:
    """Answers as usual, but for what ``answers`` says for a step (``greeting EHLO MAIL RCPT DATA dot RSET``).

    An answer is a line; ``None`` closes the connection; ``hang`` says nothing more.
    """

    answers: dict[str, str | None] = field(default_factory=dict)
    most: int = 100
    accepted: list[bytes] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    _open: dict[asyncio.Task[None], asyncio.StreamWriter] = field(default_factory=dict)

    async def end(self) -> None:
        """Every session is over when this returns."""
        self.ended.set()
        for writer in self._open.values():
            writer.transport.abort()
        await asyncio.gather(*self._open)
        await asyncio.sleep(0.01)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        me = asyncio.current_task()
        assert me is not None
        self._open[me] = writer
        served = 0
        try:
            await self.say(writer, "greeting", "220 mx.example ESMTP")
            while line := (await reader.readline()).decode().strip():
                verb = line.partition(" ")[0].upper()
                self.seen.append(line)
                if verb == "MAIL":
                    served += 1
                    if served > self.most:
                        return
                if verb == "EHLO" and "EHLO" not in self.answers:
                    writer.write(b"250-mx.example\r\n250 SIZE 1000000\r\n")
                    continue
                await self.say(writer, verb, "354 go on" if verb == "DATA" else "250 2.0.0 fine")
                if verb == "DATA" and self.answers.get("DATA", "354").startswith("354"):
                    text = await reader.readuntil(b"\r\n.\r\n")
                    self.accepted.append(text)
                    await self.say(writer, "dot", "250 2.0.0 queued")
                if verb == "QUIT":
                    return
        except (ConnectionError, EOFError):
            return
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
            del self._open[me]

    async def say(self, writer: asyncio.StreamWriter, step: str, usual: str) -> None:
        answer = self.answers.get(step, usual)
        if answer is None:
            raise EOFError
        if answer == "hang":
            await self.ended.wait()
            raise EOFError
        writer.write(answer.encode() + b"\r\n")
        await writer.drain()


@contextlib.asynccontextmanager
async def running(server: Server) -> AsyncIterator[Server]:
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, limit=2**20)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await server.end()


def channel(server: Server, security: str = "none", **more: object) -> SmtpSender:
    return SmtpSender(SmtpServer("127.0.0.1", server.port, security), "hotline.example", **more)  # type: ignore[arg-type]


async def try_one(server: Server, deadline: float = 5.0) -> tuple[Outcome, bool]:
    """One message; also whether the text began."""
    began = False

    async def before_dot() -> None:
        nonlocal began
        began = True

    async with running(server):
        sender = channel(server, deadline=deadline)
        outcome = await sender.hand_over(ENVELOPE, before_dot)
        await sender.close()
    return outcome, began


async def test_a_message_arrives_as_it_was_written() -> None:
    server = Server()
    outcome, began = await try_one(server)
    assert (outcome.outcome, outcome.code, outcome.problem) == (DeliveryOutcome.SENT, 250, None)
    assert began
    assert server.accepted == [b"Subject: a\r\n\r\nfirst\r\n..second\r\n.\r\n"]
    assert "MAIL FROM:<notice+1@hotline.example>" in server.seen
    assert "RCPT TO:<abuse@meadow.example>" in server.seen
    assert server.seen[0] == "EHLO hotline.example"
    assert server.seen[-1] == "QUIT"


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "dot"])
@pytest.mark.parametrize(
    ("answer", "expected", "said"),
    [
        ("451 4.3.0 later", DeliveryOutcome.DEFERRED, "asks to wait (451 4.3.0)"),
        ("421 4.7.0 too many", DeliveryOutcome.DEFERRED, ""),
        ("550 5.1.1 <abuse@meadow.example> unknown", DeliveryOutcome.REFUSED, "refused it (550 5.1.1)"),
        ("554 no", DeliveryOutcome.REFUSED, "refused it (554)"),
        ("530 5.7.0 sign in first", DeliveryOutcome.DEFERRED, "530"),
    ],
)
async def test_a_plain_refusal_is_what_it_says(step: str, answer: str, expected: DeliveryOutcome, said: str) -> None:
    outcome, began = await try_one(Server({step: answer}))
    if step == "MAIL" and expected is DeliveryOutcome.REFUSED:  # our own server judges us, and nobody's mailbox
        expected, said = DeliveryOutcome.DEFERRED, "does not take our sender address (55"
    assert outcome.outcome is expected
    assert said in str(outcome.problem)
    assert "@" not in str(outcome.problem)
    assert began is (step == "dot")


@pytest.mark.parametrize(
    ("answer", "doubt"),
    [
        ("550 5.1.1 unknown", None), ("550 unknown", None), ("550 5.2.1 disabled", None),
        ("552 5.2.2 full", "its mailbox was full"),
        ("554 5.7.1 relay access denied", "a rule refused it, not its mailbox"),
    ],
)  # fmt: skip
async def test_a_refusal_says_how_much_it_proves_of_the_mailbox(answer: str, doubt: str | None) -> None:
    outcome, _ = await try_one(Server({"RCPT": answer}))
    assert (outcome.outcome, outcome.doubt) == (DeliveryOutcome.REFUSED, doubt)


@pytest.mark.parametrize("step", ["greeting", "EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("answer", [None, "hang", "what is this"])
async def test_a_session_that_breaks_before_the_text_is_tried_later(step: str, answer: str | None) -> None:
    outcome, began = await try_one(Server({step: answer}), deadline=0.3)
    assert outcome.outcome is DeliveryOutcome.DEFERRED
    assert not began


@pytest.mark.parametrize("answer", [None, "hang", "what is this", "354 more"])
async def test_silence_after_the_final_dot_is_unknown(answer: str | None) -> None:
    server = Server({"dot": answer})
    outcome, began = await try_one(server, deadline=0.3)
    assert outcome.outcome is DeliveryOutcome.UNKNOWN
    assert began and len(server.accepted) == 1


@pytest.mark.parametrize(("step", "answer"), [("RCPT", "252 cannot verify"), ("DATA", "250 fine")])
async def test_an_odd_yes_before_the_text_is_no_acceptance(step: str, answer: str) -> None:
    outcome, began = await try_one(Server({step: answer}), deadline=0.5)
    assert outcome.outcome is DeliveryOutcome.DEFERRED
    assert not began


async def test_one_connection_carries_many_messages_also_after_a_refusal() -> None:
    async with running(Server({"RCPT": "550 5.1.1 no"})) as server:
        sender = channel(server)
        assert (await sender.hand_over(ENVELOPE, at_once)).outcome is DeliveryOutcome.REFUSED
        server.answers.clear()
        for _ in range(3):
            assert (await sender.hand_over(ENVELOPE, at_once)).outcome is DeliveryOutcome.SENT
        await sender.close()
        assert server.connections == 1
        assert len(server.accepted) == 3


async def test_a_connection_that_was_closed_meanwhile_is_opened_again() -> None:
    async with running(Server(most=2)) as server:
        sender = channel(server)
        for _ in range(5):
            assert (await sender.hand_over(ENVELOPE, at_once)).outcome is DeliveryOutcome.SENT
        await sender.close()
        assert server.connections == 3
        assert len(server.accepted) == 5


async def test_no_server_is_no_session() -> None:
    async with running(Server()) as server:
        pass
    outcome = await channel(server).hand_over(ENVELOPE, at_once)
    assert (outcome.outcome, outcome.connected) == (DeliveryOutcome.DEFERRED, False)
    assert outcome.problem == "no connection to the mail server (connection refused)"


async def test_a_lost_claim_breaks_the_transfer_off() -> None:
    async def lose() -> None:
        raise ClaimLost

    async with running(Server()) as server:
        with pytest.raises(ClaimLost):
            await channel(server).hand_over(ENVELOPE, lose)
        await asyncio.sleep(0.05)
        assert server.accepted == []


async def test_an_address_that_smtp_cannot_carry_is_refused() -> None:
    async with running(Server()) as server:
        for recipient in ("ä@meadow.example", "a\r\nDATA@meadow.example"):
            sender = channel(server)
            outcome = await sender.hand_over(Envelope("n@hotline.example", recipient, b"x"), at_once)
            assert outcome.outcome is DeliveryOutcome.REFUSED
            await sender.close()
    assert server.accepted == [] and "DATA" not in server.seen


# TLS


@pytest.fixture
def authority(tmp_path: Path) -> tuple[trustme.CA, Path]:
    ca = trustme.CA()
    file = tmp_path / "ca.pem"
    ca.cert_pem.write_to_path(str(file))
    return ca, file


def context_of(ca: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(name).configure_cert(context)
    return context


class Kept:
    """A handler of aiosmtpd that keeps the messages."""

    def __init__(self) -> None:
        self.accepted: list[bytes] = []

    async def handle_DATA(self, server: object, session: object, envelope: SmtpEnvelope) -> str:
        self.accepted.append(bytes(envelope.content or b""))
        return "250 2.0.0 queued"


@contextlib.contextmanager
def tls_server(context: ssl.SSLContext, security: str) -> Iterator[tuple[Kept, int]]:
    """A server that speaks TLS from the start, or demands STARTTLS, in a thread of its own."""
    kept = Kept()
    settings = {"ssl_context": context} if security == "tls" else {"tls_context": context, "require_starttls": True}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Untested(kept, hostname="127.0.0.1", port=port, **settings)
    controller.start()
    try:
        yield kept, port
    finally:
        controller.stop()


class Untested(Controller):
    """The controller, which does not first speak to itself over TLS: it does not know our authority."""

    def _trigger_server(self) -> None:
        with socket.create_connection((self.hostname, self.port), timeout=5):
            pass


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_tls_is_spoken_and_verified_with_the_operators_authority(
    authority: tuple[trustme.CA, Path], security: str
) -> None:
    ca, file = authority
    with tls_server(context_of(ca), security) as (kept, port):
        sender = SmtpSender(SmtpServer("127.0.0.1", port, security), "hotline.example", ca_file=file)
        assert (await sender.hand_over(ENVELOPE, at_once)).outcome is DeliveryOutcome.SENT
        await sender.close()
    assert len(kept.accepted) == 1


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize("wrong", ["authority", "name"])
async def test_a_certificate_that_does_not_fit_gets_no_message(
    authority: tuple[trustme.CA, Path], security: str, wrong: str
) -> None:
    ca, file = authority
    context = context_of(trustme.CA()) if wrong == "authority" else context_of(ca, "other.example")
    with tls_server(context, security) as (kept, port):
        sender = SmtpSender(SmtpServer("127.0.0.1", port, security), "hotline.example", ca_file=file)
        outcome = await sender.hand_over(ENVELOPE, at_once)
    assert (outcome.outcome, outcome.connected) == (DeliveryOutcome.DEFERRED, False)
    assert "certificate" in str(outcome.problem)
    assert kept.accepted == []


async def test_a_server_without_tls_gets_no_message_where_tls_is_asked_for() -> None:
    async with running(Server()) as server:
        outcome = await channel(server, "starttls").hand_over(ENVELOPE, at_once)
    assert (outcome.outcome, outcome.connected) == (DeliveryOutcome.DEFERRED, False)
    assert server.accepted == []


# With the settings, and the outbox


def test_a_practice_home_cannot_reach_a_real_mail_server(home: Home) -> None:
    assert sender_of(home) is None
    for host in ("mail.example", "192.0.2.25"):
        with pytest.raises(HotlineError, match="loopback"):
            sender_of(with_settings(home, smtp=SmtpServer(host, 465, "tls")))
    for host in ("127.0.0.1", "::1", "localhost"):
        assert sender_of(with_settings(home, smtp=SmtpServer(host, 25, "none"))) is not None


def test_certificates_that_do_not_load_are_named(home: Home, tmp_path: Path) -> None:
    (tmp_path / "bad.pem").write_text("no certificate")
    for file in (tmp_path / "bad.pem", tmp_path / "none.pem"):
        with pytest.raises(HotlineError, match="HOTLINE_CA_FILE"):
            sender_of(with_settings(home, smtp=SmtpServer("127.0.0.1", 465, "tls"), ca_file=file))


async def test_the_outbox_hands_its_bytes_over(home: Home, told: Told) -> None:
    numbers = [queue_one(home) for _ in range(3)]
    async with running(Server()) as server:
        at = with_settings(home, smtp=SmtpServer("127.0.0.1", server.port, "none"))
        assert await outbox.send_due(at, sender_of(at), told) == outbox.Sent(sent=3)
        assert server.connections == 1
    assert told.of == [("sent", number) for number in numbers]
    message_ids = [str(notice(home, number).message_id).encode() for number in numbers]
    assert all(wanted in text for wanted, text in zip(message_ids, server.accepted, strict=True))


KILLED_SENDER = """
import asyncio, sys
from hotline import settings
from hotline.home import open_home
from notices import outbox
from notices.channels.smtp import sender_of
home = open_home(settings.load({"HOTLINE_HOME": sys.argv[1], "HOTLINE_SMTP": sys.argv[2],
                                "HOTLINE_NOW": "2030-01-01T00:00:00Z"}))
asyncio.run(outbox.send_due(home, sender_of(home), None))
"""


@pytest.mark.parametrize(("step", "then"), [("DATA", outbox.Sent(sent=1)), ("dot", outbox.Sent(unknown=1))])
async def test_a_killed_senders_notice_is_taken_up_at_once(
    tmp_path: Path, told: Told, step: str, then: outbox.Sent
) -> None:
    home = make_home(tmp_path / "home")
    number = queue_one(home)
    async with running(Server({step: "hang"})) as server:
        arguments = [sys.executable, "-c", KILLED_SENDER, str(home.settings.home), f"smtp://127.0.0.1:{server.port}"]
        process = await asyncio.create_subprocess_exec(*arguments)
        while not (server.accepted if step == "dot" else "DATA" in server.seen):
            assert process.returncode is None
            await asyncio.sleep(0.02)
        process.kill()
        await process.wait()
        assert notice(home, number).state is NoticeState.SENDING
        assert await outbox.send_due(home, FakeSender(), told) == then
