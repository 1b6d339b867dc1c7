"""``dedicated`` and ``authority``: two words of people that let notices go further, or at all."""

from typing import Annotated

import typer

from commands.context import LARGEST_ID, As, Json, actor_for, changing
from commands.output import emit, emit_json, say, table
from commands.withheld import rows_of

Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept with the word.")]


def add_to(app: typer.Typer) -> None:
    """Adds this family of commands."""
    dedicated = typer.Typer(
        help="Domains that serve such material alone: only there a registrar or registry is asked.",
        invoke_without_command=True,
    )
    dedicated.callback()(list_dedicated)
    dedicated.command("add")(add)
    dedicated.command("lift")(lift)
    app.add_typer(dedicated, name="dedicated")
    app.command("authority")(authority)


def list_dedicated(
    context: typer.Context,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show domains in an earnest home; audited.")] = False,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """List the domains that analysts marked, and the words that were taken back."""
    if context.invoked_subcommand is not None:
        return
    from takedown.dedicated import listing

    rows = rows_of(listing, reveal, as_name, "domain:dedicated:revealed")
    if as_json:
        emit_json(rows)
    elif not rows:
        say("no domain is marked; `hotline dedicated add` marks one")
    else:
        columns = ("id", "domain", "by", "at", "lifted_at", "reason")
        table("Dedicated domains", columns, [[row[name] for name in columns] for row in rows])


def add(
    subject: Annotated[str, typer.Argument(metavar="DOMAIN|CASE", help="The domain, or a case on it.")],
    reason: Reason,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Mark a domain: all of it serves such material, so its registrar and registry may be asked."""
    from takedown import dedicated

    with changing() as home:
        actor = actor_for(home, as_name, "domain:mark")
        number = dedicated.mark(home, subject, reason, actor)
    emit({"id": number}, as_json, [f"marked under the number {number}; the registrar is asked after silence"])


def lift(
    number: Annotated[int, typer.Argument(metavar="ID", help="Its number, from `hotline dedicated`.", max=LARGEST_ID)],
    reason: Reason,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Take the word back; who was asked stays asked."""
    from takedown import dedicated

    with changing() as home:
        dedicated.lift(home, number, reason, actor_for(home, as_name, "domain:mark"))
    emit({"id": number, "lifted": True}, as_json, [f"number {number} is lifted"])


def authority(
    case: Annotated[int, typer.Argument(metavar="CASE", help="The case that the authority spoke of.", max=LARGEST_ID)],
    reason: Reason,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Write down the authority's word that notices about a case may leave, before its hours have passed."""
    from takedown import authority as words

    with changing() as home:
        words.spoken(home, case, reason, actor_for(home, as_name, "case:authority"))
    emit({"case": case}, as_json, [f"case {case}: the authority has spoken; notices may leave"])
