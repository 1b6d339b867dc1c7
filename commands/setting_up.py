"""``init``, ``settings``, ``doctor``, ``keys rotate``: a home and what it rests on."""

import os
from typing import Annotated, Any

import typer

from commands.context import As, Json, actor_for, changing, progress, settings
from commands.output import emit, emit_json, table
from hotline.words import HomeKind


def add_to(app: typer.Typer) -> None:
    """Adds this family of commands."""
    app.command("init")(init)
    app.command("settings")(show_settings)
    app.command("doctor")(doctor)
    keys = typer.Typer(help="The key ring.", no_args_is_help=True)
    keys.command("rotate")(rotate)
    app.add_typer(keys, name="keys")


def init(
    practice: Annotated[bool, typer.Option("--practice", help="A home for practice; it stays one for ever.")] = False,
    as_json: Json = False,
) -> None:
    """Make a home: folder, keys and schema. A second time changes nothing."""
    from hotline.home import create_home

    kind = HomeKind.PRACTICE if practice else HomeKind.EARNEST
    where = settings()
    new = create_home(where, kind)
    said = (
        f"made {_article(kind)} home in {where.home}"
        if new
        else f"the {kind.value} home in {where.home} is there already"
    )
    emit({"home": str(where.home), "kind": kind.value, "made": new}, as_json, [said])


def _article(kind: HomeKind) -> str:
    return "an earnest" if kind is HomeKind.EARNEST else "a practice"


def show_settings(as_json: Json = False) -> None:
    """List every setting, its value and where it came from."""
    rows = [
        {"name": row.setting.variable, "value": row.shown, "origin": row.source, "meaning": row.setting.meaning}
        for row in settings().origins
    ]
    if as_json:
        emit_json(rows)
        return
    table("Settings", ("name", "value", "from", "meaning"), [tuple(_short(row)) for row in rows])


def _short(row: dict[str, Any]) -> list[Any]:
    return [row["name"], row["value"] or "(unset)", row["origin"].split(" ")[0], row["meaning"]]


def doctor(as_json: Json = False) -> None:
    """Look for what is missing or wrong here, try the servers that are set, and name the remedy."""
    from commands.doctoring import findings

    found = list(findings(settings(), os.environ))
    rows = [{"part": part, "state": state.value, "remedy": remedy} for part, state, remedy in found]
    if as_json:
        emit_json(rows)
    else:
        table("Doctor", ("part", "state", "remedy"), [tuple(row.values()) for row in rows])
    if any(state.is_fault for _, state, _ in found):
        raise typer.Exit(1)


def rotate(as_name: As = None, as_json: Json = False) -> None:
    """Make a new data key and seal everything anew with it; the old key is forgotten when nothing needs it."""
    from hotline.rotation import rotate_keys

    with changing() as home, progress() as shown:
        actor = actor_for(home, as_name, "keys:rotate")
        result = rotate_keys(home, actor.name, shown)
    emit(result, as_json, [f"key version {result['version']}: {result['sealed']} values sealed anew"])
