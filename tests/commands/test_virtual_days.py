"""How virtual time goes from step to step."""

from datetime import UTC, datetime, timedelta

import pytest

from commands.virtual_days import on_grid

START = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "rounded"),
    [
        (timedelta(seconds=1), timedelta(minutes=15)),
        (timedelta(minutes=15), timedelta(minutes=15)),
        (timedelta(hours=5, minutes=2), timedelta(hours=6)),
        (timedelta(hours=25, minutes=2), timedelta(hours=26)),
        (timedelta(days=10, hours=1), timedelta(days=10, hours=6)),
    ],
)
def test_what_is_due_close_together_is_done_together_and_never_early(after: timedelta, rounded: timedelta) -> None:
    assert on_grid(START + after, START) == START + rounded
