"""The ledger: accounts of every kind, linked double entries, lines of the bank, closed months."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
_HASH = sa.String(length=64)
_ID = sa.String(length=36)
_FUND = ("id", "case_id", "balance_fen", "held_fen", "in_suspense")
_ENTRY = (
    *("id", "case_id", "kind", "amount_fen", "number", "hold_id", "at", "payee", "maker", "memo"),
)
_GIVEN = ("scope", "ver", "changed_by", "changed_at")


def upgrade() -> None:
    """Adds two tables and makes accounts and entries anew, as their keys and checks change.

    What is there stays; a replica gets what the hub has linked to it with the next exchange.
    """
    op.drop_index("ix_fund_entry_case_id", "fund_entry")
    op.rename_table("fund", "fund_before")
    op.rename_table("fund_entry", "fund_entry_before")
    _fund()
    _bank_line()
    _fund_entry()
    _ledger_period()
    for name, columns in (("fund", _FUND), ("fund_entry", _ENTRY)):
        listed = ", ".join((*columns, *_GIVEN))
        op.execute(f"insert into {name} ({listed}) select {listed} from {name}_before")
    op.drop_table("fund_entry_before")
    op.drop_table("fund_before")


def _fund() -> None:
    op.create_table(
        "fund",
        sa.Column("id", _ID, nullable=False),
        sa.Column("case_id", _ID, nullable=True),
        sa.Column("balance_fen", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("held_fen", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("in_suspense", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("kind", sa.String(), server_default="case", nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("last_seq", sa.BigInteger(), server_default="0", nullable=False),
        *_from_hub(),
        sa.CheckConstraint(
            "kind in ('case', 'bank', 'unknown', 'fee', 'refund', 'escrow', 'suspense')",
            name=op.f("ck_fund_kind"),
        ),
        sa.CheckConstraint(
            "(kind in ('case', 'escrow')) = (case_id is not null)", name=op.f("ck_fund_whose")
        ),
        sa.CheckConstraint("held_fen >= 0", name=op.f("ck_fund_held")),
        sa.CheckConstraint(
            "kind = 'bank' or balance_fen >= held_fen or in_suspense = 1",
            name=op.f("ck_fund_covered"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_fund_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund")),
        sa.UniqueConstraint("case_id", "kind", name=op.f("uq_fund_case_id_kind")),
        sa.UniqueConstraint("code", name=op.f("uq_fund_code")),
        info={"number": 32, "policy": "ledger"},
    )


def _bank_line() -> None:
    op.create_table(
        "bank_line",
        sa.Column("id", _ID, nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("booked_on", sa.String(), nullable=False),
        sa.Column("value_on", sa.String(), nullable=True),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("party_name", sa.String(), nullable=True),
        sa.Column("party_account", sa.String(), nullable=True),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("bank_ref", sa.String(), nullable=True),
        sa.Column("fingerprint", _HASH, nullable=False),
        sa.Column("occurrence", sa.Integer(), server_default="1", nullable=False),
        sa.Column("file_sha256", _HASH, nullable=False),
        *_from_hub(),
        sa.CheckConstraint("direction in ('in', 'out')", name=op.f("ck_bank_line_direction")),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_bank_line_amount")),
        sa.CheckConstraint("occurrence > 0", name=op.f("ck_bank_line_occurrence")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line")),
        sa.UniqueConstraint(
            "account",
            "fingerprint",
            "occurrence",
            name=op.f("uq_bank_line_account_fingerprint_occurrence"),
        ),
        info={"number": 54, "policy": "fact"},
    )
    op.create_index(op.f("ix_bank_line_booked_on"), "bank_line", ["booked_on"], unique=False)


def _fund_entry() -> None:
    op.create_table(
        "fund_entry",
        sa.Column("id", _ID, nullable=False),
        sa.Column("case_id", _ID, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("hold_id", _ID, nullable=True),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("payee", sa.String(), nullable=True),
        sa.Column("maker", sa.String(), nullable=False),
        sa.Column("memo", sa.Text(), nullable=True),
        sa.Column("debit_id", _ID, nullable=True),
        sa.Column("credit_id", _ID, nullable=True),
        sa.Column("booked_on", sa.String(), nullable=True),
        sa.Column("reverses", _ID, nullable=True),
        sa.Column("line_id", _ID, nullable=True),
        sa.Column("order_id", _ID, nullable=True),
        sa.Column("lost", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("debit_after_fen", sa.BigInteger(), nullable=True),
        sa.Column("credit_after_fen", sa.BigInteger(), nullable=True),
        sa.Column("debit_held_fen", sa.BigInteger(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("prev", _HASH, nullable=True),
        sa.Column("hash", _HASH, nullable=True),
        *_from_hub(),
        *_rules_of_entry(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_entry")),
        info={"number": 33, "policy": "ledger"},
    )
    for column in ("case_id", "booked_on", "line_id", "order_id"):
        op.create_index(op.f(f"ix_fund_entry_{column}"), "fund_entry", [column], unique=False)
    for name, column in (("debit", "debit_id"), ("credit", "credit_id"), ("at", "at")):
        op.create_index(f"ix_fund_entry_{name}", "fund_entry", [column, "seq"], unique=False)


def _rules_of_entry() -> list["sa.Constraint"]:
    checks = {
        "kind": "kind in ('receipt', 'hold', 'payment', 'release', 'transfer', 'reversal')",
        "amount": "amount_fen > 0",
        "hold_id": "(kind in ('payment', 'release')) = (hold_id is not null)",
        "reverses": "(kind = 'reversal') = (reverses is not null)",
        "sides": "debit_id <> credit_id",
        "line": "line_id is null or kind in ('receipt', 'payment')",
    }
    return [
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_fund_entry_{name}"))
            for name, rule in checks.items()
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_fund_entry_case_id")),
        *(
            sa.UniqueConstraint(column, name=op.f(f"uq_fund_entry_{column}"))
            for column in ("number", "hold_id", "reverses", "seq")
        ),
    ]


def _ledger_period() -> None:
    op.create_table(
        "ledger_period",
        sa.Column("id", _ID, nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.Column("closed_at", sa.String(), nullable=False),
        sa.Column("trial", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.String(), nullable=True),
        sa.Column("signed_at", sa.String(), nullable=True),
        *_from_hub(),
        sa.CheckConstraint(
            "length(month) = 7 and month like '____-__'", name=op.f("ck_ledger_period_month")
        ),
        sa.CheckConstraint(
            "(signed_by is null) = (signed_at is null)", name=op.f("ck_ledger_period_signed")
        ),
        sa.CheckConstraint(
            "signed_by is null or signed_by <> closed_by",
            name=op.f("ck_ledger_period_two_persons"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_period")),
        sa.UniqueConstraint("month", name=op.f("uq_ledger_period_month")),
        info={"number": 55, "policy": "ledger"},
    )


def _from_hub() -> list["sa.Column[Any]"]:
    return [
        sa.Column("scope", sa.Integer(), server_default="-1", nullable=False),
        sa.Column("ver", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.String(), nullable=True),
    ]
