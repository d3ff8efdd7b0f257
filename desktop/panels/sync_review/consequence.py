"""What choosing mine or theirs does to dates: both are derived, and the difference is told.

The case is copied into a store in memory, once with what stands there now and once with what was
meant, and the same projection that fills the desk derives both. Nothing real is touched.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, create_engine, insert, select

from desktop.contract.law import Law
from desktop.projection.project import project_cases
from storage.merge import children_of
from storage.schema import metadata, table
from storage.schema.local import node_clock
from storage.sync.tray import Held, HeldOp

_Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Effect:
    """One date that depends on the choice: its name, and the day under theirs and under mine."""

    what: str
    theirs: date | None
    mine: date | None

    @property
    def days(self) -> int | None:
        """Days by which mine is later; None when one of them has no day."""
        if self.theirs is None or self.mine is None:
            return None
        return (self.mine - self.theirs).days

    def words(self) -> str:
        """One sentence: "控制到期日：采用我的为 …，采用对方为 …，相差 14 天。"."""
        mine = self.mine.isoformat() if self.mine else "不确定"
        theirs = self.theirs.isoformat() if self.theirs else "不确定"
        apart = "" if self.days is None else f"，相差 {abs(self.days)} 天"
        return f"{self.what}：采用我的为 {mine}，采用对方为 {theirs}{apart}。"


def effects(
    connection: Connection, held: Held, case_id: str, law: Law, today: date
) -> tuple[Effect, ...]:
    """Every due day of the case, and every expiry, that differs between the two choices."""
    now = _rows_of(connection, case_id)
    if not now["case"]:
        return ()
    meant = _with_mine(now, held)
    theirs, mine = _dates(now, law, case_id, today), _dates(meant, law, case_id, today)
    names = [*theirs, *(name for name in mine if name not in theirs)]
    return tuple(
        Effect(name, theirs.get(name), mine.get(name))
        for name in names
        if theirs.get(name) != mine.get(name)
    )


def _rows_of(connection: Connection, case_id: str) -> _Rows:
    """The case, what hangs on it, and the places and people that its rows name."""
    found: _Rows = {"case": _read(connection, table("case"), "id", [case_id])}
    for child, column in children_of("case"):
        found[child.name] = _read(connection, child, column, [case_id])
    for name in ("court", "team", "person"):
        found[name] = _read(connection, table(name), None, [])
    return found


def _read(
    connection: Connection, source: Table, column: str | None, values: list[str]
) -> list[dict[str, Any]]:
    query = select(source)
    if column is not None:
        query = query.where(source.c[column].in_(values))
    return [dict(row) for row in connection.execute(query).mappings()]


def _with_mine(now: _Rows, held: Held) -> _Rows:
    changed = {name: [dict(row) for row in rows] for name, rows in now.items()}
    for op in held.ops:
        if op.table not in changed or op.kind not in ("I", "U"):
            continue
        row = next((row for row in changed[op.table] if row["id"] == op.row_id), None)
        if row is not None:
            row.update(_bound(op))
        elif op.kind == "I":
            changed[op.table].append(_whole(op))
    return changed


def _whole(op: HeldOp) -> dict[str, Any]:
    empty: dict[str, Any] = {
        column.name: None for column in table(op.table).columns if column.nullable
    }
    return {**empty, **_bound(op), "id": op.row_id}


def _bound(op: HeldOp) -> dict[str, Any]:
    """Operations hold booleans as 0 and 1; the table's types want them as such."""
    columns = table(op.table).columns
    return {
        name: bool(value) if value is not None and columns[name].type.python_type is bool else value
        for name, value in op.mine.items()
    }


def _dates(rows: _Rows, law: Law, case_id: str, today: date) -> dict[str, date | None]:
    with _memory() as connection:
        for name, values in rows.items():
            for row in values:
                connection.execute(insert(table(name)).values(**row))
        project_cases(connection, law, [case_id], today)
        found = connection.execute(
            select(node_clock.c.node_code, node_clock.c.subject, node_clock.c.due_on)
            .where(node_clock.c.case_id == case_id)
            .order_by(node_clock.c.n)
        ).fetchall()
    dates: dict[str, date | None] = {}
    for row in rows.get("control_measure", ()):
        if row.get("lifted_on") is None:
            dates[f"控制到期日（{row['asset']}）"] = _day(row["expires_on"])
    for row in rows.get("supervision_letter", ()):
        if row.get("state") in ("issued", "returned"):
            dates["督办单回复期限"] = _day(row["reply_by"])
    for code, subject, due_on in found:
        rule = law.node(code)
        name = rule.name if rule is not None else code
        dates[f"“{name}”应止日{f'（{subject}）' if subject else ''}"] = _day(due_on)
    return dates


def _day(value: Mapping[str, Any] | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else None


@contextmanager
def _memory() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            metadata.create_all(connection)
            yield connection
    finally:
        engine.dispose()
