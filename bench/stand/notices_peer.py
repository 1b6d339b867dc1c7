"""The plain loop: aiosmtplib's own ``sendmail`` for each of as many messages, which nobody remembers."""

import asyncio
import sys
import time
from collections.abc import Iterator

import aiosmtplib

from stand.processes import hear_order, report

RECIPIENT = "abuse@meadow.example"


async def main() -> None:
    """``notices_peer SESSIONS``: sends when it is told where, what and how often."""
    order = hear_order()
    message, sessions = order["message"].encode("latin-1"), int(sys.argv[1])
    numbers = iter(range(order["count"]))
    begun, used = time.perf_counter(), time.process_time()
    await asyncio.gather(*(_send(order["port"], message, numbers) for _ in range(sessions)))
    report({"sent": order["count"], "seconds": time.perf_counter() - begun, "processor": time.process_time() - used})
    hear_order()


async def _send(port: int, message: bytes, numbers: Iterator[int]) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as session:
        for _ in numbers:
            await session.sendmail("notice@hotline.example", [RECIPIENT], message)


if __name__ == "__main__":
    asyncio.run(main())
