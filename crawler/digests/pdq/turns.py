"""A picture turned and mirrored has the same coefficients with other signs, perhaps transposed: eight PDQs from one."""

from typing import Final, NamedTuple

import numpy
from numpy.typing import NDArray

from crawler.digests.pdq.matrices import KEPT


class Turn(NamedTuple):
    """What a turn does to the 16 by 16 coefficients: transposed first, then multiplied with ``signs``."""

    transposed: bool
    signs: NDArray[numpy.float32]

    def of(self, coefficients: NDArray[numpy.float32]) -> NDArray[numpy.float32]:
        """The coefficients of the turned picture."""
        return (coefficients.T if self.transposed else coefficients) * self.signs


def _signs(rows: bool, columns: bool) -> NDArray[numpy.float32]:
    # Mirroring a side changes the sign of its odd cosines, and those are stored from the first one on.
    alternating, same = numpy.where(numpy.arange(KEPT) % 2 == 0, -1, 1), numpy.ones(KEPT)
    return numpy.outer(alternating if rows else same, alternating if columns else same).astype(numpy.float32)


ORIGINAL: Final = "original"
TURNS: Final = {
    ORIGINAL: Turn(False, _signs(False, False)),
    "rotate90": Turn(True, _signs(True, False)),
    "rotate180": Turn(False, _signs(True, True)),
    "rotate270": Turn(True, _signs(False, True)),
    "flip_x": Turn(False, _signs(True, False)),
    "flip_y": Turn(False, _signs(False, True)),
    "flip_plus1": Turn(True, _signs(False, False)),
    "flip_minus1": Turn(True, _signs(True, True)),
}
"""By the reference's names (facebook/ThreatExchange, ``pdq/cpp/hashing``): flips over the axes and both diagonals."""
