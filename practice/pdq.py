"""PDQ by its definition, in double precision: plain, slow, and independent of the product that is tried out here.

Meta, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", 2019. A bit that hangs on the rounding
of single precision may differ from the reference's; the pictures here are rich enough that this is rare.
"""

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float64]

_GREY = np.array((0.299, 0.587, 0.114))


def pdq(pixels: NDArray[np.uint8]) -> tuple[str, int]:
    """64 hex digits and the quality, 0 to 100, of a picture of shape (height, width, 3) with sides of 5 and more."""
    plane = pixels @ _GREY
    for _ in range(2):
        plane = _smooth(_smooth(plane).T).T
    samples = _sampled(_sampled(plane).T).T
    row, column = np.arange(16)[:, None] + 1, 2 * np.arange(64) + 1
    cosines = np.cos(np.pi / 128 * row * column)
    coefficients = (cosines @ samples @ cosines.T).ravel()
    bits = coefficients > np.sort(coefficients)[127]
    steps = sum(int(np.abs(np.diff(samples, axis=axis) * 100 / 255).astype(int).sum()) for axis in (0, 1))
    return np.packbits(bits[::-1]).tobytes().hex(), min(100, steps // 90)


def _smooth(plane: Plane) -> Plane:
    """The mean of a window around each place of the first axis."""
    side = len(plane)
    window = (side + 127) // 128
    ahead = (window + 2) // 2
    place = np.arange(side)
    first, behind = np.maximum(0, place - window + ahead), np.minimum(side, place + ahead)
    sums = np.concatenate([np.zeros((1, plane.shape[1])), np.cumsum(plane, axis=0)])
    means: Plane = (sums[behind] - sums[first]) / (behind - first)[:, None]
    return means


def _sampled(plane: Plane) -> Plane:
    samples: Plane = plane[((np.arange(64) + 0.5) * len(plane) / 64).astype(int)]
    return samples
