"""Brings a hub of an earlier schema to the present one, while desks stay connected.

One transaction: either all of it or nothing. What desks sent, users, rights and edited rules stay.
Versions are additive, so that desks that have not been updated yet go on; what a version renames
or drops is in `converters`.
"""

from typing import Any, Final

import psycopg

from storage import migrations
from storage.hub import ledger, setup, tables
from storage.hub.setup import SCHEMA_EPOCH, HubFault
from storage.merge import COMMAND_TABLES
from storage.schema import synced_tables

Connection = psycopg.Connection[Any]
_LOCK_WAIT: Final = "20s"


def upgrade(dsn: str) -> dict[str, object]:
    """Gives {from, to, added}; `added` names tables and columns. Raises HubFault."""
    try:
        with psycopg.connect(dsn, autocommit=False) as connection:
            return carry_out(connection)
    except psycopg.errors.LockNotAvailable as error:
        raise HubFault("共享库正忙，20 秒内未能开始升级；未作任何改动，请稍后再试。") from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise HubFault(f"升级共享库需要数据库管理员权限：{error.diag.message_primary}") from error
    except psycopg.OperationalError as error:
        raise HubFault(f"无法连接共享库：{str(error).strip().splitlines()[0]}") from error


def carry_out(connection: Connection) -> dict[str, object]:
    """The upgrade itself, in the caller's transaction."""
    if not setup.is_hub(connection):
        raise HubFault("该数据库不是共享库；请先用 edesk hub init 初始化。")
    # Rounds of the desks end first, and wait until this has ended.
    connection.execute(f"set local lock_timeout = '{_LOCK_WAIT}'")
    connection.execute("lock table sync.hub in access exclusive mode")
    version = version_of(connection)
    if version > migrations.SCHEMA_VERSION:
        raise HubFault(
            f"共享库的结构版本是 {version}，比本程序（{migrations.SCHEMA_VERSION}）新；"
            "未作任何改动。"
        )
    portable = not _one(
        connection,
        "select to_regprocedure('pg_current_xact_id()') is not null and exists"
        " (select from information_schema.columns where table_schema = 'sync'"
        " and table_name = 'change' and column_name = 'xid')",
    )
    there = _columns(connection)
    for statement in tables.created():  # a new column may refer to a new table
        connection.execute(statement)
    added = _add_columns(connection, there)
    for statement in ledger.reshape(there):
        connection.execute(statement)
    setup.lay(connection, portable=portable, filled=frozenset(there))
    if "seq" not in there.get("fund_entry", {"seq"}):
        setup.run(connection, "10_link_old_entries")
    _add_rules(connection, there)
    if version < "0013":
        _take_command_from_administrators(connection)
    connection.execute(
        "update sync.hub set schema_ver = %s, schema_epoch = %s",
        (migrations.SCHEMA_VERSION, SCHEMA_EPOCH),
    )
    connection.execute(
        "insert into sync.journal (what, facts) values ('upgraded',"
        " jsonb_build_object('from', %s::text, 'to', %s::text))",
        (version, migrations.SCHEMA_VERSION),
    )
    setup.close(connection)
    new = [table.name for table in synced_tables() if table.name not in there]
    return {"from": version, "to": migrations.SCHEMA_VERSION, "added": [*new, *added]}


def version_of(connection: Connection) -> str:
    """The schema version a hub stands at."""
    return str(_one(connection, "select schema_ver from sync.hub"))


def _columns(connection: Connection) -> dict[str, frozenset[str]]:
    """Table to the columns it has at this hub."""
    rows = connection.execute(
        "select table_name, array_agg(column_name::text) from information_schema.columns"
        " where table_schema = 'desk' group by 1"
    ).fetchall()
    return {str(name): frozenset(columns) for name, columns in rows}


def _add_columns(connection: Connection, there: dict[str, frozenset[str]]) -> list[str]:
    added = []
    for table in synced_tables():
        if table.name not in there:
            continue
        known = there[table.name]
        for statement in tables.missing(table, known):
            connection.execute(statement)
        added += [f"{table.name}.{c.name}" for c in table.columns if c.name not in known]
    return added


def _add_rules(connection: Connection, there: dict[str, frozenset[str]]) -> None:
    """Rules that speak of a new column; those that an administrator edited stay otherwise."""
    for table in synced_tables():
        if table.name in there:
            new = frozenset(c.name for c in table.columns) - there[table.name]
            for statement in tables.rules_of_columns(table, new):
                connection.execute(statement)


def _take_command_from_administrators(connection: Connection) -> None:
    """Once, and not with every upgrade: a court may give the right back."""
    connection.execute(
        "delete from sync.right where role = 'edesk_administrator' and tbl = any (%s)",
        (list(COMMAND_TABLES),),
    )


def _one(connection: Connection, query: str) -> Any:
    found = connection.execute(query).fetchone()
    assert found is not None
    return found[0]
