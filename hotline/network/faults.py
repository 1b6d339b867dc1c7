"""Why a connection did not serve, as types that a caller can tell apart.

Unknown is not gone: none of these says that material was removed. Each ``reason`` is plain words without URL,
host name or address, because reasons are stored and logged in clear.
"""

from typing import TYPE_CHECKING

from hotline.errors import HotlineError

if TYPE_CHECKING:
    from hotline.network.answers import NameAnswers


class NetworkFault(HotlineError):
    """Something on the way to an answer went wrong; ``reason`` says what, in words that name no site."""

    answers: "NameAnswers | None" = None
    """What the name servers said before it went wrong, where they were asked."""

    peer: str | None = None
    """The address that was reached, if one was."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(NetworkFault):
    """We did not connect: the guard, the dial map or the port forbids it. Nothing was sent."""


class NameFault(NetworkFault):
    """The host name has no address that we know of; ``answers`` tells what each resolver said."""

    answers: "NameAnswers"

    def __init__(self, reason: str, answers: "NameAnswers") -> None:
        super().__init__(reason)
        self.answers = answers


class Unreachable(NetworkFault):
    """No address of the host accepted a connection."""


class TlsFault(NetworkFault):
    """The host could not prove who it is, or does not speak TLS."""


class TimedOut(NetworkFault):
    """The total deadline passed, or nothing came for too long."""


class Broken(NetworkFault):
    """The answer was not HTTP, was cut short, or was packed in a way that cannot be unpacked."""


class TooLarge(Broken):
    """The body is longer than the caller wanted to read."""
