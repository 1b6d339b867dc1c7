"""``staff``, ``mandate``: who may act, and what is allowed."""

from pathlib import Path
from typing import Annotated

import typer

from commands.context import As, Json, actor_for, changing, reading
from commands.output import emit, emit_json, say, table
from hotline.errors import HotlineError
from hotline.words import CredentialKind, Role


def add_to(app: typer.Typer) -> None:
    """Adds this family of commands."""
    staff = typer.Typer(help="Members of staff and their credentials.", no_args_is_help=True)
    staff.command("add")(add)
    staff.command("list")(list_staff)
    staff.command("token")(token)
    staff.command("sign-in")(sign_in)
    app.add_typer(staff, name="staff")
    mandate = typer.Typer(help="What law and the operator allow.", no_args_is_help=True)
    mandate.command("import")(import_mandate)
    app.add_typer(mandate, name="mandate")


def add(
    name: Annotated[str, typer.Argument(help="Under this name they act; unique.")],
    role: Annotated[Role, typer.Option(help="What they are trusted with.")],
    country: Annotated[str, typer.Option(help="ISO 3166-1 alpha-2, such as NL.")],
    organisation: Annotated[str | None, typer.Option(help="Their organisation, where it is not the hotline's.")] = None,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Add a member of staff. In an earnest home prints their credential, once."""
    from hotline.staff import SYSTEM, NewMember, who_acts
    from hotline.staff import add as add_member

    with changing() as home:
        actor = SYSTEM
        if as_name or home.settings.staff_token:
            actor = who_acts(home, as_name)
        credential = add_member(home, NewMember(name, role, country, organisation), actor)
    lines = [f"added {name}, {role.value}, {country.upper()}"]
    if credential:
        lines += ["their credential, shown only now; they set it as HOTLINE_STAFF_TOKEN:", credential]
    document = {"name": name, "role": role.value, "country": country.upper()}
    emit(document | ({"token": credential} if credential else {}), as_json, lines)


def list_staff(as_json: Json = False) -> None:
    """List the members of staff."""
    from sqlmodel import select

    from hotline.records import Staff

    with reading() as home, home.reading() as session:
        members = session.exec(select(Staff).order_by(Staff.name)).all()
        rows = [
            {"name": m.name, "role": m.role.value, "country": m.country, "organisation": m.organisation}
            for m in members
        ]
    if as_json:
        emit_json(rows)
        return
    table("Staff", ("name", "role", "country", "organisation"), [tuple(row.values()) for row in rows])


def token(
    name: Annotated[str, typer.Argument(help="Whose token.")],
    scope: Annotated[
        CredentialKind, typer.Option(help="staff: their own word at the command line; else of the API.")
    ] = CredentialKind.STAFF,
    as_name: As = None,
) -> None:
    """Print a new token once, as the last word."""
    from hotline.staff import SYSTEM, issue_token, who_acts

    with changing() as home:
        actor = SYSTEM if home.practice and not as_name else who_acts(home, as_name)
        value = issue_token(home, name, scope, actor)
    say(value)


def sign_in(name: Annotated[str, typer.Argument(help="Who signs in.")]) -> None:
    """Print a link that signs in once (practice homes; comes with the staff console)."""
    raise HotlineError("sign-in comes with the staff console in a later release; this one has the command line alone")


def import_mandate(
    file: Annotated[Path, typer.Argument(help="TOML; README.md shows one.")],
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Put a mandate in force: may links be followed, and how is each hosting country asked."""
    from hotline import mandate
    from hotline.records import Mandate

    with changing() as home:
        actor = actor_for(home, as_name, "mandate:import")
        try:
            text = file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as wrong:
            raise HotlineError(f"{file} cannot be read as UTF-8 text: {type(wrong).__name__}") from None
        parsed = mandate.parse(text, home.kind)
        row = Mandate(staff_id=actor.staff_id, at=home.now())
        home.vault.write(row, "text", text)
        with home.session() as session:
            session.add(row)
            session.flush()
            home.record(session, actor.name, "mandate:rules:imported", f"mandate {row.number}", text=text)
    countries = sorted(parsed.countries)
    links = "followed" if parsed.may_follow(home.now()) else "not followed"
    if parsed.follow_links and not parsed.may_follow(home.now()):
        links += " (it has expired)"
    said = f"in force: links {links}; rules for {', '.join(countries) or 'no country'}"
    emit({"follow_links": parsed.follow_links, "countries": countries}, as_json, [said])
