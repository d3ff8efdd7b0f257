"""The ledger of other people's money: accounts, entries, lines of the bank, closed months.

Double entry in integer fen. An account's balance is credits less debits; the bank is the debit
side, so that the balances of all accounts are always 0 together. An entry is insert-only, linked
to the one before it by a hash, and says what it left on both its accounts, so that a balance at
any past moment is one look-up. The database itself moves balances: an entry moves them, and
nothing else does. The rules below are triggers in the replica and in the shared database alike.

A desk with a shared database books nothing; it asks by request. One that works alone books by
`storage.ledger`.
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
    text,
)

from storage.schema.base import synced

# One of each kind, with the same id everywhere.
BANK: Final = "00000000-0000-7000-8000-00000000ba01"
UNKNOWN: Final = "00000000-0000-7000-8000-00000000ba02"
FEE: Final = "00000000-0000-7000-8000-00000000ba03"
REFUND: Final = "00000000-0000-7000-8000-00000000ba04"
SUSPENSE: Final = "00000000-0000-7000-8000-00000000ba05"
COMMON: Final = {  # kind -> (id, name)
    "bank": (BANK, "执行款专户"),
    "unknown": (UNKNOWN, "不明款"),
    "fee": (FEE, "执行费"),
    "refund": (REFUND, "退款"),
    "suspense": (SUSPENSE, "暂记"),
}
GENESIS: Final = "0" * 64  # what the first entry is linked to

# 一案一账号: one account a case, and one of 提存. `held_fen` is granted and not yet paid; what may
# be granted is balance less held. `in_suspense`: money had left before a failover and was booked
# although it no longer sufficed. `code` is the virtual account number, `last_seq` the entry that
# moved the account last.
fund = synced(
    "fund",
    32,
    "ledger",
    Column("case_id", String(36), ForeignKey("case.id")),
    Column("balance_fen", BigInteger, nullable=False, server_default="0"),
    Column("held_fen", BigInteger, nullable=False, server_default="0"),
    Column("in_suspense", Boolean, nullable=False, server_default=text("0")),
    Column("kind", String, nullable=False, server_default="case"),
    Column("code", String, unique=True),
    Column("name", String),
    Column("last_seq", BigInteger, nullable=False, server_default="0"),
    UniqueConstraint("case_id", "kind"),
    CheckConstraint(
        "kind in ('case', 'bank', 'unknown', 'fee', 'refund', 'escrow', 'suspense')", name="kind"
    ),
    CheckConstraint("(kind in ('case', 'escrow')) = (case_id is not null)", name="whose"),
    CheckConstraint("held_fen >= 0", name="held"),
    CheckConstraint("kind = 'bank' or balance_fen >= held_fen or in_suspense = 1", name="covered"),
)

# What the bank says. `fingerprint` is the sha256 of what the line says, `occurrence` counts lines
# of one statement day that say the same: two equal lines are kept, a file read twice adds nothing.
bank_line = synced(
    "bank_line",
    54,
    "fact",
    Column("account", String, nullable=False),
    Column("booked_on", String, nullable=False, index=True),
    Column("value_on", String),
    Column("direction", String, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("party_name", String),
    Column("party_account", String),
    Column("text", Text, nullable=False, server_default=""),
    Column("reference", String),
    Column("bank_ref", String),
    Column("fingerprint", String(64), nullable=False),
    Column("occurrence", Integer, nullable=False, server_default="1"),
    Column("file_sha256", String(64), nullable=False),
    UniqueConstraint("account", "fingerprint", "occurrence"),
    CheckConstraint("direction in ('in', 'out')", name="direction"),
    CheckConstraint("amount_fen > 0", name="amount"),
    CheckConstraint("occurrence > 0", name="occurrence"),
)

# An entry has the id of the request it answers. A hold reserves, a payment or a release names the
# hold that it ends, and no hold ends twice; what was wrong is reversed, once. `booked_on` is the
# accounting day, `at` the instant. Entries of before the double entry lack what came with it until
# the shared database has linked them.
fund_entry = synced(
    "fund_entry",
    33,
    "ledger",
    Column("case_id", String(36), ForeignKey("case.id"), index=True),
    Column("kind", String, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("number", String, nullable=False, unique=True),
    Column("hold_id", String(36), unique=True),
    Column("at", String, nullable=False),
    Column("payee", String),
    Column("maker", String, nullable=False),
    Column("memo", Text),
    # No foreign keys: a team's desk has its own accounts and not the bank's. Rules ask instead.
    Column("debit_id", String(36)),
    Column("credit_id", String(36)),
    Column("booked_on", String, index=True),
    Column("reverses", String(36), unique=True),
    Column("line_id", String(36), index=True),
    Column("order_id", String(36), index=True),
    Column("lost", Boolean, nullable=False, server_default=text("0")),
    Column("debit_after_fen", BigInteger),
    Column("credit_after_fen", BigInteger),
    Column("debit_held_fen", BigInteger),
    Column("seq", BigInteger, unique=True),
    Column("prev", String(64)),
    Column("hash", String(64)),
    CheckConstraint(
        "kind in ('receipt', 'hold', 'payment', 'release', 'transfer', 'reversal')", name="kind"
    ),
    CheckConstraint("amount_fen > 0", name="amount"),
    CheckConstraint("(kind in ('payment', 'release')) = (hold_id is not null)", name="hold_id"),
    CheckConstraint("(kind = 'reversal') = (reverses is not null)", name="reverses"),
    CheckConstraint("debit_id <> credit_id", name="sides"),
    CheckConstraint("line_id is null or kind in ('receipt', 'payment')", name="line"),
)
Index("ix_fund_entry_debit", fund_entry.c.debit_id, fund_entry.c.seq)
Index("ix_fund_entry_credit", fund_entry.c.credit_id, fund_entry.c.seq)
Index("ix_fund_entry_at", fund_entry.c.at, fund_entry.c.seq)

# A month is closed by one person and signed by another; from then on nothing is booked in it or
# before it. `trial` is the trial balance as JSON text, `sheet_sha256` that of the 对账台账 signed.
ledger_period = synced(
    "ledger_period",
    55,
    "ledger",
    Column("month", String, nullable=False, unique=True),
    Column("closed_by", String, nullable=False),
    Column("closed_at", String, nullable=False),
    Column("trial", Text, nullable=False),
    Column("signed_by", String),
    Column("signed_at", String),
    Column("sheet_sha256", String(64)),
    CheckConstraint("length(month) = 7 and month like '____-__'", name="month"),
    CheckConstraint("(signed_by is null) = (signed_at is null)", name="signed"),
    CheckConstraint("signed_by is null or signed_by <> closed_by", name="two_persons"),
)

# What the hash of an entry goes over, in this order, after the hash of the one before.
SEALED: Final = (
    "prev",
    "seq",
    "id",
    "kind",
    "debit_id",
    "credit_id",
    "amount_fen",
    "debit_after_fen",
    "credit_after_fen",
    "debit_held_fen",
    "case_id",
    "hold_id",
    "reverses",
    "line_id",
    "order_id",
    "number",
    "booked_on",
    "at",
    "payee",
    "maker",
    "memo",
    "lost",
)


def sealed_sql(side: str) -> str:
    """SQL of the text that is hashed: each value with its length before it, so that no two
    entries read the same. SQLite and PostgreSQL give the same text."""
    parts = []
    for name in SEALED:
        value = f'cast({side}."{name}" as text)'
        parts.append(f"coalesce(length({value}) || ':' || {value}, '-')")
    return " || ',' || ".join(parts)


_MOVES: Final = "case when new.kind in ('hold', 'release') then 0 else new.amount_fen end"
_HOLDS: Final = (
    "case new.kind when 'hold' then new.amount_fen when 'release' then -new.amount_fen"
    " when 'payment' then -new.amount_fen else 0 end"
)
_BOTH: Final = "from fund d, fund c where d.id = new.debit_id and c.id = new.credit_id"
_ORIGINAL: Final = "select 1 from fund_entry o where o.id ="
CLOSED_UP_TO: Final = (
    "coalesce((select max(p.month) from ledger_period p where p.signed_by is not null), '')"
)

# name -> (events, condition, sentence); both databases make their triggers from these. A condition
# refuses where it is true, so each one that looks something up is a `not exists`.
fund_entry.info["refusals"] = {
    "accounts": (
        ("insert",),
        f"not exists (select 1 {_BOTH}"
        " and (d.case_id is null or d.case_id = new.case_id)"
        " and (c.case_id is null or c.case_id = new.case_id)"
        " and case new.kind"
        " when 'receipt' then d.kind = 'bank' and c.kind in ('case', 'unknown', 'suspense')"
        " when 'hold' then d.kind <> 'bank' and c.kind = 'bank'"
        " when 'payment' then d.kind <> 'bank' and c.kind = 'bank'"
        " when 'release' then d.kind <> 'bank' and c.kind = 'bank'"
        " when 'transfer' then d.kind <> 'bank' and c.kind <> 'bank'"
        " when 'reversal' then d.id <> c.id else d.id = c.id end)",
        "借贷两方账户与该笔业务不符。",
    ),
    "its_hold": (
        ("insert",),
        "new.hold_id is not null and not exists (select 1 from fund_entry h"
        " where h.id = new.hold_id and h.kind = 'hold' and h.amount_fen = new.amount_fen"
        " and h.debit_id = new.debit_id and h.credit_id = new.credit_id"
        " and h.case_id is not distinct from new.case_id)",
        "支付或退回须与原批准一致。",
    ),
    "ended": (
        ("insert",),
        "new.hold_id is not null and exists"
        " (select 1 from fund_entry e where e.hold_id = new.hold_id)",
        "该笔批准已经支付或退回，不能再次办理。",
    ),
    "own": (
        ("insert",),
        f"new.lost = 0 and (exists ({_ORIGINAL} new.hold_id and o.maker = new.maker)"
        f" or exists ({_ORIGINAL} new.reverses and o.maker = new.maker))",
        "本人经手的款项须由他人支付、退回或冲正。",
    ),
    "overdraw": (
        ("insert",),
        "new.lost = 0 and not exists (select 1 from fund d where d.id = new.debit_id"
        " and (d.kind = 'bank' or case new.kind"
        " when 'payment' then d.balance_fen >= new.amount_fen"
        " when 'release' then d.held_fen >= new.amount_fen"
        " else d.balance_fen - d.held_fen >= new.amount_fen end))",
        "账户可用余额不足。",
    ),
    "its_entry": (
        ("insert",),
        f"new.reverses is not null and not exists ({_ORIGINAL} new.reverses"
        " and o.kind in ('receipt', 'payment', 'transfer')"
        " and o.amount_fen = new.amount_fen and o.debit_id = new.credit_id"
        " and o.credit_id = new.debit_id and o.case_id is not distinct from new.case_id)",
        "冲正须与原分录金额相同、方向相反。",
    ),
    "reversed": (
        ("insert",),
        "new.reverses is not null and exists"
        " (select 1 from fund_entry e where e.reverses = new.reverses)",
        "该笔分录已经冲正。",
    ),
    "its_line": (
        ("insert",),
        "new.line_id is not null and (not exists (select 1 from bank_line l"
        " where l.id = new.line_id and l.amount_fen = new.amount_fen"
        " and l.direction = case new.kind when 'receipt' then 'in' else 'out' end)"
        " or exists (select 1 from fund_entry e where e.line_id = new.line_id and not exists"
        " (select 1 from fund_entry r where r.reverses = e.id)))",
        "该笔银行流水与分录不符或已经入账。",
    ),
    "closed": (
        ("insert",),
        "new.booked_on is null or length(new.booked_on) <> 10"
        f" or substr(new.booked_on, 1, 7) <= {CLOSED_UP_TO}",
        "该月已经结账，不能再记入；请记入下一个月。",
    ),
    "future": (
        ("insert",),
        "new.booked_on > substr(new.at, 1, 10)",
        "记账日不能晚于今天。",
    ),
}
# Where the shared database works these out itself, a desk that works alone has them checked.
fund_entry.info["local_refusals"] = {
    "chain": (
        ("insert",),
        "coalesce(new.seq = coalesce((select max(e.seq) from fund_entry e), 0) + 1"
        " and new.prev = coalesce((select e.hash from fund_entry e where e.seq = new.seq - 1),"
        f" '{GENESIS}') and new.hash = sha256_hex({sealed_sql('new')}), 0) = 0",
        "分录没有接在上一笔之后。",
    ),
    "after": (
        ("insert",),
        f"not exists (select 1 {_BOTH}"
        f" and new.debit_after_fen = d.balance_fen - {_MOVES}"
        f" and new.credit_after_fen = c.balance_fen + {_MOVES}"
        f" and new.debit_held_fen = d.held_fen + {_HOLDS})",
        "分录所载余额与账户不符。",
    ),
    "order": (
        ("insert",),
        "exists (select 1 from fund_entry e where e.seq = new.seq - 1 and e.at > new.at)",
        "分录的时间不能早于上一笔。",
    ),
    "lost": (("insert",), "new.lost <> 0", "只有共享库可以补记已经丢失的分录。"),
    # INSERT OR REPLACE would take an old entry away past the triggers.
    "replaced": (
        ("insert",),
        "exists (select 1 from fund_entry e where e.id = new.id)"
        " or exists (select 1 from fund_entry e where e.number = new.number)",
        "账目只增不改；如有错误，请以冲正更正。",
    ),
    "kept": (("update", "delete"), "1", "账目只增不改；如有错误，请以冲正更正。"),
}
# What an entry does: the only way a balance moves.
fund_entry.info["effects"] = {
    "moves": (
        "update fund set balance_fen = new.debit_after_fen, held_fen = new.debit_held_fen,"
        " last_seq = new.seq, in_suspense = case when kind <> 'bank'"
        " and new.debit_after_fen < new.debit_held_fen then 1 else 0 end where id = new.debit_id",
        "update fund set balance_fen = new.credit_after_fen, last_seq = new.seq,"
        " in_suspense = case when kind <> 'bank' and new.credit_after_fen < held_fen"
        " then 1 else 0 end where id = new.credit_id and new.kind not in ('hold', 'release')",
    )
}

fund.info["refusals"] = {
    "empty": (
        ("insert",),
        "new.balance_fen <> 0 or new.held_fen <> 0 or new.in_suspense <> 0 or new.last_seq <> 0",
        "新账户余额须为零；余额只随分录变动。",
    ),
    # An entry moves an account once: afterwards `last_seq` is no smaller any more.
    "moved": (
        ("update",),
        "(new.balance_fen is not old.balance_fen or new.held_fen is not old.held_fen"
        " or new.in_suspense is not old.in_suspense or new.last_seq is not old.last_seq)"
        " and not exists (select 1 from fund_entry e where e.seq = new.last_seq"
        " and new.last_seq > old.last_seq"
        " and (new.in_suspense = 0 or old.in_suspense = 1 or e.lost = 1)"
        " and (e.debit_id = new.id and new.balance_fen = e.debit_after_fen"
        " and new.held_fen = e.debit_held_fen or e.credit_id = new.id"
        " and new.balance_fen = e.credit_after_fen and new.held_fen = old.held_fen))",
        "余额只随分录变动，不能直接改动。",
    ),
    "what_it_is": (
        ("update",),
        "new.kind is not old.kind or new.case_id is not old.case_id"
        " or (old.code is not null and new.code is not old.code)",
        "账户的种类、案件和账号不能更改。",
    ),
}
fund.info["local_refusals"] = {
    "replaced": (
        ("insert",),
        "exists (select 1 from fund f where f.id = new.id)"
        " or exists (select 1 from fund f where f.code = new.code)"
        " or exists (select 1 from fund f where f.case_id = new.case_id and f.kind = new.kind)",
        "该账户已经存在。",
    ),
    "kept": (("delete",), "1", "账户不能删除。"),
}

ledger_period.info["refusals"] = {
    "later": (
        ("insert",),
        f"new.signed_by is not null or new.month <= {CLOSED_UP_TO}",
        "结账须按月依次办理，先报后签。",
    ),
    "signed": (
        ("update",),
        "old.signed_by is not null or new.month is not old.month",
        "该月已经结账，不得更改。",
    ),
    "skipped": (
        ("update",),
        "new.signed_by is not null and (new.month <= " + CLOSED_UP_TO + " or exists"
        " (select 1 from fund_entry e where e.booked_on < new.month and substr(e.booked_on, 1, 7)"
        f" > {CLOSED_UP_TO}))",
        "以前的月份尚未结账。",
    ),
    "balanced": (
        ("update",),
        "new.signed_by is not null and (select coalesce(sum(f.balance_fen), 0) from fund f) <> 0",
        "试算不平，不能结账。",
    ),
}
ledger_period.info["local_refusals"] = {
    "replaced": (
        ("insert",),
        "exists (select 1 from ledger_period p where p.id = new.id or p.month = new.month)",
        "该月已经报结。",
    ),
    "kept": (("delete",), "1", "结账记录不能删除。"),
}

LEDGER_TABLES: Final[tuple[Table, ...]] = (fund, bank_line, fund_entry, ledger_period)
