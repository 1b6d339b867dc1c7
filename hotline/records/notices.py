"""The outbox, its deliveries and the answers."""

from datetime import datetime

from sqlmodel import Field, UniqueConstraint

from hotline.records.base import Record, blind, moment, sealed, word
from hotline.words import AnswerWay, ContactRole, DeliveryOutcome, HostAnswer, NoticeState, ReplyKind


class Notice(Record, table=True):
    """One request to one recipient, with the frozen bytes of its message.

    ``held``: a person stopped it while it was queued, and says why. Its answer token opens nothing any more once it
    has expired or was revoked.
    """

    __tablename__ = "notice"

    provider_id: int | None = Field(default=None, foreign_key="provider.id")
    contact_id: int = Field(foreign_key="contact.id", index=True)
    to_ct: bytes | None = sealed()
    role: ContactRole = word(ContactRole)
    language: str = "en"
    round: int = 1
    escalation: int = 0
    state: NoticeState = word(NoticeState, index=True)
    attempts: int = 0
    message_id: str | None = Field(default=None, unique=True)
    token_hash: bytes | None = blind(default=None, unique=True)
    return_bi: bytes | None = blind(default=None, unique=True)
    bytes_ct: bytes | None = sealed()
    queued_at: datetime = moment()
    sent_at: datetime | None = moment(default=None)
    next_try_at: datetime | None = moment(default=None, index=True)
    unknown_at: datetime | None = moment(default=None)
    claim_by: str | None = None
    claim_until: datetime | None = moment(default=None)
    problem_ct: bytes | None = sealed()
    held_at: datetime | None = moment(default=None)
    held_ct: bytes | None = sealed()
    token_expires_at: datetime | None = moment(default=None)
    token_revoked_at: datetime | None = moment(default=None)


class NoticeCase(Record, table=True):
    """A case that a notice names, with the pages of this recipient on which it was seen, and what it last said of it.

    ``also``: about this case the recipient is told in addition, by a rule of the operator's: that asks nobody.
    ``answer`` is the last; all that it said are rows of ``Said``. ``answer_ct`` and ``answer_seen_at`` are no longer
    written: they hold the words that were kept before there was such a table.
    """

    __tablename__ = "notice_case"
    __table_args__ = (UniqueConstraint("notice_id", "case_id"),)

    notice_id: int = Field(foreign_key="notice.id", index=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    episode: int = 1
    pages_ct: bytes | None = sealed()
    also: bool = False
    answer: HostAnswer | None = word(HostAnswer, default=None)
    answered_at: datetime | None = moment(default=None)
    answer_ct: bytes | None = sealed()
    answer_seen_at: datetime | None = moment(default=None)


class Said(Record, table=True):
    """What a recipient said of a case, one row each time. ``seen_at``: a person of ours has dealt with it."""

    __tablename__ = "said"

    notice_case_id: int = Field(foreign_key="notice_case.id", index=True)
    answer: HostAnswer = word(HostAnswer)
    way: AnswerWay | None = word(AnswerWay, default=None)
    note_ct: bytes | None = sealed()
    at: datetime = moment()
    grace_until: datetime | None = moment(default=None)
    seen_at: datetime | None = moment(default=None)


class Delivery(Record, table=True):
    """One attempt to hand a notice to our mail server."""

    __tablename__ = "delivery"

    notice_id: int = Field(foreign_key="notice.id", index=True)
    attempt: int
    outcome: DeliveryOutcome = word(DeliveryOutcome)
    code: int | None = None
    reply_ct: bytes | None = sealed()
    at: datetime = moment()


class Reply(Record, table=True):
    """An answer that arrived, whole and sealed."""

    __tablename__ = "reply"

    notice_id: int | None = Field(default=None, foreign_key="notice.id", index=True)
    kind: ReplyKind = word(ReplyKind)
    permanent: bool = False
    says: HostAnswer | None = word(HostAnswer, default=None)
    bytes_ct: bytes | None = sealed()
    content_bi: bytes = blind(unique=True)
    received_at: datetime = moment()


class HostAccess(Record, table=True):
    """A credential by which a large host answers all notices that were sent to ``address``; only its hash is kept."""

    __tablename__ = "host_access"

    address_ct: bytes | None = sealed()
    address_bi: bytes = blind(index=True)
    label_ct: bytes | None = sealed()
    token_hash: bytes = blind(unique=True)
    staff: str
    made_at: datetime = moment()
    expires_at: datetime | None = moment(default=None)
    revoked_at: datetime | None = moment(default=None)
