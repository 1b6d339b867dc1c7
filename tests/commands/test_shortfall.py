"""What the practice run calls a difference between the world and the product."""

from datetime import UTC, datetime
from typing import Any

import pytest

from commands.shortfall import Stand, differences, is_reached
from hotline.words import CaseState

URL = "https://gallery.example/a.png"
GONE_AT = datetime(2030, 1, 2, tzinfo=UTC)


def row(**more: Any) -> dict[str, Any]:
    """A row of the world's truth: a file that was removed."""
    return {
        "url": URL,
        "kind": "exact",
        "up": False,
        "removable": True,
        "removed_at": "2030-01-02T00:00:00Z",
        "behaviour": "removes after 6 h",
        "host": "gallery.example",
    } | more


def case(state: CaseState = CaseState.REMOVED, removed_at: datetime | None = GONE_AT) -> dict[str, Stand]:
    """The product's only case."""
    return {URL: Stand(7, state, removed_at)}


def test_a_removal_that_both_know_of_is_no_difference() -> None:
    assert differences([row()], case(), []) == []
    assert is_reached([row()], case())


@pytest.mark.parametrize(
    ("truth", "cases", "words"),
    [
        (row(), {}, "no case was opened"),
        (row(up=True, removed_at=None), case(CaseState.ESCALATED, None), "case 7 was not removed"),
        (row(), case(CaseState.REVIEW, None), "case 7 is review, but the file is gone"),
        (row(up=True, removed_at=None), case(), "is up"),
        (row(up=True, removable=False, removed_at=None), case(), "is up"),
        (row(removed_at="2030-01-02T01:00:00Z"), case(), "was up until 2030-01-02T01:00:00Z"),
    ],
)
def test_each_difference_is_told_in_one_sentence(truth: dict[str, Any], cases: dict[str, Stand], words: str) -> None:
    (told,) = differences([truth], cases, [])
    assert words in told


def test_a_file_that_nobody_ever_removes_is_waited_for_by_nobody() -> None:
    stays = row(up=True, removable=False, removed_at=None)
    assert is_reached([stays], case(CaseState.ESCALATED, None))
    assert differences([stays], case(CaseState.ESCALATED, None), []) == []


@pytest.mark.parametrize(("truth", "cases"), [(row(), {}), (row(up=True), case()), (row(), case(CaseState.NOTIFIED))])
def test_a_removal_is_reached_only_when_it_is_true_and_known(truth: dict[str, Any], cases: dict[str, Stand]) -> None:
    assert not is_reached([truth], cases)


def test_a_case_about_nothing_is_told_by_its_host() -> None:
    (told,) = differences([], case(CaseState.REJECTED, None), [])
    assert "case 7 (gallery.example) is rejected" in told


def test_the_faults_that_the_world_saw_are_told_once_a_kind_with_examples() -> None:
    faults = [{"at": "…", "what": "visited a decoy", "detail": f"host-{n}.example"} for n in (1, 1, 2, 3, 4)]
    (told,) = differences([], {}, faults)
    assert told.endswith("5 times: visited a decoy (host-1.example, host-2.example, host-3.example, …)")
