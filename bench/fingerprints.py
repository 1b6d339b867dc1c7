"""Our PDQ beside the ``pdqhash`` package: the same bits, and how many pictures a second on one core.

On the pictures of some Debian packages. Exits with 1 when a single bit or quality differs on the exact path, when the
quick path strays too far, or when either is not as fast as it should be.
"""

import asyncio
import io
import os
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterable
from typing import Final

import numpy
import pdqhash
from PIL import Image
from rich.console import Console
from rich.progress import track
from rich.table import Table
from stand.art import pictures

from crawler.decoding import Decoder
from crawler.decoding.pictures import Strips, prepare
from crawler.digests import pdq

Body = bytes
AS_IN_A_CHILD: Final = {
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_MMAP_THRESHOLD_": str(2**30),
    "MALLOC_TRIM_THRESHOLD_": str(2**28),
}
"""As in the decoding children: one thread, and memory that is kept. The peer gains by both as we do."""
SIZES: Final = {"1 megapixel": (1152, 864), "12 megapixels": (4000, 3000)}
FILES: Final = 64
ROUNDS: Final = 3
LEAST: Final = {("exact where compared", "1 megapixel"): 3, ("exact where compared", "12 megapixels"): 3,
                ("quick", "1 megapixel"): 4, ("quick", "12 megapixels"): 20}  # fmt: skip
MOST_PIXELS: Final = 24_000_000


def main() -> int:
    """Prints the three tables; 1 if one of them is not what it should be."""
    if AS_IN_A_CHILD.items() - os.environ.items():
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | AS_IN_A_CHILD)
    warnings.simplefilter("ignore")
    prepare()
    found = [image for file in pictures() if (image := _opened(file.read_bytes())) is not None]
    wrong = _same_bits(found)
    photographs = [image for image in found if min(image.size) >= 700]
    wrong += _faith(photographs)
    for name, size in SIZES.items():
        wrong += _speed(name, [_jpeg(image.resize(size, Image.Resampling.LANCZOS)) for image in _photographs(found)])
    for line in wrong:
        print(line, file=sys.stderr)
    return int(bool(wrong))


def _opened(body: Body) -> Image.Image | None:
    try:
        image = Image.open(io.BytesIO(body))
        too_large = image.width * image.height > MOST_PIXELS
        return None if too_large or min(image.size) < pdq.LEAST_SIDE else image.convert("RGB")
    except OSError:
        return None


def _same_bits(images: list[Image.Image]) -> list[str]:
    """Each picture by the package and by us; the package's own dihedral variants too."""
    wrong, strayed, reduced = 0, 0, []
    for image in track(images, "the same bits", transient=True):
        pixels = numpy.asarray(image)
        vectors, quality = pdqhash.compute_dihedral(pixels)
        ours = pdq.fingerprint(pdq.Pixels(pixels), turned=True)
        turned = [numpy.packbits(vector).tobytes() for vector in vectors]
        wrong += (ours.full.bits, ours.full.quality) != (turned[0], quality)
        wrong += list((ours.turned or {}).values()) != turned
        crawled = pdq.fingerprint(pdq.Pixels(pixels), thorough=False).full
        strayed += (crawled.quality >= 50) != (quality >= 50) or (quality >= 50 and crawled.bits != turned[0])
        if ours.reduced and quality >= 50:
            reduced.append(_apart(ours.full.bits, ours.reduced.bits))
    far = sum(distance > 31 for distance in reduced)
    print(f"\n{len(images)} pictures, each turned eight ways: {wrong} differ from pdqhash")
    print(f"as the crawl makes them: {strayed} differ at quality 50 or more, or lie on the other side of it")
    print(
        f"the two conventions: {statistics.median(reduced)} bits apart in the median of {len(reduced)} pictures, "
        f"more than 31 in {far}"
    )
    return [f"{wrong + strayed} fingerprints differ from pdqhash"] if wrong or strayed or len(images) < 300 else []


def _faith(images: list[Image.Image]) -> list[str]:
    """How far the quick path strays: re-encoded as JPEG, because only a JPEG can be decoded at a smaller scale."""
    apart = []
    for number, image in enumerate(track(images, "the quick path", transient=True)):
        body = _jpeg(image, (75, 85, 92)[number % 3], (0, 2)[number % 2])
        exact, quick = _ours(body, False, False), _ours(body, True, False)
        if exact.full.quality >= 50:
            apart.append(_apart(exact.full.bits, quick.full.bits))
    median, far, most = statistics.median(apart), statistics.quantiles(apart, n=20)[-1], max(apart)
    print(
        f"\nquick against exact, {len(apart)} JPEG of quality 50 or more: {median} bits apart in the median, ", end=""
    )
    print(f"{far} at the 95th percentile, {most} at most")
    return [] if median == 0 and far <= 6 and most <= 31 and len(apart) >= 100 else ["the quick path strays too far"]


def _photographs(images: list[Image.Image]) -> list[Image.Image]:
    large = [image for image in images if min(image.size) >= 1000]
    return large[:: max(1, len(large) // FILES)][:FILES]


def _speed(name: str, bodies: list[Body]) -> list[str]:
    """Pictures a second of each way, on one core, in turns; then both cores."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    ways: dict[str, Callable[[Body], object]] = {
        "decoding alone": lambda body: _pixels(body).size,
        "Pillow and pdqhash": lambda body: pdqhash.compute(_pixels(body)),
        "exact where compared": lambda body: _ours(body, False, False),
        "both conventions": lambda body: _ours(body, False, True),
        "exact for all": lambda body: _ours(body, False, False, thorough=True),
        "quick": lambda body: _ours(body, True, False),
        "decoding alone, quick": lambda body: Strips(Image.open(io.BytesIO(body)), True).height,
    }
    times: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(ROUNDS):
        for way, deed in ways.items():
            times[way].append(_timed(deed, bodies))
    os.sched_setaffinity(0, range(os.cpu_count() or 1))
    best = {way: min(rounds) for way, rounds in times.items()}
    peer = best["Pillow and pdqhash"]
    table = Table("way", title=f"{name}: {len(bodies)} JPEG of {sum(map(len, bodies)) / len(bodies) / 1e3:.0f} kB")
    for column in ("ms a picture", "of it decoding", "pictures/s", "times the peer"):
        table.add_column(column, justify="right")
    for way, seconds in best.items():
        decoding = best["decoding alone, quick" if "quick" in way else "decoding alone"]
        each = [f"{1e3 * time / len(bodies):.2f}" for time in (seconds, decoding)]
        table.add_row(way, *each, f"{len(bodies) / seconds:.1f}", f"{peer / seconds:.1f}")
    one, two = (_pool(bodies, children) for children in (1, 2))
    for label, seconds in (("sandboxed, one child", one), ("sandboxed, two children", two)):
        table.add_row(
            label, f"{1e3 * seconds / len(bodies):.2f}", "", f"{len(bodies) / seconds:.1f}", f"{peer / seconds:.1f}"
        )
    Console().print(table)
    wanted = {way: times for (way, size), times in LEAST.items() if size == name}
    return [
        f"{name}, {way}: {peer / best[way]:.1f} times the peer, not {least}"
        for way, least in wanted.items()
        if peer / best[way] < least
    ]


def _timed(deed: Callable[[Body], object], bodies: Iterable[Body]) -> float:
    started = time.perf_counter()
    for body in bodies:
        deed(body)
    return time.perf_counter() - started


def _pool(bodies: list[Body], children: int) -> float:
    async def all_of_them() -> float:
        async with Decoder.open(children) as decoder:
            await asyncio.gather(*(decoder.fingerprint(body) for body in bodies[:children]))  # the children start
            started = time.perf_counter()
            await asyncio.gather(*(decoder.fingerprint(body) for body in bodies))
            return time.perf_counter() - started

    return min(asyncio.run(all_of_them()) for _ in range(2))


def _ours(body: Body, quick: bool, reduced: bool, thorough: bool = False) -> pdq.Fingerprint:
    with Image.open(io.BytesIO(body)) as image:
        return pdq.fingerprint(Strips(image, quick), reduced=reduced, thorough=thorough)


def _pixels(body: Body) -> numpy.typing.NDArray[numpy.uint8]:
    return numpy.asarray(Image.open(io.BytesIO(body)).convert("RGB"))


def _jpeg(image: Image.Image, quality: int = 85, subsampling: int = 2) -> Body:
    body = io.BytesIO()
    image.save(body, "JPEG", quality=quality, subsampling=subsampling)
    return body.getvalue()


def _apart(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


if __name__ == "__main__":
    raise SystemExit(main())
