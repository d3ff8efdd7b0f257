"""The watch by real clicks: shifts by turns, signing in, a swap, giving and taking over."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from desktop.command.handover import Handed, Taking, last_given, open_items, take
from desktop.command.orders.acts import Deed, Issue, OrderWords, do, issue
from desktop.command.roster import Asking, Planned, ShiftStep, act, lay, on_watch, plan
from desktop.contract.court_zone import COURT_ZONE
from desktop.errors import UserError
from desktop.panels.roster import queries
from desktop.panels.roster.paper import HandoverPrint, print_handover
from desktop.panels.roster.view import RosterView
from desktop.rules.handover import Item, lines
from storage.schema import table
from tests.panels.real_city import TODAY, RealCity, real_city
from widgets.forms import FilterBox

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=COURT_ZONE)  # as the context's clock stands


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    made = real_city(tmp_path)
    made.put("person", id="operator2", court_id=made.court, name="沈若川", post="operator")
    made.people = {**made.people, "沈若川": "operator2"}
    for name in ("周清和", "沈若川"):
        made.put(
            "membership",
            person_id=made.person(name),
            team_id=made.team,
            role="operator",
            from_on="2025-01-01",
        )
    return made


def open_view(qtbot: QtBot, city: RealCity, who: str, tab: str = "roster") -> RosterView:
    city.sit_down(who, "operator")
    view = RosterView(city.context)
    qtbot.addWidget(view)
    for model in (view.shifts.list.model, view.handover.list.model):
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    view.resize(1200, 720)
    view.apply({"tab": tab})
    view.show()
    qtbot.waitExposed(view)
    return view


def press(qtbot: QtBot, button: QPushButton) -> None:
    assert button.isVisible(), button.text()
    assert button.isEnabled(), button.text()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def lay_two_days(qtbot: QtBot, city: RealCity, view: RosterView) -> None:
    page = view.shifts
    press(qtbot, page.plan_button)
    dialog = page.dialog
    assert dialog is not None
    people = dialog.findChild(FilterBox, "people")
    assert people is not None
    people.set_selected([city.person("周清和"), city.person("沈若川")])
    days = dialog.form.field("days").control
    assert isinstance(days, QSpinBox)
    days.setValue(2)
    qtbot.mouseClick(dialog.form.submit_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 2)


def values(view: RosterView, qtbot: QtBot, row: int) -> dict[str, object]:
    model = view.shifts.list.model
    qtbot.waitUntil(lambda: model.row_values(row) is not None)
    found = model.row_values(row)
    assert found is not None
    return dict(found)


def test_shifts_by_turns_and_signing_in(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city, "周清和")
    lay_two_days(qtbot, city, view)
    first, second = (values(view, qtbot, row) for row in range(2))
    assert (first["person"], first["backup"]) == ("周清和", "沈若川")
    assert (second["person"], second["backup"]) == ("沈若川", "周清和")
    with city.context.engine.connect() as connection:
        found = on_watch(connection, NOW)
    assert found is not None
    assert found.person == "周清和"
    view.shifts.list.table.select_id(0)
    qtbot.waitUntil(view.shifts.buttons["arrive"].isVisible)
    press(qtbot, view.shifts.buttons["arrive"])
    qtbot.waitUntil(view.shifts.buttons["leave"].isVisible)
    qtbot.waitUntil(lambda: values(view, qtbot, 0)["arrived"] == "08:30")
    assert "10 minutes late" in view.shifts.words.text()
    # Whoever is on one post cannot be laid on another at that time.
    press(qtbot, view.shifts.plan_button)
    dialog = view.shifts.dialog
    assert dialog is not None
    people = dialog.findChild(FilterBox, "people")
    assert people is not None
    people.set_selected([city.person("沈若川")])
    qtbot.mouseClick(dialog.form.submit_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "已有排班" in dialog.form.field("kind").error())
    dialog.reject()


def test_a_swap_is_asked_by_one_and_agreed_by_the_other(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city, "周清和")
    lay_two_days(qtbot, city, view)
    view.shifts.list.table.select_id(0)
    press(qtbot, view.shifts.buttons["ask_swap"])
    dialog = view.shifts.dialog
    assert dialog is not None
    whom = dialog.form.field("with_id").control
    assert isinstance(whom, QComboBox)
    whom.setCurrentIndex(whom.findData(city.person("沈若川")))
    qtbot.mouseClick(dialog.form.submit_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "沈若川" in str(values(view, qtbot, 0)["swap"]))
    assert not view.shifts.buttons["agree_swap"].isVisible()
    with city.context.engine.connect() as connection:
        assert queries.count(connection, TODAY, city.person("沈若川"))[0] == 1

    other = open_view(qtbot, city, "沈若川")
    qtbot.waitUntil(lambda: other.shifts.list.model.rowCount() == 2)
    other.shifts.list.table.select_id(0)
    press(qtbot, other.shifts.buttons["agree_swap"])
    qtbot.waitUntil(lambda: values(other, qtbot, 0)["person"] == "沈若川")
    assert values(other, qtbot, 0)["backup"] == "周清和"


def add_matter(qtbot: QtBot, view: RosterView, text: str, owner: str) -> None:
    press(qtbot, view.handover.add_button)
    dialog = view.handover.dialog
    assert dialog is not None
    for key, typed in (("text", text), ("owner", owner), ("step", "跟踪")):
        control = dialog.form.field(key).control
        assert isinstance(control, QLineEdit)
        control.insert(typed)
    qtbot.mouseClick(dialog.form.submit_button, Qt.MouseButton.LeftButton)


def test_a_shift_is_given_and_taken_over(qtbot: QtBot, city: RealCity, tmp_path: Path) -> None:
    view = open_view(qtbot, city, "周清和", "handover")
    page = view.handover
    qtbot.waitUntil(lambda: "0" in page.head.text())
    add_matter(qtbot, view, "大屏二号显示器闪烁", "信息化组")
    add_matter(qtbot, view, "来访人十时复谈", "信访督办组")
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 2)
    press(qtbot, page.give_button)
    qtbot.waitUntil(lambda: not page.give_button.isVisible())
    assert not page.take_button.isVisible(), "nobody takes over from himself"

    other = open_view(qtbot, city, "沈若川", "handover")
    taking = other.handover
    qtbot.waitUntil(taking.take_button.isVisible)
    assert not taking.take_button.isEnabled()
    assert "2 left" in taking.blocks.text()
    waits = taking.taking
    assert waits is not None
    with city.context.engine.begin() as connection:
        early = Taking(waits.id, frozenset(), waits.sha256, city.person("沈若川"), NOW)
        with pytest.raises(UserError, match="还有 2 项没有打开查看"):
            take(connection, early)
    for number in range(2):
        taking.list.table.select_id(number)
    qtbot.waitUntil(taking.take_button.isEnabled)
    press(qtbot, taking.take_button)
    qtbot.waitUntil(lambda: not taking.take_button.isVisible())
    other.apply({"tab": "past"})
    qtbot.waitUntil(lambda: taking.past.model.rowCount() == 1)
    taking.past.table.select_id(0)
    press(qtbot, taking.print_button)
    folder = city.context.documents_folder()
    qtbot.waitUntil(lambda: any(folder.glob("交接班记录*.pdf")))
    reader = pypdf.PdfReader(next(folder.glob("交接班记录*.pdf")))
    text = reader.pages[0].extract_text()
    assert len(reader.pages) == 1
    assert "周清和" in text
    assert "沈若川" in text
    assert "大屏二号显示器闪烁" in text


def test_a_matter_without_an_owner_blocks_until_somebody_is_named(
    qtbot: QtBot, city: RealCity
) -> None:
    thing = city.put("equipment", team_id=city.team, asset_no="ZB-1", name="对讲机", kind="radio")
    city.put(
        "equipment_act",
        equipment_id=thing,
        act="fault",
        person_id=city.person("周清和"),
        at="2026-11-22T09:00:00+08:00",
        body="外壳开裂",
    )
    view = open_view(qtbot, city, "周清和", "handover")
    page = view.handover
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 1)
    assert not page.give_button.isEnabled()
    assert "1 matters lack an owner" in page.blocks.text()
    page.list.table.select_id(0)
    press(qtbot, page.owner_button)
    dialog = page.dialog
    assert dialog is not None
    owner = dialog.form.field("owner").control
    assert isinstance(owner, QLineEdit)
    owner.insert("信息化组")
    qtbot.mouseClick(dialog.form.submit_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.give_button.isEnabled)
    # What was set here is kept, should the desk go down before the shift is given.
    again = open_view(qtbot, city, "周清和", "handover")
    qtbot.waitUntil(again.handover.give_button.isEnabled)


def in_store(city: RealCity, command: Any, *args: Any) -> Any:
    with city.context.engine.begin() as connection:
        return command(connection, *args)


def laid(city: RealCity, who: str = "周清和", backup: str | None = None) -> str:
    """A day shift of the 23rd."""
    me = city.person(who)
    second = None if backup is None else city.person(backup)
    planned = Planned(city.team, "day", TODAY, 1, (me,), second, city.person("周清和"), NOW)
    in_store(city, lay, planned)
    roster = table("roster").c
    with city.context.engine.connect() as connection:
        query = select(roster.id).where(roster.person_id == me, roster.status == "planned")
        return str(connection.execute(query).scalar_one())


def step(city: RealCity, key: str, name: str, who: str = "周清和", **more: Any) -> None:
    at = more.pop("now", NOW)
    in_store(city, act, ShiftStep(key, name, city.person(who), at, **more))


def standing(city: RealCity) -> list[tuple[str, str]]:
    with city.context.engine.connect() as connection:
        found = plan(connection, Asking(TODAY, TODAY, None, NOW))
    return [(one.person, one.backup) for one in found.duties]


def test_a_shift_that_was_struck_can_be_laid_again_and_swapped_into(city: RealCity) -> None:
    first = laid(city)
    step(city, first, "clear")
    assert laid(city, backup="沈若川") == first
    assert standing(city) == [("周清和", "沈若川")]
    step(city, first, "clear")
    other = laid(city, "沈若川")
    step(city, other, "ask_swap", "沈若川", with_id=city.person("周清和"))
    step(city, other, "agree_swap")
    assert standing(city) == [("周清和", "沈若川")]


def test_what_is_over_is_neither_swapped_nor_struck(city: RealCity) -> None:
    key = laid(city)
    step(city, key, "ask_swap", with_id=city.person("沈若川"))
    evening = NOW.replace(hour=19)
    with pytest.raises(UserError, match="已经结束"):
        step(city, key, "agree_swap", "沈若川", now=evening)
    with pytest.raises(UserError, match="留存备查"):
        step(city, key, "clear", now=evening)
    step(city, key, "absent", body="未到")
    with pytest.raises(UserError, match="已记缺勤"):
        step(city, key, "clear")
    assert standing(city) == [("周清和", "")]
    with city.context.engine.connect() as connection:
        found = plan(connection, Asking(TODAY, TODAY, city.person("沈若川"), evening))
    assert not found.duties[0].asked


def test_leave_entered_after_the_shift_was_laid_shows_on_it(qtbot: QtBot, city: RealCity) -> None:
    laid(city)
    days = {"from_on": "2026-11-20", "to_on": "2026-11-30"}
    city.put("absence", person_id=city.person("周清和"), kind="leave", **days)
    view = open_view(qtbot, city, "沈若川")
    qtbot.waitUntil(lambda: view.shifts.list.model.rowCount() == 1)
    row = values(view, qtbot, 0)
    assert (row["person"], row["state"]) == ("周清和（休假）", ("overdue", "away"))
    view.shifts.list.table.select_id(0)
    assert "nobody stands in" in view.shifts.words.text()


def test_a_typed_matter_stays_until_it_is_done(qtbot: QtBot, city: RealCity) -> None:
    page = open_view(qtbot, city, "周清和", "handover").handover
    view = page.window()
    assert isinstance(view, RosterView)
    add_matter(qtbot, view, "等支队回电", "周清和")
    qtbot.waitUntil(lambda: "1" in page.head.text())
    press(qtbot, page.give_button)
    with city.context.engine.connect() as connection:
        given = last_given(connection, city.team)
    assert given is not None
    opened = frozenset(one.key for one in given.items)
    in_store(city, take, Taking(given.id, opened, given.sha256, city.person("沈若川"), NOW))

    page = open_view(qtbot, city, "沈若川", "handover").handover
    # Nobody said that it was done: it goes on to the next shift, with whoever acts on it.
    qtbot.waitUntil(lambda: page.head.text() == "To be given: 1 matters")
    page.list.table.select_id(0)
    for text, change in (("Done", "已办结"), ("Not done yet", "上班遗留"), ("Done", "已办结")):
        assert page.done_button.text() == text
        press(qtbot, page.done_button)
        rows = page.list.model
        qtbot.waitUntil(lambda: change in str((rows.row_values(0) or {}).get("change")))  # noqa: B023
    press(qtbot, page.give_button)
    with city.context.engine.connect() as connection:
        given = last_given(connection, city.team)
    assert given is not None
    assert given.items == ()


def test_a_refused_order_is_handed_over_to_whoever_gave_it(city: RealCity) -> None:
    words = OrderWords(city.team, None, "", "增援")
    key = in_store(city, issue, Issue(words, city.person("周清和"), NOW))
    in_store(city, do, Deed(key, "refuse", city.person("顾长风"), NOW, "车辆故障"))
    (found,) = in_store(city, open_items, TODAY)
    assert (found.owner, found.step) == ("周清和", "另行安排或者撤销")


def test_what_begins_by_tomorrow_is_handed_over(city: RealCity) -> None:
    for day in (24, 25):
        key = city.put(
            "operation",
            team_id=city.team,
            name=f"腾房{day}",
            starts_at=f"2026-11-{day}T05:00:00+08:00",
            commander_id=city.person("许南乔"),
            maker_id=city.person("许南乔"),
            made_at="2026-11-20T09:00:00+08:00",
            plan="{}",
            content_sha256="0" * 64,
        )
        values = {"operation_id": key, "team_id": city.team, "content_sha256": "0" * 64}
        who = city.person("许南乔")
        city.put(
            "operation_act", **values, act="submit", person_id=who, at="2026-11-21T09:00+08:00"
        )
    (found,) = in_store(city, open_items, TODAY)
    assert found.text == "腾房24（定于11-24 05:00开始）"
    assert found.step == "请局长或者院领导批准"


@pytest.mark.parametrize("count", [8, 30])
def test_a_night_full_of_matters_is_still_one_page(tmp_path: Path, count: int) -> None:
    words = "洛浦路工业园7号厂房设备强制搬迁现场秩序维护并接应物品清点登记组返程车辆" * (count // 8)
    items = tuple(
        Item(f"k{n}", "指令", words, "第二执行团队 楼令仪", "等候支队答复") for n in range(count)
    )
    given = "2026-11-30T08:20:00+08:00"
    one = Handed("1", given, given, "g", "周清和", "沈若川", given, given, items, "ab" * 32)
    path = print_handover(HandoverPrint(one, "执行指挥中心", NOW, tmp_path / "一页.pdf"))
    reader = pypdf.PdfReader(path)
    text = reader.pages[0].extract_text()
    assert len(reader.pages) == 1
    assert "楼令仪" in text
    assert "沈若川" in text
    assert ("另有" in text) == (count == 30)


def test_the_night_before_a_week_signs_out_in_it(city: RealCity) -> None:
    me, sunday = city.person("周清和"), TODAY - timedelta(days=1)
    night = Planned(city.team, "night", sunday, 1, (me,), None, me, NOW - timedelta(days=2))
    in_store(city, lay, night)
    key = in_store(city, plan, Asking(sunday, sunday, me, NOW)).duties[0].shift.id
    step(city, key, "arrive", now=NOW - timedelta(hours=14))
    (found,) = in_store(city, plan, Asking(TODAY, TODAY, me, NOW)).duties
    assert found.may_leave
    with city.context.engine.connect() as connection:
        gaps = plan(connection, Asking(TODAY, TODAY, me, NOW)).gaps
    assert gaps == ((TODAY, "day"), (TODAY, "night"))


def test_people_in_the_field_stand_before_things_and_papers() -> None:
    keys = ("fault:1", "matter:1", "typed:1", "police:1", "order:1", "operation:1")
    items = [Item(key, "类", "事", "人", "步") for key in keys]
    found = [one.item.key for one in lines((), items)]
    assert found == ["operation:1", "order:1", "police:1", "typed:1", "fault:1", "matter:1"]


def test_nobody_is_asked_for_a_shift_that_he_cannot_take(city: RealCity) -> None:
    key = laid(city)
    days = {"from_on": "2026-11-20", "to_on": "2026-11-30"}
    city.put("absence", person_id=city.person("沈若川"), kind="leave", **days)
    with pytest.raises(UserError, match="沈若川11-20至11-30休假"):
        step(city, key, "ask_swap", with_id=city.person("沈若川"))
