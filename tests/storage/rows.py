"""Invented rows for the storage tests."""

from typing import Any

from sqlalchemy import Connection, insert

from storage.ids import new_id
from storage.schema import table


def court(**more: Any) -> dict[str, Any]:
    """A court row."""
    return {
        "id": new_id(),
        "code": "豫03",
        "name": "某市中级人民法院",
        "short_name": "市中院",
        **more,
    }


def case(court_id: str, serial: int, **more: Any) -> dict[str, Any]:
    """A case row of that court."""
    return {
        "id": new_id(),
        "number": f"（2024）豫03执{serial}号",
        "court_id": court_id,
        "year": 2024,
        "type_word": "执",
        "serial": serial,
        "filed_on": "2024-03-01",
        **more,
    }


def event(case_id: str, **more: Any) -> dict[str, Any]:
    """A node event of that case."""
    return {"id": new_id(), "case_id": case_id, "kind": "filed", "on": "2024-03-01", **more}


def add(connection: Connection, name: str, *rows: dict[str, Any]) -> None:
    """Inserts rows into the table called `name`."""
    connection.execute(insert(table(name)), list(rows))
