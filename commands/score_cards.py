"""A hosting provider's score card for people."""

from typing import Any, Final

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands.charts import band_text, print_table, share_text, span_text


def draw_card(document: dict[str, Any], console: Console | None = None) -> None:
    """Prints the document of ``hotline metrics --card``: times by each clock, then what became of notices."""
    console = console or Console(highlight=False)
    console.print(escape(document["provider"]), style="bold")
    console.print(_counted(document["cases"], "case"))
    print_table(console, _times(document))
    for line in lines(document):
        console.print(escape(line), soft_wrap=True)
    for name, label in _LABELS.items():
        console.print(f"{label}: {document['definitions'][name]}", style="dim", soft_wrap=True)


_LABELS: Final = {
    "notices": "notices", "answered": "answered", "bounced": "came back", "answers": "last answers",
    "re_uploads": "re-uploads", "median_hours": "median", "median_ci95": "95 % band",
}  # fmt: skip


def _counted(count: int, name: str) -> str:
    return f"{count} {name}{'' if count == 1 else 's'}"


def lines(document: dict[str, Any]) -> list[str]:
    """Notices, answers and re-uploads in words."""
    said = ", ".join(f"{count} {answer.replace('_', ' ')}" for answer, count in document["answers"].items())
    back = document["re_uploads"]
    median = f", median {span_text(back['median_hours'])}" if back["median_hours"] is not None else ""
    left = _counted(document["notices"], "notice")
    return [
        f"{left} left: {document['answered']} answered, {document['bounced']} came back",
        f"last answers: {said or 'none'}",
        f"{_counted(back['count'], 're-upload')}: {back['removed']} removed again{median}",
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
