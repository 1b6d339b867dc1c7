"""Contacts as people and programs see them: whether mail arrives, since when, and how many cases hang on it.

In an earnest home the addresses are withheld unless somebody entitled reveals them, for a contact on the site's own
domain names the site.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from sqlmodel import Session, col, select

from hotline.clock import utc_text
from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import Case, Contact, Finding
from hotline.words import CaseState, ContactHealth
from takedown import findings
from takedown.contact_health import NO_EXCHANGER, is_dead
from takedown.hosting.mailboxes import domain_of
from takedown.on_site import on_site

OVER = (CaseState.REMOVED, CaseState.CLOSED, CaseState.REJECTED)


class Which(Enum):
    """Which contacts are listed: those on which open cases depend and those that are dead, or one of them, or all."""

    NEEDED = "needed"
    DEAD = "dead"
    ALL = "all"


@dataclass
class Use:
    """What open cases want of a contact. ``own``: for one of them it lies on the site's own domain."""

    cases: set[int] = field(default_factory=set)
    roles: set[str] = field(default_factory=set)
    own: bool = False


def listing(home: Home, session: Session, which: Which, reveal: bool = False) -> list[dict[str, Any]]:
    """Contacts by number. The dead are those that are passed over now."""
    uses = needed(home, session)
    rows = session.exec(select(Contact).order_by(col(Contact.id))).all()
    shown = [row for row in rows if _is_listed(row, which, row.address_bi in uses, is_dead(row, home.now()))]
    return [_view(home, row, uses.get(row.address_bi, Use()), home.practice or reveal) for row in shown]


def _is_listed(row: Contact, which: Which, used: bool, dead: bool) -> bool:
    return which is Which.ALL or dead or (which is Which.NEEDED and used)


def needed(home: Home, session: Session) -> dict[bytes, Use]:
    """What open cases want, by the blind index of the contact's address."""
    open_cases = select(Case.id, Finding).join(Finding, col(Finding.id) == Case.finding_id)
    uses: dict[bytes, Use] = defaultdict(Use)
    for number, row in session.exec(open_cases.where(col(Case.state).not_in(OVER))):
        snapshot = findings.opened(home, row).snapshot
        for contact in snapshot["contacts"]:
            use = uses[_index(home, contact["address"])]
            use.cases.add(number or 0)
            use.roles.add(contact["role"])
            use.own |= on_site(home, snapshot, contact["address"])
    return uses


def _view(home: Home, row: Contact, use: Use, shown: bool) -> dict[str, Any]:
    return {
        "id": row.id,
        "address": home.vault.read(row, "address") if shown else None,
        "kind": row.kind.value,
        "roles": sorted(use.roles),
        "health": row.health.value,
        "reason": row.health_reason,
        "since": utc_text(row.health_at),
        "passed_over": is_dead(row, home.now()),
        "verified_at": utc_text(row.verified_at),
        "last_answer_at": utc_text(row.last_answer_at),
        "bounces": row.bounces,
        "last_bounce_at": utc_text(row.last_bounce_at),
        "mail": row.mail_route.value,
        "mail_checked_at": utc_text(row.mail_checked_at),
        "open_cases": len(use.cases),
        "own_domain": use.own,
    }


def view(home: Home, session: Session, row: Contact) -> dict[str, Any]:
    """One contact, for somebody who named it."""
    return _view(home, row, needed(home, session).get(row.address_bi, Use()), shown=True)


def find(home: Home, session: Session, who: str) -> Contact:
    """The contact that a person names by its number or its address.

    Raises:
        HotlineError: there is no such contact.
    """
    by_number = who.isascii() and who.isdigit() and len(who) < 10
    where = col(Contact.id) == int(who) if by_number else col(Contact.address_bi) == _index(home, who)
    row = session.exec(select(Contact).where(where)).first()
    if row is None:
        raise HotlineError("there is no such contact; `hotline contacts --all` shows them with their numbers")
    return row


def addresses_needed(home: Home, session: Session) -> list[str]:
    """The mail addresses on which open cases depend."""
    uses = needed(home, session)
    rows = session.exec(select(Contact).order_by(col(Contact.id)))
    found = (home.vault.text(row, "address") for row in rows if row.address_bi in uses)
    return [address for address in found if domain_of(address) and "@" in address]


def dead_and_needed(home: Home, session: Session) -> int:
    """How many contacts of open cases are passed over now: each waits for a person who finds a better one."""
    dead = session.exec(select(Contact).where(Contact.health == ContactHealth.DEAD)).all()
    passed_over = {row.address_bi for row in dead if is_dead(row, home.now())}
    return len(passed_over & set(needed(home, session))) if passed_over else 0


def with_health(home: Home, session: Session, finding: dict[str, Any]) -> dict[str, Any]:
    """A finding whose contacts say whether mail to them arrives, as far as is known by now."""
    contacts, problems = [], list(finding["problems"])
    for contact in finding["contacts"]:
        row = session.exec(select(Contact).where(Contact.address_bi == _index(home, contact["address"]))).first()
        health = row.health if row else ContactHealth.UNKNOWN
        contacts.append(contact | {"health": health.value, "health_reason": row.health_reason if row else None})
        if row is not None and row.health_reason == NO_EXCHANGER:
            problems.append(f"no mail exchanger is known for {domain_of(contact['address'])}")
    return finding | {"contacts": contacts, "problems": list(dict.fromkeys(problems))}


def _index(home: Home, address: str) -> bytes:
    return home.vault.index("contact", address.lower())
