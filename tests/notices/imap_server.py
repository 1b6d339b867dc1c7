"""A small IMAP server for tests: as much of RFC 3501, RFC 4315 and RFC 4616 as a reader of mail needs.

It speaks over real sockets, with TLS, in a thread of its own, and can misbehave: ``ends_at`` closes the connection
when a command begins with this text (the n-th time), ``hangs_at`` then says nothing more.
"""

import asyncio
import base64
import contextlib
import re
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

USER, PASSWORD = "notice", "p@ss/w:rd#\u00fc"


@dataclass
class Server:
    """The mailbox and how the server behaves; ``messages`` are by UID, ``flagged`` those marked as deleted."""

    messages: dict[int, bytes] = field(default_factory=dict)
    folder: str = "INBOX"
    capabilities: str = "IMAP4rev1 UIDPLUS AUTH=PLAIN"
    read_only: bool = False
    starttls: ssl.SSLContext | None = None
    ends_at: tuple[str, int] = ("", 0)
    hangs_at: str = ""
    password: str = PASSWORD
    flagged: set[int] = field(default_factory=set)
    seen: list[str] = field(default_factory=list)
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One session."""
        session = _Session(self, reader, writer)
        with contextlib.suppress(ConnectionError, EOFError, ssl.SSLError):
            await session.run()
        writer.close()


@dataclass
class _Session:
    server: Server
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def say(self, text: bytes | str) -> None:
        self.writer.write((text.encode() if isinstance(text, str) else text) + b"\r\n")

    async def run(self) -> None:
        self.say("* OK ready")
        while line := (await self.reader.readline()).decode("latin-1").rstrip("\r\n"):
            while literal := re.search(r"\{(\d+)\}$", line):
                self.say("+ go on")
                line = line[: literal.start()] + (await self.reader.readexactly(int(literal[1]))).decode()
                line += (await self.reader.readline()).decode("latin-1").rstrip("\r\n")
            tag, _, command = line.partition(" ")
            self.server.seen.append(command)
            await self.misbehave(command)
            name, _, rest = command.partition(" ")
            if name.upper() == "UID":
                name, _, rest = rest.partition(" ")
                name = "UID_" + name
            await getattr(self, name.lower())(tag, rest)
            await self.writer.drain()

    async def misbehave(self, command: str) -> None:
        text, times = self.server.ends_at
        if text and sum(each.startswith(text) for each in self.server.seen) == times and command.startswith(text):
            raise EOFError
        if self.server.hangs_at and command.startswith(self.server.hangs_at):
            await asyncio.sleep(30)

    async def capability(self, tag: str, _: str) -> None:
        self.say(f"* CAPABILITY {self.server.capabilities}")
        self.say(f"{tag} OK done")

    async def starttls(self, tag: str, _: str) -> None:
        self.say(f"{tag} OK go on")
        assert self.server.starttls is not None
        await self.writer.start_tls(self.server.starttls)

    async def authenticate(self, tag: str, _: str) -> None:
        self.say("+ ")
        _, user, password = base64.b64decode(await self.reader.readline()).decode().split("\0")
        self.answer_log_in(tag, user, password)

    async def login(self, tag: str, rest: str) -> None:
        user, _, password = rest.partition(" ")
        self.answer_log_in(tag, user.strip('"'), password.strip('"'))

    def answer_log_in(self, tag: str, user: str, password: str) -> None:
        fine = (user, password) == (USER, self.server.password)
        self.say(f"{tag} OK in" if fine else f"{tag} NO [AUTHENTICATIONFAILED] wrong")

    async def select(self, tag: str, rest: str) -> None:
        if rest.strip('"') != self.server.folder:
            self.say(f"{tag} NO [NONEXISTENT] no such folder")
            return
        self.say(f"* {len(self.server.messages)} EXISTS")
        self.say("* OK [UIDVALIDITY 1] valid")
        self.say(f"* OK [UIDNEXT {max(self.server.messages, default=0) + 1}] next")
        self.say(f"{tag} OK [{'READ-ONLY' if self.server.read_only else 'READ-WRITE'}] selected")

    def uids(self, wanted: str) -> list[int]:
        spans = [part.partition(":") for part in wanted.split(",")]
        return [
            uid for uid in sorted(self.server.messages)
            if any(int(first) <= uid <= int(last or first) for first, _, last in spans)
        ]  # fmt: skip

    async def uid_fetch(self, tag: str, rest: str) -> None:
        wanted, _, what = rest.partition(" ")
        part = re.search(r"<0\.(\d+)>", what)
        for place, uid in enumerate(self.uids(wanted), 1):
            raw = self.server.messages[uid]
            if "RFC822.SIZE" in what:
                self.say(f"* {place} FETCH (UID {uid} RFC822.SIZE {len(raw)})")
            else:
                raw, mark = (raw[: int(part[1])], "<0>") if part else (raw, "")
                self.say(f"* {place} FETCH (UID {uid} BODY[]{mark} {{{len(raw)}}}".encode() + b"\r\n" + raw + b")")
        self.say(f"{tag} OK done")

    async def uid_store(self, tag: str, rest: str) -> None:
        self.server.flagged |= set(self.uids(rest.partition(" ")[0]))
        self.say(f"{tag} OK done")

    async def uid_search(self, tag: str, rest: str) -> None:
        found = sorted(self.server.flagged) if rest == "DELETED" else self.uids(rest.removeprefix("UID "))
        self.say(" ".join(["* SEARCH", *map(str, found)]))
        self.say(f"{tag} OK done")

    async def uid_expunge(self, tag: str, rest: str) -> None:
        self.expunge_these(self.server.flagged & set(self.uids(rest)))
        self.say(f"{tag} OK done")

    async def expunge(self, tag: str, _: str) -> None:
        self.expunge_these(set(self.server.flagged))
        self.say(f"{tag} OK done")

    def expunge_these(self, gone: set[int]) -> None:
        for uid in sorted(gone, reverse=True):
            self.say(f"* {sorted(self.server.messages).index(uid) + 1} EXPUNGE")
            del self.server.messages[uid]
        self.server.flagged -= gone

    async def logout(self, tag: str, _: str) -> None:
        self.say("* BYE")
        self.say(f"{tag} OK bye")
        raise EOFError


@contextlib.contextmanager
def running(server: Server, context: ssl.SSLContext | None) -> Iterator[Server]:
    """The server on a free port of loopback."""
    loop = asyncio.new_event_loop()

    async def listen() -> asyncio.Server:
        return await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=context, limit=2**20)

    listening = loop.run_until_complete(listen())
    server.port = listening.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(_end(listening), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _end(listening: asyncio.Server) -> None:
    listening.close()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
