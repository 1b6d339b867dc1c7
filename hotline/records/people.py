"""Staff, their credentials, what they revealed, and what the hotline may do."""

from datetime import datetime

from sqlmodel import Field

from hotline.records.base import Record, blind, moment, sealed, word
from hotline.words import CredentialKind, EmbargoScope, Role


class Staff(Record, table=True):
    """A member of staff. Names appear in records, never in anything that leaves the hotline."""

    __tablename__ = "staff"

    name: str = Field(unique=True)
    role: Role = word(Role)
    country: str
    organisation: str | None = None
    trained: bool = True
    added_at: datetime = moment()
    ended_at: datetime | None = moment(default=None)


class Credential(Record, table=True):
    """A token that somebody holds; only its hash is here."""

    __tablename__ = "credential"

    staff_id: int = Field(foreign_key="staff.id", index=True)
    kind: CredentialKind = word(CredentialKind)
    token_hash: bytes = blind(unique=True)
    issued_at: datetime = moment()
    revoked_at: datetime | None = moment(default=None)


class Reveal(Record, table=True):
    """An address was shown to somebody in an earnest home, and why; capped a day."""

    __tablename__ = "reveal"

    staff_id: int = Field(foreign_key="staff.id", index=True)
    case_id: int = Field(foreign_key="cases.id")
    reason_ct: bytes | None = sealed()
    at: datetime = moment()


class Mandate(Record, table=True):
    """What law and the operator allow, as it was imported; the newest counts."""

    __tablename__ = "mandate"

    text_ct: bytes | None = sealed()
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    at: datetime = moment()


class Embargo(Record, table=True):
    """A dated hold with a scope. Clearance reads it; it is not a state of a case."""

    __tablename__ = "embargo"

    scope: EmbargoScope = word(EmbargoScope)
    subject_bi: bytes = blind(index=True)
    case_id: int | None = Field(default=None, foreign_key="cases.id", index=True)
    until: datetime = moment()
    staff: str
    reason_ct: bytes | None = sealed()
    set_at: datetime = moment()
    lifted_at: datetime | None = moment(default=None)
    ended_at: datetime | None = moment(default=None)
    inherited: bool = False


class Dedicated(Record, table=True):
    """An analyst's word that a whole domain serves such material, so that its name itself may be asked away."""

    __tablename__ = "dedicated"

    domain_ct: bytes | None = sealed()
    domain_bi: bytes = blind(index=True)
    staff_id: int = Field(foreign_key="staff.id")
    reason_ct: bytes | None = sealed()
    at: datetime = moment()
    lifted_at: datetime | None = moment(default=None)
    lifted_by: int | None = Field(default=None, foreign_key="staff.id")


class Release(Record, table=True):
    """A list that somebody asked to let out: the digest of its exact content."""

    __tablename__ = "release"

    kind: str
    content_sha256: str
    entries: int
    staff_id: int = Field(foreign_key="staff.id")
    at: datetime = moment()


class Approval(Record, table=True):
    """A second person's word on a release."""

    __tablename__ = "approval"

    release_id: int = Field(foreign_key="release.id", index=True)
    staff_id: int = Field(foreign_key="staff.id")
    at: datetime = moment()
