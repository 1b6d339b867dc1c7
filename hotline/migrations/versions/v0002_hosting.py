"""Contact health in full, and the table of what recipients tell us."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds to ``contact`` what homes of the first schema do not know of theirs yet, and makes ``told``."""
    _add_to_contacts()
    _make_told()


def _add_to_contacts() -> None:
    for name in ("verified_at", "revived_at", "last_bounce_at", "mail_checked_at"):
        op.add_column("contact", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    # Rows that are there already get the default; new ones get theirs from the record.
    op.add_column("contact", sa.Column("bounces", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("contact", sa.Column("mail_route", sa.String(32), nullable=False, server_default="unknown"))


def _make_told() -> None:
    op.create_table(
        "told",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("value_ct", sa.LargeBinary(), nullable=True),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("reply_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("note_ct", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decision", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"]),
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"]),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index(op.f("ix_told_case_id"), "told", ["case_id"], unique=False)
    op.create_index(op.f("ix_told_decided_at"), "told", ["decided_at"], unique=False)
