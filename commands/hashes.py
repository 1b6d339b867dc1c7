"""``hashes``: lists of digests in and told, digests looked up and computed."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.context import As, Json, TerminalProgress, actor_for, changing, progress, reading, run
from commands.later import comes_later
from commands.output import complain, counts, emit, emit_json, say, table
from commands.rows import end, name_rows
from hotline.errors import HotlineError
from hotline.words import ListKind

if TYPE_CHECKING:
    from crawler.hashlists.overview import ListFacts
    from crawler.hashlists.store import ImportResult
    from hotline.home import Home


def add_to(app: typer.Typer) -> None:
    """Adds this family of commands."""
    hashes = typer.Typer(help="Digests: lists of them, look-ups, and computing them.", no_args_is_help=True)
    hashes.command("import")(import_hashes)
    hashes.command("fetch")(fetch_hashes)
    hashes.command("withdraw")(withdraw)
    hashes.command("lists")(lists)
    hashes.command("check")(check)
    hashes.command("compute")(compute)
    hashes.command("export", context_settings={"ignore_unknown_options": True, "allow_extra_args": True})(
        comes_later("hashes export", "lists and releases")
    )
    app.add_typer(hashes, name="hashes")


def import_hashes(
    file: Annotated[Path, typer.Argument(help="The list.")],
    list_name: Annotated[str, typer.Option("--list", help="Under this name.")],
    format_name: Annotated[str, typer.Option("--format", help="csv, vics, ncmec or pdq.")] = "csv",
    kind: Annotated[ListKind | None, typer.Option(help="What the list holds; a new one holds illegal.")] = None,
    sealed: Annotated[
        bool, typer.Option("--sealed", help="A new list keeps keyed digests in place of plain ones.")
    ] = False,
    column: Annotated[
        list[str] | None,
        typer.Option(metavar="THEIRS=OURS", help='What a column of a CSV means: "Their Name=sha256"; repeatable.'),
    ] = None,
    category: Annotated[
        list[str] | None,
        typer.Option(metavar="WORD", help="Take only rows of this category of their owner; repeatable."),
    ] = None,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Import digests into a list; good rows are kept, bad ones named by line."""
    from crawler.hashlists import formats, store

    with changing() as home, progress() as shown:
        actor = actor_for(home, as_name, "hashes:import")
        rows = _Chosen(formats.read(file, format_name, _columns(column or [])), frozenset(category or ()), shown)
        with home.session() as session:
            result = store.import_rows(
                session, list_name, kind, rows, home.now(), seal=home.vault.digest, sealed=sealed
            )
            home.record(session, actor.name, "hashes:list:imported", "hash list", name=list_name, added=result.added)
        _make_file(home, shown)
    _tell(result, list_name, as_json, **({"left_out": rows.left_out} if category else {}))
    end(bool(result.added or result.known or result.withdrawn or rows.left_out), bool(result.rejected))


def _make_file(home: "Home", shown: TerminalProgress) -> None:
    """A large list gets its file now, so that nobody waits for it later."""
    from crawler.hashlists.index import ListIndex

    with home.reading() as session:
        shown("entries ready to be asked", ListIndex.load(home, session).size)


def withdraw(
    list_name: Annotated[str, typer.Option("--list", help="The list.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in the audit log.")],
    file: Annotated[Path | None, typer.Argument(help="Digests to take back, one a line; else the whole list.")] = None,
    lift: Annotated[bool, typer.Option("--lift", help="Let a withdrawn list count again.")] = False,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Take a list, or some digests of it, back: it matches no more, in crawls that run already too."""
    from crawler.hashlists import store
    from crawler.hashlists.formats import withdrawals

    if lift and file is not None:
        raise HotlineError("--lift is for whole lists; digests count again when they are imported again")
    with changing() as home:
        actor = actor_for(home, as_name, "hashes:import")
        lines = None if file is None else _lines(file)
        deed = "reinstated" if lift else "withdrawn"
        with home.session() as session:
            if lines is None:
                changed = store.set_standing(session, list_name, None if lift else home.now())
                result = store.ImportResult()
            else:
                store.demand(session, list_name)
                result = store.import_rows(
                    session, list_name, None, withdrawals(lines), home.now(), seal=home.vault.digest
                )
                changed = bool(result.withdrawn)
            if changed:
                home.record(
                    session, actor.name, f"hashes:list:{deed}", "hash list", name=list_name, reason=reason,
                    entries=result.withdrawn if lines is not None else "all",
                )  # fmt: skip
    document = {"list": list_name, "changed": changed, "withdrawn": result.withdrawn}
    what = f"{result.withdrawn} entries of {list_name} withdrawn" if lines is not None else f"{list_name} {deed}"
    emit(document | {"rejected": [asdict(row) for row in result.rejected]}, as_json,
         [what if changed else f"nothing to do: {what} already" if lines is None else what])  # fmt: skip
    name_rows(result.rejected, "rejected", as_json)
    if result.rejected:
        raise typer.Exit(1)


def _lines(file: Path) -> list[str]:
    try:
        return file.read_bytes().decode("utf-8-sig", errors="replace").splitlines()
    except OSError as wrong:
        raise HotlineError(f"{file} cannot be read: {wrong.strerror}") from None


def lists(
    verify: Annotated[bool, typer.Option("--verify", help="Read every list's file through.")] = False,
    as_json: Json = False,
) -> None:
    """What is loaded: each list, whose it is, how many entries, how large and how old."""
    from crawler.hashlists.overview import overview

    with reading() as home, home.reading() as session, progress() as shown:
        facts = overview(home, session, verify=verify, progress=shown)
    document = [each.as_row() for each in facts]
    if as_json:
        emit_json(document)
    elif not facts:
        say("no list yet; import one with `hotline hashes import FILE --list NAME`")
    else:
        columns = ("list", "holds", "owner", "entries", "withdrawn", "newest entry", "kept as", "file")
        table("Hash lists", columns, [_list_row(each) for each in facts])
    if any(each.file_whole is False for each in facts):
        complain("hotline: a list's file is damaged; remove it from indexes in the home, and it is made anew")
        raise typer.Exit(1)


def _list_row(facts: "ListFacts") -> tuple[str, ...]:
    file = "none: read as it is" if facts.file_bytes is None else f"{facts.file_bytes / 1e6:,.1f} MB"
    whole = {None: "", True: ", whole", False: ", damaged"}[facts.file_whole]
    return (
        facts.name if facts.withdrawn_at is None else f"{facts.name} (withdrawn)",
        facts.kind.value,
        facts.owner or "",
        f"{facts.entries:,}",
        f"{facts.withdrawn:,}",
        facts.newest.strftime("%Y-%m-%d") if facts.newest else "",
        "sealed" if facts.sealed else "plain",
        file + whole,
    )


def _tell(result: "ImportResult", list_name: str, as_json: bool, **more: int) -> None:
    document: dict[str, Any] = {"added": result.added, "known": result.known}
    if result.withdrawn:
        document["withdrawn"] = result.withdrawn
    document |= more
    line = counts(document, tuple(document)) + f" in list {list_name}"
    emit(document | {"rejected": [asdict(row) for row in result.rejected]}, as_json, [line])
    name_rows(result.rejected, "rejected", as_json)


def fetch_hashes(
    list_name: Annotated[str, typer.Option("--list", help="A list that exchanges.toml in the home names.")],
    anew: Annotated[bool, typer.Option("--anew", help="Everything, not only what changed since.")] = False,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Fetch what changed on a hash exchange since the last time; goes on where it was interrupted."""
    from crawler.hashlists import exchange, exchange_file
    from hotline.network import Network

    async def work(home: Any, theirs: exchange_file.Exchange, actor: str, shown: TerminalProgress) -> exchange.Fetched:
        async with Network.open(home.settings, home.kind, home.clock) as network:
            return await exchange.fetch(home, network, theirs, actor, progress=shown, anew=anew)

    with changing() as home, progress() as shown:
        actor = actor_for(home, as_name, "hashes:import")
        theirs = exchange_file.exchange_of(home.settings.home, list_name)
        fetched = run(work(home, theirs, actor.name, shown))
        _make_file(home, shown)
    _tell(fetched.result, list_name, as_json, pages=fetched.pages)
    if fetched.result.rejected:
        raise typer.Exit(1)


def _columns(pairs: list[str]) -> dict[str, str]:
    columns = {}
    for pair in pairs:
        theirs, is_pair, ours = pair.rpartition("=")
        if not is_pair or not theirs.strip() or not ours.strip():
            raise HotlineError(f'--column {pair!r}: write the name in the file, =, and what it is: "Their Name=sha256"')
        columns[theirs] = ours.strip().lower()
    return columns


class _Chosen:
    """The rows of the categories that are wanted (of all, where none is named), counted while they are read."""

    def __init__(self, rows: Iterable[Any], categories: frozenset[str], shown: TerminalProgress) -> None:
        self._rows = rows
        self._categories = categories
        self._shown = shown
        self.left_out = 0

    def __iter__(self) -> Iterator[Any]:
        from crawler.hashlists.formats import ListRow

        for count, row in enumerate(self._rows, 1):
            if count % 1000 == 0:
                self._shown("rows read", count)
            if self._categories and isinstance(row, ListRow) and row.category not in self._categories:
                self.left_out += 1
            else:
                yield row


def check(file: Annotated[Path, typer.Argument(help="A digest a line.")], as_json: Json = False) -> None:
    """Look digests up in the lists."""
    from crawler.hashlists.index import ListIndex, check_lines

    with reading() as home, home.reading() as session, progress() as shown:
        index = ListIndex.load(home, session)
        rows, bad = check_lines(index, file, shown)
    emit(rows, as_json, [_found(row) for row in rows])
    for row in bad:
        complain(f"line {row.line}: {row.reason}")
    end(bool(rows), bool(bad))


def _found(row: dict[str, Any]) -> str:
    match = row["match"]
    if match is None:
        return f"{row['digest']}: on no list"
    return f"{row['digest']}: on {match['list']} ({match['kind']}, distance {match['distance']})"


def compute(
    files: Annotated[list[Path], typer.Argument(help="Files; they are read and not kept.")],
    turned: Annotated[bool, typer.Option("--turned", help="Also the PDQ of each turned and mirrored.")] = False,
    as_json: Json = False,
) -> None:
    """Fingerprint files of this machine. Reads only; needs no home."""
    from crawler.files import compute_all

    with progress() as shown:
        rows = compute_all(files, shown, turned=turned)
    if as_json:
        emit_json(rows)
    else:
        for row in rows:
            # What there is none of is left out: a text file has no PDQ, a folder no digest.
            told = [f"{name} {row[name]}" for name in ("sha256", "pdq") if row[name]]
            if "frame_pdqs" in row:
                told.append(f"{len(row['frame_pdqs'])} frames with a PDQ")
            say("  ".join([f"{row['file']}: {row['problem'] or row['media_type']}", *told]))
            for name, bits in row.get("pdq_turned", {}).items():
                say(f"    {name}: {bits}")
    if any(row["problem"] for row in rows):
        raise typer.Exit(1)
