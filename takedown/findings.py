"""Hosting findings of cases: kept when they are new, compared when they are refreshed, read when somebody is asked."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlmodel import Session, col, select

from hotline.home import Home
from hotline.records import Case, Contact, Finding, Provider
from hotline.words import Certainty, ContactHealth, ContactKind, ContactRole
from takedown import workflow
from takedown.escalation import Rung, is_same
from takedown.workflow import Because

FRESH: Final = timedelta(hours=1)
"""How old a finding may be when a notice leaves."""

DEAD_FOR: Final = timedelta(days=30)
"""How long a contact to whom a message could not be delivered is passed over."""


@dataclass(frozen=True)
class Located:
    """A case's newest finding, opened."""

    row: Finding
    snapshot: dict[str, Any]

    @property
    def country(self) -> str | None:
        """The hosting country."""
        return (self.snapshot.get("provider") or {}).get("country")

    @property
    def provider_name(self) -> str:
        """Who hosts it, as a notice addresses them."""
        return (self.snapshot.get("provider") or {}).get("name") or "hosting provider"

    @property
    def ip(self) -> str | None:
        """The first address it was found at."""
        addresses = self.snapshot.get("addresses") or []
        return addresses[0]["ip"] if addresses else None


def newest(home: Home, session: Session, case: Case) -> Located | None:
    """The newest finding of a case."""
    row = session.get(Finding, case.finding_id) if case.finding_id else None
    return Located(row, json.loads(home.vault.text(row, "snapshot"))) if row else None


def is_fresh(finding: Located | None, now: datetime) -> bool:
    """Whether a notice may rest on this finding without another look-up."""
    return finding is not None and now - finding.row.checked_at < FRESH


def keep(home: Home, session: Session, case: Case, snapshot: dict[str, Any]) -> bool:
    """Keeps a finding; returns whether another provider hosts the case than was known.

    A refresh that learnt less because registries were down replaces nothing; one that learnt other contacts of the
    same provider replaces them, and whoever was asked stays asked.
    """
    before = newest(home, session, case)
    if before is None or (_provider_differs(before.snapshot, snapshot) and not _learnt_less(before.snapshot, snapshot)):
        _write(home, session, case, snapshot)
        _move_on(home, session, case, snapshot)
        return before is not None
    before.row.checked_at = home.now()
    session.add(before.row)
    if _learnt_less(before.snapshot, snapshot):
        snapshot = before.snapshot
    else:
        home.vault.write(before.row, "snapshot", json.dumps(snapshot))
        _write_contacts(home, session, snapshot["contacts"])
    _move_on(home, session, case, snapshot)
    return False


def _provider_differs(before: dict[str, Any], after: dict[str, Any]) -> bool:
    return _identity(before) != _identity(after)


def _identity(snapshot: dict[str, Any]) -> list[Any]:
    provider = snapshot["provider"] or {}
    certainty = None if snapshot["certainty"] == Certainty.UNKNOWN else snapshot["certainty"]
    return [provider.get("name"), provider.get("asn"), provider.get("country"), certainty]


def _learnt_less(before: dict[str, Any], after: dict[str, Any]) -> bool:
    lost = any(old is not None and new is None for old, new in zip(_identity(before), _identity(after), strict=True))
    return bool(after["problems"]) and (lost or len(after["contacts"]) < len(before["contacts"]))


def _write(home: Home, session: Session, case: Case, snapshot: dict[str, Any]) -> None:
    row = Finding(
        case_id=case.number,
        provider_id=_provider(home, session, snapshot["provider"]),
        certainty=Certainty(snapshot["certainty"]),
        fingerprint=home.vault.index("finding", json.dumps(_identity(snapshot))),
        at=home.now(),
        checked_at=home.now(),
    )
    home.vault.write(row, "snapshot", json.dumps(snapshot))
    session.add(row)
    session.flush()
    case.finding_id, case.provider_id = row.id, row.provider_id
    session.add(case)
    _write_contacts(home, session, snapshot["contacts"])
    home.record(session, "system", "case:hosting:found", f"case {case.number}", finding=row.number)


def _move_on(home: Home, session: Session, case: Case, snapshot: dict[str, Any]) -> None:
    if any(contact["kind"] == ContactKind.EMAIL for contact in snapshot["contacts"]):
        workflow.move(home, session, case, Because.LOCATED)
    else:
        reason = "no contact that can be written to is known; a person must find one"
        workflow.move(home, session, case, Because.NOBODY_TO_ASK, reason=reason)


def _provider(home: Home, session: Session, provider: dict[str, Any] | None) -> int | None:
    if not provider or not any(provider.values()):
        return None
    identity = home.vault.index("provider", json.dumps([provider.get(x) for x in ("name", "asn", "country")]))
    row = session.exec(select(Provider).where(Provider.identity_bi == identity)).first()
    if row is None:
        row = Provider(identity_bi=identity, asn=provider.get("asn"), country=provider.get("country"))
        home.vault.write(row, "name", provider.get("name"))
        session.add(row)
        session.flush()
    return row.number


def _write_contacts(home: Home, session: Session, contacts: Sequence[dict[str, Any]]) -> None:
    for contact in contacts:
        contact_of(home, session, contact["address"], ContactKind(contact["kind"]))


def contact_of(home: Home, session: Session, address: str, kind: ContactKind = ContactKind.EMAIL) -> Contact:
    """The record of a contact's health, by its address."""
    index = home.vault.index("contact", address.lower())
    row = session.exec(select(Contact).where(Contact.address_bi == index)).first()
    if row is None:
        row = Contact(address_bi=index, kind=kind)
        home.vault.write(row, "address", address)
        session.add(row)
        session.flush()
    return row


def ladder(home: Home, session: Session, finding: Located) -> list[Rung]:
    """The contacts that can be written to, in the order in which they are asked."""
    rungs: list[Rung] = []
    for contact in finding.snapshot["contacts"]:
        if contact["kind"] != ContactKind.EMAIL or any(is_same(rung.address, contact["address"]) for rung in rungs):
            continue
        dead = _is_dead(contact_of(home, session, contact["address"]), home.now())
        rungs.append(Rung(contact["address"], ContactRole(contact["role"]), not dead))
    return rungs


def _is_dead(contact: Contact, now: datetime) -> bool:
    """A mailbox that was full or gone last month may work today: a dead contact is tried again after a while."""
    lately = contact.health_at is not None and now - contact.health_at < DEAD_FOR
    return contact.health is ContactHealth.DEAD and lately


def mark_dead(home: Home, session: Session, contact_id: int, reason: str) -> None:
    """What is sent to this contact does not arrive."""
    row = session.get_one(Contact, contact_id)
    row.health, row.health_reason, row.health_at = ContactHealth.DEAD, reason, home.now()
    session.add(row)


def history(home: Home, session: Session, case: Case) -> list[dict[str, Any]]:
    """All findings of a case, oldest first, as the contract prints them."""
    rows = session.exec(select(Finding).where(Finding.case_id == case.number).order_by(col(Finding.id)))
    return [json.loads(home.vault.text(row, "snapshot")) for row in rows]
