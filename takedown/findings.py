"""Hosting findings of cases: kept when they are new, compared when they are refreshed, read when somebody is asked."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from sqlmodel import Session, col, select

from hotline.home import Home
from hotline.records import Case, Contact, Finding, Provider
from hotline.words import Certainty, ContactHealth, ContactKind, ContactRole
from takedown import collateral, rule_book, workflow
from takedown.contact_health import contact_of, is_dead, mark_dead
from takedown.dedicated import is_dedicated
from takedown.escalation import Rung, is_same
from takedown.filled_forms import filled_in
from takedown.host_changes import Change, announcers, compare, identity, steady
from takedown.hosting.rules import Say
from takedown.on_site import on_site
from takedown.standings import Standing, in_order
from takedown.told import accepted_contacts
from takedown.workflow import Because

__all__ = [
    "IN_TURNS", "UNHEARD", "Located", "contact_of", "has_mail", "history", "is_unheard", "keep", "ladder", "mark_dead",
    "newest", "nobody", "opened",
]  # fmt: skip

IN_TURNS: Final = timedelta(days=7)
"""A case that comes back to a host within this time is hosted at several, by turns."""

_MOST_TURNS: Final = 8

_UNHEARD_FOR: Final = timedelta(hours=24)
"""So long a host of which our name servers say nothing is looked up anew before a person is asked about it."""

UNHEARD: Final = "not located yet: no name server answers; it is looked up again by the next run"
_HOSTS: Final = frozenset({ContactRole.HOST, ContactRole.CDN, ContactRole.PLATFORM})


@dataclass(frozen=True)
class Located:
    """A case's newest finding, opened: as the operator's rules have it, and as it was kept (``found``) without them.

    ``say`` is what those rules say.
    """

    row: Finding
    snapshot: dict[str, Any]
    found: dict[str, Any]
    say: Say = field(default_factory=Say)

    @property
    def country(self) -> str | None:
        """The hosting country."""
        return (self.snapshot.get("provider") or {}).get("country")

    @property
    def country_found(self) -> str | None:
        """The hosting country by the registries alone."""
        return (self.found.get("provider") or {}).get("country")

    @property
    def provider_name(self) -> str:
        """Who hosts it, as a notice addresses them."""
        return (self.snapshot.get("provider") or {}).get("name") or "hosting provider"

    @property
    def asns(self) -> frozenset[int]:
        """All that announce one of its addresses."""
        return announcers(self.found)

    @property
    def ip(self) -> str | None:
        """The first address it was found at."""
        addresses = self.snapshot.get("addresses") or []
        return addresses[0]["ip"] if addresses else None


def newest(home: Home, session: Session, case: Case) -> Located | None:
    """The newest finding of a case."""
    row = session.get(Finding, case.finding_id) if case.finding_id else None
    return opened(home, row) if row else None


def opened(home: Home, row: Finding) -> Located:
    """A finding as the rules have it that are in force now."""
    found = json.loads(home.vault.text(row, "snapshot"))
    snapshot, say = rule_book.read(home, found)
    return Located(row, snapshot, found, say)


def keep(home: Home, session: Session, case: Case, snapshot: dict[str, Any]) -> bool:
    """Keeps a finding; returns whether another host has the case than was known.

    A refresh that learnt less because something was down replaces nothing; one that tells the same host better, or
    by a new name, replaces what was known of it, and whoever was asked stays asked. ``snapshot`` is without rules:
    they are kept out of what is kept, and no rule makes a host another one.
    """
    rule_book.note(home, session)
    before = newest(home, session, case)
    if before is None:
        _move_on(home, session, case, _write(home, session, case, snapshot))
        return False
    change = compare(before.found, snapshot)
    turn = _whose_turn(home, session, case, snapshot) if change is Change.OTHER else before
    if turn is None:
        _move_on(home, session, case, _write(home, session, case, snapshot))
        return True
    _move_on(home, session, case, _refresh(home, session, case, turn, snapshot))
    return False


def _whose_turn(home: Home, session: Session, case: Case, snapshot: dict[str, Any]) -> Located | None:
    """The finding to which a case has come back within days: its name leads to several hosts in turns.

    Then it is hosted at each of them, and none of the turns is a change that would stop a notice.
    """
    lately = home.now() - IN_TURNS
    rows = session.exec(
        select(Finding)
        .where(Finding.case_id == case.number, Finding.checked_at > lately)
        .order_by(col(Finding.id).desc())
        .limit(_MOST_TURNS)
    )
    known = (opened(home, row) for row in rows)
    return next((each for each in known if compare(each.found, snapshot) is not Change.OTHER), None)


def _refresh(home: Home, session: Session, case: Case, known: Located, snapshot: dict[str, Any]) -> Located:
    """Dates a finding anew and makes it the case's; returns what is known by now."""
    row = known.row
    row.checked_at = home.now()
    learnt_less = compare(known.found, snapshot) is Change.LESS
    snapshot = known.found if learnt_less else steady(known.found, snapshot)
    if "holders" in known.found:
        snapshot = {"holders": known.found["holders"], **snapshot}
    _describe(home, session, row, snapshot)
    session.add(row)
    case.finding_id, case.provider_id = row.id, row.provider_id
    session.add(case)
    return opened(home, row)


def _describe(home: Home, session: Session, row: Finding, snapshot: dict[str, Any]) -> None:
    told, _ = rule_book.read(home, snapshot)
    row.provider_id = _provider(home, session, told["provider"])
    _write_contacts(home, session, told["contacts"])
    row.certainty = Certainty(snapshot["certainty"])
    row.fingerprint = home.vault.index("finding", json.dumps(identity(snapshot)))
    home.vault.write(row, "snapshot", json.dumps(snapshot))


def _write(home: Home, session: Session, case: Case, snapshot: dict[str, Any]) -> Located:
    row = Finding(case_id=case.number, at=home.now(), checked_at=home.now())
    _describe(home, session, row, snapshot)
    session.add(row)
    session.flush()
    case.finding_id, case.provider_id = row.id, row.provider_id
    session.add(case)
    home.record(
        session, "system", "case:hosting:found", f"case {case.number}", finding=row.number,
        **rule_book.audited(rule_book.read(home, snapshot)[1]),
    )  # fmt: skip
    return opened(home, row)


def _move_on(home: Home, session: Session, case: Case, known: Located) -> None:
    if is_unheard(home, known):
        return
    if has_mail(known.snapshot):
        workflow.move(home, session, case, Because.LOCATED)
    else:
        workflow.move(home, session, case, Because.NOBODY_TO_ASK, reason=nobody(known.snapshot))


def is_unheard(home: Home, known: Located) -> bool:
    """Whether nobody who hosts it is known yet because our own name servers are silent: that asks nothing of people.

    After a day it is their word that is missing, whoever's fault it was.
    """
    hosts = any(each["kind"] == ContactKind.EMAIL and each["role"] in _HOSTS for each in known.snapshot["contacts"])
    return bool(known.found.get("unheard")) and not hosts and home.now() - known.row.at < _UNHEARD_FOR


def has_mail(snapshot: dict[str, Any]) -> bool:
    """Whether anybody is known who can be written to."""
    return any(contact["kind"] == ContactKind.EMAIL for contact in snapshot["contacts"])


def nobody(snapshot: dict[str, Any]) -> str:
    """Why no notice can be sent, for the person who must look: a form is a contact, but one for people."""
    roles = dict.fromkeys(each["role"] for each in snapshot["contacts"] if each["kind"] == ContactKind.FORM)
    if roles:
        return f"only a form is known ({', '.join(roles)}); `hotline forms` has the text"
    return "no contact that can be written to is known; a person must find one"


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


def ladder(home: Home, session: Session, finding: Located) -> list[Rung]:
    """The contacts that can be written to, in the order in which they are asked; first what a person has accepted.

    A form stands among them once a person has filled it in.
    """
    standings: list[Standing] = []
    by_hand = filled_in(home, session, finding.row)
    for contact in finding.snapshot["contacts"]:
        known = any(is_same(each.address, contact["address"]) for each in standings)
        filled = contact["address"].lower() in by_hand
        if (contact["kind"] == ContactKind.EMAIL or filled) and not known:
            row = contact_of(home, session, contact["address"])
            health = _health(row, contact["address"], finding.say)
            own = on_site(home, finding.snapshot, contact["address"])
            alive = not filled and not is_dead(row, home.now())
            standings.append(Standing(contact["address"], ContactRole(contact["role"]), alive, health, own))
    told = accepted_contacts(home, session, finding.row.case_id, finding.row.at)
    told = [address for address in told if finding.say.forbids(address) is None]
    rungs = [_told_rung(home, session, address) for address in told]
    others = (each for each in in_order(standings) if not _is_among(each.address, told))
    marked = is_dedicated(session, session.get_one(Case, finding.row.case_id))
    return rungs + [_rung(finding, each, each.address.lower() in by_hand, marked) for each in others]


def _rung(finding: Located, each: Standing, by_hand: bool, marked: bool) -> Rung:
    shared = Certainty(finding.snapshot["certainty"])
    return Rung(
        each.address,
        each.role,
        each.alive,
        by_hand=by_hand,
        barred=collateral.why_not(each.role, shared, marked),
        wait=collateral.wait_of(each.role, collateral.prefixes_in(finding.snapshot)),
    )


def _told_rung(home: Home, session: Session, address: str) -> Rung:
    alive = not is_dead(contact_of(home, session, address), home.now())
    return Rung(address, ContactRole.HOST, alive, told=True)


def _is_among(address: str, others: Sequence[str]) -> bool:
    return any(is_same(address, other) for other in others)


def _health(row: Contact, address: str, say: Say) -> ContactHealth:
    """Who wrote a contact into a rule knows it better than name servers do: only a death outweighs their word."""
    forced = say.contact is not None and is_same(say.contact.contact or "", address)
    return ContactHealth.UNKNOWN if forced and row.health is ContactHealth.SUSPECT else row.health


def history(home: Home, session: Session, case: Case) -> list[dict[str, Any]]:
    """All findings of a case, oldest first, as the contract prints them; the one in force as the rules have it."""
    rows = session.exec(select(Finding).where(Finding.case_id == case.number).order_by(col(Finding.id)))
    located = (opened(home, row) for row in rows)
    return [each.snapshot if each.row.id == case.finding_id else rule_book.plain(each.found) for each in located]
