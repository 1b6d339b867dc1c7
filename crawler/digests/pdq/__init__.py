"""PDQ, the fingerprint of pictures, by two matrix products; bit for bit what the reference implementation makes.

The algorithm is Meta's ("The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", 2019; source in
facebook/ThreatExchange, ``pdq/cpp``): luminance, two passes of a box filter along rows and columns, 64 by 64 samples,
their discrete cosine transform, and one bit for each of 16 by 16 coefficients: above the median or not.

``matrices`` has what depends on the size alone, ``fingerprints`` the products and the bits, ``replay`` the reference's
own arithmetic for the pictures whose bits hang on its roundings, ``turns`` the eight ways to turn a picture. Why:
``docs/decisions/0031-pdq-by-two-products.md``. Nothing here knows a file format.
"""

from crawler.digests.pdq.fingerprints import LEAST_SIDE, REDUCED_SIDE, Colours, Fingerprint, Pdq, Pixels, fingerprint
from crawler.digests.pdq.turns import TURNS

__all__ = ["LEAST_SIDE", "REDUCED_SIDE", "TURNS", "Colours", "Fingerprint", "Pdq", "Pixels", "fingerprint"]
