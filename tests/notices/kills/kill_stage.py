"""A home, a mail server and processes that die: what is asked of them, and what must be true afterwards."""

import base64
import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from notice_builders import SIGNED, START, queue_one
from postfix_server import LISTENS, Postfix, sessions
from sqlmodel import col, select

from hotline.home import Home
from hotline.records import Notice
from hotline.words import NoticeState

_PROGRAM = Path(__file__).with_name("kill_nursery.py")


class Nursery:
    """The forking process of ``kill_nursery``."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    @classmethod
    @contextlib.contextmanager
    def started(cls) -> Iterator["Nursery"]:
        """Starts it, and ends it with the block."""
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), "OPENBLAS_NUM_THREADS": "1"}
        with subprocess.Popen(
            [sys.executable, str(_PROGRAM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        ) as process:
            nursery = cls(process)
            assert nursery._answer() == {"ready": True}
            try:
                yield nursery
            finally:
                assert process.stdin is not None
                process.stdin.close()

    def begin(self, **order: Any) -> int:
        """Has a child do something; returns its process number."""
        number: int = self._ask(order)["pid"]
        return number

    def end(self, number: int) -> int:
        """Waits for a child; its status, negative for a signal."""
        status: int = self._ask({"do": "wait", "pid": number})["status"]
        return status

    def _ask(self, order: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())


class Server(Protocol):
    """A mail server that can be killed."""

    name: str

    @property
    def port(self) -> int: ...
    @property
    def log(self) -> Path: ...
    @property
    def victim(self) -> Any:
        """What a child is told in order to kill it."""

    def runs(self) -> bool: ...
    def start(self, strike: int = 0) -> None: ...
    def settle(self) -> None:
        """Waits until it has nothing more to do."""

    def accepted(self) -> dict[str, list[bytes]]:
        """Message-ID to the text of each acceptance."""


@dataclass
class RealPostfix:
    """Debian's, of the tests' own."""

    postfix: Postfix
    name: str = "Postfix"

    @property
    def port(self) -> int:
        return self.postfix.port

    @property
    def log(self) -> Path:
        return self.postfix.log

    @property
    def victim(self) -> Any:
        return [str(self.postfix.folder), self.postfix.port]

    def runs(self) -> bool:
        return bool(self.postfix.processes())

    def start(self, strike: int = 0) -> None:
        self.postfix.start()

    def settle(self) -> None:
        self.postfix.settle()

    def accepted(self) -> dict[str, list[bytes]]:
        return {name: list(texts.values()) for name, texts in self.postfix.accepted().items()}


@dataclass
class PracticeServer:
    """The practice internet's, with its texts kept. It has accepted a message when its log tells of the end."""

    nursery: Nursery
    folder: Path
    port: int = 0
    name: str = "practice server"
    process: int = 0

    @property
    def log(self) -> Path:
        return self.folder / "maillog"

    @property
    def victim(self) -> Any:
        return self.process

    def runs(self) -> bool:
        """Whether it lives; one that does not is buried."""
        with contextlib.suppress(OSError):
            if self.process and Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
                return True
        if self.process:
            assert self.nursery.end(self.process) == -9
            self.process = 0
        return False

    def start(self, strike: int = 0) -> None:
        self.folder.mkdir(exist_ok=True)
        self.port = self.port or _free_port()
        self.process = self.nursery.begin(do="serve", folder=str(self.folder), port=self.port, strike=strike)
        deadline = time.monotonic() + 30
        while not sessions(self.port, LISTENS):
            assert time.monotonic() < deadline, "the practice server did not start"
            time.sleep(0.005)

    def kill(self) -> None:
        if self.runs():
            os.kill(self.process, 9)
            while self.runs():
                time.sleep(0.005)

    def settle(self) -> None:
        deadline = time.monotonic() + 30
        while sessions(self.port):
            assert time.monotonic() < deadline, "the practice server has sessions that nobody ends"
            time.sleep(0.005)

    def accepted(self) -> dict[str, list[bytes]]:
        told = Counter(re.findall(r"message-id=(\S+)\n(?=.*: from=<)", self.log.read_text()))
        texts: dict[str, list[bytes]] = defaultdict(list)
        for line in (self.folder / "texts").read_bytes().splitlines():
            text = base64.b64decode(line)
            found = re.search(rb"(?mi)^Message-ID:\s*(\S+)", text)
            assert found is not None
            texts[found[1].decode()].append(text)
        for name in told:
            assert len(set(texts[name])) == 1, f"{name}: its bytes differ from one attempt to the next"
        return {name: texts[name][:1] * count for name, count in told.items()}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Stage:
    """A home with its mail server, the time in it, and what has been killed so far (``kills``: by whom it was)."""

    home: Home
    server: Server
    nursery: Nursery
    ledger: bool
    folder: Path
    hours: float = 0
    kills: Counter[str] = field(default_factory=Counter)
    stories: dict[int, str] = field(default_factory=dict)
    _up: bool = True

    def queue(self, count: int, story: str) -> None:
        """Queues notices; ``story`` is told when one of them fares badly."""
        for _ in range(count):
            self.stories[queue_one(self.home)] = story

    def begin(self, strike: int = 0, victim: Any = None) -> int:
        """Begins a run of the outbox as another process would."""
        settings = self.home.settings
        environment = {
            **SIGNED, "HOTLINE_SMTP": f"smtp://127.0.0.1:{self.server.port}", "HOTLINE_HOME": str(settings.home),
            "HOTLINE_DATABASE_URL": settings.database_url,
            "HOTLINE_NOW": (START + timedelta(hours=self.hours)).isoformat(),
        }  # fmt: skip
        if self.ledger:
            environment["HOTLINE_SMTP_LEDGER"] = str(self.server.log)
        return self.nursery.begin(
            do="send", environment=environment, strike=strike, victim=victim, points=str(self.folder / "points")
        )

    def end(self, number: int, what: str = "sender") -> bool:
        """Waits for it; whether it was killed."""
        status = self.nursery.end(number)
        assert status in (0, -9), f"a run of the outbox ended with {status}"
        self.kills[what] += status == -9
        fell = self._up and not self.server.runs()
        self._up = not fell and self._up
        self.kills["server"] += fell
        return status == -9

    def run(self, strike: int = 0, victim: Any = None, what: str = "sender") -> list[str]:
        """One run to its end; the points that it passed, unless it was killed."""
        killed = self.end(self.begin(strike, victim), what)
        return [] if killed else json.loads((self.folder / "points").read_text())

    def restart(self) -> None:
        """The server is there again, and done with what it was at."""
        if not self.server.runs():
            self.server.start()
        self._up = True
        self.server.settle()

    def recover(self) -> None:
        """The faults end: hours pass, and the outbox runs until nothing is left."""
        for _ in range(3):
            self.restart()
            self.hours += 5
            self.run()
            if not self._open():
                return
        raise AssertionError(f"after 15 hours without a fault these are not sent: {self._open()}")

    def _open(self) -> Sequence[str]:
        with self.home.reading() as session:
            rows = session.exec(select(Notice.id, Notice.state).where(Notice.state != NoticeState.SENT)).all()
        return [f"{state.value}: {self.stories[number or 0]}" for number, state in rows]

    def check(self) -> tuple[int, int]:
        """None lost; a duplicate only without a ledger, and then the same bytes. How many notices, how many doubled."""
        self.restart()
        with self.home.reading() as session:
            rows = session.exec(select(Notice.id, Notice.message_id, Notice.state).order_by(col(Notice.id))).all()
        taken, doubled = self.server.accepted(), 0
        for number, message_id, state in rows:
            texts, story = taken.get(str(message_id), []), self.stories[number or 0]
            assert state is NoticeState.SENT, f"{state.value}: {story}"
            assert texts, f"lost: {story}"
            assert len(set(texts)) == 1, f"a duplicate differs: {story}"
            assert len(texts) == 1 or not self.ledger, f"accepted {len(texts)} times: {story}"
            doubled += len(texts) - 1
        assert set(taken) == {str(row[1]) for row in rows}
        return len(rows), doubled


__all__ = ["Nursery", "PracticeServer", "RealPostfix", "Server", "Stage"]
