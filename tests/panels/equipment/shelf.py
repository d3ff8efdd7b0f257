"""A shelf of equipment in the real city, on the city's day at half past eight. All invented."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from desktop.command.equipment import acts as do
from desktop.command.equipment.register import Item, item
from storage.schema import table
from tests.panels.real_city import RealCity, real_city


@dataclass
class Shelf:
    """Two cameras, a radio that is lent and late, a drone that is broken."""

    city: RealCity
    camera: str
    second: str
    radio: str
    drone: str

    @property
    def now(self) -> datetime:
        return self.city.context.now()

    def by(self, hours_ago: float = 0) -> do.By:
        return do.By(self.city.operator, self.now - timedelta(hours=hours_ago))

    def thing(self, key: str) -> Item:
        with self.city.context.engine.connect() as connection:
            found = item(connection, key)
        assert found is not None
        return found

    def count(self, name: str) -> int:
        with self.city.context.engine.connect() as connection:
            return len(connection.execute(select(table(name).c.id)).all())


def shelf(folder: Path, *, deferred: bool = False) -> Shelf:
    """Made by the desk's own commands."""
    city = real_city(folder, deferred=deferred)
    made = {}
    with city.context.engine.begin() as connection:
        for number, name, kind, days in (
            ("ZB-01", "执法记录仪 01", "body_camera", 365),
            ("ZB-02", "执法记录仪 02", "body_camera", 365),
            ("ZB-03", "对讲机 01", "radio", None),
            ("ZB-04", "无人机 01", "drone", None),
        ):
            thing = do.NewThing(city.team, number, name, kind, calibrate_days=days)
            by = do.By(city.operator, city.context.now())
            made[number] = do.register(connection, do.Register(thing, by))
    found = Shelf(city, *(made[f"ZB-0{n}"] for n in (1, 2, 3, 4)))
    with city.context.engine.begin() as connection:
        until = (found.now + timedelta(days=200)).date()
        for camera in (found.camera, found.second):
            do.calibrate(connection, do.Calibration(camera, found.by(24 * 100), until))
        due = found.now - timedelta(hours=26)
        do.lend(connection, do.Loan((found.radio,), city.handler, due, found.by(30)))
        ticket = do.report_fault(connection, do.Fault(found.drone, "桨叶开裂", found.by(400)))
        do.repair(connection, do.Repair(found.drone, ticket, "更换桨叶", found.by(380)))
        do.report_fault(connection, do.Fault(found.drone, "无法返航", found.by(200)))
    return found
