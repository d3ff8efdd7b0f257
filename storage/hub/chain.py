"""The chain of decided bundles: read from the hub, exported to a file, checked. Network lane.

What is checked is decided in `chain_verifier`, the same file that an auditor runs alone; the hub
only hands out what it stores.
"""

import json
import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import psycopg

from storage.hub.chain_verifier import FORMAT, Head, Report, head_code, verify

PAGE: Final = 500
Connection = psycopg.Connection[Any]


def records(connection: Connection) -> Iterator[dict[str, Any]]:
    """Every link in order with what is stored of its bundle now; `body` None when it is gone."""
    after = 0
    while True:
        page = connection.execute(
            "select seq, bundle::text, content, link, body from sync.audit_page(%s, %s)",
            (after, PAGE),
        ).fetchall()
        for seq, bundle, content, link, body in page:
            yield {"seq": seq, "bundle": bundle, "content": content, "link": link, "body": body}
        if len(page) < PAGE:
            return
        after = page[-1][0]


def facts(connection: Connection) -> dict[str, Any]:
    """hub_id, history, `waiting` (decided, not linked yet), `outside` (ids of bundles that no
    client put there)."""
    row = connection.execute("select sync.audit_facts()").fetchone()
    assert row is not None
    found: dict[str, Any] = row[0]
    return found


def check(connection: Connection, heads: Sequence[Head] = ()) -> tuple[Report, dict[str, Any]]:
    """Checks the hub itself, in one snapshot; the report and the facts."""
    with connection.transaction():
        connection.execute("set transaction isolation level repeatable read, read only")
        return verify(records(connection), heads), facts(connection)


def export(connection: Connection, path: Path) -> int:
    """Writes the whole chain into a file in one step; gives the number of links."""
    part = path.with_name(path.name + ".part")
    count = 0
    try:
        with part.open("w", encoding="utf-8", newline="\n") as file, connection.transaction():
            connection.execute("set transaction isolation level repeatable read, read only")
            header = {"format": FORMAT, **facts(connection), "made_at": _now()}
            file.write(json.dumps(header, ensure_ascii=False) + "\n")
            for record in records(connection):
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
                count += 1
            file.write(json.dumps({"end": count}) + "\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return count


def printed_head(connection: Connection) -> str | None:
    """The code of the newest link for paper; None before the first."""
    connection.execute("select sync.seal()")
    row = connection.execute("select seq, link from sync.chain_head()").fetchone()
    return None if row is None else head_code(row[0], row[1])


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")
