"""The navigator of the desk: the panels of the duty in front stand beneath it with their counts."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.contract.context import Who
from desktop.contract.panel import PanelSpec
from desktop.rules.calendar import load_calendars
from desktop.shell import navigation
from desktop.shell.navigation import Navigation
from desktop.shell.registry import Registry
from storage.records.changes import ALL, ChangeSet


def spec(key: str, duty: str, order: int, count: str = "queries:count", **more: Any) -> PanelSpec:
    words = {"title": key, "icon": "", "view": "view:V", "area": "center", **more}
    return PanelSpec(id=key, duty=duty, order=order, count=count, tables=("case",), **words)


REGISTRY = Registry(
    (
        spec("orders", "remote_command", 1),
        spec("map", "remote_command", 2),
        spec("plain", "remote_command", 3, count=""),
        spec("times", "remote_command", 4, area="bottom"),
        spec("letters", "supervision", 5),
    )
)


@dataclass
class _Law:
    court_calendar: Any = field(default_factory=lambda: load_calendars().of("court"))


class _Context(QObject):
    """Answers every count at once with the number of the panel."""

    changed = Signal(object)
    day_changed = Signal(object)
    who = Who("p", "甲", "operator")
    law = _Law()

    def __init__(self) -> None:
        super().__init__()
        self.counted: list[str] = []

    def today(self) -> date:
        return date(2026, 11, 23)

    def read(self, _owner: Any, _channel: str, _query: Any, args: Any, done: Any, _no: Any) -> None:
        panel: PanelSpec = args[0]
        self.counted.append(panel.id)
        done((panel.order * 10, "overdue"))


@pytest.fixture
def held(qtbot: QtBot) -> tuple[Navigation, _Context]:
    made, context = Navigation(REGISTRY), _Context()
    qtbot.addWidget(made.widget)
    made.widget.resize(220, 900)
    made.widget.show()
    qtbot.waitExposed(made.widget)
    made.attach(context)  # type: ignore[arg-type]
    return made, context


def counts(made: Navigation) -> dict[str, int | None]:
    lines = made.widget.rows._items()
    return {line.key: line.count for line in lines if line.count is not None}


def test_the_panels_of_the_duty_in_front_stand_beneath_it(
    qtbot: QtBot, held: tuple[Navigation, _Context]
) -> None:
    made, context = held
    assert counts(made) == {"remote_command": 10, "supervision": 50}
    assert made.widget.rows.rect_of("panel:map").isNull()
    made.mark("orders")
    assert counts(made) == {"remote_command": 10, "panel:map": 20, "supervision": 50}
    assert not made.widget.rows.rect_of("panel:plain").isNull()
    assert made.widget.rows.rect_of("panel:times").isNull(), "a plot stands below anyhow"
    with qtbot.waitSignal(made.panel_wanted) as wanted:
        place = made.widget.rows.rect_of("panel:map").center()
        QTest.mouseClick(made.widget.rows, Qt.MouseButton.LeftButton, pos=place)
    assert wanted.args == ["map"]
    made.mark("map")
    made.mark("letters")
    assert made.widget.rows.rect_of("panel:map").isNull()
    made.mark("map")
    assert counts(made)["panel:map"] == 20, "what was counted is shown at once"
    context.counted.clear()
    context.changed.emit(ChangeSet({"case": ALL}))
    assert sorted(context.counted) == ["letters", "map", "orders"]


def test_a_count_that_cannot_be_had_is_left_out(held: tuple[Navigation, _Context]) -> None:
    made, context = held
    context.read = lambda *args: args[-1]("坏")  # type: ignore[method-assign]
    context.changed.emit(ChangeSet({"case": ALL}))
    assert counts(made) == {}


def test_every_duty_of_the_file_has_a_line() -> None:
    keys = [duty.key for group in navigation.load_duties() for duty in group.duties]
    assert len(set(keys)) == len(keys)
    assert {"remote_command", "supervision", "funds"} <= set(keys)
