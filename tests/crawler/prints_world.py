"""Random fingerprints, and the same a few bits away."""

import numpy
from numpy.typing import NDArray

from crawler.hashlists import bands


def random_words(count: int, seed: int) -> bands.Words:
    return numpy.random.default_rng(seed).integers(0, 2**64, (count, 4), dtype=numpy.uint64)


def flipped(words: NDArray[numpy.uint64], places: list[int]) -> NDArray[numpy.uint64]:
    bits = numpy.unpackbits(words.view(numpy.uint8), bitorder="little")
    bits[places] ^= 1
    return numpy.packbits(bits, bitorder="little").view(numpy.uint64)
