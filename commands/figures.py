"""``metrics``: how long removal takes."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from commands.context import Json, reading
from commands.output import emit_json
from hotline.errors import HotlineError


class By(StrEnum):
    """What the cases may be grouped by."""

    PROVIDER = "provider"
    COUNTRY = "country"
    ASN = "asn"
    TLD = "tld"


class FromWhen(StrEnum):
    """From when the time is counted."""

    REPORT = "report"
    CONFIRMATION = "confirmation"
    AUTHORITY = "authority"
    NOTICE = "notice"


def add_to(app: typer.Typer) -> None:
    """Adds this family of commands."""
    app.command("metrics")(metrics)


def metrics(
    by: Annotated[By | None, typer.Option(help="Group the cases.")] = None,
    clock: Annotated[FromWhen, typer.Option(help="From when the time is counted.")] = FromWhen.NOTICE,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="Clocks that started at or after.")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Clocks that started before.")] = None,
    as_json: Json = False,
) -> None:
    """Time to removal: medians with the open cases counted in, and the survival curve."""
    from takedown import figures
    from takedown.removal_times import ClockStart

    with reading() as home, home.reading() as session:
        span = [_time(name, text) for name, text in (("--since", since), ("--until", until))]
        document = figures.metrics(home, session, by.value if by else None, ClockStart(clock.value), *span)
    if as_json:
        emit_json(document)
        return
    from commands.charts import draw_metrics

    draw_metrics(document)


def _time(name: str, text: str | None) -> datetime | None:
    from hotline.clock import parse_time

    try:
        return parse_time(text) if text else None
    except ValueError:
        raise HotlineError(f"{name} {text!r} is not an ISO 8601 time such as 2030-01-01") from None
