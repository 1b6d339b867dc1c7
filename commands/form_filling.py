"""``forms``: what only a person can send, with the text ready."""

from typing import Annotated, Any

import typer

from commands.context import As, Json, actor_for, changing, progress, reading, run
from commands.output import emit, emit_json, say, table
from hotline.errors import HotlineError

Subject = Annotated[
    str, typer.Argument(metavar="FORM|CASE", help="A form, by its address or its number (f3); or a case's number.")
]


def add_to(app: typer.Typer) -> None:
    """Adds this family of commands."""
    forms = typer.Typer(help="Abuse forms that wait for a person to fill them in.", invoke_without_command=True)
    forms.callback()(list_forms)
    forms.command("show")(show)
    forms.command("sent")(sent)
    app.add_typer(forms, name="forms")


def list_forms(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Also cases that clearance withholds, and why.")] = False,
    as_json: Json = False,
) -> None:
    """List the forms that wait for a person: nobody of those who host the material can be written to."""
    if context.invoked_subcommand is not None:
        return
    from takedown.form_views import listing

    with reading() as home, home.reading() as session:
        rows = listing(home, session, everything)
    if as_json:
        emit_json(rows)
    elif not rows:
        say("no form waits" if everything else "no form waits; --all shows what clearance withholds")
    else:
        _tabulate(rows)


def _tabulate(rows: list[dict[str, Any]]) -> None:
    columns = ("form", "address", "provider", "role", "cases", "round", "why")
    table("Forms", columns, [[_cell(row, name) for name in columns] for row in rows])
    for row in rows:
        for held in row["withheld"]:
            say(f"case {held['case']}: {held['reason']}")


def _cell(row: dict[str, Any], name: str) -> Any:
    if name == "form":
        return f"f{row['form']}"
    if name == "provider":
        return (row["provider"] or {}).get("name")
    return ", ".join(map(str, row["cases"])) if name == "cases" else row[name]


def show(
    subject: Subject,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show it in an earnest home; audited.")] = False,
    reason: Annotated[str | None, typer.Option(help="Why it is revealed.")] = None,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Print what to paste into a form: subject, text, and the list of URLs."""
    with changing() as home, progress():
        document = _shown(home, subject, reveal, reason, as_name)
    if as_json:
        emit_json(document)
        return
    for line in _lines(document):
        say(line)


def _shown(home: Any, subject: str, reveal: bool, reason: str | None, as_name: str | None) -> dict[str, Any]:
    from scheduler import form_filling

    row = form_filling.peek(home, subject)
    if not home.practice:
        if not reveal:
            return _document(row)
        subject = _revealed(home, row, reason, as_name)
    found = run(form_filling.show(home, subject))
    return _document(found.row | {"address": found.to}, found)


def _revealed(home: Any, row: dict[str, Any], reason: str | None, as_name: str | None) -> str:
    """Records that the only case of a form is shown: addresses are revealed one case a call."""
    from takedown.revealing import reveal

    if len(row["cases"]) > 1:
        numbers = ", ".join(map(str, row["cases"]))
        raise HotlineError(f"addresses are revealed one case a call; name one of the cases {numbers}")
    reveal(home, row["cases"][0], actor_for(home, as_name, "case:reveal"), reason)
    return str(row["cases"][0])


def _document(row: dict[str, Any], found: Any = None) -> dict[str, Any]:
    names = ("form", "address", "role", "provider", "cases", "round", "why")
    return {name: row[name] for name in names} | {
        "notice": found.notice if found else None,
        "reply_to": found.text.reply_to if found else None,
        "subject": found.text.subject if found else None,
        "text": found.text.text if found else None,
        "urls": list(found.text.urls) if found else None,
    }


def _lines(document: dict[str, Any]) -> list[str]:
    cases = ", ".join(map(str, document["cases"]))
    head = [f"form f{document['form']}: {document['address'] or '(address withheld)'}", f"cases: {cases}"]
    if document["text"] is None:
        return [*head, "(the text is withheld in earnest homes; show it with --reveal --reason, one case a call)"]
    done = document["cases"][0] if len(document["cases"]) == 1 else f"f{document['form']}"
    return [
        *head, f"answers to: {document['reply_to']}", "", "--- subject", document["subject"],
        "--- text", *document["text"].splitlines(), "--- addresses", *document["urls"],
        "---", f"when it is filled in: hotline forms sent {done} --as NAME",
    ]  # fmt: skip


def sent(
    subject: Subject,
    reference: Annotated[str | None, typer.Option(help="The number that the form gave in return.")] = None,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Say that you have filled in a form: its cases count as told, and are looked at from now on."""
    from scheduler import form_filling

    with changing() as home:
        actor = actor_for(home, as_name, "form:fill")
        notice, cases = form_filling.sent(home, subject, actor, reference)
    told = ", ".join(map(str, cases))
    emit({"notice": notice, "cases": cases}, as_json, [f"notice {notice}: told about case {told}"])
