"""``recheck``: is it still there?"""

import typer

from commands.context import As, Json, actor_for, changing, progress, run
from commands.output import complain, counts, emit


def add_to(app: typer.Typer) -> None:
    """Adds this family of commands."""
    app.command("recheck")(recheck)


def recheck(as_name: As = None, as_json: Json = False) -> None:
    """Look at every case that is due; two looks that find it gone, far enough apart, make a removal."""
    from scheduler.looking import look_again
    from takedown.looking import tally

    with changing() as home, progress() as shown:
        actor_for(home, as_name, "work:run", system=True)
        result = run(look_again(home, shown))
    document = {"looked": len(result.outcomes), **tally(result.outcomes), "bytes": result.size}
    names = ("looked", "online", "gone", "changed", "moved", "unclear", "bytes")
    document = {name: document[name] for name in names}
    emit(document, as_json, [counts(document, names)])
    if result.deaf:
        what = "nothing was judged" if not result.outcomes else "they were left out"
        complain(f"hotline: HOTLINE_CANARY cannot be seen from {', '.join(result.deaf)}: the fault is ours, and {what}")
        raise typer.Exit(1)
