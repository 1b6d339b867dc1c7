"""``rules``: what operators know better than registries, as it is understood."""

from typing import Annotated, Any

import typer

from commands.context import As, Json, reading
from commands.output import complain, emit, emit_json, say, table
from commands.withheld import rows_of


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
        table("Rules", columns, [[row[name] for name in columns[:4]] + [_does(row), row["reason"]] for row in rows])


def _does(row: dict[str, Any]) -> str:
    names = ("provider", "contact", "channel", "do_not_notify", "also_notify")
    said = {name: row[name] for name in names if row[name]}
    return "; ".join(f"{name.replace('_', ' ')}{_object(value)}" for name, value in said.items())


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
