"""Local calendar days of this store, as the law takes them. Any thread."""

from datetime import date

from sqlalchemy import Connection

from desktop.rules.calendar import LocalDay


def local_days(connection: Connection) -> list[LocalDay]:
    """Every row of `calendar_day`, by calendar and day."""
    cursor = connection.exec_driver_sql(
        "select day, calendar, off, name, source from calendar_day order by calendar, day"
    )
    return [
        LocalDay(date.fromisoformat(row[0]), row[1], bool(row[2]), row[3], row[4]) for row in cursor
    ]
