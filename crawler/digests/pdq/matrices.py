"""What of PDQ depends on a picture's size alone: where the filter lies, and the matrices that it amounts to. Cached."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

import numpy
from numpy.typing import NDArray

LUMINANCE: Final = (0.299, 0.587, 0.114)
"""Weights of red, green and blue (ITU-R BT.601), as the reference has them."""
SAMPLED: Final = 64
KEPT: Final = 16

_PARTS: Final = 16
"""Into so many parts columns are cut; the fastest of those tried."""


class Part(NamedTuple):
    """Neighbouring numbers of a row of pixels, the samples that they reach, and how much of each goes where."""

    left: int
    right: int
    first: int
    last: int
    weights: NDArray[numpy.float32]


def window(side: int) -> int:
    """Width in pixels of the box filter along a side of this length; two passes of it cover one sample."""
    return (side + 2 * SAMPLED - 1) // (2 * SAMPLED)


def box_edges(side: int) -> tuple[NDArray[numpy.int64], NDArray[numpy.int64]]:
    """First pixel, and the one behind the last, of the filter's window at each pixel; it shrinks at both ends."""
    wide = window(side)
    half = (wide + 2) // 2
    at = numpy.arange(side)
    return numpy.maximum(0, at - (wide - half)), numpy.minimum(side, at + half)


def centres(side: int) -> NDArray[numpy.int64]:
    """The 64 pixels at which the filtered side is sampled."""
    return ((numpy.arange(SAMPLED) + 0.5) * side / SAMPLED).astype(numpy.int64)


def cosines() -> NDArray[numpy.float32]:
    """(16, 64): the transform without its constant term, scaled and rounded as the reference does."""
    row, column = numpy.arange(KEPT)[:, None] + 1, 2 * numpy.arange(SAMPLED) + 1
    scale = float(numpy.float32(numpy.sqrt(2.0 / SAMPLED)))
    matrix: NDArray[numpy.float32] = (scale * numpy.cos(numpy.pi / 2 / SAMPLED * row * column)).astype(numpy.float32)
    return matrix


@lru_cache(maxsize=64)
def line_weights(side: int, scale: int = 1) -> NDArray[numpy.float32]:
    """How much each line of pixels gives to each of the 64 samples, after two passes of the box filter.

    Args:
        side: the picture's height or width in pixels, as it is stored.
        scale: 1; or 2, 4, 8 where a decoder gives the mean of so many lines in place of each.

    Returns:
        An array of shape (64, lines that there are at this scale).
    """
    starts, ends = box_edges(side)
    steps = numpy.zeros((SAMPLED, side + 1))
    for sample, centre in enumerate(centres(side)):
        inner = numpy.arange(starts[centre], ends[centre])
        share = 1 / (ends[inner] - starts[inner]) / inner.size
        numpy.add.at(steps[sample], starts[inner], share)
        numpy.add.at(steps[sample], ends[inner], -share)
    weights = numpy.cumsum(steps, axis=1)[:, :side]
    weights[weights < 1e-12] = 0  # what the sums leave behind of their own rounding would fill the band
    scaled = numpy.add.reduceat(weights, numpy.arange(0, side, scale), axis=1)
    return scaled.astype(numpy.float32)


@lru_cache(maxsize=64)
def column_parts(width: int, channels: int, scale: int = 1) -> tuple[Part, ...]:
    """The matrix of the columns with the luminance folded in, for rows of ``channels`` (3 or 1) numbers a pixel.

    It is banded, a pixel reaches two or three samples: cut into parts, nothing is multiplied with its zeros.
    """
    colour = numpy.array(LUMINANCE if channels == len(LUMINANCE) else (1.0,))
    lines = line_weights(width, scale).T
    weights = (lines[:, None, :] * colour[None, :, None]).reshape(len(lines) * channels, SAMPLED)
    return tuple(_parts(weights.astype(numpy.float32), len(lines), channels))


def _parts(weights: NDArray[numpy.float32], columns: int, channels: int) -> Iterator[Part]:
    edges = [columns * part // _PARTS * channels for part in range(_PARTS + 1)]
    for left, right in pairwise(edges):
        reached = numpy.flatnonzero(weights[left:right].any(axis=0))
        if reached.size:
            first, last = int(reached[0]), int(reached[-1]) + 1
            yield Part(left, right, first, last, numpy.ascontiguousarray(weights[left:right, first:last]))
