"""The index of all cases, kept while nothing it is made of has changed. Any thread."""

import threading
from typing import Any, Final

from sqlalchemy import Connection

from desktop.funds.known import Index, load

_STAMP: Final = (
    "select (select file from pragma_database_list where name = 'main'),"
    ' (select count(*) from "case"), (select max(changed_at) from "case"),'
    ' (select sum(ver) from "case"),'
    " (select count(*) from party), (select max(changed_at) from party),"
    " (select max(seq) from fund_entry), (select count(*) from fund where code is not null),"
    " (select count(*) from bank_line), (select count(*) from request where kind = 'assign'),"
    " (select count(*) from control_measure), (select max(rowid) from party)"
)
_lock: Final = threading.Lock()
_kept: dict[str, tuple[tuple[Any, ...], Index]] = {}


def remembered(connection: Connection) -> Index:
    """The index as of this connection's snapshot. One store at a time is kept."""
    stamp = tuple(connection.exec_driver_sql(_STAMP).one())
    with _lock:
        known = _kept.get("")
    # A store in memory has no file to be told apart by.
    if known is not None and stamp[0] and known[0] == stamp:
        return known[1]
    made = load(connection)
    with _lock:
        _kept[""] = (stamp, made)
    return made
