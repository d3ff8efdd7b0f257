"""What a version added to the tables that travel: the hub's values of it are still to be fetched.

A replica that was filled under an earlier version passed over columns and tables it did not know.
`_sync` keeps what is missing until a pull has brought it. Writer's thread.
"""

import json
from typing import Final

from sqlalchemy import Connection

from storage.schema import synced_tables

KEY: Final = "refill"
Added = dict[int, list[str]]  # table number -> new columns; none: the whole table


def columns_there(connection: Connection) -> dict[str, set[str]]:
    """Travelling table to its columns in this file; tables that are missing are left out."""
    found = {}
    for table in synced_tables():
        rows = connection.exec_driver_sql(f'pragma table_info("{table.name}")').all()
        if rows:
            found[table.name] = {str(row[1]) for row in rows}
    return found


def note(connection: Connection, before: dict[str, set[str]]) -> None:
    """Remembers what is new since `before`, in a file that a hub has filled."""
    if not connection.exec_driver_sql("select 1 from _ctl where cursor is not null").scalar():
        return
    missing = wanted(connection)
    for name, columns in columns_there(connection).items():
        number = next(t.info["number"] for t in synced_tables() if t.name == name)
        new = sorted(columns - before.get(name, set()))
        if name not in before:
            missing[number] = []
        elif new and missing.get(number) != []:
            missing[number] = sorted({*missing.get(number, []), *new})
    if missing:
        connection.exec_driver_sql(
            "insert or replace into _sync (key, value) values (?, ?)",
            (KEY, json.dumps({str(number): names for number, names in missing.items()})),
        )


def wanted(connection: Connection) -> Added:
    """What a pull still has to bring."""
    text = connection.exec_driver_sql("select value from _sync where key = ?", (KEY,)).scalar()
    if text is None:
        return {}
    return {int(number): list(names) for number, names in json.loads(text).items()}


def fetched(connection: Connection) -> None:
    """All of it is here; in the transaction of its rows."""
    connection.exec_driver_sql("delete from _sync where key = ?", (KEY,))
