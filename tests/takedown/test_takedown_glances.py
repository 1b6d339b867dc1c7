"""When a glance may do, and what is looked at whole all the same."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest
from homes import START
from hypothesis import given
from hypothesis import strategies as st
from takedown_builders import after

from hotline.words import CaseState, Content
from takedown import rechecks
from takedown.glances import WHOLE_AFTER, Past, may_glance, whole_by

ASKED: Final = Past(CaseState.NOTIFIED, Content.MEDIA, 3, START)


def test_a_file_that_was_seen_whole_today_may_be_glanced_at() -> None:
    assert may_glance(ASKED, after(hours=23))
    assert may_glance(replace(ASKED, state=CaseState.ESCALATED, called_at=START, asked_at=START), after(hours=1))


@pytest.mark.parametrize(
    ("why", "past"),
    [
        ("never seen whole", replace(ASKED, whole_at=None)),
        ("the first look after the first notice", replace(ASKED, looks=0)),
        ("the first look after another notice", replace(ASKED, asked_at=after(seconds=1))),
        ("a page", replace(ASKED, content=Content.PAGE)),
        ("gone once", replace(ASKED, first_gone_at=START)),
        ("a host has said something", replace(ASKED, called_at=after(seconds=1))),
        *((state.value, replace(ASKED, state=state)) for state in CaseState
          if state not in (CaseState.NOTIFIED, CaseState.ESCALATED, CaseState.REFERRED)),
    ],
)  # fmt: skip
def test_what_must_be_looked_at_whole(why: str, past: Past) -> None:
    assert not may_glance(past, after(minutes=15)), why


def test_a_glance_that_would_put_off_a_whole_look_for_a_moment_only_is_a_whole_one() -> None:
    assert may_glance(replace(ASKED, looks=14), after(hours=21))
    assert not may_glance(replace(ASKED, looks=14), after(hours=22.5))
    assert not may_glance(replace(ASKED, looks=30), after(hours=20))


@given(st.lists(st.floats(0, 1), min_size=60, max_size=60))
def test_no_file_goes_longer_than_a_day_without_a_whole_look_while_looks_come_in_time(dice: list[float]) -> None:
    """By the plan, with its jitter: the look after a glance comes by ``whole_by`` at the latest."""
    now = whole_at = START
    for looks, share in enumerate(dice, 1):
        glance = may_glance(replace(ASKED, looks=looks, whole_at=whole_at), now)
        assert now - whole_at <= WHOLE_AFTER
        whole_at = whole_at if glance else now
        gap = rechecks.gap(looks + 1) * (1 - share * rechecks.EARLIEST)
        now = min(now + gap, whole_by(whole_at)) if glance else now + gap


def test_in_its_first_day_a_file_is_fetched_whole_once_only() -> None:
    now = whole_at = after(minutes=15)
    whole, looks = 1, 1
    while (now := now + rechecks.gap(looks)) < whole_at + timedelta(hours=24):
        whole += not may_glance(replace(ASKED, looks=looks, whole_at=whole_at), now)
        looks += 1
    assert (looks, whole) == (14, 1)
