"""Money of a case as the shared database keeps it: one account a case, and its entries.

Written by the hub alone (policy `ledger`): a client asks for money with a request and is told.
Money is integer fen.
"""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, String, Text, text

from storage.schema.base import synced

# 一案一账号. `held_fen` is granted and not yet paid; what may be granted is balance less held.
# `in_suspense`: money had left before a failover and was booked although it no longer sufficed.
fund = synced(
    "fund",
    32,
    "ledger",
    Column("case_id", String(36), ForeignKey("case.id"), nullable=False, unique=True),
    Column("balance_fen", BigInteger, nullable=False, server_default="0"),
    Column("held_fen", BigInteger, nullable=False, server_default="0"),
    Column("in_suspense", Boolean, nullable=False, server_default=text("0")),
    CheckConstraint("held_fen >= 0", name="held"),
    CheckConstraint("balance_fen >= held_fen or in_suspense = 1", name="covered"),
)

# Insert only; an entry has the id of the request it answers. A payment or a release names the
# grant (hold) that it ends, and no grant ends twice.
fund_entry = synced(
    "fund_entry",
    33,
    "ledger",
    Column("case_id", String(36), ForeignKey("case.id"), nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("number", String, nullable=False, unique=True),
    Column("hold_id", String(36), unique=True),
    Column("at", String, nullable=False),
    Column("payee", String),
    Column("maker", String, nullable=False),
    Column("memo", Text),
    CheckConstraint("kind in ('receipt', 'hold', 'payment', 'release')", name="kind"),
    CheckConstraint("amount_fen > 0", name="amount"),
    CheckConstraint("(kind in ('payment', 'release')) = (hold_id is not null)", name="hold_id"),
)
