"""Printing: one JSON document for programs, a few plain lines for people."""

import json
import sys
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Final

import typer

_PORTION: Final = 1_000


def emit_json(document: Any) -> None:
    """Prints the document on standard output."""
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def emit_json_list(rows: Iterable[Any]) -> None:
    """Prints a list as one document, the same as ``emit_json`` would, without holding all of it at once."""
    between = "[\n"
    for row in rows:
        text = json.dumps(row, indent=2, ensure_ascii=False)
        sys.stdout.write(between + "\n".join(f"  {line}" for line in text.split("\n")))
        between = ",\n"
    sys.stdout.write("[]\n" if between == "[\n" else "\n]\n")


def emit(document: Any, as_json: bool, lines: Iterable[str]) -> None:
    """Prints the document for programs, or the lines for people."""
    if as_json:
        emit_json(document)
        return
    for line in lines:
        say(line)


def say(line: str) -> None:
    """One line for a person; what a host may have written loses its control characters first."""
    typer.echo("".join(sign if sign.isprintable() else "\ufffd" for sign in line))


def complain(line: str) -> None:
    """One line on standard error."""
    typer.echo("".join(sign if sign.isprintable() else " " for sign in line), err=True)


def counts(document: dict[str, Any], names: Sequence[str]) -> str:
    """Figures in one line: ``2 sent, 1 failed``."""
    return ", ".join(f"{document[name]} {name.replace('_', ' ')}" for name in names)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table for people; a very long one in portions, each as wide as it needs to be."""
    from rich.console import Console

    # Where nobody's window limits the width (a pipe, a file), no cell is broken.
    console, left = Console(width=None if sys.stdout.isatty() else 400), iter(rows)
    console.print(_drawn(title, columns, islice(left, _PORTION)))
    while portion := list(islice(left, _PORTION)):
        console.print(_drawn(None, columns, portion))


def _drawn(title: str | None, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Any:
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    drawn = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", header_style="bold")
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for row in rows:
        drawn.add_row(*("" if cell is None else escape(str(cell)) for cell in row))
    return drawn
