"""How commands that read a file row by row tell what became of the rows."""

from typing import Any

import typer

from commands.output import complain


def name_rows(rows: Any, what: str, as_json: bool) -> None:
    """Names each row on standard error, where the document does not."""
    if not as_json:
        for row in rows:
            complain(f"line {row.line} {what}: {row.reason}")


def end(good: bool, bad: bool, waiting: bool = False) -> None:
    """Ends with 1 where some rows are to be looked at, with 2 where none was taken."""
    if waiting or (good and bad):
        raise typer.Exit(1)
    if bad:
        complain("hotline: no row of the file could be taken; mend the rows named and import it again")
        raise typer.Exit(2)
