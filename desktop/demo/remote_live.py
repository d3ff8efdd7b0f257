"""Live events of remote command in the demo city: an order acknowledged, a vehicle further on.

Writer thread; no Qt.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final

from sqlalchemy import Connection

from desktop.contract.court_zone import COURT_ZONE
from desktop.demo import remote_equipment, remote_operations, remote_orders, remote_positions
from storage.ids import new_id
from storage.schema import table


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant of the demo's day. `now` is the clock of this hour on the held day."""

    connection: Connection
    rng: Random
    now: datetime

    def ago(self, seconds: float) -> str:
        """The instant that many seconds before now."""
        return (self.now - timedelta(seconds=seconds)).isoformat(timespec="seconds")

    def put(self, name: str, values: dict[str, Any]) -> str:
        """Writes one row and gives its id; `values` names the scope of a team's row."""
        row = {"id": new_id(), **values}
        self.connection.execute(table(name).insert().values(row))
        return str(row["id"])

    def pick(self, sql: str, *values: object) -> Any:
        """One row of those found, or None."""
        rows = self.connection.exec_driver_sql(sql, values).fetchall()
        return self.rng.choice(rows) if rows else None


# Each area names its event here: it writes one change and says what it was, None when it has none.
EVENTS: Final[tuple[Callable[[Moment], str | None], ...]] = (
    remote_orders.live,
    remote_equipment.live,
    remote_operations.live,
)


def go_on(connection: Connection, rng: Random, today: date) -> None:
    """Whoever is out is a little further on; that is no event of its own."""
    remote_positions.live(_moment(connection, rng, today))


def _moment(connection: Connection, rng: Random, today: date) -> Moment:
    now = datetime.combine(today, datetime.now(COURT_ZONE).time(), COURT_ZONE)
    return Moment(connection, rng, now)


def play(connection: Connection, rng: Random, today: date) -> str | None:
    """Plays one event of some area; None when no area has any."""
    moment = _moment(connection, rng, today)
    for event in rng.sample(EVENTS, len(EVENTS)):
        said = event(moment)
        if said is not None:
            return said
    return None
