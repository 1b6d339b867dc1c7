"""A Postfix of the tests' own: its programs are Debian's, its folder, port, queue and log are its own, gone at the end.

It takes mail for anybody and delivers all of it into one maildir, so nothing leaves. ``master`` must be root's: where
the tests run as somebody else, ``sudo`` starts it, and without either that is an error with the remedy.
"""

import contextlib
import os
import pwd
import re
import shutil
import socket
import stat
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

REMEDY = "the tests need Postfix; run `make setup-tests`, or: apt-get install --no-install-recommends postfix"
NOT_ROOT = "Postfix's master must be started by root; run the tests as root, or allow `sudo -n` to whoever runs them"

OPEN, LISTENS = ("01", "03", "08"), ("0A",)
"""States of a connection in proc_net_tcp(5): established, being received, closed by its client; and of a door."""

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {log}
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.hotline.example
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
virtual_mailbox_domains = static:all
virtual_mailbox_maps = static:box/
virtual_mailbox_base = {folder}
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
virtual_transport = virtual
default_transport = discard
relay_transport = discard
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
smtp_host_lookup = native
disable_dns_lookups = yes
biff = no
in_flow_delay = 0s
smtpd_client_connection_rate_limit = 0
"""

MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
tlsmgr    unix - - n 1000? 1 tlsmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
flush     unix n - n 1000? 0 flush
proxymap  unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp      unix - - n - - discard
relay     unix - - n - - discard
showq     unix n - n - - showq
error     unix - - n - - error
retry     unix - - n - - error
discard   unix - - n - - discard
local     unix - n n - - discard
virtual   unix - n n - - virtual
lmtp      unix - - n - - discard
anvil     unix - - n - 1 anvil
scache    unix - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""


@dataclass
class Postfix:
    """A server; ``log`` is what ``HOTLINE_SMTP_LEDGER`` names."""

    folder: Path
    port: int
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        return self.folder / "maillog"

    @property
    def url(self) -> str:
        """What goes into ``HOTLINE_SMTP``."""
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts it; returns when it greets."""
        # After a kill there may be sockets and a lock of the one before; Postfix itself puts that right.
        self.say("start")
        deadline = time.monotonic() + 30
        while not self._greets():
            if time.monotonic() > deadline:
                raise RuntimeError(f"Postfix did not start: {self._last_words()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Ends it, if it runs."""
        with contextlib.suppress(RuntimeError):
            self.say("abort")
        self._wait_for_the_end()

    def kill(self) -> None:
        """``kill -9`` for all of it at once."""
        victims = self.processes()
        if victims:
            subprocess.run([*_as_root(), "kill", "-9", *map(str, victims)], check=False, capture_output=True)
        self._wait_for_the_end()

    def processes(self) -> list[int]:
        """Its master, and every process that the master started."""
        with contextlib.suppress(OSError, ValueError):
            master = int((self.folder / "spool/pid/master.pid").read_text())
            name, _, state = Path(f"/proc/{master}/stat").read_text().partition(" (")[2].partition(") ")
            # One that is dead and waits to be buried runs no more.
            return [master, *_children(master)] if name == "master" and state[0] != "Z" else []
        return []

    def empty(self) -> bool:
        """Whether nothing that it took is left in its queue: what was never read to its end is not executable."""
        parts = ("incoming", "active", "deferred", "hold", "maildrop")
        files = (file for part in parts for file in (self.folder / "spool" / part).rglob("*"))
        return not any(_is_whole(file) for file in files)

    def settle(self) -> None:
        """Waits until nobody is at its door and everything that it took is delivered."""
        deadline = time.monotonic() + 30
        while sessions(self.port) or not self.empty():
            if time.monotonic() > deadline:
                raise RuntimeError(f"Postfix did not deliver: {self._last_words()}")
            time.sleep(0.02)

    def accepted(self) -> dict[str, dict[str, bytes]]:
        """What it accepted: Message-ID to queue number to text. It may deliver a text twice when it is killed; by the
        queue number in its own ``Received`` field one acceptance is told from two."""
        found: dict[str, dict[str, bytes]] = defaultdict(dict)
        for part in ("new", "cur"):
            for file in (self.folder / "box" / part).glob("*"):
                stamp, text = _parted(file.read_bytes())
                found[_message_id(text)][stamp] = text
        return dict(found)

    def say(self, word: str) -> None:
        """``postfix start`` and the like."""
        done = subprocess.run(
            [*_as_root(), "/usr/sbin/postfix", "-c", str(self.folder / "conf"), word],
            check=False, capture_output=True, text=True, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"},
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"postfix {word} failed: {done.stderr.strip()} {self._last_words()}")

    def _greets(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as endpoint:
                return endpoint.recv(3) == b"220"
        except OSError:
            return False

    def _wait_for_the_end(self) -> None:
        deadline = time.monotonic() + 30
        while self.processes() or self._greets():
            if time.monotonic() > deadline:
                raise RuntimeError("Postfix does not end")
            time.sleep(0.01)

    def _last_words(self) -> str:
        return self.log.read_text(errors="replace")[-1500:] if self.log.exists() else ""


def sessions(port: int, states: Sequence[str] = OPEN) -> int:
    """How many sessions a server on loopback has, those included whose client has died (proc_net_tcp(5))."""
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return sum(row[1].endswith(f":{port:04X}") and row[3] in states for row in rows)


def _is_whole(file: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):
        mode = file.stat().st_mode
        return stat.S_ISREG(mode) and bool(mode & stat.S_IXUSR)
    return False


def _parted(file: bytes) -> tuple[str, bytes]:
    """A delivered file's queue number, and the text without what Postfix put in front."""
    head = re.match(rb"Return-Path: .*\nX-Original-To: .*\nDelivered-To: .*\nReceived: .*\n(?:[ \t].*\n)+", file)
    if head is None:
        raise RuntimeError(f"not a file of Postfix's: {file[:300]!r}")
    queue = re.search(rb"\bid ([0-9A-Za-z]+)", head[0])
    assert queue is not None
    return queue[1].decode(), file[head.end() :]


def _message_id(text: bytes) -> str:
    found = re.search(rb"(?mi)^Message-ID:\s*(\S+)", text)
    assert found is not None
    return found[1].decode()


def _children(process: int) -> list[int]:
    found: list[int] = []
    for tasks in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, tasks.read_text().split()):
            found += [child, *_children(child)]
    return found


def _as_root() -> list[str]:
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True).returncode == 0
    ):
        return ["sudo", "-n"]
    raise RuntimeError(NOT_ROOT)


@contextlib.contextmanager
def running_postfix(**more: str) -> Iterator[Postfix]:
    """Makes a server and starts it; ``more`` are settings of ``main.cf``."""
    if not Path("/usr/sbin/postfix").exists():
        raise RuntimeError(REMEDY)
    _as_root()
    folder = Path(tempfile.mkdtemp(prefix="hotline-mx-", dir="/tmp"))  # Postfix's users must be able to come in
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Postfix(folder, port, more)
    try:
        _lay_out(server)
        server.start()
        yield server
    finally:
        server.stop()
        subprocess.run([*_as_root(), "rm", "-rf", str(folder)], check=False)


def _lay_out(server: Postfix) -> None:
    folder, owner = server.folder, pwd.getpwnam("postfix")
    folder.chmod(0o755)
    for name in ("conf", "spool", "data", "box"):
        (folder / name).mkdir()
    main = MAIN.format(folder=folder, log=server.log, uid=os.getuid() or owner.pw_uid, gid=os.getgid() or owner.pw_gid)
    main += "".join(f"{name} = {value}\n" for name, value in server.more.items())
    (folder / "conf/main.cf").write_text(main)
    (folder / "conf/master.cf").write_text(MASTER.format(port=server.port))
    server.log.touch()
    _give(folder / "data", owner)
    if os.geteuid() == 0:
        os.chown(folder / "box", owner.pw_uid, owner.pw_gid)


def _give(path: Path, owner: pwd.struct_passwd) -> None:
    subprocess.run([*_as_root(), "chown", "-R", f"{owner.pw_uid}:{owner.pw_gid}", str(path)], check=True)


__all__ = ["LISTENS", "NOT_ROOT", "REMEDY", "Postfix", "running_postfix", "sessions"]
