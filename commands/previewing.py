"""``notices preview`` and ``notices check``: what would be written, before anything is."""

from typing import Annotated

import typer

from commands.context import LARGEST_ID, Json, reading
from commands.output import complain, emit, emit_json, say
from hotline.errors import HotlineError
from hotline.words import ContactRole


def add_to(notices: typer.Typer) -> None:
    """Adds these commands to the family ``notices``."""
    notices.command("preview")(preview)
    notices.command("check")(check)


def preview(
    case: Annotated[int, typer.Argument(metavar="CASE", help="A case that is located.", max=LARGEST_ID)],
    language: Annotated[str | None, typer.Option(help="de, en, es, fr, nl, pt or ru; else the recipient's.")] = None,
    role: Annotated[ContactRole | None, typer.Option(help="In which role; else whoever is asked next.")] = None,
    as_json: Json = False,
) -> None:
    """Show the message that would be written about a case; nothing is stored or sent."""
    from notices import views
    from notices.languages import languages
    from scheduler import previewing

    if language is not None and language not in languages():
        raise HotlineError(f"--language: {language} is none that we write; choose {', '.join(languages())}")
    with reading() as home:
        shown = previewing.preview(home, case, language, role)
    message = views.readable(shown.message)
    document = {
        "case": case, "to": shown.to, "role": shown.role.value, "country": shown.country, "language": shown.language,
        "due": shown.why is None, "why": shown.why, "message": message,
    }  # fmt: skip
    if as_json:
        emit_json(document)
        return
    say(f"to: {shown.to}, as {shown.role.value}, in {shown.language} (country: {shown.country or 'unknown'})")
    if shown.why:
        say(f"nothing is written now: {shown.why}")
    for line in message.splitlines():
        say(line)


def check(as_json: Json = False) -> None:
    """Write a message in every language to every role, and read laws, policy and sender; 1: something is missing."""
    from notices.checking import check as checked

    with reading() as home:
        found = checked(home)
    document = {
        "composed": found.composed, "languages": list(found.languages), "laws": found.laws,
        "own_laws": list(found.own_laws), "countries_without_law": list(found.without), "own_law": found.signed_law,
    }  # fmt: skip
    lines = [
        f"{found.composed} messages composed, in {', '.join(found.languages)}",
        f"laws of {found.laws} countries, {len(found.own_laws)} of them from laws.toml",
    ]
    emit(document, as_json, lines)
    if found.without:
        complain(
            f"hotline: no law is known for {', '.join(found.without)}; their notices name the treaty or the directive; "
            "write [CC] with law and english into laws.toml"
        )
    if not found.signed_law:
        complain(
            "hotline: no law of HOTLINE_COUNTRY is known, and national material needs one; write it into laws.toml"
        )
    if found.without or not found.signed_law:
        raise typer.Exit(1)
