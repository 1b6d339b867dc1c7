"""Whether a glance may be proof enough that a file is still there, and what a later one goes by.

A glance proves only that a file is online; every other verdict rests on whole looks. What a glance could miss, a file
of the same length whose beginning or validator stayed, is found by a whole look within a day.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from hotline.facts import Look, Marks
from hotline.vault import Vault
from hotline.words import CaseState, Content, Outcome
from takedown import rechecks

WHOLE_AFTER: Final = timedelta(hours=24)
"""How long after a whole look the next must come."""

_WORTH_IT: Final = 1 / 3
"""The least part of the next gap that a glance must put off a whole look."""

_ASKED: Final = (CaseState.NOTIFIED, CaseState.ESCALATED, CaseState.REFERRED)


@dataclass(frozen=True)
class Past:
    """What decides. ``looks`` counts since the first notice. ``asked_at``: when the newest notice left; ``called_at``:
    when a host last said something that a look must answer.
    """

    state: CaseState
    content: Content | None
    looks: int
    whole_at: datetime | None
    first_gone_at: datetime | None = None
    asked_at: datetime | None = None
    called_at: datetime | None = None


def may_glance(past: Past, now: datetime) -> bool:
    """Whether the next look may be a glance; pure.

    Never the first after a notice, none while a removal is near or was said, and none where it would gain little: the
    day is over before a third of the next gap, so that another look would follow at once.
    """
    if past.whole_at is None or past.first_gone_at is not None or past.looks == 0 or past.state not in _ASKED:
        return False
    if any(moment is not None and moment > past.whole_at for moment in (past.asked_at, past.called_at)):
        return False
    left = whole_by(past.whole_at) - now
    return past.content is Content.MEDIA and left > rechecks.gap(past.looks + 1) * _WORTH_IT


def whole_by(whole_at: datetime) -> datetime:
    """When the file must be seen whole again, however small the gap since the last glance."""
    return whole_at + WHOLE_AFTER


@dataclass(frozen=True)
class Kept:
    """What a whole look from this machine leaves for later glances; empty where it did not find the very file."""

    whole_at: datetime | None = None
    marks: Marks | None = None


def kept_of(look: Look, outcome: Outcome, sha256: str | None) -> Kept | None:
    """What to keep of a look at a case whose file has this digest; ``None``: what is kept stays as it is."""
    if look.by is not None:
        return None
    found = outcome is Outcome.ONLINE and look.digests is not None and look.digests.sha256 == sha256
    return Kept(look.at, look.marks) if found and look.marks else Kept()


def seal(vault: Vault, key: bytes, marks: Marks | None) -> bytes | None:
    """As the case with this key keeps them."""
    return vault.seal(key, _PLACE, json.dumps(asdict(marks))) if marks else None


def unseal(vault: Vault, key: bytes, sealed: bytes | None) -> Marks | None:
    """By what the file of the case with this key is known again, as the last whole look found it."""
    return Marks(**json.loads(vault.open(key, _PLACE, sealed))) if sealed else None


_PLACE: Final = "cases.marks"
