"""Commands of the contract that later releases bring: they exist, do nothing, and say so with status 2."""

from collections.abc import Callable
from typing import Final

import typer

from hotline.errors import NotYetBuilt

_ANY: Final = {"ignore_unknown_options": True, "allow_extra_args": True}


def comes_later(name: str, what: str) -> Callable[[typer.Context], None]:
    """A command that only says that it comes later."""

    def later(context: typer.Context) -> None:
        raise NotYetBuilt(f"{name} comes with a later release ({what}); nothing was done")

    later.__doc__ = f"Comes with a later release: {what}."
    return later


def add_to(app: typer.Typer) -> None:
    """Adds this family of commands."""
    single = {
        "worker": "work shared by many machines",
        "enqueue": "work shared by many machines",
    }
    for name, what in single.items():
        app.command(name, context_settings=_ANY)(comes_later(name, what))
    groups = {
        "blocklist": ("export", "add", "confirm"),
        "referrals": ("export",),
        "release": ("request", "approve"),
    }
    for name, commands in groups.items():
        group = typer.Typer(help="Comes with a later release.", no_args_is_help=True)
        for command in commands:
            group.command(command, context_settings=_ANY)(comes_later(f"{name} {command}", "lists and partners"))
        app.add_typer(group, name=name)
