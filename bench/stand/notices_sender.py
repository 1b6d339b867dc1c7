"""The process that is measured: it sends what is queued in a home, as ``hotline notices send`` does."""

import asyncio
import contextlib
import time
from typing import Any

from stand.notices_ours import SIGNED
from stand.processes import hear_order, report


def main() -> None:
    """Told where home and server are, and for how many seconds it may send (``null``: until all is sent)."""
    from hotline import settings
    from hotline.home import open_home

    order = hear_order()
    signed = {f"HOTLINE_{name}": value for name, value in SIGNED.items()}
    server = {"HOTLINE_HOME": order["home"], "HOTLINE_SMTP": f"smtp://127.0.0.1:{order['sink']}"}
    home = open_home(settings.load(signed | server))
    report("ready")
    report(asyncio.run(_send(home, hear_order())))
    hear_order()
    home.engine.dispose()


async def _send(home: Any, most: float | None) -> dict[str, Any]:
    """All that is queued, or what can be sent in so many seconds: then it is told to end, as by a signal."""
    from notices import outbox
    from notices.channels.smtp import sender_of
    from scheduler.asking import CasesMove

    begun, used = time.perf_counter(), time.process_time()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(most):
            await outbox.send_due(home, sender_of(home), CasesMove(home))
    spent = {"seconds": time.perf_counter() - begun, "processor": time.process_time() - used}
    return spent | _states(home)


def _states(home: Any) -> dict[str, int]:
    """How many of those that were queued stand where; the notice of the thousand URLs is not counted."""
    from sqlalchemy import func
    from sqlmodel import select

    from hotline.records import Notice

    with home.reading() as session:
        counted = select(Notice.state, func.count()).where(Notice.id > 1).group_by(Notice.state)
        found = {state.value: count for state, count in session.exec(counted)}
    return {name: found.pop(name, 0) for name in ("sent", "queued", "unknown")} | {"others": sum(found.values())}


if __name__ == "__main__":
    main()
