"""vPDQ's rule, by the letter and by its properties."""

import random
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from crawler.digests import bits_apart
from crawler.hashlists.bands import NEAR
from crawler.hashlists.videos import is_same_video, shares
from hotline.facts import FramePrint


def fingerprint(seed: int) -> str:
    return random.Random(seed).randbytes(32).hex()


def flipped(pdq: str, bits: int) -> str:
    """A fingerprint so many bits away."""
    return f"{int(pdq, 16) ^ ((1 << bits) - 1):064x}"


def seen(prints: Sequence[str], quality: int = 100) -> list[FramePrint]:
    return [FramePrint(float(second), pdq, quality) for second, pdq in enumerate(prints)]


def by_the_letter(ours: Sequence[FramePrint], theirs: Sequence[str]) -> tuple[float, float]:
    """The source's loops."""
    good = list(dict.fromkeys(frame.pdq for frame in ours if frame.quality >= 50))
    others = list(dict.fromkeys(theirs))
    if not good or not others:
        return 0.0, 0.0
    first = sum(any(bits_apart(one, other) <= NEAR for other in others) for one in good)
    second = sum(any(bits_apart(one, other) <= NEAR for one in good) for other in others)
    return first * 100 / len(good), second * 100 / len(others)


# Few seeds and distances about the limit, so that frames do meet.
prints = st.lists(
    st.builds(flipped, st.integers(0, 6).map(fingerprint), st.sampled_from([0, 1, 15, 16, 30, 31, 32, 33, 128])),
    max_size=12,
)


@given(prints, prints, st.integers(0, 100))
def test_it_is_the_source_s_rule(ours: list[str], theirs: list[str], quality: int) -> None:
    frames = seen(ours, quality)
    assert shares(frames, theirs) == by_the_letter(frames, theirs)


@given(prints, prints)
def test_it_does_not_matter_which_is_compared_with_which(ours: list[str], theirs: list[str]) -> None:
    assert shares(seen(ours), theirs) == shares(seen(theirs), ours)[::-1]
    assert is_same_video(seen(ours), theirs) == is_same_video(seen(theirs), ours)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=300, unique=True), st.data())
def test_a_clip_is_found_in_its_video_and_a_video_in_what_surrounds_it(seeds: list[int], data: st.DataObject) -> None:
    whole = [fingerprint(seed) for seed in seeds]
    start = data.draw(st.integers(0, len(whole) - 1))
    clip = whole[start : data.draw(st.integers(start + 1, len(whole)))]
    assert shares(seen(clip), whole) == (100.0, 100 * len(clip) / len(whole))
    assert is_same_video(seen(clip), whole)
    assert is_same_video(seen(whole), clip)


@given(prints)
def test_no_frames_are_like_nothing(theirs: list[str]) -> None:
    assert not is_same_video([], theirs)
    assert not is_same_video(seen(theirs), [])
    assert not is_same_video(seen(theirs, quality=49), theirs)


def test_order_repetition_and_the_case_of_letters_do_not_count() -> None:
    video = [fingerprint(seed) for seed in range(10)]
    assert shares(seen([*video[::-1], video[3]] * 2), [each.upper() for each in video]) == (100.0, 100.0)


def test_four_of_five_frames_are_enough_and_fewer_are_not() -> None:
    video = [fingerprint(seed) for seed in range(10)]
    others = [fingerprint(seed) for seed in range(100, 110)]
    assert is_same_video(seen(video[:8] + others[:2]), video[:8] + others[2:4])
    assert not is_same_video(seen(video[:7] + others[:3]), video[:7] + others[3:6])


def test_an_hour_against_an_hour() -> None:
    video = [fingerprint(seed) for seed in range(3600)]
    assert shares(seen(video), [flipped(each, 31) for each in video]) == (100.0, 100.0)
