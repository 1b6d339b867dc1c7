"""Cases as the contract prints them.

In an earnest home every address is withheld unless somebody entitled reveals one case, with a reason
(``takedown.revealing``); the shape stays the same, with ``null`` where an address would stand.
"""

import json
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, Final

from sqlmodel import Session, col, select

from hotline.clock import utc_text
from hotline.home import Home
from hotline.records import Assessment, Case, Delivery, Move, NoticeCase, Observation, Provider, Reply, Staff
from takedown import answer_views, cases, embargoes, findings
from takedown.contact_views import with_health
from takedown.verdicts import Verdict, together


def listing(home: Home, session: Session) -> list[dict[str, Any]]:
    """All cases, by number."""
    return [summary(home, session, case) for case in session.exec(select(Case).order_by(col(Case.id)))]


def summary(home: Home, session: Session, case: Case, reveal: bool = False) -> dict[str, Any]:
    """One case in the contract's shape."""
    shown = home.practice or reveal
    match = {"list": case.match_list, "kind": case.match_kind, "distance": case.match_distance}
    return {
        "id": case.id,
        "url": home.vault.text(case, "url") if shown else None,
        "state": case.state.value,
        "classification": case.classification.value,
        "origin": case.origin.value,
        "found_on": cases.pages_of(home, session, case) if shown else [],
        "match": match if case.match_list else None,
        "opened_at": utc_text(case.opened_at),
        "first_notice_at": utc_text(case.first_notice_at),
        "last_online_at": utc_text(case.last_online_at),
        "removed_at": utc_text(case.removed_at),
        "embargo_until": utc_text(embargoes.embargo_until(session, home, case)),
        "provider": provider(home, session, case.provider_id),
        "notices": len(session.exec(select(NoticeCase.id).where(NoticeCase.case_id == case.number)).all()),
        "escalation": case.rung,
        "episode": case.episode,
        "due_at": utc_text(case.due_at),
    }


def provider(home: Home, session: Session, provider_id: int | None) -> dict[str, Any] | None:
    """Who hosts it; ``null`` while that is not known."""
    row = session.get(Provider, provider_id) if provider_id else None
    if row is None:
        return None
    return {"name": home.vault.read(row, "name"), "asn": row.asn, "country": row.country}


def detail(
    home: Home, session: Session, case: Case, notices: Callable[[int], dict[str, Any]], reveal: bool = False
) -> dict[str, Any]:
    """One case with its whole history, each part oldest first. ``notices`` shows one by its number."""
    shown = home.practice or reveal
    numbers = list(
        session.exec(select(NoticeCase.notice_id).where(NoticeCase.case_id == case.number).order_by(col(NoticeCase.id)))
    )
    seen = _rows(session, Observation, case)
    return summary(home, session, case, reveal) | {
        "observations": [_observation(row) for row in seen],
        "evidence": [_evidence(home, row, shown) for row in seen],
        "verdicts": _verdicts(seen),
        "findings": [each if shown else _withheld(each) for each in _findings(home, session, case)],
        "notices": [notices(number) for number in numbers],
        "deliveries": [_delivery(home, row, shown) for row in _of_notices(session, Delivery, numbers)],
        "replies": [_reply(row) for row in _of_notices(session, Reply, numbers)],
        "answers": answer_views.listing(home, session, everything=True, reveal=reveal, case_id=case.number),
        "moves": [_move(row) for row in _rows(session, Move, case)],
        "assessments": [_assessment(home, session, row, shown) for row in _rows(session, Assessment, case)],
    }


def _findings(home: Home, session: Session, case: Case) -> list[dict[str, Any]]:
    return [with_health(home, session, each) for each in findings.history(home, session, case)]


def _rows(session: Session, table: Any, case: Case) -> list[Any]:
    return list(session.exec(select(table).where(table.case_id == case.number).order_by(table.id)))


def _of_notices(session: Session, table: Any, numbers: list[int]) -> list[Any]:
    return list(session.exec(select(table).where(table.notice_id.in_(numbers)).order_by(table.id)))


def _observation(row: Observation) -> dict[str, Any]:
    return {
        "at": utc_text(row.at),
        "vantage": row.vantage,
        "outcome": row.outcome.value if row.outcome else None,
        "reason": row.reason,
        "status": row.status,
        "sha256": row.sha256,
        "md5": row.md5,
        "sha1": row.sha1,
        "pdq": row.pdq,
        "distance": row.distance,
        "bytes": row.size,
    }


_TOLD_BESIDE: Final = ("at", "vantage", "status", "digests", "distance", "size")
"""What of a look's facts stands in the observation itself."""


_NAMES_NOBODY: Final = frozenset({
    "fault", "fault_reason", "resolvers_asked", "resolvers_denying", "redirects", "replayed", "path_unclear", "content",
    "media_type", "wall", "waits", "may_be_wall", "shape", "listed", "sibling", "media_known", "media_seen",
    "media_unclear", "control", "by",
})  # fmt: skip
"""What of the rest names no host, and is told without a reveal; what comes later is withheld till it is named here."""


def _evidence(home: Home, row: Observation, shown: bool) -> dict[str, Any]:
    """All else that the look saw, without what was not there to be seen."""
    facts = json.loads(home.vault.read(row, "facts") or "{}")
    there = {name: value for name, value in facts.items() if (value or value is False) and name not in _TOLD_BESIDE}
    return {name: value if shown or name in _NAMES_NOBODY else None for name, value in there.items()}


def _verdicts(seen: Sequence[Observation]) -> list[dict[str, Any]]:
    """What each visit meant: all looks of one moment together."""
    told = []
    for at, rows in groupby(seen, key=lambda row: row.at):
        looks = [Verdict(row.outcome, row.reason or "") for row in rows if row.outcome]
        if looks:
            verdict = together(looks)
            told.append({"at": utc_text(at), "outcome": verdict.outcome.value, "reason": verdict.reason,
                         "looks": len(looks)})  # fmt: skip
    return told


_OPEN: Final = ("certainty", "provider", "observed_at", "rules")
"""What a finding tells without its addresses. Whatever else comes to stand in one is withheld till it is named here."""


def _withheld(finding: dict[str, Any]) -> dict[str, Any]:
    contacts = [contact | {"address": None, "object": None} for contact in finding["contacts"]]
    hidden: dict[str, Any] = {
        "url": None,
        "host": None,
        "registrable_domain": None,
        "names": [],
        "addresses": [],
        "problems": [],
    }
    registrar = finding["registrar"] and finding["registrar"] | {"abuse_email": None}
    open_to_all = {name: finding[name] for name in _OPEN if name in finding}
    return open_to_all | hidden | {"contacts": contacts, "registrar": registrar}


def _delivery(home: Home, row: Delivery, shown: bool) -> dict[str, Any]:
    return {
        "notice": row.notice_id,
        "attempt": row.attempt,
        "outcome": row.outcome.value,
        "code": row.code,
        "reply": home.vault.read(row, "reply") if shown else None,
        "at": utc_text(row.at),
    }


def _reply(row: Reply) -> dict[str, Any]:
    says = row.says.value if row.says else None
    return {"notice": row.notice_id, "kind": row.kind.value, "says": says, "received_at": utc_text(row.received_at)}


def _move(row: Move) -> dict[str, Any]:
    return {
        "from": row.from_state.value if row.from_state else None,
        "to": row.to_state.value,
        "reason": row.reason,
        "actor": row.actor,
        "at": utc_text(row.at),
    }


def _assessment(home: Home, session: Session, row: Assessment, shown: bool) -> dict[str, Any]:
    return {
        "by": session.get_one(Staff, row.staff_id).name,
        "decision": row.decision.value,
        "classification": row.classification.value if row.classification else None,
        "sha256": row.sha256,
        "reason": home.vault.read(row, "reason") if shown else None,  # free text, which may name an address
        "at": utc_text(row.at),
    }
