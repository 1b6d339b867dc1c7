"""What happens to a notice, for whoever must move its cases.

Notices do not know the workflow (siblings never import each other): the scheduler hands in an implementation. Each
method runs in the transaction that changes the notice, so that notice and cases change together or not at all.
"""

from typing import Protocol

from sqlmodel import Session

from hotline.facts import HostSays
from hotline.records import Notice, Reply


class Events(Protocol):
    """The moments at which a notice's cases move."""

    def sent(self, session: Session, notice: Notice) -> None:
        """Our mail server has it; ``notice.sent_at`` is when."""

    def failed(self, session: Session, notice: Notice, doubt: str | None = None) -> None:
        """Our mail server refused it for good: the next contact is to be asked.

        ``doubt``: why that proves less of the contact than a mailbox that is not there, in words.
        """

    def bounced(self, session: Session, notice: Notice, doubt: str | None = None) -> None:
        """Nobody read it: the next contact is to be asked. ``doubt`` as above."""

    def told(self, session: Session, notice: Notice, reply: Reply, sender: str, words: str) -> None:
        """A person's answer came, in these words of their own: it may name another contact, or an origin."""

    def said(self, session: Session, notice: Notice, says: HostSays) -> None:
        """Its recipient says of its cases that they are removed, not there, disputed, or that it needs time."""

    def answered(self, session: Session, notice: Notice, by_person: bool) -> None:
        """Its recipient answered, or its mailbox did: mail arrives there."""
