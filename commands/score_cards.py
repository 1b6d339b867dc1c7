"""A hosting provider's score card for people."""

from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands.charts import band_text, share_text, span_text


def draw_card(document: dict[str, Any], console: Console | None = None) -> None:
    """Prints the document of ``hotline metrics --card``: times by each clock, then what became of notices."""
    console = console or Console(highlight=False)
    console.print(escape(document["provider"]), style="bold")
    console.print(f"{document['cases']} cases")
    console.print(_times(document))
    for line in lines(document):
        console.print(escape(line), soft_wrap=True)
    for name in ("notices", "bounced", "answered", "answers", "re_uploads", "median_hours", "median_ci95"):
        console.print(f"  {name}: {document['definitions'][name]}", style="dim", soft_wrap=True)


def lines(document: dict[str, Any]) -> list[str]:
    """Notices, answers and re-uploads in words."""
    said = ", ".join(f"{count} {answer.replace('_', ' ')}" for answer, count in document["answers"].items())
    back = document["re_uploads"]
    again = f"{back['removed']} of them removed again, median {span_text(back['median_hours'])}"
    return [
        f"{document['notices']} notices left; {document['answered']} were answered, {document['bounced']} came back",
        f"said last of a case: {said or 'nothing'}",
        f"{back['count']} re-uploads, {again}",
    ]


def _times(document: dict[str, Any]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", padding=0)
    table.add_column("from")
    for name in ("cases", "removed", "open", "median", "95 % band", "90 % in", "in 24h", "72h", "7d"):
        table.add_column(name, justify="right", no_wrap=True)
    for clock, group in document["clocks"].items():
        within = [share_text(group["within"][span]) for span in ("24h", "72h", "7d")]
        counts = [str(group[name]) for name in ("cases", "removed", "open")]
        times = [span_text(group["median_hours"]), band_text(group["median_ci95"]), span_text(group["p90_hours"])]
        table.add_row(clock, *counts, *times, *within)
    return table
