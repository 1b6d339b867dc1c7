"""The owner's own names for entries of hash lists, and how far a list has been fetched from its exchange."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Adds a column that is empty, for what was imported before had no such names; and makes a table."""
    op.add_column("hash_entry", sa.Column("source_id", sa.String(), nullable=True))
    op.create_index("ix_hash_entry_source", "hash_entry", ["list_id", "source_id"])
    op.create_table(
        "hash_checkpoint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_page", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["hash_list.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
        sa.UniqueConstraint("list_id"),
    )
