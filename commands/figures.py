"""``metrics``: how long removal takes."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.context import Json, reading
from commands.output import emit_json
from hotline.errors import HotlineError

if TYPE_CHECKING:
    from sqlmodel import Session

    from hotline.home import Home


class By(StrEnum):
    """What the cases may be grouped by."""

    PROVIDER = "provider"
    COUNTRY = "country"
    ASN = "asn"
    TLD = "tld"
    LANGUAGE = "language"
    RUNG = "rung"


class FromWhen(StrEnum):
    """From when the time is counted."""

    REPORT = "report"
    CONFIRMATION = "confirmation"
    AUTHORITY = "authority"
    NOTICE = "notice"
    ANSWER = "answer"


def add_to(app: typer.Typer) -> None:
    """Adds this family of commands."""
    app.command("metrics")(metrics)


def metrics(
    by: Annotated[By | None, typer.Option(help="Group the cases.")] = None,
    clock: Annotated[FromWhen, typer.Option(help="From when the time is counted.")] = FromWhen.NOTICE,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="Clocks that started at or after.")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Clocks that started before.")] = None,
    without_embargo: Annotated[
        bool, typer.Option("--without-embargo", help="Take off the time that a case was under an embargo.")
    ] = False,
    compare: Annotated[
        str | None, typer.Option(metavar="A,B", help="With --by: a log-rank test of two groups, by their names.")
    ] = None,
    card: Annotated[
        str | None,
        typer.Option(metavar="PROVIDER", help="The score card of one hosting provider, by name or AS number."),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the survival curves into FILE, .svg or .png.")
    ] = None,
    csv: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write the groups as CSV into FILE; - is standard output.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Let --plot and --csv replace a file.")] = False,
    as_json: Json = False,
) -> None:
    """Time to removal: medians with the open cases counted in, and the survival curve."""
    _refuse(by, compare, card, plot, csv, as_json)
    with reading() as home, home.reading() as session:
        if card is not None:
            _show_card(home, session, card, as_json)
            return
        document = _document(home, session, by, clock, since, until, without_embargo, compare)
    _write(document, plot, csv, overwrite)
    if as_json:
        emit_json(document)
    elif csv != "-":
        from commands.charts import draw_metrics

        draw_metrics(document)


def _refuse(
    by: By | None, compare: str | None, card: str | None, plot: Path | None, csv: str | None, as_json: bool
) -> None:
    if compare is not None and by is None:
        raise HotlineError("--compare compares two groups: say --by too, such as --by country --compare NL,SE")
    if card is not None and any(each is not None for each in (by, compare, plot, csv)):
        raise HotlineError("--card is a page of its own: leave out --by, --compare, --plot and --csv")
    if csv == "-" and as_json:
        raise HotlineError("--json and --csv - both want standard output; name a file for one of them")


def _document(
    home: "Home",
    session: "Session",
    by: By | None,
    clock: FromWhen,
    since: str | None,
    until: str | None,
    without_embargo: bool,
    compare: str | None,
) -> dict[str, Any]:
    from takedown import figures
    from takedown.removal_times import ClockStart

    return figures.metrics(
        home,
        session,
        by.value if by else None,
        ClockStart(clock.value),
        _time("--since", since),
        _time("--until", until),
        without_embargo=without_embargo,
        compared=_two(compare),
    )


def _two(compare: str | None) -> tuple[str, str] | None:
    if compare is None:
        return None
    first, comma, second = (part.strip() for part in compare.partition(","))
    if not (first and comma and second):
        raise HotlineError(f"--compare {compare!r} names no two groups; write them as A,B")
    return first, second


def _show_card(home: "Home", session: "Session", name: str, as_json: bool) -> None:
    from takedown.score_cards import card

    document = card(home, session, name)
    if as_json:
        emit_json(document)
        return
    from commands.score_cards import draw_card

    draw_card(document)


def _write(document: dict[str, Any], plot: Path | None, csv: str | None, overwrite: bool) -> None:
    from commands import figure_files

    if plot is not None:
        figure_files.write_plot(document, plot, overwrite)
    if csv is not None:
        figure_files.write_csv(document, csv, overwrite)


def _time(name: str, text: str | None) -> datetime | None:
    from hotline.clock import parse_time

    try:
        return parse_time(text) if text else None
    except ValueError:
        raise HotlineError(f"{name} {text!r} is not an ISO 8601 time such as 2030-01-01") from None
