"""The right to crawl, how far a crawl has come, and the lists it matches against."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, LargeBinary, text
from sqlmodel import Field, UniqueConstraint

from hotline.records.base import Record, blind, moment, sealed, word
from hotline.words import Classification, Content, FrontierState, ListKind, TicketState


class Ticket(Record, table=True):
    """The right to crawl, from one confirmed case: no ticket, no request."""

    __tablename__ = "ticket"

    case_id: int = Field(foreign_key="cases.id", index=True)
    state: TicketState = word(TicketState, index=True)
    crawl_key: bytes | None = blind(default=None, index=True)
    follow_links: bool = False
    opened_at: datetime = moment()
    expires_at: datetime = moment()
    page_budget: int = 20_000
    byte_budget: int = Field(default=50 * 2**30, sa_type=BigInteger)
    pages: int = 0
    media: int = 0
    size: int = Field(default=0, sa_type=BigInteger)
    lease_by: str | None = None
    lease_until: datetime | None = moment(default=None)
    done_at: datetime | None = moment(default=None)


class Frontier(Record, table=True):
    """A URL of an open crawl. Rows are deleted when no ticket that could use them is open any more."""

    __tablename__ = "frontier"

    ticket_id: int = Field(foreign_key="ticket.id", index=True)
    url_ct: bytes | None = sealed()
    referrer_ct: bytes | None = sealed()
    url_bi: bytes = blind(unique=True)
    host_bi: bytes = blind(index=True)
    state: FrontierState = word(FrontierState, index=True)
    expected: Content | None = word(Content, default=None)
    anchor_case_id: int | None = Field(default=None, foreign_key="cases.id")
    depth: int = 0
    hops: int = 0
    inner: bool = False
    matched: bool = False
    embargo_until: datetime | None = moment(default=None)
    reason: str | None = None


class FrontierLink(Record, table=True):
    """A page of the frontier leads to another URL of it."""

    __tablename__ = "frontier_link"
    __table_args__ = (UniqueConstraint("source_id", "target_id"),)

    source_id: int = Field(foreign_key="frontier.id", index=True)
    target_id: int = Field(foreign_key="frontier.id", index=True)


class HashList(Record, table=True):
    """A list of digests and whose it is. One that was ``withdrawn_at`` some time counts for nothing.

    ``sealed``: exact digests are kept as keyed ones (``hotline.vault``), as its owner demands. ``changes`` counts what
    was withdrawn or came back; ``reinstated`` is its value when something last came back.
    """

    __tablename__ = "hash_list"

    name: str = Field(unique=True)
    kind: ListKind = word(ListKind)
    owner: str | None = None
    added_at: datetime = moment()
    withdrawn_at: datetime | None = moment(default=None)
    sealed: bool = False
    changes: int = 0
    reinstated: int = 0


class HashEntry(Record, table=True):
    """One file of a list: the digests that are known of it. ``identity`` is what makes the row itself.

    ``source_id`` is the owner's own name for it, by which the owner may take it back.
    """

    __tablename__ = "hash_entry"
    __table_args__ = (
        UniqueConstraint("list_id", "identity"),
        Index("ix_hash_entry_added", "list_id", "id"),
        Index("ix_hash_entry_source", "list_id", "source_id"),
        Index(
            "ix_hash_entry_withdrawn",
            "list_id",
            "id",
            sqlite_where=text("withdrawn_at IS NOT NULL"),
            postgresql_where=text("withdrawn_at IS NOT NULL"),
        ),
    )

    list_id: int = Field(foreign_key="hash_list.id")
    identity: str
    sha256: str | None = Field(default=None, index=True)
    sha1: str | None = Field(default=None, index=True)
    md5: str | None = Field(default=None, index=True)
    pdq: str | None = None
    frames: bytes | None = Field(default=None, sa_type=LargeBinary)
    """PDQ of a video's legible frames, 32 bytes each."""
    length: int | None = Field(default=None, sa_type=BigInteger)
    classification: Classification | None = word(Classification, default=None)
    scheme: str | None = None
    label: str | None = None
    source_id: str | None = None
    added_at: datetime = moment()
    withdrawn_at: datetime | None = moment(default=None)


class HashCheckpoint(Record, table=True):
    """How far a list has been fetched from its exchange.

    All that its owner changed before ``since`` is here. While ``until`` is set, a span of time from ``since`` to
    ``until`` is being fetched page by page, and ``next_page`` is where it goes on: at its beginning when unset.
    """

    __tablename__ = "hash_checkpoint"

    list_id: int = Field(foreign_key="hash_list.id", unique=True)
    since: datetime | None = moment(default=None)
    until: datetime | None = moment(default=None)
    next_page: str | None = None
    at: datetime = moment()
