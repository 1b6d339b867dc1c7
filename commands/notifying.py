"""``notices``, ``inbox``, ``reconcile``: what is asked, and what comes back."""

from typing import Annotated, Any

import typer

from commands import notice_holds, previewing
from commands.context import LARGEST_ID, As, Json, actor_for, changing, progress, reading, run
from commands.hosting_desk import revoke_notice
from commands.output import complain, counts, emit, emit_json, emit_json_list, say, table
from commands.withheld import rows_of
from hotline.errors import HotlineError
from hotline.words import NoticeState


def add_to(app: typer.Typer) -> None:
    """Adds this family of commands."""
    notices = typer.Typer(help="Requests to those who can remove material.", no_args_is_help=True)
    notices.command("send")(send)
    notices.command("list")(list_notices)
    notices.command("show")(show)
    notices.command("reconcile")(reconcile)
    previewing.add_to(notices)
    notice_holds.add_to(notices)
    notices.command("revoke")(revoke_notice)
    app.add_typer(notices, name="notices")
    inbox = typer.Typer(help="Bounces and answers.", no_args_is_help=True)
    inbox.command("read")(read)
    inbox.command("list")(list_inbox)
    inbox.command("show")(show_inbox)
    app.add_typer(inbox, name="inbox")
    app.command("reconcile")(reconcile)


def send(as_name: As = None, as_json: Json = False) -> None:
    """Locate what is confirmed, queue what is due and cleared, and send all that is queued."""
    from notices.signing import why_unsigned
    from notices.waiting import what_waits
    from scheduler.asking import ask

    with changing() as home, progress() as shown:
        actor_for(home, as_name, "work:run", system=True)
        result = run(ask(home, shown))
        waiting = what_waits(home)
        unsigned = why_unsigned(home.settings) if result.sent else None
    document = {
        "sent": result.sent,
        "withheld": [{"case": case, "reason": reason} for case, reason in sorted(result.withheld.items())],
        "failed": result.failed,
        "unknown": result.unknown,
    }
    lines = [counts(document, ("sent", "failed", "unknown")) + f", {len(result.withheld)} withheld"]
    lines += [f"{waiting.count} still queued: {waiting.why}"] if waiting else []
    emit(document, as_json, lines + [f"case {row['case']}: {row['reason']}" for row in document["withheld"]])
    if unsigned:
        complain(f"hotline: notices leave unsigned: {unsigned}")


def list_notices(
    state: Annotated[NoticeState | None, typer.Option(help="Only those in this state.")] = None, as_json: Json = False
) -> None:
    """List notices, oldest first."""
    from notices import views

    columns = ("id", "state", "to", "role", "round", "cases", "sent_at", "problem")
    with reading() as home:
        rows = views.each_notice(home, state=state)
        if as_json:
            emit_json_list(rows)
        else:
            table("Notices", columns, ([_cell(row[name]) for name in columns] for row in rows))


def _cell(value: Any) -> Any:
    if isinstance(value, dict):
        return ", ".join(str(part) for part in value.values() if part is not None)
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def show(notice: Annotated[int, typer.Argument(help="Its number.", max=LARGEST_ID)], as_json: Json = False) -> None:
    """Show a notice with its attempts, answers and message."""
    from notices import views

    with reading() as home:
        document = views.show(home, notice)
    if as_json:
        emit_json(document)
        return
    for name, value in document.items():
        if name not in ("message", "deliveries", "replies") and value is not None:
            say(f"{name.replace('_', ' ')}: {_cell(value)}")
    for attempt in document["deliveries"]:
        say(f"attempt {attempt['attempt']}: {attempt['outcome']}, {attempt['at']}")
    for reply in document["replies"]:
        says = f", says {reply['says']}" if reply["says"] else ""
        say(f"answer: {reply['kind']}{says}, {reply['received_at']}")
    for line in (document["message"] or "(the message is withheld in earnest homes)").splitlines():
        say(line)


def read(as_name: As = None, as_json: Json = False) -> None:
    """Take in what arrived: bounces, answers, automatic answers."""
    from notices.inbox import read as read_inbox
    from scheduler.asking import CasesMove

    with changing() as home:
        actor_for(home, as_name, "work:run", system=True)
        taken = read_inbox(home, CasesMove(home))
    result = taken.as_json()
    emit(result, as_json, [counts(result, ("bounced", "replied", "automatic", "unmatched"))])
    if taken.left:
        complain(f"hotline: {taken.left} messages could not be taken in and lie where they were; see rights and disk")
    if taken.problem:
        complain(f"hotline: {taken.problem}")
    if taken.left or taken.problem:
        raise typer.Exit(1)


def list_inbox(
    unmatched: Annotated[bool, typer.Option("--unmatched", help="Only those that belong to no notice.")] = False,
    as_json: Json = False,
) -> None:
    """List what arrived, oldest first: what it is, to which notice, and what it says."""
    from notices import views

    with reading() as home:
        rows = views.arrived(home, unmatched=unmatched)
    if as_json:
        emit_json_list(rows)
    else:
        columns = ("id", "received_at", "kind", "notice", "says")
        table("Inbox", columns, ([row[name] for name in columns] for row in rows))


def show_inbox(
    number: Annotated[int, typer.Argument(metavar="ID", help="Its number, from `hotline inbox list`.", max=LARGEST_ID)],
    reveal: Annotated[bool, typer.Option("--reveal", help="Show it in an earnest home; audited.")] = False,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Show one message that arrived, as it was kept."""
    from notices import views

    (row,) = rows_of(
        lambda home, session, shown: [views.one_arrived(home, session, number, shown)],
        reveal,
        as_name,
        "inbox:message:revealed",
    )
    text = row["message"] or "(the message is withheld in earnest homes; --reveal shows it, and is audited)"
    emit(row, as_json, [f"{row['kind']}, {row['received_at']}, notice {row['notice'] or '-'}", *text.splitlines()])


def reconcile(
    notice: Annotated[int, typer.Argument(help="An unknown notice.", max=LARGEST_ID)],
    stored: Annotated[str, typer.Option(help="yes: our mail server has it; no: it has not.")],
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Say of an unknown notice whether our mail server has it."""
    from notices.reconciliation import reconcile_by_word
    from scheduler.asking import CasesMove

    if stored not in ("yes", "no"):
        raise HotlineError("--stored is yes or no")
    with changing() as home:
        actor = actor_for(home, as_name, "notice:reconcile")
        reconcile_by_word(home, notice, stored == "yes", actor.name, CasesMove(home))
    said = "counts as sent" if stored == "yes" else "goes again"
    emit({"notice": notice, "stored": stored == "yes"}, as_json, [f"notice {notice} {said}"])
