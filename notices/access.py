"""A large host's one credential over all notices that went to its address, so that its own programs can answer.

The token is shown once and kept as a hash. It opens nothing that did not go to that address.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from hotline.clock import utc_text
from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import Contact, HostAccess, Notice, NoticeCase
from hotline.staff import Actor
from hotline.vault import new_token, token_hash
from hotline.words import NoticeState
from notices.plain import is_mail_address


@dataclass(frozen=True)
class Allowed:
    """A new credential: its number, and the token, which nobody can read again."""

    number: int
    token: str


def allow(home: Home, address: str, label: str, days: int, actor: Actor) -> Allowed:
    """A credential for whoever reads the mail of this address.

    Raises:
        HotlineError: the address is none, nobody says whose it is, or the days make no sense.
    """
    plain = address.strip()
    if not is_mail_address(plain):
        raise HotlineError("a host is allowed by the mail address that notices go to, such as abuse@host.example")
    if not label.strip() or not 1 <= days <= 3650:
        raise HotlineError("--label says who holds it, and --days is 1 to 3650")
    token = new_token()
    with home.session() as session:
        row = HostAccess(
            address_bi=_index(home, plain),
            token_hash=token_hash(token),
            staff=actor.name,
            made_at=home.now(),
            expires_at=home.now() + timedelta(days=days),
        )
        home.vault.write(row, "address", plain)
        home.vault.write(row, "label", label.strip())
        session.add(row)
        session.flush()
        home.record(session, actor.name, "host:access:allowed", f"access {row.number}", to=plain)
        return Allowed(row.number, token)


def revoke(home: Home, number: int, actor: Actor) -> None:
    """Ends a credential at once; a second time changes nothing.

    Raises:
        HotlineError: there is none of this number.
    """
    with home.session() as session:
        row = session.get(HostAccess, number)
        if row is None:
            raise HotlineError(f"there is no credential {number}; `hotline hosts list` shows them")
        if row.revoked_at is None:
            row.revoked_at = home.now()
            session.add(row)
            home.record(session, actor.name, "host:access:revoked", f"access {number}")


def listing(home: Home) -> list[dict[str, Any]]:
    """All credentials, oldest first; addresses and labels are withheld in earnest."""
    with home.reading() as session:
        rows = session.exec(select(HostAccess).order_by(col(HostAccess.id))).all()
        return [_view(home, row) for row in rows]


def _view(home: Home, row: HostAccess) -> dict[str, Any]:
    return {
        "id": row.number,
        "address": home.vault.read(row, "address") if home.practice else None,
        "label": home.vault.read(row, "label"),
        "by": row.staff,
        "made_at": utc_text(row.made_at),
        "expires_at": utc_text(row.expires_at),
        "revoked_at": utc_text(row.revoked_at),
        "valid": is_valid(home, row),
    }


def is_valid(home: Home, row: HostAccess) -> bool:
    """Whether the credential opens anything now."""
    return row.revoked_at is None and (row.expires_at is None or row.expires_at > home.now())


def holder(home: Home, session: Session, token: str) -> HostAccess | None:
    """Whose token this is; ``None`` alike for an unknown, ended or revoked one."""
    row = session.exec(select(HostAccess).where(HostAccess.token_hash == token_hash(token))).first()
    return row if row is not None and is_valid(home, row) else None


def links_of(session: Session, access: HostAccess) -> list[NoticeCase]:
    """Each case that a notice to this address names, by its newest such notice, in the order of the cases."""
    newest = (
        select(func.max(NoticeCase.id))
        .join(Notice, col(Notice.id) == NoticeCase.notice_id)
        .join(Contact, col(Contact.id) == Notice.contact_id)
        .where(Contact.address_bi == access.address_bi, Notice.state != NoticeState.WITHHELD)
        .group_by(col(NoticeCase.case_id))
    )
    rows = select(NoticeCase).where(col(NoticeCase.id).in_(newest)).order_by(col(NoticeCase.case_id))
    return list(session.exec(rows))


def _index(home: Home, address: str) -> bytes:
    return home.vault.index("contact", address.lower())
