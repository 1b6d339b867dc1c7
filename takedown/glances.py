"""Whether a glance may be proof enough that a file is still there, and what a later one goes by.

A glance proves only that a file is online; every other verdict rests on whole looks. What a glance could miss, a file
of the same length whose beginning or validator stayed, is found by a whole look within a day.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from hotline.facts import Look, Marks
from hotline.home import Home
from hotline.records import Case
from hotline.words import CaseState, Content, Outcome

WHOLE_AFTER: Final = timedelta(hours=24)
"""How long after a whole look glances are enough."""

_ASKED: Final = (CaseState.NOTIFIED, CaseState.ESCALATED, CaseState.REFERRED)


@dataclass(frozen=True)
class Past:
    """What decides. ``looks`` counts since the first notice. ``called``: a host has said something since that look."""

    state: CaseState
    content: Content | None
    looks: int
    whole_at: datetime | None
    first_gone_at: datetime | None
    called: bool


def may_glance(past: Past, now: datetime) -> bool:
    """Whether the next look may be a glance; pure.

    Never the first after a notice, none while a removal is near or was said, and never longer than a day on end.
    """
    if past.whole_at is None or past.first_gone_at is not None or past.called:
        return False
    asked = past.state in _ASKED and past.looks > 0
    return asked and past.content is Content.MEDIA and now - past.whole_at < WHOLE_AFTER


def marks_of(home: Home, case: Case) -> Marks | None:
    """By what its file is known again, as the last whole look found it."""
    text = home.vault.read(case, "marks")
    return Marks(**json.loads(text)) if text else None


def remember(home: Home, case: Case, look: Look, outcome: Outcome) -> None:
    """Keeps what a whole look from this machine found, if it found the very file."""
    if look.by is not None:
        return
    found = outcome is Outcome.ONLINE and look.digests is not None and look.digests.sha256 == case.sha256
    marks = look.marks if found else None
    case.whole_at = look.at if marks else None
    home.vault.write(case, "marks", json.dumps(asdict(marks)) if marks else None)
