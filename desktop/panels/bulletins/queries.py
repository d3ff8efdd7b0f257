"""What the panel of bulletins reads. Reader lanes."""

from datetime import date

from sqlalchemy import Connection

from desktop.command.bulletins import waiting


def count(connection: Connection, _today: date, person_id: str | None) -> tuple[int, str]:
    """How many wait for the person at the keyboard."""
    return waiting(connection, person_id), "due_soon"
