"""A town of units in the field for the live map, and the clicks of its tests."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import insert, select

from desktop.command.positions.changing import geojson_of
from desktop.command.positions.points import stamp
from desktop.contract.context import Who
from desktop.panels.live_map.view import LiveMapView
from storage.records.changes import ALL, ChangeSet
from storage.schema import table
from tests.command.positions.field_rows import Field, batch_row, field_rows
from tests.panels.fake_context import FakeContext, memory_engine
from tests.rules.track_days import YARD, place, point
from widgets.map import UnitMark

TODAY = date(2026, 3, 9)
MIDDLE = place(0, 0)


class Desk(FakeContext):
    """A desk whose clock the test turns."""

    at: datetime

    def now(self) -> datetime:
        return self.at


@dataclass
class Town:
    """A context with units and their morning."""

    context: Desk
    field: Field

    def write(self, into: str, *rows: dict[str, Any]) -> None:
        with self.context.engine.begin() as connection:
            connection.execute(insert(table(into)), list(rows))
        self.context.changed.emit(ChangeSet({into: ALL}))

    def rows(self, name: str) -> list[Any]:
        with self.context.engine.connect() as connection:
            return list(connection.execute(select(table(name))))

    def stand(self, unit: str, seconds: range, north: float = 0, **more: Any) -> None:
        points = [point(second, north, 0, unit, **more) for second in seconds]
        self.write("position_batch", batch_row(self.field, unit, points))

    def sit_down(self, person: str, name: str) -> None:
        self.context.who = Who(person, name, "法官")


@pytest.fixture
def town(tmp_path: Path) -> Town:
    engine = memory_engine()
    with engine.begin() as connection:
        field = field_rows(connection)
    who = Who(field.driver, "何映川", "值班员")
    context = Desk(engine, None, today=TODAY, folder=tmp_path, who=who)
    context.at = point(600).at
    return Town(context, field)


def fence_row(field: Field) -> dict[str, Any]:
    about = {"alarms": ["leave"], "devices": [], "radius_m": YARD.radius_m}
    return {
        "id": YARD.id,
        "team_id": field.teams[0],
        "name": YARD.name,
        "kind": "fence",
        "shape": geojson_of(YARD.corners),
        "watched": json.dumps(about),
        "from_at": stamp(point(-3600).at),
        "maker_id": field.officer,
        "scope": 1,
    }


@pytest.fixture
def view(qtbot: QtBot, town: Town) -> LiveMapView:
    return shown(qtbot, town)


def shown(qtbot: QtBot, town: Town) -> LiveMapView:
    made = LiveMapView(town.context)
    qtbot.addWidget(made)
    for listing in (made.units._listing, made.day._listing):
        mode = QAbstractItemModelTester.FailureReportingMode.Fatal
        QAbstractItemModelTester(listing.model, mode, listing.model)
    made.resize(1280, 800)
    made.show()
    qtbot.waitExposed(made)
    return made


def listed(view: LiveMapView) -> dict[str, dict[str, Any]]:
    """What the list says, by name of unit."""
    return {str(row["name"]): row for row in rows_of_list(view.units._listing)}


def rows_of_list(listing: Any) -> list[dict[str, Any]]:
    """The rows of a short list, whether they have been painted or not."""
    return [dict(listing._source._rows[row_id]) for row_id in listing.model.ids]


def marks_of(view: LiveMapView, town: Town) -> dict[str, UnitMark]:
    """What is on the map, by name of unit."""
    found = {name: view.map.canvas.units.get(key) for name, key in town.field.units.items()}
    return {name: mark for name, mark in found.items() if mark is not None}


def click(qtbot: QtBot, button: QWidget) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def dialog(name: str) -> QDialog:
    """The newest dialog of that name."""
    found = [
        one
        for one in QApplication.allWidgets()
        if isinstance(one, QDialog) and one.objectName() == name and one.isVisible()
    ]
    return found[-1]


def chosen(view: LiveMapView, town: Town, unit: str) -> None:
    view.units.choose(town.field.units[unit])


def pixel(view: LiveMapView, lat: float, lon: float) -> QPoint:
    left, top = view.map.canvas.view.place_of(lon, lat)
    return QPoint(round(left), round(top))


def ready(qtbot: QtBot, view: LiveMapView) -> None:
    """The map stands about the yard, some hundred metres wide."""
    view.map.canvas.centre_on(MIDDLE[1], MIDDLE[0])
    while view.map.canvas.view.metres_per_pixel > 4:
        view.map.canvas.zoom_by(1)


def leaves(town: Town) -> None:
    town.write("fence", fence_row(town.field))
    town.stand("car", range(0, 120, 10))
    town.stand("car", range(200, 320, 40), 400)
