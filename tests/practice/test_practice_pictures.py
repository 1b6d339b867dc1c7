"""Pictures: the same from the same seed, far apart when different, near when saved anew."""

from itertools import combinations

import pytest

from practice.hosts import HOSTS
from practice.pictures import PLACEHOLDER, Pictures

LABELS = sorted({label for host in HOSTS for label in host.holds.split()} | {"~h01"})


@pytest.fixture(scope="module")
def pictures() -> Pictures:
    return Pictures(seed=1)


def distance(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


def test_different_pictures_are_far_apart_and_saved_anew_ones_are_near(pictures: Pictures) -> None:
    for one, other in combinations(LABELS, 2):
        is_same = one.lstrip("~") == other.lstrip("~")
        assert (distance(pictures[one].pdq[0], pictures[other].pdq[0]) <= 31) is is_same, (one, other)


def test_every_picture_is_good_enough_to_be_matched(pictures: Pictures) -> None:
    assert min(pictures[label].pdq[1] for label in LABELS) >= 50


def test_a_picture_saved_anew_has_other_bytes(pictures: Pictures) -> None:
    assert pictures["k02"].sha256 != pictures["~k02"].sha256


def test_a_seed_gives_the_same_bytes_again_and_another_seed_others(pictures: Pictures) -> None:
    assert Pictures(seed=1)["k03"].data == pictures["k03"].data
    assert Pictures(seed=2)["k03"].data != pictures["k03"].data


def test_all_three_formats_are_there(pictures: Pictures) -> None:
    assert {pictures[label].media_type for label in LABELS} == {"image/png", "image/jpeg", "image/gif"}


def test_the_placeholder_is_like_no_other_picture(pictures: Pictures) -> None:
    assert min(distance(pictures[PLACEHOLDER].pdq[0], pictures[label].pdq[0]) for label in LABELS) > 31
