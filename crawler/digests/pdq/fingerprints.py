"""From a decoded picture to its PDQ: two matrix products, and a replay where our own rounding could matter.

Everything before the median is linear and separable, so the 64 by 64 samples are *rows x picture x columns* with one
small banded matrix for each side, and the luminance is folded into the matrix of the columns. What that cannot give is
the reference's own rounding, which decides on which side of the median a coefficient lies where the two are close: on
gradients, icons, plain areas. There the reference's arithmetic is replayed, so that the answer is the same everywhere.

Two conventions are in the field. Libraries hash the picture as it is; the reference's command-line tool first reduces
a picture with a side of more than 512 pixels to 512 by 512 by picking pixels, and that hash is another one.
``fingerprint`` makes both from one decoding.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

import numpy
from numpy.typing import NDArray

from crawler.digests.pdq import replay
from crawler.digests.pdq.matrices import KEPT, SAMPLED, column_parts, cosines, line_weights
from crawler.digests.pdq.turns import ORIGINAL, TURNS, Turn
from hotline.facts import LEGIBLE

LEAST_SIDE: Final = 5
"""A picture with a shorter side has no fingerprint: all bits zero, quality 0, as in the reference."""
REDUCED_SIDE: Final = 512

_STRIP_PIXELS: Final = 300_000
"""So many pixels are turned into floats at a time: few calls, and what they touch stays in the processor's cache."""
_LEAST_ROWS: Final = 64
_TOLERANCE: Final = 0.005
"""How far a coefficient beside the median may lie from the reference's. Of 1,474 pictures one in a hundred has some
coefficient that lies farther, 0.0103 at most; but none whose two in the middle are more than 0.00001 apart has another
bit. ``docs/decisions/0031`` has the table."""
_COMPARED_TOLERANCE: Final = 0.0005
"""The same without thoroughness: a replay costs twice as much as all the rest, and this is still fifty times that."""
_STEP_TOLERANCE: Final = 0.005
"""The same for a step of the quality metric (2.55 levels of luminance); 0.004 was the farthest seen."""

_COSINES: Final = cosines()
_AS_IT_IS: Final = {ORIGINAL: TURNS[ORIGINAL]}


class Colours(Protocol):
    """A decoded picture that is read in strips.

    ``height`` and ``width`` are the stored picture's. A decoder that gives means of 2, 4 or 8 lines and columns says so
    with ``scale``; else it is 1. ``rows`` counts in lines that there are, and gives (n, columns, 3), or 1 if grey.
    """

    @property
    def height(self) -> int: ...
    @property
    def width(self) -> int: ...
    @property
    def scale(self) -> int: ...
    def rows(self, start: int, end: int) -> NDArray[numpy.uint8]: ...


@dataclass(frozen=True)
class Pixels:
    """A picture that is in memory as one array, (height, width, channels)."""

    array: NDArray[numpy.uint8]
    scale: int = 1

    @property
    def height(self) -> int:
        return int(self.array.shape[0])

    @property
    def width(self) -> int:
        return int(self.array.shape[1])

    def rows(self, start: int, end: int) -> NDArray[numpy.uint8]:
        return self.array[start:end]


class Pdq(NamedTuple):
    """A fingerprint: 32 bytes, of which ``hex()`` is the usual notation, and its quality, 0 to 100."""

    bits: bytes
    quality: int


@dataclass(frozen=True)
class Fingerprint:
    """A picture's PDQ as it is, and ``reduced`` (``None`` where both conventions are the same).

    ``turned`` has the eight fingerprints of the picture turned and mirrored, by the names of ``TURNS``, if asked for.
    """

    full: Pdq
    reduced: Pdq | None = None
    turned: dict[str, bytes] | None = None


def fingerprint(picture: Colours, *, reduced: bool = True, turned: bool = False, thorough: bool = True) -> Fingerprint:
    """The fingerprints of a decoded picture.

    At scale 1 each bit and the quality equal those of ``pdqhash`` 0.2.8 on x86-64. At another scale they are as near as
    the decoder's means are; what is lost is measured in ``bench/fingerprints.py``. Unless ``thorough``, they are equal
    where it matters: of a picture whose quality is under 50, which nobody compares, the quality may be one less and
    a few bits may differ; of another, the quality may be one less, and is never on the other side of 50.
    """
    if min(picture.height, picture.width) < LEAST_SIDE:
        nothing = bytes(KEPT * KEPT // 8)
        return Fingerprint(Pdq(nothing, 0), None, dict.fromkeys(TURNS, nothing) if turned else None)
    picker = _Picker(picture) if reduced and max(picture.height, picture.width) > REDUCED_SIDE else None
    turns = TURNS if turned else _AS_IT_IS
    bits, quality = _certain(picture, _sampled(picker or picture), turns, thorough)
    small = Pixels(picker.picked()) if picker else None
    return Fingerprint(
        Pdq(bits[ORIGINAL], quality),
        _certain_pdq(small, thorough) if small else None,
        bits if turned else None,
    )


def _certain_pdq(picture: Colours, thorough: bool) -> Pdq:
    bits, quality = _certain(picture, _sampled(picture), _AS_IT_IS, thorough)
    return Pdq(bits[ORIGINAL], quality)


def _certain(
    picture: Colours, samples: NDArray[numpy.float32], turns: Mapping[str, Turn], thorough: bool
) -> tuple[dict[str, bytes], int]:
    """Bits of each turn, and quality, where our own rounding cannot matter; else those of the replayed arithmetic."""
    coefficients = _transformed(samples)
    least, most = _quality(samples)
    unsure = least < most and (thorough or least < LEGIBLE <= most)
    # A turn changes signs, so that each has a median of its own.
    compared = thorough or most >= LEGIBLE
    tolerance = _TOLERANCE if thorough else _COMPARED_TOLERANCE
    close = not unsure and compared and any(_is_close(turn.of(coefficients), tolerance) for turn in turns.values())
    if picture.scale == 1 and (unsure or close):
        samples = replay.samples(picture)
        coefficients = replay.coefficients(samples)
        least = replay.quality(samples)
    return {name: _bits(turn.of(coefficients)) for name, turn in turns.items()}, least


def _transformed(samples: NDArray[numpy.float32]) -> NDArray[numpy.float32]:
    return numpy.asarray(_COSINES @ samples @ _COSINES.T, numpy.float32)


def _is_close(coefficients: NDArray[numpy.float32], tolerance: float) -> bool:
    # Where the median's neighbour keeps its distance, every other coefficient does.
    lower, upper = _middle(coefficients)
    return upper - lower < 2 * tolerance


def _middle(coefficients: NDArray[numpy.float32]) -> tuple[float, float]:
    half = coefficients.size // 2
    ordered = numpy.partition(coefficients, (half - 1, half), axis=None)
    return float(ordered[half - 1]), float(ordered[half])


def _bits(coefficients: NDArray[numpy.float32]) -> bytes:
    # The reference's median is the lower of the two in the middle; bit 0 stands last in the notation.
    median, _ = _middle(coefficients)
    return numpy.packbits((coefficients > median).ravel()[::-1]).tobytes()


def _quality(samples: NDArray[numpy.float32]) -> tuple[int, int]:
    """The reference's gradient metric, at least and at most: the two differ where rounding decides."""
    least = most = 0
    for axis in (0, 1):
        steps = numpy.abs(numpy.diff(samples, axis=axis)) * (100 / 255)
        least += int(numpy.maximum(steps - _STEP_TOLERANCE, 0).astype(numpy.int32).sum())
        most += int((steps + _STEP_TOLERANCE).astype(numpy.int32).sum())
    return min(100, least // 90), min(100, most // 90)


def _sampled(picture: Colours) -> NDArray[numpy.float32]:
    """64 by 64 samples of the filtered luminance: the two products."""
    by_line = line_weights(picture.height, picture.scale)
    lines = by_line.shape[1]
    narrow = numpy.zeros((lines, SAMPLED), numpy.float32)
    floats = numpy.empty((0, 0), numpy.float32)
    step = max(_LEAST_ROWS, _STRIP_PIXELS * picture.scale // picture.width)
    for start in range(0, lines, step):
        strip = picture.rows(start, min(lines, start + step))
        high, wide, channels = strip.shape
        if not floats.size:
            floats = numpy.empty((high, wide * channels), numpy.float32)
        numpy.copyto(floats[:high], strip.reshape(high, wide * channels))
        for part in column_parts(picture.width, channels, picture.scale):
            narrow[start : start + high, part.first : part.last] += floats[:high, part.left : part.right] @ part.weights
    samples: NDArray[numpy.float32] = by_line @ narrow
    return samples


class _Picker:
    """Passes a picture on and keeps the pixels that the reference's tool reduces it to.

    The tool calls ``CImg::resize(512, 512)``, whose default takes the nearest pixel and does not keep the proportions:
    line ``i`` of the result is line ``floor(i * side / 512)``. A side of less than 512 is stretched by the same rule.
    """

    def __init__(self, picture: Colours) -> None:
        self._picture = picture
        self.height, self.width, self.scale = picture.height, picture.width, picture.scale
        self._lines = numpy.arange(REDUCED_SIDE) * picture.height // REDUCED_SIDE // picture.scale
        self._columns = numpy.arange(REDUCED_SIDE) * picture.width // REDUCED_SIDE // picture.scale
        self._taken: list[NDArray[numpy.uint8]] = []

    def rows(self, start: int, end: int) -> NDArray[numpy.uint8]:
        strip = self._picture.rows(start, end)
        high, wide, channels = strip.shape
        inside = self._lines[(self._lines >= start) & (self._lines < end)]
        numbers = (self._columns[:, None] * channels + numpy.arange(channels)).ravel()
        picked = strip.reshape(high, wide * channels)[inside - start].take(numbers, axis=1)
        self._taken.append(picked.reshape(len(inside), REDUCED_SIDE, channels))
        return strip

    def picked(self) -> NDArray[numpy.uint8]:
        """The 512 by 512 pixels, once all rows went by in order."""
        return numpy.concatenate(self._taken)
