"""What whoever watches a practice run sees."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from commands.glimpse import Glimpse
from commands.live_view import LiveView, bar, opened_view
from hotline.words import CaseState, NoticeState, ReplyKind

START = datetime(2030, 1, 1, tzinfo=UTC)


def glimpse(hours: float, **more: object) -> Glimpse:
    """How it stands so many hours after the start."""
    return Glimpse(
        START + timedelta(hours=hours),
        cases={CaseState.NOTIFIED: 3, CaseState.REMOVED: 1},
        notices={NoticeState.SENT: 2, NoticeState.BOUNCED: 1},
        replies={ReplyKind.AUTOMATIC: 2, ReplyKind.BOUNCED: 1},
        removals=1,
        events=((START, "case 4 is removed: answered 404 [sic]"),),
    )


def test_without_a_terminal_there_is_one_line_a_virtual_day() -> None:
    out = io.StringIO()
    with opened_view(Console(file=out, width=80), START, 30) as view:
        for hours in (0, 6, 23.9, 24, 30):
            view.show(glimpse(hours))
        view("looking", 3, 5)
    assert out.getvalue().splitlines() == [
        f"2030-01-0{day + 1}  day {day}: 4 cases (3 notified, 1 removed), 3 notices sent, "
        "2 answers, 1 bounces, 1 removals"
        for day in (0, 1)
    ]


def test_on_a_terminal_the_picture_tells_the_date_the_states_and_the_last_events() -> None:
    out = io.StringIO()
    view = LiveView(START, 30)
    view.show(glimpse(54))
    view("looking", 3, 5)
    Console(file=out, width=100, height=40).print(view.render())
    text = out.getvalue()
    assert "Thursday 03 January 2030, 06:00 UTC, day 2 of 30" in text
    assert "notices sent 3" in text and "bounces 1" in text
    assert "case 4 is removed: answered 404 [sic]" in text
    assert "looking 3 of 5" in text
    assert all(state.value in text for state in CaseState)


@pytest.mark.parametrize(("share", "cells"), [(0.0, 0), (0.001, 1), (0.5, 24), (1.0, 48), (1.2, 48)])
def test_a_bar_shows_what_is_there_at_all(share: float, cells: int) -> None:
    drawn = bar(share, "green").plain
    assert drawn.count("█") == cells and len(drawn) == 48
