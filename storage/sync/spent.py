"""Lets go of bundles that were decided long ago (90 days) and that nobody waits for any more.

Kept whatever their age: what a person still has to settle, what was decided in a history that the
hub may have lost, and what still lies over a base row. The hub keeps its own record for good.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from storage.session import Session
from storage.sync.merged import KEY
from storage.sync.pull import load_cursor

KEPT: Final = timedelta(days=90)
AT_ONCE: Final = 500
_SPENT: Final = (
    "select b.n, b.id from _bundle b left join _settled s on s.bundle_id = b.id"
    " where b.state = 'decided' and (b.verdict = 'applied' or s.bundle_id is not null)"
    " and b.acked_history = ? and julianday(b.acked_at) < julianday(?)"
    " and not exists (select 1 from _op o join _base x on x.tbl = o.tbl and x.row_id = o.row_id"
    "  where o.bundle_n = b.n) order by b.n limit ?"
)


def let_go(session: Session, now: datetime) -> int:
    """Gives how many bundles went; short transactions, so that nobody waits for it."""
    cursor = load_cursor(session)
    if cursor is None:
        return 0
    gone = 0
    asked = (cursor.history, (now - KEPT).isoformat(), AT_ONCE)
    while True:
        with session.read() as connection:
            spent = connection.exec_driver_sql(_SPENT, asked).fetchall()
        if not spent:
            return gone
        with session.apply() as write:
            _remove(write.connection, [(n, bundle_id) for n, bundle_id in spent])
        gone += len(spent)


def _remove(connection: Connection, spent: list[tuple[int, str]]) -> None:
    numbers = [(n,) for n, _ in spent]
    connection.exec_driver_sql("delete from _op where bundle_n = ?", numbers)
    connection.exec_driver_sql("delete from _settled where bundle_id = ?", [(i,) for _, i in spent])
    connection.exec_driver_sql("delete from _sync where key = ?", [(KEY + i,) for _, i in spent])
    connection.exec_driver_sql("delete from _bundle where n = ?", numbers)
