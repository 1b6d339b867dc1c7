"""Where answers wait: a maildir or a folder by IMAP. What both must promise.

A message is removed only after it was stored, so a reader that is killed loses nothing; what was stored already is
recognised by its content, so that it doubles nothing either.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final, Protocol

from hotline.errors import HotlineError
from hotline.home import Home
from notices import imap, maildir

LARGEST: Final = maildir.LARGEST
"""Bytes of a message that are read; answers to notices have some thousand."""


class Waiting(Protocol):
    """A message that waits."""

    def content(self) -> bytes | None:
        """Its bytes, at most ``LARGEST``; ``None`` when another reader has just taken it.

        Raises ``MailboxLost`` when the mailbox itself cannot be reached any more.
        """

    def stored(self) -> None:
        """It may be removed now, or a little later together with others."""


def opened(home: Home) -> AbstractContextManager[Iterator[Waiting]]:
    """All messages that wait in the inbox of the settings, the oldest first.

    Raises:
        HotlineError: no inbox is set, it is not there, or it cannot be opened; the remedy is said.
    """
    inbox = home.settings.inbox
    if inbox is None:
        raise HotlineError(
            "HOTLINE_INBOX is not set; name where answers arrive, maildir:/path or imaps://user:password@host/folder"
        )
    if inbox.server is not None:
        return imap.opened(inbox.server, home.settings.ca_file, practice=home.practice)
    return _maildir(home)


@contextmanager
def _maildir(home: Home) -> Iterator[Iterator[Waiting]]:
    yield iter(maildir.waiting(maildir.folder_of(home.settings)))
