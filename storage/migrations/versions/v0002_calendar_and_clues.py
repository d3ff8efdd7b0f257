"""Local calendar days of a court, and clues to property."""

import sqlalchemy as sa
from alembic import op

revision = "0002"


def upgrade() -> None:
    """Adds two tables; nothing existing is touched."""
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("calendar", sa.String(), nullable=False),
        sa.Column("off", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("day", "calendar", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "property_clue",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("received_on", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("verified_on", sa.String(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("scope", sa.Integer(), server_default="-1", nullable=False),
        sa.Column("ver", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_property_clue_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_property_clue")),
        info={"number": 18, "policy": "state"},
    )
    op.create_index(op.f("ix_property_clue_case_id"), "property_clue", ["case_id"], unique=False)
