"""Payment orders and what belongs to them: tiers, acts, delays, reconciliation, distributions.

One order = one hold of the ledger = one request: the three have the same id. Orders and acts are
written by the shared database alone, or by `storage.ledger.orders` on a desk that works alone. An
act moves its order, nothing else does; the rules are in `storage.schema.payment_rules`.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from storage.schema.base import synced

PURPOSES: Final = ("payment", "refund", "fee", "escrow", "unknown")
SOURCES: Final = ("case", "fee", "refund", "escrow", "unknown")
TARGETS: Final = ("fee", "escrow", "refund")
STATES: Final = (
    *("approving", "approved", "sent", "unknown", "paid", "moved"),
    *("returned", "failed", "expired", "withdrawn"),
)
ENDED: Final = ("paid", "moved", "returned", "failed", "expired", "withdrawn")
ACTS: Final = (
    *("submit", "pass", "return", "send", "unknown", "paid", "failed"),
    *("withdraw", "expire", "move"),
)
# A stage of the chain and the posts that hold it; resources/law/disbursement.toml names them.
STAGE_POSTS: Final = {
    "fund_keeper": ("finance",),
    "bureau_chief": ("bureau_chief",),
    "vice_president": ("vice_president", "president"),
    "president": ("president",),
}
SENDERS: Final = ("finance",)
APPROVERS: Final = ("bureau_chief", "vice_president", "president")  # of a delay, a withdrawal
# (source, purpose, target) of an order; the first of a source is what a remittance is by itself.
MOVES: Final = (
    *(("case", "payment", None), ("case", "refund", None), ("case", "refund", "refund")),
    *(("case", "fee", "fee"), ("case", "escrow", "escrow")),
    *(("fee", "fee", None), ("refund", "refund", None), ("unknown", "unknown", None)),
    *(("escrow", "payment", None), ("escrow", "refund", None)),
    *(("escrow", "refund", "refund"), ("escrow", "fee", "fee")),
)
EXPIRES_DAYS: Final = 30  # without an act; resources/law/disbursement.toml says why
# Tiers that the program ships: (id, purpose, from_fen, upto_fen, stages).
SHIPPED_TIERS: Final = tuple(
    (f"00000000-0000-7000-8000-00000000be{n}{half}", purpose, low, high, stages)
    for n, purpose in enumerate(PURPOSES, start=1)
    for half, low, high, stages in (
        (1, 0, 10_000_000, "fund_keeper,bureau_chief"),
        (2, 10_000_000, None, "fund_keeper,bureau_chief,vice_president"),
    )
)
SHIPPED_FROM: Final = "2017-05-01"
SHIPPED_BASIS: Final = (
    "法发〔2017〕6号第十二条（发放审批表经执行局局长或者主管院领导批准后交财务部门）；"
    "金额分级为本院可改的设定"
)


def _any(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _person(name: str, *, needed: bool = False) -> "Column[str]":
    return Column(name, String(36), ForeignKey("person.id"), nullable=not needed)


def _of_order() -> "Column[str]":
    return Column(
        "order_id", String(36), ForeignKey("payment_order.id"), nullable=False, index=True
    )


# Who approves how much: `stages` are codes joined by commas, in order; `upto_fen` is exclusive.
# The maker's submission comes before them and the sending after; neither is among them.
approval_tier = synced(
    "approval_tier",
    56,
    "state",
    Column("purpose", String, nullable=False),
    Column("from_fen", BigInteger, nullable=False, server_default="0"),
    Column("upto_fen", BigInteger),
    Column("stages", String, nullable=False),
    Column("valid_from", String, nullable=False),
    Column("valid_to", String),
    Column("basis", String, nullable=False),
    Column("confidence", String, nullable=False, server_default="unconfirmed"),
    _person("proposed_by"),
    Column("proposed_at", String),
    _person("agreed_by"),
    Column("agreed_at", String),
    Column("state", String, nullable=False, server_default="proposed"),
    CheckConstraint(f"purpose in ({_any(PURPOSES)})", name="purpose"),
    CheckConstraint("from_fen >= 0 and (upto_fen is null or upto_fen > from_fen)", name="amount"),
    CheckConstraint("length(stages) > 0", name="stages"),
    CheckConstraint("valid_to is null or valid_to >= valid_from", name="days"),
    CheckConstraint("state in ('proposed', 'agreed', 'refused')", name="state"),
    CheckConstraint("agreed_by is null or agreed_by <> proposed_by", name="two_persons"),
)

# `source` and `target` are kinds of account; no target: out to the bank. `stages` are those of the
# tier in force on the day of the submission, `stage` is the next one, empty when there is none.
payment_order = synced(
    "payment_order",
    57,
    "ledger",
    Column("number", String, nullable=False, unique=True),
    Column("case_id", String(36), ForeignKey("case.id"), index=True),
    Column("purpose", String, nullable=False),
    Column("source", String, nullable=False),
    Column("target", String),
    Column("amount_fen", BigInteger, nullable=False),
    Column("payee", String, nullable=False),
    Column("bank", String),
    Column("account_no", String),
    Column("confirmed_on", String),
    Column("confirmed_by", String),
    Column("confirmed_how", String),
    Column("differs", Boolean, nullable=False, server_default="0"),
    Column("call_back_on", String),
    Column("call_back_by", String),
    Column("call_back_result", String),
    Column("basis", Text),
    Column("principal_fen", BigInteger),
    Column("interest_fen", BigInteger),
    Column("doubled_fen", BigInteger),
    Column("fee_fen", BigInteger),
    Column("other_fen", BigInteger),
    Column("remaining_fen", BigInteger),
    Column("computation", Text),
    Column("distribution_id", String(36), index=True),
    Column("ground", String),
    Column("memo", Text),
    Column("replaces", String(36), unique=True),
    Column("tier_id", String(36), nullable=False),
    Column("stages", String, nullable=False),
    Column("maker", String, nullable=False),
    _person("maker_id"),
    Column("made_at", String, nullable=False),
    Column("content_sha256", String(64), nullable=False),
    Column("state", String, nullable=False, server_default="approving"),
    Column("stage", String, nullable=False, server_default=""),
    Column("last_n", Integer, nullable=False, server_default="0"),
    CheckConstraint(f"purpose in ({_any(PURPOSES)})", name="purpose"),
    CheckConstraint(f"source in ({_any(SOURCES)})", name="source"),
    CheckConstraint(f"target is null or target in ({_any(TARGETS)})", name="target"),
    CheckConstraint("target is null or target <> source", name="inside"),
    CheckConstraint("amount_fen > 0", name="amount"),
    CheckConstraint("length(payee) > 0", name="payee"),
    CheckConstraint("source in ('fee', 'refund', 'unknown') or case_id is not null", name="case"),
    CheckConstraint(f"state in ({_any(STATES)})", name="state"),
)
Index("ix_payment_order_state", payment_order.c.state, payment_order.c.stage)
Index("ix_payment_order_payee", payment_order.c.case_id, payment_order.c.payee)

# What was done with an order. `next_stage`: what it waits for afterwards; `for_post` the post that
# a delegate stood in for; `batch` the bank file; `facts` JSON text.
payment_act = synced(
    "payment_act",
    58,
    "ledger",
    _of_order(),
    Column("n", Integer, nullable=False),
    Column("act", String, nullable=False),
    Column("stage", String, nullable=False, server_default=""),
    Column("next_stage", String, nullable=False, server_default=""),
    Column("actor", String, nullable=False),
    _person("person_id"),
    Column("for_post", String),
    Column("at", String, nullable=False),
    Column("content_sha256", String(64), nullable=False),
    Column("body", Text, nullable=False, server_default=""),
    Column("batch", String),
    Column("facts", Text),
    UniqueConstraint("order_id", "n"),
    CheckConstraint(f"act in ({_any(ACTS)})", name="act"),
    CheckConstraint("n > 0", name="n"),
)
Index("ix_payment_act_at", payment_act.c.at)

# A payment booked from what the bank answered, and the line of the statement that came later.
bank_match = synced(
    "bank_match",
    59,
    "ledger",
    Column("line_id", String(36), nullable=False, unique=True),
    Column("entry_id", String(36), nullable=False, unique=True),
    Column("maker", String, nullable=False),
    Column("at", String, nullable=False),
    Column("why", Text, nullable=False, server_default=""),
)

# 延缓发放: `entry_id` is the receipt; none: all money of the case.
payment_delay = synced(
    "payment_delay",
    60,
    "state",
    Column("case_id", String(36), ForeignKey("case.id"), nullable=False, index=True),
    Column("entry_id", String(36), index=True),
    Column("ground", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("from_on", String, nullable=False),
    Column("until_on", String),
    Column("ended_on", String),
    _person("ended_by"),
    _person("proposed_by", needed=True),
    Column("proposed_at", String, nullable=False),
    _person("approved_by"),
    Column("approved_at", String),
    Column("state", String, nullable=False, server_default="proposed"),
    CheckConstraint("state in ('proposed', 'approved', 'refused', 'ended')", name="state"),
    CheckConstraint("approved_by is null or approved_by <> proposed_by", name="two_persons"),
    CheckConstraint("state in ('proposed', 'ended') or approved_by is not null", name="approved"),
    CheckConstraint("(state = 'ended') = (ended_on is not null)", name="ended"),
    CheckConstraint("until_on is null or until_on >= from_on", name="days"),
)

# Why a difference is there. A later note about the same thing replaces an earlier one.
reconcile_note = synced(
    "reconcile_note",
    61,
    "fact",
    Column("kind", String, nullable=False),
    Column("about_id", String, nullable=False, index=True),
    Column("amount_fen", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    _person("person_id", needed=True),
    Column("at", String, nullable=False),
    CheckConstraint(
        "kind in ('line_without_entry', 'entry_without_line', 'bank_ledger', 'case_ledger')",
        name="kind",
    ),
)

# What the bank says was on an account at the end of a day.
bank_balance = synced(
    "bank_balance",
    62,
    "fact",
    Column("account", String, nullable=False),
    Column("day", String, nullable=False, index=True),
    Column("balance_fen", BigInteger, nullable=False),
    Column("file_sha256", String(64), nullable=False),
    UniqueConstraint("account", "day", "file_sha256"),
)

# 参与分配方案: `content` is JSON as `edesk calc distribute` reads it. Payable after `wait_until`.
distribution = synced(
    "distribution",
    63,
    "state",
    Column("case_id", String(36), ForeignKey("case.id"), nullable=False, index=True),
    Column("title", String, nullable=False),
    Column("content", Text, nullable=False),
    Column("content_sha256", String(64), nullable=False),
    Column("served_on", String),
    Column("wait_until", String),
    Column("state", String, nullable=False, server_default="draft"),
    _person("maker_id"),
    _person("settled_by"),
    Column("settled_on", String),
    Column("note", Text, nullable=False, server_default=""),
    CheckConstraint("state in ('draft', 'served', 'objected', 'settled')", name="state"),
    CheckConstraint("state = 'draft' or served_on is not null", name="served"),
    CheckConstraint("(settled_on is null) = (settled_by is null)", name="settled"),
    CheckConstraint("state <> 'settled' or settled_on is not null", name="settled_on"),
)

distribution_objection = synced(
    "distribution_objection",
    64,
    "state",
    Column(
        "distribution_id",
        String(36),
        ForeignKey("distribution.id"),
        nullable=False,
        index=True,
    ),
    Column("claim_id", String, nullable=False, server_default=""),
    Column("body", Text, nullable=False),
    Column("by_name", String, nullable=False),
    Column("raised_on", String, nullable=False),
    Column("decision", String),
    Column("reason", Text),
    _person("decided_by"),
    Column("decided_on", String),
    CheckConstraint("(decision is null) = (decided_on is null)", name="decided"),
    CheckConstraint("decision is null or reason is not null", name="reason"),
)

PAYMENT_TABLES: Final[tuple[Table, ...]] = (
    *(approval_tier, payment_order, payment_act, bank_match, payment_delay, reconcile_note),
    *(bank_balance, distribution, distribution_objection),
)
# What the fingerprint of an order goes over, in this order; what an order is never changes.
CONTENT: Final = (
    *("id", "number", "case_id", "purpose", "source", "target", "amount_fen", "payee", "bank"),
    *("account_no", "confirmed_on", "confirmed_by", "confirmed_how", "differs", "call_back_on"),
    *("call_back_by", "call_back_result", "basis", "principal_fen", "interest_fen", "doubled_fen"),
    *("fee_fen", "other_fen", "remaining_fen", "computation", "distribution_id", "ground", "memo"),
    *("replaces", "tier_id", "stages", "maker", "maker_id", "made_at"),
)
