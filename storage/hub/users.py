"""Logins of the shared database and their devices: made, locked, given scopes. Administrators.

Every officer has a role of his own. What he may do follows from the group roles he is in, what he
sees from his scopes; neither is ever a parameter of a call.
"""

from collections.abc import Iterable
from typing import Final

import psycopg
from psycopg import sql

from storage.hub.setup import HubFault
from storage.merge import ROLES

CONNECTIONS_MAX: Final = 3
_LIMITS: Final = {
    "statement_timeout": "30s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "60s",
    "search_path": "desk, sync, pg_catalog",
}
Connection = psycopg.Connection[tuple[object, ...]]


def add(
    connection: Connection,
    who: str,
    password: str,
    roles: Iterable[str],
    scopes: Iterable[int],
    *,
    title: str = "",
    person_id: str | None = None,
) -> None:
    """Makes a login with its roles and scopes (-1: the command centre). Raises HubFault."""
    asked = list(roles)
    unknown = sorted(set(asked) - set(ROLES))
    if unknown:
        raise HubFault(f"没有这样的角色：{'、'.join(unknown)}。可用：{'、'.join(ROLES)}。")
    if len(password) < 8:
        raise HubFault("口令至少需要 8 个字符。")
    name = sql.Identifier(who)
    try:
        connection.execute(
            sql.SQL("create role {} login password {} connection limit {}").format(
                name, sql.Literal(password), sql.Literal(CONNECTIONS_MAX)
            )
        )
    except psycopg.errors.DuplicateObject as error:
        raise HubFault(f"用户已经存在：{who}。") from error
    for setting, value in _LIMITS.items():
        connection.execute(
            sql.SQL("alter role {} set {} = {}").format(
                name,
                sql.SQL(setting),
                sql.SQL(value) if setting == "search_path" else sql.Literal(value),
            )
        )
    for role in ("member", *asked):
        connection.execute(sql.SQL("grant {} to {}").format(sql.Identifier(f"edesk_{role}"), name))
    connection.execute(
        "insert into sync.account (who, title, person_id) values (%s, %s, %s)",
        (who, title, person_id),
    )
    set_scopes(connection, who, scopes)
    _note(connection, "user added", who)


def exists(connection: Connection, who: str) -> bool:
    """Whether there is such a user."""
    found = connection.execute("select 1 from sync.account where who = %s", (who,)).fetchone()
    return found is not None


def lock(connection: Connection, who: str, *, locked: bool = True) -> None:
    """Ends a login at once, open connections too, or allows it again. Raises HubFault."""
    _require(connection, who)
    word = sql.SQL("nologin" if locked else "login")
    connection.execute(sql.SQL("alter role {} {}").format(sql.Identifier(who), word))
    connection.execute(
        "update sync.account set locked_at = case when %s then clock_timestamp() end"
        " where who = %s",
        (locked, who),
    )
    if locked:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = %s", (who,)
        )
    _note(connection, "user locked" if locked else "user unlocked", who)


def set_scopes(connection: Connection, who: str, scopes: Iterable[int]) -> None:
    """Replaces what a user sees: numbers of teams, -1 everything. Raises HubFault."""
    _require(connection, who)
    wanted = sorted(set(scopes))
    if 0 in wanted:
        raise HubFault("范围 0 属于所有人，不能单独授予。")
    connection.execute("delete from sync.member where who = %s", (who,))
    for scope in wanted:
        connection.execute("insert into sync.member values (%s, %s)", (who, scope))
    _note(connection, "scopes set", who)


def revoke_device(connection: Connection, device: str) -> None:
    """From now on the device is refused, and erases its store at its next contact."""
    done = connection.execute(
        "update sync.device set revoked_at = clock_timestamp(), revoked_by = session_user"
        " where id = %s and revoked_at is null",
        (device,),
    )
    if done.rowcount == 0:
        raise HubFault(f"没有这样的设备，或已被注销：{device}。")
    _note(connection, "device revoked", device)


def _require(connection: Connection, who: str) -> None:
    if not exists(connection, who):
        raise HubFault(f"没有这样的用户：{who}。")


def _note(connection: Connection, what: str, whom: str) -> None:
    connection.execute(
        "insert into sync.journal (what, facts) values (%s, jsonb_build_object('whom', %s::text))",
        (what, whom),
    )
