"""How old a desk may be to write, and what waits for an update. Administrators."""

import json
from collections.abc import Iterable
from typing import Any, Final

import psycopg

from storage import migrations
from storage.hub.setup import HubFault

MONEY: Final = (
    *("receive", "assign", "transfer", "disburse", "remit", "pay", "release", "reverse"),
    *("close_month", "sign_month"),
    *("pass_order", "return_order", "withdraw_order", "send_order", "answer_order"),
    *("expire_orders", "match_line", "open_account"),
)
Connection = psycopg.Connection[Any]


def require(connection: Connection, version: str, *, requests: Iterable[str] = ()) -> None:
    """From now on desks of an older schema than `version` read, but do not write.

    With `requests` only these kinds are barred (MONEY). "" lifts the bar. Raises HubFault.
    """
    if version and version not in migrations.VERSIONS:
        raise HubFault(f"没有这个版本：{version}。已有：{'、'.join(migrations.VERSIONS)}。")
    kinds = list(requests)
    if kinds:
        connection.execute(
            "update sync.request_kind set min_client = %s where kind = any (%s)", (version, kinds)
        )
    else:
        connection.execute("update sync.hub set min_client = %s", (version,))
    connection.execute(
        "insert into sync.journal (what, facts) values ('oldest client', %s)",
        (json.dumps({"version": version, "requests": kinds}),),
    )


def waiting(connection: Connection) -> list[tuple[str, int]]:
    """(schema version, bundles) that wait for an update of hub or desk."""
    rows = connection.execute(
        "select schema_ver, count(*) from sync.bundle where verdict = 'upgrade'"
        " group by 1 order by 1"
    ).fetchall()
    return [(str(version), int(n)) for version, n in rows]
