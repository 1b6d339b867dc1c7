"""A PostgreSQL server of the tests' own: made in a temporary folder, reached by a socket in it, gone at the end.

PostgreSQL refuses to run as root, so root's tests run it as ``postgres`` or ``nobody``. It is told not to wait for
the disk: what the tests write need not outlive a power cut.
"""

import contextlib
import ctypes
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

REMEDY = "the tests need PostgreSQL's programs; run `make setup-tests`, or: apt-get install postgresql"
CAREFREE = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "100",
    "autovacuum": "off",
}
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Cluster:
    """A running server; ``folder`` holds its socket."""

    folder: Path

    def url(self, database: str) -> str:
        """What goes into ``HOTLINE_DATABASE_URL``."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    @contextlib.contextmanager
    def fresh_database(self, like: str = "template0") -> Iterator[str]:
        """The URL of a copy of a database (an empty one), dropped afterwards, open connections or not."""
        name = f"test_{secrets.token_hex(6)}"
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._say(copy.format(sql.Identifier(name), sql.Identifier(like)))
        try:
            yield self.url(name)
        finally:
            self._say(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _say(self, statement: sql.Composed) -> None:
        with psycopg.connect(f"host={self.folder} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(statement)

    def answers(self) -> bool:
        """Whether somebody can connect."""
        try:
            self._say(sql.Composed([sql.SQL("SELECT 1")]))
        except psycopg.OperationalError:
            return False
        return True


def program(name: str) -> str:
    """The path of one of the server's programs, the newest where there are several.

    Raises:
        RuntimeError: it is not installed; the text says how to mend that.
    """
    debian = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3].split(".")[0])
    )
    found = shutil.which(name) or (str(debian[-1]) if debian else None)
    if found is None:
        raise RuntimeError(REMEDY)
    return found


@contextlib.contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Makes a server, waits until it answers, and removes everything of it at the end."""
    initdb, postgres = program("initdb"), program("postgres")
    folder = Path(tempfile.mkdtemp(prefix="hotline-pg-", dir="/tmp"))  # a socket's path must be short
    try:
        owner = _owner()
        if owner is not None:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        _initialise(initdb, folder, owner)
        with _serving(postgres, folder, owner):
            yield Cluster(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _owner() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        return pwd.getpwnam("postgres")
    return pwd.getpwnam("nobody")


def _identity(owner: pwd.struct_passwd | None) -> dict[str, object]:
    return {} if owner is None else {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _initialise(initdb: str, folder: Path, owner: pwd.struct_passwd | None) -> None:
    made = subprocess.run(
        [initdb, "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        cwd=folder,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
        **_identity(owner),
    )
    if made.returncode:
        raise RuntimeError(f"initdb failed: {made.stderr.strip()}")


@contextlib.contextmanager
def _serving(postgres: str, folder: Path, owner: pwd.struct_passwd | None) -> Iterator[None]:
    options = [part for name, value in CAREFREE.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [postgres, "-D", folder / "data", "-k", folder, *options],
            cwd=folder,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=_end_with_parent,
            **_identity(owner),
        )
    try:
        _wait_until_it_answers(Cluster(folder), server)
        yield
    finally:
        server.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
        server.wait(30)


def _end_with_parent() -> None:
    # A killed test run leaves no server behind.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)


def _wait_until_it_answers(cluster: Cluster, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while not cluster.answers():
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start: {(cluster.folder / 'log').read_text()[-2000:]}")
        time.sleep(0.05)
