"""Time: facts are dated in UTC, and the hands of a clock never go back."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.clock import FixedClock, MovableClock, SystemClock, parse_time, utc_text

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def test_the_hands_move_forward_only():
    clock = MovableClock(NOON)
    clock.move_to(NOON + timedelta(hours=1))
    clock.move_to(NOON)
    assert clock.now() == NOON + timedelta(hours=1)


@pytest.mark.parametrize("clock", [SystemClock(), FixedClock(NOON), MovableClock(NOON)])
def test_real_time_goes_on_in_every_clock(clock: SystemClock | FixedClock | MovableClock):
    assert clock.elapsed() <= clock.elapsed()
    assert clock.now().tzinfo is UTC


def test_a_time_without_a_zone_counts_as_utc():
    assert parse_time(" 2030-01-01T12:00 ") == NOON


def test_a_time_of_another_zone_becomes_utc():
    assert parse_time("2030-01-01T14:00:00+02:00").isoformat() == "2030-01-01T12:00:00+00:00"


@pytest.mark.parametrize("text", ["", "yesterday", "2030-13-01", "9999-12-31T23:59:59-05:00", "0001-01-01T00:00+01:00"])
def test_what_is_no_time_is_a_value_error(text: str):
    with pytest.raises(ValueError):  # noqa: PT011 (callers say the rest)
        parse_time(text)


def test_no_time_is_printed_as_none():
    assert utc_text(None) is None


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(9998, 1, 1), timezones=st.timezones()))
def test_what_is_printed_is_read_back(moment: datetime):
    text = utc_text(moment)
    assert text is not None
    assert text.endswith("Z")
    assert parse_time(text) == moment.astimezone(UTC)
