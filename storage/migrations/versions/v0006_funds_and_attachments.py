"""Accounts of cases with their entries as the hub keeps them, and what is attached to a case."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"


def upgrade() -> None:
    """Adds three tables; nothing existing is touched."""
    _funds()
    _attachments()


def _funds() -> None:
    op.create_table(
        "fund",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("balance_fen", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("held_fen", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("in_suspense", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        *_from_hub(),
        sa.CheckConstraint("held_fen >= 0", name=op.f("ck_fund_held")),
        sa.CheckConstraint(
            "balance_fen >= held_fen or in_suspense = 1", name=op.f("ck_fund_covered")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_fund_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund")),
        sa.UniqueConstraint("case_id", name=op.f("uq_fund_case_id")),
        info={"number": 32, "policy": "ledger"},
    )
    op.create_table(
        "fund_entry",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("hold_id", sa.String(length=36), nullable=True),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("payee", sa.String(), nullable=True),
        sa.Column("maker", sa.String(), nullable=False),
        sa.Column("memo", sa.Text(), nullable=True),
        *_from_hub(),
        sa.CheckConstraint(
            "kind in ('receipt', 'hold', 'payment', 'release')", name=op.f("ck_fund_entry_kind")
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_fund_entry_amount")),
        sa.CheckConstraint(
            "(kind in ('payment', 'release')) = (hold_id is not null)",
            name=op.f("ck_fund_entry_hold_id"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_fund_entry_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_entry")),
        sa.UniqueConstraint("hold_id", name=op.f("uq_fund_entry_hold_id")),
        sa.UniqueConstraint("number", name=op.f("uq_fund_entry_number")),
        info={"number": 33, "policy": "ledger"},
    )
    op.create_index(op.f("ix_fund_entry_case_id"), "fund_entry", ["case_id"], unique=False)


def _attachments() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("log_id", sa.String(length=36), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("mime", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("thumbnail", sa.Text(), nullable=True),
        *_from_hub(),
        sa.CheckConstraint("length(sha256) = 64 and size >= 0", name=op.f("ck_attachment_content")),
        sa.CheckConstraint(
            "thumbnail is null or length(thumbnail) <= 20480", name=op.f("ck_attachment_thumbnail")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_attachment_case_id")),
        sa.ForeignKeyConstraint(
            ["log_id"], ["execution_log.id"], name=op.f("fk_attachment_log_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        info={"number": 34, "policy": "fact"},
    )
    for column in ("case_id", "log_id", "sha256"):
        op.create_index(op.f(f"ix_attachment_{column}"), "attachment", [column], unique=False)


def _from_hub() -> list["sa.Column[Any]"]:
    return [
        sa.Column("scope", sa.Integer(), server_default="-1", nullable=False),
        sa.Column("ver", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.String(), nullable=True),
    ]
