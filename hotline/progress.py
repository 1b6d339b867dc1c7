"""How long work says how far it has come, to whoever watches."""

from typing import Protocol


class Progress(Protocol):
    """Called with what is being done and how much of it is done; never with an address."""

    def __call__(self, doing: str, done: int, of: int | None = None) -> None: ...


def silence(doing: str, done: int, of: int | None = None) -> None:
    """Nobody is watching."""
