"""A plan and an operation where several have a hand in it, and a hand that is on the keyboard."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.command.operations import acts
from desktop.command.operations.acts import Draft
from desktop.command.operations.reading import operation
from desktop.panels.operations.plan_form import PlanForm
from desktop.panels.operations.view import OperationsView
from tests.command.operation_town import heading, saved, whole_plan
from tests.panels.operations.test_operations_view import board, opened, press
from tests.panels.operations.town import Office, office


@pytest.fixture
def hall(tmp_path: Path) -> Office:
    return office(tmp_path)


def test_the_keyboard_comes_to_the_groups_and_a_line_is_kept_until_it_is_written(
    qtbot: QtBot, hall: Office
) -> None:
    view, key = board(qtbot, hall)
    first = next(iter(view.page.groups.cards.values()))
    view.page.duty.setFocus()
    # Before any other panel of the window; the one alarm button that is there is hidden.
    qtbot.keyClick(view.page.duty, Qt.Key.Key_Tab)
    assert view.window().focusWidget() is first.ok_button
    view.page.log.line.insert("室内三人")
    qtbot.waitUntil(lambda: f"operation-log:{key}" in hall.desk.drafts)
    again = opened(qtbot, hall)  # the window was closed and opened again
    again.open_operation(key)
    qtbot.waitUntil(lambda: again.page.log.line.text() == "室内三人")
    qtbot.keyClick(again.page.log.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: again.page.log.line.text() == "")
    assert f"operation-log:{key}" not in hall.desk.drafts


def edited(qtbot: QtBot, view: OperationsView, key: str, **fields: str) -> PlanForm:
    """The form of a stored plan, with something typed into it."""
    view.open_operation(key)
    press(qtbot, view.page, "act_edit")
    form = view.form
    assert isinstance(form, PlanForm)
    for name, words in fields.items():
        form.form.field(name).set_value(words)
    return form


def test_two_who_change_one_plan_do_not_overwrite_each_other(qtbot: QtBot, hall: Office) -> None:
    key = hall.do(saved, hall.town)
    hall.sit_down("苏文清")
    view = opened(qtbot, hall)
    form = edited(qtbot, view, key, place="西门")
    words = heading(hall.town, place="北门")
    other = Draft(key, words, whole_plan(hall.town), hall.town.by("局长", 5))
    hall.do(acts.save, other)
    press(qtbot, form, "save_plan")
    assert "方案已由他人改动" in form.note.text()

    def place() -> str:
        with hall.desk.engine.connect() as connection:
            found = operation(connection, key)
        assert found is not None
        return found.place

    assert place() == "北门"
    form.form.close_keeping_draft()
    # What was typed is not lost, and it is said that it stands over newer words.
    again = edited(qtbot, view, key)
    assert again.form.values()["place"] == "西门"
    assert "changed the plan meanwhile" in again.note.text()
    press(qtbot, again, "save_plan")
    assert place() == "西门"


def test_everything_is_told_at_the_first_sending_and_nothing_is_dropped(
    qtbot: QtBot, hall: Office
) -> None:
    key = hall.do(saved, hall.town)
    hall.sit_down("苏文清")
    view = opened(qtbot, hall)
    form = edited(qtbot, view, key, ends_time="25:00", aim="")
    form.tables["people"].set_values([{"person_id": "谁", "group": "外围警戒组", "role": "警戒"}])
    press(qtbot, form, "submit_plan")
    assert form.form.field("aim").error()
    assert "25:00" in form.form.field("ends_time").error()
    assert "谁" in form.tables["people"].note.text()
    # Nor does a draft lose what cannot be read.
    press(qtbot, form, "save_plan")
    assert view.shown is form
    assert "谁" in form.note.text()
    form.form.field("ends_time").set_value("")
    form.tables["people"].set_values([])
    press(qtbot, form, "check_plan")
    assert form.form.field("ends_time").error() == "日期和时刻须一并填写"
