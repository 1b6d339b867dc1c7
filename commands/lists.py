"""``seeds import``, ``hashes``: confirmed reports in, digests in and looked up."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from commands.context import As, Json, actor_for, changing, reading
from commands.later import comes_later
from commands.output import complain, counts, emit, emit_json, say
from hotline.words import ListKind


def add_to(app: typer.Typer) -> None:
    """Adds this family of commands."""
    seeds = typer.Typer(help="Confirmed reports.", no_args_is_help=True)
    seeds.command("import")(import_seeds)
    app.add_typer(seeds, name="seeds")
    hashes = typer.Typer(help="Digests: lists of them, look-ups, and computing them.", no_args_is_help=True)
    hashes.command("import")(import_hashes)
    hashes.command("check")(check)
    hashes.command("compute")(compute)
    hashes.command("export", context_settings={"ignore_unknown_options": True, "allow_extra_args": True})(
        comes_later("hashes export", "lists and releases")
    )
    app.add_typer(hashes, name="hashes")


def import_seeds(
    file: Annotated[Path, typer.Argument(help="CSV with a header, or JSON lines.")],
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Take in confirmed reports; good rows are kept, bad ones named by line."""
    from takedown import intake, reports

    with changing() as home:
        actor = actor_for(home, as_name, "seeds:import")
        result = intake.admit(home, reports.read(file), actor)
    document: dict[str, Any] = {
        "accepted": result.accepted,
        "joined": result.joined,
        "rejected": [asdict(row) for row in result.rejected],
    }
    if result.waiting:
        document["waiting"] = [asdict(row) for row in result.waiting]
    emit(document, as_json, [f"{result.accepted} accepted, {result.joined} joined"])
    _name(result.rejected, "rejected", as_json)
    _name(result.waiting, "waiting", as_json)
    _end(bool(result.accepted or result.joined), bool(result.rejected), bool(result.waiting))


def _name(rows: Any, what: str, as_json: bool) -> None:
    if not as_json:
        for row in rows:
            complain(f"line {row.line} {what}: {row.reason}")


def _end(good: bool, bad: bool, waiting: bool = False) -> None:
    if waiting or (good and bad):
        raise typer.Exit(1)
    if bad:
        complain("hotline: no row of the file could be taken; mend the rows named and import it again")
        raise typer.Exit(2)


def import_hashes(
    file: Annotated[Path, typer.Argument(help="The list.")],
    list_name: Annotated[str, typer.Option("--list", help="Under this name.")],
    format_name: Annotated[str, typer.Option("--format", help="csv, vics, ncmec or pdq.")] = "csv",
    kind: Annotated[ListKind | None, typer.Option(help="What the list holds; a new one holds illegal.")] = None,
    sealed: Annotated[
        bool, typer.Option("--sealed", help="A new list keeps keyed digests in place of plain ones.")
    ] = False,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Import digests into a list; good rows are kept, bad ones named by line."""
    from crawler.hashlists import formats, store

    with changing() as home:
        actor = actor_for(home, as_name, "hashes:import")
        rows = formats.read(file, format_name)
        with home.session() as session:
            result = store.import_rows(
                session, list_name, kind, rows, home.now(), seal=home.vault.digest, sealed=sealed
            )
            home.record(session, actor.name, "hashes:list:imported", "hash list", name=list_name, added=result.added)
    document = {"added": result.added, "known": result.known, "rejected": [asdict(row) for row in result.rejected]}
    emit(document, as_json, [counts(document, ("added", "known")) + f" in list {list_name}"])
    _name(result.rejected, "rejected", as_json)
    _end(bool(result.added or result.known), bool(result.rejected))


def check(file: Annotated[Path, typer.Argument(help="A digest a line.")], as_json: Json = False) -> None:
    """Look digests up in the lists."""
    from crawler.hashlists.index import ListIndex, check_lines

    with reading() as home, home.reading() as session:
        index = ListIndex.load(home, session)
    rows, bad = check_lines(index, file)
    emit(rows, as_json, [_found(row) for row in rows])
    for row in bad:
        complain(f"line {row.line}: {row.reason}")
    _end(bool(rows), bool(bad))


def _found(row: dict[str, Any]) -> str:
    match = row["match"]
    if match is None:
        return f"{row['digest']}: on no list"
    return f"{row['digest']}: on {match['list']} ({match['kind']}, distance {match['distance']})"


def compute(
    files: Annotated[list[Path], typer.Argument(help="Files; they are read and not kept.")], as_json: Json = False
) -> None:
    """Fingerprint files of this machine. Reads only; needs no home."""
    from crawler.files import compute_all

    rows = compute_all(files)
    if as_json:
        emit_json(rows)
    else:
        for row in rows:
            seen = f"pdq {row['pdq']}" if row["pdq"] or not row["frame_pdqs"] else f"frames {row['frames']}"
            say(f"{row['file']}: {row['problem'] or row['media_type']}  sha256 {row['sha256']}  {seen}")
    if any(row["problem"] for row in rows):
        raise typer.Exit(1)
