"""Which money is still here: the parts of receipts that nobody has been paid. Reader lanes.

The first money in is the first out. An entry that was reversed has not happened, and neither has
its reversal. What was granted and is not paid belongs to its order. A fixed number of reads,
however many cases.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from desktop.contract.courtesy import breathe
from desktop.rules.fund_clocks import parts_left

ROW_PARTS: Final = 4_096  # parts of one receipt that a number of a list can tell apart
_KINDS: Final = "'case', 'unknown'"
_SLICE: Final = 500
_BREATH: Final = 50
# `cross join`: from the few accounts with money to their entries, never over all entries.
# An entry counts on a day when it was booked by then and not taken back by then.
_STANDS: Final = (
    " and not exists (select 1 from fund_entry r where r.reverses = e.id and r.at < :until)"
)
_IN: Final = (
    "select e.credit_id, e.id, e.number, e.kind, e.amount_fen, e.booked_on, e.at, e.payee,"
    " l.booked_on, e.seq from fund f cross join fund_entry e on e.credit_id = f.id"
    " left join bank_line l on l.id = e.line_id"
    " where {whose} and e.kind in ('receipt', 'transfer') and e.at < :until"
    f"{_STANDS} order by e.seq"
)
_OUT: Final = (
    "select e.debit_id, sum(e.amount_fen) from fund f cross join fund_entry e on e.debit_id = f.id"
    " where {whose} and e.kind in ('payment', 'transfer') and e.at < :until"
    f"{_STANDS} group by e.debit_id"
)
_HELD: Final = (
    "select e.debit_id, e.id, e.number, e.amount_fen, e.at, e.payee"
    " from fund f cross join fund_entry e on e.debit_id = f.id"
    " where {whose} and e.kind = 'hold' and e.at < :until and not exists"
    " (select 1 from fund_entry h where h.hold_id = e.id and h.at < :until)"
    " order by e.seq"
)
_ACCOUNTS: Final = (
    "select f.id, f.kind, f.case_id, c.number, c.court_id, c.handler_id"
    ' from fund f left join "case" c on c.id = f.case_id where {whose}'
)


@dataclass(frozen=True, slots=True)
class Account:
    """An account with money on it; without a case it is that of the 不明款."""

    id: str
    kind: str
    case_id: str | None
    case_number: str
    court_id: str | None
    handler_id: str | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that came onto an account by one entry. `arrived_on`: the bank's day where it is
    known; `moved`: it came from another account and not from the bank."""

    id: str
    number: str
    amount_fen: int
    arrived_on: date
    payer: str
    moved: bool
    seq: int


@dataclass(frozen=True, slots=True)
class Granted:
    """A grant that is not paid yet; its id is that of its order."""

    id: str
    number: str
    amount_fen: int
    at: str
    payee: str


@dataclass(frozen=True, slots=True)
class Here:
    """A part of a receipt that is still here, and the grant it is meant for, if any. `row` is its
    number for lists: the place of the receipt in the ledger, then that of the part."""

    account: Account
    receipt: Receipt
    grant: Granted | None
    left_fen: int
    row: int


@dataclass(frozen=True, slots=True)
class Of:
    """Whose money: of these cases, or of these accounts; neither: all."""

    case_ids: Sequence[str] | None = None
    fund_ids: Sequence[str] | None = None


ALL: Final = Of()


def money_here(connection: Connection, today: date, of: Of = ALL) -> list[Here]:
    """Every part that was here at the end of `today`, by account and in the order of arrival."""
    found: list[Here] = []
    ids, column = of.fund_ids, "f.id"
    if ids is None:
        ids, column = of.case_ids, "f.kind = 'case' and f.case_id"
    if ids is None:
        return _of(connection, today, f"f.kind in ({_KINDS}){_now(connection, today)}", ())
    for at in range(0, len(ids), _SLICE):
        some = ids[at : at + _SLICE]
        marks = ", ".join(f":k{n}" for n in range(len(some)))
        found += _of(connection, today, f"{column} in ({marks})", some)
    return found


def _now(connection: Connection, today: date) -> str:
    """Where nothing was booked after the day, only accounts with money need a look."""
    last = connection.exec_driver_sql("select max(at) from fund_entry").scalar()
    return " and f.balance_fen > 0" if last is None or last < _until(today) else ""


def _until(today: date) -> str:
    return (today + timedelta(days=1)).isoformat()


def _of(connection: Connection, today: date, whose: str, ids: Sequence[str]) -> list[Here]:
    args: dict[str, object] = {f"k{n}": key for n, key in enumerate(ids)}

    def ask(text: str) -> Iterator[Any]:
        given = {**args, "until": _until(today)} if ":until" in text else args
        for number, row in enumerate(connection.exec_driver_sql(text.format(whose=whose), given)):
            if number % _BREATH == 0:
                breathe()
            yield row

    accounts = {
        row[0]: Account(row[0], row[1], row[2], row[3] or "", *row[4:]) for row in ask(_ACCOUNTS)
    }
    lots: dict[str, list[Receipt]] = defaultdict(list)
    for row in ask(_IN):
        lots[row[0]].append(_receipt(row))
    spent = {row[0]: int(row[1]) for row in ask(_OUT)}
    grants: dict[str, list[Granted]] = defaultdict(list)
    for row in ask(_HELD):
        grants[row[0]].append(Granted(row[1], row[2], int(row[3]), row[4], row[5] or ""))
    found = []
    for number, (key, receipts) in enumerate(lots.items()):
        if number % _BREATH == 0:
            breathe()
        waiting = grants.get(key, [])
        parts = parts_left(
            [one.amount_fen for one in receipts],
            spent.get(key, 0),
            [one.amount_fen for one in waiting],
        )
        for place, part in enumerate(parts):
            receipt = receipts[part.lot]
            grant = None if part.order is None else waiting[part.order]
            row = receipt.seq * ROW_PARTS + place % ROW_PARTS
            found.append(Here(accounts[key], receipt, grant, part.amount_fen, row))
    return found


def _receipt(row: Any) -> Receipt:
    booked = str(row[5] or row[6][:10])
    arrived = min(booked, str(row[8] or booked))
    came = date.fromisoformat(arrived)
    return Receipt(row[1], row[2], int(row[4]), came, row[7] or "", row[3] == "transfer", row[9])
