"""What recipients tell us of other contacts and of origins: kept, laid before a person, used on a person's word only.

Offenders answer too. A told contact could warn them, a told origin could lead every notice astray. Nor does a hint move
its case to ``review``: whoever answers could hold up the next notice by it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Any, Final

from sqlmodel import Session, col, select

from hotline.clock import utc_text
from hotline.errors import HotlineError
from hotline.home import Home
from hotline.network.guard import refusal_of
from hotline.records import Case, Finding, Notice, NoticeCase, Told
from hotline.staff import Actor
from hotline.words import CaseState, ToldDecision, ToldKind, ToldSource
from takedown.hints import Hint, Known, hints_in
from takedown.hosting.mailboxes import domain_of

_OVER: Final = (CaseState.CLOSED, CaseState.REJECTED)


@dataclass(frozen=True)
class Answered:
    """An answer to a notice: its number, who sent it, and its own words."""

    reply_id: int
    sender: str
    words: str


def from_answer(home: Home, session: Session, notice: Notice, answer: Answered) -> int:
    """Keeps what an answer tells, for each case of the notice, in the caller's transaction; returns how much is new."""
    domains = _domains(home, notice, answer.sender)
    links = select(NoticeCase.case_id).where(NoticeCase.notice_id == notice.number)
    cases = session.exec(select(Case).where(col(Case.id).in_(links)).order_by(col(Case.id))).all()
    kept = 0
    for case in cases:
        found = hints_in(answer.words, Known(domains, _ips(home, session, case)))
        rows = [_keep(home, session, case, hint, ToldSource.REPLY, reply_id=answer.reply_id) for hint in found]
        kept += sum(row is not None for row in rows)
    if kept:
        home.record(session, "system", "notice:answer:told", f"notice {notice.number}", hints=kept)
    return kept


def from_page(home: Home, session: Session, notice: Notice, words: str, cases: Sequence[int]) -> int:
    """Keeps whom a host names on its page, for these cases of the notice; returns how much is new."""
    rows = []
    for number in cases:
        case = session.get_one(Case, number)
        found = hints_in(words, Known(_domains(home, notice), _ips(home, session, case)))
        rows += [_keep(home, session, case, hint, ToldSource.PAGE) for hint in found]
    kept = sum(row is not None for row in rows)
    if kept:
        home.record(session, "system", "notice:answer:told", f"notice {notice.number}", hints=kept)
    return kept


def is_understood(home: Home, notice: Notice, words: str) -> bool:
    """Whether these words of a host's name a contact or an origin that can be laid before a person."""
    return bool(hints_in(words, Known(_domains(home, notice))))


def _domains(home: Home, notice: Notice, *more: str) -> frozenset[str]:
    said = {domain_of(each) for each in (home.vault.text(notice, "to"), home.settings.mail_from or "", *more)}
    return frozenset(said - {""})


def note(home: Home, case_id: int, hint: Hint, reason: str, actor: Actor) -> int:
    """A member of staff writes down what was told, by telephone for example; returns its number. It waits all the same.

    Raises:
        HotlineError: there is no such case, no reason, it is known already, or an origin that nobody may dial.
    """
    demand_reason(reason)
    refusal = refusal_of(ip_address(hint.value), documentation_counts=home.practice) if _is_origin(hint) else None
    if refusal:
        raise HotlineError(f"{hint.value} is no address of the public internet ({refusal}); ask for the server's own")
    with home.session() as session:
        case = session.get(Case, case_id)
        if case is None:
            raise HotlineError(f"there is no case {case_id}; `hotline cases` lists them")
        row = _keep(home, session, case, hint, ToldSource.STAFF, staff_id=actor.staff_id)
        if row is None:
            raise HotlineError(f"this {hint.kind.value} of case {case_id} is known; `hotline told --all` shows it")
        home.vault.write(row, "note", reason)
        session.add(row)
        home.record(session, actor.name, "case:told:noted", f"case {case_id}", told=row.number, what=hint.kind.value)
        return row.number


def decide(home: Home, number: int, decision: ToldDecision, reason: str, actor: Actor) -> dict[str, Any]:
    """A person's word. An accepted contact is asked next; an accepted origin is where the case is located from now on.

    Raises:
        HotlineError: it does not exist, was decided before, or nobody says why.
    """
    demand_reason(reason)
    with home.session() as session:
        row = session.get(Told, number)
        if row is None:
            raise HotlineError(f"nothing was told under the number {number}; `hotline told` lists what waits")
        if row.decision is not None:
            raise HotlineError(f"{number} was {row.decision.value} at {utc_text(row.decided_at)}; it cannot be undone")
        row.decision, row.decided_at, row.decided_by = decision, home.now(), actor.staff_id
        home.vault.write(row, "note", reason)
        session.add(row)
        home.record(
            session, actor.name, f"case:told:{decision.value}", f"case {row.case_id}", told=number, what=row.kind.value
        )
        return _view(home, row, shown=home.practice)


def _is_origin(hint: Hint) -> bool:
    return hint.kind is ToldKind.ORIGIN


def demand_reason(reason: str) -> None:
    """Raises ``HotlineError`` for an empty reason."""
    if not reason.strip():
        raise HotlineError("say why, with --reason TEXT: it stands in the audit log's record")


def accepted_contacts(home: Home, session: Session, case_id: int, since: datetime) -> list[str]:
    """The contacts that a person has accepted since the case is at its host, the newest first."""
    rows = _accepted(session, [case_id], ToldKind.CONTACT, since)
    return [home.vault.text(row, "value") for row in rows]


def accepted_origins(home: Home, session: Session, case_ids: Sequence[int]) -> dict[int, str]:
    """The origin of each case that a person has accepted, the newest word counts."""
    rows = _accepted(session, case_ids, ToldKind.ORIGIN)
    return {row.case_id: home.vault.text(row, "value") for row in reversed(rows)}


def origins_to_look_up(session: Session) -> list[int]:
    """The cases that were not located since a person accepted an origin for them."""
    rows = session.exec(
        select(Case.id)
        .join(Told, col(Told.case_id) == Case.id)
        .join(Finding, col(Finding.id) == Case.finding_id)
        .where(
            Told.kind == ToldKind.ORIGIN,
            Told.decision == ToldDecision.ACCEPTED,
            col(Told.decided_at) >= col(Finding.checked_at),
            col(Case.state).not_in(_OVER),
        )
        .distinct()
    )
    return sorted(number for number in rows if number is not None)


def waiting(session: Session) -> int:
    """How much waits for a person, on cases that are not over."""
    where = (col(Told.decision).is_(None), col(Case.state).not_in(_OVER))
    return len(session.exec(select(Told.id).join(Case, col(Case.id) == Told.case_id).where(*where)).all())


def listing(home: Home, session: Session, *, everything: bool = False, reveal: bool = False) -> list[dict[str, Any]]:
    """What was told, oldest first: what waits, or everything. Values are withheld in earnest unless revealed."""
    rows = session.exec(select(Told).order_by(col(Told.id))).all()
    shown = home.practice or reveal
    return [_view(home, row, shown) for row in rows if everything or row.decision is None]


def _accepted(
    session: Session, case_ids: Sequence[int], kind: ToldKind, since: datetime | None = None
) -> Sequence[Told]:
    where: list[Any] = [
        Told.kind == kind,
        Told.decision == ToldDecision.ACCEPTED,
        col(Told.case_id).in_(list(case_ids)),
    ]
    if since is not None:
        where.append(Told.at >= since)
    return session.exec(select(Told).where(*where).order_by(col(Told.decided_at).desc(), col(Told.id).desc())).all()


def _keep(
    home: Home,
    session: Session,
    case: Case,
    hint: Hint,
    source: ToldSource,
    *,
    reply_id: int | None = None,
    staff_id: int | None = None,
) -> Told | None:
    """Writes a hint down unless this case has it already, whatever was decided about it then."""
    known = session.exec(select(Told).where(Told.case_id == case.number, Told.kind == hint.kind)).all()
    if any(home.vault.text(row, "value").lower() == hint.value.lower() for row in known):
        return None
    row = Told(case_id=case.number, kind=hint.kind, source=source, at=home.now(), reply_id=reply_id, staff_id=staff_id)
    home.vault.write(row, "value", hint.value)
    session.add(row)
    session.flush()
    return row


def _ips(home: Home, session: Session, case: Case) -> frozenset[str]:
    row = session.get(Finding, case.finding_id) if case.finding_id else None
    snapshot = json.loads(home.vault.text(row, "snapshot")) if row else {"addresses": []}
    return frozenset(each["ip"] for each in snapshot["addresses"])


def _view(home: Home, row: Told, shown: bool) -> dict[str, Any]:
    return {
        "id": row.number,
        "case": row.case_id,
        "kind": row.kind.value,
        "value": home.vault.text(row, "value") if shown else None,
        "source": row.source.value,
        "reply": row.reply_id,
        "at": utc_text(row.at),
        "decision": row.decision.value if row.decision else None,
        "decided_at": utc_text(row.decided_at),
    }
