"""What comes singly, taken in small batches: a transaction for each would cost more than what it writes."""

import asyncio
from collections.abc import AsyncIterator
from typing import TypeVar

Item = TypeVar("Item")


async def in_batches(source: AsyncIterator[Item], most: int, linger: float) -> AsyncIterator[list[Item]]:
    """At most ``most`` items at once; the first of a batch waits ``linger`` seconds at most for the others."""
    coming = asyncio.create_task(_next(source))
    try:
        while first := await coming:
            coming = asyncio.create_task(_next(source))
            batch = list(first)
            until = asyncio.get_running_loop().time() + linger
            while len(batch) < most and await _is_here(coming, until) and (item := coming.result()):
                batch += item
                coming = asyncio.create_task(_next(source))
            yield batch
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)


async def _next(source: AsyncIterator[Item]) -> tuple[Item, ...]:
    try:
        return (await anext(source),)
    except StopAsyncIteration:
        return ()


async def _is_here(coming: "asyncio.Task[tuple[Item, ...]]", until: float) -> bool:
    done, _ = await asyncio.wait({coming}, timeout=max(0.0, until - asyncio.get_running_loop().time()))
    return bool(done)
