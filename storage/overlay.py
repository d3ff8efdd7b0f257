"""Base and overlay: what a table shows is the hub's row with my edits that it does not hold yet.

An edit is live while it is undecided, or applied with a version newer than the base (sync ack and
row travel separately, so an ack may be here first). The table holds the view; `_base` holds the
hub's row only while there is something live above it. Everything runs on the caller's connection
inside `Session.apply`, where capture is silent.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Boolean, Connection, Integer, Table

from storage.merge import children_of, scope_from
from storage.schema import synced_tables

TABLES: Final = {int(table.info["number"]): table for table in synced_tables()}
GIVEN: Final = frozenset(("id", "scope", "ver", "changed_by", "changed_at"))
GONE_VER: Final = 2**62  # of a row that left: whatever was applied to it is contained
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LiveOp:
    """One operation as the overlay sees it; `ver` None while it is undecided."""

    kind: str
    new: Row
    old: Row
    ver: int | None


@dataclass(frozen=True, slots=True)
class Base:
    """The hub's row and version; `row` None where the hub has none for us."""

    ver: int
    row: Row | None


def view(base: Base, ops: list[LiveOp]) -> Row | None:
    """The base with the live ones of `ops`, in their order, on top. Pure."""
    row = None if base.row is None else dict(base.row)
    for op in ops:
        if op.ver is not None and op.ver <= base.ver:
            continue
        if op.kind in ("I", "R"):
            row = dict(op.new) if row is None else row
        elif op.kind == "D":
            row = None
        elif row is not None:
            row.update((key, value) for key, value in op.new.items() if key not in GIVEN)
    return row


def base_below(shown: Row | None, ops: list[LiveOp]) -> Base:
    """The base of a row that has none stored: what is shown without `ops`. Pure.

    Right as long as the shown row came from a base by these operations alone, which capture sees
    to; the version a row shows is always its base's.
    """
    row = None if shown is None else dict(shown)
    for op in reversed(ops):
        if op.kind in ("I", "R"):
            return Base(0, None)
        if op.kind == "D":
            row = dict(op.old)
        elif row is not None:
            row.update((key, value) for key, value in op.old.items() if key not in GIVEN)
    # What was applied to a row that is out of sight is no news: it must not bring it back.
    return Base(GONE_VER if row is None else int(row["ver"]), row)


def ops_of(connection: Connection, number: int, row_id: str) -> list[LiveOp]:
    """Undecided and applied operations on a row, oldest first."""
    found = connection.exec_driver_sql(
        "select o.kind, o.new, o.old, case when b.state = 'decided' then o.ver end"
        " from _op o left join _bundle b on b.n = o.bundle_n where o.tbl = ? and o.row_id = ?"
        " and (b.state is null or b.state <> 'decided' or b.verdict = 'applied') order by o.seq",
        (number, row_id),
    )
    return [
        LiveOp(kind, json.loads(new or "{}"), json.loads(old or "{}"), ver)
        for kind, new, old, ver in found
    ]


def rows_with_ops(connection: Connection, number: int, ids: list[str]) -> set[str]:
    """Those of `ids` that have operations which may be live."""
    found: set[str] = set()
    for at in range(0, len(ids), 500):
        part = ids[at : at + 500]
        marks = ",".join("?" * len(part))
        found.update(
            str(row[0])
            for row in connection.exec_driver_sql(
                "select distinct o.row_id from _op o left join _bundle b on b.n = o.bundle_n"
                f" where o.tbl = ? and o.row_id in ({marks})"
                " and (b.state is null or b.state <> 'decided' or b.verdict = 'applied')",
                (number, *part),
            )
        )
    return found


def stored_base(connection: Connection, number: int, row_id: str) -> Base | None:
    """The base kept for a row, None when there is none."""
    found = connection.exec_driver_sql(
        "select ver, row from _base where tbl = ? and row_id = ?", (number, row_id)
    ).one_or_none()
    return None if found is None else Base(found[0], json.loads(found[1]))


def keep_base(connection: Connection, number: int, row_id: str, base: Base) -> None:
    """Stores the hub's version of a row with something live above it."""
    connection.exec_driver_sql(
        "insert or replace into _base (tbl, row_id, ver, row) values (?, ?, ?, ?)",
        (number, row_id, base.ver, json.dumps(base.row, ensure_ascii=False)),
    )


def hold_base(connection: Connection, number: int, row_id: str) -> None:
    """Before an operation leaves the overlay: makes sure that what lies below is known."""
    if stored_base(connection, number, row_id) is None:
        ops = ops_of(connection, number, row_id)
        live = [op for op in ops if _live_above(connection, number, row_id, op)]
        shown = shown_row(connection, TABLES[number], row_id)
        keep_base(connection, number, row_id, base_below(shown, live))


def _live_above(connection: Connection, number: int, row_id: str, op: LiveOp) -> bool:
    if op.ver is None:
        return True
    shown = connection.exec_driver_sql(
        f'select ver from "{TABLES[number].name}" where id = ?', (row_id,)
    ).scalar()
    # Nobody has pulled a row that was inserted here: once applied, the hub holds it as it is.
    return shown is not None and op.ver > int(shown)


def shown_row(connection: Connection, table: Table, row_id: str) -> Row | None:
    """The row as the table holds it."""
    found = (
        connection.exec_driver_sql(f'select * from "{table.name}" where id = ?', (row_id,))
        .mappings()
        .one_or_none()
    )
    return None if found is None else dict(found)


def recompute(connection: Connection, number: int, row_id: str) -> None:
    """Shows base and overlay anew; without anything live the base alone stands and is let go."""
    base = stored_base(connection, number, row_id)
    if base is None:
        return
    ops = ops_of(connection, number, row_id)
    table = TABLES[number]
    row = view(base, ops)
    if row is not None and not _has_parent(connection, table, row):
        row = None
    write_row(connection, table, row_id, row)
    if not any(op.ver is None or op.ver > base.ver for op in ops):
        connection.exec_driver_sql(
            "delete from _base where tbl = ? and row_id = ?", (number, row_id)
        )


def _has_parent(connection: Connection, table: Table, row: Row) -> bool:
    """An edit below a row that is out of sight is out of sight, too, until it is judged."""
    source = scope_from(table)
    if not source.column or source.kind != "parent" or row.get(source.column) is None:
        return True
    found = connection.exec_driver_sql(
        f'select 1 from "{source.parent}" where id = ?', (row[source.column],)
    )
    return found.scalar() is not None


def write_row(connection: Connection, table: Table, row_id: str, row: Row | None) -> None:
    """Puts a row into its table, or takes it out."""
    if row is None:
        drop_rows(connection, table, [row_id])
        return
    names = [column.name for column in table.columns if column.name in row]
    connection.exec_driver_sql(upsert(table.name, names), tuple(row[name] for name in names))


def drop_rows(connection: Connection, table: Table, ids: Sequence[str]) -> None:
    """Takes rows out of sight with what hangs on them; operations on them are kept."""
    for at in range(0, len(ids), 500):
        part = tuple(ids[at : at + 500])
        marks = ",".join("?" * len(part))
        for child, column in children_of(table.name):
            below = connection.exec_driver_sql(
                f'select id from "{child.name}" where "{column}" in ({marks})', part
            ).fetchall()
            drop_rows(connection, child, [one[0] for one in below])
        connection.exec_driver_sql(f'delete from "{table.name}" where id in ({marks})', part)


def upsert(table: str, names: list[str]) -> str:
    """INSERT … ON CONFLICT(id) DO UPDATE for the named columns."""
    columns = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join("?" * len(names))
    setting = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name != "id")
    return (
        f'insert into "{table}" ({columns}) values ({marks})'
        f" on conflict (id) do update set {setting}"
    )


def typed(table: Table, names: list[str], values: tuple[str | None, ...]) -> Row:
    """A row that came as text, with numbers as numbers: as capture writes it into an operation."""
    return {
        name: int(value)
        if value is not None and isinstance(table.columns[name].type, Integer | Boolean)
        else value
        for name, value in zip(names, values, strict=True)
    }
