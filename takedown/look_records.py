"""What a look leaves: an observation with its facts sealed, and one entry in the audit log. Written many at a time."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from datetime import datetime
from typing import Any, Final

from sqlmodel import Session

from hotline import audit
from hotline.clock import utc_text
from hotline.facts import Digests, Look
from hotline.home import Home
from hotline.records import Observation, new_key
from takedown.verdicts import Verdict


@dataclass(frozen=True)
class Seen:
    """What one vantage saw: the whole look, the visitor's part of it that tells it best, and what that means."""

    look: Look
    told: Look
    verdict: Verdict


def observe(home: Home, session: Session, seen: Sequence[tuple[int, Sequence[Seen]]]) -> list[list[int]]:
    """Writes an observation for each vantage; returns their numbers, in the order of ``seen``: pairs of a case's number
    and what was seen of it.
    """
    rows = [[_columns(home, number, each) for each in of_case] for number, of_case in seen]
    flat = [row for each in rows for row in each]
    if not flat:
        return []
    table = Observation.metadata.tables["observation"]
    statement = table.insert().returning(table.c.id, table.c.key)
    ids = {row.key: row.id for row in session.connection().execute(statement, flat)}
    return [[ids[row["key"]] for row in each] for each in rows]


def _columns(home: Home, case_id: int, seen: Seen) -> Mapping[str, Any]:
    look, verdict = seen.told, seen.verdict
    key, digests = new_key(), look.digests
    return {
        "key": key,
        "case_id": case_id,
        "at": look.at,
        "vantage": look.vantage,
        "outcome": verdict.outcome,
        "reason": verdict.reason,
        "status": look.status,
        "content": look.content,
        "sha256": digests.sha256 if digests else None,
        "sha1": digests.sha1 if digests else None,
        "md5": digests.md5 if digests else None,
        "pdq": digests.pdq if digests else None,
        "pdq_quality": digests.pdq_quality if digests else None,
        "distance": look.distance,
        "size": seen.look.size,
        "shape": look.shape,
        "facts_ct": home.vault.seal(key, "observation.facts", _FACTS.encode(vars(seen.look))),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Digests):
        plain = asdict(value)
        del plain["frames"]  # thousands, and of no use later
        return plain
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return utc_text(value) if isinstance(value, datetime) else str(value)


_FACTS: Final = json.JSONEncoder(default=_plain)


def audit_all(
    home: Home, session: Session, judged: Sequence[tuple[int, Verdict]], observations: Sequence[Sequence[int]]
) -> None:
    """One entry for each case that was looked at, which names its observations."""
    deeds = [
        audit.Deed("system", f"case:look:{verdict.outcome.value}", f"case {number}", {"observations": list(ids)})
        for (number, verdict), ids in zip(judged, observations, strict=True)
    ]
    audit.record_all(session, home.vault, deeds, home.now())
