"""The hub's rows on their way into the replica: gathered from the network first, then applied in
one transaction together with the cursor, so that the cursor never runs ahead of its rows.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Table, UniqueConstraint
from sqlalchemy.exc import IntegrityError

from storage.migrations import added
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
from storage.session import Session
from storage.sync import awaited, census, merged
from storage.sync.port import Cursor, Guarded, Pulling, PullState, Remote, TextRow

SLICE: Final = 2_000
KNOWN_AT_ONCE: Final = 500
# One pull that takes away more than this many rows, or this share of all, has to prove itself.
GONE_MAX: Final = 500
GONE_SHARE_MAX: Final = 0.05
COLUMNS: Final = {
    number: [column.name for column in table.columns] for number, table in TABLES.items()
}
_NAMES: Final = {number: table.name for number, table in TABLES.items()}


@dataclass(slots=True)
class Pulled:
    """What one pull brought. `whole`: rows stand for everything, what is missing is gone."""

    state: PullState
    cursor: Cursor
    whole: bool = False
    rows: dict[int, list[TextRow]] = field(default_factory=dict)
    gone: dict[int, list[str]] = field(default_factory=dict)
    left_scopes: tuple[int, ...] = ()
    refilled: bool = False  # what versions added has come, too
    loaded: int = 0  # rows that were written while they came
    census: "census.Census | None" = None  # what the hub has, where much goes
    awaited: "awaited.Awaited | None" = None  # taken before the pull began: has to be among them

    @property
    def count(self) -> int:
        """Rows that came or went."""
        kept = sum(map(len, self.rows.values())) + sum(map(len, self.gone.values()))
        return kept + self.loaded


def load_cursor(session: Session) -> Cursor | None:
    """Where this replica stands, None before the first pull."""
    with session.read() as connection:
        text = connection.exec_driver_sql("select cursor from _ctl").scalar()
    if text is None:
        return None
    return cursor_from(json.loads(text))


def fetch(
    remote: Remote,
    cursor: Cursor | None,
    missing: Mapping[int, Sequence[str]] | None = None,
    taken: "awaited.Awaited | None" = None,
) -> Pulled:
    """Network only. A cursor that no longer fits brings everything.

    `missing`: what versions added since (storage.migrations.added); only rows in which it is not
    empty come again. `taken`: see storage.sync.awaited.
    """
    with remote.pull(cursor) as pulling:
        if cursor is None or pulling.state != "ok":
            pulled = _everything(pulling)
            pulled.awaited = taken
            return pulled
        pulled = Pulled("ok", pulling.cursor, refilled=bool(missing), awaited=taken)
        for number in TABLES:
            if number in pulling.tables:
                take_changed(pulling, number, pulled)
        for number, columns in (missing or {}).items():
            rows = pulling.filled(number, columns) if columns else pulling.whole(number)
            pulled.rows.setdefault(number, []).extend(rows)
        if pulling.cursor.scopes != cursor.scopes:
            _take_scopes(pulling, cursor, pulled)
        if pulled.whole or pulled.left_scopes or sum(map(len, pulled.gone.values())) > GONE_MAX:
            pulled.census = pulling.census()
        return pulled


def take_changed(pulling: Pulling, number: int, pulled: Pulled) -> None:
    """Changed and vanished rows of a table since the caller's cursor."""
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
        theirs = pulling.census()
        for number in (one for one in TABLES if not census.empty_at(theirs, one)):
            pulled.rows.setdefault(number, []).extend(pulling.whole(number, added))
    pulled.left_scopes = tuple(sorted(before - now))


def _everything(pulling: Pulling) -> Pulled:
    """The census comes first: a table without a row for us is not worth a way to the hub."""
    theirs = pulling.census()
    pulled = Pulled(pulling.state, pulling.cursor, whole=True, census=theirs)
    for number in TABLES:
        none = census.empty_at(theirs, number)
        pulled.rows[number] = [] if none else list(pulling.whole(number))
    return pulled


def apply(session: Session, pulled: Pulled, *, allowed: bool = False) -> None:
    """Rows, deletions and the new cursor, in one transaction.

    Raises Guarded when more would go than a day's work ever takes and the rest is not exactly what
    the hub has; `allowed`: a person has said that it shall go all the same.
    """
    with session.apply() as write:
        connection = write.connection
        connection.exec_driver_sql("pragma defer_foreign_keys = on")
        before = _rows_in_all(connection) if pulled.census is not None else 0
        gone = merge(connection, pulled)
        for number, rows in pulled.rows.items():
            if rows:
                at = COLUMNS[number].index("id")
                write.touch(TABLES[number].name, (str(row[at]) for row in rows))
        if pulled.census is not None and not allowed:
            _guard(connection, gone, before, pulled.census)
        if pulled.refilled or pulled.whole:
            added.fetched(connection)
        if pulled.awaited is not None:
            awaited.settled(connection, pulled.awaited)
        keep_cursor(connection, pulled.cursor)


def merge(connection: Connection, pulled: Pulled) -> int:
    """Rows that came and rows that went, without the cursor; gives how many went."""
    gone = 0
    strange: dict[int, set[str]] = {}
    # Parents first: a row with an edit above it is shown only where its parent is in sight.
    for number in TABLES:
        _merge(connection, number, pulled.rows.get(number, ()))
    if pulled.awaited is not None:
        strange = awaited.never_came(connection, _NAMES, pulled.awaited)
    held = census.holding(connection) if pulled.whole or pulled.left_scopes else frozenset()
    for number in reversed(list(TABLES)):
        ids = set(pulled.gone.get(number, ())) | strange.get(number, set())
        if pulled.whole and number in pulled.rows and number in held:
            ids |= _missing(connection, number, pulled.rows[number])
        if pulled.left_scopes and number in held:
            ids |= _of_scopes(connection, number, pulled.left_scopes)
        _remove(connection, number, sorted(ids))
        gone += len(ids)
    return gone


def replace_table(connection: Connection, number: int, pulled: Pulled) -> None:
    """Brings one table to what `pulled` has of it."""
    rows = pulled.rows[number]
    _merge(connection, number, rows)
    _remove(connection, number, sorted(_missing(connection, number, rows)))


def keep_cursor(connection: Connection, cursor: Cursor) -> None:
    """Where the replica stands from now on; in the transaction of its rows."""
    connection.exec_driver_sql(
        "update _ctl set cursor = ?, hub_id = ?, scopes = ?",
        (
            json.dumps(cursor_text(cursor)),
            cursor.history.partition(":")[0],
            json.dumps(list(cursor.scopes)),
        ),
    )


def cursor_text(cursor: Cursor) -> dict[str, object]:
    """A cursor as it is kept."""
    return {
        "history": cursor.history,
        "epoch": cursor.epoch,
        "snapshot": cursor.snapshot,
        "scopes": list(cursor.scopes),
    }


def cursor_from(kept: dict[str, Any]) -> Cursor:
    """What `cursor_text` wrote."""
    return Cursor(kept["history"], kept["epoch"], kept["snapshot"], tuple(kept["scopes"]))


def is_empty(connection: Connection) -> bool:
    """Whether there is no row of any table that travels."""
    return not census.holding(connection)


def _rows_in_all(connection: Connection) -> int:
    return sum(
        int(connection.exec_driver_sql(f'select count(*) from "{_NAMES[n]}"').scalar_one())
        for n in census.holding(connection)
    )


def _guard(connection: Connection, gone: int, before: int, theirs: census.Census) -> None:
    if gone <= min(GONE_MAX, before * GONE_SHARE_MAX):
        return
    unlike = census.differing(census.local(connection), theirs)
    if unlike:
        names = "、".join(TABLES[number].name for number in unlike)
        raise Guarded(
            f"这次接收将从本机移去 {gone:,} 条记录，而且与共享库核对不符（{names}），已停止。"
            "请联系管理员；确认无误后可继续。"
        )


def _merge(connection: Connection, number: int, rows: Sequence[TextRow]) -> None:
    """Upserts rows; those with something live above them go to `_base` and are shown anew."""
    if not rows:
        return
    table, names = TABLES[number], COLUMNS[number]
    at = names.index("id")
    edited = rows_with_ops(connection, number, [str(row[at]) for row in rows])
    plain = [row for row in rows if row[at] not in edited] if edited else rows
    statement = upsert(table.name, names)
    # The caller names these rows at once; triggers would note them one by one.
    connection.exec_driver_sql("update _ctl set applying = 2")
    for part in _slices(plain):
        try:
            _put(connection, table.name, names, part)
        except IntegrityError:
            connection.exec_driver_sql("update _ctl set applying = 1")
            for row in part:
                _make_room(connection, table, typed(table, names, row))
                connection.exec_driver_sql(statement, row)
    connection.exec_driver_sql("update _ctl set applying = 1")
    for row in rows:
        if row[at] in edited:
            value = typed(table, names, row)
            _make_room(connection, table, value)
            merged.note(connection, number, str(row[at]), value)
            keep_base(connection, number, str(row[at]), Base(int(value["ver"]), value))
            recompute(connection, number, str(row[at]))


def _put(connection: Connection, table: str, names: list[str], rows: Sequence[TextRow]) -> None:
    """New rows whole, known ones column by column: SQLite writes every index that an update names
    anew, and most pulls change one column of twenty."""
    at = names.index("id")
    known = _known(connection, table, names, [str(row[at]) for row in rows])
    fresh: list[TextRow] = []
    changed: dict[tuple[int, ...], list[TextRow]] = {}
    for row in rows:
        was = known.get(str(row[at]))
        if was is None:
            fresh.append(row)
        elif was != tuple(row):
            unlike = tuple(n for n, value in enumerate(row) if value != was[n])
            changed.setdefault(unlike, []).append((*(row[n] for n in unlike), row[at]))
    if fresh:
        connection.exec_driver_sql(upsert(table, names), fresh)
    for unlike, values in changed.items():
        setting = ", ".join(f'"{names[n]}" = ?' for n in unlike)
        connection.exec_driver_sql(f'update "{table}" set {setting} where id = ?', values)


def _known(
    connection: Connection, table: str, names: list[str], ids: list[str]
) -> dict[str, TextRow]:
    """Rows as they stand here, as text like those of the hub."""
    listed = ", ".join(f'cast("{name}" as text)' for name in names)
    found: dict[str, TextRow] = {}
    at = names.index("id")
    for begin in range(0, len(ids), KNOWN_AT_ONCE):
        part = tuple(ids[begin : begin + KNOWN_AT_ONCE])
        marks = ",".join("?" * len(part))
        query = f'select {listed} from "{table}" where id in ({marks})'
        for row in connection.exec_driver_sql(query, part).fetchall():
            found[row[at]] = tuple(row)
    return found


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
    at = COLUMNS[number].index("id")
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
