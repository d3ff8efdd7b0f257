"""Is the hub well? What an administrator should know before users do."""

from typing import Any

import psycopg

_HOLES = (
    "select count(*) from (select device from sync.bundle group by device"
    " having max(n) - min(n) + 1 <> count(*)) x"
)
_FAR_BEHIND = (
    "select count(*) from sync.device where revoked_at is null"
    " and last_seen < clock_timestamp() - interval '75 days'"
)


def examine(connection: "psycopg.Connection[Any]") -> dict[str, Any]:
    """Counts, and under `alarms` one Chinese sentence for whatever needs a person."""
    found: dict[str, Any] = {
        "history": _one(connection, "select sync.history_id()"),
        "schema": _one(connection, "select schema_ver from sync.hub"),
        "bundles": _one(connection, "select count(*) from sync.bundle"),
        "held": _one(connection, "select count(*) from sync.bundle where verdict <> 'applied'"),
        "devices": _one(connection, "select count(*) from sync.device where revoked_at is null"),
        "users": _one(connection, "select count(*) from sync.account where locked_at is null"),
        "chain": _one(connection, "select coalesce(max(seq), 0) from sync.chain"),
        "offline_days": _one(connection, "select offline_days from sync.hub"),
        "connections": _one(connection, "select count(*) from pg_stat_activity"),
    }
    found["two_factor"] = _two_factor(connection)
    alarms = []
    holes = _one(connection, _HOLES)
    if holes:
        alarms.append(f"{holes} 台设备的操作包编号不连续，可能有内容没有送达。")
    behind = _one(connection, _FAR_BEHIND)
    if behind:
        alarms.append(f"{behind} 台设备超过 75 天没有同步，接近变更记录的保留期限。")
    ahead = _one(
        connection,
        "select to_regclass(format('sync.change_%s', to_char(date_trunc("
        "'week', now() + interval '7 days'), 'YYYYMMDD'))) is not null",
    )
    if not ahead:
        alarms.append("下一周的变更记录分区尚未建立，请运行维护。")
    found["alarms"] = alarms
    return found


def _two_factor(connection: "psycopg.Connection[Any]") -> bool | None:
    """Whether every login over the network needs a certificate beside the password; None where
    the caller may not read the server's rules."""
    if not _one(connection, "select rolsuper from pg_roles where rolname = current_user"):
        return None
    doors = connection.execute(
        "select type = 'hostssl' and coalesce('clientcert=verify-full' = any (options), false)"
        " from pg_hba_file_rules where type like 'host%' and auth_method <> 'reject'"
    ).fetchall()
    return bool(doors) and all(row[0] for row in doors)


def _one(connection: "psycopg.Connection[Any]", query: str) -> Any:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]
