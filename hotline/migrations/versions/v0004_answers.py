"""What hosts answer, holds on single notices, domains that are dedicated, and the authority's word."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_MOMENTS = (
    ("notice", "held_at"),
    ("notice", "token_expires_at"),
    ("notice", "token_revoked_at"),
    ("notice_case", "answer_seen_at"),
    ("cases", "authority_at"),
    ("episode", "grace_until"),
)
_SEALED = (("notice", "held_ct"), ("notice_case", "answer_ct"))


def upgrade() -> None:
    """Adds columns that are empty for what is there already, and makes two tables."""
    for table, name in _MOMENTS:
        op.add_column(table, sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    for table, name in _SEALED:
        op.add_column(table, sa.Column(name, sa.LargeBinary(), nullable=True))
    op.add_column("reply", sa.Column("says", sa.String(32), nullable=True))
    _make_dedicated()
    _make_host_access()


def _make_dedicated() -> None:
    op.create_table(
        "dedicated",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("domain_ct", sa.LargeBinary(), nullable=True),
        sa.Column("domain_bi", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("reason_ct", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.ForeignKeyConstraint(["lifted_by"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index(op.f("ix_dedicated_domain_bi"), "dedicated", ["domain_bi"], unique=False)


def _make_host_access() -> None:
    op.create_table(
        "host_access",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("address_ct", sa.LargeBinary(), nullable=True),
        sa.Column("address_bi", sa.LargeBinary(), nullable=False),
        sa.Column("label_ct", sa.LargeBinary(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("staff", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index(op.f("ix_host_access_address_bi"), "host_access", ["address_bi"], unique=False)
