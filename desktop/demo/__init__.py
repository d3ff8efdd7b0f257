"""The demo city: invented courts' staff, cases and events, made again by the same seed. No Qt."""

from typing import Final

from sqlalchemy import Connection

DEMO_KEY: Final = "demo"


def is_demo(connection: Connection) -> bool:
    """Whether this store holds the demo city; such a store never takes real data."""
    found = connection.exec_driver_sql("select value from setting where key = ?", (DEMO_KEY,))
    return found.scalar_one_or_none() == "1"
