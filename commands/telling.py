"""``told``: what recipients tell of other contacts and of origins, and a person's word on it."""

from typing import Annotated

import typer

from commands.context import LARGEST_ID, As, Json, actor_for, changing
from commands.output import emit, emit_json, say, table
from commands.withheld import rows_of
from hotline.errors import HotlineError
from hotline.words import ToldDecision, ToldKind

Number = Annotated[int, typer.Argument(metavar="ID", help="Its number, from `hotline told`.", max=LARGEST_ID)]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept with the word.")]


def add_to(app: typer.Typer) -> None:
    """Adds this family of commands."""
    told = typer.Typer(
        help="What recipients tell of other contacts and origins; nothing of it is used without a person's word.",
        invoke_without_command=True,
    )
    told.callback()(list_told)
    told.command("note")(note)
    told.command("accept")(accept)
    told.command("refuse")(refuse)
    app.add_typer(told, name="told")


def list_told(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Also what was decided.")] = False,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show it in an earnest home; audited.")] = False,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """List what waits for a person: contacts and origins that answers name, or that staff wrote down."""
    if context.invoked_subcommand is not None:
        return
    from takedown import told

    rows = rows_of(
        lambda home, session, shown: told.listing(home, session, everything=everything, reveal=shown),
        reveal, as_name, "told:values:revealed",
    )  # fmt: skip
    if as_json:
        emit_json(rows)
    elif not rows:
        say("nothing was told yet" if everything else "nothing that was told waits for a person")
    else:
        columns = ("id", "case", "kind", "value", "source", "at", "decision")
        table("Told by recipients", columns, [[row[name] for name in columns] for row in rows])


def note(
    case: Annotated[int, typer.Argument(metavar="CASE", help="The case of which it was told.", max=LARGEST_ID)],
    reason: Reason,
    contact: Annotated[str | None, typer.Option(help="Another mail address to write to.")] = None,
    origin: Annotated[str | None, typer.Option(help="The IP address of the server where the files lie.")] = None,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Write down what a recipient told, by telephone for example. It waits for a person's word like any other."""
    from takedown import told
    from takedown.hints import parsed

    kind, value = (ToldKind.CONTACT, contact) if contact else (ToldKind.ORIGIN, origin)
    if value is None or (contact and origin):
        raise HotlineError("say either --contact ADDRESS or --origin IP")
    with changing() as home:
        actor = actor_for(home, as_name, "case:decide")
        number = told.note(home, case, parsed(kind, value), reason, actor)
    emit({"id": number}, as_json, [f"noted as {number}; `hotline told accept {number}` lets it be used"])


def accept(number: Number, reason: Reason, as_name: As = None, as_json: Json = False) -> None:
    """Let it be used: a contact is asked next; an origin is where the case is located from now on."""
    _decide(number, ToldDecision.ACCEPTED, reason, as_name, as_json)


def refuse(number: Number, reason: Reason, as_name: As = None, as_json: Json = False) -> None:
    """It is never used."""
    _decide(number, ToldDecision.REFUSED, reason, as_name, as_json)


def _decide(number: int, decision: ToldDecision, reason: str, as_name: str | None, as_json: bool) -> None:
    from takedown import told

    with changing() as home:
        actor = actor_for(home, as_name, "case:decide")
        row = told.decide(home, number, decision, reason, actor)
    emit(row, as_json, [f"{row['kind']} {number} of case {row['case']} is {decision.value}"])
