"""Do a thousand URLs of one host make one message, and do 100,000 queued notices fit through the outbox?

Ours is beside a plain aiosmtplib loop, which remembers nothing, at the same sink. Exits with 1 when the thousand make
more than one message, when one of the 100,000 is not sent exactly once, or when memory grows by ``MOST`` or more.
"""

import sys
import threading
from typing import Any, Final

import psutil
from rich.console import Console
from rich.table import Table
from stand.processes import Measured, started

COUNT: Final = 100_000
SENDING: Final = 120.0
"""Seconds of sending; ``outbox.py all`` takes the time that all of it needs."""
PEERS: Final = 20_000
"""Messages of the plain loop."""
MOST: Final = 30 * 10**6
"""Bytes of resident memory between the first tenth and the last."""
_SECONDS: Final = 0.5


def main(most: float | None) -> int:
    """Prints the tables; the exit status."""
    with started("hosting_servers") as servers, started("sink") as sink, started("notices_ours") as ours:
        port = sink.hear()["port"]
        ours.tell({"origin": servers.hear(), "sink": port, "count": COUNT})
        one = _one_host(ours, sink)
        ours.tell("queue")
        queued = ours.hear()
        with started("notices_sender") as sender:
            sender.tell({"home": queued["home"], "sink": port})
            sender.hear()
            samples, told = _send(sender, sink, most)
        ours.tell("done")
        peers = [_peer(sink, port, queued["message"], sessions) for sessions in (1, 8)]
    _show_one(one)
    _show_memory(samples)
    _show_rates(told, peers, len(queued["message"]))
    return _judge(one, samples, told)


def _count(sink: Measured) -> dict[str, int]:
    sink.tell("count")
    counted: dict[str, int] = sink.hear()
    return counted


def _one_host(ours: Measured, sink: Measured) -> dict[str, Any]:
    told: dict[str, Any] = ours.hear()
    return told | {"messages": _count(sink)["messages"]}


def _send(sender: Measured, sink: Measured, most: float | None) -> tuple[list[tuple[int, int]], dict[str, Any]]:
    """How many messages had arrived, with the resident memory of then in bytes; and what the sender tells."""
    process, ended = psutil.Process(sender.pid), threading.Event()
    samples: list[tuple[int, int]] = [(0, process.memory_info().rss)]

    def watch() -> None:
        while not ended.wait(_SECONDS):
            samples.append((samples[-1][0] + _count(sink)["messages"], process.memory_info().rss))

    thread = threading.Thread(target=watch)
    sender.tell(most)
    thread.start()
    told = sender.hear()
    ended.set()
    thread.join()
    told["messages"] = samples[-1][0] + _count(sink)["messages"]
    sender.tell("done")
    return samples, told


def _peer(sink: Measured, port: int, message: str, sessions: int) -> dict[str, Any]:
    with started("notices_peer", str(sessions)) as process:
        process.tell({"port": port, "message": message, "count": PEERS})
        told: dict[str, Any] = process.hear()
        process.tell("done")
    return told | {"messages": _count(sink)["messages"], "sessions": sessions}


def _show_one(one: dict[str, Any]) -> None:
    print(
        f"{sum(one['named']):,} URLs of one host became {one['messages']} message in {one['seconds']:.1f} s, "
        "locating and queueing included."
    )


def _tenths(samples: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return [samples[(len(samples) - 1) * tenth // 10] for tenth in range(11)]


def _show_memory(samples: list[tuple[int, int]]) -> None:
    table = Table(title=f"{COUNT:,} queued notices: memory of the sender")
    table.add_column("messages that had arrived", justify="right")
    table.add_column("resident, MB", justify="right")
    for messages, resident in _tenths(samples):
        table.add_row(f"{messages:,}", f"{resident / 1e6:.1f}")
    Console().print(table)


def _show_rates(ours: dict[str, Any], peers: list[dict[str, Any]], size: int) -> None:
    table = Table(title=f"Messages of {size:,} bytes to a sink on loopback")
    for column in ("sender", "messages/s", "seconds", "CPU ms a message"):
        table.add_column(column, justify="left" if column == "sender" else "right")
    rows = [("the outbox", ours), *((f"plain loop, {each['sessions']} sessions", each) for each in peers)]
    for name, told in rows:
        cost = f"{told['processor'] / told['sent'] * 1000:.2f}"
        table.add_row(name, f"{told['sent'] / told['seconds']:,.0f}", f"{told['seconds']:.1f}", cost)
    Console().print(table)


def _judge(one: dict[str, Any], samples: list[tuple[int, int]], told: dict[str, Any]) -> int:
    tenths = [resident for _, resident in _tenths(samples)]
    growth = max(tenths[1:]) - tenths[1]
    print(f"From the first tenth on memory grew by {growth / 1e6:.1f} MB (allowed: less than {MOST / 1e6:.0f}).")
    sent, doubtful, arrived = told["sent"], told["unknown"], told["messages"]
    print(f"{sent:,} sent, {told['queued']:,} queued, {doubtful} unknown where it had to end; {arrived:,} arrived.")
    wrong = []
    if (one["messages"], one["named"]) != (1, [sum(one["named"])]):
        wrong.append(f"the URLs of one host made {one['messages']} messages")
    if told["others"] or sent + doubtful + told["queued"] != COUNT or not sent <= arrived <= sent + doubtful:
        wrong.append("a notice is lost or was sent twice")
    if growth >= MOST:
        wrong.append("memory grows with the number of notices")
    for each in wrong:
        print(each, file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(None if sys.argv[1:] == ["all"] else SENDING))
