"""A court with two teams and their units, written into any connection. All invented."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert

from desktop.command.positions.points import Batch, encoded, rounded, stamp
from desktop.command.positions.reading import batch_ids_after, batches_by_id
from desktop.command.positions.storing import pieces
from desktop.rules.tracks import Point
from storage.ids import new_id
from storage.schema import table


@dataclass(frozen=True)
class Field:
    """Ids of what was written."""

    teams: tuple[str, str]
    officer: str
    driver: str
    units: dict[str, str]  # by name: car, van, truck (vehicles), officer (a person)


def put(connection: Connection, into: str, /, **values: Any) -> str:
    row_id = values.pop("id", None) or new_id()
    connection.execute(insert(table(into)).values(id=row_id, **values))
    return str(row_id)


def field_rows(connection: Connection, *, court: str = "", people: Sequence[str] = ()) -> Field:
    """Writes them; with a court that is there already, its teams are new all the same."""
    court = court or put(connection, "court", code="豫99", name="甲市中级人民法院", short_name="甲")
    teams = tuple(
        put(
            connection,
            "team",
            court_id=court,
            name=f"第{n}执行团队",
            kind="implementation",
            number=n,
        )
        for n in (1, 2)
    )
    officer, driver = (
        put(connection, "person", court_id=court, name=name, post="quota_judge")
        for name in ("林知远", "何映川")
    )
    units = {
        name: put(
            connection,
            "unit",
            team_id=teams[n % 2],
            kind="vehicle",
            name=name,
            device=f"862-{name}",
            source="traccar",
            plate=f"豫C·{n}2345警",
            scope=n % 2 + 1,
        )
        for n, name in enumerate(("car", "van", "truck"))
    }
    units["officer"] = put(
        connection,
        "unit",
        team_id=teams[0],
        kind="person",
        name="林知远",
        device="handset",
        source="gpsd",
        person_id=officer,
        scope=1,
    )
    return Field((teams[0], teams[1]), officer, driver, units)


def duty(
    connection: Connection, field: Field, unit: str, act: str, at: datetime, errand: str = ""
) -> str:
    person = field.officer if unit == "officer" else field.driver
    return put(
        connection,
        "duty_act",
        unit_id=field.units[unit],
        team_id=field.teams[0],
        act=act,
        person_id=person,
        at=stamp(at),
        errand=errand,
        scope=1,
    )


def batch_row(field: Field, unit: str, points: Sequence[Point]) -> dict[str, Any]:
    """A row of position_batch, past the recorder."""
    made = [rounded(point) for point in points]
    return {
        "id": new_id(),
        "unit_id": field.units[unit],
        "team_id": field.teams[0],
        "device": unit,
        "source": made[0].source,
        "from_at": stamp(made[0].at),
        "to_at": stamp(made[-1].at),
        "n": len(made),
        "points": encoded(made),
        "received_at": stamp(max(point.received_at for point in made)),
        "scope": 1,
    }


def rows_of(field: Field, points: Iterable[Point]) -> list[dict[str, Any]]:
    """Points of several devices and sources as the rows that would hold them."""
    lines: dict[tuple[str, str], list[Point]] = {}
    for point in points:
        lines.setdefault((point.device, point.source), []).append(point)
    return [
        batch_row(field, device, part)
        for (device, _source), some in sorted(lines.items())
        for part in pieces(some)
    ]


def walk(
    start: datetime, count: int, device: str, *, every: float = 1.0, source: str = "gpsd"
) -> list[Point]:
    """One point after another to the north, a metre and a half each."""
    return [
        Point(
            device,
            "",
            start + timedelta(seconds=n * every),
            34.62 + n * 1.35e-5,
            112.45,
            4.0,
            1.5,
            0.0,
            source,
            start + timedelta(seconds=n * every + 0.2),
        )
        for n in range(count)
    ]


def all_batches(connection: Connection) -> list[Batch]:
    """Every row of position_batch, by when it was received."""
    return batches_by_id(connection, batch_ids_after(connection, 0, "")[0])
