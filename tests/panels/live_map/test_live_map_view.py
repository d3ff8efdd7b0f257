"""The live map by real clicks: units and their ages, alarms, fences, days, duty, sources."""

import json
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import insert, select

from desktop.command.positions import reading
from desktop.command.positions.alarms import WRITE_LABEL
from desktop.command.positions.changing import NOTE_LABEL, geojson_of
from desktop.command.positions.points import stamp
from desktop.command.positions.reading import Route
from desktop.contract.alarms import AlarmKeeper
from desktop.contract.context import Who
from desktop.contract.positions import PositionState, SourceLine
from desktop.panels.live_map.attending import start
from desktop.panels.live_map.queries import units_on_duty
from desktop.panels.live_map.view import LiveMapView
from desktop.rules.operation_plan import Plan, RoutePoint, plan_text
from storage.records.changes import ALL, ChangeSet
from storage.schema import table
from tests.command.positions.field_rows import Field, batch_row, duty, field_rows
from tests.panels.fake_context import FakeContext, memory_engine
from tests.rules.track_days import YARD, Drive, place, point
from widgets.map import UnitMark

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
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


def leaves(town: Town) -> None:
    town.write("fence", fence_row(town.field))
    town.stand("car", range(0, 120, 10))
    town.stand("car", range(200, 320, 40), 400)


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


def pixel(view: LiveMapView, lat: float, lon: float) -> QPoint:
    left, top = view.map.canvas.view.place_of(lon, lat)
    return QPoint(round(left), round(top))


def ready(qtbot: QtBot, view: LiveMapView) -> None:
    """The map stands about the yard, some hundred metres wide."""
    view.map.canvas.centre_on(MIDDLE[1], MIDDLE[0])
    while view.map.canvas.view.metres_per_pixel > 4:
        view.map.canvas.zoom_by(1)


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
