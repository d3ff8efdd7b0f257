"""Every kind of write leaves its operations, and the operations alone rebuild the tables."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
)
from sqlalchemy.pool import StaticPool
from sqlcipher3 import dbapi2

from storage import engine
from storage.capture import triggers
from storage.replica import Replica
from storage.schema import metadata
from storage.schema import outbox as control
from storage.session import Session
from tests.storage.rows import add, court

_meta = MetaData()


def _shared() -> tuple["Column[int]", "Column[int]"]:
    return (
        Column("scope", Integer, nullable=False, server_default="-1"),
        Column("ver", Integer, nullable=False, server_default="1"),
    )


parent = Table(
    "parent",
    _meta,
    Column("id", String, primary_key=True),
    Column("name", String),
    Column("order", Integer),
    Column("flag", Boolean),
    Column("note", String),
    *_shared(),
    info={"number": 1, "policy": "state"},
)
child = Table(
    "child",
    _meta,
    Column("id", String, primary_key=True),
    Column("parent_id", ForeignKey("parent.id", ondelete="CASCADE")),
    Column("name", String, unique=True),
    *_shared(),
    info={"number": 2, "policy": "state"},
)


def _fresh() -> dbapi2.Connection:
    """An empty database in memory with the two tables, the control tables and the triggers."""
    connection = dbapi2.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.execute("pragma foreign_keys = on")
    connection.execute("pragma recursive_triggers = on")
    made = create_engine(
        "sqlite://", module=dbapi2, creator=lambda: connection, poolclass=StaticPool
    )
    _meta.create_all(made)
    metadata.create_all(
        made, tables=[control.ctl, control.bundle, control.op, control.changed, control.noted]
    )
    connection.execute("insert into _ctl(one, applying, device_id) values (1, 0, 'device')")
    for statement in triggers([parent, child]).values():
        connection.execute(statement)
    return connection


@pytest.fixture
def db() -> Iterator[dbapi2.Connection]:
    """The small database with three rows and an empty outbox."""
    connection = _fresh()
    connection.execute(
        "insert into parent(id, name, \"order\") values ('a', '甲', 1), ('b', '乙', 2)"
    )
    connection.execute("insert into child(id, parent_id, name) values ('c', 'a', '丙')")
    connection.execute("delete from _op")
    yield connection
    connection.close()


def _ops(db: dbapi2.Connection) -> list[tuple[Any, ...]]:
    rows = db.execute("select tbl, row_id, kind, new, old, base_ver from _op order by seq")
    return [
        (t, i, k, json.loads(n) if n else None, json.loads(o) if o else None, v)
        for t, i, k, n, o, v in rows
    ]


def _kinds(db: dbapi2.Connection) -> list[tuple[int, str, str]]:
    return [(op[0], op[1], op[2]) for op in _ops(db)]


def test_insert_keeps_the_whole_row(db: dbapi2.Connection) -> None:
    db.execute("insert into parent(id, name, flag, note) values ('d', null, 1, '注')")
    row = {"id": "d", "name": None, "order": None, "flag": 1, "note": "注", "scope": -1, "ver": 1}
    assert _ops(db) == [(1, "d", "I", row, None, None)]


def test_update_keeps_only_what_changed_and_its_base(db: dbapi2.Connection) -> None:
    db.execute("update parent set name = '丁', \"order\" = 1, flag = null where id = 'a'")
    assert _ops(db) == [(1, "a", "U", {"name": "丁"}, {"name": "甲"}, 1)]


def test_bulk_update_leaves_one_operation_a_row(db: dbapi2.Connection) -> None:
    db.execute('update parent set "order" = "order" + 1')
    assert _kinds(db) == [(1, "a", "U"), (1, "b", "U")]


def test_upsert_is_an_update_of_the_row_that_was_there(db: dbapi2.Connection) -> None:
    db.execute(
        "insert into parent(id, name) values ('a', '新'), ('e', '戊') "
        "on conflict(id) do update set name = excluded.name"
    )
    assert _kinds(db) == [(1, "a", "U"), (1, "e", "I")]


def test_replace_is_a_delete_and_an_insert(db: dbapi2.Connection) -> None:
    db.execute("insert or replace into child(id, parent_id, name) values ('f', 'b', '丙')")
    assert _kinds(db) == [(2, "c", "D"), (2, "f", "I")]


def test_delete_keeps_the_old_row_and_cascades_are_seen(db: dbapi2.Connection) -> None:
    db.execute("delete from parent where id = 'a'")
    assert sorted(_kinds(db)) == [(1, "a", "D"), (2, "c", "D")]
    assert all(op[4] is not None and op[5] == 1 for op in _ops(db))


def test_writes_of_other_triggers_are_seen(db: dbapi2.Connection) -> None:
    db.execute(
        "create trigger bump after update of name on child begin "
        'update parent set "order" = 9 where id = new.parent_id; end'
    )
    db.execute("update child set name = '改'")
    assert sorted(_kinds(db)) == [(1, "a", "U"), (2, "c", "U")]


def test_a_second_connection_is_seen(replica: Replica, session: Session) -> None:
    """As from a shell: the triggers are in the file, not in the program."""
    shell = engine.connect(replica.path, replica.key)
    try:
        shell.execute("insert into court(id, code, name, short_name) values ('x', 'y', 'z', 'z')")
        found = shell.execute("select tbl, row_id, kind, bundle_n from _op").fetchall()
    finally:
        shell.close()
    assert found == [(1, "x", "I", None)]
    assert session.sweep() == 1


def test_an_update_that_changes_nothing_leaves_nothing(db: dbapi2.Connection) -> None:
    db.execute("update parent set name = name, flag = flag")
    assert _ops(db) == []


def test_every_synced_table_round_trips_its_columns(session: Session) -> None:
    place = court(superior_id=None, confirmed=True, valid_from="2014-01-01")
    with session.write("建院") as write:
        add(write.connection, "court", place)
    with session.read() as connection:
        new = json.loads(connection.exec_driver_sql("select new from _op").scalar_one())
        row = connection.exec_driver_sql("select * from court").mappings().one()
    assert new == dict(row)


_ids = st.sampled_from("pqrs")
_texts = st.none() | st.text(
    alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=4
)
_numbers = st.none() | st.integers(min_value=-(2**63), max_value=2**63 - 1)
_action = st.one_of(
    st.tuples(st.just("insert"), _ids, _texts, _numbers, _texts),
    st.tuples(st.just("replace"), _ids, _texts, _numbers, _texts),
    st.tuples(st.just("upsert"), _ids, _texts, _numbers, _texts),
    st.tuples(st.just("update"), _ids, _texts, _numbers, _texts),
    st.tuples(st.just("bulk"), _ids, _texts, _numbers, _texts),
    st.tuples(st.just("delete"), _ids, _texts, _numbers, _texts),
    st.tuples(st.just("child"), _ids, _texts, _numbers, _texts),
)
_columns = '(id, name, "order", note) values (?, ?, ?, ?)'
_SQL: dict[str, tuple[str, Callable[[Any, Any, Any, Any], tuple[Any, ...]]]] = {
    "insert": (f"insert or ignore into parent{_columns}", lambda i, t, n, r: (i, t, n, r)),
    "replace": (f"insert or replace into parent{_columns}", lambda i, t, n, r: (i, t, n, r)),
    "upsert": (
        f"insert into parent{_columns} on conflict(id) do update "
        'set name = excluded.name, "order" = excluded."order"',
        lambda i, t, n, r: (i, t, n, r),
    ),
    "update": ("update parent set name = ?, note = ? where id = ?", lambda i, t, n, r: (t, r, i)),
    "bulk": ('update parent set "order" = ?', lambda i, t, n, r: (n,)),
    "delete": ("delete from parent where id = ?", lambda i, t, n, r: (i,)),
    "child": (
        "insert or replace into child(id, parent_id, name) "
        "select 'c' || id, id, ? from parent where id = ?",
        lambda i, t, n, r: (t, i),
    ),
}


def _rows(db: dbapi2.Connection, name: str) -> dict[str, dict[str, Any]]:
    cursor = db.execute(f"select * from {name}")
    names = [column[0] for column in cursor.description]
    return {row["id"]: row for row in (dict(zip(names, r, strict=True)) for r in cursor.fetchall())}


def _replay(base: dict[str, dict[str, Any]], ops: list[tuple[Any, ...]]) -> None:
    for _tbl, row_id, kind, new, old, base_ver in ops:
        if kind == "I":
            assert row_id not in base
            base[row_id] = dict(new)
            continue
        there = base[row_id]
        assert base_ver == there["ver"]
        assert all(there[column] == value for column, value in old.items())
        if kind == "U":
            assert new.keys() == old.keys()
            there.update(new)
        else:
            assert there == old
            del base[row_id]


@settings(max_examples=200, deadline=None)
@given(before=st.lists(_action, max_size=6), after=st.lists(_action, max_size=12))
def test_operations_replayed_on_the_base_give_the_table(
    before: list[tuple[Any, ...]], after: list[tuple[Any, ...]]
) -> None:
    db = _fresh()
    try:
        for name, *values in before:
            sql, order = _SQL[name]
            db.execute(sql, order(*values))
        db.execute("delete from _op")
        base = {name: _rows(db, name) for name in ("parent", "child")}
        for name, *values in after:
            sql, order = _SQL[name]
            db.execute(sql, order(*values))
        ops = _ops(db)
        for number, name in ((1, "parent"), (2, "child")):
            _replay(base[name], [op for op in ops if op[0] == number])
            assert base[name] == _rows(db, name)
    finally:
        db.close()
