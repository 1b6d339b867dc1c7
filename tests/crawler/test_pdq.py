"""PDQ of our own beside the reference package: the same bits on whatever hypothesis draws."""

import io
from typing import Any

import numpy
import pdqhash
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from crawler.decoding.pictures import Strips
from crawler.digests import pdq
from crawler.digests.pdq import fingerprints, replay

Picture = NDArray[numpy.uint8]


def by_reference(picture: Picture) -> tuple[bytes, int]:
    vector, quality = pdqhash.compute(numpy.ascontiguousarray(picture))
    return numpy.packbits(vector).tobytes(), quality


def noise(height: int, width: int, seed: int, smooth: float = 0) -> Picture:
    grains = numpy.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=numpy.uint8)
    return numpy.asarray(Image.fromarray(grains).filter(ImageFilter.GaussianBlur(smooth))) if smooth else grains


def ramp(height: int, width: int, seed: int) -> Picture:
    """A gradient: its coefficients lie so near to each other that the reference's roundings decide."""
    steps = numpy.random.default_rng(seed).integers(0, 9, 6)
    rows, columns = numpy.mgrid[:height, :width]
    planes = [rows * steps[k] // 4 + columns * steps[k + 3] // 4 for k in range(3)]
    return numpy.stack(planes, axis=2).astype(numpy.uint8)


def plain(height: int, width: int, seed: int) -> Picture:
    """Rectangles on one colour, the same on both sides."""
    random = numpy.random.default_rng(seed)
    picture = numpy.full((height, width, 3), random.integers(0, 256, 3), numpy.uint8)
    for _ in range(int(random.integers(0, 4))):
        top, left = int(random.integers(0, height)), int(random.integers(0, width))
        picture[top : top + height // 3, left : left + width // 3] = random.integers(0, 256, 3)
    return numpy.ascontiguousarray(numpy.maximum(picture, picture[:, ::-1])) if seed % 2 else picture


KINDS: dict[str, Any] = {
    "noise": noise,
    "smooth": lambda high, wide, seed: noise(high, wide, seed, 6),
    "gradient": ramp,
    "plain": plain,
}
side = some.integers(5, 700)
pictures = some.builds(
    lambda kind, high, wide, seed: KINDS[kind](high, wide, seed),
    some.sampled_from(sorted(KINDS)), side, side, some.integers(0, 2**32 - 1),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(picture=pictures)
def test_bits_and_quality_are_those_of_the_reference_package(picture: Picture) -> None:
    assert tuple(pdq.fingerprint(pdq.Pixels(picture)).full) == by_reference(picture)


@settings(max_examples=150, deadline=None)
@given(picture=pictures)
def test_without_thoroughness_whatever_is_compared_is_the_same(picture: Picture) -> None:
    bits, quality = by_reference(picture)
    found = pdq.fingerprint(pdq.Pixels(picture), thorough=False).full
    assert found.quality in (quality, quality - 1)
    assert (found.quality >= 50) is (quality >= 50)
    assert found.bits == bits or quality < 50


@settings(max_examples=60, deadline=None)
@given(picture=pictures)
def test_the_eight_turns_are_those_of_the_reference_package(picture: Picture) -> None:
    vectors, _ = pdqhash.compute_dihedral(picture)
    turned = pdq.fingerprint(pdq.Pixels(picture), turned=True).turned
    assert turned is not None
    assert list(turned.values()) == [numpy.packbits(vector).tobytes() for vector in vectors]


@settings(max_examples=60, deadline=None)
@given(picture=pictures)
def test_the_replay_alone_makes_the_same(picture: Picture) -> None:
    sampled = replay.samples(pdq.Pixels(picture))
    coefficients = replay.coefficients(sampled)
    again = fingerprints._bits(coefficients), replay.quality(sampled)
    assert again == by_reference(picture)


@pytest.mark.parametrize(("high", "wide"), [(300, 513), (513, 300), (512, 2000), (900, 1400), (700, 20)])
def test_a_large_picture_has_a_second_fingerprint_as_the_reference_tool_reduces_it(high: int, wide: int) -> None:
    # CImg's resize takes line floor(i * side / 512), whatever that does to the proportions.
    picture = noise(high, wide, 7, 3)
    small = picture[[i * high // 512 for i in range(512)]][:, [i * wide // 512 for i in range(512)]]
    found = pdq.fingerprint(pdq.Pixels(picture))
    assert tuple(found.full) == by_reference(picture)
    assert found.reduced is not None and tuple(found.reduced) == by_reference(small)


@pytest.mark.parametrize(("high", "wide"), [(512, 512), (5, 512), (400, 300)])
def test_a_small_picture_has_one_fingerprint(high: int, wide: int) -> None:
    assert pdq.fingerprint(pdq.Pixels(noise(high, wide, 1))).reduced is None


@pytest.mark.parametrize(("high", "wide"), [(4, 300), (300, 4), (1, 1)])
def test_a_picture_that_is_too_small_is_all_zeros_of_quality_zero(high: int, wide: int) -> None:
    found = pdq.fingerprint(pdq.Pixels(noise(high, wide, 1)), turned=True)
    assert tuple(found.full) == by_reference(noise(high, wide, 1)) == (bytes(32), 0)
    assert set((found.turned or {}).values()) == {bytes(32)}


def test_grey_pictures_are_what_they_are_as_colours() -> None:
    grey = noise(200, 300, 3, 2)[:, :, :1]
    found = pdq.fingerprint(pdq.Pixels(grey)).full
    assert tuple(found) == by_reference(numpy.repeat(grey, 3, axis=2))


def test_a_turned_picture_has_the_turned_fingerprint() -> None:
    picture = noise(240, 320, 11, 4)
    turned = pdq.fingerprint(pdq.Pixels(picture), turned=True).turned or {}
    mirrored = pdq.fingerprint(pdq.Pixels(numpy.ascontiguousarray(picture[:, ::-1]))).full.bits
    named = min(turned, key=lambda name: (int.from_bytes(turned[name]) ^ int.from_bytes(mirrored)).bit_count())
    assert named == "flip_y"
    assert (int.from_bytes(turned[named]) ^ int.from_bytes(mirrored)).bit_count() <= 8


@pytest.mark.parametrize("quality", [70, 85, 95])
def test_quick_decoding_keeps_faith(quality: int) -> None:
    for seed in range(6):
        body = io.BytesIO()
        Image.fromarray(noise(900, 1300, seed, 9 + 8 * seed)).save(body, "JPEG", quality=quality)
        exact, quick = (
            pdq.fingerprint(Strips(Image.open(io.BytesIO(body.getvalue())), quick), reduced=False).full
            for quick in (False, True)
        )
        assert (int.from_bytes(exact.bits) ^ int.from_bytes(quick.bits)).bit_count() <= 10


def test_quick_decoding_reads_fewer_pixels() -> None:
    body = io.BytesIO()
    Image.fromarray(noise(1600, 1200, 1)).save(body, "JPEG")
    strips = Strips(Image.open(io.BytesIO(body.getvalue())), True)
    assert strips.scale == 4 and (strips.height, strips.width) == (1600, 1200)
    assert strips.rows(0, 400).shape == (400, 300, 3)
