"""What the tables of version 0012 share. Written down here as it was in that version."""

from typing import Any, Final

import sqlalchemy as sa

ID: Final = sa.String(length=36)
HASH: Final = sa.String(length=64)


def from_hub() -> list["sa.Column[Any]"]:
    """The columns that the shared database gives."""
    return [
        sa.Column("scope", sa.Integer(), server_default="-1", nullable=False),
        sa.Column("ver", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.String(), nullable=True),
    ]
