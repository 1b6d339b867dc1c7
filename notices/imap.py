"""An inbox by IMAP (RFC 9051, RFC 3501), through the library ``imapclient``.

Messages are fetched one by one without being marked as read, stored, and then removed by their UIDs in batches:
``\\Deleted``, then UID EXPUNGE of exactly those (RFC 4315), so that nothing that others have marked is removed. A
connection lost at any moment leaves the rest where it is.

Everything here blocks: call it in a thread. Each answer of the server has ``ANSWER`` seconds, all together ``BUDGET``.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from socket import gaierror
from threading import Timer
from typing import Any, Final

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, IMAPClientReadOnlyError, LoginError

from hotline.errors import HotlineError
from hotline.settings import ImapServer
from hotline.settings_parsing import is_loopback
from notices.channels.smtp import tls_context
from notices.maildir import LARGEST

CONNECT: Final = 20.0
ANSWER: Final = 30.0
BUDGET: Final = 300.0
"""Seconds of real time. What is not reached within the budget waits for the next reading."""

BATCH: Final = 50
"""How many messages are removed together."""

WINDOW: Final = 50_000
"""How many UIDs are asked about at once."""

_NO_UID: Final = 10_000_000
"""Where a server does not tell the next UID, which RFC 3501 demands: as far as is looked."""


class MailboxLost(HotlineError):
    """The connection broke while messages were read: what was not stored lies where it was."""


@dataclass(frozen=True)
class Limits:
    """Seconds of real time, and bytes of one message."""

    connect: float = CONNECT
    answer: float = ANSWER
    budget: float = BUDGET
    largest: int = LARGEST


@contextmanager
def opened(
    server: ImapServer, ca_file: Path | None, *, practice: bool, limits: Limits = Limits()
) -> Iterator[Iterator["Message"]]:
    """The messages of the folder, the oldest first; those that were stored are removed.

    Raises:
        HotlineError: it cannot be opened; what is wrong and the remedy are said.
        MailboxLost: removing what was stored failed; it will be recognised next time.
    """
    if practice and not is_loopback(server.host):
        raise HotlineError("HOTLINE_INBOX: a practice home reads mail on loopback only; name 127.0.0.1 or ::1")
    client = _connected(server, ca_file, limits)
    # A server that sends a byte now and then keeps within each answer's time; this ends it all the same.
    watch = Timer(limits.budget, _cut, [client])
    watch.daemon = True
    watch.start()
    try:
        folder = _Folder(client, _select(client, server), limits.largest)
        yield folder.messages()
        folder.remove()
    finally:
        watch.cancel()
        with suppress(Exception):
            client.logout()
        with suppress(Exception):
            client.shutdown()


def _cut(client: IMAPClient) -> None:
    with suppress(Exception):
        client.socket().shutdown(2)


def _connected(server: ImapServer, ca_file: Path | None, limits: Limits) -> IMAPClient:
    context = None if server.security == "none" else tls_context(ca_file)
    with _told(server):
        client = IMAPClient(
            server.host, server.port, ssl=server.security == "tls", ssl_context=context,
            timeout=SocketTimeout(limits.connect, limits.answer),
        )  # fmt: skip
    try:
        with _told(server):
            if server.security == "starttls":
                client.starttls(context)
            _log_in(client, server)
    except BaseException:
        with suppress(Exception):
            client.shutdown()
        raise
    return client


def _log_in(client: IMAPClient, server: ImapServer) -> None:
    # LOGIN takes ASCII alone; PLAIN takes any password (RFC 4616).
    if client.has_capability("AUTH=PLAIN"):
        client.plain_login(server.user, server.password)
    elif client.has_capability("LOGINDISABLED"):
        raise HotlineError(f"HOTLINE_INBOX: {_at(server)} allows no log-in by password here; use imaps://")
    elif not server.password.isascii() or not server.user.isascii():
        raise HotlineError(f"HOTLINE_INBOX: {_at(server)} takes plain ASCII in user and password alone; change them")
    else:
        client.login(server.user, server.password)


def _select(client: IMAPClient, server: ImapServer) -> int:
    """Opens the folder; returns the first UID that no message there has yet."""
    with _told(server):
        try:
            answer = client.select_folder(server.folder)
        except IMAPClientReadOnlyError:
            raise HotlineError(
                f"HOTLINE_INBOX: {_at(server)} opens the folder {server.folder!r} for reading only; what is taken in "
                "must be removed there: give the user that right"
            ) from None
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            raise HotlineError(
                f"HOTLINE_INBOX: {_at(server)} has no folder {server.folder!r} that opens; name it after the host"
            ) from None
    return int(answer.get(b"UIDNEXT", _NO_UID))


def _at(server: ImapServer) -> str:
    return f"{server.host}:{server.port}"


@contextmanager
def _told(server: ImapServer) -> Iterator[None]:
    """What went wrong in the words of who must mend it; never with the password."""
    try:
        yield
    except HotlineError:
        raise
    except (IMAPClientError, OSError, ValueError) as wrong:
        raise HotlineError(f"HOTLINE_INBOX: {_at(server)} {_why(wrong)}") from None


def _why(wrong: Exception) -> str:
    told: list[tuple[type[Exception] | tuple[type[Exception], ...], str]] = [
        (LoginError, "refuses user and password; check them, and write signs such as / : @ # as %2F %3A %40 %23"),
        (ssl.SSLCertVerificationError, f"shows a certificate that is not valid ({getattr(wrong, 'verify_message', '')}"
         "); name its authority in HOTLINE_CA_FILE, and the host as the certificate does"),
        (ssl.SSLError, "speaks no TLS that can be used there; check the port: 993 for imaps, 143 for imap+starttls"),
        (gaierror, "has a name that cannot be resolved; check the host"),
        (ConnectionRefusedError, "refuses the connection; check host and port, and whether the server runs"),
        (TimeoutError, "does not answer in time; check host, port and firewall"),
        (OSError, "cannot be reached; check host, port and network"),
    ]  # fmt: skip
    for kind, words in told:
        if isinstance(wrong, kind):
            return words
    return "speaks no IMAP that can be used there, or ended the session; check the port, and the server's log"


@dataclass
class _Folder:
    """The selected folder: what is in it, and what was stored and is to be removed."""

    client: IMAPClient
    next_uid: int
    largest: int
    done: list[int] = field(default_factory=list)

    def messages(self) -> Iterator["Message"]:
        # In windows, for a line of an answer has an end: a mailbox may have been forgotten for a year.
        for first in range(1, self.next_uid, WINDOW):
            with _lost():
                uids = self.client.search(["UID", f"{first}:{min(first + WINDOW, self.next_uid) - 1}"])
            for few in _chunks(sorted(uids)):
                yield from self._few(few)

    def _few(self, uids: list[int]) -> Iterator["Message"]:
        with _lost():
            sizes = self.client.fetch(uids, ["RFC822.SIZE"])
        for uid in uids:
            yield Message(self, uid, int(sizes.get(uid, {}).get(b"RFC822.SIZE", 0)))
        self.remove()

    def content(self, uid: int, size: int) -> bytes | None:
        partial = f"<0.{self.largest}>" if size > self.largest else ""
        with _lost():
            answer: Any = self.client.fetch([uid], [f"BODY.PEEK[]{partial}"]).get(uid, {})
        found = next((value for name, value in answer.items() if name.startswith(b"BODY[]")), None)
        return found[: self.largest] if isinstance(found, bytes) else None

    def remove(self) -> None:
        """Removes what was stored, and nothing else."""
        if not self.done:
            return
        done, self.done = self.done, []
        with _lost():
            self.client.add_flags(done, [b"\\Deleted"], silent=True)
            if self.client.has_capability("UIDPLUS"):
                self.client.uid_expunge(done)
            elif set(self.client.search("DELETED")) <= set(done):
                self.client.expunge()
            # Else somebody has marked others: those marked here stay so, and are recognised next time.


def _chunks(uids: list[int]) -> Iterator[list[int]]:
    return (uids[start : start + BATCH] for start in range(0, len(uids), BATCH))


@dataclass(frozen=True)
class Message:
    """A message in the folder (``mailbox.Waiting``); ``size`` in bytes, as the server says."""

    folder: _Folder = field(repr=False)
    uid: int
    size: int

    def content(self) -> bytes | None:
        """Its bytes, its beginning where it is too large; ``None`` when somebody has removed it meanwhile."""
        return self.folder.content(self.uid, self.size)

    def stored(self) -> None:
        """It is removed with the next batch."""
        self.folder.done.append(self.uid)


@contextmanager
def _lost() -> Iterator[None]:
    try:
        yield
    except (IMAPClientError, OSError, ValueError) as wrong:
        raise MailboxLost(
            f"HOTLINE_INBOX: the mail server ended the reading ({type(wrong).__name__}); the rest waits there"
        ) from None
