"""One account as it stands and as it stood, and accounts as lists. Reader lanes."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from sqlalchemy import Connection

from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.funds.board import BoardArgs, Shown, board_at
from desktop.funds.entries import fund_words
from storage.ledger.balance import balance_after, seq_at
from storage.ledger.post import ZONE
from storage.schema.funds import BANK, COMMON

_COMMON: Final = frozenset(one for one, _name in COMMON.values())
_HEAD: Final = (
    "select f.id, f.kind, f.case_id, f.code, k.number, t.name, f.in_suspense"
    ' from fund f left join "case" k on k.id = f.case_id left join court t on t.id = k.court_id'
)
_AFTER: Final = """
select f.rowid as n, f.id, f.kind, f.code, f.case_id, k.number as case_number, case
    when coalesce(d.seq, 0) >= coalesce(c.seq, 0) then coalesce(d.debit_after_fen, 0)
    else c.credit_after_fen end as balance_fen,
  coalesce(d.debit_held_fen, 0) as held_fen,
  max(coalesce(d.booked_on, ''), coalesce(c.booked_on, '')) as moved_on
from fund f left join "case" k on k.id = f.case_id
left join fund_entry d on d.seq =
  (select max(x.seq) from fund_entry x where x.debit_id = f.id and x.seq <= :seq)
left join fund_entry c on c.seq =
  (select max(x.seq) from fund_entry x where x.credit_id = f.id and x.seq <= :seq)"""


@dataclass(frozen=True, slots=True)
class AccountArgs:
    """Which account (of a case: its 案款), as of the end of a day; `on` None: now."""

    fund_id: str | None = None
    case_id: str | None = None
    entry_id: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """An account behind the entry `seq`. Amounts in fen; `others`: the same case's other account,
    as (id, kind). `board`: of its case, where it is one's. `entry_seq`: of the entry asked for."""

    fund_id: str
    kind: str
    case_id: str | None
    case_number: str
    court: str
    code: str
    on: date | None
    seq: int
    balance_fen: int
    held_fen: int
    in_suspense: bool
    others: tuple[tuple[str, str], ...]
    board: Shown | None
    entry_seq: int | None = None

    @property
    def available_fen(self) -> int:
        """What may still be granted."""
        return self.balance_fen - self.held_fen

    @property
    def words(self) -> str:
        """The account by name."""
        return fund_words(self.kind, self.case_number)


def end_of(day: date) -> datetime:
    """The last second of a day of the court."""
    return datetime.combine(day, time(23, 59, 59), ZONE)


def head(connection: Connection, args: AccountArgs) -> Head | None:
    """The account and what it held; None where the case has none, or the account is gone."""
    run = connection.exec_driver_sql
    entry_seq, fund_id = None, args.fund_id
    if args.entry_id is not None:
        entry = run(
            "select seq, debit_id, credit_id, case_id from fund_entry where id = ?",
            (args.entry_id,),
        ).first()
        if entry is None:
            return None
        entry_seq = entry.seq
        # Of its case where it is one's; never of the bank, where everything passes.
        common = entry.debit_id in _COMMON if entry.case_id else entry.debit_id == BANK
        fund_id = entry.credit_id if common else entry.debit_id
    if fund_id is not None:
        row = run(f"{_HEAD} where f.id = ?", (fund_id,)).first()
    else:
        row = run(f"{_HEAD} where f.case_id = ? and f.kind = 'case'", (args.case_id,)).first()
    if row is None:
        return None
    moment = None if args.on is None else end_of(args.on)
    if moment is None:
        seq = int(run("select max(seq) from fund_entry").scalar() or 0)
    else:
        seq = seq_at(connection, moment)
    stood = balance_after(connection, row.id, seq)
    others: tuple[tuple[str, str], ...] = ()
    board = None
    if row.case_id is not None:
        board = board_at(connection, BoardArgs(moment, row.case_id))
        found = run("select id, kind from fund where case_id = ? order by kind", (row.case_id,))
        others = tuple((str(one[0]), str(one[1])) for one in found)
    return Head(
        *(row.id, row.kind, row.case_id, row.number or "", row.name or "", row.code or ""),
        *(args.on, seq, stood.balance_fen, stood.held_fen, bool(row.in_suspense)),
        others,
        board,
        entry_seq,
    )


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """Accounts of that kind with money on them behind the entry `upto` (None: now). `text`: part
    of the case or account number; then empty ones are listed as well."""

    kind: str = "case"
    upto: int | None = None
    text: str = ""


_SORTS: Final = {
    "case_number": "case_number",
    "balance_fen": "balance_fen",
    "held_fen": "held_fen",
    "moved_on": "moved_on",
}


def snapshot(connection: Connection, args: SnapshotArgs[Dated[AccountFilter]]) -> Sequence[int]:
    """Ordered row ids of accounts; unless asked otherwise, the most money first."""
    order = _SORTS.get(args.sort or "", "balance_fen")
    turn = "desc" if (args.descending or not args.sort) else "asc"
    source, values = _source(connection, args.filter.filter)
    text = f"select n {source} order by {order} {turn}, n"
    return array("q", connection.exec_driver_sql(text, values).scalars())


def rows(
    connection: Connection, ids: Sequence[int], filter_: AccountFilter
) -> dict[int, dict[str, Any]]:
    """The values of accounts by row id."""
    marks = ", ".join(f":n{n}" for n in range(len(ids)))
    values: dict[str, object] = {f"n{n}": one for n, one in enumerate(ids)}
    values["seq"] = _upto(connection, filter_)
    found = connection.exec_driver_sql(f"{_AFTER} where f.rowid in ({marks})", values).mappings()
    return {
        row["n"]: {
            **row,
            "account": fund_words(row["kind"], None),
            "available_fen": row["balance_fen"] - row["held_fen"],
        }
        for row in found
    }


def total(connection: Connection, filter_: AccountFilter) -> tuple[int, int]:
    """What the accounts hold together, in fen, and how many they are."""
    source, values = _source(connection, filter_)
    text = f"select coalesce(sum(balance_fen), 0), count(*) {source}"
    row = connection.exec_driver_sql(text, values).one()
    return int(row[0]), int(row[1])


def _source(connection: Connection, filter_: AccountFilter) -> tuple[str, dict[str, object]]:
    values: dict[str, object] = {"kind": filter_.kind, "seq": _upto(connection, filter_)}
    if not filter_.text:
        return f"from ({_AFTER} where f.kind = :kind) where balance_fen <> 0", values
    values["text"] = filter_.text
    found = "(instr(coalesce(k.number, ''), :text) or instr(coalesce(f.code, ''), :text))"
    return f"from ({_AFTER} where f.kind = :kind and {found})", values


def _upto(connection: Connection, filter_: AccountFilter) -> int:
    if filter_.upto is not None:
        return filter_.upto
    return int(connection.exec_driver_sql("select max(seq) from fund_entry").scalar() or 0)
