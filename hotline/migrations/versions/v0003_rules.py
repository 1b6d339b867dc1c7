"""Cases about which a recipient is told in addition, by a rule of the operator's."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds to ``notice_case`` whether its recipient was told in addition; nobody was, before there were rules."""
    op.add_column("notice_case", sa.Column("also", sa.Boolean(), nullable=False, server_default=sa.false()))
