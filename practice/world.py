"""The practice internet as one object: which files are up, what the desks have set going, and what went
wrong.

    HOSTS ──► Sites (what is where) ──► Items (one a URL that matters, with a Condition)
                                             ▲
    a notice ──► desks.py ── tell() ──► behaviours.py ──► clock.plan ──► change

`truth()` is what a correct hotline must end with; `faults` what it must never have done. `running()` puts
servers on loopback round the world.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from practice.behaviours import (
    Behaviour,
    Change,
    Condition,
    Leaves,
    Moves,
    Role,
    after_change,
    steps_after_notice,
    steps_after_removal,
)
from practice.clock import VirtualClock, written
from practice.hosts import Host, hosts_of
from practice.pictures import Pictures, is_material
from practice.reports import REPORTS, Report
from practice.sites import Site, Sites, moved

START = "2030-01-01T00:00:00Z"
RESOLVER_LAG = timedelta(hours=2)
"""So much later than the first the second resolver sees that a name is gone."""

Row = dict[str, str | int | bool | None]


@dataclass
class Item:
    """One URL that a correct hotline follows to its end: a file, or a page that was confirmed as such."""

    host: Host
    path: str
    label: str | None
    kind: str
    behaviour: Behaviour
    embargo_until: datetime | None = None
    condition: Condition = field(default_factory=Condition)
    moved_to: "Item | None" = None
    moved_from: "Item | None" = None

    @property
    def url(self) -> str:
        """Absolute."""
        return self.host.base + self.path

    @property
    def shows_at(self) -> "Item":
        """The item whose condition a visitor of this URL sees: the new place, where the old one redirects."""
        redirects = self.moved_to is not None and self.behaviour.moves is Moves.REDIRECTS
        return self.moved_to.shows_at if redirects and self.moved_to else self


class World:
    """Hosts, items, clock and faults."""

    def __init__(self, which: str, start: datetime, seed: int = 1) -> None:
        self.clock = VirtualClock(start)
        self.pictures = Pictures(seed)
        self.hosts = {host.name: host for host in hosts_of(which)}
        self.sites = Sites(self.hosts.values())
        self.reports = tuple(report for report in REPORTS if self.sites.is_there(report.what))
        self.items: dict[str, Item] = {}
        self.dark: set[str] = set()
        self.vanished: dict[str, datetime] = {}
        self.faults: list[Row] = []
        self.mail: list[dict[str, object]] = []
        self._fill()

    # ------------------------------------------------------------------ what is where

    def _fill(self) -> None:
        for site in self.sites.by_name.values():
            for path, label in site.files.items():
                if is_material(label):
                    self._add(
                        Item(
                            site.host,
                            path,
                            label,
                            "near" if label.startswith("~") else "exact",
                            site.host.behaviour,
                        )
                    )
        for report in self.reports:
            self._report(report)

    def _report(self, report: Report) -> None:
        url = self.reported_url(report)
        if url not in self.items:
            host = self.hosts[report.what.rpartition("@")[2]]
            self._add(Item(host, url.removeprefix(host.base), None, "report", host.behaviour))
        self.items[url].kind = "report"
        if report.embargo_days:
            self.items[url].embargo_until = self.clock.now() + timedelta(days=report.embargo_days)

    def _add(self, item: Item) -> None:
        self.items[item.url] = item

    def reported_url(self, report: Report) -> str:
        """The URL that a confirmed report names."""
        kind, _, what = report.what.rpartition(":")
        return self.sites.page_url(what) if kind == "page" else self.sites.file_url(what)

    def site(self, name: str) -> Site | None:
        """The site of a host name, None where there is none."""
        return self.sites.by_name.get(name)

    def now_at(self, url: str) -> str:
        """Where the pages of hosts that change their links let a URL point to by now."""
        item = self.items.get(url)
        relinked = item is not None and item.moved_to is not None and item.behaviour.moves is Moves.RELINKS
        return item.moved_to.url if item and item.moved_to and relinked else url

    def has_vanished(self, name: str, resolver: int) -> bool:
        """Whether this resolver (0 or 1) says by now that the name does not exist."""
        since = self.vanished.get(name)
        return since is not None and self.clock.now() >= since + resolver * RESOLVER_LAG

    # ------------------------------------------------------------------ what happens

    def tell(self, item: Item, role: Role) -> datetime | None:
        """A desk has read that this URL should go; when it will, None when nothing was set going."""
        steps = steps_after_notice(item.behaviour, item.condition, role)
        if not steps:
            return None
        item.condition = replace(item.condition, promised=True)
        return max(self.clock.plan(step.after, partial(self._change, item, step.change)) for step in steps)

    def _change(self, item: Item, change: Change) -> None:
        item.condition = after_change(item.condition, change, self.clock.now())
        match change:
            case Change.GO_DARK:
                self.dark.add(item.host.name)
            case Change.COME_BACK:
                self.dark.discard(item.host.name)
            case Change.MOVE:
                self._move(item)
            case Change.REMOVE:
                self._removed(item)

    def _move(self, item: Item) -> None:
        behaviour = replace(item.behaviour, moves=None)
        item.moved_to = Item(item.host, moved(item.path), item.label, "exact", behaviour, moved_from=item)
        self._add(item.moved_to)

    def _removed(self, item: Item) -> None:
        for step in steps_after_removal(item.behaviour, item.condition):
            self.clock.plan(step.after, partial(self._change, item, step.change))
        if item.behaviour.leaves is Leaves.NO_DOMAIN:
            self._vanish(item.host)

    def _vanish(self, host: Host) -> None:
        """The name goes, and with it every file that the host still has."""
        self.vanished.setdefault(host.name, self.clock.now())
        for item in self.items.values():
            if item.host is host and item.condition.up:
                item.condition = after_change(item.condition, Change.REMOVE, self.clock.now())

    def fault(self, what: str, detail: str) -> None:
        """Write down something that a correct hotline never does."""
        self.faults.append({"at": written(self.clock.now()), "what": what, "detail": detail})

    # ------------------------------------------------------------------ what is true

    def truth(self) -> list[Row]:
        """Every URL that a correct hotline must have opened as a case by now, and how it stands with it."""
        return [_row(item) for item in sorted(self.items.values(), key=lambda item: item.url)]


def _row(item: Item) -> Row:
    seen = item.shows_at
    removed_at = seen.condition.removed_at
    return {
        "url": item.url,
        "kind": item.kind,
        "up": seen.condition.up,
        "removable": item.behaviour.after is not None,
        "removed_at": written(removed_at) if removed_at else None,
        "reuploads": item.condition.reuploads,
        "behaviour": item.behaviour.sentence,
        "host": item.host.name,
        "embargo_until": written(item.embargo_until) if item.embargo_until else None,
        "moved_from": item.moved_from.url if item.moved_from else None,
    }


@asynccontextmanager
async def running(folder: Path, *, which: str, start: datetime, seed: int = 1) -> AsyncIterator[World]:
    """The world with all its servers on loopback and its files in `folder`, until the block ends."""
    from practice.servers import servers_of  # the servers import this module

    world = World(which, start, seed)
    async with servers_of(world, folder):
        yield world
