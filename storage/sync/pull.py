"""The hub's rows on their way into the replica: gathered from the network first, then applied in
one transaction together with the cursor, so that the cursor never runs ahead of its rows.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection, Table, UniqueConstraint
from sqlalchemy.exc import IntegrityError

from storage import capture
from storage.overlay import (
    GONE_VER,
    TABLES,
    Base,
    drop_rows,
    keep_base,
    recompute,
    rows_with_ops,
    typed,
    upsert,
)
from storage.session import Session, Write
from storage.sync.port import Cursor, Pulling, PullState, Remote, TextRow

SLICE: Final = 2_000
_COLUMNS: Final = {
    number: [column.name for column in table.columns] for number, table in TABLES.items()
}


@dataclass(slots=True)
class Pulled:
    """What one pull brought. `whole`: rows stand for everything, what is missing is gone."""

    state: PullState
    cursor: Cursor
    whole: bool = False
    rows: dict[int, list[TextRow]] = field(default_factory=dict)
    gone: dict[int, list[str]] = field(default_factory=dict)
    left_scopes: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """Rows that came or went."""
        return sum(map(len, self.rows.values())) + sum(map(len, self.gone.values()))


def load_cursor(session: Session) -> Cursor | None:
    """Where this replica stands, None before the first pull."""
    with session.read() as connection:
        text = connection.exec_driver_sql("select cursor from _ctl").scalar()
    if text is None:
        return None
    kept = json.loads(text)
    return Cursor(kept["history"], kept["epoch"], kept["snapshot"], tuple(kept["scopes"]))


def fetch(remote: Remote, cursor: Cursor | None) -> Pulled:
    """Network only. A cursor that no longer fits brings everything."""
    with remote.pull(cursor) as pulling:
        if cursor is None or pulling.state != "ok":
            return _everything(pulling)
        pulled = Pulled("ok", pulling.cursor)
        for number in TABLES:
            if number in pulling.tables:
                _take_changed(pulling, number, pulled)
        if pulling.cursor.scopes != cursor.scopes:
            _take_scopes(pulling, cursor, pulled)
        return pulled


def _take_changed(pulling: Pulling, number: int, pulled: Pulled) -> None:
    rows: list[TextRow] = []
    gone: list[str] = []
    for row_id, missing, *values in pulling.changed(number):
        if missing == "t":
            assert row_id is not None
            gone.append(row_id)
        else:
            rows.append(tuple(values))
    pulled.rows[number] = rows
    pulled.gone[number] = gone


def _take_scopes(pulling: Pulling, cursor: Cursor, pulled: Pulled) -> None:
    """New scopes come whole; rows of scopes that ended go."""
    now = set(pulling.cursor.scopes)
    before = set(cursor.scopes)
    if -1 in now or -1 in before:
        whole = _everything(pulling)
        pulled.whole, pulled.rows, pulled.gone = True, whole.rows, {}
        return
    added = now - before
    if added:
        for number in TABLES:
            pulled.rows.setdefault(number, []).extend(pulling.whole(number, added))
    pulled.left_scopes = tuple(sorted(before - now))


def _everything(pulling: Pulling) -> Pulled:
    pulled = Pulled(pulling.state, pulling.cursor, whole=True)
    for number in TABLES:
        pulled.rows[number] = list(pulling.whole(number))
    return pulled


def apply(session: Session, pulled: Pulled) -> None:
    """Rows, deletions and the new cursor, in one transaction."""
    with session.apply() as write:
        connection = write.connection
        connection.exec_driver_sql("pragma defer_foreign_keys = on")
        empty = pulled.whole and _is_empty(connection)
        if empty:
            _load(write, pulled)
        else:
            for number, rows in pulled.rows.items():
                _merge(connection, number, rows)
            for number in reversed(list(TABLES)):
                ids = set(pulled.gone.get(number, ()))
                if pulled.whole:
                    ids |= _missing(connection, number, pulled.rows.get(number, []))
                if pulled.left_scopes:
                    ids |= _of_scopes(connection, number, pulled.left_scopes)
                _remove(connection, number, sorted(ids))
        cursor = pulled.cursor
        connection.exec_driver_sql(
            "update _ctl set cursor = ?, hub_id = ?, scopes = ?",
            (
                json.dumps(
                    {
                        "history": cursor.history,
                        "epoch": cursor.epoch,
                        "snapshot": cursor.snapshot,
                        "scopes": list(cursor.scopes),
                    }
                ),
                cursor.history.partition(":")[0],
                json.dumps(list(cursor.scopes)),
            ),
        )


def _is_empty(connection: Connection) -> bool:
    return not any(
        connection.exec_driver_sql(f'select 1 from "{table.name}" limit 1').scalar()
        for table in TABLES.values()
    )


def _load(write: Write, pulled: Pulled) -> None:
    """Into an empty replica: indexes and triggers are made after the rows, in half the time."""
    connection = write.connection
    loaded = [TABLES[number] for number, rows in pulled.rows.items() if rows]
    indexes = [index for table in loaded for index in table.indexes]
    for index in indexes:
        connection.exec_driver_sql(f'drop index if exists "{index.name}"')
    laid = capture.triggers(loaded)
    for name in laid:
        connection.exec_driver_sql(f'drop trigger if exists "{name}"')
    for table in loaded:
        number = int(table.info["number"])
        names = _COLUMNS[number]
        marks = ", ".join("?" * len(names))
        columns = ", ".join(f'"{name}"' for name in names)
        statement = f'insert into "{table.name}" ({columns}) values ({marks})'
        for part in _slices(pulled.rows[number]):
            connection.exec_driver_sql(statement, list(part))
        write.touch(table.name)
    for index in indexes:
        index.create(connection)
    for statement in laid.values():
        connection.exec_driver_sql(statement)


def _merge(connection: Connection, number: int, rows: Sequence[TextRow]) -> None:
    """Upserts rows; those with something live above them go to `_base` and are shown anew."""
    if not rows:
        return
    table, names = TABLES[number], _COLUMNS[number]
    at = names.index("id")
    edited = rows_with_ops(connection, number, [str(row[at]) for row in rows])
    plain = [row for row in rows if row[at] not in edited] if edited else rows
    statement = upsert(table.name, names)
    for part in _slices(plain):
        try:
            connection.exec_driver_sql(statement, list(part))
        except IntegrityError:
            for row in part:
                _make_room(connection, table, typed(table, names, row))
                connection.exec_driver_sql(statement, row)
    for row in rows:
        if row[at] in edited:
            value = typed(table, names, row)
            _make_room(connection, table, value)
            keep_base(connection, number, str(row[at]), Base(int(value["ver"]), value))
            recompute(connection, number, str(row[at]))


def _make_room(connection: Connection, table: Table, row: dict[str, object]) -> None:
    """Takes rows out of the table that hold a unique value the hub has given to another row.

    Either such a row changes in this very pull and comes back, or it was made here and waits for
    its verdict, which its bundle keeps.
    """
    for constraint in table.constraints:
        if not isinstance(constraint, UniqueConstraint):
            continue
        names = [column.name for column in constraint.columns]
        where = " and ".join(f'"{name}" = ?' for name in names)
        found = connection.exec_driver_sql(
            f'select id from "{table.name}" where {where} and id <> ?',
            (*(row[name] for name in names), row["id"]),
        ).fetchall()
        ids = [str(one[0]) for one in found]
        mine = rows_with_ops(connection, int(table.info["number"]), ids)
        drop_rows(connection, table, sorted(mine))
        for row_id in ids:
            if row_id not in mine:
                # What hangs on it stays: the row itself is on its way.
                connection.exec_driver_sql(f'delete from "{table.name}" where id = ?', (row_id,))


def _remove(connection: Connection, number: int, ids: Sequence[str]) -> None:
    """Rows the hub has not, or not for us. What was made here and is undecided stays in sight."""
    if not ids:
        return
    table = TABLES[number]
    edited = rows_with_ops(connection, number, list(ids))
    drop_rows(connection, table, [one for one in ids if one not in edited])
    for row_id in ids:
        if row_id in edited:
            keep_base(connection, number, row_id, Base(GONE_VER, None))
            recompute(connection, number, row_id)


def _missing(connection: Connection, number: int, rows: Sequence[TextRow]) -> set[str]:
    at = _COLUMNS[number].index("id")
    there = {row[at] for row in rows}
    name = TABLES[number].name
    return {
        row[0]
        for row in connection.exec_driver_sql(f'select id from "{name}"')
        if row[0] not in there
    }


def _of_scopes(connection: Connection, number: int, scopes: Sequence[int]) -> set[str]:
    marks = ",".join("?" * len(scopes))
    found = connection.exec_driver_sql(
        f'select id from "{TABLES[number].name}" where scope in ({marks})', tuple(scopes)
    )
    return {row[0] for row in found}


def _slices(rows: Sequence[TextRow]) -> Iterable[Sequence[TextRow]]:
    for at in range(0, len(rows), SLICE):
        yield rows[at : at + SLICE]
