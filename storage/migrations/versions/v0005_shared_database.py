"""Requests to the shared database, the log of reads, and what the client remembers of its hub."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"


def upgrade() -> None:
    """Adds four tables; nothing existing is touched."""
    op.create_table(
        "_settled",
        sa.Column("bundle_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("replaced_by", sa.String(length=36), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("bundle_id", name=op.f("pk__settled")),
    )
    op.create_table(
        "_sync",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk__sync")),
    )
    op.create_table(
        "request",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=True),
        sa.Column("args", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("state", sa.String(), server_default="asked", nullable=False),
        sa.Column("facts", sa.Text(), nullable=True),
        *_from_hub(),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_request_case_id")),
        sa.CheckConstraint("state in ('asked', 'accepted')", name=op.f("ck_request_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
        info={"number": 30, "policy": "request"},
    )
    op.create_index(op.f("ix_request_case_id"), "request", ["case_id"], unique=False)
    op.create_table(
        "read_log",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=True),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("object", sa.String(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        *_from_hub(),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_read_log_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_read_log_person_id")),
        sa.CheckConstraint("act in ('open', 'print', 'export')", name=op.f("ck_read_log_act")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_read_log")),
        info={"number": 31, "policy": "fact"},
    )
    op.create_index(op.f("ix_read_log_case_id"), "read_log", ["case_id"], unique=False)


def _from_hub() -> list["sa.Column[Any]"]:
    return [
        sa.Column("scope", sa.Integer(), server_default="-1", nullable=False),
        sa.Column("ver", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.String(), nullable=True),
    ]
