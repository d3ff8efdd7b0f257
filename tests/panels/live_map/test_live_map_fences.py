"""Fences of the live map by real clicks: drawn, named, given up, ended."""

import json
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from desktop.command.positions.points import stamp
from desktop.panels.live_map.view import LiveMapView
from tests.panels.live_map.conftest import (
    MIDDLE,
    Town,
    click,
    dialog,
    fence_row,
    pixel,
    ready,
    shown,
)
from tests.rules.track_days import place

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def test_a_fence_is_drawn_by_clicks(qtbot: QtBot, town: Town, view: LiveMapView) -> None:
    ready(qtbot, view)
    view.tools.fence_asked.emit()
    assert view.draw.isVisible()
    assert not view.draw.finish.isEnabled()
    corners = [place(300, -300), place(300, 300), place(-300, 300), place(-300, -300)]
    for corner in corners:
        click_at(qtbot, view, corner)
    click(qtbot, view.draw.undo)
    assert view.draw.finish.isEnabled()
    assert len(view.map.canvas._fences) == 1
    click(qtbot, view.draw.finish)
    assert view.map.canvas._fences == ()
    form = dialog("zone_dialog")
    qtbot.keyClicks(form.findChild(QLineEdit, "name"), "cordon")
    click(qtbot, form.form.submit_button)  # type: ignore[attr-defined]
    (row,) = town.rows("fence")
    assert (row.name, row.kind, row.maker_id) == ("cordon", "fence", town.field.driver)
    told = json.loads(row.shape)["coordinates"][0]
    assert len(told) == 4
    lat, lon = corners[0]
    assert (told[0][1], told[0][0]) == pytest.approx((lat, lon), abs=1e-4)
    qtbot.waitUntil(lambda: [fence.label for fence in view.map.canvas._fences] == ["cordon"])


def click_at(qtbot: QtBot, view: LiveMapView, corner: tuple[float, float]) -> None:
    at = pixel(view, *corner)
    assert view.map.canvas.rect().contains(at)
    qtbot.mouseClick(view.map.canvas, Qt.MouseButton.LeftButton, pos=at)


def test_drawing_is_given_up(qtbot: QtBot, view: LiveMapView) -> None:
    ready(qtbot, view)
    view.tools.fence_asked.emit()
    click_at(qtbot, view, place(100, 100))
    assert len(view.map.canvas._fences) == 1
    click(qtbot, view.draw.cancel)
    assert view.map.canvas._fences == ()
    assert not view.draw.isVisible()


def test_a_fence_without_a_name_is_refused_beneath_its_field(
    qtbot: QtBot, town: Town, view: LiveMapView
) -> None:
    view.deeds.ask_zone((MIDDLE,))
    form: Any = dialog("zone_dialog")
    click(qtbot, form.form.submit_button)
    assert form.form.field("name").error()
    assert town.rows("fence") == []
    form.form.close_keeping_draft()


def test_a_fence_is_ended_from_its_menu(qtbot: QtBot, town: Town) -> None:
    town.write("fence", fence_row(town.field))
    view = shown(qtbot, town)
    ready(qtbot, view)
    qtbot.waitUntil(lambda: len(view.map.canvas._fences) == 1)
    click_at(qtbot, view, MIDDLE)
    menu = view.findChild(QMenu, "fence_menu")
    assert menu is not None
    menu.actions()[2].trigger()
    menu.close()
    click(qtbot, dialog("end_fence").findChild(QPushButton, "accept"))
    assert town.rows("fence")[0].to_at == stamp(town.context.at)
    qtbot.waitUntil(lambda: view.map.canvas._fences == ())
