"""Whether what was served is what a case knows, saved anew: a picture by its PDQ, a video by its frames."""

import asyncio
from collections.abc import Collection, Iterable

from crawler.digests import bits_apart
from crawler.hashlists.bands import NEAR
from crawler.hashlists.index import ListIndex
from crawler.hashlists.matching import is_legible, pictures_of
from crawler.hashlists.videos import frames_apart
from hotline.facts import Digests, LookOrder
from hotline.words import ListKind


async def distance(order: LookOrder, digests: Digests) -> int | None:
    """Bits between what is served and what the case knows; ``None`` where there is nothing to compare.

    Of a picture those of its PDQ; where these are too many, by the other convention: a host that makes a large picture
    small does what that does. Of a video the median of its frames that are matched, where enough of them are.
    """
    apart = _picture_apart(order, digests)
    if apart is not None and apart <= NEAR:
        return apart
    film = await _film_apart(digests, [order.frames] if order.frames else [])
    return apart if film is None else film


async def is_known_file(order: LookOrder, index: ListIndex, digests: Digests) -> bool:
    """Whether a file of a page is one of its known files, byte for byte or saved anew, or other listed material."""
    if digests.sha256 in order.media:
        return True
    listed = (await index.matched(digests)).listed
    if listed in (ListKind.HARMLESS, ListKind.PLACEHOLDER):
        return False
    if listed is ListKind.ILLEGAL or _nearest(_legible(digests), order.media_pdq) <= NEAR:
        return True
    return await _film_apart(digests, order.media_frames) is not None


def _picture_apart(order: LookOrder, digests: Digests) -> int | None:
    if not digests.pdq or not order.pdq or not is_legible(digests):
        return None
    apart = bits_apart(digests.pdq, order.pdq)
    if apart <= NEAR:
        return apart
    return min(apart, _nearest(_legible(digests), [each for each in (order.pdq, order.pdq_reduced) if each]))


def _legible(digests: Digests) -> list[str]:
    return pictures_of(digests) if is_legible(digests) else []


def _nearest(some: Iterable[str], others: Collection[str]) -> int:
    return min((bits_apart(one, other) for one in some for other in others), default=NEAR + 1)


async def _film_apart(digests: Digests, films: Collection[bytes]) -> int | None:
    """How far the nearest of these videos is that is the same one."""
    seen = digests.legible_frames
    if not seen or not films:
        return None

    def compared() -> list[int]:
        return [apart for film in films if (apart := frames_apart(seen, film)) is not None]

    return min(await asyncio.to_thread(compared), default=None)
