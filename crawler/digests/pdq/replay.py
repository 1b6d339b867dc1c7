"""The reference's own arithmetic for PDQ, step by step in single precision: slow, and equal in every rounding.

The reference slides a sum along each line: the next value is added, the last one taken off, and each step rounds. On
plain areas the coefficients are nothing but those roundings, and so are the bits. The steps of one line depend on each
other, but lines do not, so NumPy takes a step of all lines at once. (facebook/ThreatExchange, ``pdq/cpp/downscaling``
and ``pdq/cpp/hashing``, as built for x86-64 without fused multiply-add.)
"""

from typing import Final, Protocol

import numpy
from numpy.typing import NDArray

from crawler.digests.pdq.matrices import KEPT, SAMPLED, box_edges, centres, cosines

_STRIP: Final = 64
"""Lines that are turned into luminance, or turned around, at a time: so they stay in the processor's cache."""
_THOUSANDTHS: Final = numpy.array((299, 587, 114), numpy.float32)


class Rows(Protocol):
    """A decoded picture, read in strips of shape (n, width, 3 or 1)."""

    @property
    def height(self) -> int: ...
    @property
    def width(self) -> int: ...
    def rows(self, start: int, end: int) -> NDArray[numpy.uint8]: ...


def samples(picture: Rows) -> NDArray[numpy.float32]:
    """64 by 64 samples of the filtered luminance."""
    sideways = _luminance(picture)  # columns first: a step along a row is then one line of the array
    other = numpy.empty_like(sideways)
    # Two planes that change places: fresh memory would cost more than the sums.
    upright, spare = (plane.reshape(picture.height, picture.width) for plane in (sideways, other))
    _box(sideways, other)
    _turn_around(other, upright)
    _box(upright, spare)
    _turn_around(spare, sideways)
    # Of the second pass nobody looks at more than the samples; its sums still slide over everything.
    _box(sideways, other)
    narrow = numpy.ascontiguousarray(other[centres(picture.width)].T)
    return _box(narrow, numpy.empty_like(narrow))[centres(picture.height)]


def coefficients(sampled: NDArray[numpy.float32]) -> NDArray[numpy.float32]:
    """16 by 16 coefficients, each sum taken from left to right."""
    matrix = cosines()
    half = numpy.zeros((KEPT, SAMPLED), numpy.float32)
    for k in range(SAMPLED):
        half += matrix[:, k, None] * sampled[k]
    whole = numpy.zeros((KEPT, KEPT), numpy.float32)
    for k in range(SAMPLED):
        whole += half[:, k, None] * matrix[:, k]
    return whole


def quality(sampled: NDArray[numpy.float32]) -> int:
    """How much there is to see, 0 to 100: the sum of the gradients' whole steps."""
    gradient = 0
    for axis in (0, 1):
        steps = numpy.diff(sampled, axis=axis) * numpy.float32(100) / numpy.float32(255)
        gradient += int(numpy.abs(steps.astype(numpy.int32)).sum())
    return min(100, gradient // 90)


def _luminance(picture: Rows) -> NDArray[numpy.float32]:
    """(width, height): the luminance, transposed."""
    plane = numpy.empty((picture.width, picture.height), numpy.float32)
    for start in range(0, picture.height, _STRIP):
        strip = picture.rows(start, min(picture.height, start + _STRIP))
        plane[:, start : start + len(strip)] = _grey(strip).T
    return plane


def _grey(strip: NDArray[numpy.uint8]) -> NDArray[numpy.float32]:
    """The package sums in double precision and then rounds to single.

    Thousandths are whole numbers that single precision holds, so one rounded division gives the same: no sum of
    thousandths lies so near the middle of two single numbers that double precision would fall on the other side.
    """
    if strip.shape[2] == 1:
        return strip[:, :, 0].astype(numpy.float32)
    thousandths = strip.reshape(-1, 3).astype(numpy.float32) @ _THOUSANDTHS
    thousandths /= 1000
    grey: NDArray[numpy.float32] = thousandths.reshape(strip.shape[:2])
    return grey


def _turn_around(plane: NDArray[numpy.float32], into: NDArray[numpy.float32]) -> None:
    for start in range(0, len(plane), _STRIP):
        into[:, start : start + _STRIP] = plane[start : start + _STRIP].T


def _box(lines: NDArray[numpy.float32], into: NDArray[numpy.float32]) -> NDArray[numpy.float32]:
    """The box filter along the first axis."""
    starts, ends = box_edges(len(lines))
    _slide(lines, into, starts.tolist(), ends.tolist())
    into /= (ends - starts).astype(numpy.float32)[:, None]
    return into


def _slide(lines: NDArray[numpy.float32], into: NDArray[numpy.float32], starts: list[int], ends: list[int]) -> None:
    given, add, subtract = list(lines), numpy.add, numpy.subtract
    total, left, right = numpy.zeros(lines.shape[1], numpy.float32), 0, 0
    for row, start, end in zip(into, starts, ends, strict=True):
        # Each step starts from the row before, so that one addition and one subtraction are all that is done.
        while right < end:
            add(total, given[right], row)
            total, right = row, right + 1
        while left < start:
            subtract(total, given[left], row)
            total, left = row, left + 1
