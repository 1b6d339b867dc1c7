"""How much goes to one recipient, and when: gathered into one message, and never too many a day. Pure.

A desk that gets a message an hour sorts us away. What goes to one recipient is gathered until the first of it has
waited for an hour; where a day's share is used up, the rest waits for the next message. Nothing is dropped: what is
not said now is decided again at the next run, with all that has come meanwhile.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hotline.clock import utc_text

DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Waiting:
    """A case that may be put to a recipient, and since when; each role of a recipient gets a message of its own."""

    case: int
    recipient: str
    since: datetime
    role: str = ""


@dataclass(frozen=True)
class Paced:
    """The cases that go now, and why the others wait."""

    go: frozenset[int]
    later: Mapping[int, str]


def pace(
    waiting: Iterable[Waiting],
    lately: Mapping[str, Sequence[datetime]],
    now: datetime,
    *,
    group_for: timedelta,
    a_day: int,
) -> Paced:
    """Which cases go at ``now``.

    ``lately``: when messages to a recipient (in small letters) were queued, those of the last day at least.
    ``group_for``: how long cases of one recipient are gathered; ``a_day``: the most messages in 24 hours.
    """
    by_recipient: dict[str, list[Waiting]] = {}
    for each in waiting:
        by_recipient.setdefault(each.recipient.lower(), []).append(each)
    go: set[int] = set()
    later: dict[int, str] = {}
    for recipient, group in by_recipient.items():
        reason = _not_now(group, [at for at in lately.get(recipient, ()) if now - at < DAY], now, group_for, a_day)
        if reason is None:
            go.update(each.case for each in group)
        else:
            later |= {each.case: reason for each in group}
    return Paced(frozenset(go), later)


def _not_now(
    group: Sequence[Waiting], today: Sequence[datetime], now: datetime, group_for: timedelta, a_day: int
) -> str | None:
    needed = len({each.role for each in group})
    if today and len(today) + needed > a_day:
        must_pass = min(len(today), len(today) + needed - a_day)
        free = sorted(today)[must_pass - 1] + DAY
        return f"its recipient has had {len(today)} messages in 24 hours; it goes with the next, {utc_text(free)}"
    leaves = min(each.since for each in group) + group_for
    if now < leaves:
        return f"gathered with others for the same recipient until {utc_text(leaves)}"
    return None
