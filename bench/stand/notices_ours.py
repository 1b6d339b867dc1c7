"""Our side of the benchmark of the outbox: one host's thousand URLs become messages; then very many are queued."""

import asyncio
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from stand import hosting_world
from stand.hosting_ours import home_at
from stand.processes import hear_order, report

URLS = 1_000
SIGNED = {"MAIL_FROM": "notice@hotline.example", "ORGANISATION": "Practice hotline", "COUNTRY": "NL"}


def main() -> None:
    """Told where the servers are, and how many notices to queue."""
    order = hear_order()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        home = home_at(Path(folder), order["origin"], SMTP=f"smtp://127.0.0.1:{order['sink']}", **SIGNED)
        _appoint(home)
        report(_ask_one_host(home))
        hear_order()
        report(_queue_many(home, order["count"]))
        hear_order()
        home.engine.dispose()


def _appoint(home: Any) -> None:
    from hotline import staff
    from hotline.words import Role

    for name in ("ada", "ben"):
        staff.add(home, staff.NewMember(name, Role.ANALYST, "NL"), staff.SYSTEM)


def _confirm(home: Any, urls: list[str]) -> None:
    from hotline import staff
    from hotline.address import parse_url
    from hotline.words import Classification
    from takedown.intake import admit
    from takedown.reports import ConfirmedReport

    nothing = dict.fromkeys(
        ("page", "referrer", "sha256", "reference", "source", "reported_at", "confirmed_at", "note")
    )
    rows = [
        ConfirmedReport(
            line=line, url=parse_url(url), confirmed_by=("ada", "ben"), classification=Classification.BASELINE,
            embargo_until=None, **nothing,
        )
        for line, url in enumerate(urls, 2)
    ]  # fmt: skip
    taken = admit(home, rows, staff.SYSTEM)
    assert taken.accepted == len(urls), taken.rejected[:3]


def _ask(home: Any) -> Any:
    from scheduler.asking import ask

    return asyncio.run(ask(home))


def _ask_one_host(home: Any) -> dict[str, Any]:
    """All of the first host's URLs, as ``hotline notices send`` asks about them."""
    from notices.views import list_notices

    _confirm(home, [f"http://{hosting_world.hosts[1].name}/files/{number:04d}.png" for number in range(URLS)])
    begun = time.perf_counter()
    asked = _ask(home)
    told = list_notices(home)
    return {"seconds": time.perf_counter() - begun, "sent": asked.sent, "named": [len(row["cases"]) for row in told]}


def _queue_many(home: Any, count: int) -> dict[str, Any]:
    from sqlmodel import select

    from hotline.records import Notice
    from stand.queued import copy_last

    nobody = replace(home, settings=replace(home.settings, smtp=None))
    _confirm(home, [f"http://{hosting_world.hosts[21].name}/files/one.png"])
    _ask(nobody)
    begun = time.perf_counter()
    copy_last(home, count - 1)
    with home.reading() as session:
        notice = session.exec(select(Notice).order_by(Notice.id.desc()).limit(1)).one()
        message = home.vault.text(notice, "bytes")
    return {"seconds": time.perf_counter() - begun, "message": message, "home": str(home.settings.home)}


if __name__ == "__main__":
    main()
