"""What a person does about a held bundle: send it again in some form, or let it go.

Each act is part of one write of the person's own, so its operations are captured as any edit is,
on the values that stand there now. A row in `_settled` says what became of the held bundle and
why; without one it stays in the tray. Writer lane.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from storage.faults import ReplicaFault
from storage.ids import new_id
from storage.overlay import GIVEN, TABLES, shown_row
from storage.sync.tray import Held, HeldOp, Row, held

REASON_MIN: Final = 2
REASON_MAX: Final = 2_000
_BY_NAME: Final = {table.name: table for table in TABLES.values()}


class TrayFault(ReplicaFault):
    """The act is not possible; the sentence says why. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Resubmit:
    """`values`: place of the operation -> column -> value to be sent; what is left out keeps what
    stands there now. For a request: its arguments under the column "args" as a mapping."""

    bundle_id: str
    actor: str
    reason: str
    values: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Drop:
    """Lets the held bundle go; what the hub has stands."""

    bundle_id: str
    actor: str
    reason: str


def resubmit(connection: Connection, wanted: Resubmit) -> bool:
    """Makes the new operations; gives False when nothing differs from what stands there, which
    settles the bundle as let go. Raises TrayFault."""
    found = _found(connection, wanted.bundle_id, wanted.reason)
    changed = False
    for op in found.ops:
        values = wanted.values.get(op.k)
        if values is not None:
            changed = _again(connection, op, dict(values)) or changed
    how = "resubmitted" if changed else "dropped"
    _settle(connection, found, wanted.actor, wanted.reason, how)
    return changed


def drop(connection: Connection, wanted: Drop) -> None:
    """Takes what the hub has. Raises TrayFault."""
    found = _found(connection, wanted.bundle_id, wanted.reason)
    _settle(connection, found, wanted.actor, wanted.reason, "dropped")


def _found(connection: Connection, bundle_id: str, reason: str) -> Held:
    found = held(connection, bundle_id)
    if found is None:
        raise TrayFault("这一项已经处理过了，没有再作改动。")
    if len(reason.strip()) < REASON_MIN:
        raise TrayFault("请写明处理的理由。")
    if len(reason) > REASON_MAX:
        raise TrayFault(f"理由不得超过 {REASON_MAX} 字。")
    return found


def _again(connection: Connection, op: HeldOp, values: Row) -> bool:
    unknown = set(values) - set(op.mine)
    if unknown:
        raise TrayFault(f"待裁项目里没有这些字段：{'、'.join(sorted(unknown))}。")
    if op.kind == "R":
        return _ask_again(connection, op, values)
    if op.kind == "I":
        return _insert_again(connection, op, values)
    if op.kind != "U":
        raise TrayFault("删除不能重新提交。")
    return _update_again(connection, op, values)


def _update_again(connection: Connection, op: HeldOp, values: Row) -> bool:
    shown = shown_row(connection, _BY_NAME[op.table], op.row_id)
    if shown is None:
        raise TrayFault("该记录已不在本机（已移交他处或被删除），不能重新提交。")
    names = [name for name in values if shown[name] != values[name]]
    if not names:
        return False
    setting = ", ".join(f'"{name}" = ?' for name in names)
    connection.exec_driver_sql(
        f'update "{op.table}" set {setting} where id = ?',
        (*(values[name] for name in names), op.row_id),
    )
    return True


def _insert_again(connection: Connection, op: HeldOp, values: Row) -> bool:
    table = _BY_NAME[op.table]
    if shown_row(connection, table, op.row_id) is not None:
        raise TrayFault("该记录已经存在，不能再次新建。")
    row = {**op.mine, **values, "id": op.row_id}
    names = [c.name for c in table.columns if c.name in row and c.name not in GIVEN - {"id"}]
    columns = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join("?" * len(names))
    connection.exec_driver_sql(
        f'insert into "{op.table}" ({columns}) values ({marks})',
        tuple(row[name] for name in names),
    )
    return True


def _ask_again(connection: Connection, op: HeldOp, values: Row) -> bool:
    """A request is decided once: what is asked again is another one."""
    args: Row = json.loads(op.mine["args"])
    args.update(values.get("args") or {})
    connection.exec_driver_sql(
        "insert into request (id, kind, case_id, args, note) values (?, ?, ?, ?, ?)",
        (
            new_id(),
            op.mine["kind"],
            op.mine.get("case_id"),
            json.dumps(args, ensure_ascii=False),
            values.get("note", op.mine.get("note")),
        ),
    )
    return True


def _settle(connection: Connection, found: Held, actor: str, reason: str, how: str) -> None:
    # `replaced_by` is filled in when the bundle of this write is wrapped (storage.outbox).
    connection.exec_driver_sql(
        "insert into _settled (bundle_id, at, actor, how, reason) values (?, ?, ?, ?, ?)",
        (
            found.id,
            datetime.now().astimezone().isoformat(timespec="milliseconds"),
            actor,
            how,
            reason.strip(),
        ),
    )
