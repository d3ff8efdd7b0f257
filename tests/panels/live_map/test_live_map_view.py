"""The live map by real clicks: units and their ages, alarms, ways of operations."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.command.positions import reading
from desktop.command.positions.alarms import WRITE_LABEL
from desktop.command.positions.changing import NOTE_LABEL
from desktop.command.positions.live import UnitNow
from desktop.command.positions.reading import Route
from desktop.contract.alarms import AlarmKeeper
from desktop.panels.live_map.attending import start
from desktop.panels.live_map.marks import trails_of
from desktop.panels.live_map.queries import units_on_duty
from desktop.panels.live_map.view import LiveMapView
from desktop.rules.operation_plan import Plan, RoutePoint, plan_text
from storage.records.changes import ALL, ChangeSet
from storage.schema import table
from tests.command.positions.field_rows import batch_row
from tests.panels.live_map.conftest import (
    TODAY,
    Desk,
    Town,
    chosen,
    click,
    dialog,
    leaves,
    listed,
    marks_of,
    shown,
)
from tests.rules.track_days import place, point

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def test_units_are_listed_and_painted_with_their_age(qtbot: QtBot, town: Town) -> None:
    town.stand("car", range(0, 590, 10))
    town.stand("van", range(0, 100, 10), accuracy=180.0)
    view = shown(qtbot, town)
    qtbot.waitUntil(lambda: len(listed(view)) == 4)
    rows = listed(view)
    assert rows["car"]["age"].text == "20 秒前"
    assert rows["car"]["state"] == ("normal", "在线")
    assert rows["car"]["accuracy"].text == "±5 米"
    assert rows["van"]["state"] == ("overdue", "已旧")
    assert rows["truck"]["state"] == ("unknown", "从未定位")
    marks = marks_of(view, town)
    assert set(marks) == {"car", "van"}
    assert (marks["car"].opacity, marks["car"].stale, marks["car"].age_s) == (1.0, False, 20.0)
    assert marks["van"].opacity < 0.5
    assert marks["van"].stale
    # Time goes on, and nothing is read for it.
    town.context.at += timedelta(seconds=90)
    view._on_tick()
    assert listed(view)["car"]["age"].text == "1 分钟前"
    assert listed(view)["car"]["state"] == ("due_soon", "渐旧")
    assert marks_of(view, town)["car"].opacity < 1.0


def test_what_comes_in_is_shown(qtbot: QtBot, town: Town, view: LiveMapView) -> None:
    assert listed(view)["car"]["state"] == ("unknown", "从未定位")
    town.stand("car", range(0, 590, 10))
    qtbot.waitUntil(lambda: listed(view)["car"]["state"][1] == "在线")
    town.stand("car", range(590, 600, 5))
    qtbot.waitUntil(lambda: listed(view)["car"]["age"].text == "5 秒前")


def test_of_a_person_off_duty_no_place_is_told(qtbot: QtBot, town: Town) -> None:
    town.stand("officer", range(0, 590, 10), source="gpsd")
    view = shown(qtbot, town)
    assert listed(view)["林知远"]["state"] == ("paused", "未出勤")
    assert marks_of(view, town) == {}
    chosen(view, town, "officer")
    assert "只在出勤期间" in view.units.card.words.text()
    # Another cannot put him on duty; he himself does it with one click.
    click(qtbot, view.units.card.duty)
    assert town.context.notices[-1] == ("error", "林知远的出勤须由本人登记。")
    town.sit_down(town.field.officer, "林知远")
    click(qtbot, view.units.card.duty)
    qtbot.waitUntil(lambda: listed(view)["林知远"]["state"][1] != "未出勤")
    assert view.units.card.duty.text() == "Go off duty"
    assert [row.act for row in town.rows("duty_act")] == ["on"]
    assert set(marks_of(view, town)) == {"officer"}
    town.context.at += timedelta(minutes=1)
    click(qtbot, view.units.card.duty)
    qtbot.waitUntil(lambda: marks_of(view, town) == {})


def test_a_vehicle_goes_out_with_its_errand(qtbot: QtBot, town: Town, view: LiveMapView) -> None:
    chosen(view, town, "car")
    click(qtbot, view.units.card.duty)
    asked = dialog("ask_errand")
    asked.findChild(QLineEdit).setText("送达")
    click(qtbot, asked.findChild(QPushButton, "accept"))
    qtbot.waitUntil(lambda: listed(view)["car"]["duty"] == "何映川 · 送达")
    with town.context.engine.connect() as connection:
        assert units_on_duty(connection, TODAY) == (1, "")


def test_an_alarm_stays_until_somebody_takes_note(qtbot: QtBot, town: Town) -> None:
    leaves(town)
    view = shown(qtbot, town)
    qtbot.waitUntil(view.alarms.isVisible)
    (alarm,) = view.alarms.shown
    assert "离开围栏：仓库" in alarm.record.sentence()
    assert marks_of(view, town)["car"].state == "overdue"
    # Late truth refutes it; it stays, and says so.
    points = [point(s, 0, 0, "car", late_s=900) for s in range(205, 330, 5)]
    town.write("position_batch", batch_row(town.field, "car", points))
    qtbot.waitUntil(lambda: view.alarms.shown[0].corrected)
    assert view.alarms.isVisible()
    assert "已更正" in view.alarms.accessibleName()
    town.context.at = point(2_000).at
    click(qtbot, view.alarms.buttons("note_alarm")[0])
    qtbot.waitUntil(lambda: not view.alarms.isVisible())
    (note,) = town.rows("alarm_note")
    assert (note.alarm, note.person_id) == (alarm.key, town.field.driver)


def test_where_an_alarm_was_is_shown(qtbot: QtBot, town: Town) -> None:
    leaves(town)
    view = shown(qtbot, town)
    view.map.canvas.centre_on(112.7, 34.9)
    click(qtbot, view.alarms.buttons("find_alarm")[0])
    where = view.map.canvas.view
    assert where.latitude == pytest.approx(place(400, 0)[0], abs=1e-5)
    assert view.units.current() == town.field.units["car"]


def test_alarms_are_told_while_nobody_looks(qtbot: QtBot, town: Town) -> None:
    owner = QObject()
    watcher = start(town.context, owner)
    assert town.context.notices == []
    leaves(town)
    qtbot.waitUntil(lambda: len(town.context.notices) == 1)
    assert town.context.notices[0][0] == "error"
    assert "离开围栏：仓库" in town.context.notices[0][1]
    points = [point(s, 0, 0, "car", late_s=900) for s in range(205, 330, 5)]
    town.write("position_batch", batch_row(town.field, "car", points))
    qtbot.waitUntil(lambda: len(town.context.notices) == 2)
    assert (town.context.notices[1][0], "已更正" in town.context.notices[1][1]) == ("info", True)
    del watcher
    # A desk that is opened now says once that something waits.
    again = Desk(town.context.engine, None, today=TODAY, folder=Path("."))
    again.at = town.context.at
    start(again, owner)
    assert [level for level, _text in again.notices] == ["warning"]


def test_the_wall_is_given_what_waits(qtbot: QtBot, town: Town) -> None:
    leaves(town)
    owner = QObject()
    watcher = start(town.context, owner)
    assert isinstance(watcher, AlarmKeeper)
    (held,) = watcher.held()
    assert (held.title, held.words, held.corrected) == ("car", "离开围栏：仓库", False)
    assert held.params == {"unit_id": town.field.units["car"]}
    watcher.acknowledge("no such alarm")
    watcher.acknowledge(held.key)
    qtbot.waitUntil(lambda: watcher.held() == ())
    assert [note.alarm for note in town.rows("alarm_note")] == [held.key]


def test_a_desk_that_commands_writes_an_alarm_down_once(qtbot: QtBot, town: Town) -> None:
    owner = QObject()
    watcher = start(town.context, owner)
    leaves(town)
    qtbot.waitUntil(lambda: len(watcher.held()) == 1)
    assert town.rows("alarm_note") == [], "a judge only looks"
    person = table("person")
    with town.context.engine.begin() as connection:
        chief = person.c.id == town.field.officer
        connection.execute(person.update().where(chief).values(post="bureau_chief"))
    town.sit_down(town.field.officer, "林知远")
    # What late truth does to it is written, too.
    points = [point(s, 0, 0, "car", late_s=900) for s in range(205, 330, 5)]
    town.write("position_batch", batch_row(town.field, "car", points))
    qtbot.waitUntil(lambda: len(town.rows("alarm_note")) == 2)
    assert [row.act for row in town.rows("alarm_note")] == ["raise", "correct"]
    assert {row.person_id for row in town.rows("alarm_note")} == {town.field.officer}
    assert town.context.labels == [WRITE_LABEL]
    (held,) = watcher.held()
    # A desk that is started a week later holds it still.
    again = Desk(town.context.engine, None, today=TODAY, folder=Path("."), who=town.context.who)
    again.at = town.context.at + timedelta(days=7)
    later = start(again, owner)
    assert later.held() == (held,)
    assert again.labels == []
    later.acknowledge(held.key)
    qtbot.waitUntil(lambda: later.held() == ())
    assert again.labels == [NOTE_LABEL]


def test_what_the_hub_refuses_is_not_written_again_and_again(qtbot: QtBot, town: Town) -> None:
    with town.context.engine.begin() as connection:
        connection.execute(table("person").update().values(post="operator"))
    owner = QObject()
    watcher = start(town.context, owner)
    leaves(town)
    qtbot.waitUntil(lambda: len(town.rows("alarm_note")) == 1)
    with town.context.engine.begin() as connection:
        connection.execute(table("alarm_note").delete())
    readings: list[object] = []
    watcher._keeper.changed.connect(readings.append)
    town.context.changed.emit(ChangeSet({"alarm_note": ALL}))
    qtbot.waitUntil(lambda: len(readings) == 1)
    assert town.rows("alarm_note") == []
    assert len(watcher.held()) == 1


def test_the_way_of_a_running_operation_is_laid_over_the_map(qtbot: QtBot, town: Town) -> None:
    points = tuple(
        RoutePoint(name, round(lat * 1e7), round(lon * 1e7))
        for name, (lat, lon) in (("集结点", place(0, 0)), ("现场", place(900, 0)))
    )
    route = Route(
        "o", "清场", reading._route_points(plan_text(Plan(route=(*points, RoutePoint("?")))))
    )
    assert [name for name, _lat, _lon in route.points] == ["集结点", "现场"]
    assert reading._route_points("no plan") == ()
    view = shown(qtbot, town)
    view._take(replace(view._now, routes=(route,)))
    assert [overlay.title for overlay in view.map.canvas.overlays] == ["清场"]
    view._take(replace(view._now, routes=()))
    assert view.map.canvas.overlays == []


def test_trails_of_very_many_vehicles_stay_few_points(town: Town) -> None:
    with town.context.engine.connect() as connection:
        (car, *_rest) = [one for one in reading.units(connection) if one.name == "car"]
    way = tuple(point(second, second) for second in range(900))
    units = [UnitNow(replace(car, id=f"car {n}"), way[-1], None, {}, way) for n in range(500)]
    trails = trails_of(units, "car 7")
    assert len(trails) == 500
    assert sum(len(one.points) for one in trails) < 6_000
    assert len(trails[7].points) > 400
    assert {one.points[-1] for one in trails} == {(way[-1].lon, way[-1].lat)}
    assert len(trails_of(units[:3], "")[0].points) > 400
