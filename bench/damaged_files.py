"""How long damaged pictures and bombs keep a decoder: every truncation of a file of each kind, flipped bytes, bombs.

Exits with 1 when one of a hundred takes 200 ms, or a child died.
"""

import asyncio
import statistics
import sys
import time

from rich.console import Console
from rich.progress import track
from rich.table import Table

from crawler.decoding import Decoder
from practice.damaged import damaged_files

MOST_SECONDS = 0.2


def main() -> int:
    """Prints the table; 1 if it is not what it should be."""
    files = list(damaged_files(most_cuts=sys.maxsize))
    times, told, crashes = asyncio.run(_decoded(files))
    slowest = sorted(zip(times, files, strict=True), key=lambda pair: pair[0], reverse=True)[:5]
    far = statistics.quantiles(times, n=100)[-1]
    print(f"{len(files)} files, {crashes} crashes of a child; {told} have a fingerprint all the same")
    print(f"median {1e3 * statistics.median(times):.2f} ms, 99th percentile {1e3 * far:.2f} ms")
    table = Table("the slowest", "ms")
    for seconds, (name, _) in slowest:
        table.add_row(name, f"{1e3 * seconds:.1f}")
    Console().print(table)
    return int(far >= MOST_SECONDS or crashes > 0)


async def _decoded(files: list[tuple[str, bytes]]) -> tuple[list[float], int, int]:
    times, told = [], 0
    async with Decoder.open(1) as decoder:
        await decoder.fingerprint(b"the child starts")
        for _, body in track(files, "damaged files", transient=True):
            started = time.perf_counter()
            told += (await decoder.fingerprint(body)).pdq is not None
            times.append(time.perf_counter() - started)
        return times, told, decoder.crashes


if __name__ == "__main__":
    raise SystemExit(main())
