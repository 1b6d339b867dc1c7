"""By what a file is known again at a glance, and when it was last looked at whole."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Adds two columns that are empty: the next look at each case is a whole one."""
    op.add_column("cases", sa.Column("marks_ct", sa.LargeBinary(), nullable=True))
    op.add_column("cases", sa.Column("whole_at", sa.DateTime(timezone=True), nullable=True))
