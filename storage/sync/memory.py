"""What this device remembers of files it wrote, took in or destroyed: JSON in `_sync`."""

import json
from typing import Any

from sqlalchemy import Connection

from storage.session import Session


def recalled(connection: Connection, key: str) -> dict[str, Any]:
    """What is kept under `key`; empty before the first time."""
    text = connection.exec_driver_sql("select value from _sync where key = ?", (key,)).scalar()
    return parsed(text)


def parsed(text: str | None) -> dict[str, Any]:
    """JSON of an object as it is kept; empty for none."""
    return {} if text is None else dict(json.loads(text))


def recall(session: Session, key: str) -> dict[str, Any]:
    """The same on a connection of its own."""
    with session.read() as connection:
        return recalled(connection, key)


def keep(connection: Connection, key: str, facts: dict[str, Any]) -> None:
    """Replaces what is kept; in the caller's transaction."""
    connection.exec_driver_sql(
        "insert or replace into _sync (key, value) values (?, ?)",
        (key, json.dumps(facts, ensure_ascii=False)),
    )
