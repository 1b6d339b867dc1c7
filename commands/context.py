"""What most commands begin and end with: settings, the home, who acts, and the sealing of the audit log."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hotline.settings import Settings, load

if TYPE_CHECKING:
    from hotline.home import Home
    from hotline.staff import Actor

LARGEST_ID = 2**31 - 1
"""No record has a larger number; a database refuses one that does not fit."""

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
As = Annotated[str | None, typer.Option("--as", metavar="NAME", help="Who acts; or HOTLINE_STAFF.")]


def settings() -> Settings:
    """The settings of this environment."""
    return load(os.environ)


@contextmanager
def reading() -> Iterator["Home"]:
    """A home for a command that changes nothing."""
    from hotline.home import open_home

    yield open_home(settings())


@contextmanager
def changing() -> Iterator["Home"]:
    """A home for a command that changes something: time may not run backwards, and the audit log is sealed after it."""
    from hotline.home import open_home, refuse_going_back

    home = open_home(settings())
    refuse_going_back(home)
    try:
        yield home
    finally:
        home.seal_audit()


def actor_for(home: "Home", name: str | None, deed: str, *, system: bool = False) -> "Actor":
    """Who acts, if they may do this deed.

    Raises:
        HotlineError: nobody is named or known, the credential is missing, or the deed is not theirs.
    """
    from hotline.permissions import demand
    from hotline.staff import who_acts

    actor = who_acts(home, name, system=system)
    if actor.role is not None:
        demand(actor.name, actor.role, deed, home.kind)
    return actor


class TerminalProgress:
    """Shows how far long work has come, on standard error and only on a terminal."""

    def __init__(self) -> None:
        self._shown = False

    def __call__(self, doing: str, done: int, of: int | None = None) -> None:
        if sys.stderr.isatty():
            self._shown = True
            sys.stderr.write(f"\r\x1b[K{doing}: {done}" + (f" of {of}" if of else ""))
            sys.stderr.flush()

    def end(self) -> None:
        """Leaves the line clean."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")


@contextmanager
def progress() -> Iterator[TerminalProgress]:
    """Progress for one command."""
    shown = TerminalProgress()
    try:
        yield shown
    finally:
        shown.end()


def run(work: Any) -> Any:
    """Runs a coroutine to its end."""
    import asyncio

    return asyncio.run(work)
