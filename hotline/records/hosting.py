"""Who hosts, who can remove, and what was learnt from registries."""

from datetime import datetime

from sqlmodel import Field, UniqueConstraint

from hotline.records.base import Record, blind, moment, sealed, word
from hotline.words import (
    Certainty,
    ContactHealth,
    ContactKind,
    MailRoute,
    ToldDecision,
    ToldKind,
    ToldSource,
)


class Provider(Record, table=True):
    """A hosting provider: an organisation, the network it announces, and its country."""

    __tablename__ = "provider"

    name_ct: bytes | None = sealed()
    identity_bi: bytes = blind(unique=True)
    asn: int | None = None
    country: str | None = None


class Finding(Record, table=True):
    """Where a URL was hosted from ``at`` on, and still so at ``checked_at``; the snapshot is the contract's JSON."""

    __tablename__ = "finding"

    case_id: int = Field(foreign_key="cases.id", index=True)
    provider_id: int | None = Field(default=None, foreign_key="provider.id")
    certainty: Certainty = word(Certainty)
    fingerprint: bytes = blind()
    snapshot_ct: bytes | None = sealed()
    at: datetime = moment()
    checked_at: datetime = moment()


class Contact(Record, table=True):
    """An abuse contact and whether what is sent there arrives.

    ``mail_route`` is what name servers said of its domain at ``mail_checked_at``; ``revived_at``: a person said that
    what failed before that moment counts no longer.
    """

    __tablename__ = "contact"

    address_ct: bytes | None = sealed()
    address_bi: bytes = blind(unique=True)
    kind: ContactKind = word(ContactKind)
    health: ContactHealth = word(ContactHealth, default=ContactHealth.UNKNOWN)
    health_reason: str | None = None
    health_at: datetime | None = moment(default=None)
    last_answer_at: datetime | None = moment(default=None)
    verified_at: datetime | None = moment(default=None)
    revived_at: datetime | None = moment(default=None)
    bounces: int = 0
    last_bounce_at: datetime | None = moment(default=None)
    mail_route: MailRoute = word(MailRoute, default=MailRoute.UNKNOWN)
    mail_checked_at: datetime | None = moment(default=None)


class Told(Record, table=True):
    """What somebody told us about a case: another contact, or the origin behind an edge.

    It waits for a person (``decided_at`` is empty) and is never used by itself. ``note`` says why it was decided so.
    """

    __tablename__ = "told"

    case_id: int = Field(foreign_key="cases.id", index=True)
    kind: ToldKind = word(ToldKind)
    value_ct: bytes | None = sealed()
    source: ToldSource = word(ToldSource)
    reply_id: int | None = Field(default=None, foreign_key="reply.id")
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    note_ct: bytes | None = sealed()
    at: datetime = moment()
    decided_at: datetime | None = moment(default=None, index=True)
    decided_by: int | None = Field(default=None, foreign_key="staff.id")
    decision: ToldDecision | None = word(ToldDecision, default=None)


class RegistryAnswer(Record, table=True):
    """An answer of a registry that is kept for later look-ups; the key it is found by is blind, the text sealed."""

    __tablename__ = "registry_answer"
    __table_args__ = (UniqueConstraint("kind", "subject_bi"),)

    kind: str
    subject_bi: bytes = blind()
    text_ct: bytes | None = sealed()
    at: datetime = moment()
