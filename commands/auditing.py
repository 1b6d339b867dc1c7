"""``audit verify``."""

import typer

from commands.context import Json, reading
from commands.output import emit


def add_to(app: typer.Typer) -> None:
    """Adds this family of commands."""
    group = typer.Typer(help="The audit log.", no_args_is_help=True)
    group.command("verify")(verify)
    app.add_typer(group, name="audit")


def verify(as_json: Json = False) -> None:
    """Check that no entry of the audit log was changed, added or taken away."""
    from hotline import audit

    with reading() as home, home.reading() as session:
        witness = home.witness_file.read_text(encoding="ascii") if home.witness_file.exists() else None
        result = audit.verify(session, home.vault, witness)
    if isinstance(result, audit.Verified):
        document = {"entries": result.entries, "root": result.root}
        emit(document, as_json, [f"{result.entries} entries hold; root {result.root}"])
        return
    broken = {"entry": result.entry, "reason": result.reason}
    emit(broken, as_json, [f"entry {result.entry} does not hold: {result.reason}"])
    raise typer.Exit(1)
