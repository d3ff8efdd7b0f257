"""Police shifts: one team a day by form and by database, hours summed, absences kept apart."""

from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from desktop.errors import UserError
from desktop.panels.teams import commands, duty_queries
from desktop.panels.teams.commands import AbsenceArgs, AssignArgs, ClearArgs
from desktop.panels.teams.page import TeamsPage
from desktop.panels.teams.shifts import (
    hours_text,
    minutes_of,
    monday_of,
    month_of,
    read_time,
    week_reading,
)
from storage.faults import RefusedByRule
from storage.ids import new_id
from storage.schema import table
from storage.session import Session
from tests.panels.clicks import shown
from tests.panels.fake_context import FakeContext
from tests.panels.plot_city import TODAY, City, id_of, small_city
from widgets.forms import DateField

MONDAY = monday_of(TODAY)
NAMES = ("石守拙", "秦砺锋", "罗定山", "杜惊鸿", "白望川", "霍青崖")


@pytest.fixture
def city() -> City:
    """Six officers at the first court."""
    city = small_city(cases=0)
    with city.engine.begin() as connection:
        for number, name in enumerate(NAMES):
            values = {"court_id": city.courts[0], "name": name, "post": "police"}
            connection.execute(insert(table("person")).values(id=id_of("9", number), **values))
    return city


def team(city: City, number: int = 0) -> str:
    return city.teams[city.courts[0]][number]


def shift(
    city: City, officer: int = 0, at: int = 0, first: date = TODAY, days: int = 1
) -> AssignArgs:
    last = first + timedelta(days=days - 1)
    return AssignArgs(id_of("9", officer), team(city, at), first, last, "08:30", "17:30")


@pytest.mark.parametrize(
    ("typed", "time"),
    [("8:30", "08:30"), ("0830", "08:30"), ("17：05", "17:05"), ("24:00", None), ("9", None)],
)
def test_times_as_people_type_them(typed: str, time: str | None) -> None:
    assert read_time(typed) == time


def test_hours_and_the_month_of_a_week() -> None:
    assert minutes_of("17:30") - minutes_of("08:30") == 540
    assert (hours_text(540), hours_text(450), hours_text(0)) == ("9", "7.5", "")
    # Monday 30 November: four of the seven days lie in December.
    assert month_of(date(2026, 11, 30)) == (date(2026, 12, 1), date(2026, 12, 31))
    assert week_reading(()) == "没有登记司法警察。"


def test_the_other_team_is_named(city: City) -> None:
    with city.engine.begin() as connection:
        assert commands.assign(connection, shift(city)) == 1
        with pytest.raises(UserError, match=r"石守拙11月23日已在第一执行团队值勤（08:30—17:30）"):
            commands.assign(connection, shift(city, at=1))
        assert commands.clear(connection, ClearArgs(id_of("9", 0), TODAY)) == "第一执行团队"
        commands.assign(connection, shift(city, at=1))
        rows = connection.execute(select(table("police_shift"))).all()
        assert [(row.team_id, row.status) for row in rows] == [(team(city, 1), "assigned")]


def test_a_range_is_all_or_nothing_for_the_user(city: City) -> None:
    context = FakeContext(city.engine, SimpleNamespace(), today=TODAY, folder=Path())
    context.write(context, "排", commands.assign, shift(city, first=TODAY + timedelta(2)), print)
    refused: list[str] = []
    context.write(context, "排", commands.assign, shift(city, at=1, days=5), print, refused.append)
    assert "一人一日只能在一个团队" in refused[0]
    with city.engine.connect() as connection:
        assert len(connection.execute(select(table("police_shift"))).all()) == 1


def test_who_cannot_stand(city: City) -> None:
    clerk = city.people[team(city)][4]
    with city.engine.begin() as connection:
        wrong = AssignArgs(clerk, team(city), TODAY, TODAY, "08:30", "17:30")
        with pytest.raises(UserError, match="不是司法警察"):
            commands.assign(connection, wrong)
        with pytest.raises(UserError, match="下勤时间应晚于上勤时间"):
            commands.assign(
                connection, AssignArgs(id_of("9", 0), team(city), TODAY, TODAY, "18:00", "17:30")
            )
        with pytest.raises(UserError, match="截止日不能早于起始日"):
            commands.assign(connection, shift(city, days=0))
        with pytest.raises(UserError, match="没有可撤销的勤务"):
            commands.clear(connection, ClearArgs(id_of("9", 0), TODAY))
        commands.enter_absence(
            connection, AbsenceArgs(id_of("9", 0), TODAY, TODAY + timedelta(2), "sick")
        )
        # Every day that is wrong, not only the first.
        with pytest.raises(UserError, match=r"石守拙11月24日病假，不能排勤务。石守拙11月25日病假"):
            commands.assign(connection, shift(city, first=TODAY + timedelta(1), days=2))


def test_hours_of_week_and_month(city: City) -> None:
    with city.engine.begin() as connection:
        commands.assign(connection, shift(city, first=MONDAY, days=5))
        commands.assign(connection, shift(city, first=MONDAY - timedelta(7), days=2))
        commands.clear(connection, ClearArgs(id_of("9", 0), MONDAY + timedelta(4)))
        found = duty_queries.week(connection, MONDAY)
    officer = next(one for one in found.officers if one.name == "石守拙")
    assert officer.week_minutes == 4 * 540
    assert officer.month_minutes == 6 * 540
    assert [day is not None for day in officer.days] == [True] * 4 + [False] * 3
    assert week_reading(found.officers).startswith("本周 6 名法警共 36 小时")


def test_absences_do_not_overlap_and_can_be_withdrawn(city: City) -> None:
    judge = city.people[team(city, 3)][1]
    with city.engine.begin() as connection:
        row = commands.enter_absence(connection, AbsenceArgs(judge, TODAY, TODAY, "leave"))
        with pytest.raises(UserError, match="已登记不在岗"):
            commands.enter_absence(connection, AbsenceArgs(judge, TODAY, TODAY, "sick"))
        commands.withdraw_absence(connection, row)
        with pytest.raises(UserError, match="已经撤回"):
            commands.withdraw_absence(connection, row)
        commands.enter_absence(connection, AbsenceArgs(judge, TODAY, TODAY, "sick"))
        commands.assign(connection, shift(city))
        with pytest.raises(UserError, match="已排勤务"):
            commands.enter_absence(connection, AbsenceArgs(id_of("9", 0), TODAY, TODAY, "training"))


# What the database itself refuses


def _people(connection: Connection) -> tuple[str, str, str, str]:
    court, officer, clerk = new_id(), new_id(), new_id()
    one, two = new_id(), new_id()
    connection.execute(
        insert(table("court")).values(id=court, code="豫03", name="示范院", short_name="示范")
    )
    for person, post in ((officer, "police"), (clerk, "clerk")):
        connection.execute(
            insert(table("person")).values(id=person, court_id=court, name="某某", post=post)
        )
    for number, key in enumerate((one, two), 1):
        values = {"court_id": court, "name": f"{number}队", "kind": "implementation"}
        connection.execute(insert(table("team")).values(id=key, number=number, **values))
    return officer, clerk, one, two


def _row(person: str, team_id: str) -> dict[str, str]:
    times = {"day": "2026-11-23", "from_time": "08:30", "to_time": "17:30"}
    return {"id": new_id(), "person_id": person, "team_id": team_id, **times}


def test_the_database_refuses(session: Session) -> None:
    shifts = table("police_shift")
    with session.write("排") as write:
        officer, clerk, one, two = _people(write.connection)
        write.connection.execute(insert(shifts).values(_row(officer, one)))
    with pytest.raises(IntegrityError), session.write("重") as write:
        write.connection.execute(insert(shifts).values(_row(officer, two)))
    with pytest.raises(RefusedByRule, match="只有司法警察"), session.write("错") as write:
        write.connection.execute(insert(shifts).values(_row(clerk, one)))
    with pytest.raises(RefusedByRule, match="一人一日只能在一个团队"), session.write("改") as write:
        write.connection.execute(update(shifts).values(team_id=two))
    with session.write("撤") as write:
        write.connection.execute(update(shifts).values(status="cleared"))
        write.connection.execute(update(shifts).values(status="assigned", team_id=two))
    with session.read() as connection:
        assert connection.execute(select(shifts.c.team_id)).scalars().all() == [two]


# The panel


@pytest.fixture
def page(qtbot: QtBot, city: City, tmp_path: Path) -> TeamsPage:
    context = FakeContext(
        city.engine, SimpleNamespace(), today=TODAY, folder=tmp_path, deferred=True
    )
    page = TeamsPage(context)
    shown(qtbot, page, 1290, 640)
    return page


def _click_tab(qtbot: QtBot, page: TeamsPage, number: int) -> None:
    bar = page.tabs.tabBar()
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(number).center())


def _click_day(qtbot: QtBot, page: TeamsPage, row: int, day: int) -> None:
    grid = page.shifts.grid
    at = grid.visualRect(grid.model().index(row, day + 1)).center()
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=at)


def _fill(page: TeamsPage, key: str, value: object) -> None:
    dialog = page.shifts.dialog
    assert dialog is not None
    control = dialog.form.field(key).control
    if isinstance(control, QComboBox):
        control.setCurrentIndex(control.findData(value))
    elif isinstance(control, DateField):
        assert value is None or isinstance(value, date)
        control.set_value(value)
    elif isinstance(control, QLineEdit):
        control.setText(str(value))


def test_assigning_by_clicks(qtbot: QtBot, page: TeamsPage, city: City) -> None:
    _click_tab(qtbot, page, 1)
    qtbot.waitUntil(lambda: page.shifts.grid.rowCount() == 6)
    left = Qt.MouseButton.LeftButton
    _click_day(qtbot, page, 0, 2)
    qtbot.mouseClick(page.shifts.assign_button, left)
    dialog = page.shifts.dialog
    assert dialog is not None
    assert dialog.form.values()["first"] == MONDAY + timedelta(days=2)
    _fill(page, "from_time", "25:00")
    qtbot.mouseClick(dialog.form.submit_button, left)
    assert "08:30" in dialog.form.field("from_time").error()
    _fill(page, "from_time", "0800")
    _fill(page, "last", MONDAY + timedelta(days=3))
    qtbot.mouseClick(dialog.form.submit_button, left)
    qtbot.waitUntil(lambda: page.shifts.dialog is None)
    officer = lambda: page.shifts.shown.officers[0]  # type: ignore[union-attr]  # noqa: E731
    qtbot.waitUntil(lambda: officer().week_minutes == 2 * 570)
    assert "第一执行团队" in page.shifts.grid.item(0, 3).text()
    # The same day with another team: the form says which team has the officer.
    qtbot.mouseClick(page.shifts.assign_button, left)
    dialog = page.shifts.dialog
    assert dialog is not None
    _fill(page, "team", team(city, 1))
    qtbot.mouseClick(dialog.form.submit_button, left)
    assert "已在第一执行团队值勤" in dialog.form.field("team").error()
    dialog.reject()
    qtbot.mouseClick(page.shifts.clear_button, left)
    qtbot.waitUntil(lambda: officer().week_minutes == 570)
    qtbot.mouseClick(page.shifts.later_button, left)
    qtbot.waitUntil(lambda: page.shifts.shown.monday == MONDAY + timedelta(7))  # type: ignore[union-attr]
    assert officer().week_minutes == 0


def test_presence_warns_before_the_date(qtbot: QtBot, page: TeamsPage, city: City) -> None:
    # The invented adjudication team has one judge and a leader: no panel on any day.
    qtbot.waitUntil(lambda: "▲ 1" in page.tabs.tabText(2))
    _click_tab(qtbot, page, 2)
    view = page.presence
    qtbot.waitUntil(lambda: "不能组成合议庭" in view.gaps.as_text())
    left = Qt.MouseButton.LeftButton
    qtbot.mouseClick(view.enter_button, left)
    dialog = view.dialog
    assert dialog is not None
    qtbot.mouseClick(dialog.form.submit_button, left)
    assert dialog.form.field("person").error()
    judge = city.people[team(city, 3)][1]
    dialog.form.set_values(
        {"person": (judge,), "from_on": TODAY + timedelta(3), "to_on": TODAY + timedelta(4)}
    )
    qtbot.mouseClick(dialog.form.submit_button, left)
    qtbot.waitUntil(lambda: view.model.rowCount() == 1 and "▲ 3" in page.tabs.tabText(2))
    assert "请假" in view.gaps.as_text()
    view.table.select_id(view.model.ids[0])
    qtbot.mouseClick(view.withdraw_button, left)
    qtbot.waitUntil(lambda: view.model.rowCount() == 0 and "▲ 1" in page.tabs.tabText(2))


def test_opening_a_tab_from_elsewhere(qtbot: QtBot, page: TeamsPage, city: City) -> None:
    page.apply({"tab": "shifts"})
    assert page.tabs.currentWidget() is page.shifts
    page.apply({"courts": city.courts[1]})
    assert page.tabs.currentWidget() is page.staffing
    assert page.staffing.filter.courts == (city.courts[1],)
