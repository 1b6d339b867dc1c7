"""Watching a practice run: a live picture on a terminal, one plain line a virtual day anywhere else."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final, Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from commands.glimpse import KEPT, Glimpse
from hotline.words import CaseState, NoticeState, ReplyKind

_WIDTH: Final = 48
"""Cells of a whole bar."""

_DAY: Final = timedelta(days=1)
_COLOURS: Final = {
    CaseState.CONFIRMED: "blue",
    CaseState.READY: "blue",
    CaseState.NOTIFIED: "yellow",
    CaseState.ESCALATED: "dark_orange",
    CaseState.REFERRED: "cyan",
    CaseState.REVIEW: "magenta",
    CaseState.REMOVED: "green",
    CaseState.REAPPEARED: "red",
    CaseState.CLOSED: "bright_black",
    CaseState.REJECTED: "bright_black",
}


class View(Protocol):
    """Somebody watches. Called as ``hotline.progress.Progress`` it tells what is being done."""

    def show(self, glimpse: Glimpse) -> None:
        """How it stands now."""

    def __call__(self, doing: str, done: int, of: int | None = None) -> None: ...


@contextmanager
def opened_view(console: Console, start: datetime, days: int) -> Iterator[View]:
    """The live view where there is a terminal, plain lines where there is none."""
    if not console.is_terminal:
        yield PlainView(console, start)
        return
    view = LiveView(start, days)
    with Live(get_renderable=view.render, console=console, refresh_per_second=8):
        yield view
        view.rest()


class PlainView:
    """One line a virtual day."""

    def __init__(self, console: Console, start: datetime) -> None:
        self._console = console
        self._start = start
        self._day = -1

    def show(self, glimpse: Glimpse) -> None:
        """Prints the first glimpse of each day."""
        day = (glimpse.at - self._start) // _DAY
        if day != self._day:
            self._day = day
            self._console.print(f"{glimpse.at:%Y-%m-%d}  day {day}: {in_words(glimpse)}", soft_wrap=True, markup=False)

    def __call__(self, doing: str, done: int, of: int | None = None) -> None:
        """Nothing: the days are enough."""


def in_words(glimpse: Glimpse) -> str:
    """A glimpse in one line."""
    states = [f"{glimpse.cases[state]} {state}" for state in CaseState if glimpse.cases.get(state)]
    answers = glimpse.replies.get(ReplyKind.REPLIED, 0) + glimpse.replies.get(ReplyKind.AUTOMATIC, 0)
    bounces = glimpse.replies.get(ReplyKind.BOUNCED, 0)
    return (
        f"{glimpse.total} cases ({', '.join(states) or 'none yet'}), {glimpse.sent} notices sent, "
        f"{answers} answers, {bounces} bounces, {glimpse.removals} removals"
    )


class LiveView:
    """The picture: the date, the cases by state, what went out and came back, and the last events."""

    def __init__(self, start: datetime, days: int) -> None:
        self._start = start
        self._days = days
        self._glimpse = Glimpse(start)
        self._doing = "starting"

    def show(self, glimpse: Glimpse) -> None:
        """Takes the glimpse that is drawn from now on."""
        self._glimpse = glimpse

    def __call__(self, doing: str, done: int, of: int | None = None) -> None:
        """Tells what is being done under the picture."""
        self._doing = f"{doing} {done}" + (f" of {of}" if of else "")

    def rest(self) -> None:
        """Nothing is being done any more; the last picture stays."""
        self._doing = ""

    def render(self) -> RenderableType:
        """The picture as it stands; Rich asks for it several times a second."""
        glimpse = self._glimpse
        day = (glimpse.at - self._start) / _DAY
        body = Group(
            bar(day / self._days, "cyan", ground="░"),
            "",
            _states(glimpse),
            "",
            _traffic(glimpse),
            "",
            _events(glimpse),
            "",
            Text(self._doing, style="dim"),
        )
        title = f"practice: {glimpse.at:%A %d %B %Y, %H:%M} UTC, day {int(day)} of {self._days}"
        return Panel(body, title=title, title_align="left", padding=(1, 2))


def _states(glimpse: Glimpse) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(width=11)
    table.add_column(justify="right", width=4)
    table.add_column()
    for state in CaseState:
        count = glimpse.cases.get(state, 0)
        drawn = bar(count / max(1, glimpse.total), _COLOURS[state])
        table.add_row(Text(state.value, style="" if count else "dim"), str(count), drawn)
    return table


def bar(share: float, colour: str, ground: str = " ") -> Text:
    """A bar that is read without colour too; what is there at all is at least one cell wide."""
    cells = max(min(1, math.ceil(share)), round(min(share, 1.0) * _WIDTH))
    return Text("█" * cells, style=colour).append(ground * (_WIDTH - cells), style="dim")


def _traffic(glimpse: Glimpse) -> Text:
    waiting = glimpse.notices.get(NoticeState.QUEUED, 0) + glimpse.notices.get(NoticeState.UNKNOWN, 0)
    figures = {
        "notices sent": glimpse.sent,
        "waiting": waiting,
        "answers": glimpse.replies.get(ReplyKind.REPLIED, 0),
        "acknowledged": glimpse.replies.get(ReplyKind.AUTOMATIC, 0),
        "bounces": glimpse.replies.get(ReplyKind.BOUNCED, 0),
        "removals": glimpse.removals,
    }
    text = Text()
    for name, count in figures.items():
        text.append(f"{name} ").append(f"{count}   ", style="bold")
    return text


def _events(glimpse: Glimpse) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column(no_wrap=True, overflow="ellipsis")
    for at, words in glimpse.events:
        table.add_row(f"{at:%d %b %H:%M}", escape(words))
    for _ in range(KEPT - len(glimpse.events)):
        table.add_row("", "")
    return table
