"""The live map by real clicks: days, orders, places, the list, sources, registers, maps."""

import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from desktop.contract.positions import PositionState, SourceLine
from desktop.panels.live_map.view import LiveMapView
from storage.records.changes import ALL, ChangeSet
from tests.command.positions.field_rows import batch_row, duty
from tests.panels.live_map.conftest import (
    Town,
    chosen,
    click,
    dialog,
    leaves,
    listed,
    marks_of,
    pixel,
    ready,
    rows_of_list,
    shown,
)
from tests.rules.track_days import Drive, place, point

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def test_a_persons_day_is_opened_with_a_purpose_only(
    qtbot: QtBot, town: Town, view: LiveMapView
) -> None:
    town.stand("officer", range(0, 590, 10), source="gpsd")
    chosen(view, town, "officer")
    click(qtbot, view.units.card.day)
    asked = dialog("ask_purpose")
    click(qtbot, asked.findChild(QPushButton, "accept"))
    assert view.day.day is None
    assert town.rows("read_log") == []
    qtbot.keyClicks(asked.findChild(QLineEdit), "why he came late")
    click(qtbot, asked.findChild(QPushButton, "accept"))
    qtbot.waitUntil(view.day.isVisible)
    (look,) = town.rows("read_log")
    assert (look.purpose, look.person_id) == ("why he came late", town.field.driver)
    assert look.object == "轨迹：林知远 2026-03-09"
    assert "停留 1 次" in view.day.words.text()
    click(qtbot, view.day.back)
    assert view.units.isVisible()


def test_a_vehicles_day_has_its_trips_and_their_errands(qtbot: QtBot, town: Town) -> None:
    drive = Drive("car").stand(600).to(2000, 0).stand(900).to(0, 0).stand(600)
    town.write("position_batch", batch_row(town.field, "car", drive.made))
    with town.context.engine.begin() as connection:
        duty(connection, town.field, "car", "on", point(-60).at, "拖移")
        duty(connection, town.field, "car", "off", point(1200).at)
    town.context.at = point(4000).at
    view = shown(qtbot, town)
    chosen(view, town, "car")
    click(qtbot, view.units.card.day)
    qtbot.waitUntil(view.day.isVisible)
    rows = rows_of_list(view.day._listing)
    assert [row["kind"][1] for row in rows] == ["停留", "行驶", "停留", "行驶", "停留"]
    assert [row["errand"] for row in rows if row["kind"][1] == "行驶"] == [
        "拖移 · 何映川",
        "无用车单",
    ]
    assert "1 段没有对应的用车单" in view.day.words.text()
    assert view.map.canvas._trails is not None
    assert [row.purpose for row in town.rows("read_log")] == [None]
    click(qtbot, view.day.before)
    qtbot.waitUntil(lambda: "当日没有定位" in view.day.words.text())
    assert len(town.rows("read_log")) == 2


def test_a_right_click_gives_an_order(qtbot: QtBot, town: Town) -> None:
    town.stand("car", range(0, 590, 10))
    view = shown(qtbot, town)
    ready(qtbot, view)
    canvas, car = view.map.canvas, town.field.units["car"]
    qtbot.waitUntil(lambda: canvas.units.place_of(car) is not None)
    canvas.repaint()
    placed = canvas.units.place_of(car)
    assert placed is not None
    at = QPoint(round(placed.x), round(placed.y))
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, canvas.mapToGlobal(at))
    QApplication.sendEvent(canvas, event)
    menu = view.findChild(QMenu, "unit_menu")
    assert menu is not None
    menu.actions()[0].trigger()
    menu.close()
    ((panel, params),) = town.context.opened
    assert panel == "remote_command"
    assert params == {"new": "1", "team_id": town.field.teams[0], "unit_id": car}


def place_menu(view: LiveMapView, lat: float, lon: float) -> QMenu:
    canvas, at = view.map.canvas, pixel(view, lat, lon)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, canvas.mapToGlobal(at))
    QApplication.sendEvent(canvas, event)
    menu = view.findChild(QMenu, "place_menu")
    assert menu is not None
    menu.setObjectName("")
    return menu


def test_a_place_is_ordered_to_and_reported_from(
    qtbot: QtBot, town: Town, view: LiveMapView
) -> None:
    ready(qtbot, view)
    there = place(200, 300)
    place_menu(view, *there).actions()[0].trigger()
    ((_panel, params),) = town.context.opened
    assert set(params) == {"new", "lat_e7", "lon_e7"}
    assert int(params["lat_e7"]) / 1e7 == pytest.approx(there[0], abs=1e-4)
    chosen(view, town, "truck")
    place_menu(view, *there).actions()[2].trigger()
    qtbot.waitUntil(lambda: listed(view)["truck"]["state"][1] == "在线")
    mark = marks_of(view, town)["truck"]
    assert (mark.source, mark.accuracy_m) == ("人工报告", 100.0)
    assert mark.latitude == pytest.approx(there[0], abs=1e-4)
    # Of a person off duty nobody notes a place either.
    chosen(view, town, "officer")
    place_menu(view, *there).actions()[2].trigger()
    assert town.context.notices[-1] == ("error", "林知远未在出勤，其位置不予记录。")


def test_the_list_is_filtered_by_team_and_duty(qtbot: QtBot, town: Town, view: LiveMapView) -> None:
    view.tools.teams.set_selected([town.field.teams[1]])
    view.tools.teams.changed.emit()
    assert set(listed(view)) == {"van"}
    view.tools.show_all()
    click(qtbot, view.tools.on_duty)
    assert listed(view) == {}
    with town.context.engine.begin() as connection:
        duty(connection, town.field, "truck", "on", point(0).at, "押运")
    town.context.changed.emit(ChangeSet({"duty_act": ALL}))
    qtbot.waitUntil(lambda: set(listed(view)) == {"truck"})
    assert view.tools.count.text() == "1 of 4 on duty"


def test_each_source_says_how_it_stands(town: Town, view: LiveMapView) -> None:
    assert "no source" in view.sources.text()
    lost = SourceLine("gpsd", "trouble", "连接不上 gpsd，2 秒后自动重连")
    town.context.positions.say(PositionState((lost,), waiting=12, dropped=3))
    assert "连接不上 gpsd" in view.sources.text()
    assert "12 points" in view.sources.text()
    assert view.tools.health.sizeHint().width() > 0
    town.context.positions.say(PositionState((SourceLine("gpsd", "live", "gpsd 定位正常"),)))
    assert view.tools.health.sizeHint().width() == 0


def test_rows_are_wanted_sooner_while_the_map_is_on_show(town: Town, view: LiveMapView) -> None:
    assert town.context.positions.watched == 1
    view.hide()
    assert town.context.positions.watched == 0
    view.show()
    view.show()
    assert town.context.positions.watched == 1


def test_sources_are_set_and_made_anew(qtbot: QtBot, town: Town, view: LiveMapView) -> None:
    view.deeds.ask_sources()
    form: Any = dialog("source_dialog")
    values = {"position_receiver": "gpsd", "position_unit": town.field.units["car"]}
    form.form.set_values({**values, "gpsd_address": "nowhere:0", "token": "secret"})
    click(qtbot, form.form.submit_button)
    assert form.form.field("gpsd_address").error()
    assert town.context.positions.acts == []
    form.form.set_values({"gpsd_address": "gps:2947", "traccar_address": "vehicles"})
    click(qtbot, form.form.submit_button)
    assert "https://" in form.form.field("traccar_address").error()
    form.form.set_values({"traccar_address": "https://vehicles.example"})
    click(qtbot, form.form.submit_button)
    assert town.context.positions.acts == [("token", "secret"), "restart"]
    assert town.context.settings["position_receiver"] == "gpsd"
    assert "secret" not in json.dumps(town.context.settings)


def test_a_unit_is_registered(qtbot: QtBot, town: Town, view: LiveMapView) -> None:
    click(qtbot, view.tools.unit)
    form: Any = dialog("unit_dialog")
    values = {"kind": "vehicle", "source": "traccar", "name": "备勤车", "device": "862-car"}
    form.form.set_values({**values, "team_id": town.field.teams[0]})
    click(qtbot, form.form.submit_button)
    assert form.form.field("name").error() == "设备“862-car”已属于car。"
    form.form.set_values({"device": "862-77"})
    click(qtbot, form.form.submit_button)
    qtbot.waitUntil(lambda: "备勤车" in listed(view))


def test_a_map_of_ones_own_is_remembered_if_it_is_one(
    qtbot: QtBot, town: Town, view: LiveMapView, tmp_path: Path
) -> None:
    bad, good = tmp_path / "bad.geojson", tmp_path / "good.geojson"
    bad.write_text("{}", "utf-8")
    good.write_text(geojson_feature(), "utf-8")
    view.files.use_base(str(bad))
    assert town.context.setting("map_file") == ""
    view.files.use_base(str(good))
    assert town.context.setting("map_file") == str(good)
    view.files.use_overlay(str(good))
    assert town.context.setting("map_overlays") == str(good)
    assert len(view.map.canvas.overlays) == 1
    again = shown(qtbot, town)
    assert [overlay.id for overlay in again.map.canvas.overlays] == [str(good)]
    # The disk of a plan is not there today: that is told, and the plan is not forgotten.
    good.rename(tmp_path / "elsewhere")
    without = shown(qtbot, town)
    assert "good" in without.map.message
    assert town.context.setting("map_overlays") == str(good)
    again.tools.no_plans_asked.emit()
    assert (town.context.setting("map_overlays"), again.map.canvas.overlays) == ("", [])
    assert town.context.setting("map_file") == str(good)
    again.files.use_overlay(str(tmp_path / "elsewhere"))
    again.files.use_shipped()
    assert (town.context.setting("map_file"), again.map.canvas.overlays) == ("", [])


def geojson_feature() -> str:
    ring = [[112.4, 34.6], [112.5, 34.6], [112.5, 34.7], [112.4, 34.6]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"kind": "plan"}, "geometry": geometry}
    return json.dumps({"type": "FeatureCollection", "features": [feature]})


def test_one_comes_from_elsewhere_to_a_unit(qtbot: QtBot, town: Town) -> None:
    town.stand("van", range(0, 590, 10), 5_000)
    view = LiveMapView(town.context)
    qtbot.addWidget(view)
    view.apply({"unit_id": town.field.units["van"]})  # asked for before anything was read
    view.resize(1200, 700)
    view.show()
    qtbot.waitExposed(view)
    qtbot.waitUntil(lambda: view.units.current() == town.field.units["van"])
    assert view.map.canvas.chosen.selected == town.field.units["van"]
    view.apply({"lat_e7": "346500000", "lon_e7": "1124500000"})
    assert view.map.canvas.view.latitude == pytest.approx(34.65, abs=1e-6)


def test_a_low_window_leaves_its_room_to_map_and_list(qtbot: QtBot, town: Town) -> None:
    leaves(town)
    view = shown(qtbot, town)
    assert view.units.card.isVisible()
    view.resize(900, 300)
    qtbot.waitUntil(lambda: not view.units.card.isVisible())
