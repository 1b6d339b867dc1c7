"""Members of staff: adding them, their credentials, and who acts now."""

import re
from dataclasses import dataclass
from typing import Final

from sqlmodel import Session, col, select

from hotline.errors import Forbidden, HotlineError
from hotline.home import Home
from hotline.permissions import demand
from hotline.records import Credential, Staff
from hotline.vault import new_token, token_hash
from hotline.words import CredentialKind, HomeKind, Role


@dataclass(frozen=True)
class Actor:
    """Who does a deed. The system itself has no number and no role."""

    name: str
    staff_id: int | None = None
    role: Role | None = None


SYSTEM: Final = Actor("system")


@dataclass(frozen=True)
class NewMember:
    """What is told of a new member of staff."""

    name: str
    role: Role
    country: str
    organisation: str | None = None


def add(home: Home, member: NewMember, actor: Actor) -> str | None:
    """Adds a member of staff; in an earnest home returns their first credential, which is shown once.

    Raises:
        HotlineError: the name is taken or unusable, or the first of an earnest home is no administrator.
    """
    _check(member)
    with home.session() as session:
        # The names of those who left stay theirs: the audit log and old confirmations speak of them.
        if session.exec(select(Staff).where(Staff.name == member.name)).first() is not None:
            raise HotlineError(f"a member of staff named {member.name} exists or existed; choose another name")
        first = session.exec(select(Staff).limit(1)).first() is None
        if home.kind is HomeKind.EARNEST:
            _may_add(home, member, actor, first)
        row = Staff(
            name=member.name,
            role=member.role,
            country=member.country.upper(),
            organisation=member.organisation,
            added_at=home.now(),
        )
        session.add(row)
        session.flush()
        home.record(session, actor.name, "staff:member:added", f"staff {row.number}", role=member.role.value)
        return _issue(home, session, row, CredentialKind.STAFF) if home.kind is HomeKind.EARNEST else None


def _check(member: NewMember) -> None:
    if not re.fullmatch(r"[\w][\w .'-]{0,63}", member.name) or member.name == SYSTEM.name:
        raise HotlineError(f"{member.name!r} cannot be a name of staff: letters, digits, space, . ' and -, at most 64")
    if not re.fullmatch(r"[A-Za-z]{2}", member.country):
        raise HotlineError(f"{member.country!r} is not a country code of two letters, such as NL")


def _may_add(home: Home, member: NewMember, actor: Actor, first: bool) -> None:
    if first and member.role is not Role.ADMINISTRATOR:
        raise HotlineError(
            "the first member of staff of an earnest home must be an administrator; use --role administrator"
        )
    if not first:
        if actor.role is None:
            raise Forbidden("set HOTLINE_STAFF_TOKEN to the credential of an administrator")
        demand(actor.name, actor.role, "staff:add", home.kind)


def issue_token(home: Home, name: str, kind: CredentialKind, actor: Actor) -> str:
    """A new token for a member of staff, shown once; an older personal credential of theirs ends with it."""
    with home.session() as session:
        row = find(session, name)
        if row is None:
            raise HotlineError(f"no member of staff is named {name}; add them with `hotline staff add`")
        if home.kind is HomeKind.EARNEST and actor.staff_id != row.id:
            demand(actor.name, actor.role or Role.ANALYST, "staff:token", home.kind)
        if kind is CredentialKind.STAFF:
            _revoke(home, session, row)
        return _issue(home, session, row, kind, actor)


def _revoke(home: Home, session: Session, row: Staff) -> None:
    held = select(Credential).where(
        Credential.staff_id == row.id, Credential.kind == CredentialKind.STAFF, col(Credential.revoked_at).is_(None)
    )
    for credential in session.exec(held):
        credential.revoked_at = home.now()


def _issue(home: Home, session: Session, row: Staff, kind: CredentialKind, actor: Actor = SYSTEM) -> str:
    token = new_token()
    session.add(Credential(staff_id=row.number, kind=kind, token_hash=token_hash(token), issued_at=home.now()))
    home.record(session, actor.name, "staff:token:issued", f"staff {row.number}", kind=kind.value)
    return token


def find(session: Session, name: str) -> Staff | None:
    """The active member of staff of this name."""
    return session.exec(select(Staff).where(Staff.name == name, col(Staff.ended_at).is_(None))).first()


def who_acts(home: Home, name: str | None, *, system: bool = False) -> Actor:
    """The actor of a command: by name in practice, by their own credential in earnest.

    ``system`` allows the command to act without anybody (CONTRACT: crawl, recheck, inbox read, notices send, run).

    Raises:
        HotlineError: nobody was named, the name is unknown, or the credential is missing or not theirs.
    """
    name = name or home.settings.staff
    if home.kind is HomeKind.EARNEST and home.settings.staff_token:
        return _by_token(home, home.settings.staff_token, name)
    if (name is None and system) or name == SYSTEM.name:
        if not system:
            raise HotlineError("system does not do this; say who acts with --as NAME")
        return SYSTEM
    if home.kind is HomeKind.EARNEST:
        raise Forbidden("in an earnest home each person acts with their own credential; set HOTLINE_STAFF_TOKEN")
    if name is None:
        raise HotlineError("say who acts: --as NAME, or set HOTLINE_STAFF")
    with home.reading() as session:
        return _actor(find(session, name), name)


def _by_token(home: Home, token: str, name: str | None) -> Actor:
    with home.reading() as session:
        held = session.exec(
            select(Staff)
            .join(Credential, col(Credential.staff_id) == Staff.id)
            .where(
                Credential.token_hash == token_hash(token),
                Credential.kind == CredentialKind.STAFF,
                col(Credential.revoked_at).is_(None),
                col(Staff.ended_at).is_(None),
            )
        ).first()
    if held is None:
        raise Forbidden("HOTLINE_STAFF_TOKEN is no valid credential; ask an administrator for a new one")
    if name is not None and held.name != name:
        raise Forbidden(f"the credential is not that of {name}; use their own, or leave out --as")
    return _actor(held, held.name)


def _actor(row: Staff | None, name: str) -> Actor:
    if row is None:
        raise HotlineError(f"no member of staff is named {name}; add them with `hotline staff add`")
    return Actor(row.name, row.id, row.role)
