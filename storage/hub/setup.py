"""Makes a PostgreSQL database into a hub, and renews its history after a restore.

Needs a login that may create roles. Everything happens in one transaction: a failed set-up leaves
nothing behind. Roles belong to the whole server and are kept when they exist.
"""

from importlib.resources import files
from typing import Final

import psycopg

from storage import migrations
from storage.faults import ReplicaFault
from storage.hub import converters, judging, ledger, orders, relations, tables
from storage.merge import ROLES
from storage.schema import synced_tables

SCHEMA_EPOCH: Final = 1  # raised when a client must pull everything again
_SQL: Final = files("storage.hub").joinpath("sql")


class HubFault(ReplicaFault):
    """The shared database cannot do this; the sentence says why."""


def initialise(dsn: str, *, portable: bool = False) -> dict[str, object]:
    """Creates roles, tables, policies and functions; gives the hub's id and schema version.

    `portable`: for an engine that speaks PostgreSQL without its snapshots (see `build`). Raises
    HubFault when the database is a hub already, or the login may not do this.
    """
    try:
        with psycopg.connect(dsn, autocommit=False) as connection:
            if is_hub(connection):
                raise HubFault(
                    "该数据库已经初始化为共享库，未作任何改动；"
                    "升级到本程序的结构请用 edesk hub upgrade。"
                )
            return build(connection, portable=portable)
    except psycopg.errors.InsufficientPrivilege as error:
        raise HubFault(f"初始化共享库需要数据库管理员权限：{error.diag.message_primary}") from error
    except psycopg.OperationalError as error:
        raise HubFault(f"无法连接共享库：{str(error).strip().splitlines()[0]}") from error


def is_hub(connection: "psycopg.Connection[tuple[object, ...]]") -> bool:
    """Whether the database has been set up."""
    return connection.execute("select to_regclass('sync.hub')").fetchone() != (None,)


def build(
    connection: "psycopg.Connection[tuple[object, ...]]", *, portable: bool = False
) -> dict[str, object]:
    """The set-up itself, in the caller's transaction.

    `portable` orders changes by one sequencer instead of by the numbers of transactions, which
    engines compatible with PostgreSQL often lack.
    """
    lay(connection, portable=portable, filled=frozenset())
    connection.execute(
        "insert into sync.hub (schema_ver, schema_epoch) values (%s, %s)",
        (migrations.SCHEMA_VERSION, SCHEMA_EPOCH),
    )
    connection.execute(
        "with k as (select sync.random_key() key) insert into sync.secret (inner_pad, outer_pad) "
        "select sync.pad(key, 54), sync.pad(key, 92) from k"
    )
    close(connection)
    found = connection.execute("select hub_id::text, schema_ver from sync.hub").fetchone()
    assert found is not None
    return {"hub_id": found[0], "schema": found[1], "tables": len(synced_tables())}


def lay(
    connection: "psycopg.Connection[tuple[object, ...]]", *, portable: bool, filled: frozenset[str]
) -> None:
    """Everything but what a hub has once: roles, tables, policies, functions, rules and rights.

    May run again over a hub: what is there stays, what is missing is added, and every function is
    the present one. Tables in `filled` keep the rules and rights that were edited there.
    """
    _roles(connection)
    # The engine comes before access, which asks it whose work a transaction is.
    engine = "03_engine_portable" if portable else "03_engine"
    for name in ("01_protocol", engine, "02_access", "04_pull", "05_push"):
        run(connection, name)
        if name == "02_access":
            _all(connection, [*tables.statements(), *ledger.statements(), *orders.statements()])
    _all(connection, judging.statements())
    for name in ("06_answers", "07_upkeep", *_areas()):
        run(connection, name)
    _all(connection, [*tables.data_statements(filled), *relations.statements()])
    converters.lay(connection)
    for version in migrations.VERSIONS:
        connection.execute(
            "insert into sync.schema_known values (%s) on conflict do nothing", (version,)
        )


def close(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    """Partitions for the coming weeks, what is shipped, owners and grants: the end of a set-up."""
    connection.execute("select sync.upkeep()")
    connection.execute(orders.shipped())
    _own(connection)
    run(connection, "09_grants")


def renew(connection: "psycopg.Connection[tuple[object, ...]]") -> str:
    """After a restore from a copy: a new history, so that every client recovers. Gives it."""
    connection.execute("update sync.hub set life = life + 1")
    connection.execute("truncate sync.change")
    found = connection.execute("select sync.history_id()").fetchone()
    assert found is not None
    return str(found[0])


def _roles(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    for role in ("owner", "member", "reader", *ROLES):
        connection.execute(
            f"do $$ begin create role edesk_{role} nologin; "
            "exception when duplicate_object then null; end $$"
        )


def _own(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    """Everything belongs to a role that never logs in: policies bind even the owner."""
    connection.execute("grant edesk_owner to current_user")
    rows = connection.execute(
        "select 'alter table ' || c.oid::regclass || ' owner to edesk_owner' from pg_class c "
        "join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('sync', 'desk') "
        "and c.relkind in ('r', 'p') union all "
        "select 'alter function ' || p.oid::regprocedure || ' owner to edesk_owner' from pg_proc p "
        "join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'sync'"
    ).fetchall()
    _all(connection, [str(statement) for (statement,) in rows])
    connection.execute("grant create on schema sync to edesk_owner")


def _areas() -> list[str]:
    """What single duties add, in order of name: one file each, found by its prefix."""
    names = sorted(found.name for found in _SQL.iterdir())
    return [name.removesuffix(".sql") for name in names if name.startswith("08_")]


def run(connection: "psycopg.Connection[tuple[object, ...]]", name: str) -> None:
    """One of the SQL files."""
    connection.execute(_SQL.joinpath(f"{name}.sql").read_text("utf-8"))


def _all(connection: "psycopg.Connection[tuple[object, ...]]", statements: list[str]) -> None:
    # In one message: thousands of them, and the line may be a long one.
    connection.execute(";\n".join(statements))
