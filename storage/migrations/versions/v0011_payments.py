"""Payment orders: tiers, acts, delays, notes of the reconciliation, balances, distributions."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
_ID = sa.String(length=36)
_HASH = sa.String(length=64)


def upgrade() -> None:
    """Adds nine tables and a column; nothing existing is touched."""
    op.add_column("ledger_period", sa.Column("sheet_sha256", _HASH, nullable=True))
    _approval_tier()
    _payment_order()
    _payment_act()
    _bank_match()
    _payment_delay()
    _reconcile_note()
    _bank_balance()
    _distribution()
    _distribution_objection()


def _bank_balance() -> None:
    op.create_table(
        "bank_balance",
        sa.Column("id", _ID, nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("balance_fen", sa.BigInteger(), nullable=False),
        sa.Column("file_sha256", _HASH, nullable=False),
        *_from_hub(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_balance")),
        sa.UniqueConstraint(
            "account", "day", "file_sha256", name=op.f("uq_bank_balance_account_day_file_sha256")
        ),
        info={"number": 62, "policy": "fact"},
    )
    op.create_index(op.f("ix_bank_balance_day"), "bank_balance", ["day"], unique=False)


def _bank_match() -> None:
    op.create_table(
        "bank_match",
        sa.Column("id", _ID, nullable=False),
        sa.Column("line_id", _ID, nullable=False),
        sa.Column("entry_id", _ID, nullable=False),
        sa.Column("maker", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        *_from_hub(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_match")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_bank_match_entry_id")),
        sa.UniqueConstraint("line_id", name=op.f("uq_bank_match_line_id")),
        info={"number": 59, "policy": "ledger"},
    )


def _approval_tier() -> None:
    op.create_table(
        "approval_tier",
        sa.Column("id", _ID, nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("from_fen", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("upto_fen", sa.BigInteger(), nullable=True),
        sa.Column("stages", sa.String(), nullable=False),
        sa.Column("valid_from", sa.String(), nullable=False),
        sa.Column("valid_to", sa.String(), nullable=True),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("confidence", sa.String(), server_default="unconfirmed", nullable=False),
        sa.Column("proposed_by", _ID, nullable=True),
        sa.Column("proposed_at", sa.String(), nullable=True),
        sa.Column("agreed_by", _ID, nullable=True),
        sa.Column("agreed_at", sa.String(), nullable=True),
        sa.Column("state", sa.String(), server_default="proposed", nullable=False),
        *_from_hub(),
        sa.CheckConstraint(
            "purpose in ('payment', 'refund', 'fee', 'escrow', 'unknown')",
            name=op.f("ck_approval_tier_purpose"),
        ),
        sa.CheckConstraint(
            "state in ('proposed', 'agreed', 'refused')", name=op.f("ck_approval_tier_state")
        ),
        sa.CheckConstraint(
            "agreed_by is null or agreed_by <> proposed_by",
            name=op.f("ck_approval_tier_two_persons"),
        ),
        sa.CheckConstraint(
            "from_fen >= 0 and (upto_fen is null or upto_fen > from_fen)",
            name=op.f("ck_approval_tier_amount"),
        ),
        sa.CheckConstraint("length(stages) > 0", name=op.f("ck_approval_tier_stages")),
        sa.CheckConstraint(
            "valid_to is null or valid_to >= valid_from", name=op.f("ck_approval_tier_days")
        ),
        sa.ForeignKeyConstraint(
            ["agreed_by"], ["person.id"], name=op.f("fk_approval_tier_agreed_by")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["person.id"], name=op.f("fk_approval_tier_proposed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_tier")),
        info={"number": 56, "policy": "state"},
    )


def _reconcile_note() -> None:
    op.create_table(
        "reconcile_note",
        sa.Column("id", _ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about_id", sa.String(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        *_from_hub(),
        sa.CheckConstraint(
            "kind in ('line_without_entry', 'entry_without_line', 'bank_ledger', 'case_ledger')",
            name=op.f("ck_reconcile_note_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_reconcile_note_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconcile_note")),
        info={"number": 61, "policy": "fact"},
    )
    op.create_index(
        op.f("ix_reconcile_note_about_id"), "reconcile_note", ["about_id"], unique=False
    )


def _distribution() -> None:
    op.create_table(
        "distribution",
        sa.Column("id", _ID, nullable=False),
        sa.Column("case_id", _ID, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_sha256", _HASH, nullable=False),
        sa.Column("served_on", sa.String(), nullable=True),
        sa.Column("wait_until", sa.String(), nullable=True),
        sa.Column("state", sa.String(), server_default="draft", nullable=False),
        sa.Column("maker_id", _ID, nullable=True),
        sa.Column("settled_by", _ID, nullable=True),
        sa.Column("settled_on", sa.String(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        *_from_hub(),
        sa.CheckConstraint(
            "state <> 'settled' or settled_on is not null", name=op.f("ck_distribution_settled_on")
        ),
        sa.CheckConstraint(
            "state = 'draft' or served_on is not null", name=op.f("ck_distribution_served")
        ),
        sa.CheckConstraint(
            "state in ('draft', 'served', 'objected', 'settled')",
            name=op.f("ck_distribution_state"),
        ),
        sa.CheckConstraint(
            "(settled_on is null) = (settled_by is null)", name=op.f("ck_distribution_settled")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_distribution_case_id")),
        sa.ForeignKeyConstraint(["maker_id"], ["person.id"], name=op.f("fk_distribution_maker_id")),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["person.id"], name=op.f("fk_distribution_settled_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distribution")),
        info={"number": 63, "policy": "state"},
    )
    op.create_index(op.f("ix_distribution_case_id"), "distribution", ["case_id"], unique=False)


def _payment_delay() -> None:
    op.create_table(
        "payment_delay",
        sa.Column("id", _ID, nullable=False),
        sa.Column("case_id", _ID, nullable=False),
        sa.Column("entry_id", _ID, nullable=True),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("from_on", sa.String(), nullable=False),
        sa.Column("until_on", sa.String(), nullable=True),
        sa.Column("ended_on", sa.String(), nullable=True),
        sa.Column("ended_by", _ID, nullable=True),
        sa.Column("proposed_by", _ID, nullable=False),
        sa.Column("proposed_at", sa.String(), nullable=False),
        sa.Column("approved_by", _ID, nullable=True),
        sa.Column("approved_at", sa.String(), nullable=True),
        sa.Column("state", sa.String(), server_default="proposed", nullable=False),
        *_from_hub(),
        sa.CheckConstraint(
            "(state = 'ended') = (ended_on is not null)", name=op.f("ck_payment_delay_ended")
        ),
        sa.CheckConstraint(
            "state in ('proposed', 'approved', 'refused', 'ended')",
            name=op.f("ck_payment_delay_state"),
        ),
        sa.CheckConstraint(
            "state in ('proposed', 'ended') or approved_by is not null",
            name=op.f("ck_payment_delay_approved"),
        ),
        sa.CheckConstraint(
            "approved_by is null or approved_by <> proposed_by",
            name=op.f("ck_payment_delay_two_persons"),
        ),
        sa.CheckConstraint(
            "until_on is null or until_on >= from_on", name=op.f("ck_payment_delay_days")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["person.id"], name=op.f("fk_payment_delay_approved_by")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_payment_delay_case_id")),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["person.id"], name=op.f("fk_payment_delay_ended_by")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["person.id"], name=op.f("fk_payment_delay_proposed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_delay")),
        info={"number": 60, "policy": "state"},
    )
    op.create_index(op.f("ix_payment_delay_case_id"), "payment_delay", ["case_id"], unique=False)
    op.create_index(op.f("ix_payment_delay_entry_id"), "payment_delay", ["entry_id"], unique=False)


def _payment_order() -> None:
    op.create_table(
        "payment_order",
        sa.Column("id", _ID, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("case_id", _ID, nullable=True),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("payee", sa.String(), nullable=False),
        sa.Column("bank", sa.String(), nullable=True),
        sa.Column("account_no", sa.String(), nullable=True),
        sa.Column("confirmed_on", sa.String(), nullable=True),
        sa.Column("confirmed_by", sa.String(), nullable=True),
        sa.Column("confirmed_how", sa.String(), nullable=True),
        sa.Column("differs", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("call_back_on", sa.String(), nullable=True),
        sa.Column("call_back_by", sa.String(), nullable=True),
        sa.Column("call_back_result", sa.String(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("principal_fen", sa.BigInteger(), nullable=True),
        sa.Column("interest_fen", sa.BigInteger(), nullable=True),
        sa.Column("doubled_fen", sa.BigInteger(), nullable=True),
        sa.Column("fee_fen", sa.BigInteger(), nullable=True),
        sa.Column("other_fen", sa.BigInteger(), nullable=True),
        sa.Column("remaining_fen", sa.BigInteger(), nullable=True),
        sa.Column("computation", sa.Text(), nullable=True),
        sa.Column("distribution_id", _ID, nullable=True),
        sa.Column("ground", sa.String(), nullable=True),
        sa.Column("memo", sa.Text(), nullable=True),
        sa.Column("replaces", _ID, nullable=True),
        sa.Column("tier_id", _ID, nullable=False),
        sa.Column("stages", sa.String(), nullable=False),
        sa.Column("maker", sa.String(), nullable=False),
        sa.Column("maker_id", _ID, nullable=True),
        sa.Column("made_at", sa.String(), nullable=False),
        sa.Column("content_sha256", _HASH, nullable=False),
        sa.Column("state", sa.String(), server_default="approving", nullable=False),
        sa.Column("stage", sa.String(), server_default="", nullable=False),
        sa.Column("last_n", sa.Integer(), server_default="0", nullable=False),
        *_from_hub(),
        *_rules_of_payment_order(),
        info={"number": 57, "policy": "ledger"},
    )
    op.create_index(op.f("ix_payment_order_case_id"), "payment_order", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_payment_order_distribution_id"), "payment_order", ["distribution_id"], unique=False
    )
    op.create_index("ix_payment_order_payee", "payment_order", ["case_id", "payee"], unique=False)
    op.create_index("ix_payment_order_state", "payment_order", ["state", "stage"], unique=False)


def _rules_of_payment_order() -> list["sa.Constraint"]:
    return [
        sa.CheckConstraint(
            "purpose in ('payment', 'refund', 'fee', 'escrow', 'unknown')",
            name=op.f("ck_payment_order_purpose"),
        ),
        sa.CheckConstraint(
            "source in ('case', 'fee', 'refund', 'escrow', 'unknown')",
            name=op.f("ck_payment_order_source"),
        ),
        sa.CheckConstraint(
            "source in ('fee', 'refund', 'unknown') or case_id is not null",
            name=op.f("ck_payment_order_case"),
        ),
        sa.CheckConstraint(
            "state in ('approving', 'approved', 'sent', 'unknown', 'paid', 'moved', 'returned',"
            " 'failed', 'expired', 'withdrawn')",
            name=op.f("ck_payment_order_state"),
        ),
        sa.CheckConstraint(
            "target is null or target in ('fee', 'escrow', 'refund')",
            name=op.f("ck_payment_order_target"),
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_payment_order_amount")),
        sa.CheckConstraint("length(payee) > 0", name=op.f("ck_payment_order_payee")),
        sa.CheckConstraint(
            "target is null or target <> source", name=op.f("ck_payment_order_inside")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_payment_order_case_id")),
        sa.ForeignKeyConstraint(
            ["maker_id"], ["person.id"], name=op.f("fk_payment_order_maker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_order")),
        sa.UniqueConstraint("number", name=op.f("uq_payment_order_number")),
        sa.UniqueConstraint("replaces", name=op.f("uq_payment_order_replaces")),
    ]


def _distribution_objection() -> None:
    op.create_table(
        "distribution_objection",
        sa.Column("id", _ID, nullable=False),
        sa.Column("distribution_id", _ID, nullable=False),
        sa.Column("claim_id", sa.String(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("raised_on", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_by", _ID, nullable=True),
        sa.Column("decided_on", sa.String(), nullable=True),
        *_from_hub(),
        sa.CheckConstraint(
            "(decision is null) = (decided_on is null)",
            name=op.f("ck_distribution_objection_decided"),
        ),
        sa.CheckConstraint(
            "decision is null or reason is not null", name=op.f("ck_distribution_objection_reason")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_distribution_objection_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["distribution_id"],
            ["distribution.id"],
            name=op.f("fk_distribution_objection_distribution_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distribution_objection")),
        info={"number": 64, "policy": "state"},
    )
    op.create_index(
        op.f("ix_distribution_objection_distribution_id"),
        "distribution_objection",
        ["distribution_id"],
        unique=False,
    )


def _payment_act() -> None:
    op.create_table(
        "payment_act",
        sa.Column("id", _ID, nullable=False),
        sa.Column("order_id", _ID, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), server_default="", nullable=False),
        sa.Column("next_stage", sa.String(), server_default="", nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("person_id", _ID, nullable=True),
        sa.Column("for_post", sa.String(), nullable=True),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("content_sha256", _HASH, nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("batch", sa.String(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=True),
        *_from_hub(),
        sa.CheckConstraint(
            "act in ('submit', 'pass', 'return', 'send', 'unknown', 'paid', 'failed',"
            " 'withdraw', 'expire', 'move')",
            name=op.f("ck_payment_act_act"),
        ),
        sa.CheckConstraint("n > 0", name=op.f("ck_payment_act_n")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["payment_order.id"], name=op.f("fk_payment_act_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_payment_act_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_act")),
        sa.UniqueConstraint("order_id", "n", name=op.f("uq_payment_act_order_id_n")),
        info={"number": 58, "policy": "ledger"},
    )
    op.create_index("ix_payment_act_at", "payment_act", ["at"], unique=False)
    op.create_index(op.f("ix_payment_act_order_id"), "payment_act", ["order_id"], unique=False)


def _from_hub() -> list["sa.Column[Any]"]:
    return [
        sa.Column("scope", sa.Integer(), server_default="-1", nullable=False),
        sa.Column("ver", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.String(), nullable=True),
    ]
