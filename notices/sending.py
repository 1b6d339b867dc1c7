"""What the outbox asks of a channel, and what it is told."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from hotline.words import DeliveryOutcome
from notices.doubts import doubt_in

ENHANCED: Final = re.compile(r"^\s*([245]\.\d{1,3}\.\d{1,3})\b")
"""An enhanced status code before the text of a reply."""


@dataclass(frozen=True)
class Envelope:
    """One message on its way: one sender, one recipient, the frozen bytes."""

    sender: str = field(repr=False)
    recipient: str = field(repr=False)
    message: bytes = field(repr=False)


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended.

    ``problem`` says why in words without any address; ``text`` is what the server said, which may hold addresses.
    ``connected`` is false when no session with the server came about: then the next message would not fare better.
    """

    outcome: DeliveryOutcome
    problem: str | None = None
    code: int | None = None
    text: str | None = None
    connected: bool = True

    @property
    def doubt(self) -> str | None:
        """Why a refusal proves less than that nobody has this mailbox, by its enhanced code (RFC 2034)."""
        code = ENHANCED.match(self.text or "")
        return doubt_in(code[1]) if code else None


BeforeDot = Callable[[], Awaitable[None]]
"""Called before the first byte of a text leaves, and waited for."""


class ClaimLost(Exception):
    """Another sender has taken the notice up; this one must not finish."""


class AlreadyThere(Exception):
    """Our mail server has had the message all along; this attempt must not finish."""


class Sender(Protocol):
    """A channel. It raises nothing but what ``before_dot`` raises."""

    @property
    def sessions(self) -> int:
        """How many messages may be handed over at once."""

    async def hand_over(self, envelope: Envelope, before_dot: BeforeDot) -> Outcome:
        """Hands one message over.

        ``before_dot`` is waited for once the server is ready for the text and before the first byte of it leaves: from
        then on nobody can know without an answer. When it raises, the transfer is broken off and the error passed on.
        """

    async def close(self) -> None:
        """Ends the session, if there is one."""
