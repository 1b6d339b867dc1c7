"""How long does it take to learn who hosts 10,000 URLs, and how often is anybody asked? Beside ipwhois for each URL.

Both ask the same local servers. Exits with 1 when any network, prefix, AS, entity or domain was asked for twice.
"""

import sys
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from stand.hosting_world import DOMAINS, HOSTS, NETWORKS, URLS
from stand.processes import Measured, started

UNBOUNDED: Final = ("DNS host", "DNS servers' own")
"""Name servers are asked anew for each host, because where it leads is what changes."""
Result = dict[str, Any]


def main() -> int:
    """Prints the tables; 1 if somebody was asked too often, or a desk is missing."""
    with started("hosting_servers") as servers:
        origin = servers.hear()
        cold, kept = _measure(servers, origin, "hosting_ours", 2)
        (peer,) = _measure(servers, origin, "hosting_peer", 1)
    _show(cold, kept, peer)
    _show_questions(cold["asked"])
    _tell(cold, kept, peer)
    too_often = [kind for kind in _bounded(cold["asked"]) if cold["asked"][kind]["most"] > 1]
    too_often += [f"{kind}, although it was kept" for kind in _bounded(kept["asked"])]
    for kind in too_often:
        print(f"asked too often: {kind}", file=sys.stderr)
    wrong = sum(URLS - each["right"] for each in (cold, kept))
    if wrong:
        print(f"the right desk does not stand first for {wrong} URLs: {cold['problems']}", file=sys.stderr)
    return int(bool(too_often or wrong))


def _measure(servers: Measured, origin: Result, who: str, rounds: int) -> list[Result]:
    """What the process tells of each round, and with it what the servers were asked meanwhile."""
    told = []
    with started(who) as process:
        process.tell(origin)
        for _ in range(rounds):
            result = process.hear()
            servers.tell("asked")
            told.append({**result, "asked": servers.hear()})
            process.tell("next")
    return told


def _show(cold: Result, kept: Result, peer: Result) -> None:
    table = Table("look-up", title=f"{URLS:,} URLs, {HOSTS:,} hosts, {NETWORKS} networks, {DOMAINS:,} domains")
    for column in ("seconds", "URLs/s", "CPU ms", "DNS", "RDAP", "WHOIS", "desk"):
        table.add_column(column, justify="right")
    _add(table, "ours, cold", cold, 1)
    _add(table, "ours, kept", kept, 1)
    _add(table, f"ipwhois, {peer['urls']:,} URLs", peer, 1)
    _add(table, "ipwhois, reckoned", peer, URLS / peer["urls"])
    Console().print(table)


def _add(table: Table, name: str, told: Result, times: float) -> None:
    seconds, urls = told["seconds"], told["urls"]
    questions = [f"{_count(told['asked'], kind) * times:,.0f}" for kind in ("DNS", "RDAP", "WHOIS")]
    cost = f"{told['processor'] / urls * 1000:.1f}"
    right = f"{told['right'] / urls:.0%}"
    table.add_row(name, f"{seconds * times:.1f}", f"{urls / seconds:,.0f}", cost, *questions, right)


def _show_questions(asked: Result) -> None:
    table = Table("question of ours, cold", title="How often each thing was asked for")
    for column in ("asked", "different", "most for one", "bound"):
        table.add_column(column, justify="right")
    for kind, told in asked.items():
        bound = "1" if kind in _bounded(asked) else ""
        table.add_row(kind, f"{told['asked']:,}", f"{told['subjects']:,}", str(told["most"]), bound)
    Console().print(table)


def _tell(cold: Result, kept: Result, peer: Result) -> None:
    times = URLS / peer["urls"]
    ours, theirs = (sum(_count(each["asked"], kind) for kind in ("RDAP", "WHOIS")) for each in (cold, peer))
    origins, their_origins = (_count(each["asked"], "DNS origin, first") for each in (cold, peer))
    print(f"Ours took {cold['seconds']:.1f} s cold, and {kept['seconds']:.1f} s in a new run with the answers kept.")
    print(
        f"ipwhois took {peer['seconds']:.1f} s for {peer['urls']:,} URLs: so {peer['seconds'] * times:.0f} s for all."
    )
    print(
        f"Registries were asked {ours:,} questions by us, {theirs * times:,.0f} by ipwhois (reckoned, no registrars)."
    )
    print(f"Each name server was asked {origins:,} origins by us, {their_origins * times:,.0f} by ipwhois (reckoned).")
    print(f"The abuse desk stands first in {cold['right'] / URLS:.0%} of our findings.")
    print(f"ipwhois, to its default depth, names it in that role in {peer['right'] / peer['urls']:.0%} of its answers.")


def _bounded(asked: Result) -> list[str]:
    return [kind for kind in asked if not kind.startswith(UNBOUNDED)]


def _count(asked: Result, kind: str) -> int:
    return sum(told["asked"] for each, told in asked.items() if each.startswith(kind))


if __name__ == "__main__":
    sys.exit(main())
