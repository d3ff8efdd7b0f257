"""Police asked of the corps, by real clicks: asked, sent by the chief alone, answered, gone."""

from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from desktop.command.police import Asking, PoliceStep, act, requests
from desktop.errors import UserError
from desktop.panels.police import queries
from desktop.panels.police.view import PoliceView
from desktop.rules.police import PoliceDeed, PoliceState
from tests.panels.real_city import RealCity, real_city


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    return real_city(tmp_path)


def open_view(qtbot: QtBot, city: RealCity, who: str, post: str = "") -> PoliceView:
    city.sit_down(who, post)
    view = PoliceView(city.context)
    qtbot.addWidget(view)
    model = view.list.model
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    view.resize(1200, 720)
    view.show()
    qtbot.waitExposed(view)
    return view


def press(qtbot: QtBot, button: QPushButton) -> None:
    assert button.isVisible(), button.text()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def type_into(qtbot: QtBot, view: PoliceView, key: str, text: str) -> None:
    control = view.form.form.field(key).control
    assert isinstance(control, QLineEdit | QPlainTextEdit)
    control.clear()
    if isinstance(control, QPlainTextEdit):
        control.insertPlainText(text)
    elif text.isascii():
        qtbot.keyClicks(control, text)
    else:  # as an input method hands it over
        control.insert(text)


def ask(qtbot: QtBot, view: PoliceView) -> None:
    press(qtbot, view.new_button)
    qtbot.waitUntil(lambda: view.shown is view.form)
    for key, text in (
        ("reason", "腾房清场，住户有过激言行"),
        ("place", "凤鸣苑小区东门"),
        ("from_time", "8:30"),
        ("to_time", "12:00"),
    ):
        type_into(qtbot, view, key, text)
    officers = view.form.form.field("officers").control
    assert isinstance(officers, QSpinBox)
    officers.setValue(6)


def test_asked_sent_answered_and_gone(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city, "周清和")
    ask(qtbot, view)
    press(qtbot, view.form.form.submit_button)
    qtbot.waitUntil(lambda: view.list.model.rowCount() == 1)
    view.list.table.select_id(0)
    press(qtbot, view.buttons[PoliceDeed.SUBMIT])
    qtbot.waitUntil(lambda: not view.buttons[PoliceDeed.SUBMIT].isVisible())
    assert not view.buttons[PoliceDeed.SEND].isVisible()
    with city.context.engine.connect() as connection:
        assert queries.count(connection, None, city.person("局长乙")) == (1, "due_soon")
        assert queries.count(connection, None, city.person("副局长甲"))[0] == 0

    chief = open_view(qtbot, city, "局长乙", "bureau_chief")
    qtbot.waitUntil(lambda: chief.list.model.rowCount() == 1)
    chief.list.table.select_id(0)
    press(qtbot, chief.buttons[PoliceDeed.SEND])
    qtbot.waitUntil(chief.buttons[PoliceDeed.ANSWER].isVisible)
    press(qtbot, chief.buttons[PoliceDeed.ANSWER])
    dialog = chief.findChild(QDialog, "police_answer_form")
    assert dialog is not None
    assert chief.dialog is not None
    officers = chief.dialog.form.field("officers").control
    assert isinstance(officers, QSpinBox)
    assert officers.value() == 6
    officers.setValue(4)
    qtbot.mouseClick(chief.dialog.form.submit_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(chief.buttons[PoliceDeed.ARRIVE].isVisible)
    assert "The corps sends 4, 2 fewer than asked" in chief.words.text()
    press(qtbot, chief.buttons[PoliceDeed.ARRIVE])
    qtbot.waitUntil(chief.buttons[PoliceDeed.LEAVE].isVisible)
    press(qtbot, chief.buttons[PoliceDeed.LEAVE])
    qtbot.waitUntil(lambda: not chief.buttons[PoliceDeed.LEAVE].isVisible())
    qtbot.waitUntil(lambda: chief.list.model.row_values(0) is not None)
    row = chief.list.model.row_values(0)
    assert row is not None
    assert row["state"] == ("done", "已归队")
    assert row["officers"] == "4/6"


def test_faults_show_beneath_their_fields_all_at_once(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city, "周清和")
    ask(qtbot, view)
    type_into(qtbot, view, "from_time", "25:00")
    type_into(qtbot, view, "to_time", "x")
    press(qtbot, view.form.form.submit_button)
    form = view.form.form
    assert form.field("from_time").error() == "请写明用警起始时间，如 08:30。"
    assert form.field("to_time").error() == "请写明用警结束时间，如 12:00。"
    assert view.shown is view.form
    with city.context.engine.connect() as connection:
        assert requests(connection, Asking(None)) == ()


def test_what_was_typed_is_kept(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city, "周清和")
    ask(qtbot, view)
    press(qtbot, view.form.form.cancel_button)
    assert view.shown is not view.form
    press(qtbot, view.new_button)
    qtbot.waitUntil(lambda: "东门" in str(view.form.form.values()["place"]))


def test_nobody_but_the_chief_sends_also_by_the_command(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city, "周清和")
    ask(qtbot, view)
    press(qtbot, view.form.form.submit_button)
    qtbot.waitUntil(lambda: view.list.model.rowCount() == 1)
    now = city.context.now()
    with city.context.engine.begin() as connection:
        (made,) = requests(connection, Asking(city.person("周清和")))
        act(connection, PoliceStep(made.id, PoliceDeed.SUBMIT, made.maker_id, now))
        for name in ("副局长甲", "院长丁", "周清和"):
            step = PoliceStep(
                made.id, PoliceDeed.SEND, city.person(name), now + timedelta(minutes=1)
            )
            with pytest.raises(UserError, match="只能由本院执行局局长"):
                act(connection, step)
        # A desk whose clock is behind answers after what it answers all the same.
        back = PoliceStep(
            made.id, PoliceDeed.RETURN, city.person("局长乙"), now - timedelta(hours=2), "人数过多"
        )
        assert act(connection, back) is PoliceState.RETURNED


def test_police_for_a_night_are_asked_over_midnight(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city, "周清和")
    ask(qtbot, view)
    type_into(qtbot, view, "from_time", "22:30")
    type_into(qtbot, view, "to_time", "2:00")
    with city.context.engine.connect() as connection:
        number = str(connection.exec_driver_sql('select number from "case"').scalar())
    type_into(qtbot, view, "case_number", number.replace("（", "(").replace("）", ")"))
    assert "on 11-25, the next day" in [
        label.text() for label in view.form.form.field("to_time").findChildren(QLabel)
    ]
    press(qtbot, view.form.form.submit_button)
    qtbot.waitUntil(lambda: view.list.model.rowCount() == 1)
    with city.context.engine.connect() as connection:
        (made,) = requests(connection, Asking(None))
    assert (made.needed_from, made.needed_to) == (
        "2026-11-24T22:30+08:00",
        "2026-11-25T02:00+08:00",
    )
    assert made.case_number == number
    assert made.case_id is not None


def test_what_is_missing_and_what_is_wrong_are_told_together(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city, "周清和")
    press(qtbot, view.new_button)
    type_into(qtbot, view, "from_time", "25:00")
    form = view.form.form
    press(qtbot, form.submit_button)
    told = [key for key in ("reason", "place", "from_time", "to_time") if form.field(key).error()]
    assert told == ["reason", "place", "from_time", "to_time"]


def test_what_was_typed_for_one_operation_is_not_put_into_another(
    qtbot: QtBot, city: RealCity
) -> None:
    view = open_view(qtbot, city, "周清和")
    view.apply({"new": "1", "operation_id": "one"})
    type_into(qtbot, view, "place", "东门")
    press(qtbot, view.form.form.cancel_button)
    view.apply({"new": "1", "operation_id": "other"})
    assert view.form.form.values()["place"] == ""
    view.apply({"new": "1", "operation_id": "one"})
    assert view.form.form.values()["place"] == "东门"
