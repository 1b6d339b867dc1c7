"""The processes that are killed: this one imports the product once and forks a child for each run of the outbox.

A child is a process like any other and dies like one; only the second of importing is saved. Orders come on standard
input, one JSON document a line: ``send`` and ``serve`` are answered by ``{"pid"}``, ``wait`` by ``{"status"}``.
"""

import asyncio
import base64
import gc
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import aiosmtplib
import psycopg  # noqa: F401  # so that no child has to
import sqlalchemy.dialects.postgresql.psycopg
import sqlalchemy.dialects.sqlite.pysqlite  # noqa: F401
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession
from aiosmtplib.protocol import SMTPProtocol
from fault_points import Points
from postfix_server import Postfix
from sqlalchemy.orm import configure_mappers
from sqlmodel import Session

from hotline import settings
from hotline.home import open_home
from notices import attempts, outbox, reconciliation
from notices.channels.smtp import sender_of
from notices.commits import Commits
from practice import mail
from practice.world import START, World

OF_A_SEND = (
    (Session, "commit"), (Commits, "do"), (attempts.Steps, "claim"), (attempts.Steps, "mark"),
    (attempts.Steps, "settle"), (aiosmtplib.SMTP, "connect"), (SMTPProtocol, "write"),
    (SMTPProtocol, "read_response"), (outbox, "take_up"), (outbox, "reconcile"), (outbox, "give_up"),
    (outbox, "ask_ledger"), (reconciliation, "ask_ledger"), (reconciliation, "resolve_in"),
)  # fmt: skip
OF_THE_SERVER = ((SMTP, "push"), (mail.Post, "handle_DATA"), (mail.Ledger, "write"))


class Nobody:
    """Events that nobody hears."""

    def sent(self, *_: object) -> None: ...
    def failed(self, *_: object) -> None: ...


class KeepingPost(mail.Post):
    """The practice mail server, which also keeps each text; it has accepted one when its log says so."""

    def __init__(self, world: World, folder: Path) -> None:
        super().__init__(world, folder)
        self._texts = folder / "texts"

    async def handle_DATA(self, server: SMTP, session: SmtpSession, envelope: Envelope) -> str:
        with self._texts.open("ab") as texts:
            texts.write(base64.b64encode(bytes(envelope.content or b"")) + b"\n")
        return await super().handle_DATA(server, session, envelope)


def kill_myself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def striker(victim: Any) -> Callable[[], None]:
    """``None``: itself; a number: that process; ``[folder, port]``: a Postfix, with all that it started by then."""
    if victim is None:
        return kill_myself
    if isinstance(victim, int):
        return lambda: os.kill(victim, signal.SIGKILL)
    return Postfix(Path(victim[0]), victim[1]).kill


def send(order: dict[str, Any]) -> None:
    """One run of the outbox to its end; the points that it passed go to a file."""
    points = Points(order["strike"], striker(order["victim"]))
    points.in_the_middle_of(SMTPProtocol, "write")
    points.around(OF_A_SEND)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    home = open_home(settings.load(order["environment"]))
    asyncio.run(outbox.send_due(home, sender_of(home), Nobody()))  # type: ignore[arg-type]
    Path(order["points"]).write_text(json.dumps(points.names))


def serve(order: dict[str, Any]) -> None:
    """The practice internet's mail server on a port of our choice, until it is killed."""
    Points(order["strike"], kill_myself).around(OF_THE_SERVER)
    folder = Path(order["folder"])

    async def run() -> None:
        post = KeepingPost(World("small", datetime.fromisoformat(START)), folder)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(post, hostname="mx.example", loop=loop), "127.0.0.1", order["port"]
        )
        await server.serve_forever()

    asyncio.run(run())


def begin(order: dict[str, Any]) -> int:
    """Forks; the child never returns."""
    child = os.fork()
    if child:
        return child
    status = 0
    try:
        {"send": send, "serve": serve}[order["do"]](order)
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stderr.flush()
    os._exit(status)


def main() -> None:
    """Serves until the other end is closed."""
    configure_mappers()
    gc.freeze()
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    answers.write('{"ready": true}\n')
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "wait":
            _, status = os.waitpid(order["pid"], 0)
            answers.write(json.dumps({"status": os.waitstatus_to_exitcode(status)}) + "\n")
        else:
            answers.write(json.dumps({"pid": begin(order)}) + "\n")


if __name__ == "__main__":
    main()
