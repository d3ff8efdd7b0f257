"""The tray: bundles the hub decided against, with what was meant and what stands there now.

Nothing leaves it by itself. Reads only, on the caller's connection; values are as operations hold
them (ISO text, integers, fen), turning them into words is the screen's work.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import Connection

from storage.merge import GROUPS
from storage.overlay import GIVEN, TABLES, shown_row, stored_base

Row = dict[str, Any]
State = Literal["waiting", "held", "settled", "applied"]
STATES: Final[tuple[State, ...]] = ("waiting", "held", "settled", "applied")
# A bundle's state as SQL over `_bundle b` left joined to `_settled s`.
STATE_SQL: Final = (
    "case when b.state <> 'decided' then 'waiting' when b.verdict = 'applied' then 'applied'"
    " when s.bundle_id is not null then 'settled' else 'held' end"
)
FORMAT: Final = "edesk-held-1"


@dataclass(frozen=True, slots=True)
class HeldField:
    """One column of a held operation. `refused`: the hub named it; `legal`: a deadline, a right
    or money depends on it, so it was never merged."""

    column: str
    base: Any
    mine: Any
    theirs: Any
    refused: bool
    legal: bool


@dataclass(frozen=True, slots=True)
class HeldOp:
    """One operation. `there`: whether the row stands in this replica now; `kind` I, U, D or R."""

    k: int
    table: str
    row_id: str
    kind: str
    there: bool
    fields: tuple[HeldField, ...]

    @property
    def mine(self) -> Row:
        """What was meant, by column."""
        return {field.column: field.mine for field in self.fields}

    @property
    def theirs(self) -> Row:
        """What stands there now, by column."""
        return {field.column: field.theirs for field in self.fields}


@dataclass(frozen=True, slots=True)
class Held:
    """A held bundle. `detail` is the hub's own: code, cols, by, at, facts of a request."""

    id: str
    n: int
    label: str
    made_at: str
    actor: str
    verdict: str
    acked_at: str
    detail: Row
    ops: tuple[HeldOp, ...]

    @property
    def code(self) -> str:
        """The rule that was broken, as the hub names it."""
        return str(self.detail.get("code") or self.verdict)

    @property
    def by(self) -> str:
        """Who wrote what stands there now, empty if the hub did not say."""
        return str(self.detail.get("by") or "")

    @property
    def at(self) -> str:
        """When that was."""
        return str(self.detail.get("at") or "")


def held(connection: Connection, bundle_id: str) -> Held | None:
    """One held bundle; None when it is settled, taken, or not of this replica."""
    row = connection.exec_driver_sql(
        "select b.n, b.label, b.made_at, b.actor, b.verdict, b.acked_at, b.detail from _bundle b"
        f" left join _settled s on s.bundle_id = b.id where b.id = ? and {STATE_SQL} = 'held'",
        (bundle_id,),
    ).one_or_none()
    if row is None:
        return None
    detail: Row = json.loads(row[6]) if row[6] else {}
    ops = connection.exec_driver_sql(
        "select k, tbl, row_id, kind, new, old from _op where bundle_n = ? order by k", (row[0],)
    )
    return Held(
        id=bundle_id,
        n=row[0],
        label=row[1],
        made_at=row[2],
        actor=row[3],
        verdict=row[4],
        acked_at=row[5] or "",
        detail=detail,
        ops=tuple(_op(connection, detail, *op) for op in ops.fetchall()),
    )


def _op(
    connection: Connection,
    detail: Row,
    k: int,
    tbl: int,
    row_id: str,
    kind: str,
    new: Any,
    old: Any,
) -> HeldOp:
    table = TABLES[tbl]
    meant: Row = json.loads(new) if new else {}
    was: Row = json.loads(old) if old else {}
    shown = shown_row(connection, table, row_id)
    now = dict(shown) if shown is not None else _based(connection, tbl, row_id)
    named: set[str] = set()
    if detail.get("k", 0) == k:
        # What the hub said is newer than a row that has not been pulled yet.
        named = set(detail.get("cols") or ())
        if int(detail.get("ver") or 0) >= int(now.get("ver") or 0):
            now.update(detail.get("now") or {})
    legal = {
        column for group in GROUPS.get(table.name, ()) if group.legal for column in group.columns
    }
    names = [c.name for c in table.columns if c.name in meant and c.name not in GIVEN]
    fields = tuple(
        HeldField(name, was.get(name), meant[name], now.get(name), name in named, name in legal)
        for name in names
        if kind != "I" or meant[name] is not None
    )
    return HeldOp(k, table.name, row_id, kind, shown is not None, fields)


def _based(connection: Connection, tbl: int, row_id: str) -> Row:
    base = stored_base(connection, tbl, row_id)
    return dict(base.row) if base is not None and base.row is not None else {}


def exported(connection: Connection, bundle_id: str) -> Row | None:
    """A held bundle as a file's content, signed with this device's key for the hub where it has
    one, else with a bare SHA-256, and which of the two is said in it."""
    found = held(connection, bundle_id)
    if found is None:
        return None
    ops = connection.exec_driver_sql(
        "select k, tbl, row_id, kind, new, old from _op where bundle_n = ? order by k", (found.n,)
    )
    device, hub = connection.exec_driver_sql("select device_id, hub_id from _ctl").one()
    content = {
        "format": FORMAT,
        "hub": hub,
        "device": device,
        "id": found.id,
        "n": found.n,
        "actor": found.actor,
        "label": found.label,
        "made_at": found.made_at,
        "verdict": found.verdict,
        "detail": found.detail,
        "ops": [
            {
                "k": k,
                "table": TABLES[tbl].name,
                "row": row_id,
                "kind": kind,
                "new": json.loads(new) if new else None,
                "old": json.loads(old) if old else None,
            }
            for k, tbl, row_id, kind, new, old in ops
        ],
    }
    return {**content, "signature": _signature(connection, content)}


def _signature(connection: Connection, content: Row) -> Row:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    told = connection.exec_driver_sql("select value from _sync where key = 'hello'").scalar()
    key = json.loads(told).get("file_key") if told else None
    if key:
        made = hmac.new(bytes.fromhex(key), text, hashlib.sha256).hexdigest()
        return {"kind": "hmac-sha256", "value": made}
    return {"kind": "sha256", "value": hashlib.sha256(text).hexdigest()}
