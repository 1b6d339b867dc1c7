"""Whether two videos are the same by their frames: vPDQ's rule. Pure.

Source: facebook/ThreatExchange, ``vpdq/README.md`` ("Comparison (Matching) Algorithm") and
``python-threatexchange/threatexchange/extensions/vpdq`` (``vpdq_brute_matcher.py``, ``vpdq_util.py``). Frames are a
bag: neither their order nor their time counts. Frames below quality 50 and equal ones are left out; a frame is matched
by any of the other video within distance 31; two shares come out, that of each video's frames that are matched.

How much is enough, the source says in three ways: 80 % of the compared video and none of the query (README), 80 % of
the query and none of the compared (``vpdq_util``), 80 % of either (``compare_hash`` of the older ``video_vpdq.py``).
The last holds here, for it finds what the other two find: a clip cut from a known video, and a known video inside a
longer one. It is a near match, on which a person looks; ``docs/decisions/0034-videos-by-frames.md``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy
from numpy.typing import NDArray

from crawler.hashlists.bands import NEAR, Bands, Stand, Words
from hotline.facts import LEGIBLE, FramePrint

ENOUGH: Final = 80.0
"""Per cent of the frames of either video."""
_ROWS: Final = 256
"""Frames compared with all others at a time: some tens of megabytes for an hour."""
_ONES: Final = numpy.array([value.bit_count() for value in range(256)], numpy.uint8)


def shares(seen: Sequence[FramePrint], known: Sequence[str]) -> tuple[float, float]:
    """How many per cent of the frames seen are matched in the known video, and of the known in what was seen.

    ``known`` are the frames of one video of a list, which says no quality: those that are worth comparing. Both are
    0 where either video has no frame to compare.
    """
    ours = _bits(frame.pdq for frame in seen if frame.quality >= LEGIBLE)
    theirs = _bits(known)
    if not len(ours) or not len(theirs):
        return 0.0, 0.0
    ours_matched = 0
    theirs_matched = numpy.zeros(len(theirs), bool)
    for start in range(0, len(ours), _ROWS):
        near = _distances(ours[start : start + _ROWS], theirs) <= NEAR
        ours_matched += int(near.any(axis=1).sum())
        theirs_matched |= near.any(axis=0)
    return 100 * ours_matched / len(ours), 100 * int(theirs_matched.sum()) / len(theirs)


def is_same_video(seen: Sequence[FramePrint], known: Sequence[str]) -> bool:
    """Whether one of the two is found in the other, wholly or nearly."""
    return max(shares(seen, known)) >= ENOUGH


def frames_apart(seen: bytes, known: bytes) -> int | None:
    """How far two videos are apart, in the median of their frames that are matched; ``None``: they are not the same.

    Both are legible frames, 32 bytes each (``Digests.legible_frames``).
    """
    ours, theirs = (numpy.frombuffer(each, numpy.uint64).reshape(-1, 4) for each in (seen, known))
    found = Films(Bands(theirs), numpy.zeros(len(theirs), int)).same_as(ours) if len(ours) and len(theirs) else []
    return found[0][1] if found else None


@dataclass(frozen=True)
class Films:
    """The videos of a list: their frames, and for each its owner, a row of the list, in ascending order."""

    frames: Bands
    owners: NDArray[Any]

    def same_as(self, seen: Words, stand: Stand | None = None) -> list[tuple[int, int]]:
        """The owners that are the same video as these frames, and how far their matched frames are in the median.

        By the rule of ``is_same_video``, of all videos at once. ``stand`` says of owners whether they do.
        """
        by_owner = None if stand is None else lambda places: stand(self.owners[places])
        pairs = [numpy.stack(each) for each in self.frames.within(seen, by_owner)]
        which, places, distances = numpy.unique(numpy.concatenate([numpy.empty((3, 0), int), *pairs], axis=1), axis=1)
        found = []
        for owner in numpy.unique(self.owners[places]):
            mine = self.owners[places] == owner
            ours = numpy.unique(which[mine]).size / len(seen)
            theirs = numpy.unique(places[mine]).size / int((self.owners == owner).sum())
            if 100 * max(ours, theirs) >= ENOUGH:
                found.append((int(owner), int(numpy.median(distances[mine]))))
        return found


def _bits(prints: Iterable[str]) -> NDArray[numpy.uint64]:
    """Each different fingerprint once, as four words of 64 bits."""
    unique = b"".join(bytes.fromhex(each) for each in dict.fromkeys(each.lower() for each in prints))
    return numpy.frombuffer(unique, numpy.uint64).reshape(-1, 4)


def _distances(some: NDArray[numpy.uint64], others: NDArray[numpy.uint64]) -> NDArray[numpy.uint16]:
    apart = some[:, None, :] ^ others[None, :, :]
    ones: NDArray[numpy.uint16] = _ONES[apart.view(numpy.uint8)].sum(axis=2, dtype=numpy.uint16)
    return ones
