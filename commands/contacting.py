"""``contacts``: whether mail to those who can remove material arrives, and a person's word on it."""

from typing import Annotated, Any

import typer

from commands.context import As, Json, actor_for, changing, progress, run
from commands.output import emit, emit_json, say, table
from commands.withheld import rows_of
from hotline.errors import HotlineError

Who = Annotated[str, typer.Argument(metavar="ADDRESS|ID", help="The contact, by its address or its number.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it stands in the audit log.")]


def add_to(app: typer.Typer) -> None:
    """Adds this family of commands."""
    contacts = typer.Typer(
        help="List contacts: does mail arrive there, who answered, who is dead.", invoke_without_command=True
    )
    contacts.callback()(list_contacts)
    contacts.command("check")(check)
    contacts.command("verify")(verify)
    contacts.command("revive")(revive)
    app.add_typer(contacts, name="contacts")


def list_contacts(
    context: typer.Context,
    dead: Annotated[bool, typer.Option("--dead", help="Only those that are passed over now.")] = False,
    everybody: Annotated[bool, typer.Option("--all", help="Also those on which no open case depends.")] = False,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show addresses in an earnest home; audited.")] = False,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """List contacts on which open cases depend: does mail arrive there, who answered, who is dead."""
    if context.invoked_subcommand is not None:
        return
    from takedown.contact_views import Which, listing

    if dead and everybody:
        raise HotlineError("--dead and --all exclude each other")
    which = Which.DEAD if dead else Which.ALL if everybody else Which.NEEDED
    rows = rows_of(
        lambda home, session, shown: listing(home, session, which, reveal=shown),
        reveal, as_name, "contacts:addresses:revealed",
    )  # fmt: skip
    if as_json:
        emit_json(rows)
    elif not rows:
        say("no contact is dead" if dead else "no contact is known yet; `hotline notices send` finds them")
    else:
        _tabulate(rows)


def _tabulate(rows: list[dict[str, Any]]) -> None:
    columns = ("id", "address", "roles", "health", "reason", "last_answer_at", "bounces", "open_cases")
    cells = ({**row, "roles": ", ".join(row["roles"]), "health": _health(row)} for row in rows)
    table("Contacts", columns, [[row[name] for name in columns] for row in cells])


def _health(row: dict[str, Any]) -> str:
    own = ", on the site's own domain" if row["own_domain"] else ""
    again = ", to be tried again" if row["health"] == "dead" and not row["passed_over"] else ""
    return f"{row['health']}{again}{own}"


def check(as_name: As = None, as_json: Json = False) -> None:
    """Ask name servers about the contacts of open cases: does mail go there? Kept for a day."""
    with changing() as home, progress():
        actor_for(home, as_name, "work:run", system=True)
        rows = run(_check(home))
    by_route = {word: sum(row["mail"] == word for row in rows) for word in sorted({row["mail"] for row in rows})}
    emit(by_route, as_json, [", ".join(f"{count} {word}" for word, count in by_route.items()) or "nobody to check"])


async def _check(home: Any) -> list[dict[str, Any]]:
    from hotline.network import Network
    from scheduler.contact_checks import check_mail
    from takedown.contact_views import Which, addresses_needed, listing

    with home.reading() as session:
        addresses = addresses_needed(home, session)
    async with Network.open(home.settings, home.kind, home.clock) as network:
        await check_mail(home, network.resolver, addresses)
    with home.reading() as session:
        return [row for row in listing(home, session, Which.NEEDED) if row["kind"] == "email"]


def verify(who: Who, reason: Reason, as_name: As = None, as_json: Json = False) -> None:
    """Say that a contact works: you know it from elsewhere."""
    from takedown.contact_health import vouch

    _say_of(who, reason, as_name, as_json, vouch, "counts as verified")


def revive(who: Who, reason: Reason, as_name: As = None, as_json: Json = False) -> None:
    """Let a dead contact be tried again, also about cases in which it failed."""
    from takedown.contact_health import revive as revive_contact

    _say_of(who, reason, as_name, as_json, revive_contact, "is tried again; a case in review needs `hotline decide`")


def _say_of(who: str, reason: str, as_name: str | None, as_json: bool, word: Any, said: str) -> None:
    from takedown.contact_views import find, view

    if not reason.strip():
        raise HotlineError("--reason must say why")
    with changing() as home:
        actor = actor_for(home, as_name, "contact:vouch")
        with home.session() as session:
            row = find(home, session, who)
            word(home, session, row, actor.name, reason)
            session.flush()
            document = view(home, session, row)
    emit(document, as_json, [f"contact {document['id']} {said}"])
