"""``hashes compute``: the fingerprints of files that the operator has. Reads only; nothing is written or kept."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from crawler.decoding import LARGEST_PICTURE, Decoder, Picture, in_memory
from crawler.digests import SNIFFED_BYTES, DigestStream, is_picture, media_type

_CHUNK: Final = 1 << 20


def compute_all(files: Sequence[Path]) -> list[dict[str, Any]]:
    """The contract's rows for ``hashes compute``, in order.

    A row has ``file, sha256, sha1, md5, pdq, pdq_quality, media_type, frames, problem``, and ``pdq_reduced`` where the
    other convention's PDQ is another one. What is no picture, or cannot be decoded, has a null ``pdq`` and a
    ``problem``; what cannot be read has nothing but the problem.
    """

    async def rows() -> list[dict[str, Any]]:
        async with Decoder.open(children=1) as decoder:
            return [await _compute(file, decoder) for file in files]

    return asyncio.run(rows())


def compute(file: Path) -> dict[str, Any]:
    """One row of ``compute_all``."""
    return compute_all([file])[0]


async def _compute(file: Path, decoder: Decoder) -> dict[str, Any]:
    stream = DigestStream()
    held = in_memory()
    try:
        kind = _read(file, stream, held)
        picture = await _decoded(kind, stream.length, held, decoder)
    except OSError as wrong:
        return _row(file, None, None, Picture(problem=f"cannot be read: {wrong.strerror}"))
    finally:
        os.close(held)
    return _row(file, stream, kind, picture)


def _read(file: Path, stream: DigestStream, held: int) -> str | None:
    kind = None
    with file.open("rb") as source:
        while chunk := source.read(_CHUNK):
            if stream.length == 0:
                kind = media_type(chunk[:SNIFFED_BYTES])
            stream.update(chunk)
            if is_picture(kind) and stream.length <= LARGEST_PICTURE:
                os.write(held, chunk)
    return kind


async def _decoded(kind: str | None, length: int, held: int, decoder: Decoder) -> Picture:
    if not is_picture(kind):
        return Picture(problem="not a picture: no PDQ")
    if length > LARGEST_PICTURE:
        return Picture(problem=f"larger than {LARGEST_PICTURE >> 20} MiB: not decoded")
    return await decoder.fingerprint(held)


def _row(file: Path, stream: DigestStream | None, kind: str | None, picture: Picture) -> dict[str, Any]:
    digests = stream.finish() if stream else None
    second = {"pdq_reduced": picture.reduced} if picture.reduced else {}
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
    } | second
