"""``cases``, ``case``, ``decide``, ``embargo``: what stands, and a person's word on it."""

from typing import Annotated, Any

import typer

from commands.context import LARGEST_ID, As, Json, actor_for, changing, reading
from commands.output import emit, emit_json, say, table
from commands.timeline import told
from hotline.errors import HotlineError
from hotline.words import CaseState, Decision, EmbargoScope


def add_to(app: typer.Typer) -> None:
    """Adds this family of commands."""
    app.command("cases")(list_cases)
    app.command("case")(show_case)
    app.command("decide")(decide)
    app.command("embargo")(embargo)


def list_cases(
    state: Annotated[list[CaseState] | None, typer.Option(help="Only those in this state; may be repeated.")] = None,
    as_json: Json = False,
) -> None:
    """List the cases, all or those in certain states."""
    from takedown import views

    with reading() as home, home.reading() as session:
        rows = [row for row in views.listing(home, session) if not state or row["state"] in state]
    if as_json:
        emit_json(rows)
        return
    if not rows:
        say("no such case" if state else "no case yet: `hotline seeds import FILE` opens them")
        return
    columns = ("id", "state", "classification", "origin", "url", "removed_at", "due_at")
    table("Cases", columns, [[row[name] for name in columns] for row in rows])


def show_case(
    number: Annotated[int, typer.Argument(metavar="ID", help="The case's number.", max=LARGEST_ID)],
    reveal: Annotated[bool, typer.Option("--reveal", help="Show its addresses (earnest homes; audited).")] = False,
    reason: Annotated[str | None, typer.Option(help="Why they are revealed.")] = None,
    every_look: Annotated[
        bool, typer.Option("--every-look", help="A line for each look, also where they agree.")
    ] = False,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Show a case with its whole history."""
    from hotline.records import Case
    from notices.views import show
    from takedown import views

    if reveal:
        _reveal(number, reason, as_name)
    with reading() as home, home.reading() as session:
        case = session.get(Case, number)
        if case is None:
            raise HotlineError(f"there is no case {number}; `hotline cases` lists them")
        document = views.detail(home, session, case, lambda notice: _summary(show(home, notice, reveal=reveal)), reveal)
    if as_json:
        emit_json(document)
        return
    for line in told(document, every_look=every_look):
        say(line)


def _reveal(number: int, reason: str | None, as_name: str | None) -> None:
    from takedown import revealing

    with changing() as home:
        if home.practice:
            return
        revealing.reveal(home, number, actor_for(home, as_name, "case:reveal"), reason)


def _summary(notice: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in notice.items() if name != "message"}


def decide(
    number: Annotated[int, typer.Argument(metavar="CASE", help="A case in review.", max=LARGEST_ID)],
    decision: Annotated[Decision, typer.Option(help="The word.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    placeholder: Annotated[
        bool, typer.Option("--placeholder", help="What is served now stands for something removed; with continue.")
    ] = False,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """An analyst's word on a case in review."""
    from takedown import assessment

    with changing() as home:
        actor = actor_for(home, as_name, "case:decide")
        state = assessment.decide(home, number, decision, reason, actor, placeholder=placeholder)
    emit({"case": number, "state": state.value}, as_json, [f"case {number} is {state.value}"])


def embargo(
    subject: Annotated[str, typer.Argument(metavar="URL|CASE", help="What is held.")],
    scope: Annotated[EmbargoScope | None, typer.Option(help="How far the hold reaches; url, or all to lift.")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="ISO 8601; at its end cases go to review.")] = None,
    lift: Annotated[bool, typer.Option("--lift", help="End the holds on it now.")] = False,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Hold notices and everything else about a URL, host, domain or digest until a time; or lift the hold."""
    from takedown import holding

    with changing() as home:
        actor = actor_for(home, as_name, "embargo:set")
        if lift:
            count = holding.lift(home, subject, actor, scope)
            emit({"lifted": count}, as_json, [f"{count} embargoes lifted"])
            return
        reach = scope or EmbargoScope.URL
        number = holding.hold(home, subject, reach, until, reason, actor)
    emit({"id": number, "scope": reach.value, "until": until}, as_json, [f"embargo {number} until {until}"])
