"""What recipients said, one row each time: a later answer hides no earlier one."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Makes the table, with a row for each answer that is known. Its words stay where they are sealed."""
    said = op.create_table(
        "said",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("notice_case_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(32), nullable=False),
        sa.Column("way", sa.String(32), nullable=True),
        sa.Column("note_ct", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("grace_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["notice_case_id"], ["notice_case.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index(op.f("ix_said_notice_case_id"), "said", ["notice_case_id"], unique=False)
    known = sa.table(
        "notice_case",
        sa.column("id", sa.Integer),
        sa.column("answer", sa.String),
        sa.column("answered_at", sa.DateTime(timezone=True)),
        sa.column("answer_seen_at", sa.DateTime(timezone=True)),
    )
    answered = sa.select(known).where(known.c.answer.is_not(None), known.c.answered_at.is_not(None))
    rows = [
        {"key": secrets.token_bytes(16), "notice_case_id": number, "answer": answer, "at": at, "seen_at": seen_at}
        for number, answer, at, seen_at in op.get_bind().execute(answered).all()
    ]
    if rows:
        op.bulk_insert(said, rows)
