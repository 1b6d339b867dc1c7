"""``rules``: what operators know better than registries, as it is understood."""

from typing import Annotated, Any

import typer

from commands.context import As, Json, reading
from commands.output import complain, emit, emit_json, say, table
from commands.withheld import rows_of

_HIDDEN = "(withheld)"


def add_to(app: typer.Typer) -> None:
    """Adds this family of commands."""
    rules = typer.Typer(help="Rules of hotline.toml about who is asked, as understood.", invoke_without_command=True)
    rules.callback()(list_rules)
    rules.command("check")(check)
    app.add_typer(rules, name="rules")


def list_rules(
    context: typer.Context,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show addresses in an earnest home; audited.")] = False,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """List the rules of hotline.toml about who is asked, as they are understood."""
    if context.invoked_subcommand is not None:
        return
    from takedown.rule_book import listing

    rows = rows_of(listing, reveal, as_name, "rules:addresses:revealed")
    if as_json:
        emit_json(rows)
    elif not rows:
        say("no rule is written; docs/settings.md tells how")
    else:
        columns = ("rule", "author", "on", "subject", "does", "reason")
        table("Rules", columns, [_row(row) for row in rows])


def _row(row: dict[str, Any]) -> list[Any]:
    subject = _HIDDEN if "subject" in row.get("withheld", ()) else row["subject"]
    return [row["rule"], row["author"], row["on"], subject, _does(row), row["reason"]]


def _does(row: dict[str, Any]) -> str:
    """What a rule does; of what is withheld only that it is there, and of lists how many addresses."""
    names = ("provider", "contact", "channel", "do_not_notify", "also_notify")
    hidden = {name: _hidden(row[name]) for name in row.get("withheld", ())}
    said = {name: hidden.get(name, row[name]) for name in names if hidden.get(name) or row[name]}
    return "; ".join(f"{name.replace('_', ' ')}{_object(value)}" for name, value in said.items())


def _hidden(value: Any) -> str:
    return f"{len(value)} {_HIDDEN}" if isinstance(value, list) else _HIDDEN


def _object(value: Any) -> str:
    if value is True:
        return ""
    if isinstance(value, dict):
        value = [part for part in value.values() if part is not None]
    return f": {', '.join(map(str, value)) if isinstance(value, list) else value}"


def check(as_json: Json = False) -> None:
    """Read the rules and say what a person should look at; 2: they cannot be read, and nobody is asked till then."""
    from takedown.rule_book import checked

    with reading() as home, home.reading() as session:
        document = checked(home, session)
    emit(document, as_json, [f"{document['rules']} rule{'' if document['rules'] == 1 else 's'} can be read"])
    if document["problems"]:
        if not as_json:
            for problem in document["problems"]:
                complain(problem)
        raise typer.Exit(1)
