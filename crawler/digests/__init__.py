"""Fingerprints of a body that streams by, and what kind of file its first bytes show. Nothing is kept.

``streams`` has the exact digests, ``kinds`` the magic bytes, ``pdq`` the fingerprint of pictures: mathematics on pixels
that somebody else decoded (``crawler.decoding``, in a child process). Nothing here imports a decoder.
"""

from crawler.digests.boxes import index_after
from crawler.digests.kinds import SNIFFED_BYTES, is_picture, is_video, looks_like_html, media_type
from crawler.digests.streams import DigestStream, bits_apart, digests_of

__all__ = [
    "SNIFFED_BYTES",
    "DigestStream",
    "bits_apart",
    "digests_of",
    "index_after",
    "is_picture",
    "is_video",
    "looks_like_html",
    "media_type",
]
