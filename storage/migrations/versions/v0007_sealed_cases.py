"""Cases that are opened with a stated purpose only."""

import sqlalchemy as sa
from alembic import op

revision = "0007"


def upgrade() -> None:
    """Adds one column with its index; nothing existing is touched."""
    op.add_column("case", sa.Column("sealed", sa.Boolean(), server_default="0", nullable=False))
    op.create_index(
        "ix_case_sealed", "case", ["sealed"], unique=False, sqlite_where=sa.text("sealed = 1")
    )
    op.create_index("ix_read_log_at", "read_log", ["at"], unique=False)
