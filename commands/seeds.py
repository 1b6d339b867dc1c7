"""``seeds import``: confirmed reports in."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from commands.context import As, Json, actor_for, changing
from commands.output import emit
from commands.rows import end, name_rows


def add_to(app: typer.Typer) -> None:
    """Adds this family of commands."""
    seeds = typer.Typer(help="Confirmed reports.", no_args_is_help=True)
    seeds.command("import")(import_seeds)
    app.add_typer(seeds, name="seeds")


def import_seeds(
    file: Annotated[Path, typer.Argument(help="CSV with a header, or JSON lines.")],
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Take in confirmed reports; good rows are kept, bad ones named by line."""
    from takedown import intake, reports

    with changing() as home:
        actor = actor_for(home, as_name, "seeds:import")
        result = intake.admit(home, reports.read(file), actor)
    document: dict[str, Any] = {
        "accepted": result.accepted,
        "joined": result.joined,
        "rejected": [asdict(row) for row in result.rejected],
    }
    if result.waiting:
        document["waiting"] = [asdict(row) for row in result.waiting]
    emit(document, as_json, [f"{result.accepted} accepted, {result.joined} joined"])
    name_rows(result.rejected, "rejected", as_json)
    name_rows(result.waiting, "waiting", as_json)
    end(bool(result.accepted or result.joined), bool(result.rejected), bool(result.waiting))
