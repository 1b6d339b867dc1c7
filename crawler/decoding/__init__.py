"""Hostile pictures are decoded in child processes that have nothing to lose: no network, no files, no keys.

A picture travels in anonymous memory by descriptor; back come its PDQ, quality and frames, or one ``problem`` in
words. A bomb, a crash or an endless loop costs that one answer. Nothing here imports a decoder but ``pictures``,
which is the child's alone; and nothing here imports vault or database, for the child imports this package too.
"""

from crawler.decoding.pool import LARGEST_PICTURE, Decoder, Picture, filter_problem, fingerprint_now, in_memory

__all__ = ["LARGEST_PICTURE", "Decoder", "Picture", "filter_problem", "fingerprint_now", "in_memory"]
