"""A case from its reports to its removal."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlmodel import Field, UniqueConstraint

from hotline.records.base import Record, blind, moment, sealed, word
from hotline.words import CaseState, Classification, Content, Decision, Origin, Outcome


class Case(Record, table=True):
    """One URL, followed to its end. Many reports may join it.

    ``authority_at``: when the authority gave its word that notices may leave. ``marks``: by what a glance knows its
    file again, as it was seen whole at ``whole_at``.
    """

    __tablename__ = "cases"

    url_ct: bytes | None = sealed()
    referrer_ct: bytes | None = sealed()
    url_bi: bytes = blind(unique=True)
    host_bi: bytes = blind(index=True)
    domain_bi: bytes = blind(index=True)
    tld: str
    state: CaseState = word(CaseState, index=True)
    classification: Classification = word(Classification)
    origin: Origin = word(Origin)
    provider_id: int | None = Field(default=None, foreign_key="provider.id", index=True)
    finding_id: int | None = None
    parent_id: int | None = Field(default=None, foreign_key="cases.id")
    crawl_key: bytes | None = blind(default=None, index=True)

    match_list: str | None = None
    match_kind: str | None = None
    match_distance: int | None = None

    opened_at: datetime = moment()
    reported_at: datetime | None = moment(default=None)
    confirmed_at: datetime | None = moment(default=None)
    first_notice_at: datetime | None = moment(default=None)
    last_online_at: datetime | None = moment(default=None)
    first_gone_at: datetime | None = moment(default=None)
    removed_at: datetime | None = moment(default=None)
    watch_until: datetime | None = moment(default=None)
    due_at: datetime | None = moment(default=None, index=True)
    authority_at: datetime | None = moment(default=None)

    looks: int = 0
    rung: int = 0
    episode: int = 1
    version: int = 0

    content: Content | None = word(Content, default=None)
    assessed_sha256: str | None = None
    sha256: str | None = Field(default=None, index=True)
    sha1: str | None = None
    md5: str | None = None
    pdq: str | None = None
    length: int | None = None
    shape: str | None = None
    served_directly: bool = True
    marks_ct: bytes | None = sealed()
    whole_at: datetime | None = moment(default=None)


class Episode(Record, table=True):
    """One stay of the material under the URL: a re-upload begins another, with its own clock.

    ``grace_until``: a host said when it will have acted; until then nobody further up is asked. Once an episode.
    """

    __tablename__ = "episode"

    case_id: int = Field(foreign_key="cases.id", index=True)
    ordinal: int
    opened_at: datetime = moment()
    first_notice_at: datetime | None = moment(default=None)
    last_online_at: datetime | None = moment(default=None)
    first_gone_at: datetime | None = moment(default=None)
    closed_at: datetime | None = moment(default=None)
    grace_until: datetime | None = moment(default=None)


class Report(Record, table=True):
    """One submission. ``case_id`` is empty while it waits for a second confirmation."""

    __tablename__ = "report"

    case_id: int | None = Field(default=None, foreign_key="cases.id", index=True)
    url_ct: bytes | None = sealed()
    url_bi: bytes = blind(index=True)
    page_ct: bytes | None = sealed()
    referrer_ct: bytes | None = sealed()
    reference_ct: bytes | None = sealed()
    reference_bi: bytes | None = blind(default=None, index=True)
    source_ct: bytes | None = sealed()
    note_ct: bytes | None = sealed()
    sha256: str | None = None
    reported_at: datetime | None = moment(default=None)
    received_at: datetime = moment()


class Assessment(Record, table=True):
    """A human analyst's verdict."""

    __tablename__ = "assessment"

    case_id: int | None = Field(default=None, foreign_key="cases.id", index=True)
    report_id: int | None = Field(default=None, foreign_key="report.id", index=True)
    staff_id: int = Field(foreign_key="staff.id")
    decision: Decision = word(Decision)
    classification: Classification | None = word(Classification, default=None)
    criteria: str | None = None
    sha256: str | None = None
    reason_ct: bytes | None = sealed()
    at: datetime = moment()


class CasePrints(Record, table=True):
    """By what a case's file is known again when it is saved anew, beside its digests (``takedown.prints``).

    ``frames``: PDQ of a video's legible frames, 32 bytes each.
    """

    __tablename__ = "case_prints"

    case_id: int = Field(foreign_key="cases.id", unique=True)
    pdq_reduced: str | None = None
    frames: bytes | None = Field(default=None, sa_type=LargeBinary)


class Sighting(Record, table=True):
    """A page on which a case's material was seen."""

    __tablename__ = "sighting"
    __table_args__ = (UniqueConstraint("case_id", "page_bi"),)

    case_id: int = Field(foreign_key="cases.id", index=True)
    page_ct: bytes | None = sealed()
    page_bi: bytes = blind(index=True)
    at: datetime = moment()


class Observation(Record, table=True):
    """What one look at a URL saw. Evidence only, never content; ``facts_ct`` holds what may name hosts, as JSON.

    ``outcome`` is empty until ``takedown.verdicts`` has judged the look.
    """

    __tablename__ = "observation"

    case_id: int = Field(foreign_key="cases.id", index=True)
    at: datetime = moment()
    vantage: str = "direct"
    outcome: Outcome | None = word(Outcome, default=None)
    reason: str | None = None
    status: int | None = None
    content: Content | None = word(Content, default=None)
    sha256: str | None = None
    sha1: str | None = None
    md5: str | None = None
    pdq: str | None = None
    pdq_quality: int | None = None
    distance: int | None = None
    size: int = 0
    shape: str | None = None
    facts_ct: bytes | None = sealed()


class HostTurn(Record, table=True):
    """Somebody is looking at this host now, and nobody else does; ``until`` is real time."""

    __tablename__ = "host_turn"

    host_bi: bytes = blind(unique=True)
    holder: str
    until: datetime = moment()


class Move(Record, table=True):
    """A case went from one state to another, and why. The reason names no URL, host or person."""

    __tablename__ = "move"

    case_id: int = Field(foreign_key="cases.id", index=True)
    from_state: CaseState | None = word(CaseState, default=None)
    to_state: CaseState = word(CaseState)
    reason: str
    actor: str
    at: datetime = moment()
