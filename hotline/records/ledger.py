"""The audit log, the versions of keys, and what the database says of itself."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from hotline.records.base import Record, blind, moment, sealed


class AuditLeaf(Record, table=True):
    """One deed: written in the deed's own transaction, given its position afterwards by the sequencer."""

    __tablename__ = "audit_leaf"

    position: int | None = Field(default=None, unique=True)
    at: datetime = moment(index=True)
    actor: str
    deed: str
    subject: str
    salt: bytes = blind()
    commitment: bytes = blind()
    detail_ct: bytes | None = sealed()


class AuditHead(Record, table=True):
    """The root of the first ``size`` leaves, signed."""

    __tablename__ = "audit_head"

    size: int = Field(unique=True)
    root: bytes = blind()
    peaks: bytes = blind()
    signature: bytes = blind()
    at: datetime = moment()


class KeyState(Record, table=True):
    """A version of the data key: the key itself is in the key ring, never here."""

    __tablename__ = "key_state"

    version: int = Field(unique=True)
    made_at: datetime = moment()
    retired_at: datetime | None = moment(default=None)


class SchemaMeta(SQLModel, table=True):
    """What the database says of itself: practice or earnest, and which key ring it belongs to."""

    __tablename__ = "schema_meta"

    name: str = Field(primary_key=True)
    value: str
    check: bytes | None = Field(default=None, sa_type=LargeBinary)
