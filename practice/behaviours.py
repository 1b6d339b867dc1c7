"""What a host does about a file once the right desk has been told of it: data, and a pure machine that plays
it.

A behaviour is one sentence in the table of hosts, `removes(days=2, heeds=ESCALATION, leaves=Leaves.GONE)`.
Nothing in this file knows the time or the network: a notice gives `Step`s (how much later, what happens),
and each change that happens gives the file's next `Condition`.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum


class Role(StrEnum):
    """At whose desk a notice arrived, seen from the host that it names."""

    HOST = "host"
    CDN = "cdn"
    PLATFORM = "platform"
    UPSTREAM = "upstream"
    REGISTRAR = "registrar"
    REGISTRY = "registry"


ANYONE = frozenset(Role)
ESCALATION = frozenset({Role.UPSTREAM, Role.REGISTRAR, Role.REGISTRY})


class Leaves(StrEnum):
    """What a visitor finds where the file was."""

    NOT_FOUND = "not_found"
    """404."""
    GONE = "gone"
    """410."""
    PLACEHOLDER = "placeholder"
    """200 and another picture, the same one for everything that was ever removed."""
    SOFT_PAGE = "soft_page"
    """200 and the neutral page that this host gives for every path that it does not know."""
    NO_DOMAIN = "no_domain"
    """The registrar takes the name away: NXDOMAIN, at the second resolver a little later."""


class Moves(StrEnum):
    """How a host that moves a file instead of removing it leads visitors to the new place."""

    REDIRECTS = "redirects"
    RELINKS = "relinks"


class Change(StrEnum):
    """What can happen to a file, or for the dark to its whole host."""

    GO_DARK = "go_dark"
    COME_BACK = "come_back"
    MOVE = "move"
    REMOVE = "remove"
    UPLOAD_AGAIN = "upload_again"


@dataclass(frozen=True)
class Behaviour:
    """One row's behaviour; its parts combine freely."""

    after: timedelta | None
    """From the notice to the deed; None: never."""
    heeds: frozenset[Role] = ANYONE
    leaves: Leaves = Leaves.NOT_FOUND
    dark_for: timedelta = timedelta(0)
    """Connections are closed for so long, from an hour after the notice on; it should end before `after`."""
    back_after: timedelta | None = None
    """The same file is uploaded again so long after the removal, once."""
    moves: Moves | None = None
    """The first notice moves the file; a notice that names the new place removes it."""

    @property
    def sentence(self) -> str:
        """The behaviour in words, for the truth and for people."""
        if self.after is None:
            return "never removes"
        words = [f"removes after {self.after.total_seconds() / 3600:g} h", f"leaves {self.leaves}"]
        words += ["only after escalation"] if self.heeds == ESCALATION else []
        words += [f"dark for {self.dark_for.total_seconds() / 3600:g} h"] if self.dark_for else []
        words += [f"uploads again {self.back_after.days} days later"] if self.back_after else []
        words += [f"moves first and {self.moves}"] if self.moves else []
        return ", ".join(words)


def removes(
    *,
    hours: float = 0,
    days: float = 0,
    dark_hours: float = 0,
    back_after_days: float = 0,
    heeds: frozenset[Role] = ANYONE,
    leaves: Leaves = Leaves.NOT_FOUND,
    moves: Moves | None = None,
) -> Behaviour:
    """The file goes so long after the notice; `removes()` is at once."""
    return Behaviour(
        timedelta(days=days, hours=hours),
        heeds,
        leaves,
        timedelta(hours=dark_hours),
        timedelta(days=back_after_days) if back_after_days else None,
        moves,
    )


def never() -> Behaviour:
    """No notice to anybody moves this host."""
    return Behaviour(after=None, heeds=frozenset())


@dataclass(frozen=True)
class Condition:
    """How it stands with one file."""

    up: bool = True
    promised: bool = False
    """A notice has set something going that has not happened yet: further notices change nothing."""
    moved: bool = False
    removed_at: datetime | None = None
    reuploads: int = 0


@dataclass(frozen=True)
class Step:
    """Something that a notice, or a removal, sets going: so much later, this happens."""

    after: timedelta
    change: Change


def steps_after_notice(behaviour: Behaviour, condition: Condition, role: Role) -> tuple[Step, ...]:
    """What one notice sets going: nothing where the file is gone or promised, or nobody heeds this desk."""
    idle = condition.up and not condition.promised and not condition.moved
    if behaviour.after is None or not idle or role not in behaviour.heeds:
        return ()
    deed = Change.MOVE if behaviour.moves else Change.REMOVE
    steps = [Step(behaviour.after, deed)]
    if behaviour.dark_for:
        dusk = timedelta(hours=1)
        steps += [Step(dusk, Change.GO_DARK), Step(dusk + behaviour.dark_for, Change.COME_BACK)]
    return tuple(sorted(steps, key=lambda step: step.after))


def steps_after_removal(behaviour: Behaviour, condition: Condition) -> tuple[Step, ...]:
    """The upload that follows the first removal, at hosts that do so."""
    if behaviour.back_after is None or condition.reuploads:
        return ()
    return (Step(behaviour.back_after, Change.UPLOAD_AGAIN),)


def after_change(condition: Condition, change: Change, at: datetime) -> Condition:
    """The file's condition once the change has happened; darkness is the host's and changes no file."""
    if change is Change.REMOVE:
        return replace(condition, up=False, promised=False, removed_at=at)
    if change is Change.MOVE:
        return replace(condition, up=False, promised=False, moved=True, removed_at=at)
    if change is Change.UPLOAD_AGAIN:
        return replace(condition, up=True, removed_at=None, reuploads=condition.reuploads + 1)
    return condition
