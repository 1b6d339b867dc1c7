"""Whether what is sent to a contact arrives: learnt from bounces, answers, name servers, and people.

A dead contact is passed over at once, so "dead" needs proof: mail that came back or was refused, or a domain that
says itself that it takes none. Everything weaker is ``suspect``, and such a contact is asked all the same.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, col, select

from hotline.home import Home
from hotline.records import Contact, Notice, Reply
from hotline.words import ContactHealth, ContactKind, MailRoute, ReplyKind

DEAD_FOR: Final = timedelta(days=30)
"""How long a contact to whom a message could not be delivered is passed over."""

ROUTE_KEPT: Final = timedelta(days=1)
"""How long it is known how mail goes to a domain."""

NO_ROUTE_KEPT: Final = timedelta(hours=1)
"""How long it is believed that no mail goes there, or that nobody can tell: a zone is soon repaired."""

LATE_BOUNCES: Final = 3
"""So many messages in a row that came back for a reason which proves less are as good as a refusal."""

TAKES_NO_MAIL: Final = "its domain says that it takes no mail (a null MX, RFC 7505)"
NO_EXCHANGER: Final = "no mail exchanger is known for its domain"
_BY_ROUTE: Final = frozenset({TAKES_NO_MAIL, NO_EXCHANGER})


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


def is_dead(contact: Contact, now: datetime) -> bool:
    """A mailbox that was full or gone last month may work today: a dead contact is tried again after a while.

    What name servers said is asked of them again sooner than that.
    """
    passed_over = ROUTE_KEPT if contact.health_reason == TAKES_NO_MAIL else DEAD_FOR
    lately = contact.health_at is not None and now - contact.health_at < passed_over
    return contact.health is ContactHealth.DEAD and lately


def mark_dead(home: Home, session: Session, contact_id: int, reason: str) -> None:
    """What is sent to this contact does not arrive."""
    _judge(home, session, session.get_one(Contact, contact_id), ContactHealth.DEAD, reason)


def was_undeliverable(home: Home, session: Session, notice: Notice, reason: str, doubt: str | None) -> None:
    """A notice was refused or came back. Once is no death where that proves less than a mailbox that is not there.

    ``doubt`` says why it does, in words; or its time ran out.
    """
    row = session.get_one(Contact, notice.contact_id)
    row.bounces += 1
    row.last_bounce_at = home.now()
    doubt = doubt or ("its time ran out" if _ran_out_of_time(session, notice) else None)
    if doubt and row.bounces < LATE_BOUNCES:
        _judge(home, session, row, ContactHealth.SUSPECT, f"{reason}: {doubt}")
    else:
        _judge(home, session, row, ContactHealth.DEAD, reason)


def _ran_out_of_time(session: Session, notice: Notice) -> bool:
    bounce = Reply.notice_id == notice.number, Reply.kind == ReplyKind.BOUNCED
    reply = session.exec(select(Reply).where(*bounce).order_by(col(Reply.id).desc()).limit(1)).first()
    return reply is not None and not reply.permanent


def has_answered(home: Home, session: Session, contact_id: int, by_person: bool) -> None:
    """Somebody, or the mailbox itself, answered: mail arrives. A machine's word raises nobody from the dead."""
    row = session.get_one(Contact, contact_id)
    row.last_answer_at = home.now()
    if by_person:
        _verify(home, session, row, "somebody answered")
    elif row.health in (ContactHealth.UNKNOWN, ContactHealth.SUSPECT):
        _verify(home, session, row, "the mailbox acknowledged a notice")
    session.add(row)


def was_called_wrong(home: Home, session: Session, contact_id: int) -> None:
    """Whoever reads the mail says that it is the wrong address: weaker than a refusal, for anybody can say so."""
    _judge(home, session, session.get_one(Contact, contact_id), ContactHealth.SUSPECT, "its reader says it is wrong")


def _verify(home: Home, session: Session, row: Contact, reason: str, actor: str = "system") -> None:
    row.bounces, row.verified_at = 0, home.now()
    _judge(home, session, row, ContactHealth.VERIFIED, reason, actor)


def is_route_known(contact: Contact, now: datetime) -> bool:
    """Whether name servers need not be asked again about the way to this contact."""
    certain = contact.mail_route in (MailRoute.EXCHANGER, MailRoute.ADDRESS, MailRoute.REFUSED)
    kept = ROUTE_KEPT if certain else NO_ROUTE_KEPT
    return contact.mail_checked_at is not None and now - contact.mail_checked_at < kept


def note_route(home: Home, session: Session, contact: Contact, route: MailRoute) -> None:
    """What name servers say of the way to a contact; that they cannot say changes nothing.

    Only a null MX kills. A domain without an exchanger or an address makes a contact suspect that has not answered.
    """
    contact.mail_route, contact.mail_checked_at = route, home.now()
    session.add(contact)
    if route is MailRoute.REFUSED:
        _judge(home, session, contact, ContactHealth.DEAD, TAKES_NO_MAIL)
    elif route is MailRoute.NONE and contact.health is ContactHealth.UNKNOWN:
        _judge(home, session, contact, ContactHealth.SUSPECT, NO_EXCHANGER)
    elif route in (MailRoute.EXCHANGER, MailRoute.ADDRESS) and contact.health_reason in _BY_ROUTE:
        _judge(home, session, contact, ContactHealth.UNKNOWN, "a mail exchanger is known again")


def vouch(home: Home, session: Session, contact: Contact, actor: str, reason: str) -> None:
    """A person knows that this contact works: by telephone, or from elsewhere."""
    home.record(session, actor, "contact:word:verified", f"contact {contact.number}", reason=reason)
    contact.revived_at = home.now()
    _verify(home, session, contact, "a person vouches for it", actor)


def revive(home: Home, session: Session, contact: Contact, actor: str, reason: str) -> None:
    """A person says that a dead contact is to be tried again: what failed before counts no longer."""
    home.record(session, actor, "contact:word:revived", f"contact {contact.number}", reason=reason)
    contact.bounces, contact.revived_at = 0, home.now()
    _judge(home, session, contact, ContactHealth.UNKNOWN, "a person lets it be tried again", actor)


def _judge(
    home: Home, session: Session, row: Contact, health: ContactHealth, reason: str, actor: str = "system"
) -> None:
    """``reason`` is kept in clear and must name no address."""
    if (row.health, row.health_reason) != (health, reason):
        home.record(session, actor, f"contact:health:{health.value}", f"contact {row.number}", reason=reason)
    row.health, row.health_reason, row.health_at = health, reason, home.now()
    session.add(row)
