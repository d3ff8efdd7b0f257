"""Posting: money comes in, is assigned, granted, paid, taken back, moved, reversed.

The twin of storage/hub/sql/08_requests_money.sql: same codes, same facts. Each function answers
instead of raising where a rule says no, and has then written nothing; the database's triggers hold
the same rules against everybody else. Within a write of storage.session.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection

from storage.ids import new_id
from storage.ledger import moments
from storage.ledger.accounts import Account, account_of, get
from storage.ledger.sealing import entry_hash
from storage.schema.funds import CLOSED_UP_TO, GENESIS, SEALED

ZONE: Final = moments.ZONE
WORDS: Final = {
    "receipt": "收",
    "hold": "批",
    "payment": "付",
    "release": "退",
    "transfer": "转",
    "reversal": "冲",
}
TRANSFERS: Final = frozenset(
    {
        *(("case", "fee"), ("case", "refund"), ("case", "escrow"), ("case", "unknown")),
        *(("escrow", "case"), ("escrow", "refund"), ("escrow", "fee")),
        *(("refund", "case"), ("fee", "case")),
    }
)
REMITTED: Final = ("fee", "refund", "escrow", "unknown")
REVERSIBLE: Final = ("receipt", "payment", "transfer")
_INSERT: Final = (
    f"insert into fund_entry ({', '.join(SEALED)}, hash)"
    f" values ({', '.join('?' * (len(SEALED) + 1))})"
)
_HEAD: Final = "select seq, hash, at from fund_entry where seq = (select max(seq) from fund_entry)"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a wish: `code` says why, `facts` what was found; the entry where one was
    made."""

    accepted: bool
    code: str
    facts: dict[str, Any] = field(default_factory=dict)
    entry_id: str | None = None


@dataclass(frozen=True, slots=True)
class Slip:
    """What goes with any entry. `booked_on` None: today."""

    maker: str
    memo: str | None = None
    booked_on: date | None = None
    line_id: str | None = None
    entry_id: str | None = None
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: str
    amount_fen: int
    debit: Account
    credit: Account
    case_id: str | None = None
    payee: str | None = None
    hold_id: str | None = None
    reverses: str | None = None


def instant(moment: datetime) -> str:
    """A moment as entries hold it: the court's time, to the second."""
    return moment.astimezone(ZONE).isoformat(timespec="seconds")


def closed_up_to(connection: Connection) -> str:
    """The last closed month; empty when none is."""
    return str(connection.exec_driver_sql(f"select {CLOSED_UP_TO}").scalar_one())


def receive(
    connection: Connection, case_id: str | None, amount_fen: int, slip: Slip, *, payer: str = ""
) -> Answer:
    """Money has come in; without a case it is 不明款."""
    refused = refusal(connection, slip, amount_fen)
    if refused is not None:
        return refused
    refused = None if slip.line_id is None else wrong_line(connection, slip.line_id, amount_fen)
    if refused is not None:
        return refused
    kind = "unknown" if case_id is None else "case"
    here = account_of(connection, kind, case_id)
    bank = account_of(connection, "bank")
    entry = _Entry("receipt", amount_fen, bank, here, case_id, payer or None)
    facts = {"balance_fen": here.balance_fen + amount_fen}
    return _book(connection, entry, slip, "received", facts)


def hold(
    connection: Connection,
    case_id: str | None,
    amount_fen: int,
    slip: Slip,
    *,
    payee: str,
    source: str = "case",
) -> Answer:
    """Grants money that is there and not granted to another; `source`: which kind of account."""
    refused = refusal(connection, slip, amount_fen)
    if refused is not None:
        return refused
    if not payee:
        return Answer(False, "payee")
    if source != "case" and source not in REMITTED:
        return Answer(False, "account", {"from": source})
    here = account_of(connection, source, case_id)
    if here.available_fen < amount_fen:
        return _short(connection, here, amount_fen)
    bank = account_of(connection, "bank")
    entry = _Entry("hold", amount_fen, here, bank, case_id, payee)
    facts = {"amount_fen": amount_fen, "available_fen": here.available_fen - amount_fen}
    return _book(connection, entry, slip, "held", facts)


def pay(connection: Connection, hold_id: str, slip: Slip) -> Answer:
    """Pays a grant; never by whoever asked for it, and once."""
    return _end(connection, hold_id, slip, "payment")


def release(connection: Connection, hold_id: str, slip: Slip) -> Answer:
    """Takes a grant back, also one that has expired (the memo says why)."""
    return _end(connection, hold_id, slip, "release")


def assign(connection: Connection, case_id: str, amount_fen: int, slip: Slip) -> Answer:
    """不明款 has found its case."""
    return _shift(connection, case_id, amount_fen, slip, ("unknown", "case"))


def transfer(
    connection: Connection, case_id: str, amount_fen: int, slip: Slip, *, way: tuple[str, str]
) -> Answer:
    """Between the accounts of one case, fees and refunds; `way`: kinds (from, to)."""
    if way not in TRANSFERS:
        return Answer(False, "account", {"from": way[0], "to": way[1]})
    return _shift(connection, case_id, amount_fen, slip, way)


def reverse(connection: Connection, entry_id: str, slip: Slip) -> Answer:
    """Books an entry back, in sight, by somebody else than its maker; the memo is the reason."""
    row = connection.exec_driver_sql(
        "select kind, number, maker, amount_fen, debit_id, credit_id, case_id, payee"
        " from fund_entry where id = ?",
        (entry_id,),
    ).first()
    if row is None:
        return Answer(False, "gone")
    if row.kind not in REVERSIBLE:
        return Answer(False, "kind", {"kind": row.kind, "number": row.number})
    if not slip.memo:
        return Answer(False, "reason")
    if row.maker == slip.maker:
        return Answer(False, "own", {"number": row.number})
    done = _already(connection, "reverses", entry_id)
    refused = done or refusal(connection, slip, row.amount_fen)
    if refused is not None:
        return refused
    here, there = get(connection, row.credit_id), get(connection, row.debit_id)
    if here.kind != "bank" and here.available_fen < row.amount_fen:
        return _short(connection, here, row.amount_fen)
    entry = _Entry(
        "reversal", row.amount_fen, here, there, row.case_id, row.payee, reverses=entry_id
    )
    facts = {"amount_fen": row.amount_fen, "reversed": row.number}
    return _book(connection, entry, slip, "reversed", facts)


def _end(connection: Connection, hold_id: str, slip: Slip, kind: str) -> Answer:
    row = connection.exec_driver_sql(
        "select number, maker, amount_fen, debit_id, credit_id, case_id, payee"
        " from fund_entry where id = ? and kind = 'hold'",
        (hold_id,),
    ).first()
    if row is None:
        return Answer(False, "gone")
    if row.maker == slip.maker:
        return Answer(False, "own", {"number": row.number})
    refused = _already(connection, "hold_id", hold_id) or refusal(connection, slip, row.amount_fen)
    if refused is not None:
        return refused
    here, bank = get(connection, row.debit_id), get(connection, row.credit_id)
    if kind == "payment" and here.balance_fen < row.amount_fen:
        return _short(connection, here, row.amount_fen)
    entry = _Entry(kind, row.amount_fen, here, bank, row.case_id, row.payee, hold_id)
    return _book(connection, entry, slip, kind, {"amount_fen": row.amount_fen})


def _shift(
    connection: Connection, case_id: str, amount_fen: int, slip: Slip, way: tuple[str, str]
) -> Answer:
    refused = refusal(connection, slip, amount_fen)
    if refused is not None:
        return refused
    here = account_of(connection, way[0], case_id)
    if here.available_fen < amount_fen:
        return _short(connection, here, amount_fen)
    there = account_of(connection, way[1], case_id)
    entry = _Entry("transfer", amount_fen, here, there, case_id)
    facts = {"amount_fen": amount_fen, "available_fen": here.available_fen - amount_fen}
    return _book(connection, entry, slip, "moved", facts)


def refusal(connection: Connection, slip: Slip, amount_fen: int) -> Answer | None:
    """Amount and accounting day."""
    if amount_fen <= 0:
        return Answer(False, "amount")
    if slip.booked_on is None:
        return None
    day = slip.booked_on.isoformat()
    if slip.booked_on > moments.now().date():
        return Answer(False, "future", {"booked_on": day})
    closed = closed_up_to(connection)
    if day[:7] <= closed:
        return Answer(False, "month_closed", {"booked_on": day, "closed_up_to": closed})
    return None


def _already(connection: Connection, column: str, value: str) -> Answer | None:
    row = connection.exec_driver_sql(
        f"select number, kind, maker, at from fund_entry where {column} = ?", (value,)
    ).first()
    if row is None:
        return None
    facts = {"number": row.number, "kind": row.kind, "by": row.maker, "at": row.at}
    return Answer(False, "already", facts)


def wrong_line(
    connection: Connection, line_id: str, amount_fen: int, direction: str = "in"
) -> Answer | None:
    """Why a line of the bank cannot be booked as so much money that came in, or went out."""
    row = connection.exec_driver_sql(
        "select number, kind, maker, at from fund_entry e where (line_id = :line"
        " or id = (select m.entry_id from bank_match m where m.line_id = :line))"
        " and not exists (select 1 from fund_entry r where r.reverses = e.id)",
        {"line": line_id},
    ).first()
    if row is not None:
        facts = {"number": row.number, "kind": row.kind, "by": row.maker, "at": row.at}
        return Answer(False, "already", facts)
    line = connection.exec_driver_sql(
        "select amount_fen, direction from bank_line where id = ?", (line_id,)
    ).first()
    if line is None:
        return Answer(False, "line", {"amount_fen": None, "direction": None})
    if tuple(line) != (amount_fen, direction):
        return Answer(False, "line", dict(line._mapping))
    return None


def _short(connection: Connection, here: Account, amount_fen: int) -> Answer:
    last = connection.exec_driver_sql(
        "select number, amount_fen, at, payee, maker from fund_entry"
        " where debit_id = ? and kind = 'payment' order by seq desc limit 1",
        (here.id,),
    ).first()
    facts = {
        "asked_fen": amount_fen,
        "available_fen": here.available_fen,
        "balance_fen": here.balance_fen,
        "held_fen": here.held_fen,
        "last": None if last is None else dict(last._mapping),
    }
    return Answer(False, "funds", facts)


def _book(
    connection: Connection, entry: _Entry, slip: Slip, code: str, facts: dict[str, Any]
) -> Answer:
    """Links the entry to the last one and writes it; the triggers prove it and move the money."""
    head = connection.exec_driver_sql(_HEAD).first()
    seq, prev, last_at = (0, GENESIS, "") if head is None else head
    # A clock that was set back never puts an entry before the one it follows.
    at = max(instant(moments.now()), last_at)
    moved = 0 if entry.kind in ("hold", "release") else entry.amount_fen
    held = {"hold": entry.amount_fen, "release": -entry.amount_fen, "payment": -entry.amount_fen}
    row: dict[str, object] = {
        "prev": prev,
        "seq": seq + 1,
        "id": slip.entry_id or new_id(),
        "kind": entry.kind,
        "debit_id": entry.debit.id,
        "credit_id": entry.credit.id,
        "amount_fen": entry.amount_fen,
        "debit_after_fen": entry.debit.balance_fen - moved,
        "credit_after_fen": entry.credit.balance_fen + moved,
        "debit_held_fen": entry.debit.held_fen + held.get(entry.kind, 0),
        "case_id": entry.case_id,
        "hold_id": entry.hold_id,
        "reverses": entry.reverses,
        "line_id": slip.line_id if entry.kind in ("receipt", "payment") else None,
        "order_id": slip.order_id,
        "number": f"{WORDS[entry.kind]}{at[:4]}-{seq + 1:06d}",
        "booked_on": at[:10] if slip.booked_on is None else slip.booked_on.isoformat(),
        "at": at,
        "payee": entry.payee,
        "maker": slip.maker,
        "memo": slip.memo,
        "lost": 0,
    }
    values = (*(row[name] for name in SEALED), entry_hash(row))
    connection.exec_driver_sql(_INSERT, values)
    told = {"number": row["number"], **facts}
    return Answer(True, code, told, str(row["id"]))
