"""The index of all cases, kept while nothing it is made of has changed. Any thread.

What came in changes with every booking and is read anew each time; the cases and their parties are
many and seldom change.
"""

import threading
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from desktop.funds.known import Index, load, load_cases, with_payments
from storage.schema import table

# What a pull changes has a new version from the hub; what is edited here leaves an operation.
_CASES: Final = (
    "select (select file from pragma_database_list where name = 'main'), count(*), sum(ver),"
    " max(changed_at), (select count(*) from party), (select sum(ver) from party),"
    " (select max(changed_at) from party), (select count(*) from control_measure),"
    " (select sum(ver) from control_measure), (select count(*) from fund where code is not null)"
    ' from "case"'
)
_TABLES: Final = ", ".join(
    str(table(name).info["number"]) for name in ("case", "party", "control_measure")
)
_EDITED: Final = (
    "select coalesce(max(seq), 0) as last,"
    f" coalesce(sum(tbl in ({_TABLES})), 0) as edits from _op where seq > ?"
)
_MONEY: Final = (
    "select (select max(seq) from fund_entry), (select count(*) from bank_line),"
    " (select count(*) from request where kind = 'assign')"
)


@dataclass(slots=True)
class _Memory:
    """The last store's cases, up to which operation they are known to be true, and the money."""

    stamp: tuple[Any, ...] = ()
    seq: int = 0
    cases: Index | None = None
    money_stamp: tuple[Any, ...] = ()
    index: Index | None = None


_lock: Final = threading.Lock()
_memory: Final = _Memory()


def remembered(connection: Connection) -> Index:
    """The index as of this connection's snapshot. One store at a time is kept."""
    found = at_hand(connection)
    return found if found is not None else _kept(connection, load_cases(connection))


def at_hand(connection: Connection) -> Index | None:
    """The same where the cases need not be read first, which takes seconds; else None."""
    stamp = tuple(connection.exec_driver_sql(_CASES).one())
    if not stamp[0]:  # a store in memory has no file to be told apart by
        return load(connection)
    money = tuple(connection.exec_driver_sql(_MONEY).one())
    with _lock:
        fresh = _still_true(connection, stamp)
        cases, index = _memory.cases, _memory.index
        same_money = _memory.money_stamp == money
    if not fresh or cases is None:
        return None
    return index if same_money and index is not None else _kept(connection, cases)


def _kept(connection: Connection, cases: Index) -> Index:
    """Adds the money as it stands, and keeps both."""
    made = with_payments(connection, cases)
    stamp = tuple(connection.exec_driver_sql(_CASES).one())
    money = tuple(connection.exec_driver_sql(_MONEY).one())
    seq = int(connection.exec_driver_sql("select coalesce(max(seq), 0) from _op").scalar_one())
    with _lock:
        _memory.stamp, _memory.seq, _memory.cases = stamp, seq, cases
        _memory.money_stamp, _memory.index = money, made
    return made


def _still_true(connection: Connection, stamp: tuple[Any, ...]) -> bool:
    if stamp != _memory.stamp:
        return False
    row = connection.exec_driver_sql(_EDITED, (_memory.seq,)).one()
    if row.edits:
        return False
    _memory.seq = max(_memory.seq, row.last)
    return True
