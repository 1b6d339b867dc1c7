"""Time to removal for people: a table of the groups, and their survival curves drawn in the terminal.

The curve is a step function by nature, and box-drawing characters are steps; each group has its own kind of line, so
that the curves are told apart without colour too.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table
from rich.text import Text

MOST_CURVES: Final = 4
_ROWS: Final = 13
_WIDEST: Final = 78
_LEFT: Final = 6
"""Columns that the labels of the vertical axis take."""

_TWO_DAYS: Final = 48.0
_NOT_REACHED: Final = "-"

Point = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """How one curve is drawn: along, down, and the corners where a step begins and ends."""

    along: str
    down: str
    begins: str
    ends: str
    colour: str


_NAMES_WIDTH: Final = 12

LINES: Final = (
    Line("━", "┃", "┓", "┗", "cyan"),
    Line("─", "│", "┐", "└", "yellow"),
    Line("═", "║", "╗", "╚", "magenta"),
    Line("┄", "┆", "┐", "└", "green"),
)
ASCII_LINES: Final = (
    Line("=", "|", "+", "+", "cyan"),
    Line("-", "|", "+", "+", "yellow"),
    Line("~", "|", "+", "+", "magenta"),
    Line(".", ":", ".", ".", "green"),
)


def draw_metrics(document: dict[str, Any], console: Console | None = None) -> None:
    """Prints the document of ``hotline metrics`` for people: definition, table, curves, and what each figure means."""
    console = console or Console(highlight=False)
    console.print(f"Time to removal: {document['definition']} (open cases counted in)", style="bold")
    groups = [group for group in document["groups"] if group["cases"]]
    if not groups:
        console.print("no case has started this clock yet")
        return
    print_table(console, metrics_table(groups))
    for remark in [*remarks(groups), *_compared(document)]:
        console.print(remark, soft_wrap=True, markup=False)
    console.print()
    for line in survival_chart(groups, console.width, not console.options.ascii_only):
        console.print(line, no_wrap=True, crop=True)
    console.print()
    for meaning in meanings(document):
        console.print(meaning, style="dim", soft_wrap=True, markup=False)


def print_table(console: Console, table: Table) -> None:
    """Prints the table, or, where the window is too narrow for it, each row as a block of ``name: figure`` lines.

    Cut or folded figures would be read wrongly, and columns that do not fit would be left out without a word.
    """
    # Names fold, so it is the figures (everything but the first column) that decide.
    figures = sum(_widest(console, column) for column in table.columns[1:])
    if figures + len(table.columns) + _NAMES_WIDTH <= console.width:
        console.print(table)
        return
    columns = [[str(cell) for cell in (column.header, *column.cells)] for column in table.columns]
    for row in range(1, table.row_count + 1):
        console.print()
        for column in columns:
            console.print(f"{column[0]}: {column[row]}", soft_wrap=True)


def _widest(console: Console, column: Column) -> int:
    return max(console.measure(cell).maximum for cell in (column.header, *column.cells))


def _compared(document: dict[str, Any]) -> list[str]:
    found = document.get("comparison")
    return [] if found is None else [f"{found['words']} ({found['test']})"]


def meanings(document: dict[str, Any]) -> list[str]:
    """What each figure means, by the name that it has in the table."""
    known = document.get("definitions", {})
    return [f"{COLUMNS.get(name, name.replace('_', ' '))}: {text}" for name, text in known.items()]


COLUMNS: Final = {
    "reappeared": "back",
    "median_hours": "median",
    "median_ci95": "95 % band",
    "p90_hours": "90 % in",
    "within": "in 24h, 72h, 7d",
    "survival": "curve",
    "band": "shaded, around the curve of a single group",
}
"""What people read for names of the document."""


def metrics_table(groups: Sequence[dict[str, Any]]) -> Table:
    """One line a group; a dash stands where the data do not reach. Ranked groups come first, the quickest on top."""
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", padding=0)
    table.add_column("group", overflow="fold", min_width=8)
    for name in ("cases", "removed", "open", "back", "median", "95 % band", "90 % in", "in 24h", "72h", "7d"):
        table.add_column(name, justify="right", no_wrap=True)
    ranked = sorted((group for group in groups if group["rank"] is not None), key=lambda group: int(group["rank"]))
    others = [group for group in groups if group["rank"] is None]
    for group in ranked:
        table.add_row(*_cells(group), end_section=group is ranked[-1] and bool(others))
    for group in others:
        table.add_row(*_cells(group))
    return table


def _cells(group: dict[str, Any]) -> list[str]:
    counts = [str(group[name]) for name in ("cases", "removed", "open", "reappeared")]
    within = [share_text(group["within"][span]) for span in ("24h", "72h", "7d")]
    times = [span_text(group["median_hours"]), band_text(group["median_ci95"]), span_text(group["p90_hours"])]
    return [escape(str(group["group"])), *counts, *times, *within]


def span_text(hours: float | None) -> str:
    """``31.5 h``, from two days on ``3.2 d``; a dash where the data do not reach."""
    if hours is None:
        return _NOT_REACHED
    return f"{hours:.1f} h" if hours < _TWO_DAYS else f"{hours / 24:.1f} d"


def band_text(band: Sequence[float | None] | None) -> str:
    """The two ends of the band, ``27.0-36.0 h``; an upper end that the data do not reach stays open."""
    if band is None:
        return _NOT_REACHED
    low, high = (span_text(end) for end in band)
    if high == _NOT_REACHED:
        return f"from {low}"
    return f"{low.removesuffix(high[-2:])}-{high}"


def share_text(share: float | None) -> str:
    """A share as a percentage; a dash where the data do not reach."""
    return _NOT_REACHED if share is None else f"{share:.0%}"


def remarks(groups: Sequence[dict[str, Any]]) -> list[str]:
    """What the columns cannot say, for the groups that it concerns."""
    words = {
        "unverifiable": "could not be verified for thirty days",
        "referred_unknown": "went to another authority, whose deeds we do not see",
    }
    counts = {name: sum(group.get(name, 0) for group in groups) for name in words}
    told = [f"{count} of these cases {words[name]}" for name, count in counts.items() if count]
    told += [_again(group) for group in groups if group["later_episodes"]["count"]]
    if len(groups) > 1 and any(group["remark"] for group in groups):
        told.append("groups of fewer than 20 cases are not ranked: their order would be chance")
    if any(group["rounded"] for group in groups):
        told.append("there are so many cases that times are rounded by up to 0.4 %; bands are wider by as much")
    return told


def _again(group: dict[str, Any]) -> str:
    later = group["later_episodes"]
    name = "" if group["group"] == "all" else f"{group['group']}: "
    verb = "was" if later["removed"] == 1 else "were"
    said = f"{name}{later['count']} came back (re-uploads); {later['removed']} of these {verb} removed again"
    if later["median_hours"] is None:
        return said
    band = f", 95 % band {band_text(later['median_ci95'])}" if later["median_ci95"] else ""
    return f"{said}, median {span_text(later['median_hours'])} from being seen again{band}"


def survival_chart(groups: Sequence[dict[str, Any]], width: int = 80, marks: bool = True) -> list[Text]:
    """The share still online by time since the clock started, as lines of text; the largest groups where too many."""
    shown = sorted(groups, key=lambda group: -group["cases"])[:MOST_CURVES]
    curves: list[list[Point]] = [[(point[0], point[1]) for point in group["survival"]] for group in shown]
    axis = _Axis.over(curves, max(20, min(_WIDEST, width) - _LEFT - 4))
    lines = LINES if marks else ASCII_LINES
    canvas = _Canvas(axis.columns)
    if len(shown) == 1 and shown[0]["band"]:
        canvas.shade(shown[0]["band"], axis.hours, "·" if marks else "'")
    for line, curve in reversed(list(zip(lines, curves, strict=False))):
        canvas.draw(curve, line, axis.hours)
    head = Text(" " * _LEFT + f"share still online, by {axis.unit}", style="dim")
    return [head, *canvas.rows("┤" if marks else "|"), *axis.foot(marks), *_legend(shown, len(groups), lines)]


def _legend(shown: Sequence[dict[str, Any]], of: int, lines: Sequence[Line]) -> list[Text]:
    legend = Text(" " * _LEFT)
    for line, group in zip(lines, shown, strict=False):
        legend.append(line.along * 3, style=line.colour).append(f" {group['group']} ({group['cases']})   ")
    left_out = of - len(shown)
    more = [Text(" " * _LEFT + f"the {len(shown)} largest of {of} groups", style="dim")] if left_out else []
    return [legend, *more]


@dataclass(frozen=True)
class _Axis:
    """The axis of time: how many hours it spans on how many columns, and its ticks."""

    hours: float
    columns: int
    tick: float
    unit: str

    @classmethod
    def over(cls, curves: Sequence[Sequence[Point]], columns: int) -> "_Axis":
        last = max((curve[-1][0] for curve in curves if curve), default=0.0) * 1.04 or 24.0
        unit, size = ("days", 24.0) if last > _TWO_DAYS else ("hours", 1.0)
        steps = [factor * 10.0**power for power in range(-3, 5) for factor in (1, 2, 5)]
        tick = next(step for step in steps if last / size / step <= 8) * size
        return cls(math.ceil(last / tick) * tick, columns, tick, unit)

    def foot(self, marks: bool) -> list[Text]:
        corner, along, notch = "└─┴" if marks else "+-+"
        bar, labels = [along] * self.columns, [" "] * (self.columns + _LEFT)
        for number in range(round(self.hours / self.tick) + 1):
            at = round(number * self.tick / self.hours * (self.columns - 1))
            label = f"{number * self.tick / (24 if self.unit == 'days' else 1):g}"
            bar[at] = notch
            labels[at : at + len(label)] = label
        rule = Text(" " * (_LEFT - 1) + corner + "".join(bar), style="dim")
        return [rule, Text(" " * _LEFT + "".join(labels).rstrip(), style="dim")]


class _Canvas:
    """Cells of characters, on which curves are drawn from the top (all online) to the bottom (none)."""

    def __init__(self, columns: int) -> None:
        self._columns = columns
        self._cells = [[(" ", "")] * columns for _ in range(_ROWS)]

    def shade(self, band: Sequence[Sequence[float]], hours: float, sign: str) -> None:
        """What lies between the ends of the band, [hours, low, high], as far as it goes."""
        times, low, high = zip(*band, strict=True)
        for column in range(self._columns):
            at = column / (self._columns - 1) * hours
            if at <= times[-1]:
                for row in range(_row(interpolated(times, high, at)), _row(interpolated(times, low, at)) + 1):
                    self._cells[row][column] = (sign, "dim")

    def draw(self, curve: Sequence[Point], line: Line, hours: float) -> None:
        """One curve; what lies under it is covered."""
        above = 0
        for column in range(self._columns):
            row = _row(_share_at(curve, column / (self._columns - 1) * hours))
            if row == above:
                self._put(row, column, line.along, line)
            else:
                self._step(above, row, column, line)
            above = row

    def _step(self, above: int, row: int, column: int, line: Line) -> None:
        self._put(above, column, line.begins, line)
        for between in range(above + 1, row):
            self._put(between, column, line.down, line)
        self._put(row, column, line.ends, line)

    def _put(self, row: int, column: int, sign: str, line: Line) -> None:
        self._cells[row][column] = (sign, line.colour)

    def rows(self, edge: str) -> list[Text]:
        """The cells as lines, with the labels of the vertical axis."""
        lines = []
        for number, cells in enumerate(self._cells):
            share = 1 - number / (_ROWS - 1)
            label = f"{share:4.0%} " if number % 3 == 0 else " " * (_LEFT - 1)
            line = Text(label.rjust(_LEFT - 1) + edge, style="dim")
            for sign, colour in cells:
                line.append(sign, style=colour if colour == "dim" else f"not dim {colour}".strip())
            lines.append(line)
        return lines


def _share_at(curve: Sequence[Point], hours: float) -> float:
    return next((share for moment, share in reversed(curve) if moment <= hours), 1.0)


def interpolated(times: Sequence[float], shares: Sequence[float], at: float) -> float:
    """The share at a time, on straight lines between those that are known; ``times`` rise."""
    place = next((number for number, time in enumerate(times) if time >= at), len(times) - 1)
    if place == 0 or times[place] == times[place - 1]:
        return shares[place]
    way = min(1.0, (at - times[place - 1]) / (times[place] - times[place - 1]))
    return shares[place - 1] + way * (shares[place] - shares[place - 1])


def _row(share: float) -> int:
    # The bottom is for nobody left: a share that is small but not zero stays a row above it.
    row = round((1 - share) * (_ROWS - 1))
    return min(row, _ROWS - 2) if share > 1e-6 else row
