"""How long what was refused for now waits."""

from datetime import timedelta

from notices.settlement import pause_after


def test_pauses_double_from_a_quarter_of_an_hour_to_four_hours() -> None:
    minutes = [pause_after(attempt).total_seconds() / 60 for attempt in range(1, 8)]
    assert minutes == [15, 30, 60, 120, 240, 240, 240]
    assert pause_after(10_000) == timedelta(hours=4)


def test_of_many_that_were_refused_together_not_all_come_again_together_and_none_late() -> None:
    pauses = {pause_after(1, spread / 255) for spread in range(256)}
    assert len(pauses) == 256
    assert (min(pauses), max(pauses)) == (timedelta(minutes=14, seconds=15), timedelta(minutes=15))
