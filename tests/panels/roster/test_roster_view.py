"""The watch by real clicks: shifts by turns, signing in, a swap, giving and taking over."""

from datetime import datetime
from pathlib import Path

import pypdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from desktop.command.handover import Taking, take
from desktop.command.roster import on_watch
from desktop.contract.court_zone import COURT_ZONE
from desktop.errors import UserError
from desktop.panels.roster import queries
from desktop.panels.roster.view import RosterView
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
