"""Logins of the shared database and their devices, for whoever administers the database.

Every officer has a role of his own. What he may do follows from the group roles he is in, what he
sees from his scopes; neither is ever a parameter of a call. Administrators of the desk do the same
from their desks through the functions of 08_admin.sql, which these use, too.
"""

from collections.abc import Iterable
from typing import Any, Final

import psycopg

from storage.hub.setup import HubFault
from storage.merge import ROLES

CONNECTIONS_MAX: Final = 3  # per login; keeper.make_login sets it
_REFUSED: Final = ("P0001", "42501")
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
    asked = _known(roles)
    _call(
        connection,
        "select sync.add_user(%s, %s, null, %s, %s, %s::text[], %s::integer[])",
        who,
        password,
        title,
        person_id,
        asked,
        list(scopes),
    )


def exists(connection: Connection, who: str) -> bool:
    """Whether there is such a user."""
    found = connection.execute("select 1 from sync.account where who = %s", (who,)).fetchone()
    return found is not None


def lock(connection: Connection, who: str, *, locked: bool = True) -> None:
    """Ends a login at once, open connections too, or allows it again. Raises HubFault."""
    _call(connection, "select sync.lock_user(%s, %s)", who, locked)


def set_scopes(connection: Connection, who: str, scopes: Iterable[int]) -> None:
    """Replaces what a user sees: numbers of teams, -1 everything. Raises HubFault."""
    _call(connection, "select sync.put_scopes(%s, %s::integer[])", who, list(scopes))


def set_roles(connection: Connection, who: str, roles: Iterable[str]) -> None:
    """Replaces what a user may do. Raises HubFault."""
    _call(connection, "select sync.put_roles(%s, %s::text[])", who, _known(roles))


def set_password(connection: Connection, who: str, password: str) -> None:
    """Another password, without an end. Raises HubFault."""
    _call(connection, "select sync.give_password(%s, %s, null)", who, password)


def revoke_device(connection: Connection, device: str) -> None:
    """From now on the device is refused, and erases its store at its next contact."""
    _call(connection, "select sync.end_device(%s::uuid)", device)


def every_user(connection: Connection) -> list[dict[str, Any]]:
    """All users with person, roles, scopes, when locked and last seen."""
    return [dict(row[0]) for row in connection.execute("select sync.user_facts()")]  # type: ignore[call-overload]


def every_device(connection: Connection) -> list[dict[str, Any]]:
    """All devices with owner, versions, what is unsent, when revoked and wiped."""
    return [dict(row[0]) for row in connection.execute("select sync.device_facts()")]  # type: ignore[call-overload]


def _known(roles: Iterable[str]) -> list[str]:
    asked = list(roles)
    unknown = sorted(set(asked) - set(ROLES))
    if unknown:
        raise HubFault(f"没有这样的角色：{'、'.join(unknown)}。可用：{'、'.join(ROLES)}。")
    return asked


def _call(connection: Connection, query: str, *values: object) -> None:
    try:
        with connection.transaction():
            connection.execute(query, values)
    except psycopg.Error as error:
        if error.sqlstate in _REFUSED:
            raise HubFault(error.diag.message_primary or str(error)) from error
        if error.sqlstate == "22P02":
            raise HubFault(f"标识的格式不正确：{values[0]}。") from error
        raise
