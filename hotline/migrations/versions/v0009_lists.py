"""Hash lists as files: what was added or withdrawn since is found without reading a list; sealed lists."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Adds columns and indexes; what is there already stays as it is."""
    op.add_column("hash_list", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("hash_list", sa.Column("sealed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("hash_list", sa.Column("changes", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("hash_list", sa.Column("reinstated", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("hash_entry", sa.Column("frames", sa.LargeBinary(), nullable=True))
    op.drop_index("ix_hash_entry_list_id", table_name="hash_entry")
    op.create_index("ix_hash_entry_added", "hash_entry", ["list_id", "id"], unique=False)
    op.create_index(
        "ix_hash_entry_withdrawn",
        "hash_entry",
        ["list_id", "id"],
        unique=False,
        sqlite_where=sa.text("withdrawn_at IS NOT NULL"),
        postgresql_where=sa.text("withdrawn_at IS NOT NULL"),
    )
