"""Hostile pictures and videos are decoded in child processes that have nothing to lose: no network, no files, no keys.

A picture travels in anonymous memory by descriptor; back come its PDQ, quality and frames, or one ``problem`` in
words. A video streams by: a child reads it from a socket while it comes, and tells the fingerprint of one frame each
second. A bomb, a crash or an endless loop costs that one answer. Nothing here imports a decoder but ``pictures`` and
``videos``, which are the children's alone; and nothing here imports vault or database, for they import this too.
"""

from crawler.decoding.answers import EXACT, QUICK, THOROUGH, TURNED, Picture
from crawler.decoding.pool import LARGEST_PICTURE, Decoder, filter_problem, fingerprint_now, in_memory, wipe
from crawler.decoding.streaming import Film, Tail, Video

__all__ = [
    "EXACT",
    "LARGEST_PICTURE",
    "QUICK",
    "THOROUGH",
    "TURNED",
    "Decoder",
    "Film",
    "Picture",
    "Tail",
    "Video",
    "filter_problem",
    "fingerprint_now",
    "in_memory",
    "wipe",
]
