"""When a glance may do, and what is looked at whole all the same."""

from dataclasses import replace
from datetime import timedelta

import pytest
from homes import START
from takedown_builders import after

from hotline.words import CaseState, Content
from takedown.glances import WHOLE_AFTER, Past, may_glance

ASKED = Past(CaseState.NOTIFIED, Content.MEDIA, 3, START, None, called=False)


def test_a_file_that_was_seen_whole_today_may_be_glanced_at() -> None:
    assert may_glance(ASKED, after(hours=23))
    assert may_glance(replace(ASKED, state=CaseState.ESCALATED), after(hours=1))


@pytest.mark.parametrize(
    ("why", "past"),
    [
        ("never seen whole", replace(ASKED, whole_at=None)),
        ("the first look after a notice", replace(ASKED, looks=0)),
        ("a page", replace(ASKED, content=Content.PAGE)),
        ("gone once", replace(ASKED, first_gone_at=START)),
        ("a host has said something", replace(ASKED, called=True)),
        *((state.value, replace(ASKED, state=state)) for state in CaseState
          if state not in (CaseState.NOTIFIED, CaseState.ESCALATED, CaseState.REFERRED)),
    ],
)  # fmt: skip
def test_what_must_be_looked_at_whole(why: str, past: Past) -> None:
    assert not may_glance(past, after(minutes=15)), why


def test_no_file_goes_longer_than_a_day_without_a_whole_look() -> None:
    assert may_glance(ASKED, START + WHOLE_AFTER - timedelta(seconds=1))
    assert not may_glance(ASKED, START + WHOLE_AFTER)
