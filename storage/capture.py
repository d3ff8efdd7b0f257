"""The triggers that see every kind of write, made from the tables themselves.

A synced table gets capture triggers, which leave one operation per changed row in `_op`, and note
triggers, which name the rows that base data changed. A fact table also refuses UPDATE and DELETE.
Which of the two speaks is decided by `_ctl.applying`, a table flag set and cleared inside the
transaction, so that a crash cannot leave it behind. Pure text; any thread.
"""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Column, Float, LargeBinary, Table

from storage.merge import grouped
from storage.records.changes import IDS_MAX

# The hub gives these; an edit never carries them, and outside of base data nobody sets `ver`.
_FROM_HUB: Final = frozenset({"ver"})
_QUIET: Final = "(select applying from _ctl) = 0"
_APPLYING: Final = "(select applying from _ctl) = 1"
_NOT_FILLING: Final = "(select applying from _ctl) < 2"
_HAS_HUB: Final = "(select hub_id is not null or cursor is not null from _ctl)"
# Local tables whose changed rows panels ask about, with the column that names a row.
NOTED: Final = {"setting": "key", "import_run": "id", "calendar_day": "day"}
_PREFIX: Final = "trg_"


def triggers(tables: Iterable[Table]) -> dict[str, str]:
    """Trigger name -> CREATE TRIGGER statement for every synced and noted table of `tables`."""
    made: dict[str, str] = {}
    for table in tables:
        if "number" in table.info:
            _capture(table, made)
            _guards(table, made)
            _refusals(table, made)
            _effects(table, made)
            # What an entry moves is no edit of its own, but panels want to know.
            ledger = table.info["policy"] == "ledger"
            _notes(table, "id", _NOT_FILLING if ledger else _APPLYING, made)
        elif table.name in NOTED:
            _notes(table, NOTED[table.name], "1", made)
    return made


def owned(name: str) -> bool:
    """Whether a trigger of that name in a file comes from here."""
    return name.startswith(_PREFIX)


def _capture(table: Table, made: dict[str, str]) -> None:
    """Insert: the whole row. Update: the columns that changed and those judged with them, new and
    old. Delete: the row."""
    lossy = [c.name for c in table.columns if isinstance(c.type, LargeBinary | Float)]
    # SQLite writes a real into JSON with 15 digits, and a blob not at all.
    assert not lossy, f"{table.name}: an operation is JSON and cannot hold {lossy} exactly"
    number, name = int(table.info["number"]), table.name
    edited = [c for c in table.columns if c.name != "id" and c.name not in _FROM_HUB]
    kind = "R" if table.info["policy"] == "request" else "I"
    changed = " or ".join(f"new.{_q(c)} is not old.{_q(c)}" for c in edited)
    # Not `from (values …)`: with NEW and OLD inside, SQLite answers "no such column".
    together = grouped(table)
    parts = " union all ".join(
        f"select '{c.name}' k, new.{_q(c)} n, old.{_q(c)} o, {_moved(c, together)} c"
        for c in edited
    )
    made[f"{_PREFIX}{name}_ins"] = (
        f'create trigger "{_PREFIX}{name}_ins" after insert on "{name}" when {_QUIET} begin '
        f"insert into _op(tbl, row_id, kind, new) "
        f"values ({number}, new.id, '{kind}', {_row('new', table)}); end"
    )
    if table.info["policy"] == "ledger":  # its balances follow from its entries
        return
    made[f"{_PREFIX}{name}_upd"] = (
        f'create trigger "{_PREFIX}{name}_upd" after update on "{name}" '
        f"when {_QUIET} and ({changed}) begin "
        f"insert into _op(tbl, row_id, kind, new, old, base_ver) "
        f"select {number}, new.id, 'U', json_group_object(k, n), json_group_object(k, o), old.ver "
        f"from ({parts}) where c; end"
    )
    made[f"{_PREFIX}{name}_del"] = (
        f'create trigger "{_PREFIX}{name}_del" after delete on "{name}" when {_QUIET} begin '
        f"insert into _op(tbl, row_id, kind, old, base_ver) "
        f"values ({number}, old.id, 'D', {_row('old', table)}, old.ver); end"
    )


def _guards(table: Table, made: dict[str, str]) -> None:
    """An id never changes and only the hub gives versions; facts are never edited or deleted,
    and a ledger is not written where a hub keeps it."""
    name = table.name
    made[f"{_PREFIX}{name}_keys"] = (
        f'create trigger "{_PREFIX}{name}_keys" before update of id, ver on "{name}" '
        f"when {_QUIET} and (new.id is not old.id or new.ver is not old.ver) begin "
        f"select raise(abort, '记录的标识和版本号不能由本机改动。'); end"
    )
    if table.info["policy"] == "ledger":
        for event in ("insert", "update", "delete"):
            made[f"{_PREFIX}{name}_no_{event}"] = (
                f'create trigger "{_PREFIX}{name}_no_{event}" before {event} on "{name}" '
                f"when {_QUIET} and {_HAS_HUB} begin "
                f"select raise(abort, '账目只由共享库记账，本机不能增改或删除。'); end"
            )
        return
    if table.info["policy"] not in ("fact", "request"):
        return
    for event in ("update", "delete"):
        made[f"{_PREFIX}{name}_no_{event}"] = (
            f'create trigger "{_PREFIX}{name}_no_{event}" before {event} on "{name}" '
            f"when {_QUIET} begin select raise(abort, "
            f"'该记录属于已发生的事实，不能修改或删除；如有错误，请另记一条予以更正。'); end"
        )


def _refusals(table: Table, made: dict[str, str]) -> None:
    """What a table says in `info["refusals"]`: name -> (events, condition, Chinese sentence).

    For rules that look at another row or at the row before, which a CHECK cannot. Base data from
    the hub was judged there and passes. `local_refusals` are those that the hub has no need of.
    """
    rules = table.info.get("refusals", {}) | table.info.get("local_refusals", {})
    for name, (events, condition, sentence) in rules.items():
        for event in events:
            trigger = f"{_PREFIX}{table.name}_{name}_{event}"
            made[trigger] = (
                f'create trigger "{trigger}" before {event} on "{table.name}" '
                f"when {_QUIET} and ({condition}) begin select raise(abort, '{sentence}'); end"
            )


def _effects(table: Table, made: dict[str, str]) -> None:
    """What a new row does to other rows: `info["effects"]`, name -> statements."""
    for name, statements in table.info.get("effects", {}).items():
        trigger = f"{_PREFIX}{table.name}_{name}"
        made[trigger] = (
            f'create trigger "{trigger}" after insert on "{table.name}" when {_QUIET} begin '
            f"{'; '.join(statements)}; end"
        )


def _notes(table: Table, key: str, condition: str, made: dict[str, str]) -> None:
    """Names changed rows in `_changed`, up to one more than a ChangeSet names.

    Base data that goes leaves no operation behind that would tell whose it was, so a fact that is
    deleted names its case as well.
    """
    name = table.name
    for event, side in (("insert", "new"), ("update", "new"), ("delete", "old")):
        whose = ""
        if event == "delete" and condition == _APPLYING and "case_id" in table.columns:
            whose = (
                "insert into _changed(tbl, row_id) select 'case', old.case_id "
                "where old.case_id is not null; "
                "insert into _noted(tbl, n) select 'case', 1 where old.case_id is not null "
                "on conflict(tbl) do update set n = n + 1; "
            )
        made[f"{_PREFIX}{name}_note_{event}"] = (
            f'create trigger "{_PREFIX}{name}_note_{event}" after {event} on "{name}" '
            f"when {condition} "
            f"and coalesce((select n from _noted where tbl = '{name}'), 0) <= {IDS_MAX} begin "
            f"insert into _changed(tbl, row_id) values ('{name}', {side}.{key}); "
            f"insert into _noted(tbl, n) values ('{name}', 1) "
            f"on conflict(tbl) do update set n = n + 1; {whose}end"
        )


def _moved(column: "Column[object]", together: dict[str, tuple[str, ...]]) -> str:
    """When an operation carries a column: it changed, or one it is judged with did."""
    names = together.get(column.name, (column.name,))
    return "(" + " or ".join(f'new."{name}" is not old."{name}"' for name in names) + ")"


def _row(side: str, table: Table) -> str:
    pairs = ", ".join(f"'{c.name}', {side}.{_q(c)}" for c in table.columns)
    return f"json_object({pairs})"


def _q(column: "Column[object]") -> str:
    return f'"{column.name}"'
