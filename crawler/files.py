"""``hashes compute``: the fingerprints of files that the operator has. Reads only; nothing is written or kept."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

from crawler.decoding import LARGEST_PICTURE, THOROUGH, TURNED, Decoder, Film, Picture, in_memory, wipe
from crawler.digests import SNIFFED_BYTES, DigestStream, is_picture, is_video, media_type
from crawler.films import passing
from hotline.facts import Digests, FramePrint
from hotline.progress import Progress, silence

_CHUNK: Final = 1 << 20


def compute_all(files: Sequence[Path], progress: Progress = silence, *, turned: bool = False) -> list[dict[str, Any]]:
    """The contract's rows for ``hashes compute``, in order.

    A row has ``file, sha256, sha1, md5, pdq, pdq_quality, media_type, frames, problem``; and, where there is such a
    thing, ``pdq_reduced``, the other convention's PDQ, and ``frame_pdqs``, ``[second, pdq, quality]`` of a frame a
    second; and ``pdq_turned``, if asked for: the PDQ turned and mirrored eight ways. What is neither picture nor
    video, or cannot be decoded, has a null ``pdq`` and a ``problem``; what cannot be read has nothing but the problem.
    A video has no ``pdq``, and in ``frames`` the number of its ``frame_pdqs``; an animation has both, and the number
    of all its frames.
    """

    async def rows() -> list[dict[str, Any]]:
        done = 0
        children = max(1, min(len(files), os.cpu_count() or 1))
        async with Decoder.open(children, care=TURNED if turned else THOROUGH) as decoder:
            # A few more than there are children, so that none of them waits; all at once would fill the memory.
            places = asyncio.Semaphore(2 * children)

            async def row(file: Path) -> dict[str, Any]:
                nonlocal done
                async with places:
                    told = await _compute(file, decoder)
                done += 1
                progress("files fingerprinted", done, len(files))
                return told

            return await asyncio.gather(*map(row, files))

    return asyncio.run(rows())


def compute(file: Path) -> dict[str, Any]:
    """One row of ``compute_all``."""
    return compute_all([file])[0]


async def _compute(file: Path, decoder: Decoder) -> dict[str, Any]:
    try:
        with file.open("rb") as source:
            kind = media_type(source.read(SNIFFED_BYTES))
            source.seek(0)
            if is_video(kind):
                return await _video(file, source, str(kind), decoder)
            return await _picture(file, source, kind, decoder)
    except OSError as wrong:
        return _row(file, None, None, Picture(problem=f"cannot be read: {wrong.strerror}"))


async def _picture(file: Path, source: BinaryIO, kind: str | None, decoder: Decoder) -> dict[str, Any]:
    stream, held = DigestStream(), in_memory()
    try:
        while chunk := source.read(_CHUNK):
            stream.update(chunk)
            if is_picture(kind) and stream.length <= LARGEST_PICTURE:
                os.write(held, chunk)
        picture = await _decoded(kind, stream.length, held, decoder)
    finally:
        wipe(held)
    return _row(file, stream.finish(), kind, picture)


async def _decoded(kind: str | None, length: int, held: int, decoder: Decoder) -> Picture:
    if not is_picture(kind):
        return Picture(problem="not a picture: no PDQ")
    if length > LARGEST_PICTURE:
        return Picture(problem=f"larger than {LARGEST_PICTURE >> 20} MiB: not decoded")
    return await decoder.fingerprint(held)


async def _video(file: Path, source: BinaryIO, kind: str, decoder: Decoder) -> dict[str, Any]:
    async def part(start: int, end: int) -> bytes:
        return os.pread(source.fileno(), end - start, start)

    stream = DigestStream()
    chunk = source.read(_CHUNK)
    async with passing(decoder, kind, chunk, os.fstat(source.fileno()).st_size, part) as video:
        while chunk:
            stream.update(chunk)
            await video.feed(chunk)
            chunk = source.read(_CHUNK)
        film = await video.finish()
    return _film_row(file, stream.finish(), kind, film)


def _row(file: Path, digests: Digests | None, kind: str | None, picture: Picture) -> dict[str, Any]:
    return {
        "file": str(file),
        "sha256": digests.sha256 if digests else None,
        "sha1": digests.sha1 if digests else None,
        "md5": digests.md5 if digests else None,
        "pdq": picture.pdq,
        "pdq_quality": picture.quality,
        "media_type": kind,
        "frames": picture.frames,
        "problem": picture.problem,
    } | _more(picture)


def _more(picture: Picture) -> dict[str, Any]:
    more: dict[str, Any] = {"pdq_reduced": picture.reduced} if picture.reduced else {}
    if picture.turned:
        more["pdq_turned"] = dict(picture.turned)
    return more | ({"frame_pdqs": _listed(picture.prints)} if picture.prints else {})


def _film_row(file: Path, digests: Digests, kind: str, film: Film) -> dict[str, Any]:
    told = {"frames": len(film.prints), "frame_pdqs": _listed(film.prints)}
    return _row(file, digests, kind, Picture(problem=film.problem)) | (told if film.prints else {})


def _listed(prints: Sequence[FramePrint]) -> list[list[Any]]:
    return [list(each) for each in prints]
