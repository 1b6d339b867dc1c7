"""``hosts``, ``answers``, ``notices revoke``: who may answer notices, and what was answered."""

from typing import Annotated

import typer

from commands.context import LARGEST_ID, As, Json, actor_for, changing, reading
from commands.output import emit, emit_json, say, table
from commands.withheld import rows_of

Notice = Annotated[int, typer.Argument(metavar="NOTICE", help="The number of the notice.", max=LARGEST_ID)]


def add_to(app: typer.Typer) -> None:
    """Adds this family of commands."""
    hosts = typer.Typer(help="Large hosts whose own programs answer all their notices.", no_args_is_help=True)
    hosts.command("allow")(allow)
    hosts.command("list")(list_hosts)
    hosts.command("revoke")(revoke)
    app.add_typer(hosts, name="hosts")
    answers = typer.Typer(help="What hosts say of their notices.", invoke_without_command=True)
    answers.callback()(list_answers)
    answers.command("seen")(seen)
    app.add_typer(answers, name="answers")


def allow(
    address: Annotated[str, typer.Argument(help="The mail address that its notices go to.")],
    label: Annotated[str, typer.Option("--label", help="Who holds the credential.")],
    days: Annotated[int, typer.Option("--days", help="How long it is valid.")] = 365,
    as_name: As = None,
) -> None:
    """Give a large host one credential over all its notices; the token is printed once, as the last word."""
    from notices import access

    with changing() as home:
        made = access.allow(home, address, label, days, actor_for(home, as_name, "host:allow"))
    say(f"credential {made.number}; whoever holds it answers every notice to this address. It is shown this once:")
    say(made.token)


def list_hosts(as_json: Json = False) -> None:
    """List the credentials of large hosts."""
    from notices import access

    with reading() as home:
        rows = access.listing(home)
    if as_json:
        emit_json(rows)
    elif not rows:
        say("no host has a credential; `hotline hosts allow` gives one")
    else:
        columns = ("id", "address", "label", "by", "made_at", "expires_at", "revoked_at")
        table("Credentials of hosts", columns, [[row[name] for name in columns] for row in rows])


def revoke(
    number: Annotated[int, typer.Argument(metavar="ID", help="Its number, from `hotline hosts list`.", max=LARGEST_ID)],
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """End a large host's credential at once."""
    from notices import access

    with changing() as home:
        access.revoke(home, number, actor_for(home, as_name, "host:allow"))
    emit({"id": number, "revoked": True}, as_json, [f"credential {number} opens nothing any more"])


def revoke_notice(notice: Notice, as_name: As = None, as_json: Json = False) -> None:
    """End the answer link of one notice at once: its code opens nothing any more."""
    from notices import answering

    with changing() as home:
        answering.revoke(home, notice, actor_for(home, as_name, "notice:revoke"))
    emit({"notice": notice, "revoked": True}, as_json, [f"the code of notice {notice} opens nothing any more"])


def list_answers(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Also those that need nobody, or were seen.")] = False,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show notes in an earnest home; audited.")] = False,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """List what hosts answered and a person must look at: disputes, wrong addresses, forms that are wanted."""
    if context.invoked_subcommand is not None:
        return
    from takedown import answer_views

    rows = rows_of(
        lambda home, session, shown: answer_views.listing(home, session, everything=everything, reveal=shown),
        reveal, as_name, "answers:notes:revealed",
    )  # fmt: skip
    if as_json:
        emit_json(rows)
    elif not rows:
        say("no host has answered yet" if everything else "no answer waits for a person")
    else:
        columns = ("notice", "case", "answer", "at", "note", "grace_until", "state", "seen_at")
        table("Answers of hosts", columns, [[row[name] for name in columns] for row in rows])


def seen(notice: Notice, as_name: As = None, as_json: Json = False) -> None:
    """Say that the answers to this notice have been dealt with."""
    from takedown import answer_views

    with changing() as home:
        actor = actor_for(home, as_name, "answer:see")
        count = answer_views.mark_seen(home, notice, actor)
    emit({"notice": notice, "seen": count}, as_json, [f"{count} answers to notice {notice} count as dealt with"])
