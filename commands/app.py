"""``hotline``: the whole command line, put together from the families beside this file."""

import os
import sys
from typing import Annotated, Any

import typer

from commands import (
    auditing,
    case_files,
    contacting,
    crawling,
    dedicating,
    figures,
    form_filling,
    hashes,
    hosting_desk,
    later,
    looking,
    notifying,
    people,
    ruling,
    running,
    seeds,
    setting_up,
    telling,
)
from hotline.errors import HotlineError

app = typer.Typer(
    name="hotline",
    help="From a confirmed report to a proven removal.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

for family in (
    setting_up,
    people,
    seeds,
    hashes,
    crawling,
    notifying,
    contacting,
    telling,
    ruling,
    form_filling,
    dedicating,
    hosting_desk,
    looking,
    case_files,
    figures,
    auditing,
    running,
    later,
):
    family.add_to(app)


def _tell_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"hotline {version('hotline')}")
        raise typer.Exit


@app.callback()
def _begin(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and end.", is_eager=True, callback=_tell_version)
    ] = False,
) -> None:
    """From a confirmed report to a proven removal."""


def main() -> None:
    """Runs a command: status 0 done, 1 done in part, 2 nothing done and one line on standard error says why."""
    os.umask(0o077)  # whatever is written, only its owner reads it
    try:
        result = app(standalone_mode=False)
    except typer.Exit as end:
        sys.exit(end.exit_code)
    except HotlineError as wrong:
        _refuse(str(wrong), wrong.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(1)
    except Exception as fault:
        _fault(fault)
    sys.exit(result if isinstance(result, int) else 0)


def _refuse(text: str, status: int = 2) -> None:
    from commands.output import complain

    complain(f"hotline: {' '.join(text.split())}")
    sys.exit(status)


def _fault(fault: Exception) -> None:
    """A usage error in one line; anything else as a fault of ours, told without its text, which may hold an address."""
    if type(fault).__name__ == "NoArgsIsHelpError":  # no command was said: the help is the answer
        typer.echo(str(fault), err=True)
        sys.exit(2)
    if hasattr(fault, "format_message"):
        _refuse(f"{fault.format_message().replace('Value error, ', '')} (hotline --help tells more)")
    from sqlalchemy.exc import DBAPIError

    if isinstance(fault, DBAPIError):
        _refuse(f"the database refused: {type(fault.orig).__name__}; check disk, rights and HOTLINE_DATABASE_URL")
    _refuse(f"a fault of ours: {type(fault).__name__} at {_place(fault)}; please report it with this line")


def _place(fault: Exception) -> str:
    trace: Any = fault.__traceback__
    place = "?"
    while trace is not None:
        name = trace.tb_frame.f_globals.get("__name__", "")
        if name.partition(".")[0] in ("commands", "scheduler", "crawler", "takedown", "notices", "hotline"):
            place = f"{name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
